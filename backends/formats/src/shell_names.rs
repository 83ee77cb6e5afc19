//! Which variables a shell script may mean: every name that it could read or set, as far as its text shows.

/// Names in capitals, and whatever stands behind a `$`. Words of comments and messages are among them: too many, never too
/// few, but for names that the script puts together.
pub fn mentioned(text: &str) -> impl Iterator<Item = &str> {
    let part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let starts = text.char_indices().filter(move |(at, c)| part(*c) && !text[..*at].ends_with(part));
    starts.filter_map(move |(at, c)| {
        let word = &text[at..];
        let word = &word[..word.find(|c: char| !part(c)).unwrap_or(word.len())];
        let before = &text[..at];
        // `${#NAME}` is its length, `${!NAME}` what the variable names that it names.
        let used = before.ends_with('$') || ["${", "${#", "${!"].iter().any(|open| before.ends_with(open));
        let capital = word.len() > 1 && !word.contains(|c: char| c.is_ascii_lowercase());
        (!c.is_ascii_digit() && (used || capital)).then_some(word)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_behind_a_dollar_and_what_is_in_capitals_counts() {
        let names = |text| mentioned(text).collect::<Vec<_>>();
        assert_eq!(names("export A_1=\"$low:${x:-$y}\" # see HOME"), ["A_1", "low", "x", "y", "HOME"]);
        assert_eq!(names("[ ${#cc} -gt 0 ] && echo ${!nm} $1 a$b2 X"), ["cc", "nm", "b2"]);
        assert_eq!(names("_tc 'CFLAGS,${CFLAGS:-}'"), ["CFLAGS", "CFLAGS"]);
    }
}
