//! pyve's block in `.envrc`: what direnv sets where the project is entered, without starting anything.

use std::borrow::Cow;
use std::ffi::OsStr;
use std::io::Write;
use std::path::Path;

use pyve_plugin_api::{Launch, Nesting, PathEntry};

use super::allowed_paths::own_file;
use super::envrc_leave::{self, LEAVE};
use super::envrc_text::{in_project, is_name, quoted};
use super::marked_block::Position;
use super::{Change, atomic, block_file, legacy_envrc, marked_block};
use crate::failure::Failure;

pub const FILE: &str = ".envrc";

/// What the block is made of.
pub struct Entering<'a> {
    /// The project's root, absolute.
    pub root: &'a Path,
    /// The environment's folder, absolute.
    pub prefix: &'a Path,
    pub launch: &'a Launch,
    pub backend: &'a str,
    /// The environment's name.
    pub name: &'a str,
    /// What the prompt shows; `None` where it is to show nothing.
    pub prompt: Option<&'a str>,
}

/// The lines between the marks.
pub fn block(entering: &Entering<'_>) -> Vec<u8> {
    let mut text = Text { bytes: Vec::new(), root: entering.root };
    let for_shell = for_shell(entering.launch);
    let launch = for_shell.unwrap_or(entering.launch);
    text.line("# Written by `pyve init`, which replaces these lines. Your own belong outside of the marks.");
    text.missing(entering.prefix);
    text.undo(launch);
    text.leave(launch);
    for name in launch.env_remove.iter().filter(|name| is_name(name)) {
        text.line(&format!("unset {name}"));
    }
    for variable in &launch.env {
        text.set(&variable.name, &variable.value.os_str());
    }
    launch.path.iter().rev().for_each(|entry| text.path(entry));
    text.append_path(&launch.path_append);
    if let Some(nesting) = nesting(launch) {
        text.line(&format!("export {}=$((10#$pyve_level + 1)); unset pyve_level", nesting.level));
    }
    text.line("export PATH");
    text.scripts(entering.launch, for_shell.is_none() && !entering.launch.source_scripts);
    text.set("PYVE_BACKEND", OsStr::new(entering.backend));
    text.set("PYVE_ENV_NAME", OsStr::new(entering.name));
    match entering.prompt {
        Some(prefix) => text.set("PYVE_PROMPT_PREFIX", OsStr::new(prefix)),
        None => text.line("unset PYVE_PROMPT_PREFIX"),
    }
    text.line("watch_file .env");
    // A folder of that name is an older environment, and a pipe may have nobody at its other end.
    text.line("if [ -f .env ] && [ -s .env ]; then dotenv .env; fi");
    text.bytes
}

/// Whether pyve made the file in `root`, so that it is no more to be committed than what it leads to.
pub fn is_made(root: &Path) -> bool {
    atomic::read(&root.join(FILE)).ok().flatten().is_some_and(|text| marked_block::is_made(&text))
}

/// Whether the file at this path has pyve's block.
pub fn has_block(file: &Path) -> bool {
    atomic::read(file).ok().flatten().is_some_and(|text| !marked_block::body(&text).is_empty())
}

/// Brings the block in `root` up to date; with `take_over` what the bash pyve wrote makes place for it.
pub fn update(root: &Path, body: &[u8], take_over: bool) -> Result<Change, Failure> {
    let file = own_file(root, FILE)?;
    if take_over
        && let Some(before) = atomic::read(file.path())?
        && let Some(after) = legacy_envrc::taken_over(&without_block(&before), body)
    {
        return block_file::replace(&file, Some(&before), &after);
    }
    block_file::update(&file, body, |_| Position::End)
}

/// Whether the file has lines that the bash pyve wrote.
pub fn is_of_bash_pyve(root: &Path) -> Result<bool, Failure> {
    Ok(atomic::read(&root.join(FILE))?
        .is_some_and(|text| legacy_envrc::taken_over(&without_block(&text), b"").is_some()))
}

/// The text as it was before pyve put a block behind the bash tool's lines.
fn without_block(text: &[u8]) -> Cow<'_, [u8]> {
    match marked_block::remove(text) {
        Ok(Some(rest)) => Cow::Owned(rest.text),
        _ => Cow::Borrowed(text),
    }
}

/// The launch without what its scripts do, where the backend gives one: the shell has it from the scripts.
fn for_shell(launch: &Launch) -> Option<&Launch> {
    launch.shell.as_ref().into_option().map(|shell| &**shell)
}

fn nesting(launch: &Launch) -> Option<&Nesting> {
    launch.nesting.as_ref().into_option().filter(|nesting| is_name(&nesting.level) && is_name(&nesting.prefix))
}

struct Text<'a> {
    bytes: Vec<u8>,
    root: &'a Path,
}

impl Text<'_> {
    fn line(&mut self, line: &str) {
        self.words(&[line.as_bytes()]);
    }

    fn words(&mut self, words: &[&[u8]]) {
        self.bytes.extend(words.concat());
        self.bytes.push(b'\n');
    }

    fn set(&mut self, name: &str, value: &OsStr) {
        if is_name(name) {
            self.words(&[b"export ", name.as_bytes(), b"=", &in_project(value, self.root)]);
        } else {
            // Only the name's own plain letters are shown: it comes from a file of somebody's.
            let shown: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
            self.line(&format!("# left out, since bash can have no variable of that name: {shown}"));
        }
    }

    fn missing(&mut self, prefix: &Path) {
        let prefix = in_project(prefix.as_os_str(), self.root);
        self.words(&[
            b"[ -d ",
            &prefix,
            b" ] || log_error 'pyve: the environment is missing; make it with: pyve init'",
        ]);
    }

    /// What the outer environments set, undone while they are active still.
    fn undo(&mut self, launch: &Launch) {
        let calls = envrc_leave::undo(&launch.outer);
        if !calls.is_empty() {
            self.leniently(|text| text.bytes.extend(&calls));
        }
    }

    /// The outer environments, left before anything is set.
    fn leave(&mut self, launch: &Launch) {
        let nesting = nesting(launch);
        if let Some(Nesting { level, prefix, .. }) = nesting {
            self.line(&format!("pyve_level=\"${{{level}:-0}}\""));
            self.line("case \"$pyve_level\" in '' | *[!0-9]* | ????*) pyve_level=0 ;; esac");
            self.line(&format!(
                "if [ \"$pyve_level\" -gt 0 ] && [ -n \"${{{prefix}:-}}\" ]; then export \"{prefix}_$pyve_level=${prefix}\"; fi"
            ));
        }
        let mut names: Vec<&str> =
            launch.deactivate.iter().map(|name| name.as_str()).filter(|name| is_name(name)).collect();
        if let Some(outer) = nesting.map(|nesting| nesting.prefix.as_str()).filter(|outer| !names.contains(outer)) {
            names.push(outer);
        }
        if names.is_empty() {
            return;
        }
        self.bytes.extend(LEAVE.as_bytes());
        for name in names {
            self.line(&format!("pyve_leave {name}"));
        }
        self.line("unset -f pyve_leave");
    }

    fn path(&mut self, entry: &PathEntry) {
        let folder = entry.directory.os_str();
        if entry.variable.is_empty() {
            self.words(&[b"PATH=", &in_project(&folder, self.root), b":\"$PATH\""]);
        } else if is_name(&entry.variable) {
            let name = entry.variable.as_str();
            let mut line = Vec::new();
            let _ = write!(line, "if [ -n \"${{{name}:-}}\" ]; then PATH=\"${name}\"/");
            self.words(&[&line, &quoted(&folder), b":\"$PATH\"; fi"]);
        }
    }

    /// Folders behind PATH; one that is there already stays where it is.
    fn append_path(&mut self, entries: &[PathEntry]) {
        const APPEND: &[u8] = b"case \":$PATH:\" in *\":$pyve_folder:\"*) ;; *) PATH=\"$PATH:$pyve_folder\" ;; esac";
        for entry in entries {
            let folder = entry.directory.os_str();
            if entry.variable.is_empty() {
                self.words(&[b"pyve_folder=", &in_project(&folder, self.root), b"; ", APPEND]);
            } else if is_name(&entry.variable) {
                let name = &entry.variable;
                let mut line = Vec::new();
                let _ = write!(line, "if [ -n \"${{{name}:-}}\" ]; then pyve_folder=\"${name}\"/");
                self.words(&[&line, &quoted(&folder), b"; ", APPEND, b"; fi"]);
            }
        }
        if !entries.is_empty() {
            self.line("unset pyve_folder");
        }
    }

    /// Scripts of the environment. Where what they do is `done` already they must not put their folders on PATH once more.
    fn scripts(&mut self, launch: &Launch, done: bool) {
        if launch.scripts.is_empty() {
            return;
        }
        self.leniently(|text| {
            if done {
                text.line("pyve_path=\"$PATH\"");
            }
            for script in &launch.scripts {
                let path = in_project(&script.os_str(), text.root);
                text.words(&[b"watch_file ", &path]);
                text.words(&[b"if [ -r ", &path, b" ]; then . ", &path, b"; fi"]);
            }
            if done {
                text.line("PATH=\"$pyve_path\"; unset pyve_path");
            }
        });
    }

    /// Lines that run what others wrote, which expects neither `nounset` nor `errexit`.
    fn leniently(&mut self, lines: impl FnOnce(&mut Self)) {
        self.line("case $- in *u*) pyve_nounset=-u ;; *) pyve_nounset=+u ;; esac");
        self.line("case $- in *e*) pyve_errexit=-e ;; *) pyve_errexit=+e ;; esac");
        self.line("set +eu");
        lines(self);
        self.line("set \"$pyve_nounset\" \"$pyve_errexit\"; unset pyve_nounset pyve_errexit");
    }
}

#[cfg(all(test, unix))]
#[path = "envrc_tests.rs"]
mod tests;
