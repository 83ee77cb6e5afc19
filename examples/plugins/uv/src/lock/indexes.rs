//! Whether packages are locked from places that they may come from now, as uv compares them: indexes and directories of files.

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};

use pyve_formats::toml_file::Item;
use pyve_plugin_api::Host;

use super::file::Locked;
use crate::choice::is_yes;
use crate::uv_settings::UvSettings;

/// The index that is asked where nobody names another one.
pub const PYPI: &str = "https://pypi.org/simple";

/// Variables of uv's that name places, and what stands between two of them.
const VARIABLES: [(&str, &[char]); 5] =
    [(DEFAULT, &[]), ("UV_INDEX_URL", &[]), ("UV_INDEX", &[' ']), ("UV_EXTRA_INDEX_URL", &[' ']), (LINKS, &[','])];

const DEFAULT: &str = "UV_DEFAULT_INDEX";
const LINKS: &str = "UV_FIND_LINKS";

/// A line for each place that packages are locked from and that is none of the project's any more.
pub fn compared(locked: &Locked, settings: &UvSettings, host: &dyn Host) -> Vec<String> {
    let places = Places::of(settings, host);
    // uv does not compare where nobody names any.
    if !places.are_said {
        return Vec::new();
    }
    let mut allowed = places.allowed();
    let place = |text: &str| plain(text, Path::new(""));
    allowed.extend(locked.packages().flat_map(|package| of_requirements(package.metadata())).map(place));
    let mut told = BTreeSet::new();
    for package in locked.packages() {
        let Some(registry) = package.source().and_then(|source| source.get("registry")?.as_text()) else { continue };
        if !allowed.contains(&place(registry)) {
            told.insert(registry);
        }
    }
    let name = settings.name;
    told.into_iter()
        .map(|place| format!("packages are locked from `{place}`, which {name} does not name any more"))
        .collect()
}

/// Where packages may come from.
#[derive(Default)]
struct Places {
    indexes: BTreeSet<String>,
    /// Directories of files, and pages of links.
    links: BTreeSet<String>,
    has_default: bool,
    no_index: bool,
    are_said: bool,
}

impl Places {
    fn of(settings: &UvSettings, host: &dyn Host) -> Self {
        let mut places = Self::default();
        places.add(settings, Path::new(""));
        for (settings, folder) in UvSettings::of_user(host) {
            places.add(&settings, &folder);
        }
        places.add_variables(host);
        places.are_said = places.no_index || !places.indexes.is_empty() || !places.links.is_empty();
        places
    }

    fn add(&mut self, settings: &UvSettings, folder: &Path) {
        let texts = |key: &str| -> Vec<String> {
            let item = settings.item(key);
            let list = item.and_then(Item::as_list).unwrap_or_default().iter();
            list.chain(item).filter_map(Item::as_text).map(|place| plain(place, folder)).collect()
        };
        for index in settings.item("index").and_then(Item::as_list).unwrap_or_default() {
            self.indexes.extend(index.get("url").and_then(Item::as_text).map(|url| plain(url, folder)));
            self.has_default |= index.get("default").and_then(Item::as_bool) == Some(true);
        }
        let default = texts("index-url");
        self.has_default |= !default.is_empty();
        self.indexes.extend(default.into_iter().chain(texts("extra-index-url")));
        self.links.extend(texts("find-links"));
        self.no_index |= settings.item("no-index").and_then(Item::as_bool) == Some(true);
    }

    fn add_variables(&mut self, host: &dyn Host) {
        let base = Path::new("");
        for (name, between) in VARIABLES {
            let said = host.variable(name).unwrap_or_default().to_string_lossy().into_owned();
            for place in said.split(between).map(str::trim).filter(|place| !place.is_empty()) {
                if name == LINKS {
                    self.links.insert(plain(place, base));
                    continue;
                }
                self.has_default |= between.is_empty();
                // An index may have a name: `own=https://…`.
                let named = place.split_once('=').filter(|(name, _)| !name.contains([':', '/']));
                self.indexes.insert(plain(named.map_or(place, |(_, url)| url), base));
            }
        }
        self.no_index |= host.variable("UV_NO_INDEX").is_some_and(|value| is_yes(&value));
    }

    fn allowed(self) -> BTreeSet<String> {
        let mut allowed = self.links;
        if !self.no_index {
            allowed.extend(Some(PYPI.to_owned()).filter(|_| !self.has_default));
            allowed.extend(self.indexes);
        }
        allowed
    }
}

/// The indexes that certain requirements of a project are for.
fn of_requirements(metadata: Option<&Item>) -> Vec<&str> {
    let always = metadata.and_then(|metadata| metadata.get("requires-dist"));
    let groups = metadata.and_then(|metadata| metadata.get("requires-dev")?.entries("requires-dev").ok());
    let lists = always.into_iter().chain(groups.into_iter().flatten().map(|(_, group)| group));
    let all = lists.flat_map(|list| list.as_list().unwrap_or_default());
    all.filter_map(|one| one.get("index")?.as_text()).collect()
}

/// In one form: an address without a password, with its host in small letters; a path without detours, of one in the project as
/// it is written, since to uv an absolute path is another place.
fn plain(place: &str, folder: &Path) -> String {
    let place = place.strip_prefix("file://").unwrap_or(place);
    if let Some((scheme, rest)) = place.split_once("://") {
        let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
        return format!("{}://{}{path}", scheme.to_lowercase(), host.to_lowercase());
    }
    let mut path = PathBuf::new();
    for part in folder.join(place).components() {
        match (part, path.components().next_back()) {
            (Component::CurDir, _) => {}
            (Component::ParentDir, Some(Component::Normal(_))) => drop(path.pop()),
            (part, _) => path.push(part),
        }
    }
    path.to_string_lossy().into_owned()
}
