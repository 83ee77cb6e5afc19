//! What is asked for, in the versions that `uv.lock` has of it.

use pyve_formats::python_name::normalized;
use pyve_formats::sorted;
use pyve_formats::toml_file::Item;
use pyve_plugin_api::{Requirement, Requirements, Result};

use crate::lock::file::{LockFile, Locked, Package};
use crate::lock::unmerged;
use crate::project::{LOCK, Project};

/// Each with its locked version, in the same order; as it was where the lock has none. What only these require is left to whoever
/// installs them: it is no more asked for than before. The host has asked before how the lock is.
pub fn pinned(project: &Project, found: Requirements) -> Result<Requirements> {
    let locked = match LockFile::read(&project.base)? {
        LockFile::Parsed(locked) => locked,
        LockFile::Conflict(line) => return Err(unmerged(line)),
        LockFile::Missing => return Ok(found),
    };
    let requirements = found.requirements.iter().flat_map(|one| of_lock(one, &locked)).collect();
    Ok(Requirements { requirements, lock: LOCK.into(), ..found })
}

/// One for each version that is locked of it, each where that applies.
fn of_lock(one: &Requirement, locked: &Locked) -> Vec<Requirement> {
    let name = normalized(&one.name);
    let packages = || locked.packages().filter(|package| package.name() == name);
    let at = |package: Package<'_>| format!("{LOCK}:{}", package.line());
    if one.editable || name.is_empty() {
        return vec![one.clone()];
    }
    if !one.source.is_empty() {
        // An address names its file; of a repository the lock knows the commit.
        let exact = packages().find_map(|package| Some(one.clone().source(&commit(package)?).locked(&at(package))));
        return vec![exact.unwrap_or_else(|| one.clone())];
    }
    let found: Vec<(Package<'_>, &str)> =
        packages().filter_map(|package| Some((package, package.version()?))).collect();
    let pin = |(package, version): &(Package<'_>, &str)| {
        one.clone().constraint(&format!("=={version}")).locked(&at(*package))
    };
    match (found.as_slice(), sorted::set(found.iter().map(|(_, version)| *version)).len()) {
        ([], _) => vec![one.clone()],
        ([first, ..], 1) => vec![pin(first)],
        (several, _) => {
            let mut all: Vec<Requirement> =
                several.iter().map(|one_of| pin(one_of).marker(&both(&one.marker, &one_of.0.markers()))).collect();
            // Noted once.
            all.iter_mut().skip(1).for_each(|other| (other.comments_above, other.comment) = Default::default());
            all
        }
    }
}

/// `https://h/x?rev=main#0123abc` as pip writes it: `git+https://h/x@0123abc`.
fn commit(package: Package<'_>) -> Option<String> {
    let (address, commit) = package.source()?.get("git").and_then(Item::as_text)?.split_once('#')?;
    let (address, queries) = address.split_once('?').unwrap_or((address, ""));
    let part = queries.split('&').find(|query| query.starts_with("subdirectory="));
    let part = part.map(|part| format!("#{part}")).unwrap_or_default();
    Some(format!("git+{address}@{commit}{part}"))
}

/// Where the line applies, and one of the markers does.
fn both(declared: &str, locked: &[&str]) -> String {
    let locked: Vec<String> = locked.iter().map(|marker| format!("({marker})")).collect();
    match (declared, locked.join(" or ")) {
        (marker, any) if any.is_empty() => marker.to_owned(),
        ("", any) => any,
        (declared, any) => format!("({declared}) and ({any})"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pyve_formats::toml_file::TomlFile;
    use pyve_plugin_api::Ecosystem;

    #[test]
    fn each_line_gets_what_is_locked_of_it() {
        let git = "{ git = \"https://h/x?subdirectory=lib&rev=main#0123abc\" }";
        let text = format!(
            "[[package]]\nname = \"six\"\nversion = \"1.16\"\n\n\
             [[package]]\nname = \"np\"\nversion = \"1\"\nresolution-markers = [\"os_name == 'a'\", \"os_name == 'b'\"]\n\n\
             [[package]]\nname = \"np\"\nversion = \"2\"\nresolution-markers = [\"os_name == 'c'\"]\n\n\
             [[package]]\nname = \"x\"\nversion = \"3\"\nsource = {git}\n"
        );
        let locked = Locked { file: TomlFile::parse(&text).unwrap(), revision: 0 };
        let told = |one: Requirement| {
            let lines = of_lock(&one, &locked).into_iter();
            lines.map(|one| format!("{} {}", one.pip_line(), one.locked).trim_end().to_owned()).collect::<Vec<_>>()
        };
        let one = |name: &str| Requirement::new(Ecosystem::PYPI, name).constraint(">=1");
        assert_eq!(told(one("Six").extra("a")), ["Six[a]==1.16 uv.lock:2"]);
        assert_eq!(told(one("none")), ["none>=1"]);
        assert_eq!(
            told(one("np").marker("python_version < '4'")),
            [
                "np==1 ; (python_version < '4') and ((os_name == 'a') or (os_name == 'b')) uv.lock:6",
                "np==2 ; (python_version < '4') and ((os_name == 'c')) uv.lock:11",
            ]
        );
        let repository = Requirement::new(Ecosystem::PYPI, "x").source("git+https://h/x@main#subdirectory=lib");
        assert_eq!(told(repository), ["x @ git+https://h/x@0123abc#subdirectory=lib uv.lock:16"]);
        let here = Requirement { editable: true, ..Requirement::new(Ecosystem::PYPI, "").source(".") };
        assert_eq!(told(here), ["-e ."]);
    }
}
