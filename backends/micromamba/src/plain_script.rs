//! Whether a shell script can only set variables from variables: seen twice, it is known for good.

use pyve_formats::shell_names::mentioned;

/// What is otherwise in every process or at every moment.
const LIVE: [&str; 8] = ["RANDOM", "SRANDOM", "SECONDS", "EPOCHSECONDS", "EPOCHREALTIME", "BASHPID", "PPID", "LINENO"];

/// Commands that take in what the text does not show: other scripts, names that are put together or stand without a `$`,
/// input, programs.
const OPEN: [&str; 13] = [
    ".",
    "source",
    "eval",
    "let",
    "-v",
    "read",
    "mapfile",
    "readarray",
    "command",
    "which",
    "type",
    "hash",
    "printenv",
];

/// What compares a value: no mark in its place shows what another one leads to.
const COMPARE: [&str; 12] = ["=", "==", "!=", "=~", "-eq", "-ne", "-lt", "-le", "-gt", "-ge", "<", "case"];

/// Whether nothing in it asks a program, another file or the clock. Where that is hard to tell, it is not.
pub fn is_plain(text: &str) -> bool {
    let Some(words) = words(text) else { return false };
    // A path by itself is looked at, or started.
    let open = |word: &String| [&OPEN[..], &COMPARE].concat().contains(&word.as_str()) || word.starts_with('/');
    !words.iter().any(open) && !mentioned(text).any(|name| LIVE.contains(&name))
}

/// The words without their quotes; `None` where one is the output of a command, or a number that is computed.
fn words(text: &str) -> Option<Vec<String>> {
    let (mut words, mut word) = (Vec::new(), String::new());
    let (mut letters, mut double) = (text.chars().peekable(), false);
    while let Some(letter) = letters.next() {
        let next = letters.peek().copied();
        match (letter, next) {
            ('`', _) => return None,
            ('$', Some('(')) => return None,
            ('<' | '>' | '(', Some('(')) if !double => return None,
            // Quotes are of no meaning in the lines that follow.
            ('<', Some('<')) if !double => return None,
            ('\\', _) => word.extend(letters.next()),
            ('"', _) => double = !double,
            (letter, _) if double => word.push(letter),
            ('$', Some('\'')) => {
                letters.next();
                while let Some(letter) = letters.next().filter(|letter| *letter != '\'') {
                    word.push(letter);
                    word.extend((letter == '\\').then(|| letters.next()).flatten());
                }
            }
            ('\'', _) => word.extend(letters.by_ref().take_while(|letter| *letter != '\'')),
            ('#', _) if word.is_empty() => drop(letters.by_ref().find(|letter| *letter == '\n')),
            (letter, _) if letter.is_whitespace() || ";&|(){}".contains(letter) => {
                words.push(std::mem::take(&mut word))
            }
            (letter, _) => word.push(letter),
        }
    }
    words.push(word);
    Some(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_and_texts_are_plain_and_the_rest_is_not() {
        for plain in [
            "export A=\"$CONDA_PREFIX/share\" # don't `date`\n",
            "export A='$(date) `x`'; export B=$'it\\'s $(id)'\n",
            "if [ -n \"$A\" ]; then export B=1; (true); fi\n",
            "[ -d \"$CONDA_PREFIX/lib\" ] && export C=/opt/x\n",
        ] {
            assert!(is_plain(plain), "{plain}");
        }
        for other in [
            "export A=$(date)",
            "export A=\"it's `date` o'clock\"",
            "# it's\nexport A=\"$(date)\" # that's it",
            ". \"$CONDA_PREFIX/more.sh\"",
            "if true; then source more.sh; fi",
            "eval export A=1",
            "export A=$SECONDS",
            "[ -d /opt/tool ] && export A=1",
            "/usr/bin/tool && export A=1",
            "diff <(a) b",
            "command -v nvcc && export A=1",
            "read A < file",
            "export A=$((low + 1))",
            "((low)) && export A=1",
            "cat <<END\nit's\nEND\nexport A=1",
            "[[ -v low ]] && export A=1",
            "[ \"$MODE\" = fast ] && export A=1",
            "if [[ $MODE != fast ]]; then export A=1; fi",
            "test \"$LEVEL\" -ge 2 && export A=1",
            "case \"$MODE\" in fast) export A=1;; esac",
        ] {
            assert!(!is_plain(other), "{other}");
        }
    }
}
