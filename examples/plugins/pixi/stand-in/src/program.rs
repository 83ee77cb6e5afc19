//! The command line of the stand-in.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use crate::lock_file::{LockFile, Usage};
use crate::workspace::{Environment, Workspace};
use crate::{activate, info, install};

/// The version that the stand-in says it has.
pub const VERSION: &str = "0.77.0";

/// Why it ends otherwise than well.
pub enum Failed {
    /// What was said, and what pixi adds as help: exit code 1.
    Error(String, Option<String>),
    /// What is wrong with the words: exit code 2.
    Usage(String),
}

impl Failed {
    pub fn new(message: impl Into<String>) -> Self {
        Self::Error(message.into(), None)
    }
}

pub type Result<T> = std::result::Result<T, Failed>;

/// The words of a call, sorted.
#[derive(Default)]
struct Words {
    manifest: Option<PathBuf>,
    environment: Option<String>,
    flags: Vec<String>,
    packages: Vec<String>,
}

impl Words {
    fn of(args: &[String], known: &[&str]) -> Result<Self> {
        let (mut words, mut args) = (Self::default(), args.iter());
        while let Some(word) = args.next() {
            let mut value = || {
                let missing = || Failed::Usage(format!("a value is required for '{word}' but none was supplied"));
                args.next().cloned().ok_or_else(missing)
            };
            match word.as_str() {
                "--manifest-path" | "-m" => words.manifest = Some(value()?.into()),
                "--environment" | "-e" => words.environment = Some(value()?),
                "--platform" | "-p" if known.contains(&"--platform") => words.flags.push(value()?),
                word if known.contains(&word) => words.flags.push(word.to_owned()),
                word if !word.starts_with('-') && known.contains(&"PACKAGES") => words.packages.push(word.to_owned()),
                word => return Err(Failed::Usage(format!("unexpected argument '{word}' found"))),
            }
        }
        Ok(words)
    }

    fn has(&self, flag: &str) -> bool {
        self.flags.iter().any(|known| known == flag)
    }

    fn workspace(&self) -> Result<Workspace> {
        Workspace::locate(self.manifest.as_deref())
    }

    /// `--locked` wins over `--frozen`; both may be variables.
    fn usage(&self) -> Usage {
        let set = |flag: &str, variable: &str| self.has(flag) || is_set(variable);
        match () {
            () if self.has("--as-is") => Usage::Frozen,
            () if set("--locked", "PIXI_LOCKED") => Usage::Locked,
            () if set("--frozen", "PIXI_FROZEN") => Usage::Frozen,
            () => Usage::Update,
        }
    }
}

/// Whether a variable is set to something that means yes.
pub fn is_set(variable: &str) -> bool {
    std::env::var(variable).is_ok_and(|value| ["1", "true", "yes", "on"].contains(&value.to_lowercase().as_str()))
}

pub fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    note(&args);
    match dispatch(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failed::Usage(what)) => {
            say(&format!("error: {what}\n\nFor more information, try '--help'."));
            ExitCode::from(2)
        }
        Err(Failed::Error(message, help)) => {
            let mut text = format!("Error:   × {message}");
            for line in help.iter().flat_map(|help| help.lines()).enumerate() {
                let head = if line.0 == 0 { "help: " } else { "      " };
                let _ = write!(text, "\n  {head}{}", line.1);
            }
            say(&text);
            ExitCode::FAILURE
        }
    }
}

fn note(args: &[String]) {
    let Some(log) = std::env::var_os("PIXI_STANDIN_LOG") else { return };
    let file = std::fs::OpenOptions::new().create(true).append(true).open(log);
    let _ = file.and_then(|mut file| writeln!(file, "{}", args.join(" ")));
}

/// To standard error, as pixi says whatever is no answer.
pub fn say(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

fn answer(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}

fn dispatch(args: &[String]) -> Result<()> {
    let Some((first, rest)) = args.split_first() else { return Err(Failed::Usage("no command".to_owned())) };
    match first.as_str() {
        "--version" | "-V" => answer(&format!("pixi {VERSION}")),
        "info" => answer(&info::json(Words::of(rest, &["--json"])?.workspace().ok().as_ref())),
        "install" => {
            let words = Words::of(rest, &["--frozen", "--locked"])?;
            let workspace = words.workspace()?;
            let environment = workspace.environment(words.environment.as_deref())?;
            let lock = LockFile::updated(&workspace, words.usage())?;
            install::environment(&workspace, environment, &lock)?;
            let place = workspace.detached().map(|path| format!(" in '{}'", path.display())).unwrap_or_default();
            say(&format!("✔ The {} environment has been installed{place}.", environment.name));
        }
        "lock" => lock(&Words::of(rest, &["--check", "--dry-run"])?)?,
        "update" => {
            let words = Words::of(rest, &["--platform", "--dry-run", "PACKAGES"])?;
            let (diff, lock) = LockFile::moved(&words.workspace()?, &words.packages)?;
            if !words.has("--dry-run") {
                lock.write()?;
            }
            say(if diff.is_empty() { "✔ Lock-file was already up-to-date" } else { &diff });
        }
        "shell-hook" => {
            let words = Words::of(rest, &["--json", "--as-is", "--frozen", "--locked", "--no-install"])?;
            if !words.has("--json") {
                return Err(Failed::Usage("the stand-in prints JSON alone".to_owned()));
            }
            let workspace = words.workspace()?;
            let environment: &Environment = workspace.environment(words.environment.as_deref())?;
            workspace.prepare()?;
            let lock = LockFile::updated(&workspace, words.usage())?;
            if !words.has("--as-is") && !words.has("--no-install") && !is_set("PIXI_NO_INSTALL") {
                install::environment(&workspace, environment, &lock)?;
            }
            answer(&activate::json(&workspace, environment)?);
        }
        other => return Err(Failed::Usage(format!("the stand-in has no command '{other}'"))),
    }
    Ok(())
}

fn lock(words: &Words) -> Result<()> {
    let workspace = words.workspace()?;
    let usage = if words.has("--dry-run") { Usage::DryRun } else { Usage::Update };
    let before = LockFile::load(&workspace)?;
    let lock = LockFile::updated(&workspace, usage)?;
    let changed = before.text != lock.text;
    match (usage, changed) {
        (Usage::DryRun, true) => say("i Dry-run: lock file would be updated (not written to disk)"),
        (Usage::DryRun, false) => say("i Dry-run: lock file would not change"),
        (_, true) => say("✔ Updated lock file"),
        (_, false) => say("✔ Lock-file was already up-to-date"),
    }
    if words.has("--check") && changed {
        return Err(Failed::new("lock file not up-to-date with the workspace"));
    }
    Ok(())
}
