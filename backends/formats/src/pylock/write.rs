//! The file as pyve writes it: what a solver answered, with what pyve notes behind it.

use std::path::{Component, Path, PathBuf};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::PylockError;
use super::read::OWN_TABLE;
use crate::toml_file::TomlFile;
use crate::toml_file::quoted;

/// What a reader is told first.
const HEAD: &str = "# Written by `pyve lock`, which keeps it up to date. Not meant to be edited.\n";

/// The text of the file: what the solver `answered`, without its comments and with paths from the project's folder, and the
/// requirements that it was made from. Paths in the answer are from `folder`.
///
/// # Errors
///
/// Where the answer is no TOML.
pub fn finished(answered: &str, folder: &Path, project: &Path, inputs: &[String]) -> Result<String, PylockError> {
    let start = answered.find("lock-version").unwrap_or_default();
    let mut text = answered[start..].trim_end().to_owned();
    TomlFile::parse(&text)?;
    for (span, path) in paths(&text) {
        let path = relative(&normal(&folder.join(path)), project);
        text.replace_range(span, &quoted(&path));
    }
    let inputs: String = inputs.iter().map(|input| format!("    {},\n", quoted(input))).collect();
    let inputs = if inputs.is_empty() { "[]".to_owned() } else { format!("[\n{inputs}]") };
    Ok(format!("{HEAD}{text}\n\n[{OWN_TABLE}]\ninputs = {inputs}\n"))
}

/// The least file from which a solver takes these versions where they fit, each a name and a version.
pub fn preferences<'a>(pins: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let one = |(name, version)| format!("\n[[packages]]\nname = {}\nversion = {}\n", quoted(name), quoted(version));
    let packages: String = pins.into_iter().map(one).collect();
    let packages = if packages.is_empty() { "packages = []\n".to_owned() } else { packages };
    format!("lock-version = \"1.0\"\ncreated-by = \"pyve\"\n{packages}")
}

/// Every relative `path`, with the bytes where it stands; the last first.
fn paths(text: &str) -> Vec<(std::ops::Range<usize>, String)> {
    let Ok(root) = DeTable::parse(text) else { return Vec::new() };
    let mut found = Vec::new();
    root.get_ref().iter().for_each(|(_, value)| collect(value, &mut found));
    crate::sorted::by_key(&mut found, |(span, _)| std::cmp::Reverse(span.start));
    found
}

fn collect(value: &Spanned<DeValue<'_>>, found: &mut Vec<(std::ops::Range<usize>, String)>) {
    match value.get_ref() {
        DeValue::Array(items) => items.iter().for_each(|item| collect(item, found)),
        DeValue::Table(table) => {
            for (key, value) in table {
                match value.get_ref() {
                    DeValue::String(path) if key.get_ref() == "path" && Path::new(&**path).is_relative() => {
                        found.push((value.span(), path.clone().into_owned()));
                    }
                    _ => collect(value, found),
                }
            }
        }
        _ => {}
    }
}

/// Without `..`, as far as the text tells.
fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => {
                normal.pop();
            }
            Component::CurDir => {}
            part => normal.push(part),
        }
    }
    normal
}

/// From one folder to a path, with slashes as every system reads them.
fn relative(path: &Path, from: &Path) -> String {
    let from = normal(from);
    let common = path.components().zip(from.components()).take_while(|(a, b)| a == b).count();
    let up = from.components().skip(common).map(|_| "..".to_owned());
    let down = path.components().skip(common).map(|part| part.as_os_str().to_string_lossy().into_owned());
    let parts: Vec<String> = up.chain(down).collect();
    if parts.is_empty() { ".".to_owned() } else { parts.join("/") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pylock::{Header, Pylock};

    #[test]
    fn paths_are_those_of_the_project() {
        let answered = "# by uv\nlock-version = \"1.0\"\n\n[[packages]]\nname = \"loc\"\n\
             directory = { path = \"../p/loc\", editable = true }\n\n[[packages]]\nname = \"own\"\n\
             directory = { path = \"../p\" }\n\n[[packages]]\nname = 'out'\ndirectory = { path = '../q/x' }\n";
        let inputs = ["a\"b\\".to_owned(), "six>=1".to_owned()];
        let text = finished(answered, Path::new("/s"), Path::new("/p"), &inputs).unwrap();
        assert_eq!(
            text,
            "# Written by `pyve lock`, which keeps it up to date. Not meant to be edited.\n\
             lock-version = \"1.0\"\n\n[[packages]]\nname = \"loc\"\ndirectory = { path = \"loc\", editable = true }\n\n\
             [[packages]]\nname = \"own\"\ndirectory = { path = \".\" }\n\n[[packages]]\nname = 'out'\n\
             directory = { path = \"../q/x\" }\n\n[tool.pyve]\ninputs = [\n    \"a\\\"b\\\\\",\n    \"six>=1\",\n]\n"
        );
        assert_eq!(Header::parse(&text).unwrap().unwrap().inputs.unwrap(), inputs);
        assert_eq!(finished("lock-version = ", Path::new("/s"), Path::new("/p"), &[]).unwrap_err().line, 1);
    }

    #[test]
    fn without_anything_it_is_a_lock_all_the_same() {
        let text = finished("lock-version = '1.0'\npackages = []\n", Path::new("/s"), Path::new("/p"), &[]).unwrap();
        assert!(Pylock::parse(&text).unwrap().packages.is_empty());
        assert_eq!(preferences([]), "lock-version = \"1.0\"\ncreated-by = \"pyve\"\npackages = []\n");
        let pins = preferences([("six", "1.0")]);
        assert_eq!(
            pins,
            "lock-version = \"1.0\"\ncreated-by = \"pyve\"\n\n[[packages]]\nname = \"six\"\nversion = \"1.0\"\n"
        );
    }
}
