//! What the manifest asks for in each environment and on each platform, as far as it can be compared with a lock.

#[cfg(test)]
mod tests;

use pyve_formats::conda_platform;
use pyve_formats::sorted;
use pyve_formats::toml_file::Item;

use crate::manifest::{DEFAULT, Entry, Manifest, features};

/// What is asked for, and what of it nobody but pixi can compare.
#[derive(Debug, Default)]
pub struct Asked {
    pub environments: Vec<Environment>,
    /// A line each.
    pub unclear: Vec<String>,
}

/// One environment.
#[derive(Debug, Default)]
pub struct Environment {
    pub name: String,
    /// In order; none where they cannot be told.
    pub channels: Vec<String>,
    /// What is asked for on each platform.
    pub platforms: Vec<(String, Vec<Requirement>)>,
}

/// One line of a table of dependencies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requirement {
    pub name: String,
    /// `>=1.26,<2 py312*`; empty for any version, and for one that cannot be compared.
    pub spec: String,
    pub line: usize,
    pub is_pypi: bool,
}

/// Keys of a feature and of the manifest itself that change nothing of a lock, or are read here.
const HARMLESS: [&str; 10] = [
    "$schema",
    "activation",
    "channels",
    "dependencies",
    "environments",
    "feature",
    "platforms",
    "pypi-dependencies",
    "target",
    "tasks",
];

/// The same of the table `[workspace]`.
const OF_WORKSPACE: [&str; 14] = [
    "authors",
    "channels",
    "description",
    "documentation",
    "homepage",
    "license",
    "license-file",
    "name",
    "platforms",
    "preview",
    "readme",
    "repository",
    "requires-pixi",
    "version",
];

/// The same of an environment that is a table.
const OF_ENVIRONMENT: [&str; 3] = ["features", "no-default-feature", "solve-group"];

impl Asked {
    pub fn of(manifest: &Manifest) -> Self {
        let mut asked = Self::default();
        let root = manifest.entries("");
        let workspace = ["workspace", "project"].into_iter().find(|table| manifest.item(table).is_some());
        let workspace = manifest.entries(workspace.unwrap_or("workspace"));
        asked.note(manifest, &workspace, "workspace.", &OF_WORKSPACE);
        let own: Vec<&Entry> =
            root.iter().copied().filter(|(key, _)| !["workspace", "project"].contains(&key.text.as_str())).collect();
        asked.note(manifest, &own, "", &HARMLESS);
        if let Some(line) = manifest.standard_table() {
            asked.unclear.push(format!("{}:{line}: the dependencies of `[project]` are not compared", manifest.file));
        }
        let named = manifest.entries("feature");
        for (name, feature) in &named {
            let entries = entries_of(feature);
            asked.note(manifest, &entries, &format!("feature.{}.", name.text), &HARMLESS);
        }
        let declared = manifest.entries("environments");
        let implied = declared.iter().all(|(name, _)| name.text != DEFAULT).then_some((DEFAULT, None));
        let declared = declared.iter().map(|(name, value)| (name.text.as_str(), Some(value)));
        for (name, value) in implied.into_iter().chain(declared) {
            let entries = value.map(entries_of).unwrap_or_default();
            asked.note(manifest, &entries, &format!("environments.{name}."), &OF_ENVIRONMENT);
            let without = value.and_then(|value| value.get("no-default-feature")?.as_bool()) == Some(true);
            let chosen = value.map(features).unwrap_or_default();
            let chosen = chosen.iter().filter_map(|name| named.iter().find(|(known, _)| known.text == *name));
            let mut tables: Vec<Vec<&Entry>> = chosen.map(|(_, feature)| entries_of(feature)).collect();
            tables.extend((!without).then(|| own.clone()));
            let environment = asked.environment(manifest, name, &workspace, &tables);
            asked.environments.push(environment);
        }
        asked
    }

    /// Notes keys that are not compared.
    fn note(&mut self, manifest: &Manifest, entries: &[&Entry], before: &str, known: &[&str]) {
        let odd = entries.iter().filter(|(key, _)| !known.contains(&key.text.as_str()));
        let told = odd.map(|(key, _)| {
            format!("{}:{}: `{before}{}` is not compared", manifest.file, key.line, key.text.escape_debug())
        });
        self.unclear.extend(told);
    }

    fn environment(
        &mut self,
        manifest: &Manifest,
        name: &str,
        workspace: &[&Entry],
        tables: &[Vec<&Entry>],
    ) -> Environment {
        let mut channels = self.texts(manifest, value(workspace, "channels"), "channels");
        if let Some(item) = tables.iter().find_map(|table| value(table, "channels")) {
            self.unclear.push(format!("{}:{}: channels of a feature are not compared", manifest.file, item.line));
            channels = None;
        }
        let mut platforms = self.texts(manifest, value(workspace, "platforms"), "platforms").unwrap_or_default();
        for table in tables {
            if let Some(own) = value(table, "platforms") {
                let own = self.texts(manifest, Some(own), "platforms").unwrap_or_default();
                platforms.retain(|platform| own.contains(platform));
            }
        }
        let on = |platform: String| {
            let wanted = tables.iter().flat_map(|table| self.wanted(manifest, table, &platform)).collect();
            (platform, wanted)
        };
        let platforms = platforms.into_iter().map(on).collect();
        Environment { name: name.to_owned(), channels: channels.unwrap_or_default(), platforms }
    }

    /// A list of texts; `None` where something else is in it, which is noted.
    fn texts(&mut self, manifest: &Manifest, item: Option<&Item>, what: &str) -> Option<Vec<String>> {
        let items = item?.as_list().unwrap_or_default();
        let texts: Option<Vec<String>> = items.iter().map(|item| item.as_text().map(str::to_owned)).collect();
        if texts.is_none() {
            let line = item.map_or(0, |item| item.line);
            self.unclear.push(format!("{}:{line}: `{what}` that say more than names are not compared", manifest.file));
        }
        texts
    }

    /// What a feature asks for on one platform.
    fn wanted(&mut self, manifest: &Manifest, table: &[&Entry], platform: &str) -> Vec<Requirement> {
        let mut wanted = self.lines(manifest, table);
        for (selector, target) in value(table, "target").map(entries_of).unwrap_or_default() {
            match conda_platform::selected(&selector.text, platform) {
                Some(true) => wanted.extend(self.lines(manifest, &entries_of(target))),
                Some(false) => {}
                None => self.unclear.push(format!(
                    "{}:{}: the target `{}` is not known here",
                    manifest.file,
                    selector.line,
                    selector.text.escape_debug()
                )),
            }
        }
        wanted
    }

    fn lines(&mut self, manifest: &Manifest, table: &[&Entry]) -> Vec<Requirement> {
        let mut lines = Vec::new();
        for (kind, is_pypi) in [("dependencies", false), ("pypi-dependencies", true)] {
            for (name, said) in value(table, kind).map(entries_of).unwrap_or_default() {
                let spec = if is_pypi { None } else { spec(said) };
                if spec.is_none() {
                    let line = name.line;
                    self.unclear.push(format!(
                        "{}:{line}: what is asked for of `{}` is not compared",
                        manifest.file,
                        name.text.escape_debug()
                    ));
                }
                let spec = spec.unwrap_or_default();
                lines.push(Requirement { name: name.text.clone(), spec, line: name.line, is_pypi });
            }
        }
        lines
    }
}

/// The version and build of a conda package; `None` where more is said, such as where its sources are.
fn spec(said: &Item) -> Option<String> {
    let any = |text: &str| if text.trim() == "*" { String::new() } else { text.trim().to_owned() };
    if let Some(text) = said.as_text() {
        return Some(any(text));
    }
    let entries = said.entries("").ok()?;
    if entries.iter().any(|(key, _)| !["version", "build", "channel"].contains(&key.text.as_str())) {
        return None;
    }
    let version = any(said.get("version").map_or(Some("*"), Item::as_text)?);
    let build = said.get("build").map_or(Some(""), Item::as_text)?;
    match (version.is_empty(), build) {
        (_, "") => Some(version),
        (true, build) => Some(format!("* {build}")),
        (false, build) => Some(format!("{version} {build}")),
    }
}

/// In the order of the file.
fn entries_of(item: &Item) -> Vec<&Entry> {
    let mut entries: Vec<&Entry> = item.entries("").map(|entries| entries.iter().collect()).unwrap_or_default();
    sorted::by_key(&mut entries, |(key, _)| key.line);
    entries
}

fn value<'a>(table: &[&'a Entry], key: &str) -> Option<&'a Item> {
    table.iter().find(|(known, _)| known.text == key).map(|(_, item)| item)
}
