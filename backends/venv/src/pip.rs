//! Whether pip can be used, told by its own list of its files: no Python is started for it.

use std::path::{Path, PathBuf};

use pyve_formats::read::{self, Limit};

use crate::environment::Environment;
use crate::fault::Fault;

/// The fault of a pip that is there and not whole.
pub fn fault(environment: &Environment) -> Option<Fault> {
    let packages = environment.site_packages()?;
    let mut gone = None;
    // An interrupted upgrade leaves two lists; pip works if all of one of them is there.
    for list in lists(&packages) {
        gone = Some(lost(&packages, &read::text(&list, Limit::METADATA).ok()??)?);
    }
    gone.map(|file| Fault::PipBroken { file })
}

/// The `RECORD` of each pip that is described.
pub fn lists(packages: &Path) -> Vec<PathBuf> {
    let names = std::fs::read_dir(packages).into_iter().flatten().flatten();
    let names = names.filter_map(|entry| entry.file_name().into_string().ok());
    let described = names.filter(|name| name.starts_with("pip-") && name.ends_with(".dist-info"));
    described.map(|name| packages.join(name).join("RECORD")).filter(|list| list.is_file()).collect()
}

/// The first module of pip's that is listed and not there, or empty where it should not be. What Python compiles for
/// itself is not looked at, and neither are the programs, which users may rename.
fn lost(packages: &Path, list: &str) -> Option<String> {
    let module = |line: &str| {
        let mut fields = line.splitn(2, ',');
        let path = fields.next().filter(|path| path.starts_with("pip/") && path.ends_with(".py"))?;
        let empty = fields.next().is_some_and(|rest| rest.trim_end().ends_with(",0"));
        Some((path.to_owned(), empty))
    };
    let is_whole = |path: &str, empty: bool| {
        packages.join(path).metadata().is_ok_and(|found| found.is_file() && (empty || found.len() > 0))
    };
    list.lines().filter_map(module).find(|(path, empty)| !is_whole(path, *empty)).map(|(path, _)| path)
}

#[cfg(test)]
mod tests {
    use super::lost;
    use std::fs;

    #[test]
    fn a_module_that_is_gone_or_cut_off_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let packages = folder.path();
        fs::create_dir_all(packages.join("pip/_vendor")).unwrap();
        fs::write(packages.join("pip/__init__.py"), "x").unwrap();
        fs::write(packages.join("pip/_vendor/__init__.py"), "").unwrap();
        let list = "../../../bin/pip,sha256=a,20\npip/__init__.py,sha256=b,1\npip/_vendor/__init__.py,sha256=c,0\n\
                    pip/__pycache__/__init__.cpython-312.pyc,,\npip/py.typed,sha256=d,286\n";
        assert_eq!(lost(packages, list), None);
        let more = format!("{list}pip/_vendor/rich.py,sha256=e,5\n");
        assert_eq!(lost(packages, &more).as_deref(), Some("pip/_vendor/rich.py"));
        fs::write(packages.join("pip/_vendor/rich.py"), "").unwrap();
        assert_eq!(lost(packages, &more).as_deref(), Some("pip/_vendor/rich.py"), "cut off");
        fs::write(packages.join("pip/_vendor/rich.py"), "1\n2\n3").unwrap();
        assert_eq!(lost(packages, &more), None);
    }
}
