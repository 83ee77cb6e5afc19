//! A package of conda's as PyPI knows it.

use super::{applies, versions};
use crate::package_names::{self, Counterpart};
use crate::python_name::{self, normalized};

/// What a spec of conda's asks for; what it does not say is empty.
#[derive(Clone, Copy, Debug, Default)]
pub struct Spec<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its versions: `>=1.2,<2`, `=1.2`.
    pub constraint: &'a str,
    /// Its build: `py312*`.
    pub build: &'a str,
    /// Its channel, if one is named.
    pub channel: &'a str,
    /// The platforms that it is for: `linux-64`, `osx`.
    pub platform: &'a str,
}

/// The same in the words of PyPI.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OnPypi {
    /// As indexes compare it.
    pub name: String,
    /// By PEP 440; empty for any version.
    pub constraint: String,
    /// By PEP 508; empty for everywhere.
    pub marker: String,
    /// What is not quite the same, each as half a sentence.
    pub changed: Vec<String>,
}

/// Translates a spec.
///
/// # Errors
///
/// Half a sentence why PyPI has nothing like it.
///
/// ```
/// use pyve_formats::translation::of_conda::{Spec, on_pypi};
/// let torch = on_pypi(&Spec { name: "pytorch", constraint: "=2.1", platform: "linux", ..Spec::default() }).unwrap();
/// assert_eq!((torch.name.as_str(), torch.constraint.as_str()), ("torch", "==2.1.*"));
/// assert_eq!(torch.marker, "sys_platform == 'linux'");
/// assert_eq!(torch.changed, ["PyPI calls it `torch`"]);
/// assert!(on_pypi(&Spec { name: "__glibc", ..Spec::default() }).is_err());
/// ```
pub fn on_pypi(spec: &Spec<'_>) -> Result<OnPypi, String> {
    if spec.name.starts_with("__") {
        return Err("it is about the machine, which no file of pip's asks about".to_owned());
    }
    let (name, mut changed) = name(spec.name)?;
    let build = if spec.build.is_empty() { String::new() } else { format!(" {}", spec.build) };
    let constraint = if spec.constraint.is_empty() && !build.is_empty() { "*" } else { spec.constraint };
    let translated = versions::to_pypi(&format!("{constraint}{build}"))?;
    changed.extend(translated.changed);
    if !spec.channel.is_empty() {
        changed.push(format!("PyPI has no channels such as `{}`", spec.channel));
    }
    Ok(OnPypi { name, constraint: translated.text, marker: applies::marker("", spec.platform)?, changed })
}

fn name(conda: &str) -> Result<(String, Vec<String>), String> {
    match package_names::of_conda(conda) {
        Counterpart::Named(pypi) if normalized(conda) == pypi => Ok((pypi.to_owned(), Vec::new())),
        Counterpart::Named(pypi) => Ok((pypi.to_owned(), vec![format!("PyPI calls it `{pypi}`")])),
        Counterpart::Trap(trap) => match trap.conda_in_pypi {
            Some(pypi) => {
                Ok((pypi.to_owned(), vec![format!("PyPI calls it `{pypi}`; its `{conda}` is {}", trap.on_pypi)]))
            }
            None => Err(format!("PyPI has no {}; its `{conda}` is {}", without_article(trap.on_conda), trap.on_pypi)),
        },
        Counterpart::OnlyConda => Err("PyPI does not have it, only conda's channels do".to_owned()),
        // `_e` would be an option of whoever is asked for it, and `libblas*` is no name at all.
        Counterpart::Unknown if python_name::is_valid(conda) => Ok((normalized(conda), Vec::new())),
        Counterpart::Unknown => Err(format!("no package of PyPI can be called `{conda}`")),
    }
}

fn without_article(what: &str) -> &str {
    ["the ", "an ", "a "].iter().find_map(|article| what.strip_prefix(article)).unwrap_or(what)
}
