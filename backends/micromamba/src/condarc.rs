//! The user's settings of micromamba: which variable or file (`.condarc`, `.mambarc`) has the last word on a key.

use std::path::{Path, PathBuf};

use pyve_formats::conda_platform;
use pyve_formats::read::{self, Limit};
use pyve_formats::yaml;
use pyve_plugin_api::{Host, Request};

use crate::create;

/// A setting of micromamba's, and who says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    pub value: String,
    pub place: Place,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// The name of a variable.
    Variable(String),
    /// A file as the user would write it, and the line in it.
    Line(String, usize),
}

impl Said {
    /// `CONDA_SUBDIR`, `~/.condarc:3`.
    pub fn origin(&self) -> String {
        match &self.place {
            Place::Variable(name) => name.clone(),
            Place::Line(file, line) => format!("{file}:{line}"),
        }
    }

    /// What makes it say nothing of `key`: `unset CONDA_SUBDIR`.
    pub fn removal(&self, key: &str) -> String {
        match &self.place {
            Place::Variable(name) => format!("unset {name}"),
            Place::Line(file, line) => format!("remove '{key}:' from line {line} of {file}"),
        }
    }
}

/// The platform that packages are looked for in the place of this machine's, if the user's settings name another.
pub fn other_platform(request: &Request, host: &dyn Host) -> Option<Said> {
    let said = scalar("platform", &["CONDA_SUBDIR", "MAMBA_PLATFORM"], None, request, host)?;
    (said.value != conda_platform::current()).then_some(said)
}

/// What holds for `key`, a single value: of the variables the first that is set, else the file that counts most; those of
/// the environment at `prefix` are asked, too.
pub fn scalar(
    key: &str,
    variables: &[&str],
    prefix: Option<&Path>,
    request: &Request,
    host: &dyn Host,
) -> Option<Said> {
    let by_variable = variables.iter().find_map(|name| {
        let value = host.variable(name)?.into_string().ok().filter(|value| !value.is_empty())?;
        Some(Said { value, place: Place::Variable((*name).to_owned()) })
    });
    by_variable.or_else(|| files(prefix, request, host).iter().find_map(|file| in_file(key, file, host)))
}

fn in_file(key: &str, path: &Path, host: &dyn Host) -> Option<Said> {
    let root = yaml::parse(&read::text(path, Limit::SETTINGS).ok()??).ok()?.root?;
    let node = root.get(key)?;
    let shown = match home(host).and_then(|home| path.strip_prefix(home).ok().map(Path::to_owned)) {
        Some(below) => format!("~/{}", below.display()),
        None => path.display().to_string(),
    };
    Some(Said { value: node.text()?.to_owned(), place: Place::Line(shown, node.position.line) })
}

/// The files that micromamba reads, as its documentation lists them; what counts most is first.
fn files(prefix: Option<&Path>, request: &Request, host: &dyn Host) -> Vec<PathBuf> {
    let named = ["MAMBARC", "CONDARC"].into_iter().filter_map(|name| host.variable(name));
    let mut files: Vec<PathBuf> = named.filter(|path| !path.is_empty()).map(PathBuf::from).collect();
    files.extend(prefix.iter().flat_map(|prefix| in_folder(prefix, true)));
    if let Some(home) = home(host) {
        files.extend([".mambarc", ".condarc"].map(|file| home.join(file)));
        files.extend(in_folder(&home.join(".conda"), false));
        files.extend(in_folder(&home.join(".config/conda"), false));
    }
    let configuration = host.variable("XDG_CONFIG_HOME").filter(|folder| !folder.is_empty());
    files.extend(configuration.iter().flat_map(|folder| in_folder(&Path::new(folder).join("conda"), false)));
    files.extend(in_folder(&create::root_prefix(request, host), true));
    let system: &[&str] = if cfg!(windows) { &["C:\\ProgramData\\conda"] } else { &["/var/lib/conda", "/etc/conda"] };
    files.extend(system.iter().flat_map(|folder| in_folder(Path::new(folder), true)));
    files
}

fn in_folder(folder: &Path, has_mambarc: bool) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = has_mambarc.then(|| folder.join(".mambarc")).into_iter().collect();
    let parts = folder.join("condarc.d").read_dir().into_iter().flatten().flatten().map(|entry| entry.path());
    let mut parts: Vec<PathBuf> =
        parts.filter(|path| path.extension().is_some_and(|ending| ending == "yml" || ending == "yaml")).collect();
    parts.sort();
    files.extend(parts.into_iter().rev());
    files.extend(["condarc", ".condarc"].map(|file| folder.join(file)));
    files
}

fn home(host: &dyn Host) -> Option<PathBuf> {
    let name = if cfg!(windows) { "USERPROFILE" } else { "HOME" };
    host.variable(name).filter(|home| !home.is_empty()).map(PathBuf::from)
}

#[cfg(test)]
mod tests {
    use super::*;
    use pyve_plugin_api::testing::FakeHost;
    use std::fs;

    #[test]
    fn variables_count_more_than_files_and_each_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let home = folder.path().join("home");
        let write = |path: &Path, text: &str| {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        let host = || {
            let name = if cfg!(windows) { "USERPROFILE" } else { "HOME" };
            FakeHost::new().variable(name, &home).variable("MAMBA_ROOT_PREFIX", folder.path().join("root"))
        };
        let request = Request::new(folder.path().join("p"), home.join(".pyve"));
        let said = |host: FakeHost| {
            scalar("platform", &["CONDA_SUBDIR", "MAMBA_PLATFORM"], Some(&folder.path().join("env")), &request, &host)
                .map(|said| format!("{} ({})", said.value, said.origin()))
        };
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(said(host()), None);
        let root = folder.path().join("root");
        write(&root.join(".condarc"), "platform: osx-64\n");
        let shown = root.join(".condarc").display().to_string();
        assert_eq!(said(host()), Some(format!("osx-64 ({shown}:1)")));
        write(&home.join(".conda/condarc.d/b.yml"), "platform: linux-32\n");
        assert_eq!(said(host()), some("linux-32 (~/.conda/condarc.d/b.yml:1)"));
        write(&home.join(".condarc"), "channels:\n  - a\nplatform: win-64\n");
        assert_eq!(said(host()), some("win-64 (~/.condarc:3)"));
        write(&home.join(".mambarc"), "platform:\n[");
        assert_eq!(said(host()), some("win-64 (~/.condarc:3)"), "a file that cannot be read says nothing");
        assert_eq!(said(host().variable("MAMBA_PLATFORM", "osx-arm64")), some("osx-arm64 (MAMBA_PLATFORM)"));
        let both = host().variable("MAMBA_PLATFORM", "osx-arm64").variable("CONDA_SUBDIR", "osx-64");
        assert_eq!(said(both), some("osx-64 (CONDA_SUBDIR)"));
        write(&folder.path().join("env/.condarc"), "{platform: noarch}\n");
        let shown = folder.path().join("env/.condarc").display().to_string();
        assert_eq!(said(host()), Some(format!("noarch ({shown}:1)")));
    }
}
