//! What a text from a stranger's file or program would do to a terminal, and how it is shown instead.

use std::borrow::Cow;

/// A text without anything that a terminal would obey.
pub fn printable(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for letter in text.chars() {
        if is_unprintable(letter) { shown.extend(letter.escape_default()) } else { shown.push(letter) }
    }
    shown
}

/// Control characters, and those that turn the direction of a line: what is shown is not what is meant.
pub fn is_unprintable(letter: char) -> bool {
    letter.is_control() || matches!(letter, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// What goes to the terminal: text of several lines, in colours, and nothing else that a terminal would obey.
pub fn shown(text: &str) -> Cow<'_, str> {
    let is_plain = |letter: char| matches!(letter, '\n' | '\t') || !is_unprintable(letter);
    if text.chars().all(is_plain) {
        return text.into();
    }
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        let length = colour(rest).unwrap_or(letter.len_utf8());
        match is_plain(letter) || length > 1 && letter == '\u{1b}' {
            true => shown.push_str(&rest[..length]),
            false => shown.extend(letter.escape_default()),
        }
        rest = &rest[length..];
    }
    shown.into()
}

/// The length of the colour or the weight that the text begins with, as [`anstyle`] writes it (ECMA-48, SGR).
fn colour(text: &str) -> Option<usize> {
    let rest = text.strip_prefix("\u{1b}[")?;
    let end = rest.find(|letter: char| !(letter.is_ascii_digit() || letter == ';'))?;
    rest[end..].starts_with('m').then_some(text.len() - rest.len() + end + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_pass_and_nothing_else_does() {
        let told = "\u{1b}[1m\u{1b}[38;5;9merror:\u{1b}[0m é\n\tline";
        assert_eq!(shown(told), told);
        assert_eq!(
            shown("a\u{1b}]0;title\u{7}b\u{1b}[2J\rc\u{202e}d\u{9b}1me\u{1b}"),
            "a\\u{1b}]0;title\\u{7}b\\u{1b}[2J\\rc\\u{202e}d\\u{9b}1me\\u{1b}"
        );
    }
}
