//! Walks through a page as its reader would: every command in order, in one world.

use std::path::PathBuf;

use regex::Regex;

use crate::document::{Act, Script, Start, read};
use crate::{Outcome, World};

/// Keeps folder and exported variables from one command to the next, as a reader's terminal does.
const TERMINAL: &str = r#"
walk=$1
exec 2>&1
if [ -f "$walk/variables" ]; then . "$walk/variables"; fi
cd -- "$(cat "$walk/folder")" || exit 1
trap 'code=$?; export -p >"$walk/variables"; pwd >"$walk/folder"; exit "$code"' EXIT
. "$walk/command"
"#;

/// Runs everything that a page shows, on machines that `machine` makes, and counts the commands.
///
/// `provide` puts on a machine what a block says that it needs. `None` where something was passed over, because the machine
/// (`None` of `machine`) or what is needed (`None` of `provide`) is missing; it was put on the list of tests left out.
///
/// # Panics
/// At the first command that does not do what the page says, with its line and what it said.
#[track_caller]
pub fn walk(
    name: &str,
    markdown: &str,
    machine: impl Fn(Start) -> Option<World>,
    provide: impl Fn(&World, &str) -> Option<()>,
) -> Option<usize> {
    let acts = read(markdown).unwrap_or_else(|error| panic!("{name}: {error}"));
    let mut reader: Option<Option<World>> = None;
    let mut commands = Some(0);
    for (line, act) in acts {
        let at = || format!("{name}:{line}");
        match act {
            Act::Leave(_) => continue,
            Act::Fresh(start) => {
                reader = Some(machine(start));
                continue;
            }
            _ => {}
        }
        let Some(world) = reader.get_or_insert_with(|| machine(Start::Clone)) else {
            commands = None;
            continue;
        };
        match act {
            Act::Fresh(_) | Act::Leave(_) => unreachable!("handled above"),
            Act::File { path, text } => write(world, &at(), &path, &text),
            Act::Run(script) => {
                commands = run(world, &at(), &script, &provide).and(commands).map(|count| count + 1);
            }
        }
    }
    commands
}

fn memory(world: &World) -> PathBuf {
    let memory = world.root().join("walk");
    if !memory.exists() {
        fs_err::create_dir(&memory).expect("a new directory in the world");
        let mut start = world.project().as_os_str().as_encoded_bytes().to_vec();
        start.push(b'\n');
        fs_err::write(memory.join("folder"), start).expect("a new file in the world");
    }
    memory
}

fn write(world: &World, at: &str, path: &str, text: &str) {
    let here = fs_err::read_to_string(memory(world).join("folder")).expect("a page's directories are UTF-8");
    let file = PathBuf::from(here.trim_end_matches('\n')).join(path);
    fs_err::create_dir_all(file.parent().expect("a file is in a directory"))
        .and_then(|()| fs_err::write(&file, text))
        .unwrap_or_else(|error| panic!("{at}: {error}"));
}

fn run(world: &World, at: &str, script: &Script, provide: impl Fn(&World, &str) -> Option<()>) -> Option<()> {
    for need in script.needs.iter().chain((script.shell != "sh").then_some(&script.shell)) {
        provide(world, need)?;
    }
    let memory = memory(world);
    let command = if script.shell == "sh" {
        format!("set -e\n{}\nset +e\n", script.text)
    } else {
        fs_err::write(memory.join("script"), &script.text).expect("a new file in the world");
        format!("{} \"$walk/script\"\n", script.shell)
    };
    fs_err::write(memory.join("command"), command).expect("a new file in the world");
    let outcome = world.command("sh").args(["-c", TERMINAL, "sh"]).arg(&memory).stdin(&script.input).run();
    check(at, script, &outcome);
    Some(())
}

fn check(at: &str, script: &Script, outcome: &Outcome) {
    let shown = script.text.trim_end();
    assert_eq!(outcome.code, Some(script.exit), "\n{at}: `{shown}`\n{outcome}");
    if let Some(expected) = &script.expected {
        let said = outcome.out();
        assert!(says(expected, &said), "\n{at}: `{shown}` shall write\n{expected}----- but wrote -----\n{said}");
    }
}

/// Whether a text is what the page shows: `...` stands for any lines, `…` for any text in a line.
fn says(expected: &str, said: &str) -> bool {
    let mut pattern = String::from(r"\A");
    for line in expected.trim_end().lines() {
        if matches!(line.trim(), "..." | "…") {
            pattern.push_str("(?:[^\n]*\n)*");
        } else {
            let parts: Vec<String> = line.trim_end().split('…').map(regex::escape).collect();
            pattern.push_str(&parts.join("[^\n]*"));
            pattern.push_str("[ \t\r]*\n");
        }
    }
    pattern.push_str(r"\z");
    Regex::new(&pattern).expect("an escaped pattern").is_match(&format!("{}\n", said.trim_end()))
}

#[cfg(test)]
mod tests {
    use super::says;

    #[test]
    fn what_is_shown_is_compared_line_by_line() {
        assert!(says("one\ntwo\n", "one\ntwo\n"));
        assert!(says("one\n...\nfour\n", "one\ntwo\nthree\nfour\n"));
        assert!(says("Python 3.…\n", "Python 3.12.4\n"));
        assert!(says("a.b\n", "a.b"));
        assert!(!says("a.b\n", "axb\n"));
        assert!(!says("one\n", "one\ntwo\n"));
        assert!(!says("one…two\n", "one\ntwo\n"));
    }
}
