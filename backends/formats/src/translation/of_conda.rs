//! A package of conda's as PyPI knows it.

use super::{applies, versions};
use crate::name_map;
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
    /// What the [table](crate::name_map) that the user named calls it on PyPI, likeliest first; `None` where it does not tell.
    pub listed: Option<&'a [&'a str]>,
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
    /// What else is to be said of it, as half a sentence; mostly nothing.
    pub note: &'static str,
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
    let (name, mut changed, note) = name(spec)?;
    let build = if spec.build.is_empty() { String::new() } else { format!(" {}", spec.build) };
    let constraint = if spec.constraint.is_empty() && !build.is_empty() { "*" } else { spec.constraint };
    let translated = versions::to_pypi(&format!("{constraint}{build}"))?;
    changed.extend(translated.changed);
    if !spec.channel.is_empty() {
        changed.push(format!("PyPI has no channels such as `{}`", spec.channel));
    }
    Ok(OnPypi { name, constraint: translated.text, marker: applies::marker("", spec.platform)?, changed, note })
}

/// The name on PyPI, what changes by it, and a note.
fn name(spec: &Spec<'_>) -> Result<(String, Vec<String>, &'static str), String> {
    let conda = spec.name;
    let is_same = |pypi: &str| normalized(conda) == normalized(pypi);
    let called = |pypi: &str, why: String| Ok((normalized(pypi), vec![why], ""));
    match package_names::of_conda(conda).or_listed(spec.listed) {
        Counterpart::Named(pypi) if is_same(pypi) => Ok((pypi.to_owned(), Vec::new(), "")),
        Counterpart::Named(pypi) => called(pypi, format!("PyPI calls it `{pypi}`")),
        Counterpart::Listed(pypi) if is_same(pypi) => Ok((normalized(pypi), Vec::new(), name_map::HAS_IT)),
        Counterpart::Listed(pypi) => called(pypi, name_map::told(pypi, spec.listed.unwrap_or_default())),
        Counterpart::Trap(trap) => match trap.conda_in_pypi {
            Some(pypi) => called(pypi, format!("PyPI calls it `{pypi}`; its `{conda}` is {}", trap.on_pypi)),
            None => Err(format!("PyPI has no {}; its `{conda}` is {}", without_article(trap.on_conda), trap.on_pypi)),
        },
        Counterpart::OnlyConda => Err("PyPI does not have it, only conda's channels do".to_owned()),
        // `_e` would be an option of whoever is asked for it, and `libblas*` is no name at all.
        _ if !python_name::is_valid(conda) => Err(format!("no package of PyPI can be called `{conda}`")),
        Counterpart::Unlisted => called(conda, "the name map knows of none on PyPI; the same name is taken".to_owned()),
        Counterpart::Unknown => Ok((normalized(conda), Vec::new(), "")),
    }
}

fn without_article(what: &str) -> &str {
    ["the ", "an ", "a "].iter().find_map(|article| what.strip_prefix(article)).unwrap_or(what)
}
