//! Which versions fit: PEP 440's specifiers and conda's.
//!
//! Both mean the same by `>=1.2,<2`, `==1.2`, `!=1.2` and `~=1.2.3`; what PEP 440 writes `==1.2.*` is `=1.2` in conda, and a version
//! alone is an exact one there.

use std::str::FromStr;

use pep440_rs::{Operator, VersionSpecifier, VersionSpecifiers};

use super::Translated;
use crate::match_spec;

/// PEP 440's specifiers as conda writes them; nothing for any version.
///
/// # Errors
///
/// Half a sentence where they are none.
///
/// ```
/// use pyve_formats::translation::versions::to_conda;
/// assert_eq!(to_conda("==1.2.*").unwrap().text, "=1.2");
/// assert_eq!(to_conda(">=1.2, !=1.3.*").unwrap().text, ">=1.2,!=1.3.*");
/// ```
pub fn to_conda(specifiers: &str) -> Result<Translated, String> {
    let specifiers = VersionSpecifiers::from_str(specifiers).map_err(|_| none_of(specifiers))?;
    let alone = specifiers.len() == 1;
    let mut translated = Translated::default();
    let parts: Vec<String> = specifiers.iter().map(|one| part_for_conda(one, alone, &mut translated.changed)).collect();
    translated.text = parts.join(",");
    Ok(translated)
}

/// That a text says no versions.
pub(super) fn none_of(text: &str) -> String {
    format!("`{text}` is none of PEP 440's versions")
}

fn part_for_conda(specifier: &VersionSpecifier, alone: bool, changed: &mut Vec<String>) -> String {
    let version = specifier.version();
    if !version.local().is_empty() {
        changed.push(format!("conda has no local versions, so that `{version}` is any build of it"));
    }
    let version = version.clone().without_local();
    match specifier.operator() {
        Operator::Equal => format!("=={version}"),
        Operator::EqualStar if alone => format!("={version}"),
        Operator::EqualStar => format!("{version}.*"),
        Operator::ExactEqual => {
            changed.push("`===` compares the texts of versions, which conda does not".to_owned());
            format!("=={version}")
        }
        Operator::NotEqual => format!("!={version}"),
        Operator::NotEqualStar => format!("!={version}.*"),
        Operator::TildeEqual => format!("~={version}"),
        Operator::LessThan => format!("<{version}"),
        Operator::LessThanEqual => format!("<={version}"),
        Operator::GreaterThan => format!(">{version}"),
        Operator::GreaterThanEqual => format!(">={version}"),
    }
}

/// What a conda spec says behind the name (`=1.2`, `>=1.2,<2`, `1.2 py312*`) as PEP 440 writes it.
///
/// # Errors
///
/// Half a sentence why PEP 440 cannot say it.
///
/// ```
/// use pyve_formats::translation::versions::to_pypi;
/// assert_eq!(to_pypi("=1.2").unwrap().text, "==1.2.*");
/// assert_eq!(to_pypi("1.2").unwrap().text, "==1.2");
/// assert!(to_pypi("=1.2|=1.4").is_err());
/// ```
pub fn to_pypi(constraint: &str) -> Result<Translated, String> {
    let (version, build) = match_spec::split_constraint(constraint.trim())?;
    let mut translated = Translated::default();
    if !matches!(build.as_str(), "" | "*") {
        translated.changed.push(format!("PyPI has no builds, so that `{build}` is left out"));
    }
    if matches!(version.as_str(), "" | "*" | "=*" | "==*") {
        return Ok(translated);
    }
    if version.contains(['|', '(']) {
        return Err("PEP 440 has no `|`, for one or the other".to_owned());
    }
    let parts: Vec<String> = version.split(',').map(part_for_pypi).collect::<Result<_, _>>()?;
    translated.text = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(",");
    Ok(translated)
}

fn part_for_pypi(part: &str) -> Result<String, String> {
    let part = part.trim();
    let end = part.find(|letter| !"<>=!~".contains(letter)).unwrap_or(part.len());
    let (operator, version) = part.split_at(end);
    let version = version.trim();
    let begun = version.strip_suffix('*').map(|begun| begun.strip_suffix('.').unwrap_or(begun));
    let text = match (operator, begun) {
        (_, Some("")) if operator != "!=" => return Ok(String::new()),
        // `1.2*` is 1.20 as well, which nobody means who writes it.
        ("" | "=" | "==", Some(begun)) => format!("=={begun}.*"),
        ("!=", Some(begun)) => format!("!={begun}.*"),
        (_, Some(begun)) => format!("{operator}{begun}"),
        ("", None) => format!("=={version}"),
        ("=", None) => format!("=={version}.*"),
        (_, None) => format!("{operator}{version}"),
    };
    match VersionSpecifier::from_str(&text) {
        // As PEP 440 writes it: `1.0-1` and `1.0.post1` are one.
        Ok(read) => Ok(read.to_string()),
        Err(_) => Err(none_of(part)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rattler_conda_version::{ParseStrictness, Version as CondaVersion, VersionSpec};

    fn conda(text: &str) -> Translated {
        to_conda(text).unwrap_or_else(|why| panic!("{text}: {why}"))
    }

    #[test]
    fn what_both_can_say_comes_back_as_it_went() {
        for (pypi, there) in [
            ("", ""),
            ("==1.2", "==1.2"),
            ("==1.2.*", "=1.2"),
            (">=1.2", ">=1.2"),
            (">=1.2,<2", ">=1.2,<2"),
            (">=1.2,!=1.3.*", ">=1.2,!=1.3.*"),
            (">=1.0,==1.2.*", ">=1.0,1.2.*"),
            ("~=1.4.2", "~=1.4.2"),
            ("!=1.3", "!=1.3"),
            (">1,<=2.0rc1", ">1,<=2.0rc1"),
            ("==1.0.post1", "==1.0.post1"),
            ("==1!2.0", "==1!2.0"),
        ] {
            assert_eq!((conda(pypi).text.as_str(), conda(pypi).changed), (there, Vec::new()), "{pypi}");
            let back = to_pypi(there).unwrap();
            let canonical = pypi.parse::<VersionSpecifiers>().unwrap().to_string().replace(' ', "");
            assert_eq!((back.text.replace(' ', ""), back.changed), (canonical, Vec::new()), "{there}");
        }
    }

    #[test]
    fn what_only_one_of_them_can_say_is_told() {
        assert_eq!(conda("==2.1+cu118").text, "==2.1");
        assert!(conda("==2.1+cu118").changed[0].contains("local versions"));
        assert!(conda("===1.0").changed[0].contains("texts of versions"));
        let pytorch = to_pypi("2.1.* *cuda*").unwrap();
        assert_eq!(pytorch.text, "==2.1.*");
        assert_eq!(pytorch.changed, ["PyPI has no builds, so that `*cuda*` is left out"]);
        for (spec, why) in [
            ("=1.2|=1.3", "PEP 440 has no `|`, for one or the other"),
            ("=1.1.1w_x", "`=1.1.1w_x` is none of PEP 440's versions"),
            ("~=1", "`~=1` is none of PEP 440's versions"),
        ] {
            assert_eq!(to_pypi(spec).unwrap_err(), why, "{spec}");
        }
    }

    #[test]
    fn condas_many_ways_of_one_thing() {
        for (spec, text) in [
            ("1.2", "==1.2"),
            ("1.2.*", "==1.2.*"),
            ("1.2*", "==1.2.*"),
            ("==1.2.*", "==1.2.*"),
            ("=1.2.*", "==1.2.*"),
            ("=1.2=*", "==1.2.*"),
            ("*", ""),
            ("=*", ""),
            ("* *", ""),
            (">=1.2.*", ">=1.2"),
            (">= 1.2 , < 2", ">=1.2,<2"),
            ("!=1.2.*", "!=1.2.*"),
            ("=1.2=py312_0", "==1.2.*"),
        ] {
            assert_eq!(to_pypi(spec).unwrap().text.replace(' ', ""), text, "{spec}");
        }
    }

    /// Versions that lie around the ones that are asked for, of three numbers each: to the library that reads PEP 440, 1.2
    /// is one of 1.2.1.*, which it is not to pip.
    const VERSIONS: [&str; 13] = [
        "0.9.0", "1.0.0", "1.1.0", "1.2.0", "1.2.1", "1.2.10", "1.20.0", "1.3.0", "1.3.5", "1.4.2", "1.4.9", "2.0.0",
        "2.0.1",
    ];

    #[test]
    fn translated_they_accept_the_same_versions() {
        let operators = ["==", "!=", ">=", "<=", ">", "<", "~="];
        let one = |operator: &str, version: &str| format!("{operator}{version}");
        let mut specifiers: Vec<String> = Vec::new();
        for version in ["0.9", "1.1", "1.2", "1.2.1", "1.3", "1.4.2", "2.0"] {
            specifiers.extend(operators.iter().map(|operator| one(operator, version)));
            specifiers.extend([format!("=={version}.*"), format!("!={version}.*")]);
        }
        let pairs: Vec<String> = specifiers.iter().map(|first| format!("{first},!=1.2.1")).collect();
        specifiers.extend(pairs);
        for text in &specifiers {
            let pypi: VersionSpecifiers = text.parse().unwrap();
            let there = to_conda(text).unwrap().text;
            let spec = VersionSpec::from_str(&there, ParseStrictness::Lenient).unwrap();
            for version in VERSIONS {
                let by_pip = pypi.contains(&version.parse().unwrap());
                let by_conda = spec.matches(&CondaVersion::from_str(version).unwrap());
                assert_eq!(by_conda, by_pip, "{text} is {there}: {version}");
            }
            let back: VersionSpecifiers = to_pypi(&there).unwrap().text.parse().unwrap();
            assert_eq!(back.to_string(), pypi.to_string(), "{text} is {there}");
        }
    }
}
