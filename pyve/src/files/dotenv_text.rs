//! What `.env` says, read as direnv reads it, so that a command gets the same by `pyve run` as in a shell that direnv set up.
//!
//! One variable a line: `NAME=value`, `export NAME=value` or `NAME: value`, and comments after `#`. A value in double quotes may
//! have `\n`, `\r` and other escapes; there, and without quotes, `$NAME`, `${NAME}` and `${NAME:-default}` stand for other
//! variables. A value without quotes has no space in it. For a line that is none of this direnv refuses the whole file, and
//! pyve passes over the line.

use std::ffi::{OsStr, OsString};

/// What a project's file does not decide: where programs and their libraries are found, what a shell or Python runs first, what
/// a shell that it was activated in evaluates or loads by itself, and which environment this is.
const PROTECTED: [&str; 15] = [
    "PATH",
    "BASH_ENV",
    "ENV",
    "BASHOPTS",
    "SHELLOPTS",
    "IFS",
    "PROMPT",
    "PROMPT_COMMAND",
    "PS0",
    "PS1",
    "PS2",
    "PS4",
    "FPATH",
    "ZDOTDIR",
    "PSModulePath",
];
const PROTECTED_STARTS: [&str; 7] = ["LD_", "DYLD_", "PYTHON", "VIRTUAL_ENV", "CONDA_", "PYVE_", "fish_"];

/// The most bytes that all values may have together: no program could be started with more. A line such as `B=$A$A` doubles
/// what stands above it.
const MOST_BYTES: usize = 2 << 20;

/// More variables than anybody writes.
const MOST_VARIABLES: usize = 4096;

/// The variables, and what was passed over.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Said {
    /// In the order of the file; a name that stands twice has its last value.
    pub variables: Vec<(String, OsString)>,
    /// Names that are not the file's to set, each with its line.
    pub protected: Vec<(usize, String)>,
    /// The lines that name no variable.
    pub unreadable: Vec<usize>,
}

/// Reads the text of the file; `known` has the caller's variables, which count for more than the file's.
pub fn parse(text: &[u8], known: impl Fn(&str) -> Option<OsString>) -> Said {
    let (mut said, mut left) = (Said::default(), MOST_BYTES);
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    for (index, line) in text.split(|byte| *byte == b'\n').enumerate() {
        let line = std::str::from_utf8(line).map(str::trim).unwrap_or("\0");
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let Some((name, written)) = assignment(line).filter(|_| !line.contains('\0')) else {
            said.unreadable.push(index + 1);
            continue;
        };
        if is_protected(name) {
            said.protected.push((index + 1, name.to_owned()));
            continue;
        }
        let above = |name: &str| said.variables.iter().find(|(there, _)| there == name).map(|(_, value)| value.clone());
        let value = written.value(left, |name| known(name).or_else(|| above(name)));
        let Some(value) = value.filter(|_| said.variables.len() < MOST_VARIABLES) else {
            said.unreadable.push(index + 1);
            continue;
        };
        left -= value.len();
        said.variables.retain(|(there, _)| there != name);
        said.variables.push((name.to_owned(), value));
    }
    said
}

/// Whether the variable is not the file's to set.
fn is_protected(name: &str) -> bool {
    let is = |known: &str, name: &str| if cfg!(windows) { known.eq_ignore_ascii_case(name) } else { known == name };
    let begins = |start: &&str| name.get(..start.len()).is_some_and(|begin| is(start, begin));
    PROTECTED.iter().any(|known| is(known, name)) || PROTECTED_STARTS.iter().any(begins)
}

/// A value as it is written.
enum Written<'a> {
    Literal(&'a str),
    /// In double quotes.
    Escaped(&'a str),
    Plain(&'a str),
}

/// The name and the value of a line.
fn assignment(line: &str) -> Option<(&str, Written<'_>)> {
    let line = line.strip_prefix("export").filter(|rest| rest.starts_with([' ', '\t'])).map_or(line, str::trim_start);
    let end = line.find(|letter: char| !(letter.is_ascii_alphanumeric() || "_.".contains(letter)))?;
    let (name, rest) = line.split_at(end);
    let value = match rest.trim_start().strip_prefix('=') {
        Some(value) => value,
        None => rest.strip_prefix(':').filter(|value| value.starts_with([' ', '\t']))?,
    };
    Some((name, written(value.trim_start())?)).filter(|(name, _)| !name.is_empty())
}

fn written(text: &str) -> Option<Written<'_>> {
    let is_over = |rest: &str| rest.trim_start().is_empty() || rest.trim_start().starts_with('#');
    if let Some(inner) = text.strip_prefix('\'')
        && let Some((value, rest)) = inner.split_once('\'')
        && is_over(rest)
    {
        return Some(Written::Literal(value));
    }
    if let Some(inner) = text.strip_prefix('"')
        && let Some(end) = end_of_quotes(inner)
        && is_over(&inner[end + 1..])
    {
        return Some(Written::Escaped(&inner[..end]));
    }
    let end = text.find(|letter: char| letter.is_whitespace() || letter == '#').unwrap_or(text.len());
    is_over(&text[end..]).then(|| Written::Plain(&text[..end]))
}

/// Where the quotes end: at the first one without a backslash.
fn end_of_quotes(text: &str) -> Option<usize> {
    let mut escaped = false;
    text.char_indices().find_map(|(at, letter)| {
        let is_end = letter == '"' && !escaped;
        escaped = letter == '\\' && !escaped;
        is_end.then_some(at)
    })
}

impl Written<'_> {
    /// What it stands for, if that has at most so many bytes.
    fn value(&self, most: usize, variable: impl Fn(&str) -> Option<OsString>) -> Option<OsString> {
        let (text, escapes) = match self {
            Self::Literal(text) => return Some(text.into()).filter(|_| text.len() <= most),
            Self::Escaped(text) => (text, true),
            Self::Plain(text) => (text, false),
        };
        let (mut value, mut rest) = (OsString::new(), *text);
        while let Some(at) = rest.find(['$', '\\']) {
            let (before, special) = rest.split_at(at);
            value.push(before);
            if value.len() > most {
                return None;
            }
            rest = &special[1..];
            if special.starts_with('$') {
                rest = expanded(rest, &variable, &mut value);
            } else if let Some(letter) = rest.chars().next().filter(|_| escapes) {
                rest = &rest[letter.len_utf8()..];
                value.push(match letter {
                    'n' => "\n".to_owned(),
                    'r' => "\r".to_owned(),
                    letter => letter.to_string(),
                });
            } else {
                value.push("\\");
            }
        }
        value.push(rest);
        (value.len() <= most).then_some(value)
    }
}

/// Appends what stands behind a `$`, and returns the rest. A `$` before anything else is one.
fn expanded<'a>(text: &'a str, variable: impl Fn(&str) -> Option<OsString>, value: &mut OsString) -> &'a str {
    let name_end =
        |text: &str| text.find(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '_')).unwrap_or(text.len());
    if let Some((inner, rest)) = text.strip_prefix('{').and_then(|inner| inner.split_once('}')) {
        let (name, default) = inner.split_at(name_end(inner));
        let found = variable(name).filter(|found| !found.is_empty());
        let default = default.strip_prefix(":-").unwrap_or_default();
        value.push(found.as_deref().unwrap_or(OsStr::new(default)));
        return rest;
    }
    let (name, rest) = text.split_at(name_end(text));
    if name.is_empty() {
        value.push("$");
    } else if let Some(found) = variable(name) {
        value.push(found);
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Said {
        let home = |name: &str| (name == "SET").then(|| OsString::from("caller"));
        parse(text.as_bytes(), home)
    }

    /// As direnv 2.32 reads each.
    #[test]
    fn values_are_what_direnv_makes_of_them() {
        for (line, value) in [
            ("B=x", "x"),
            ("export B=x", "x"),
            ("export\tB=x", "x"),
            ("  B=x\r", "x"),
            ("B = x ", "x"),
            ("B: x", "x"),
            ("B=", ""),
            ("B=\"\"", ""),
            ("B=x # why", "x"),
            ("B=x#y", "x"),
            ("B==x", "=x"),
            ("B=http://u:p@h:1/x?y=1&z", "http://u:p@h:1/x?y=1&z"),
            ("B=!x@y%z&(a)", "!x@y%z&(a)"),
            ("B='single $A \\n # not'   # comment", "single $A \\n # not"),
            ("B=\"a # b\"", "a # b"),
            ("B=\"x\\\"y\"", "x\"y"),
            ("B=\"a\\nb\"", "a\nb"),
            ("B=\"tab\\tx\"", "tabtx"),
            ("B=\"a'b\"", "a'b"),
            ("B=a\"b\"", "a\"b\""),
            ("B=end\\", "end\\"),
            ("B='unclosed", "'unclosed"),
            ("B=\"double $A ${A}\"", "double 1 1"),
            ("B=$A-${A}-${NOPE}-${NOPE:-other}-$NOPE", "1-1--other-"),
            ("B=\"${A:-x}\"", "1"),
            ("B=$SET", "caller"),
            ("B=$", "$"),
        ] {
            let said = read(&format!("A=1\n{line}\n"));
            let found = said.variables.iter().find(|(name, _)| name == "B").map(|(_, value)| value.clone());
            assert_eq!(found, Some(value.into()), "{line:?}");
        }
    }

    #[test]
    fn the_last_value_of_a_name_counts() {
        let said = read("A=1\nO.P=x\nA=2\nB=$A\n");
        let expected = [("O.P", "x"), ("A", "2"), ("B", "2")];
        assert_eq!(said.variables, expected.map(|(name, value)| (name.to_owned(), value.into())));
    }

    #[test]
    fn what_is_no_variable_and_what_is_not_the_files_to_set_is_passed_over() {
        let text = "\u{feff}A=1\nPATH=/trap\n# no\n\nB=two words\nLD_PRELOAD=x\nno equals\nexport C\nQ-R=1\nB:x\n\
                    PYTHONPATH=.\nVIRTUAL_ENV=x\nCONDA_PREFIX=x\nENV=x\nB=\"x\" y\nENVIRONMENT=test\n";
        let said = parse(&[text.as_bytes(), b"X=\xff\nY=\0\n"].concat(), |_| None);
        assert_eq!(said.variables, [("A".to_owned(), "1".into()), ("ENVIRONMENT".to_owned(), "test".into())]);
        let names: Vec<String> = said.protected.iter().map(|(line, name)| format!("{line} {name}")).collect();
        assert_eq!(names, ["2 PATH", "6 LD_PRELOAD", "11 PYTHONPATH", "12 VIRTUAL_ENV", "13 CONDA_PREFIX", "14 ENV"]);
        assert_eq!(said.unreadable, [5, 7, 8, 9, 10, 15, 17, 18]);
    }

    #[test]
    fn nothing_is_set_that_a_shell_evaluates_or_pyve_reads() {
        for name in
            ["PYVE_TRUST", "PYVE_HOME", "PYVE_PLUGIN_PATH", "PROMPT_COMMAND", "PS1", "FPATH", "fish_function_path"]
        {
            let said = read(&format!("{name}=$(id)\n"));
            assert_eq!((said.variables.len(), said.protected), (0, vec![(1, name.to_owned())]));
        }
        assert_eq!(read("PS=1\nPROMPTS=1\nPYVE=1\nPSQL=1\n").variables.len(), 4);
    }

    #[test]
    fn a_small_file_stays_small() {
        let doubling: String = (1..200).map(|line| format!("A{line}=$A{0}$A{0}\n", line - 1)).collect();
        let said = read(&format!("A0=xxxxxxxx\n{doubling}"));
        let bytes: usize = said.variables.iter().map(|(_, value)| value.len()).sum();
        assert!(bytes <= MOST_BYTES && said.unreadable.first() == Some(&19), "{bytes} {:?}", said.unreadable.first());
        let many: String = (0..MOST_VARIABLES + 2).map(|line| format!("A{line}=\n")).collect();
        assert_eq!(read(&many).unreadable, [MOST_VARIABLES + 1, MOST_VARIABLES + 2]);
    }
}
