//! The environment that is examined: each of its folders is read once, and no file that no check needs.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use pyve_formats::conda_package::PackageFile;
use pyve_formats::dist_info::{Distribution, SitePackages};
use pyve_formats::python_name::normalized;
use pyve_plugin_api::Request;

use crate::installed;
use crate::source::Source;

pub struct Sight<'a> {
    pub request: &'a Request,
    /// The files that it is made from, where they can be read.
    pub source: Option<&'a Source>,
    pub prefix: PathBuf,
    /// The prefix as messages name it: below the project.
    pub shown: String,
    /// What conda knows of.
    pub packages: Vec<PackageFile>,
    /// Their versions by the names that Python's indexes would give them.
    versions: HashMap<String, String>,
    /// What Python knows of; one for each Python that is, or was, in the environment.
    pub sites: Vec<SitePackages>,
}

impl<'a> Sight<'a> {
    pub fn of(request: &'a Request, source: Option<&'a Source>, prefix: &Path, shown: &str) -> Self {
        let packages = installed::packages(prefix).unwrap_or_default();
        let versions = packages.iter().map(|package| (normalized(&package.name), package.version.clone()));
        Self {
            request,
            source,
            versions: versions.collect(),
            packages,
            sites: installed::sites(prefix),
            prefix: prefix.to_owned(),
            shown: shown.to_owned(),
        }
    }

    pub fn package(&self, name: &str) -> Option<&PackageFile> {
        self.packages.iter().find(|package| package.name == name)
    }

    /// The version of conda's package for a distribution of Python's.
    pub fn of_conda(&self, distribution: &Distribution) -> Option<&str> {
        self.versions.get(&distribution.name).map(String::as_str)
    }

    /// A path below the prefix as messages name it.
    pub fn show(&self, path: &Path) -> String {
        let inside = path.strip_prefix(&self.prefix).ok();
        // A file behind links is told by its real path, and the prefix may have another one.
        let real = || self.prefix.canonicalize().ok().and_then(|prefix| path.strip_prefix(prefix).ok());
        inside.or_else(real).unwrap_or(path).display().to_string()
    }

    /// What the `pip:` list of the environment file names; none where it has no such list.
    pub fn pip_list(&self) -> Option<Vec<String>> {
        let source = self.source?;
        let environment = source.environment.as_ref().filter(|environment| !environment.content.pip.is_empty())?;
        Some(crate::pip_list::names(&environment.content.requirements))
    }

    /// The name of the environment file in edits.
    pub fn spec_file(&self) -> &str {
        self.source.map_or("environment.yml", Source::spec_file)
    }
}
