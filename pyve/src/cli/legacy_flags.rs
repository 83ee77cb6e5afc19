//! The flag forms of the bash tool, `pyve --init`, as the subcommands that they mean.

use std::ffi::OsString;

/// Global options that take a value as a word of their own.
const WITH_VALUE: &[&str] = &["-C", "--color"];

/// The old spellings of commands and what they stand for.
const OLD: &[(&str, &[&str])] = &[
    ("--init", &["init"]),
    ("-i", &["init"]),
    ("--purge", &["purge"]),
    ("-p", &["purge"]),
    ("--config", &["config"]),
    ("-c", &["config"]),
    ("--python-version", &["python-version"]),
    ("--install", &["self", "install"]),
    ("--uninstall", &["self", "uninstall"]),
];

/// The words with an old spelling in the place of the command replaced. Where no command follows, `-v` asks for the
/// version, as in the bash tool; else it is `--verbose`, as in cargo.
pub fn modern(mut words: Vec<OsString>) -> Vec<OsString> {
    let Some(place) = command_place(&words) else {
        if let Some(last) = words.last_mut().filter(|last| *last == "-v") {
            *last = "--version".into();
        }
        return words;
    };
    let word = words[place].to_string_lossy().into_owned();
    let (flag, value) = word.split_once('=').map_or((word.as_str(), None), |(flag, value)| (flag, Some(value)));
    let replacement: Vec<OsString> = match OLD.iter().find(|(old, _)| *old == flag) {
        Some((_, new)) => new.iter().copied().chain(value).map(OsString::from).collect(),
        None if word == "env" && words.get(place + 1).is_some_and(|next| next == "create") => {
            words.remove(place + 1);
            vec!["init".into()]
        }
        None => return words,
    };
    words.splice(place..=place, replacement);
    words
}

/// The name of the command, if the words have one.
pub fn command_name(words: &[OsString]) -> Option<String> {
    let name = words.get(command_place(words)?)?.to_str()?;
    (!name.starts_with('-')).then(|| name.to_owned())
}

/// Where the command stands: the first word that is no global option and no value of one.
fn command_place(words: &[OsString]) -> Option<usize> {
    let mut place = 1;
    while let Some(word) = words.get(place) {
        let word = word.to_string_lossy();
        let global = word.starts_with("-C")
            || ["-q", "--quiet", "--verbose", "--offline"].contains(&&*word)
            || (word.starts_with("-v") && word[1..].bytes().all(|letter| letter == b'v'))
            || word.starts_with("--color");
        if !global {
            return Some(place);
        }
        place += if WITH_VALUE.contains(&&*word) { 2 } else { 1 };
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(line: &str) -> String {
        let words = modern(line.split(' ').map(OsString::from).collect());
        words.iter().map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn old_spellings_become_commands() {
        assert_eq!(said("pyve --init .venv"), "pyve init .venv");
        assert_eq!(said("pyve -C dir -i --force"), "pyve -C dir init --force");
        assert_eq!(said("pyve --python-version 3.12"), "pyve python-version 3.12");
        assert_eq!(said("pyve --python-version=3.12"), "pyve python-version 3.12");
        assert_eq!(said("pyve --install"), "pyve self install");
        assert_eq!(said("pyve env create --yes"), "pyve init --yes");
    }

    #[test]
    fn one_v_without_a_command_is_the_version() {
        assert_eq!(said("pyve -v"), "pyve --version");
        assert_eq!(said("pyve -q -v"), "pyve -q --version");
        assert_eq!(said("pyve -vv"), "pyve -vv");
        assert_eq!(said("pyve -v init"), "pyve -v init");
        assert_eq!(said("pyve -vv -i -v"), "pyve -vv init -v");
    }

    #[test]
    fn words_of_a_command_stay_as_they_are() {
        assert_eq!(said("pyve run prog --init"), "pyve run prog --init");
        assert_eq!(said("pyve init --python-version 3.12"), "pyve init --python-version 3.12");
    }
}
