//! The `pip:` list of an environment file: which packages it names.

use std::path::Path;

use pyve_formats::python_name::normalized;
use pyve_formats::read::{self, Limit};

use crate::environment::Environment;

/// The names, as indexes compare them, that pip installs on every machine; those of requirements files included.
pub fn names(environment: &Environment, folder: &Path) -> Vec<String> {
    let mut names = Vec::new();
    for line in &environment.pip {
        match included(line) {
            Some(file) => {
                let text = read::text(folder.join(file), Limit::PROJECT).ok().flatten().unwrap_or_default();
                names.extend(text.lines().filter_map(name));
            }
            None => names.extend(name(line)),
        }
    }
    names.sort();
    names.dedup();
    names
}

/// The file that a line takes requirements from.
pub fn included(line: &str) -> Option<&str> {
    line.strip_prefix("-r ").or_else(|| line.strip_prefix("--requirement ")).map(str::trim)
}

/// The package that a line names, be it by a wheel; none for other paths and addresses, for options, and for what a
/// marker may rule out.
pub fn name(line: &str) -> Option<String> {
    let line = line.split(" #").next()?.trim();
    if let Some(wheel) = line.split(' ').next().filter(|place| place.ends_with(".whl")) {
        let file = wheel.rsplit(['/', '\\']).next()?;
        return file.split_once('-').map(|(name, _)| normalized(name));
    }
    let end = line.find(|c: char| !(c.is_ascii_alphanumeric() || "._-".contains(c))).unwrap_or(line.len());
    let (name, rest) = line.split_at(end);
    let file = [".zip", ".tar.gz"].iter().any(|ending| name.ends_with(ending));
    let named = name.starts_with(|c: char| c.is_ascii_alphanumeric()) && !file;
    let place = rest.starts_with([':', '/', '\\', '+']);
    (named && !place && !rest.contains(';')).then(|| normalized(name))
}

#[cfg(test)]
mod tests {
    use super::name;

    #[test]
    fn lines_name_packages_or_places() {
        for (line, expected) in [
            ("Some_Pkg>=1", "some-pkg"),
            ("uvicorn[standard]==0.3 # why", "uvicorn"),
            ("tiny @ file:///w/tiny.whl", "tiny"),
            ("./wheels/Tiny_Pkg-1.0-py3-none-any.whl", "tiny-pkg"),
            ("https://h/tiny-1.0-py3-none-any.whl", "tiny"),
        ] {
            assert_eq!(name(line).as_deref(), Some(expected), "{line}");
        }
        for line in [
            "./tiny",
            "tiny-1.0.tar.gz",
            "https://h/x.zip",
            "git+https://h/x",
            "-e .",
            "lib/pkg",
            "# none",
            "",
            "pywin32; sys_platform == 'win32'",
        ] {
            assert_eq!(name(line), None, "{line}");
        }
    }
}
