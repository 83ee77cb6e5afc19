//! Whether pip can be used, told by its own list of its files: no Python is started for it.

use std::path::Path;

use pyve_formats::dist_info::SitePackages;
use pyve_formats::dist_info::record::{self, Entry};

use crate::environment::Environment;
use crate::fault::Fault;

/// The fault of a pip that is there and not whole.
pub fn fault(environment: &Environment) -> Option<Fault> {
    let packages = packages(environment)?;
    let mut gone = None;
    // An interrupted upgrade leaves two lists; pip works if all of one of them is there.
    for pip in packages.named("pip").filter(|pip| packages.has_record(pip)) {
        gone = Some(lost(&packages.folder, &packages.record(pip).ok()??)?);
    }
    gone.map(|file| Fault::PipBroken { file })
}

/// Whether pip was put in to the end: it writes its files first and their list last.
pub fn is_there(environment: &Environment) -> bool {
    let Some(packages) = packages(environment) else { return false };
    packages.folder.join("pip/__init__.py").is_file() && packages.named("pip").any(|pip| packages.has_record(pip))
}

fn packages(environment: &Environment) -> Option<SitePackages> {
    SitePackages::read(environment.site_packages()?)
}

/// The first module of pip's that is listed and not there, or empty where it should not be. What Python compiles for
/// itself is not looked at, and neither are the programs, which users may rename.
fn lost(packages: &Path, list: &str) -> Option<String> {
    let mut modules = record::entries(list).filter(|it| it.path.starts_with("pip/") && it.path.ends_with(".py"));
    let is_whole = |module: &Entry| {
        let found = packages.join(&module.path).metadata();
        found.is_ok_and(|found| found.is_file() && (module.size == Some(0) || found.len() > 0))
    };
    modules.find(|module| !is_whole(module)).map(|module| module.path)
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
