//! From a text to the lines that pip reads: joined where one ends in `\`, without comments, variables filled in.

/// A line with something in it.
pub(super) struct Line {
    /// Of its first part, from 1.
    pub number: usize,
    /// As it is written, without the comment.
    pub written: String,
    /// With the variables filled in, some of which are secrets.
    pub text: String,
}

/// The lines with something in them.
pub(super) fn lines(text: &str, variable: &dyn Fn(&str) -> Option<String>) -> Vec<Line> {
    let stripped = joined(text).into_iter().map(|(number, line)| (number, without_comment(&line).to_owned()));
    let filled = stripped.filter(|(_, line)| !line.is_empty());
    filled.map(|(number, written)| Line { number, text: expanded(&written, variable), written }).collect()
}

/// A line that ends in `\` goes on in the next one, unless it is a comment as a whole.
fn joined(text: &str) -> Vec<(usize, String)> {
    let mut lines = Vec::new();
    let mut open: Option<(usize, String)> = None;
    for (index, line) in physical(text).into_iter().enumerate() {
        let is_comment = line.trim_start_matches(is_space).starts_with('#');
        // So that the comment is one after whatever stands before it.
        let line = if is_comment { format!(" {line}") } else { line.to_owned() };
        if line.ends_with('\\') && !is_comment {
            open.get_or_insert((index + 1, String::new())).1.push_str(line.trim_matches('\\'));
        } else {
            let (number, start) = open.take().unwrap_or((index + 1, String::new()));
            lines.push((number, start + &line));
        }
    }
    lines.extend(open);
    lines
}

/// The lines as Python's `str.splitlines` finds them.
pub(super) fn physical(text: &str) -> Vec<&str> {
    let mut lines = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(is_line_end) {
        lines.push(&rest[..at]);
        let end = &rest[at..];
        let width = if end.starts_with("\r\n") { 2 } else { end.chars().next().map_or(1, char::len_utf8) };
        rest = &end[width..];
    }
    if !rest.is_empty() {
        lines.push(rest);
    }
    lines
}

/// What ends a line for Python.
pub fn is_line_end(letter: char) -> bool {
    matches!(letter, '\n' | '\r' | '\x0b' | '\x0c' | '\x1c'..='\x1e' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// What Python takes for white space.
pub(super) fn is_space(letter: char) -> bool {
    letter.is_whitespace() || matches!(letter, '\x1c'..='\x1f')
}

/// A comment begins with the line, or behind white space; a `#` elsewhere belongs to an address.
fn without_comment(line: &str) -> &str {
    let begins = |at: &usize| *at == 0 || line[..*at].ends_with(is_space);
    let end = line.match_indices('#').map(|(at, _)| at).find(begins).unwrap_or(line.len());
    line[..end].trim_matches(is_space)
}

/// `${NAME}` stands for the variable, where that has a value.
fn expanded(line: &str, variable: &dyn Fn(&str) -> Option<String>) -> String {
    let mut text = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(at) = rest.find("${") {
        let (before, from) = rest.split_at(at);
        text.push_str(before);
        let named = from[2..].split_once('}').filter(|(name, _)| {
            !name.is_empty() && name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
        });
        match named.and_then(|(name, after)| Some((variable(name).filter(|value| !value.is_empty())?, after))) {
            Some((value, after)) => {
                text.push_str(&value);
                rest = after;
            }
            None => {
                text.push_str("${");
                rest = &from[2..];
            }
        }
    }
    text + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Vec<(usize, String)> {
        let lines = lines(text, &|name| (name == "HOST_1").then(|| "h".to_owned()));
        lines.into_iter().map(|line| (line.number, line.text)).collect()
    }

    #[test]
    fn lines_end_as_they_do_in_python() {
        let all = "a\nb\r\nc\rd\x0be\x0cf\x1cg\u{85}h\u{2028}i";
        let numbers: Vec<usize> = told(all).iter().map(|(number, _)| *number).collect();
        assert_eq!(numbers, [1, 2, 3, 4, 5, 6, 7, 8, 9]);
        assert_eq!(physical("a\n\nb\n"), ["a", "", "b"]);
    }

    #[test]
    fn lines_are_joined_and_comments_are_not() {
        let line = |number, text: &str| (number, text.to_owned());
        assert_eq!(told("six \\\n  --hash=x \\\n# why \\\nidna\n"), [line(1, "six   --hash=x"), line(4, "idna")]);
        assert_eq!(told("# why \\\nsix\t# tab\nu#frag # c"), [line(2, "six"), line(3, "u#frag")]);
        assert_eq!(told("six\\\\\n==1\nlast\\"), [line(1, "six==1"), line(3, "last")]);
    }

    #[test]
    fn variables_are_filled_in_where_they_have_a_value() {
        let texts = |text: &str| told(text).into_iter().map(|(_, line)| line).collect::<Vec<_>>();
        assert_eq!(
            texts("p @ https://${HOST_1}/${OTHER}/${host}/$HOST_1/${"),
            ["p @ https://h/${OTHER}/${host}/$HOST_1/${"]
        );
    }
}
