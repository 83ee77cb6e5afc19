//! The names of Python's distributions, as indexes compare them (PEP 503).

/// `zope-interface` of `Zope.Interface` and `zope__interface`.
pub fn normalized(name: &str) -> String {
    let mut normal = String::with_capacity(name.len());
    for letter in name.chars() {
        let letter = if matches!(letter, '_' | '.') { '-' } else { letter.to_ascii_lowercase() };
        if letter != '-' || !normal.ends_with('-') {
            normal.push(letter);
        }
    }
    normal
}

/// Whether a distribution can have this name (PEP 508): letters and digits of ASCII, and between them `.`, `_` and `-`.
pub fn is_valid(name: &str) -> bool {
    let at_ends = |letter: char| letter.is_ascii_alphanumeric();
    let between = |letter: char| at_ends(letter) || "._-".contains(letter);
    name.starts_with(at_ends) && name.ends_with(at_ends) && name.chars().all(between)
}

#[cfg(test)]
mod tests {
    use super::{is_valid, normalized};

    #[test]
    fn names_begin_and_end_with_letters_or_digits() {
        assert!(["six", "a", "7zip", "Zope.Interface", "a-_.b"].into_iter().all(is_valid));
        assert!(!["", "_e", "-e", "a_", "a*", "a b", "é", "a/b", "a\nb"].into_iter().any(is_valid));
    }

    #[test]
    fn runs_of_separators_are_one() {
        assert_eq!(normalized("Zope._-Interface"), "zope-interface");
        assert_eq!(normalized("_libgcc_mutex"), "-libgcc-mutex");
    }
}
