//! What environment files ask for on a platform as conda-lock reads them, and the hash by which a lock knows it again.

use std::collections::BTreeMap;
use std::path::Path;

use super::channel::Channel;
use super::conda_spec;
use super::dependency::{Dependency, Manager};
use super::json::Json;
use super::virtual_packages::VirtualPackages;
use super::{MAIN, marker, pip_spec, selector};
use crate::requirements;
use crate::sha256;
use crate::yaml::{self, Node};

/// An environment file, as it was read.
#[derive(Clone, Copy, Debug)]
pub struct AskingFile<'a> {
    /// Where it lies: what its lines name is looked for beside it.
    pub path: &'a Path,
    /// Its content.
    pub text: &'a str,
}

/// What files ask for on a platform.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// In the order in which they count, without `nodefaults`.
    pub channels: Vec<Channel>,
    /// Indexes of Python packages.
    pub pip_repositories: Vec<String>,
    /// By manager and name, each once.
    pub dependencies: Vec<Dependency>,
    /// Whether conda-lock takes every line.
    pub is_for_conda_lock: bool,
}

/// What cannot be read, half a sentence.
pub type Unread = String;

impl Asked {
    /// Reads all files that a lock is made from together.
    ///
    /// # Errors
    ///
    /// Where one is no environment file, or two name channels that do not go together.
    pub fn read(files: &[AskingFile], platform: &str) -> Result<Self, Unread> {
        let mut all = Self { is_for_conda_lock: true, ..Self::default() };
        let mut dependencies: BTreeMap<(Manager, String), Dependency> = BTreeMap::new();
        for file in files {
            let one = of_file(file, platform)?;
            all.channels = unified(all.channels, one.channels).ok_or("two environment files name other channels")?;
            let repositories = unified(all.pip_repositories, one.pip_repositories);
            all.pip_repositories = repositories.ok_or("two environment files name other indexes")?;
            all.is_for_conda_lock &= one.is_for_conda_lock;
            dependencies.extend(one.dependencies.into_iter().map(|it| ((it.manager, it.name.clone()), it)));
        }
        Ok(Self { dependencies: dependencies.into_values().collect(), ..all })
    }

    /// With channels that are asked for beside the files, which count before theirs.
    pub fn with_channels(mut self, channels: &[&str]) -> Self {
        let mut all: Vec<Channel> = channels.iter().map(|channel| Channel::of(channel)).collect();
        all.append(&mut self.channels);
        Self { channels: all, ..self }
    }

    /// The hash of all this, in hex: equal to what conda-lock computes.
    pub fn content_hash(&self, platform: &str, machine: &VirtualPackages) -> String {
        let texts = |all: Vec<String>| Json::List(all.into_iter().map(Json::Text).collect());
        let mut content = BTreeMap::from([
            ("channels".to_owned(), texts(self.channels.iter().map(|it| it.to_json().compact()).collect())),
            ("specs".to_owned(), Json::List(self.dependencies.iter().map(Dependency::to_json).collect())),
            ("virtual_package_hash".to_owned(), machine.to_json(platform)),
        ]);
        if !self.pip_repositories.is_empty() {
            let repository = |url: &String| Json::map([("url", Json::text(url))]).compact();
            content
                .insert("pip_repositories".to_owned(), texts(self.pip_repositories.iter().map(repository).collect()));
        }
        sha256::of(Json::Map(content).as_python())
    }
}

/// The platforms that an environment file names itself.
pub fn platforms(root: &Node) -> Vec<String> {
    texts(root, "platforms")
}

/// The longer of two lists that end alike.
fn unified<T: PartialEq>(one: Vec<T>, other: Vec<T>) -> Option<Vec<T>> {
    let (long, short) = if other.len() > one.len() { (other, one) } else { (one, other) };
    long.ends_with(&short).then_some(long)
}

fn texts(root: &Node, key: &str) -> Vec<String> {
    let items = root.get(key).and_then(Node::list).unwrap_or_default();
    items.iter().filter_map(|item| item.text().map(str::to_owned)).collect()
}

fn of_file(file: &AskingFile, platform: &str) -> Result<Asked, Unread> {
    let tree = |text: &str| yaml::parse(text).map_err(|error| error.to_string());
    // What is no dependency is read without a look at the selectors.
    let head = tree(file.text)?.root.ok_or("it is empty")?;
    let mut channels: Vec<Channel> = texts(&head, "channels").iter().map(|channel| Channel::of(channel)).collect();
    let written = channels.len();
    channels.retain(|channel| channel.url != "nodefaults");
    // conda-lock takes out one of them, and stops at another.
    let is_clear = written - channels.len() < 2;
    let category = head.get("category").and_then(Node::text).unwrap_or(MAIN);
    let has_selectors = selector::is_used(file.text);
    let selected = if has_selectors { tree(&selector::lines_for(file.text, platform))?.root } else { None };
    let body = selected.as_ref().unwrap_or(&head);
    let mut reader = Reader { file, platform, category, all: Vec::new(), is_for_conda_lock: true };
    let list = |root: &'_ Node| root.get("dependencies").and_then(Node::list).map(<[Node]>::to_vec);
    let all = list(&head).ok_or("it has no list `dependencies`")?;
    // Where a platform has none of them, conda-lock stops.
    let here = list(body);
    reader.is_for_conda_lock = is_clear && (here.is_some() || all.is_empty());
    here.unwrap_or_default().iter().for_each(|item| reader.item(item));
    let Reader { all: dependencies, is_for_conda_lock, .. } = reader;
    Ok(Asked { channels, pip_repositories: texts(&head, "pip-repositories"), dependencies, is_for_conda_lock })
}

struct Reader<'a> {
    file: &'a AskingFile<'a>,
    platform: &'a str,
    category: &'a str,
    all: Vec<Dependency>,
    is_for_conda_lock: bool,
}

impl Reader<'_> {
    fn item(&mut self, item: &Node) {
        if let Some(text) = item.text() {
            let found = conda_spec::parse(text, self.category);
            let found = found.unwrap_or_else(|| self.other(Manager::Conda, text));
            self.all.push(found);
        }
        // What `sel(…)` chooses conda-lock does not see.
        if let Some(pip) = item.get("pip").and_then(Node::list) {
            pip.iter().filter_map(Node::text).for_each(|line| self.pip(line));
            let any = Dependency::new(Manager::Conda, "pip", MAIN);
            self.all.push(any.of_any_version());
        }
    }

    fn other(&mut self, manager: Manager, line: &str) -> Dependency {
        self.is_for_conda_lock = false;
        Dependency::other(manager, line, self.category)
    }

    fn pip(&mut self, line: &str) {
        if line.starts_with("-e ") {
            return;
        }
        let folder = self.file.path.parent().unwrap_or(Path::new("."));
        if let Some(found) = pip_spec::parse(line, self.category, folder) {
            if found.markers.as_ref().is_none_or(|marker| marker::applies(marker, self.platform)) {
                self.all.push(found);
            }
            return;
        }
        let found = self.other(Manager::Pip, line);
        self.all.push(found);
        // Of a file that is included, what it asks for counts.
        let Ok(included) = requirements::of_text(line, self.file.path, &|_| None) else { return };
        for entry in included.entries.iter().filter(|entry| entry.origin.file != self.file.path) {
            let prefix = if entry.constraint { "-c " } else { "" };
            let found = self.other(Manager::Pip, &format!("{prefix}{}", entry.written));
            self.all.push(found);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(text: &str, platform: &str) -> Asked {
        Asked::read(&[AskingFile { path: Path::new("/nowhere/environment.yml"), text }], platform).unwrap()
    }

    fn shown(asked: &Asked) -> String {
        let one = |it: &Dependency| format!("{}:{}:{}", it.manager.name(), it.category, it.shown());
        asked.dependencies.iter().map(one).collect::<Vec<_>>().join(", ")
    }

    #[test]
    fn the_last_of_a_name_counts_and_pip_brings_itself() {
        let text = "channels: [a, nodefaults, 'https://h/t/$T/b']\ncategory: dev\npip-repositories: ['https://i']\n\
                    dependencies:\n  - b=1\n  - A  # [win]\n  - B 2\n  - sel(linux): c\n  - pip:\n    - -e .\n    - d; os_name == 'nt'\n    - E[x]>=1\n";
        let linux = asked(text, "linux-64");
        assert_eq!(shown(&linux), "conda:dev:b 2, conda:main:pip, pip:dev:e[x] >=1");
        let channels: Vec<&str> = linux.channels.iter().map(|it| it.url.as_str()).collect();
        assert_eq!((channels, linux.is_for_conda_lock), (vec!["a", "https://h/t/${T}/b"], true));
        assert_eq!(
            shown(&asked(text, "win-64")),
            "conda:dev:a, conda:dev:b 2, conda:main:pip, pip:dev:d ; os_name == 'nt', pip:dev:e[x] >=1"
        );
        let more = asked("dependencies: [{pip: [-r more.txt]}, pip=24]\n", "linux-64");
        assert_eq!(
            (shown(&more).as_str(), more.is_for_conda_lock),
            ("conda:main:pip 24.*, pip:main:-r more.txt", false)
        );
    }

    #[test]
    fn files_are_read_together_where_their_channels_agree() {
        let path = Path::new("/nowhere/environment.yml");
        let both = |one: &str, other: &str| {
            Asked::read(&[AskingFile { path, text: one }, AskingFile { path, text: other }], "linux-64")
        };
        let found = both("channels: [a, b]\ndependencies: [x]\n", "channels: [b]\ncategory: dev\ndependencies: [y]\n");
        assert_eq!(shown(&found.unwrap()), "conda:main:x, conda:dev:y");
        let refused = both("channels: [a, b]\ndependencies: [x]\n", "channels: [a]\ndependencies: [y]\n");
        assert_eq!(refused.unwrap_err(), "two environment files name other channels");
        assert_eq!(both("", "dependencies: [y]\n").unwrap_err(), "it is empty");
        assert_eq!(both("name: a\n", "dependencies: [y]\n").unwrap_err(), "it has no list `dependencies`");
    }
}
