//! The valid word that a wrong one was probably meant to be.

/// The candidate that is most like `word`, if any is like it at all; of several the first. Case does not count.
///
/// Like it is what has a typing mistake in three letters at most, a pair of letters in the wrong order counted as one; more is
/// a guess that only confuses.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // What a user types by mistake is short; comparing costs the product of both lengths.
    let word: String = word.chars().take(64).collect::<String>().to_lowercase();
    let most = (word.chars().count() / 3).max(1);
    let compared =
        candidates.into_iter().map(|other| (strsim::damerau_levenshtein(&word, &other.to_lowercase()), other));
    compared.filter(|(mistakes, _)| *mistakes <= most).min_by_key(|(mistakes, _)| *mistakes).map(|(_, other)| other)
}

/// `; did you mean `x`?`, or nothing.
pub fn did_you_mean<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> String {
    nearest(word, candidates).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_recognised_and_strangers_are_not() {
        let known = ["backend", "python", "prompt"];
        assert_eq!(nearest("bakend", known), Some("backend"));
        assert_eq!(nearest("PYTHON", known), Some("python"));
        assert_eq!(nearest("zzz", known), None);
        assert_eq!(did_you_mean("promt", known), "; did you mean `prompt`?");
        let programs = ["pip", "pytest", "python3.11"];
        assert_eq!(nearest("pytset", programs), Some("pytest"));
        assert_eq!(nearest("pit", programs), Some("pip"));
        assert_eq!(nearest("ls", programs), None);
        assert_eq!(nearest("black", programs), None);
    }
}
