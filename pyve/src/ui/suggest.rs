//! The valid word that a wrong one was probably meant to be.

/// How alike two words must be for one to be offered in place of the other; below it a guess only confuses.
const ALIKE: f64 = 0.75;

/// The candidate that is most like `word`, if any is like it at all. Case does not count.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // What a user types by mistake is short; comparing costs the product of both lengths.
    let word: String = word.chars().take(64).collect::<String>().to_lowercase();
    let scored =
        candidates.into_iter().map(|candidate| (strsim::jaro_winkler(&word, &candidate.to_lowercase()), candidate));
    scored
        .filter(|(score, _)| *score >= ALIKE)
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .map(|(_, candidate)| candidate)
}

/// `; did you mean 'x'?`, or nothing.
pub fn did_you_mean<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> String {
    nearest(word, candidates).map(|near| format!("; did you mean '{near}'?")).unwrap_or_default()
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
        assert_eq!(did_you_mean("promt", known), "; did you mean 'prompt'?");
    }
}
