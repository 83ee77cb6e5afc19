//! What scripts did, as bash traced it: whether what came of it can depend on more than variables and files.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// What a shell does by itself, but for what is named below.
const BUILTINS: [&str; 36] = [
    "[", "[[", "((", "test", "if", "for", "while", "until", "case", "select", "let", ":", "true", "false", "echo",
    "printf", "export", "unset", "local", "readonly", "declare", "typeset", "shift", "return", "break", "continue",
    "shopt", "set", "getopts", "alias", "unalias", "complete", "cd", "pwd", "builtin", "function",
];

/// Programs that do the same with the same words and files.
const PURE: [&str; 30] = [
    "basename", "dirname", "tr", "sed", "cut", "cat", "head", "tail", "grep", "egrep", "fgrep", "awk", "sort", "uniq",
    "wc", "expr", "uname", "arch", "readlink", "realpath", "ls", "mkdir", "rm", "ln", "cp", "mv", "touch", "chmod",
    "seq", "rev",
];

/// Commands that look for programs.
const ON_PATH: [&str; 4] = ["command", "which", "type", "hash"];

/// Commands that see every variable.
const ALL_VARIABLES: [&str; 4] = ["eval", "env", "printenv", "compgen"];

/// Commands whose outcome is read from elsewhere, or that change more than variables.
const UNCERTAIN: [&str; 13] = [
    "read",
    "mapfile",
    "readarray",
    "exec",
    "trap",
    "umask",
    "ulimit",
    "wait",
    "jobs",
    "times",
    "coproc",
    "pushd",
    "popd",
];

/// The files that a script asks for and that are otherwise at every moment.
const LIVE: [&str; 3] = ["/proc", "/sys", "/dev"];

/// What pyve's own lines end with.
const END: &str = "set +eux";

/// What a trace tells.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Traced {
    /// Whether nothing is in it that depends on more than variables and files.
    pub certain: bool,
    /// Whether any variable may have been read.
    pub reads_all: bool,
    /// Whether programs were looked for.
    pub looks_on_path: bool,
    /// Commands whose output may have become a value, and that have to be functions of the scripts.
    pub unknown: BTreeSet<String>,
    /// Further scripts that were sourced.
    pub scripts: Vec<PathBuf>,
    /// What else was looked at outside of the prefix.
    pub files: Vec<PathBuf>,
}

/// Reads a trace whose lines begin with the level of the subshell. `scripts` are those that pyve sources itself.
pub fn read(trace: &[u8], prefix: &Path, scripts: &[PathBuf]) -> Traced {
    let text = String::from_utf8_lossy(trace);
    let mut traced = Traced { certain: true, ..Traced::default() };
    let mut ended = false;
    for entry in text.split("+\u{1}").skip(1) {
        let Some((level, words)) = entry.split_once('\u{2}') else { continue };
        // The mark of the next line is written once more for each level of nesting.
        let words = words.trim_end_matches('+').trim_end_matches('\n');
        ended = words == END;
        if !ended {
            traced.take(level != "0", words, prefix, scripts);
        }
    }
    // Of a script that switched it off nobody saw what it did.
    traced.certain &= ended;
    traced
}

impl Traced {
    /// Takes in one command; one within a subshell may print what becomes a value.
    fn take(&mut self, inner: bool, words: &str, prefix: &Path, scripts: &[PathBuf]) {
        let command = words.split([' ', '\n']).next().unwrap_or_default();
        if is_assignment(command) {
            return;
        }
        // `'['` it is in a trace.
        let command = command.trim_matches('\'');
        let name = command.rsplit('/').next().unwrap_or(command);
        if matches!(command, "." | "source") {
            self.script(words, scripts);
        } else if ALL_VARIABLES.contains(&name) || lists_variables(words) || words.contains(" -v ") {
            // `[ -v NAME ]` asks without a `$`; of `command -v` it is too much.
            self.reads_all = true;
            self.looks_on_path |= ON_PATH.contains(&name);
        } else if UNCERTAIN.contains(&command) || (words.starts_with("set +") && words.contains('x')) {
            self.certain = false;
        } else if ON_PATH.contains(&name) {
            self.looks_on_path = true;
        } else if matches!(command, "[" | "[[" | "test" | "cd") || PURE.contains(&name) {
            self.looked_at(words, prefix);
        } else if inner && !BUILTINS.contains(&command) {
            self.unknown.insert(command.to_owned());
        }
    }

    fn script(&mut self, words: &str, scripts: &[PathBuf]) {
        let path = unquoted(words).and_then(|words| words.into_iter().nth(1)).map(PathBuf::from);
        match path.filter(|path| path.is_absolute()) {
            Some(path) if scripts.contains(&path) => {}
            Some(path) => self.scripts.push(path),
            None => self.certain = false,
        }
    }

    fn looked_at(&mut self, words: &str, prefix: &Path) {
        let Some(words) = unquoted(words) else {
            self.certain = false;
            return;
        };
        for path in words.iter().skip(1).map(Path::new).filter(|path| path.is_absolute()) {
            if !path.starts_with(prefix) && path != Path::new("/dev/null") {
                self.certain &= !LIVE.iter().any(|live| path.starts_with(live));
                self.files.push(path.to_owned());
            }
        }
    }
}

/// `NAME=…`, `NAME+=…`, `NAME[…]=…`.
fn is_assignment(word: &str) -> bool {
    let end = word.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_').unwrap_or(word.len());
    end > 0 && ["=", "+=", "["].iter().any(|sign| word[end..].starts_with(sign))
}

/// `export`, `declare -p`: what prints them all, or gives one another name.
fn lists_variables(words: &str) -> bool {
    let mut parts = words.split(' ');
    let lists = matches!(parts.next(), Some("set" | "export" | "declare" | "typeset" | "readonly" | "local"));
    let listing = |word: &str| word.starts_with('-') && word.contains(['p', 'n']);
    lists && parts.next().is_none_or(listing)
}

/// The words as they were before the trace quoted them; `None` for those with letters that cannot be printed.
fn unquoted(text: &str) -> Option<Vec<String>> {
    let (mut words, mut word, mut letters) = (Vec::new(), String::new(), text.chars());
    while let Some(letter) = letters.next() {
        match letter {
            ' ' => words.push(std::mem::take(&mut word)),
            '\'' => loop {
                match letters.next()? {
                    '\'' => break,
                    letter => word.push(letter),
                }
            },
            '\\' => word.push(letters.next()?),
            '$' if letters.as_str().starts_with('\'') => return None,
            letter => word.push(letter),
        }
    }
    words.push(word);
    Some(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn traced(lines: &[&str]) -> Traced {
        let mut text: String = lines
            .iter()
            .map(|line| {
                let (level, words) = line.split_once(' ').unwrap();
                format!("{}\u{1}{level}\u{2}{words}\n", "+".repeat(level.len() + 1))
            })
            .collect();
        text.push_str("+\u{1}0\u{2}set +eux\n");
        read(text.as_bytes(), Path::new("/p/my env"), &["/p/my env/a.sh".into()])
    }

    #[test]
    fn variables_and_the_environment_s_own_files_are_certain() {
        let traced = traced(&[
            "0 . '/p/my env/a.sh'",
            "0 A=1",
            "0 [[ -n '' ]]",
            "0 '[' -d '/p/my env/share' ']'",
            "1 tr a-z A-Z",
            "1 echo 'x y'",
            "0 export 'B=x y'",
            "0 R CMD javareconf",
            "0 set +eu",
        ]);
        assert_eq!(traced, Traced { certain: true, ..Traced::default() });
    }

    #[test]
    fn what_else_counts_is_told() {
        let certain = Traced { certain: true, ..Traced::default() };
        let all = || Traced { reads_all: true, ..Traced { certain: true, ..Traced::default() } };
        assert_eq!(traced(&["0 eval 'A=$B'"]), all());
        assert_eq!(traced(&["1 printenv CC"]), all());
        assert_eq!(traced(&["1 export -p"]), all());
        assert_eq!(
            traced(&["0 which nvcc"]),
            Traced { looks_on_path: true, ..Traced { certain: true, ..Traced::default() } }
        );
        assert_eq!(traced(&["0 . /p/other.sh"]).scripts, [PathBuf::from("/p/other.sh")]);
        assert_eq!(traced(&["0 [ -e /opt/tool/bin ]"]).files, [PathBuf::from("/opt/tool/bin")]);
        assert_eq!(traced(&["0 [ -e /dev/null ]"]), certain);
        assert_eq!(traced(&[r"0 [ -d '/opt/it'\''s a b' ]"]).files, [PathBuf::from("/opt/it's a b")]);
        assert_eq!(traced(&["1 date +%s"]).unknown, BTreeSet::from(["date".to_owned()]));
        assert_eq!(traced(&["0 '[' -e /opt/tool ']'"]).files, [PathBuf::from("/opt/tool")]);
        for uncertain in [
            "0 read -r x",
            "0 set +x",
            "1 set +ex",
            "1 cat /proc/loadavg",
            "0 . relative.sh",
            "0 umask 077",
            "0 [ -d $'/opt/a\\nb' ]",
        ] {
            assert!(!traced(&[uncertain]).certain, "{uncertain}");
        }
    }

    #[test]
    fn a_trace_that_ends_early_is_not_certain() {
        assert!(!read(b"+\x010\x02set +x\n", Path::new("/p"), &[]).certain);
        assert!(!read(b"", Path::new("/p"), &[]).certain);
    }
}
