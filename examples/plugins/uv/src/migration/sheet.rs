//! The text of a new `pyproject.toml`.

use std::collections::BTreeMap;
use std::fmt::Write;

use pyve_formats::comments;
use pyve_formats::toml_file::quoted;
use pyve_plugin_api::Requirement;

use super::settings::Setting;

/// What stands in it.
#[derive(Clone, Debug, Default)]
pub struct Sheet {
    name: String,
    /// The Pythons that fit, by PEP 440; empty for any.
    pub python: String,
    /// The lines, each with what is written of it.
    dependencies: Vec<(String, String)>,
    /// The tables of `tool.uv.sources`, by name.
    sources: BTreeMap<String, String>,
    switches: Vec<&'static str>,
    texts: Vec<(&'static str, &'static str)>,
    lists: BTreeMap<&'static str, Vec<String>>,
    indexes: Vec<(String, bool)>,
}

impl Sheet {
    /// That of a project of this name.
    pub fn new(name: &str) -> Self {
        Self { name: name.to_owned(), ..Self::default() }
    }

    /// Adds a dependency, and says how it is written. Hashes have no place here.
    ///
    /// # Errors
    ///
    /// Half a sentence why it cannot be said.
    pub fn require(&mut self, one: &Requirement) -> Result<String, String> {
        let (hashes, source, editable) = Default::default();
        let bare = Requirement { hashes, source, editable, ..one.clone() };
        let line = match one.source.as_str() {
            "" => bare.pip_line(),
            address if address.contains("://") => bare.source(&without_egg(address)).pip_line(),
            path => {
                let (path, extras) = divided(path);
                if !self.take_from(&one.name, path, one.editable) {
                    return Err("uv takes a package from one directory only".to_owned());
                }
                Requirement { name: format!("{}{extras}", one.name).into(), ..bare }.pip_line()
            }
        };
        if !self.dependencies.iter().any(|(known, _)| *known == line) {
            self.dependencies.push((line.clone(), noted(one, "    ", &format!("{},", quoted(&line)))));
        }
        Ok(line)
    }

    /// Where the package comes from: a directory or a file. False where it is said already, otherwise.
    fn take_from(&mut self, name: &str, path: &str, editable: bool) -> bool {
        let editable = if editable { ", editable = true" } else { "" };
        let table = format!("{{ path = {}{editable} }}", quoted(path));
        *self.sources.entry(name.to_owned()).or_insert_with(|| table.clone()) == table
    }

    /// Says a setting.
    pub fn set(&mut self, setting: Setting) {
        match setting {
            Setting::Switch(key) => self.switches.push(key),
            Setting::Text(key, text) => self.texts.push((key, text)),
            Setting::Listed(key, text) => add(self.lists.entry(key).or_default(), &text),
            Setting::Index { url, default } => self.indexes.push((url, default)),
            Setting::Hashes => {}
        }
    }

    /// The file; writing to a text cannot fail.
    pub fn text(&self) -> String {
        let mut text = format!("[project]\nname = {}\nversion = \"0\"\n", quoted(&self.name));
        if !self.python.is_empty() {
            let _ = writeln!(text, "requires-python = {}", quoted(&self.python));
        }
        let dependencies = self.dependencies.iter().map(|(_, written)| written.as_str());
        text += &format!("dependencies = {}\n\n[tool.uv]\npackage = false\n", array(&dependencies.collect::<String>()));
        self.switches.iter().for_each(|key| text += &format!("{key} = true\n"));
        self.texts.iter().for_each(|(key, value)| text += &format!("{key} = {}\n", quoted(value)));
        self.lists.iter().for_each(|(key, values)| text += &format!("{key} = {}\n", list(values)));
        if !self.sources.is_empty() {
            text += "\n[tool.uv.sources]\n";
            self.sources.iter().for_each(|(name, table)| text += &format!("{name} = {table}\n"));
        }
        for (url, default) in &self.indexes {
            text += &format!("\n[[tool.uv.index]]\nurl = {}\n", quoted(url));
            text += if *default { "default = true\n" } else { "" };
        }
        text
    }
}

/// An address without the name of the package, which stands before it.
fn without_egg(address: &str) -> String {
    let (place, fragment) = address.split_once('#').unwrap_or((address, ""));
    let left: Vec<&str> = fragment.split('&').filter(|part| !part.is_empty() && !part.starts_with("egg=")).collect();
    if left.is_empty() { place.to_owned() } else { format!("{place}#{}", left.join("&")) }
}

/// `./lib` and `[x]` of `./lib[x]`.
pub fn divided(path: &str) -> (&str, &str) {
    path.find('[').filter(|_| path.ends_with(']')).map_or((path, ""), |at| path.split_at(at))
}

fn add(all: &mut Vec<String>, text: &str) {
    if !all.iter().any(|known| known == text) {
        all.push(text.to_owned());
    }
}

fn list(texts: &[String]) -> String {
    array(&texts.iter().map(|text| format!("    {},\n", quoted(text))).collect::<String>())
}

fn array(lines: &str) -> String {
    if lines.is_empty() { "[]".to_owned() } else { format!("[\n{lines}]") }
}

/// The line that says a requirement, with what people noted of it.
pub fn noted(one: &Requirement, indent: &str, line: &str) -> String {
    let above: Vec<&str> = one.comments_above.iter().map(|text| text.as_str()).collect();
    comments::block(&above, &one.comment, indent, line)
}

#[cfg(test)]
mod tests {
    use super::*;
    use pyve_formats::toml_file::TomlFile;

    #[test]
    fn whatever_is_said_is_read_back_as_it_was() {
        let strange = "a\"b\\c\u{1b}\té";
        let mut sheet = Sheet::new("demo");
        sheet.dependencies.push((strange.to_owned(), format!("    {},\n", quoted(strange))));
        assert!(sheet.take_from("lib", strange, true) && sheet.take_from("lib", strange, true));
        assert!(!sheet.take_from("lib", "./other", true));
        sheet.set(Setting::Listed("find-links", strange.to_owned()));
        let file = TomlFile::parse(&sheet.text()).unwrap();
        assert_eq!(file.texts("project.dependencies").unwrap()[0].text, strange);
        assert_eq!(file.text("tool.uv.sources.lib.path").unwrap().unwrap().text, strange);
        assert_eq!(file.texts("tool.uv.find-links").unwrap()[0].text, strange);
    }
}
