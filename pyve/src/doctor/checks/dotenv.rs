//! `.env`, the project's secrets: who can read it, and whether git leaves it alone.

use std::fs::Metadata;
use std::path::Path;
use std::time::Duration;

use pyve_formats::read::{self, Limit, Links, ReadError};
use pyve_plugin_api::{Command, Host, OsText};

use crate::doctor::check::{Check, Fix, NO_ANSWER, try_it};
use crate::doctor::context::Context;
use crate::files::dotenv::FILE;
use crate::files::{atomic, dotenv_text, gitignore};

const SUBJECT: &str = "Variables file";
/// git answers at once, or its folder is on a disk that does not.
const LIMIT: Duration = Duration::from_secs(2);
/// How many variables are named that are passed over.
const NAMED: usize = 5;

pub fn checks(context: &Context) -> Vec<Check> {
    let path = context.layout.root().join(FILE);
    let Some(metadata) = metadata(&path) else { return Vec::new() };
    let mut checks: Vec<Check> = unreadable(&path).into_iter().chain(open(&path, &metadata)).collect();
    checks.extend(in_git(context, &path));
    checks.extend(passed_over(context, &path));
    if checks.is_empty() {
        checks.push(Check::ok("pyve.dotenv", SUBJECT, FILE));
    }
    checks
}

/// `None` where there is no such file; a folder of that name is something else.
fn metadata(path: &Path) -> Option<Metadata> {
    path.metadata().ok().filter(|metadata| !metadata.is_dir())
}

/// A pipe, a device, or far too much for variables: direnv and other tools wait for it, or pass it over.
fn unreadable(path: &Path) -> Option<Check> {
    let error = read::open(path, Limit::DOTENV, Links::Follow).err().filter(ReadError::is_special)?;
    let check = Check::warning("pyve.dotenv-unreadable", SUBJECT, format!("{FILE}: {}", error.reason()));
    Some(check.hint(error.hint()))
}

#[cfg(unix)]
fn open(path: &Path, metadata: &Metadata) -> Option<Check> {
    use std::os::unix::fs::PermissionsExt;
    let mode = metadata.permissions().mode() & 0o777;
    if !metadata.is_file() || mode & 0o077 == 0 {
        return None;
    }
    let detail = format!("{FILE}: others can read it (mode {mode:o})");
    let words: [OsText; 3] = ["chmod".into(), "600".into(), path.into()];
    let check = Check::warning("pyve.dotenv-open", SUBJECT, detail).remedy(words);
    Some(check.fix(Fix::Mode { path: path.to_owned(), mode: mode & 0o700 }))
}

#[cfg(not(unix))]
fn open(_: &Path, _: &Metadata) -> Option<Check> {
    None
}

/// What `.gitignore` alone tells, without asking git. Of a mode that lets others read it `init` speaks by itself.
pub fn readmitted(context: &Context) -> Vec<Check> {
    let root = context.layout.root();
    let path = root.join(FILE);
    let exposed = metadata(&path).is_some() && gitignore::readmits(root, FILE) && repository(context).is_some();
    exposed.then(|| not_ignored(context, &path)).into_iter().collect()
}

/// What `pyve run` passes over, and what direnv cannot read.
fn passed_over(context: &Context, path: &Path) -> Vec<Check> {
    let Ok(Some(text)) = read::bytes(path, Limit::DOTENV) else { return Vec::new() };
    let said = dotenv_text::parse(&text, |_| None);
    let mut checks = Vec::new();
    if let Some(line) = said.unreadable.first() {
        let detail =
            format!("{FILE}:{line} is no `NAME=value`: direnv refuses the file, and `pyve run` passes over the line");
        let hint = format!("correct line {line} of {FILE}; a value with spaces needs quotes");
        checks.push(Check::warning("pyve.dotenv-line", SUBJECT, detail).hint(hint));
    }
    let is_used = context.choice.as_ref().is_ok_and(|choice| choice.config.dotenv());
    let names = said.protected.iter().take(NAMED).map(|(line, name)| format!("{name} (line {line})"));
    let names: Vec<String> = names.collect();
    if is_used && !names.is_empty() {
        let more = said.protected.len() - names.len();
        let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
        let detail = format!("{FILE}: `pyve run` passes over {}{rest}", names.join(", "));
        checks.push(Check::info("pyve.dotenv-passed-over", SUBJECT, detail));
    }
    checks
}

fn repository(context: &Context) -> Option<&Path> {
    context.layout.root().ancestors().find(|folder| folder.join(".git").exists())
}

/// Whether git would take it along: one question for both, whether it has the file and whether it ignores it.
fn in_git(context: &Context, path: &Path) -> Option<Check> {
    repository(context)?;
    let host = context.hosting();
    let program = host.find_program("git").into_iter().next()?;
    let git = |args: &[&str]| host.capture(&command(&program, args, context.layout.root()));
    match git(&["ls-files", "-t", "--cached", "--others", "--exclude-standard"]) {
        Ok(answer) if !answer.success() || answer.stdout.is_empty() => None,
        Ok(answer) if answer.stdout.starts_with(b"?") => Some(not_ignored(context, path)),
        Ok(_) => Some(committed(context.layout.root())),
        Err(error) => {
            let check = Check::warning(NO_ANSWER, SUBJECT, format!("{FILE}: {}", error.message));
            Some(check.hint(try_it(&program.display().to_string())))
        }
    }
}

/// A question to git about the file. Settings of the repository that start programs are turned off, and no question
/// compares contents: that would start the repository's filters. Nor is anything fetched.
fn command(program: &Path, args: &[&str], root: &Path) -> Command {
    let command = Command::new(program).args(["-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null"]);
    let command = command.env("GIT_NO_LAZY_FETCH", "1").env("GIT_OPTIONAL_LOCKS", "0").args(args.iter().copied());
    let command = ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"].iter().fold(command, |it, name| it.env_remove(name));
    command.args(["--", FILE]).current_dir(root).timeout(LIMIT)
}

fn committed(root: &Path) -> Check {
    let detail = format!("{FILE}: it is committed to git, and with it what it says");
    // Without -f git keeps what was added before the file was edited. The file itself stays in both cases.
    let words =
        ["git".into(), "-C".into(), OsText::from(root), "rm".into(), "--cached".into(), "-f".into(), FILE.into()];
    let words = words.to_vec();
    Check::warning("pyve.dotenv-committed", SUBJECT, detail).remedy(words)
}

fn not_ignored(context: &Context, path: &Path) -> Check {
    let check = Check::warning("pyve.dotenv-not-ignored", SUBJECT, format!("{FILE}: git does not ignore it"));
    if context.is_ready() && !is_said(path) {
        check.remedy(context.target.typed.init(&[])).fix(Fix::Wiring)
    } else {
        check.hint(format!("add the line `{FILE}` to .gitignore"))
    }
}

/// Whether the user's own words are that git shall have it: `pyve init` leaves those as they are.
fn is_said(path: &Path) -> bool {
    let bytes = atomic::read(&path.with_file_name(gitignore::FILE)).ok().flatten().unwrap_or_default();
    String::from_utf8_lossy(&bytes).lines().any(|line| matches!(line.trim_end(), "!.env" | "!/.env"))
}
