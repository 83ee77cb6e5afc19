//! What makes an environment unfit for use, each fault with its stable name and its words.

use std::path::{Path, PathBuf};

use pyve_formats::python_version::{self, Series};
use pyve_plugin_api::Request;

use crate::environment::Environment;
use crate::layout;

/// Why an environment must be made again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Its making began and did not end.
    HalfMade,
    /// The interpreter, or what it leads to, is gone.
    InterpreterMissing { interpreter: PathBuf, target: Option<PathBuf> },
    /// The base is another minor version now, in which its packages are not looked for.
    InterpreterReplaced { was: (u64, u64), now: (u64, u64), base: PathBuf },
    /// It was made in another folder, which its scripts still name.
    Moved { made_at: PathBuf },
    /// pip was meant to be there and is not: what is left when its making was killed.
    PipMissing,
    /// Some of pip's own files are gone, so that it ends with a traceback.
    PipBroken { file: String },
}

impl Fault {
    /// The worst fault of an environment, if it has one.
    pub fn of(environment: &Environment, request: &Request) -> Option<Self> {
        Self::of_interpreter(environment)
            .or_else(|| environment.made_elsewhere().map(|made_at| Self::Moved { made_at }))
            .or_else(|| half_made(environment, request).then_some(Self::HalfMade))
            .or_else(|| (!environment.has_pip() && !environment.cfg.pip_left_out()).then_some(Self::PipMissing))
    }

    /// Whether commands run all the same.
    pub fn runs(&self) -> bool {
        matches!(self, Self::PipMissing | Self::PipBroken { .. })
    }

    fn of_interpreter(environment: &Environment) -> Option<Self> {
        let interpreter = environment.interpreter();
        let missing = |interpreter: PathBuf| {
            let target = end_of_links(&interpreter);
            Self::InterpreterMissing { interpreter, target }
        };
        let Ok(base) = std::fs::canonicalize(&interpreter) else { return Some(missing(interpreter)) };
        // Without this one `python3` would be whichever comes next on PATH.
        let other = layout::other_name(&environment.prefix);
        if let Some(other) = other.filter(|other| !other.exists()) {
            return Some(missing(other));
        }
        if let Some(home) = copied_from(&base, environment)
            && !home.is_dir()
        {
            return Some(Self::InterpreterMissing { interpreter, target: Some(home) });
        }
        let was = environment.cfg.version.as_ref().map(python_version::minor_of)?;
        let now = minor_of_base(&base, was)?;
        (now != was).then_some(Self::InterpreterReplaced { was, now, base })
    }

    /// The finding that reports it.
    pub fn id(&self) -> &'static str {
        match self {
            Self::HalfMade => "venv.half-made",
            Self::InterpreterMissing { .. } => "venv.interpreter-missing",
            Self::InterpreterReplaced { .. } => "venv.interpreter-replaced",
            Self::Moved { .. } => "venv.moved",
            Self::PipMissing => "venv.pip-missing",
            Self::PipBroken { .. } => "venv.pip-broken",
        }
    }

    /// Half a sentence about it.
    pub fn words(&self) -> String {
        match self {
            Self::HalfMade => "its making was interrupted".to_owned(),
            Self::InterpreterMissing { interpreter, target: None } => {
                format!("its interpreter {} is missing", interpreter.display())
            }
            Self::InterpreterMissing { target: Some(target), .. } => {
                format!("its interpreter {} is gone", target.display())
            }
            Self::InterpreterReplaced { was, now, base } => {
                let base = base.display();
                format!(
                    "made with Python {}.{}, but its interpreter {base} is now Python {}.{}",
                    was.0, was.1, now.0, now.1
                )
            }
            Self::Moved { made_at } => format!("made in {}, and moved or copied since", made_at.display()),
            Self::PipMissing => "pip is missing in it, as when its making is interrupted".to_owned(),
            Self::PipBroken { file } => format!("pip is broken in it: {file} is gone or empty"),
        }
    }
}

fn half_made(environment: &Environment, request: &Request) -> bool {
    request.recorded().is_some_and(|recorded| !recorded.ready && recorded.prefix.path() == environment.prefix)
}

/// Where a chain of links ends that leads to nothing; `None` if it does not even begin.
fn end_of_links(path: &Path) -> Option<PathBuf> {
    let mut path = path.to_owned();
    let mut seen = None;
    // As many links as Linux follows.
    for _ in 0..40 {
        let Ok(target) = std::fs::read_link(&path) else { break };
        path = path.parent().unwrap_or(Path::new("/")).join(target);
        seen = Some(path.clone());
    }
    seen
}

/// The folder of the Python that a copied interpreter still needs.
fn copied_from(base: &Path, environment: &Environment) -> Option<PathBuf> {
    layout::environment_of(base)?;
    environment.cfg.home.clone()
}

/// The minor version of the base interpreter now, from its name or from the libraries beside it.
fn minor_of_base(base: &Path, was: (u64, u64)) -> Option<(u64, u64)> {
    if layout::environment_of(base).is_some() {
        // The interpreter is a copy: it is the one it was.
        return None;
    }
    if let Some(series) = pyve_pythons::series_in_name(base) {
        return Some(series.minor);
    }
    let lib = base.parent()?.parent()?.join("lib");
    let of_series = |series: Series| lib.join(format!("python{series}")).join("os.py").is_file();
    let own = |minor: (u64, u64)| {
        [true, false].map(|free_threaded| Series { minor, free_threaded }).into_iter().any(of_series)
    };
    if own(was) {
        return Some(was);
    }
    (0..=40).map(|minor| (was.0, minor)).find(|minor| own(*minor))
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn the_base_is_known_by_its_name_or_its_library() {
        let prefix = tempfile::tempdir().unwrap();
        let base = |name: &str| {
            let program = prefix.path().join("bin").join(name);
            std::fs::create_dir_all(program.parent().unwrap()).unwrap();
            std::fs::write(&program, "").unwrap();
            minor_of_base(&program, (3, 13))
        };
        assert_eq!(base("python"), None);
        let library = prefix.path().join("lib/python3.13t");
        std::fs::create_dir_all(&library).unwrap();
        std::fs::write(library.join("os.py"), "").unwrap();
        // A build without the lock has both names.
        for name in ["python", "python3.13", "python3.13t"] {
            assert_eq!(base(name), Some((3, 13)), "{name}");
        }
        std::fs::rename(library, prefix.path().join("lib/python3.14t")).unwrap();
        assert_eq!((base("python"), base("python3.14t")), (Some((3, 14)), Some((3, 14))));
    }
}
