//! Which Python is asked for: by flag or config, by the project's version files, within `requires-python`.

use std::path::{Path, PathBuf};

use pep440_rs::{Version, VersionSpecifiers};
use pyve_formats::python_version::files::{self as version_files, Line};
use pyve_formats::python_version::{Build, VersionRequest};
use pyve_plugin_api::{Error, Host, PythonRequest, Request, Result};

use crate::requires_python::{self, Constraint};

/// One version that was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask {
    pub text: String,
    pub spec: VersionRequest,
    /// `--python-version`, `.tool-versions:3`.
    pub origin: String,
}

/// All that is said about the Python of a project.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RequestedPython {
    /// The alternatives, best first; empty if no version was asked for.
    pub asks: Vec<Ask>,
    /// Whether it was said on the command line.
    pub explicit: bool,
    pub constraint: Option<Constraint>,
}

impl RequestedPython {
    /// Reads what flag, config and files say. `home` ends the search upward: what is said there is
    /// the version manager's general choice, not what this project asks for.
    pub fn read(request: &Request, home: Option<&Path>) -> Result<Self> {
        Self::of(request.python(), Some(&request.project()), home)
    }

    /// The same of `python`; without a `project` no file counts.
    pub(crate) fn of(python: Option<&PythonRequest>, project: Option<&Path>, home: Option<&Path>) -> Result<Self> {
        let constraint = project.map(requires_python::read).transpose()?.flatten();
        let mut requested = match (python, project) {
            (Some(python), _) => Self {
                asks: vec![Ask::parse(&python.version, &python.origin).map_err(Error::usage)?],
                explicit: python.explicit,
                constraint,
            },
            (None, Some(project)) => Self {
                asks: Ask::of_lines(version_files::nearest(project, home).map_err(crate::unreadable)?, project)?,
                explicit: false,
                constraint,
            },
            (None, None) => Self { constraint, ..Self::default() },
        };
        requested.settle()?;
        Ok(requested)
    }

    /// Fails where a version is asked for that cannot be one of these; `what` such a Python cannot do:
    /// `create virtual environments`.
    ///
    /// # Errors
    ///
    /// The version, who asks for it, and that it cannot.
    pub fn at_least(&self, oldest: &VersionSpecifiers, what: &str) -> Result<()> {
        let Some(ask) = self.asks.iter().find(|ask| !ask.spec.agrees_with(oldest)) else { return Ok(()) };
        let message = format!("Python {} (`{}`) cannot {what}: that needs {oldest}", ask.text, ask.origin);
        let error = Error::new(message).hint("ask for a later version, such as `3.12`");
        Err(if self.explicit { error.usage() } else { error })
    }

    /// Drops the alternatives that `requires-python` rules out; an error if none is left.
    fn settle(&mut self) -> Result<()> {
        let Some(constraint) = &self.constraint else { return Ok(()) };
        let (allowed, ruled_out): (Vec<Ask>, Vec<Ask>) =
            self.asks.drain(..).partition(|ask| ask.spec.agrees_with(&constraint.specifiers));
        self.asks = allowed;
        match ruled_out.first() {
            Some(ask) if self.asks.is_empty() => Err(contradiction(ask, constraint)),
            _ => Ok(()),
        }
    }

    /// What `requires-python` allows.
    pub fn specifiers(&self) -> Option<&VersionSpecifiers> {
        self.constraint.as_ref().map(|constraint| &constraint.specifiers)
    }

    /// Whether `requires-python` allows this version.
    pub fn allows(&self, version: &Version) -> bool {
        self.specifiers().is_none_or(|specifiers| specifiers.contains(version))
    }

    /// For messages: `Python 3.12`, `Python >=3.11`.
    pub fn title(&self) -> String {
        match (self.asks.first(), &self.constraint) {
            (Some(ask), _) => format!("Python {}", ask.text),
            (None, Some(constraint)) => format!("Python {}", constraint.text),
            (None, None) => "Python".to_owned(),
        }
    }

    /// Why the Python of this `version` is the one that is taken, which was found at `origin` (`pyenv`, `PATH`).
    pub fn reason(&self, version: &str, origin: &str) -> String {
        let build = Build::parse(version);
        let fits = |ask: &&Ask| build.as_ref().is_some_and(|build| ask.spec.fits(build));
        if let Some(ask) = self.asks.iter().find(fits).or(self.asks.first()) {
            return format!("`{}` asks for {}", ask.origin, ask.text);
        }
        let one = if origin == "PATH" { "the newest on PATH".to_owned() } else { format!("the one of {origin}") };
        match &self.constraint {
            Some(constraint) => format!("{one} that fits {} (`{}`)", constraint.text, constraint.origin),
            None => format!("{one}, as no version is asked for"),
        }
    }

    /// Who asked: the file, flag or setting.
    pub fn origin(&self) -> &str {
        let constraint = self.constraint.as_ref().map(|constraint| constraint.origin.as_str());
        self.asks.first().map(|ask| ask.origin.as_str()).or(constraint).unwrap_or_default()
    }
}

impl Ask {
    pub fn parse(text: &str, origin: &str) -> Result<Self> {
        let spec = VersionRequest::parse(text).map_err(|why| {
            Error::new(format!("invalid Python version `{text}` (`{origin}`): {why}"))
                .hint("write a version such as `3.12` or `3.12.4`, or a range such as `>=3.11`")
        })?;
        Ok(Self { text: text.to_owned(), spec, origin: origin.to_owned() })
    }

    pub fn of_lines(lines: Vec<Line>, project: &Path) -> Result<Vec<Self>> {
        let shown = |file: &Path| file.strip_prefix(project).unwrap_or(file).display().to_string();
        lines.iter().map(|line| Self::parse(&line.text, &format!("{}:{}", shown(&line.file), line.number))).collect()
    }
}

fn contradiction(ask: &Ask, constraint: &Constraint) -> Error {
    Error::new(format!(
        "Python {} (`{}`) contradicts `requires-python` `{}` (`{}`)",
        ask.text, ask.origin, constraint.text, constraint.origin
    ))
    .hint(format!("ask for a version that fits `{}`, or change `{}`", constraint.text, constraint.origin))
}

/// The user's home folder.
pub fn home(host: &dyn Host) -> Option<PathBuf> {
    let name = if cfg!(windows) { "USERPROFILE" } else { "HOME" };
    host.variable(name).map(PathBuf::from).filter(|home| home.is_absolute())
}
