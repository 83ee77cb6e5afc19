//! The Python that was asked for beside the file: it joins the solve, or is refused where the file says otherwise.

use std::str::FromStr;

use pyve_formats::python_version::VersionRequest;
use pyve_plugin_api::{Error, PythonRequest, Request, Result};
use rattler_conda_version::Version;

use crate::source::Source;
use pyve_formats::match_spec::MatchSpec;

/// The request as a package of conda's; none if nothing was asked for.
pub fn requested(request: &Request) -> Result<Option<MatchSpec>> {
    let Some(python) = request.python() else {
        return Ok(None);
    };
    let unreadable = |why: &str| {
        Error::new(format!("'{}' ({}) is not a version of Python: {why}", python.version, python.origin))
            .hint("give it like 3.12, 3.12.4 or '>=3.11,<3.13'")
    };
    let said = |error: Error| if python.origin.starts_with('-') { error.usage() } else { error };
    let wanted = VersionRequest::parse(&python.version);
    if let Ok(VersionRequest::FreeThreaded(wanted)) = &wanted {
        return Err(said(free_threaded(python, wanted)));
    }
    let spec = wanted.and_then(|wanted| {
        let constraint = constraint(&wanted).ok_or("no channel has a Python of that name")?;
        MatchSpec::parse(&format!("python{constraint}"))
    });
    spec.map(Some).map_err(|why| said(unreadable(&why)))
}

/// In conda's channels a package of its own chooses the build without the global interpreter lock.
fn free_threaded(python: &PythonRequest, wanted: &VersionRequest) -> Error {
    let (version, origin) = (&python.version, &python.origin);
    let series = constraint(wanted).unwrap_or_default();
    Error::new(format!("Python `{version}` (`{origin}`) is not a version of the package `python`"))
        .hint(format!("list `python{series}` and `python-freethreading` in `environment.yml`"))
}

/// The versions in conda's spelling; `None` for what only a version manager knows.
fn constraint(wanted: &VersionRequest) -> Option<String> {
    match wanted {
        VersionRequest::Any => Some(String::new()),
        VersionRequest::Release(version) | VersionRequest::Exact(version) => Some(format!("={version}")),
        VersionRequest::Range(range) => {
            let parts: Vec<String> = range.iter().map(|part| of_part(&part.to_string())).collect();
            Some(parts.join(","))
        }
        VersionRequest::FreeThreaded(_)
        | VersionRequest::System
        | VersionRequest::Folder(_)
        | VersionRequest::Named(_) => None,
    }
}

/// One comparison of PEP 440.
fn of_part(part: &str) -> String {
    if let Some(exact) = part.strip_prefix("===") {
        format!("=={exact}")
    } else if let Some(series) = part.strip_prefix("==").and_then(|rest| rest.strip_suffix(".*")) {
        format!("={series}")
    } else {
        part.to_owned()
    }
}

/// What goes on the command line, after it was held against the file.
pub fn joined(request: &Request, source: &Source) -> Result<Option<MatchSpec>> {
    let (Some(requested), Some(python)) = (requested(request)?, request.python()) else {
        return Ok(None);
    };
    if let Some(lock) = &source.lock {
        return match lock.package("python") {
            Some(locked) if requested.accepts(&locked.version, &locked.build) == Some(true) => Ok(None),
            Some(locked) => Err(refused(python, &format!("{} locks Python {}", source.file, locked.version))),
            None => Err(refused(python, &format!("{} locks no Python", source.file))),
        };
    }
    let asked = source.environment.as_ref().and_then(|environment| environment.content.package("python"));
    match asked {
        Some(asked) if disjoint(asked, &requested) => {
            Err(refused(python, &format!("{} says '{}'", source.file, asked.text)))
        }
        _ => Ok(Some(requested)),
    }
}

fn refused(python: &PythonRequest, what: &str) -> Error {
    let file = what.split(' ').next().unwrap_or_default();
    Error::new(format!("Python {} was asked for ({}), but {what}", python.version, python.origin))
        .hint(format!("ask for the same Python in {file} and {}, or in only one of them", python.origin))
}

/// Whether no Python there could be satisfies both. Tried on versions, as ranges have no intersection to compute.
fn disjoint(one: &MatchSpec, other: &MatchSpec) -> bool {
    let named = |spec: &MatchSpec| -> Vec<Version> {
        let digits = |c: char| !c.is_ascii_digit() && c != '.';
        let words = spec.text.split(digits).map(|word| word.trim_matches('.'));
        words.filter_map(|word| Version::from_str(word).ok()).collect()
    };
    let series = (2..=4).flat_map(|major| (0..40).map(move |minor| (major, minor)));
    let all = series.flat_map(|(major, minor)| (0..30).map(move |patch| format!("{major}.{minor}.{patch}")));
    let mut candidates = all.filter_map(|text| Version::from_str(&text).ok()).chain(named(one)).chain(named(other));
    !candidates.any(|version| one.accepts_version(&version) && other.accepts_version(&version))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pep_440_is_spelled_as_conda_does() {
        for (given, conda) in [
            ("3.12", "=3.12"),
            ("3.12.*", "=3.12"),
            ("==3.12.*", "=3.12"),
            ("==3.12.4", "==3.12.4"),
            (">=3.11, <3.13", ">=3.11,<3.13"),
            ("~=3.11.2", "~=3.11.2"),
            ("!=3.12.1", "!=3.12.1"),
            ("python3.12", "=3.12"),
            (">=3.11,", ">=3.11"),
            ("latest", ""),
        ] {
            let wanted = VersionRequest::parse(given).unwrap();
            assert_eq!(constraint(&wanted).as_deref(), Some(conda), "{given}");
        }
        for given in ["system", "3.13t", "pypy3.10"] {
            assert_eq!(constraint(&VersionRequest::parse(given).unwrap()), None, "{given}");
        }
    }

    #[test]
    fn a_build_without_the_global_lock_is_a_package_of_its_own() {
        let python = PythonRequest::new("3.13t", "--python-version");
        let request = Request { python: Some(python.explicit()).into(), ..Request::new("/p", "/home/me/.pyve") };
        let error = requested(&request).unwrap_err();
        assert_eq!(error.message, "Python `3.13t` (`--python-version`) is not a version of the package `python`");
        assert_eq!(error.remedy.text, "list `python=3.13` and `python-freethreading` in `environment.yml`");
        assert!(error.is(pyve_plugin_api::ErrorKind::USAGE));
    }

    #[test]
    fn only_what_cannot_be_together_is_a_contradiction() {
        let spec = |text| MatchSpec::parse(text).unwrap();
        for (file, asked, apart) in [
            ("python=3.11", "python=3.12", true),
            ("python=3.1", "python=3.12", true),
            ("python>=3.10", "python=3.12", false),
            ("python", "python=3.12", false),
            ("python=3.12.4", "python=3.12", false),
            ("python==3.12.77", "python=3.12", false),
            ("python>=3.10,<3.12", "python>=3.12", true),
            ("python 3.11.*", "python~=3.11.2", false),
        ] {
            assert_eq!(disjoint(&spec(file), &spec(asked)), apart, "{file} and {asked}");
        }
    }
}
