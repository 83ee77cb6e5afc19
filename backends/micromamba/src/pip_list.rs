//! The `pip:` list of an environment file: which packages it names.

use pyve_formats::requirement::Requirement;
use pyve_formats::requirements::{Entry, Requirements};

/// The names, as indexes compare them, that pip installs on every machine; those of requirements files included.
pub fn names(pip: &Requirements) -> Vec<String> {
    let mut names: Vec<String> = pip.entries.iter().filter_map(name).collect();
    names.sort();
    names.dedup();
    names
}

/// The package that pip installs for a line, wherever it runs: none for a constraint, and for what a marker may rule out.
pub fn name(entry: &Entry) -> Option<String> {
    let Requirement { name, marker, .. } = entry.requirement().filter(|_| !entry.constraint)?;
    marker.is_true().then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use pyve_formats::requirements;

    #[test]
    fn lines_name_packages_or_places() {
        let text = "Some_Pkg>=1\nuvicorn[standard]==0.3 # why\ntiny @ file:///w/tiny.whl\n-e .\n\
                    ./wheels/Wheel_Pkg-1.0-py3-none-any.whl\npywin32; sys_platform == 'win32'\nlib/pkg\n";
        let pip = requirements::of_text(text, "environment.yml".as_ref(), &|_| None).unwrap();
        assert_eq!(names(&pip), ["some-pkg", "tiny", "uvicorn", "wheel-pkg"]);
    }
}
