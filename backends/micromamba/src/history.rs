//! `conda-meta/history`: the commands that changed an environment, and what each of them linked.

use std::path::{Path, PathBuf};

use pyve_formats::conda_package::PackageFile;
use pyve_formats::read::{self, Limit};

/// The text; none if there is none to be read.
fn text(prefix: &Path) -> Option<String> {
    let bytes = read::bytes(prefix.join("conda-meta/history"), Limit::RECORD).ok()??;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

/// The prefix in the command that made the environment that stands at `standing`.
pub fn prefix(standing: &Path) -> Option<PathBuf> {
    text(standing)?.lines().rev().find_map(|line| prefix_of(line.strip_prefix("# cmd: ")?, standing))
}

/// The words are not quoted there: where the path is not that of `standing`, which may have ` -f ` in its name, it goes on
/// until the next option.
fn prefix_of(command: &str, standing: &Path) -> Option<PathBuf> {
    let (_, args) = command.split_once(" create ")?;
    let args = format!(" {args}");
    let option = [" -p ", " --prefix ", " --prefix="].into_iter().find_map(|option| args.split_once(option));
    let rest = option?.1;
    let names = |path: &Path| {
        let after = path.to_str().and_then(|path| rest.strip_prefix(path));
        after.is_some_and(|after| after.is_empty() || after.starts_with(' '))
    };
    if names(standing) || standing.canonicalize().is_ok_and(|real| names(&real)) {
        return Some(standing.to_owned());
    }
    let path = PathBuf::from(rest.split(" -").next()?.trim_end());
    path.is_absolute().then_some(path)
}

/// Whether the command that made the environment put the package there: then the solver chose it.
pub fn made_with(prefix: &Path, package: &PackageFile) -> bool {
    text(prefix).is_some_and(|text| was_created_with(&text, package))
}

fn was_created_with(history: &str, package: &PackageFile) -> bool {
    // Transactions begin with a line `==> time <==`; what was linked is `+channel::name-version-build`.
    let creation = history.rsplit("==> ").find(|transaction| {
        let mut commands = transaction.lines().filter_map(|line| line.strip_prefix("# cmd: "));
        commands.any(|command| command.contains(" create "))
    });
    let linked = creation.unwrap_or_default().lines().filter_map(|line| line.strip_prefix('+'));
    linked.filter_map(|line| PackageFile::of(line.rsplit("::").next()?)).any(|file| file == *package)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn the_command_that_made_it_names_the_prefix() {
        let standing = Path::new("/p/a -f b");
        let path = |command: &str| prefix_of(command, standing).map(|path| path.display().to_string());
        let some = |path: &str| Some(path.to_owned());
        assert_eq!(path("/b/micromamba create -y -p /p/my env -f environment.yml"), some("/p/my env"));
        assert_eq!(path("micromamba create --prefix /p/e --yes"), some("/p/e"));
        assert_eq!(path("micromamba env create --prefix=/p/e"), some("/p/e"));
        assert_eq!(path("micromamba create -y -p /p/a -f b -f /p/a -f b.yml"), some("/p/a -f b"));
        assert_eq!(path("micromamba create -y -p /p/a -f b"), some("/p/a -f b"));
        assert_eq!(path("micromamba create -y -p /p/a -f be -f environment.yml"), some("/p/a"));
        assert_eq!(path("micromamba create -n name -y"), None);
        assert_eq!(path("micromamba install -p /p/e numpy"), None);
        assert_eq!(path("micromamba create -p relative"), None);
    }

    #[test]
    fn what_the_creation_linked_was_chosen_by_the_solver() {
        let history = "==> 2024-01-01 00:00:00 <==\n# cmd: micromamba create -p /e -f environment.yml\n\
                       +conda-forge/linux-64::numpy-2.0-py312_0\n+file:///a b/c/noarch::pip-24.0-0\n\
                       ==> 2024-01-02 00:00:00 <==\n# cmd: micromamba install -p /e numpy=1\n\
                       -conda-forge/linux-64::numpy-2.0-py312_0\n+conda-forge/linux-64::numpy-1.0-py312_0\n";
        let linked = |stem| was_created_with(history, &PackageFile::of(stem).unwrap());
        assert!(linked("numpy-2.0-py312_0") && linked("pip-24.0-0"));
        assert!(!linked("numpy-1.0-py312_0") && !linked("numpy-2.0-py311_0"));
        assert!(!was_created_with("", &PackageFile::of("numpy-2.0-0").unwrap()));
    }
}
