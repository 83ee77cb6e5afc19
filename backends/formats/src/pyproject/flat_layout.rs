//! Whether setuptools, which pip takes where no other builder is named, finds out by itself what belongs to a package.
//!
//! Followed is `setuptools.discovery`: a folder `src` holds the packages; else the project's folder may have one package
//! or one module, beside those whose names say that they are none.

use std::path::Path;

const NO_PACKAGES: [&str; 30] = [
    "ci",
    "bin",
    "debian",
    "doc",
    "docs",
    "documentation",
    "manpages",
    "news",
    "newsfragments",
    "changelog",
    "test",
    "tests",
    "unit_test",
    "unit_tests",
    "example",
    "examples",
    "scripts",
    "tools",
    "util",
    "utils",
    "python",
    "build",
    "benchmark",
    "benchmarks",
    "exercise",
    "exercises",
    "htmlcov",
    "tasks",
    "fabfile",
    "site_scons",
];

const NO_MODULES: [&str; 22] = [
    "setup",
    "conftest",
    "test",
    "tests",
    "example",
    "examples",
    "build",
    "toxfile",
    "noxfile",
    "pavement",
    "dodo",
    "tasks",
    "fabfile",
    "sconstruct",
    "Sconstruct",
    "SConstruct",
    "conanfile",
    "manage",
    "benchmark",
    "benchmarks",
    "exercise",
    "exercises",
];

/// Whether it does; where there is more than one candidate it refuses to guess, and nothing can be built.
pub(super) fn is_clear(project: &Path) -> bool {
    if project.join("src").is_dir() {
        return true;
    }
    let (mut packages, mut modules) = (0, 0);
    for entry in project.read_dir().into_iter().flatten().flatten() {
        let Ok(name) = entry.file_name().into_string() else { continue };
        if entry.path().is_dir() {
            let stem = name.strip_suffix("-stubs").unwrap_or(&name);
            packages += usize::from(is_identifier(stem) && !NO_PACKAGES.contains(&stem));
        } else if let Some(stem) = name.strip_suffix(".py") {
            modules += usize::from(is_identifier(stem) && !NO_MODULES.contains(&stem));
        }
    }
    packages == 1 || packages == 0 && modules <= 1
}

/// Names with a dot or an underscore before them are none of a package's.
fn is_identifier(name: &str) -> bool {
    let mut letters = name.chars();
    letters.next().is_some_and(char::is_alphabetic) && letters.all(|letter| letter.is_alphanumeric() || letter == '_')
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn one_package_is_clear_and_two_are_not() {
        let folder = tempfile::tempdir().unwrap();
        let project = folder.path();
        let clear = || is_clear(project);
        for name in ["tests", "docs", ".venv", "_build", "my-data"] {
            fs::create_dir(project.join(name)).unwrap();
        }
        fs::write(project.join("setup.py"), "").unwrap();
        assert!(clear(), "nothing but what is none");
        fs::write(project.join("one.py"), "").unwrap();
        assert!(clear());
        fs::write(project.join("two.py"), "").unwrap();
        assert!(!clear());
        fs::create_dir(project.join("app")).unwrap();
        assert!(clear(), "modules do not count beside a package");
        fs::create_dir(project.join("data")).unwrap();
        assert!(!clear());
        fs::create_dir(project.join("src")).unwrap();
        assert!(clear());
    }
}
