//! The names and versions alone, without the files of each package, which are nearly all of a lock: for whoever only looks.

use super::{Pylock, PylockError};
use crate::python_name::normalized;
use crate::toml_file::TomlFile;

/// The line above every package, as the programs write it that make such files.
const HEAD: &str = "[[packages]]";

/// What is told of a package in passing.
const KEYS: [&str; 3] = ["name", "version", "marker"];

/// A package without its files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outline {
    /// As indexes compare it.
    pub name: String,
    /// By PEP 440.
    pub version: Option<String>,
    /// Where it applies, by PEP 508.
    pub marker: Option<String>,
    /// The line in which it begins, from 1.
    pub line: usize,
}

/// The packages of a lock file, in the order of the file. Nothing of it is checked.
///
/// # Errors
///
/// Where it is written otherwise than its makers write it, and is no such file.
pub fn outline(text: &str) -> Result<Vec<Outline>, PylockError> {
    if let Some(found) = by_lines(text) {
        return Ok(found);
    }
    let of = |package: super::Package| {
        let super::Package { name, version, marker, line, .. } = package;
        Outline { name, version, marker, line }
    };
    Ok(Pylock::parse(text)?.packages.into_iter().map(of).collect())
}

/// `None` where a line is not what its makers write.
fn by_lines(text: &str) -> Option<Vec<Outline>> {
    let mut found: Vec<(usize, String)> = Vec::new();
    let mut is_inside = false;
    for (index, line) in text.lines().enumerate() {
        if line == HEAD {
            found.push((index + 1, String::new()));
            is_inside = true;
        } else if line.starts_with('[') {
            // A table of the package's own, or the end of all packages.
            is_inside = false;
        } else if is_inside
            && let Some((key, _)) = line.split_once(" = ")
            && KEYS.contains(&key)
        {
            let (_, own) = found.last_mut()?;
            own.push_str(line);
            own.push('\n');
        }
    }
    let one = |(line, own): (usize, String)| {
        let table = TomlFile::parse(&own).ok()?;
        let text = |key: &str| table.item(key).and_then(|item| item.as_text().map(str::to_owned));
        Some(Outline { name: normalized(&text("name")?), version: text("version"), marker: text("marker"), line })
    };
    let found: Option<Vec<Outline>> = found.into_iter().map(one).collect();
    found.filter(|found| !found.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHA: &str = "366cd9cd8be14df1ab8ed50352a82111082a36686b2d389fdb79a92c3fafb3e3";

    #[test]
    fn every_layout_gives_the_same() {
        let file = format!("url = 'https://h/x.whl', hashes = {{ sha256 = '{SHA}' }}");
        let head = "lock-version = '1.0'\ncreated-by = 'x'\n";
        let uv = format!(
            "{head}\n[[packages]]\nname = \"Six_Pkg\"\nversion = \"1.0\"\nmarker = \"os_name == 'nt'\"\nwheels = [\n    {{ {file} }},\n]\n\
             \n[[packages]]\nname = \"loc\"\ndirectory = {{ path = \"loc\" }}\n\n[tool.pyve]\nname = 'no'\ninputs = []\n"
        );
        let pip = format!(
            "{head}\n[[packages]]\nname = \"six-pkg\"\nversion = \"1.0\"\nmarker = \"os_name == 'nt'\"\n\n[[packages.wheels]]\nname = \"x.whl\"\n\
             url = 'https://h/x.whl'\n\n[packages.wheels.hashes]\nsha256 = '{SHA}'\n\n[[packages]]\nname = \"loc\"\n[packages.directory]\npath = 'loc'\n"
        );
        let inline = format!(
            "{head}packages = [{{ name = 'six-pkg', version = '1.0', marker = \"os_name == 'nt'\", wheels = [{{ {file} }}] }},\n\
             {{ name = 'loc', directory = {{ path = 'loc' }} }}]\n"
        );
        let told = |text: &str| {
            let all = outline(text).unwrap();
            all.iter().map(|it| format!("{} {:?} {:?}", it.name, it.version, it.marker)).collect::<Vec<_>>()
        };
        assert_eq!(told(&uv), ["six-pkg Some(\"1.0\") Some(\"os_name == 'nt'\")", "loc None None"]);
        assert_eq!((told(&pip), told(&inline)), (told(&uv), told(&uv)));
        assert_eq!(outline(&uv).unwrap()[1].line, 12);
        assert!(outline("").is_err());
    }
}
