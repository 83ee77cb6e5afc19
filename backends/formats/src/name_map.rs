//! Tables of package names that programs make from what packages hold, such as parselmouth's `compressed_mapping.json`: an
//! object of conda's names, each with a list of names on PyPI, or `null` where none is known.
//!
//! They know more names than the [tables written by hand](crate::package_names), and less of each: a package that brings
//! others along is listed under all of their names, and a name that means something else elsewhere is like any other.

use std::collections::HashMap;

use serde_json::Value;

use crate::python_name;

/// Where the table has the same name for a package.
pub const HAS_IT: &str = "the name map has it";

/// So many other names are told.
const MOST_TOLD: usize = 3;

/// A table, read in both directions.
#[derive(Debug, Default)]
pub struct NameMap {
    /// By conda's name; no name where none is known.
    on_pypi: HashMap<String, Vec<String>>,
    /// By PyPI's name, as indexes compare it.
    on_conda: HashMap<String, Vec<String>>,
}

impl NameMap {
    /// Reads the text of a file.
    ///
    /// # Errors
    ///
    /// Half a sentence why it is no such table, with the place.
    ///
    /// ```
    /// use pyve_formats::name_map::NameMap;
    /// let map = NameMap::parse(br#"{"pytorch": ["torch"], "pytorch-cpu": ["torch"], "cmake": null}"#).unwrap();
    /// assert_eq!(map.counterparts("pypi", "Torch"), Some(vec!["pytorch", "pytorch-cpu"]));
    /// assert_eq!(map.counterparts("conda", "cmake"), Some(vec![]));
    /// assert_eq!(map.counterparts("conda", "numpy"), None);
    /// ```
    pub fn parse(bytes: &[u8]) -> Result<Self, String> {
        let root: Value = crate::json::read(bytes).map_err(|error| format!("no valid JSON: {error}"))?;
        let Value::Object(entries) = root else { return Err("no object of names".to_owned()) };
        let mut map = Self::default();
        for (conda, names) in entries {
            if !is_conda_name(&conda) {
                return Err(format!("`{}` is not the name of a package", conda.escape_debug()));
            }
            let names = names_of(&conda, names)?;
            for name in &names {
                map.on_conda.entry(python_name::normalized(name)).or_default().push(conda.clone());
            }
            map.on_pypi.insert(conda, names);
        }
        Ok(map)
    }

    /// What a package of `ecosystem` (`conda` or `pypi`) is called in the other one, likeliest first: the same name, then
    /// shorter ones, as `pytorch` before `pytorch-cpu`. Empty where nothing there is known to be it, `None` where the table
    /// does not tell.
    pub fn counterparts(&self, ecosystem: &str, name: &str) -> Option<Vec<&str>> {
        let (name, normal) = (name.to_ascii_lowercase(), python_name::normalized(name));
        let found = match ecosystem {
            "conda" => self.on_pypi.get(&name)?,
            "pypi" => match self.on_conda.get(&normal) {
                Some(found) => found,
                // What conda has under this name is something else.
                None => self.on_pypi.get(&name).filter(|others| !others.is_empty()).map(|_| const { &Vec::new() })?,
            },
            _ => return None,
        };
        let mut names: Vec<&str> = found.iter().map(String::as_str).collect();
        crate::sorted::by_key(&mut names, |other| (python_name::normalized(other) != normal, other.len(), *other));
        names.dedup();
        Some(names)
    }
}

/// That the table calls it `name`, and what else it has for it: of `names`, as they were listed.
///
/// ```
/// use pyve_formats::name_map::told;
/// assert_eq!(told("torch", &["torch"]), "the name map calls it `torch`");
/// assert_eq!(told("pytorch", &["pytorch", "pytorch-cpu"]), "the name map calls it `pytorch`, or `pytorch-cpu`");
/// ```
pub fn told(name: &str, names: &[&str]) -> String {
    let others = names.iter().filter(|other| **other != name).take(MOST_TOLD);
    let others: String = others.map(|other| format!(", or `{other}`")).collect();
    format!("the name map calls it `{name}`{others}")
}

fn names_of(conda: &str, names: Value) -> Result<Vec<String>, String> {
    let Value::Array(names) = names else {
        return if names.is_null() { Ok(Vec::new()) } else { Err(format!("`{conda}` has neither a list nor `null`")) };
    };
    let one = |name: Value| match name {
        Value::String(name) if python_name::is_valid(&name) => Ok(name),
        other => Err(format!("`{conda}` has {other}, which is not the name of a package")),
    };
    names.into_iter().map(one).collect()
}

/// `_libgcc_mutex`, `jq.py`; never an option of a program.
fn is_conda_name(name: &str) -> bool {
    let is_letter = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    name.starts_with(is_letter) && name.chars().all(|letter| is_letter(letter) || ".-".contains(letter))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_in_both_directions_likeliest_first() {
        let text = r#"{"pyqt-impl": ["PyQt5"], "pyqt": ["PyQt5"], "iris": ["scitools_iris", "Iris"], "one": ["two"], "gcc": null}"#;
        let map = NameMap::parse(text.as_bytes()).unwrap();
        for (ecosystem, name, found) in [
            ("pypi", "pyqt5", Some(vec!["pyqt", "pyqt-impl"])),
            ("conda", "Iris", Some(vec!["Iris", "scitools_iris"])),
            ("pypi", "scitools.iris", Some(vec!["iris"])),
            // A package of conda's that is another one, and one that nothing is known of.
            ("pypi", "one", Some(vec![])),
            ("pypi", "gcc", None),
            ("conda", "gcc", Some(vec![])),
            ("conda", "six", None),
            ("npm", "one", None),
        ] {
            assert_eq!(map.counterparts(ecosystem, name), found, "{ecosystem} {name}");
        }
    }

    #[test]
    fn a_text_of_another_shape_is_refused_with_the_place() {
        for (text, why) in [
            ("", "no valid JSON: EOF while parsing a value at line 1 column 0"),
            ("{\"six\": [\n\"six\"", "no valid JSON: EOF while parsing a list at line 2 column 5"),
            ("[]", "no object of names"),
            (r#"{"six": "six"}"#, "`six` has neither a list nor `null`"),
            (r#"{"six": [1]}"#, "`six` has 1, which is not the name of a package"),
            (r#"{"six": ["-e ."]}"#, "`six` has \"-e .\", which is not the name of a package"),
            (r#"{"--yes\n": null}"#, "`--yes\\n` is not the name of a package"),
            (r#"{"": null}"#, "`` is not the name of a package"),
        ] {
            assert_eq!(NameMap::parse(text.as_bytes()).unwrap_err(), why, "{text}");
        }
        // As deep as it may be, and no deeper.
        assert!(NameMap::parse("[".repeat(100_000).as_bytes()).unwrap_err().contains("recursion limit"));
    }
}
