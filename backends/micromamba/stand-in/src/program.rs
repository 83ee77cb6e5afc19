//! The command line of the stand-in.

use std::ffi::OsString;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use serde_json::{Value, json};

use crate::activate;
use crate::create::{self, Options};
use crate::output::{complain, say};
use crate::settings;

/// The version that the stand-in says it has.
pub const VERSION: &str = "2.8.1";

/// Whether tests run against the real program.
pub fn is_real() -> bool {
    std::env::var_os("PYVE_TEST_MICROMAMBA").is_some()
}

/// The stand-in itself.
pub fn main() -> ExitCode {
    let args: Vec<OsString> = std::env::args_os().skip(1).collect();
    note(&args);
    ExitCode::from(dispatch(&args))
}

fn note(args: &[OsString]) {
    let Some(log) = std::env::var_os("PYVE_STANDIN_LOG") else { return };
    let words: Vec<_> = args.iter().map(|arg| arg.to_string_lossy()).collect();
    let file = std::fs::OpenOptions::new().create(true).append(true).open(log);
    let _ = file.and_then(|mut file| writeln!(file, "{}", json!(words)));
}

fn dispatch(args: &[OsString]) -> u8 {
    let first = args.first().map(|arg| arg.to_string_lossy().into_owned()).unwrap_or_default();
    match first.as_str() {
        "--version" => {
            say(VERSION);
            0
        }
        "create" => create(&args[1..]),
        "run" => run(&args[1..]),
        "shell" => match prefix_of(args) {
            Some(prefix) => {
                activate::show(&prefix);
                0
            }
            None => usage("shell activate -s bash -p PREFIX"),
        },
        "list" => prefix_of(args).map_or_else(|| usage("list -p PREFIX --json"), |prefix| list(&prefix)),
        other => {
            complain(&format!(
                "The following argument was not expected: {other}\nRun with --help for more information."
            ));
            109
        }
    }
}

fn usage(form: &str) -> u8 {
    complain(&format!("usage: micromamba {form}"));
    1
}

fn prefix_of(args: &[OsString]) -> Option<PathBuf> {
    let at = args.iter().position(|arg| arg == "-p" || arg == "--prefix")?;
    args.get(at + 1).map(PathBuf::from)
}

fn create(args: &[OsString]) -> u8 {
    if !io::stdout().is_terminal() {
        // While it downloads, Ctrl-C is of no effect; SIGTERM ends it at once.
        let _ = signal_hook::flag::register(signal_hook::consts::SIGINT, Arc::new(AtomicBool::new(false)));
    }
    let (mut options, mut quiet) = (Options::default(), false);
    let mut words = args.iter();
    while let Some(word) = words.next() {
        let text = word.to_string_lossy().into_owned();
        let mut value = || words.next().cloned().unwrap_or_default();
        match text.as_str() {
            "-y" | "--yes" => options.yes = true,
            "-q" | "--quiet" => quiet = true,
            "--json" => options.json = true,
            "--dry-run" => options.dry_run = true,
            // Its channels are folders of this machine.
            "--offline" => {}
            "--override-channels" => options.override_channels = true,
            "-p" | "--prefix" => options.prefix = value().into(),
            "-f" | "--file" => options.files.push(value().into()),
            "-c" | "--channel" => options.channels.push(value().to_string_lossy().into_owned()),
            "--platform" => options.platform = Some(value().to_string_lossy().into_owned()),
            "--category" => options.categories.push(value().to_string_lossy().into_owned()),
            _ if text.starts_with('-') => {
                complain(&format!("The following argument was not expected: {text}"));
                return 109;
            }
            _ => options.specs.push(text),
        }
    }
    let said = settings::flag("quiet").and_then(|by_setting| {
        quiet |= by_setting;
        options.json |= settings::flag("json")?;
        create::run(&options)
    });
    let lines = match said {
        Ok(()) => return 0,
        Err(lines) => lines,
    };
    lines.iter().filter(|_| !quiet).for_each(|line| complain(line));
    1
}

fn run(args: &[OsString]) -> u8 {
    let (Some(prefix), Ok(program)) = (prefix_of(args), std::env::current_exe()) else {
        return usage("run -p PREFIX COMMAND …");
    };
    activate::run(&prefix, args.get(2..).unwrap_or_default(), &program)
}

fn list(prefix: &Path) -> u8 {
    let entries = std::fs::read_dir(prefix.join("conda-meta")).ok().into_iter().flatten().flatten();
    let read = |path: PathBuf| -> Option<Value> { serde_json::from_slice(&std::fs::read(path).ok()?).ok() };
    let files =
        entries.map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|ending| ending == "json"));
    let mut packages: Vec<Value> = files.filter_map(read).collect();
    for package in &mut packages {
        package["build_string"] = package["build"].clone();
        package["platform"] = package["subdir"].clone();
    }
    packages.sort_by_key(|package| package["name"].as_str().unwrap_or_default().to_owned());
    say(&json!({ "packages": packages }).to_string());
    0
}
