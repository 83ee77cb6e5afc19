//! `pyvenv.cfg`: what made an environment, and from what.

use std::path::{Path, PathBuf};

use pep440_rs::Version;

use crate::python_version::parse_installed;
use crate::read::{self, Limit, ReadError};

/// The keys that tell something; see PEP 405 for the format.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cfg {
    /// The folder of the interpreter it was made with.
    pub home: Option<PathBuf>,
    /// The version of Python then.
    pub version: Option<Version>,
    /// The interpreter that it was made with, as Python 3.11 and later note it.
    pub executable: Option<PathBuf>,
    /// The command that made it, as Python 3.11 and later note it.
    pub command: Option<String>,
    /// Whether what is installed for its base can be imported in it (`include-system-site-packages`).
    pub sees_system: bool,
    /// The maker, if it was not Python's own venv: `uv`, `virtualenv`.
    pub maker: Option<String>,
}

/// The name of the file.
pub const NAME: &str = "pyvenv.cfg";

impl Cfg {
    /// Reads the file of the environment at `prefix`; `None` if there is none.
    pub fn read(prefix: &Path) -> Result<Option<Self>, ReadError> {
        let bytes = read::bytes(prefix.join(NAME), Limit::NOTE)?;
        Ok(bytes.map(|bytes| Self::parse(&String::from_utf8_lossy(&bytes))))
    }

    fn parse(text: &str) -> Self {
        let mut cfg = Self::default();
        for line in text.lines() {
            let Some((key, value)) = line.split_once('=') else { continue };
            let value = value.trim();
            match key.trim().to_ascii_lowercase().as_str() {
                "home" => cfg.home = Some(value.into()),
                "version" | "version_info" => cfg.version = cfg.version.or_else(|| read_version(value)),
                "executable" => cfg.executable = Some(value.into()),
                "include-system-site-packages" => cfg.sees_system = value.eq_ignore_ascii_case("true"),
                "command" => cfg.command = Some(value.to_owned()),
                maker @ ("uv" | "virtualenv") => cfg.maker = Some(maker.to_owned()),
                _ => {}
            }
        }
        cfg
    }

    /// The folder that it was made in, the last word of `command = … -m venv /p/.venv`; the path is not quoted there.
    pub fn made_in(&self) -> Option<PathBuf> {
        let (_, words) = self.command.as_ref()?.split_once(" -m venv ")?;
        let start = words.find(std::path::MAIN_SEPARATOR)?;
        // Options before the path (`--prompt="a/b"`) make the start uncertain.
        words.get(..start).filter(|before| !before.contains('-'))?;
        Some(PathBuf::from(words.get(start..)?)).filter(|folder| folder.is_absolute())
    }

    /// Whether it was meant to be without pip.
    pub fn pip_left_out(&self) -> bool {
        self.maker.is_some() || self.command.as_ref().is_some_and(|command| command.contains(" --without-pip"))
    }
}

/// `3.12.4`, or virtualenv's `3.12.4.final.0`.
fn read_version(value: &str) -> Option<Version> {
    let numbers: Vec<&str> = value.splitn(4, '.').take(3).collect();
    parse_installed(&numbers.join("."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_three_makers_are_read() {
        let venv = Cfg::parse(
            "home = /usr/bin\nversion = 3.11.2\nexecutable = /usr/bin/python3.11\nprompt = \"it's\"\ncommand = /usr/bin/python3 -m venv --without-pip /p/.venv\n",
        );
        assert_eq!(venv.home, Some("/usr/bin".into()));
        assert_eq!(venv.version.as_ref().unwrap().to_string(), "3.11.2");
        assert_eq!(venv.executable, Some("/usr/bin/python3.11".into()));
        assert!(venv.pip_left_out() && !venv.sees_system);
        assert!(Cfg::parse("home = /usr/bin\ninclude-system-site-packages = true\n").sees_system);
        let virtualenv = Cfg::parse(
            "home = /usr/bin\nimplementation = CPython\nversion_info = 3.12.4.final.0\nvirtualenv = 20.26\n",
        );
        assert_eq!(virtualenv.version.as_ref().unwrap().to_string(), "3.12.4");
        let uv = Cfg::parse("home = /usr/bin\nuv = 0.5.1\nversion_info = 3.13.0\n");
        assert_eq!((uv.maker.as_deref(), uv.pip_left_out()), (Some("uv"), true));
        assert_eq!(Cfg::parse("\u{0}nonsense"), Cfg::default());
    }

    #[cfg(unix)]
    #[test]
    fn the_command_tells_the_folder() {
        let made_in = |command: &str| Cfg::parse(&format!("command = /usr/bin/python3 {command}\n")).made_in();
        assert_eq!(made_in("-m venv /p/my env"), Some("/p/my env".into()));
        assert_eq!(made_in("-m venv --prompt=\"a/b\" /p/e"), None);
        assert_eq!(made_in("-m venv e"), None);
    }
}
