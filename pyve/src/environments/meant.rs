//! The environment that is meant, and who says so: `--env`, `PYVE_ENV`, the shell in which it is active, `default_env` of
//! the config, or nobody.

use std::path::Path;

use super::active;
use crate::caller::Caller;
use crate::config::{self, Config};
use crate::failure::Failure;
use crate::project::{EnvironmentName, Layout};

/// The variable that names one where `--env` does not.
const VARIABLE: &str = "PYVE_ENV";

/// Why the default one is meant where nobody names any.
pub const UNNAMED: &str = "default";

/// An environment, and why it is the one that is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meant {
    pub name: EnvironmentName,
    /// In words: ``set by `--env` ``.
    pub why: String,
}

/// What was named for this one command. Fails for a variable that holds no name.
pub fn named(flag: Option<&EnvironmentName>, caller: &Caller) -> Result<Option<Meant>, Failure> {
    if let Some(name) = flag {
        return Ok(Some(Meant { name: name.clone(), why: "set by `--env`".to_owned() }));
    }
    let Some(value) = caller.nonempty(VARIABLE) else { return Ok(None) };
    let text = value.to_string_lossy();
    match text.parse() {
        Ok(name) => Ok(Some(Meant { name, why: format!("set by `{VARIABLE}`") })),
        Err(invalid) => Err(Failure::usage(format!("invalid {VARIABLE} {}", crate::config::quoted(&text)))
            .remedy(format!("unset {VARIABLE}, or {invalid}"))),
    }
}

/// What was named, or else is active in the caller's shell and of the project at `root`.
pub fn named_or_active(flag: Option<&EnvironmentName>, caller: &Caller, root: &Path) -> Result<Option<Meant>, Failure> {
    let active = || active::of(caller, root).map(|name| Meant { name, why: "active in this shell".to_owned() });
    Ok(named(flag, caller)?.or_else(active))
}

/// The one that is meant in the project at `root`.
pub fn meant(flag: Option<&EnvironmentName>, caller: &Caller, root: &Path, config: &Config) -> Result<Meant, Failure> {
    if let Some(named) = named_or_active(flag, caller, root)? {
        return Ok(named);
    }
    Ok(match config.default_env() {
        Some(said) => Meant { name: said.value, why: format!("set in `{}`", said.origin) },
        None => Meant { name: EnvironmentName::default(), why: UNNAMED.to_owned() },
    })
}

/// The one that is meant where none is active, for those who need nothing else of the project's settings.
pub fn meant_in(layout: &Layout, flag: Option<&EnvironmentName>, caller: &Caller) -> Result<EnvironmentName, Failure> {
    match named(flag, caller)? {
        Some(named) => Ok(named.name),
        None => Ok(config::default_env(layout)?.unwrap_or_default()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_one_to_name_it_decides() {
        let caller = |value: &str| Caller::for_test(vec![(VARIABLE.into(), value.into())]);
        let flag: EnvironmentName = "docs".parse().unwrap();
        let root = Path::new("/");
        let told = |flag, value: &str| {
            meant(flag, &caller(value), root, &Config::default()).map(|it| (it.name.to_string(), it.why))
        };
        assert_eq!(told(Some(&flag), "dev").unwrap(), ("docs".to_owned(), "set by `--env`".to_owned()));
        assert_eq!(told(None, "dev").unwrap(), ("dev".to_owned(), "set by `PYVE_ENV`".to_owned()));
        assert_eq!(told(None, "").unwrap(), ("default".to_owned(), "default".to_owned()));
        let active = Caller::for_test(vec![(active::VARIABLE.into(), "dev:/".into())]);
        let meant = meant(None, &active, root, &Config::default()).unwrap();
        assert_eq!((&*meant.name, meant.why.as_str()), ("dev", "active in this shell"));
        let failure = told(None, "../x").unwrap_err();
        assert_eq!((failure.message.as_str(), failure.code), ("invalid PYVE_ENV `../x`", 2));
    }
}
