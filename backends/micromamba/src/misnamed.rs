//! Packages that are asked for by the names that PyPI has for them.

use pyve_formats::package_names::{Counterpart, of_pypi};

use crate::source::Source;

/// A package that conda's channels call otherwise.
pub struct Misnamed {
    /// As it is asked for.
    pub name: String,
    /// Which versions, as micromamba repeats it: `=2.1`.
    pub constraint: String,
    /// What conda-forge calls it.
    pub on_conda: &'static str,
}

/// Those of the file that the environment is solved from.
pub fn of(source: &Source) -> Vec<Misnamed> {
    let file = source.environment.as_ref().filter(|_| source.lock.is_none());
    let packages = file.iter().flat_map(|file| &file.content.packages);
    let misnamed = packages.filter_map(|spec| {
        let Counterpart::Named(on_conda) = of_pypi(&spec.name) else { return None };
        let constraint = spec.text.get(spec.name.len()..)?.trim();
        let constraint = if constraint.is_empty() { "=*" } else { constraint }.to_owned();
        (on_conda != spec.name).then(|| Misnamed { name: spec.name.clone(), constraint, on_conda })
    });
    misnamed.collect()
}
