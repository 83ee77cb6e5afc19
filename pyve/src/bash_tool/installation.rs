//! The bash tool as its own `--install` put it into the user's home, taken away as its `--uninstall` did. Only what is
//! recognised as its own is touched.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use pyve_formats::read::{self, Limit};

use super::installed_lines;
use crate::caller::Caller;
use crate::failure::Failure;
use crate::files::{atomic, block_file};

/// A line of every version of the script that can install itself.
const SCRIPT: &str = "TARGET_SYMLINK_PATH=\"$TARGET_BIN_DIR/pyve\"";

/// The folders of its library, the innermost first.
const LIBRARY: [&str; 8] =
    ["plugins/python", "plugins/node", "plugins", "completion", "commands", "ui", "__pycache__", ""];

/// Start-up files that it wrote to.
const STARTUP: [&str; 4] = [".zprofile", ".bash_profile", ".zshrc", ".bashrc"];

/// What of it is there.
#[derive(Debug, Default)]
pub struct Installation {
    files: Vec<PathBuf>,
    /// Folders that go if nothing else is in them.
    folders: Vec<PathBuf>,
    library: Option<(PathBuf, usize)>,
    /// A Python of its own, with all that was installed into it.
    toolchain: Option<PathBuf>,
    /// Start-up files, what they say without its lines, and how many those are.
    startup: Vec<(PathBuf, Vec<u8>, usize)>,
}

impl Installation {
    /// Looks for it in the home.
    pub fn find(home: &Path, caller: &Caller) -> Self {
        let (local, mut found) = (home.join(".local"), Self::default());
        let script = local.join("bin/pyve.sh");
        let note = local.join(".pyve_source");
        let is_script = has(&script, SCRIPT);
        found.files.extend(is_script.then_some(script));
        // A line with the folder from which it was installed.
        let is_note = note_of_folder(&note);
        if is_script || is_note {
            found.library(&local.join("bin/lib"));
        }
        found.files.extend(is_note.then_some(note));
        let prompt = local.join(".pyve_prompt.sh");
        found.files.extend(has(&prompt, "_pyve_prompt_update").then_some(prompt));
        found.toolchain(home, caller);
        for name in STARTUP {
            let file = home.join(name);
            let text = atomic::read(&file).ok().flatten().unwrap_or_default();
            let left = installed_lines::without(&text, home);
            found.startup.extend(left.map(|(rest, count)| (file, rest, count)));
        }
        found
    }

    /// Whether there is nothing of it.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty() && self.library.is_none() && self.toolchain.is_none() && self.startup.is_empty()
    }

    /// Whether a line of it puts `~/.local/bin` on PATH, which goes with it.
    pub fn sets_path(&self) -> bool {
        self.startup.iter().any(|(file, ..)| file.ends_with(".zprofile") || file.ends_with(".bash_profile"))
    }

    fn library(&mut self, library: &Path) {
        let mut count = 0;
        for folder in LIBRARY {
            let folder = library.join(folder);
            if !folder.ancestors().take_while(|folder| folder.starts_with(library)).all(is_real_folder) {
                continue;
            }
            let entries = fs::read_dir(&folder).into_iter().flatten().flatten();
            let ours: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(|path| is_of_library(path)).collect();
            count += ours.len();
            self.files.extend(ours);
            self.folders.push(folder);
        }
        self.library = (count > 0).then(|| (library.to_owned(), count));
    }

    fn toolchain(&mut self, home: &Path, caller: &Caller) {
        let data = caller.nonempty("XDG_DATA_HOME").map(PathBuf::from).filter(|folder| folder.is_absolute());
        let folder = data.unwrap_or_else(|| home.join(".local/share")).join("pyve/toolchain");
        let inside = |folder: &Path| fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
        let real = is_real_folder(&folder);
        // A folder for each version of Python, and in it an environment.
        let is_its = real && inside(&folder).any(|version| inside(&version).any(|it| it.join("pyvenv.cfg").is_file()));
        if is_its {
            // A link to a program in there.
            let shim = home.join(".local/bin/project-guide");
            let leads_in = fs::read_link(&shim).is_ok_and(|target| target.starts_with(&folder));
            self.files.extend(leads_in.then_some(shim));
            self.toolchain = Some(folder);
        }
    }

    /// Removes it.
    pub fn remove(&self) -> Result<(), Failure> {
        for file in &self.files {
            fs::remove_file(file).map_err(|error| Failure::io("remove", file, &error))?;
        }
        // What somebody else put there keeps its folder.
        self.folders.iter().for_each(|folder| drop(fs::remove_dir(folder)));
        if let Some(folder) = &self.toolchain {
            fs::remove_dir_all(folder).map_err(|error| Failure::io("remove", folder, &error))?;
        }
        for (file, rest, _) in &self.startup {
            let entry = atomic::behind_links(file)?;
            let before = atomic::read(entry.path())?;
            // An empty `~/.bash_profile`, which it created, would go on hiding `~/.profile`.
            if rest.trim_ascii().is_empty() && !entry.is_linked() {
                entry.remove().map_err(|error| Failure::io("remove", file, &error))?;
            } else {
                block_file::replace(&entry, before.as_deref(), rest)?;
            }
        }
        Ok(())
    }
}

/// What is removed, one line each.
impl fmt::Display for Installation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let in_library = |file: &Path| self.library.as_ref().is_some_and(|(library, _)| file.starts_with(library));
        for file in self.files.iter().filter(|file| !in_library(file)) {
            writeln!(f, "  remove  {}", file.display())?;
        }
        if let Some((library, count)) = &self.library {
            writeln!(f, "  remove  {}/ ({count} {})", library.display(), plural("file", *count))?;
        }
        if let Some(folder) = &self.toolchain {
            writeln!(f, "  remove  {}/", folder.display())?;
        }
        for (file, _, count) in &self.startup {
            writeln!(f, "  remove  {count} {} of {}", plural("line", *count), file.display())?;
        }
        Ok(())
    }
}

fn plural(word: &str, count: usize) -> String {
    if count == 1 { word.to_owned() } else { format!("{word}s") }
}

/// Whether it is a regular file, no link to one, with this text in it.
fn has(file: &Path, text: &str) -> bool {
    let real = file.symlink_metadata().is_ok_and(|metadata| metadata.is_file());
    real && read::text(file, Limit::SCRIPT).ok().flatten().is_some_and(|content| content.contains(text))
}

fn is_real_folder(path: &Path) -> bool {
    path.symlink_metadata().is_ok_and(|metadata| metadata.is_dir())
}

fn note_of_folder(file: &Path) -> bool {
    let text = read::text(file, Limit::NOTE).ok().flatten().unwrap_or_default();
    let real = file.symlink_metadata().is_ok_and(|metadata| metadata.is_file());
    real && text.starts_with('/') && text.lines().count() == 1
}

/// A module of it: each names the tool.
fn is_of_library(file: &Path) -> bool {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    if name.starts_with("pyve_") && name.ends_with(".pyc") {
        return true;
    }
    let is_code = [".sh", ".py", ".bash"].iter().any(|end| name.ends_with(end)) || name == "_pyve";
    is_code && (has(file, "pyve") || has(file, "Pyve") || has(file, "PYVE"))
}
