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

#[cfg(test)]
mod tests {
    use super::normalized;

    #[test]
    fn runs_of_separators_are_one() {
        assert_eq!(normalized("Zope._-Interface"), "zope-interface");
        assert_eq!(normalized("_libgcc_mutex"), "-libgcc-mutex");
    }
}
