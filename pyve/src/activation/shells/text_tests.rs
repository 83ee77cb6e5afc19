//! Code for shells that are not on every machine, read as those shells read it: PowerShell by its grammar, cmd by the rules
//! of its documentation, nushell as the JSON that it is.

use std::ffi::OsString;
use std::io::Write;
use std::process::{Command, Stdio};

use super::tests::values;
use super::*;
use crate::activation::code::Statement;

fn name(index: usize) -> String {
    format!("V{index}")
}

fn code(shell: &str, values: &[OsString]) -> String {
    let set = values.iter().enumerate().map(|(at, value)| Statement::Set { name: name(at), value: value.clone() });
    let more = [Statement::Unset { name: "GONE".to_owned() }, Statement::Rehash];
    let statements: Vec<Statement> = set.chain(more).collect();
    String::from_utf8(find(shell).unwrap().render(&statements)).unwrap()
}

/// Values that a shell of Windows must not take for its own.
fn of_windows() -> Vec<OsString> {
    let texts = [
        "%PATH%",
        "%%",
        "100%",
        "^",
        "a^b&c|d<e>f",
        "\"quoted\" & calc",
        "a\"b%PATH%^&!x!",
        "!x!",
        "(a)",
        "a = b, c; d",
        " x ",
        "\\",
        "\"\\",
        "\u{2018}\u{2019}\u{201a}\u{201b}'; calc #",
        "$(calc)",
        "`n$x",
        "@'\n'@",
        "é\u{1f40d}",
        "C:\\Program Files (x86)\\x;\"D:\\y;z\"",
    ];
    texts.map(OsString::from).into_iter().chain(values()).collect()
}

/// What PowerShell's grammar makes of the code: of each statement its kind, what is assigned to, and the literal.
fn parsed(code: &str) -> Option<Vec<(String, String, Option<String>)>> {
    let python = pyve_testkit::tools_python()?;
    let mut command = Command::new(python);
    command.args(["-I", "-c", include_str!("read_back.py")]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(code.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    let lines = String::from_utf8(output.stdout).unwrap();
    Some(lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
}

/// What a literal in single quotes means: a quote that stands twice stands for itself.
fn unquoted(literal: &str) -> String {
    let inner = literal.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')).unwrap();
    let mut letters = inner.chars().peekable();
    let mut text = String::new();
    while let Some(letter) = letters.next() {
        if matches!(letter, '\'' | '\u{2018}'..='\u{201b}') {
            assert_eq!(letters.next(), Some(letter), "a quote that ends the literal: {literal}");
        }
        text.push(letter);
    }
    text
}

#[test]
fn powershell_has_every_value_in_a_literal_of_its_own() {
    let values = of_windows();
    let Some(statements) = parsed(&code("powershell", &values)) else { return };
    assert_eq!(statements.len(), values.len() + 1);
    for (index, value) in values.iter().enumerate() {
        let (kind, assigned, literal) = &statements[index];
        assert_eq!((kind.as_str(), assigned), ("pipeline", &format!("$env:{}", name(index))));
        assert_eq!(unquoted(literal.as_ref().unwrap()), value.to_string_lossy(), "{index}");
    }
    assert_eq!(statements[values.len()].1, "$env:GONE");
    assert_eq!(statements[values.len()].2.as_deref(), Some("$null"));
}

#[test]
fn powershell_can_read_its_hook_and_what_runs_scripts() {
    let shell = find("powershell").unwrap();
    let scripts = vec!["/e/it's.ps1".into()];
    let arguments = ["deactivate", "--shell", "powershell"].map(OsString::from).to_vec();
    let statements =
        [Statement::Source { scripts, leaving: false }, Statement::Evaluate { arguments, input: "eJw_-".to_owned() }];
    let code = String::from_utf8(shell.render(&statements)).unwrap();
    insta::assert_snapshot!(code, @r"
    # pyve
    . '/e/it''s.ps1'
    'eJw_-' | & (Microsoft.PowerShell.Core\Get-Command -Name pyve -CommandType Application -TotalCount 1 -ErrorAction Stop) 'deactivate' '--shell' 'powershell' | Out-String | Invoke-Expression
    ");
    let Some(read) = parsed(&code) else { return };
    assert_eq!(read.len(), 2);
    let hook = parsed(shell.hook()).unwrap_or_default();
    let kinds: Vec<&str> = hook.iter().map(|(kind, ..)| kind.as_str()).filter(|kind| *kind != "comment").collect();
    assert_eq!(kinds, ["function_statement", "if_statement"]);
}

#[test]
fn nushell_has_every_value_as_json() {
    let values = of_windows();
    let code: serde_json::Value = serde_json::from_str(&code("nushell", &values)).unwrap();
    for (index, value) in values.iter().enumerate() {
        assert_eq!(code["load-env"][name(index)], *value.to_string_lossy(), "{index}");
    }
    assert_eq!(code["hide-env"], serde_json::json!(["GONE"]));
}

/// What cmd sets by a line of a file: percent signs first, then quotes, carets and what ends a command, then `set`.
/// `None` for another command.
fn set_by_cmd(line: &str) -> Option<(String, String)> {
    assert!(!line.contains(['\n', '\r']), "two lines");
    let mut expanded = String::new();
    let mut letters = line.chars().peekable();
    while let Some(letter) = letters.next() {
        if letter == '%' {
            assert_eq!(letters.next(), Some('%'), "a variable or an argument is expanded: {line}");
        }
        expanded.push(letter);
    }
    let mut command = String::new();
    let (mut quoted, mut letters) = (false, expanded.strip_prefix('@')?.chars());
    while let Some(letter) = letters.next() {
        match letter {
            '"' => quoted = !quoted,
            '^' if !quoted => {
                command.extend(letters.next());
                continue;
            }
            '&' | '|' | '<' | '>' if !quoted => {
                assert!(command.starts_with("echo "), "the command ends within: {line}");
                return None;
            }
            _ => {}
        }
        command.push(letter);
    }
    let assignment = command.strip_prefix("set ")?;
    let assignment = match assignment.strip_prefix('"') {
        Some(rest) => &rest[..rest.rfind('"').unwrap()],
        None => assignment,
    };
    assignment.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned()))
}

/// cmd misses labels in a file whose lines end otherwise.
#[test]
fn the_lines_of_cmds_hook_end_as_it_reads_them() {
    let hook = find("cmd").unwrap().hook();
    assert!(hook.lines().count() > 20 && hook.matches("\r\n").count() == hook.matches('\n').count());
    let labels: Vec<&str> = hook.lines().filter_map(|line| line.strip_prefix(':')).collect();
    let wanted = hook.split("goto ").skip(1).filter_map(|rest| rest.split_whitespace().next());
    for label in wanted {
        assert!(labels.contains(&label), "{label} of {labels:?}");
    }
}

#[test]
fn cmd_sets_every_value_that_fits_in_a_line_and_tells_the_others() {
    let values = of_windows();
    let code = code("cmd", &values);
    let mut lines = code.split("\r\n");
    assert_eq!(lines.next(), Some("@rem pyve"));
    for (index, value) in values.iter().enumerate() {
        let (line, value) = (lines.next().unwrap(), value.to_string_lossy());
        match set_by_cmd(line) {
            Some((set, read)) => assert_eq!((set, read.as_str()), (name(index), &*value)),
            None => {
                assert_eq!(line, format!("@echo warning: cmd cannot hold the value of V{index} 1>&2"));
                assert!(value.contains(|letter: char| letter.is_control() && letter != '\t'), "{value:?}");
            }
        }
    }
    assert_eq!(lines.collect::<Vec<_>>(), ["@set \"GONE=\"", ""]);
    let long = self::code("cmd", &["x".repeat(9000).into()]);
    assert!(long.contains("@echo warning: cmd cannot hold the value of V0 1>&2"), "{long}");
}
