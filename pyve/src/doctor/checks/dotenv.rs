//! `.env`, the project's secrets: who can read it, and whether git leaves it alone.

use std::fs::Metadata;
use std::path::Path;
use std::time::Duration;

use pyve_plugin_api::{Command, Host, OsText, Result};

use super::NO_ANSWER;
use crate::doctor::check::{Check, Fix};
use crate::doctor::examine::try_it;
use crate::doctor::ground::Ground;
use crate::files::dotenv::FILE;

const SUBJECT: &str = "Variables file";
/// git answers at once, or its folder is on a disk that does not.
const LIMIT: Duration = Duration::from_secs(2);

pub fn checks(ground: &Ground) -> Vec<Check> {
    let path = ground.layout.root().join(FILE);
    let Ok(metadata) = path.metadata() else { return Vec::new() };
    let mut checks: Vec<Check> = open(&path, &metadata).into_iter().collect();
    checks.extend(in_git(ground, &path));
    if checks.is_empty() {
        checks.push(Check::ok("pyve.dotenv", SUBJECT, FILE));
    }
    checks
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

/// Whether git would take it along. Settings of the repository that start programs are turned off.
fn in_git(ground: &Ground, path: &Path) -> Option<Check> {
    let root = ground.layout.root();
    root.ancestors().find(|folder| folder.join(".git").exists())?;
    let host = ground.session.hosting(&ground.layout);
    let program = host.find_program("git").into_iter().next()?;
    let git = |args: &[&str]| {
        let command = Command::new(program.as_path()).args(["-c", "core.fsmonitor=false"]).args(args.iter().copied());
        let command = ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"].iter().fold(command, |it, name| it.unset(name));
        host.capture(&command.args(["--", FILE]).folder(root).time_limit(LIMIT)).map(|output| output.code)
    };
    seen_by(git, ground, path).unwrap_or_else(|error| {
        let check = Check::warning(NO_ANSWER, SUBJECT, format!("{FILE}: {}", error.message));
        Some(check.hint(try_it(&program.display().to_string())))
    })
}

fn seen_by(git: impl Fn(&[&str]) -> Result<i32>, ground: &Ground, path: &Path) -> Result<Option<Check>> {
    if git(&["ls-files", "--error-unmatch"])? == 0 {
        let detail = format!("{FILE}: git has it, and with it what it says");
        let root = OsText::from(ground.layout.root());
        let mut words = vec!["git".into(), "-C".into(), root, "rm".into(), "--cached".into()];
        // Without it git keeps what was added before the file was edited. The file itself stays in both cases.
        if git(&["diff-files", "--quiet"])? != 0 {
            words.push("-f".into());
        }
        words.push(FILE.into());
        return Ok(Some(Check::warning("pyve.dotenv-committed", SUBJECT, detail).remedy(words)));
    }
    if git(&["check-ignore", "-q"])? != 1 {
        return Ok(None);
    }
    let check = Check::warning("pyve.dotenv-not-ignored", SUBJECT, format!("{FILE}: git does not ignore it"));
    Ok(Some(if ground.is_ready() && !is_said(path) {
        check.remedy(ground.aim.init(&[])).fix(Fix::Wiring)
    } else {
        check.hint(format!("add the line `{FILE}` to .gitignore"))
    }))
}

/// Whether the user's own words are that git shall have it: `pyve init` leaves those as they are.
fn is_said(path: &Path) -> bool {
    let text = std::fs::read_to_string(path.with_file_name(".gitignore")).unwrap_or_default();
    text.lines().any(|line| matches!(line.trim_end(), "!.env" | "!/.env"))
}
