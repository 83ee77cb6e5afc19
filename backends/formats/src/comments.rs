//! Comments behind a `#`, in files of lines such as those of requirements, YAML and TOML: which belong to a line, and how
//! they are written in another file.

use crate::requirements::is_line_end;

/// The comments of a line, each without its `#`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comments {
    /// Those in the lines directly above it.
    pub above: Vec<String>,
    /// That behind it; empty where there is none.
    pub behind: String,
}

impl Comments {
    /// The comments of the line of this number, from 1.
    ///
    /// Above it are those that stand no deeper than it does: what tools note below a line is deeper. What says how a file is
    /// encoded belongs to the file.
    ///
    /// ```
    /// use pyve_formats::comments::Comments;
    /// let lines = ["six", "    # via us", "# numbers", "numpy >=2  # not yet 3"];
    /// let comments = Comments::of(&lines, 4);
    /// assert_eq!((comments.above, comments.behind), (vec![" numbers".to_owned()], " not yet 3".to_owned()));
    /// ```
    pub fn of(lines: &[&str], number: usize) -> Self {
        let Some(index) = number.checked_sub(1).filter(|index| *index < lines.len()) else { return Self::default() };
        let depth = indent(lines[index]);
        let own = lines[..index].iter().rev().map_while(|line| {
            let text = line.trim_start().strip_prefix('#').filter(|_| indent(line) <= depth);
            text.and_then(plain)
        });
        let mut above: Vec<String> = own.collect();
        above.reverse();
        Self { above, behind: behind(lines[index]).and_then(plain).unwrap_or_default() }
    }
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// The text behind the first `#` that begins a comment: with the line or behind white space, outside of quotes.
fn behind(line: &str) -> Option<&str> {
    let mut quote = None;
    let mut before = ' ';
    let mut letters = line.char_indices();
    while let Some((at, letter)) = letters.next() {
        match (quote, letter) {
            (None, '#') if before.is_whitespace() => return Some(&line[at + 1..]),
            (None, '\'' | '"') => quote = Some(letter),
            (Some('"'), '\\') => drop(letters.next()),
            (Some(open), _) if open == letter => quote = None,
            _ => {}
        }
        before = letter;
    }
    None
}

/// A comment as it is written in a file: one line to every reader, and nothing but a comment.
///
/// None where a reader would take it for more: Python and pip read how a file is encoded from a comment (PEP 263).
///
/// ```
/// use pyve_formats::comments::written;
/// assert_eq!(written(" why\nsix").as_deref(), Some("# why six"));
/// assert_eq!(written(" -*- coding: latin-1 -*-"), None);
/// ```
pub fn written(text: &str) -> Option<String> {
    plain(text).map(|text| format!("#{text}"))
}

/// A line of a file with its comments, those above it and that behind it, which is empty where there is none.
///
/// ```
/// use pyve_formats::comments::block;
/// assert_eq!(block(&[" why"], "", "  ", "- six"), "  # why\n  - six\n");
/// ```
pub fn block(above: &[&str], behind: &str, indent: &str, line: &str) -> String {
    let above: String = above.iter().filter_map(|text| written(text)).map(|text| format!("{indent}{text}\n")).collect();
    let behind = written(behind).filter(|text| text.len() > 1).map(|text| format!("  {text}")).unwrap_or_default();
    format!("{above}{indent}{line}{behind}\n")
}

/// The text of a comment without what is more than that.
fn plain(text: &str) -> Option<String> {
    let declares = text.match_indices("coding").any(|(at, word)| text[at + word.len()..].starts_with([':', '=']));
    let is_odd =
        |letter: char| letter.is_control() || is_line_end(letter) || "\u{feff}\u{fffe}\u{ffff}".contains(letter);
    let plain: String = text.chars().map(|letter| if is_odd(letter) { ' ' } else { letter }).collect();
    // Behind a `\` pip would go on in the next line.
    let end = |letter: char| letter == '\\' || letter.is_whitespace();
    (!declares).then(|| plain.trim_end_matches(end).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str, number: usize) -> (Vec<String>, String) {
        let lines: Vec<&str> = text.lines().collect();
        let Comments { above, behind } = Comments::of(&lines, number);
        (above, behind)
    }

    #[test]
    fn comments_directly_above_and_behind_belong_to_a_line() {
        let text = "# far\n\n#: near\n  # deeper\n#two\nsix  # why #1\nidna#no\n\t- 'a # b' # c\n# last";
        assert_eq!(of(text, 6), (vec!["two".to_owned()], " why #1".to_owned()));
        assert_eq!(of(text, 7), (vec![], String::new()));
        assert_eq!(of(text, 8), (vec![], " c".to_owned()));
        for outside in [0, 10] {
            assert_eq!(of(text, outside), (vec![], String::new()));
        }
        assert_eq!(of("# a\n  # b\n  - x", 3).0, [" a", " b"]);
    }

    #[test]
    fn a_sign_in_quotes_or_in_a_word_begins_none() {
        for (line, comment) in [
            ("- \"a \\\" # b\" # c", Some(" c")),
            ("name = 'C:\\' # c", Some(" c")),
            ("git+https://h/x#egg=x", None),
            ("#all", Some("all")),
            ("'open # c", None),
            ("six;os_name=='nt'\t#c", Some("c")),
        ] {
            assert_eq!(behind(line), comment, "{line}");
        }
    }

    #[test]
    fn what_is_written_is_one_comment_to_every_reader() {
        for (text, line) in [
            (" a\r\nb\x0cc\u{2028}d\u{85}e\u{feff}", Some("# a  b c d e")),
            (" goes on \\ \\", Some("# goes on")),
            ("", Some("#")),
            (" vim: set fileencoding=utf-7 :", None),
            (" encoding is hard: really", Some("# encoding is hard: really")),
        ] {
            assert_eq!(written(text).as_deref(), line, "{text:?}");
        }
        assert_eq!(of("# coding: utf-7\n# why\nsix", 3).0, [" why"]);
    }
}
