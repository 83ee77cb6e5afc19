//! The name that a wrong one was probably meant to be.

/// The name that is most like `word`: with a mistake in three letters at most, a pair in the wrong order counted as one. Of
/// several the first.
///
/// ```
/// use pyve_formats::nearest::nearest;
/// assert_eq!(nearest("tset", &["default", "test"]).as_deref(), Some("test"));
/// assert_eq!(nearest("lint", &["default", "test"]), None);
/// ```
pub fn nearest<T: AsRef<str>>(word: &str, known: &[T]) -> Option<String> {
    let most = (word.chars().count() / 3).max(1);
    let compared = known.iter().map(|name| (distance(word, name.as_ref()), name.as_ref()));
    compared
        .filter(|(mistakes, _)| *mistakes <= most)
        .min_by_key(|(mistakes, _)| *mistakes)
        .map(|(_, it)| it.to_owned())
}

/// How many letters are added, left out, changed or exchanged with the next.
fn distance(a: &str, b: &str) -> usize {
    // What a person types is short; comparing costs the product of both lengths.
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().take(64).collect(), b.chars().take(64).collect());
    let mut rows = vec![(0..=b.len()).collect::<Vec<usize>>()];
    for (i, letter) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, other) in b.iter().enumerate() {
            let changed = rows[i][j] + usize::from(letter != other);
            let mut least = changed.min(rows[i][j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *letter == b[j - 1] && a[i - 1] == *other {
                least = least.min(rows[i - 1][j - 1] + 1);
            }
            row.push(least);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_recognised_and_strangers_are_not() {
        let known = ["docs", "test", "dev"];
        assert_eq!(nearest("dcos", &known).as_deref(), Some("docs"));
        assert_eq!(nearest("tests", &known).as_deref(), Some("test"));
        assert_eq!(nearest("lint", &known), None);
        assert_eq!(nearest("", &known), None);
    }
}
