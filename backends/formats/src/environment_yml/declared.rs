//! All that an environment file asks for, on whichever platform.

use crate::yaml::{Node, Value};

/// An entry of `dependencies`, of a `sel(…)` in it, or of the `pip:` list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeclaredEntry {
    /// As it is written.
    pub text: String,
    /// Whether it is pip's.
    pub pip: bool,
    /// The selectors around it, the outermost first: `linux`.
    pub selectors: Vec<String>,
    /// From 1.
    pub line: usize,
}

/// The entries of a file in their order. What is no entry is left out: who reads the file for an environment tells of it.
pub fn declared(root: &Node) -> Vec<DeclaredEntry> {
    let mut found = Vec::new();
    let items = root.get("dependencies").and_then(Node::list).unwrap_or_default();
    items.iter().for_each(|item| entry(item, &mut Vec::new(), &mut found));
    found
}

fn entry(item: &Node, selectors: &mut Vec<String>, found: &mut Vec<DeclaredEntry>) {
    let read = |item: &Node, pip: bool, selectors: &[String]| {
        let text = item.text()?.to_owned();
        Some(DeclaredEntry { text, pip, selectors: selectors.to_vec(), line: item.position.line })
    };
    match &item.value {
        Value::Map(entries) => {
            for (key, value) in entries {
                let key = key.text().unwrap_or_default();
                if key == "pip" {
                    let items = value.list().unwrap_or_default();
                    found.extend(items.iter().filter_map(|item| read(item, true, selectors)));
                } else if let Some(selector) = key.strip_prefix("sel(").and_then(|rest| rest.strip_suffix(')')) {
                    selectors.push(selector.trim().to_owned());
                    match value.list() {
                        Some(items) => items.iter().for_each(|item| entry(item, selectors, found)),
                        None => entry(value, selectors, found),
                    }
                    selectors.pop();
                }
            }
        }
        _ => found.extend(read(item, false, selectors)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml;

    #[test]
    fn entries_of_all_platforms_are_read_with_their_lines() {
        let text = "\
dependencies:
  - python =3.12
  - sel(linux): [gcc, {sel(linux-64): mkl}]
  - sel(win): vs2019
  - pip:
    - six>=1
    - -e .
  -
";
        let root = yaml::parse(text).unwrap().root.unwrap();
        let told: Vec<String> = declared(&root)
            .into_iter()
            .map(|it| format!("{}:{}{}{}", it.line, if it.pip { "pip " } else { "" }, it.text, it.selectors.join("+")))
            .collect();
        assert_eq!(
            told,
            ["2:python =3.12", "3:gcclinux", "3:mkllinux+linux-64", "4:vs2019win", "6:pip six>=1", "7:pip -e ."]
        );
    }
}
