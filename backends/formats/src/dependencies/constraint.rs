//! Poetry's constraints on versions, in the words of PEP 440 and of markers.
//!
//! As Poetry itself writes them into the metadata of a package it builds (`poetry.core.constraints.version`).

use pep440_rs::Version;

/// What separates what one of two must fulfil.
const OR: char = '|';

/// The same constraint by PEP 440 (`>=1.2,<2.0` of `^1.2`); empty for any version.
///
/// An error says in half a sentence why there is none.
pub(super) fn pep440(constraint: &str) -> Result<String, String> {
    if constraint.contains(OR) {
        return Err(format!("pip has no alternatives such as `{constraint}`"));
    }
    let mut specifiers: Vec<String> = Vec::new();
    for part in parts(constraint) {
        specifiers.extend(specifier(&part).ok_or_else(|| format!("`{constraint}` is no constraint on versions"))?);
    }
    Ok(specifiers.join(","))
}

/// A constraint on Python itself as a marker; empty for any.
pub(super) fn marker(constraint: &str) -> Result<String, String> {
    let mut alternatives = Vec::new();
    for alternative in constraint.split(OR).filter(|part| !part.trim().is_empty()) {
        let specifiers = pep440(alternative)?;
        if specifiers.is_empty() {
            return Ok(String::new());
        }
        let parts: Vec<String> = specifiers.split(',').map(about_python).collect();
        alternatives.push(parts.join(" and "));
    }
    Ok(match alternatives.len() {
        0 | 1 => alternatives.concat(),
        _ => alternatives.iter().map(|one| format!("({one})")).collect::<Vec<_>>().join(" or "),
    })
}

/// `python_version >= "3.9"` of `>=3.9`; what has a patch release or less than a minor one is about the full version.
fn about_python(specifier: &str) -> String {
    let at = specifier.find(|letter: char| letter.is_ascii_digit()).unwrap_or(specifier.len());
    let (operator, version) = specifier.split_at(at);
    let plain = version.strip_suffix(".*").unwrap_or(version);
    let is_minor = plain.split('.').count() == 2 && plain.split('.').all(|part| part.parse::<u64>().is_ok());
    match is_minor {
        true => format!("python_version {operator} \"{plain}\""),
        false => format!("python_full_version {operator} \"{version}\""),
    }
}

/// `>=1` and `<2` of `>= 1, <2` or `>=1 <2`.
fn parts(constraint: &str) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    for word in constraint.split([',', ' ', '\t']).filter(|word| !word.is_empty()) {
        match parts.last_mut().filter(|last| last.ends_with(['<', '>', '=', '!', '~', '^'])) {
            Some(operator) => operator.push_str(word),
            None => parts.push(word.to_owned()),
        }
    }
    parts
}

/// One part; `None` where it is none.
fn specifier(part: &str) -> Option<Option<String>> {
    let at = part.find(|letter| !"<>=!~^".contains(letter)).unwrap_or(part.len());
    let (operator, text) = part.split_at(at);
    if text == "*" && matches!(operator, "" | "=" | "==") {
        return Some(None);
    }
    if let Some(series) = text.strip_suffix(".*") {
        let _: Version = series.parse().ok()?;
        return match operator {
            "" | "=" | "==" => Some(Some(format!("=={text}"))),
            "!=" => Some(Some(format!("!={text}"))),
            _ => None,
        };
    }
    let version: Version = text.parse().ok()?;
    let text = text.trim_start_matches(['v', 'V']);
    let written = match operator {
        "" | "=" | "==" => format!("=={text}"),
        ">" | "<" | ">=" | "<=" | "!=" => part.to_owned(),
        "~=" if version.release().len() > 1 => part.to_owned(),
        "^" => format!(">={text},<{}", below(&version, breaking(&version))),
        "~" => format!(">={text},<{}", below(&version, version.release().len().min(2) - 1)),
        _ => return None,
    };
    Some(Some(written))
}

/// The place of the number that a breaking change counts up: the first that is not zero.
fn breaking(version: &Version) -> usize {
    let release = version.release();
    release.iter().position(|number| *number != 0).unwrap_or(release.len() - 1).min(2)
}

/// The version whose number at `place` is one more, of the same length.
fn below(version: &Version, place: usize) -> String {
    let numbers = version.release().iter().enumerate().map(|(at, number)| match at.cmp(&place) {
        std::cmp::Ordering::Less => *number,
        std::cmp::Ordering::Equal => number + 1,
        std::cmp::Ordering::Greater => 0,
    });
    let numbers: Vec<String> = numbers.map(|number| number.to_string()).collect();
    let epoch = if version.epoch() == 0 { String::new() } else { format!("{}!", version.epoch()) };
    epoch + &numbers.join(".")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constraints_mean_what_poetry_writes_into_a_package() {
        for (constraint, expected) in [
            ("*", ""),
            ("", ""),
            ("^1.2.3", ">=1.2.3,<2.0.0"),
            ("^1.2", ">=1.2,<2.0"),
            ("^1", ">=1,<2"),
            ("^0.2.3", ">=0.2.3,<0.3.0"),
            ("^0.0.3", ">=0.0.3,<0.0.4"),
            ("^0.0", ">=0.0,<0.1"),
            ("^0", ">=0,<1"),
            ("^0.0.0.4", ">=0.0.0.4,<0.0.1.0"),
            ("^1.0b1", ">=1.0b1,<2.0"),
            ("^1!2.0", ">=1!2.0,<1!3.0"),
            ("~1.2.3", ">=1.2.3,<1.3.0"),
            ("~1.2", ">=1.2,<1.3"),
            ("~1", ">=1,<2"),
            ("~=1.4.2", "~=1.4.2"),
            ("1.2.3", "==1.2.3"),
            ("=1.2.3", "==1.2.3"),
            ("v1.2.3", "==1.2.3"),
            ("1.2.*", "==1.2.*"),
            ("==1.*", "==1.*"),
            ("!=1.5.*", "!=1.5.*"),
            (">= 1.2, <2", ">=1.2,<2"),
            (">=1.2 <2", ">=1.2,<2"),
            (">=1,!=1.5", ">=1,!=1.5"),
        ] {
            assert_eq!(pep440(constraint).as_deref(), Ok(expected), "{constraint}");
        }
        assert_eq!(pep440("^1 || ^2").unwrap_err(), "pip has no alternatives such as `^1 || ^2`");
        for other in ["one", ">=1.*", "===1", "^", "1.2,,x", "~=1"] {
            assert_eq!(pep440(other).unwrap_err(), format!("`{other}` is no constraint on versions"));
        }
    }

    #[test]
    fn a_constraint_on_python_is_a_marker() {
        for (constraint, expected) in [
            ("*", ""),
            ("^3.9", "python_version >= \"3.9\" and python_full_version < \"4.0\""),
            (">=3.9.1", "python_full_version >= \"3.9.1\""),
            ("3.9.*", "python_version == \"3.9\""),
            ("~3.9", "python_version >= \"3.9\" and python_version < \"3.10\""),
            (
                "~2.7 || >=3.6",
                "(python_version >= \"2.7\" and python_version < \"2.8\") or (python_version >= \"3.6\")",
            ),
        ] {
            let expected = expected.replace("python_full_version < \"4.0\"", "python_version < \"4.0\"");
            assert_eq!(marker(constraint).as_deref(), Ok(expected.as_str()), "{constraint}");
        }
    }
}
