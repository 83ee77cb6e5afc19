//! Where a requirement is taken from: what `[tool.uv.sources]` says, and what `uv.lock` notes of it.

use std::path::Path;

use pep508_rs::MarkerTree;
use pyve_formats::python_name::normalized;
use pyve_formats::toml_file::{Item, TomlFile};

use super::asked::{List, shown};
use super::file::inside;
use crate::project::{Member, Project};

/// A place, and where it counts.
pub struct Place {
    pub source: Source,
    pub marker: MarkerTree,
    /// The marker as it is written.
    pub said: String,
}

impl Place {
    pub fn always(source: Source) -> Self {
        Self { source, marker: MarkerTree::TRUE, said: String::new() }
    }
}

/// Where something is taken from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// The project's indexes.
    Usual,
    /// A folder or a file, from the root; one outside as it is written.
    Path(String),
    /// A repository, with what is said of the commit.
    Git(String),
    Url(String),
    /// An index of its own.
    Index(String),
}

impl Source {
    /// Whether an index says which versions there are.
    pub fn is_of_index(&self) -> bool {
        matches!(self, Self::Usual | Self::Index(_))
    }

    /// Of an address behind a name.
    pub fn of_url(url: &str) -> Self {
        match url.strip_prefix("git+") {
            Some(repository) => {
                let (address, commit) =
                    match repository.rsplit_once('@').filter(|(_, commit)| !commit.contains(['/', ':'])) {
                        Some((address, commit)) => {
                            (address, format!("?rev={}", commit.split('#').next().unwrap_or_default()))
                        }
                        None => (repository.split('#').next().unwrap_or_default(), String::new()),
                    };
                Self::Git(format!("{address}{commit}"))
            }
            None => Self::Url(url.split('#').next().unwrap_or_default().to_owned()),
        }
    }

    /// Of an entry of a lock.
    pub fn of_lock(item: &Item) -> Self {
        let text = |key: &str| item.get(key).and_then(Item::as_text);
        let local = ["editable", "virtual", "directory", "path"].into_iter().find_map(text);
        match (local, text("git"), text("url"), text("index")) {
            (Some(place), ..) => Self::Path(place.to_owned()).plain(),
            (_, Some(git), ..) => Self::Git(git.to_owned()),
            (_, _, Some(url), _) => Self::Url(url.to_owned()),
            (.., Some(index)) => Self::Index(of_index(index)),
            _ => Self::Usual,
        }
    }

    fn plain(self) -> Self {
        match self {
            Self::Path(place) => Self::Path(inside(Path::new(&place)).map_or(place, |path| shown(&path))),
            other => other,
        }
    }
}

/// What a member and the root of its workspace say of sources: the member's word counts.
pub struct Sources<'a> {
    pub project: &'a Project,
    pub member: &'a Member,
}

impl Sources<'_> {
    /// Each place that a package of this name has in a list; what none of them is for comes from the usual one.
    pub fn of(&self, name: &str, list: List<'_>) -> Vec<Place> {
        let said = |of: &Member| {
            of.file.file().entries("tool.uv.sources").ok().and_then(|all| {
                let found = all.into_iter().find(|(key, _)| normalized(&key.text) == name)?;
                Some((found.1.clone(), of.folder.clone()))
            })
        };
        let found = said(self.member).or_else(|| said(&self.project.root));
        let Some((item, folder)) = found else { return vec![Place::always(Source::Usual)] };
        let (mut places, mut left) = (Vec::new(), MarkerTree::TRUE);
        for item in item.as_list().unwrap_or(std::slice::from_ref(&item)) {
            let text = |key: &str| item.get(key).and_then(Item::as_text);
            let is_for = match (text("extra"), text("group"), list) {
                (None, None, _) => true,
                (Some(extra), _, List::Extra(own)) => normalized(extra) == own,
                (_, Some(group), List::Group(own)) => normalized(group) == own,
                _ => false,
            };
            if is_for {
                let said = text("marker").unwrap_or_default().to_owned();
                let marker: MarkerTree = said.parse().unwrap_or(MarkerTree::TRUE);
                left.and(marker.negate());
                places.push(Place { source: self.read(item, &folder, name), marker, said });
            }
        }
        let said = places.iter().map(|place| place.said.as_str()).collect::<Vec<_>>().join(" ");
        places.push(Place { source: Source::Usual, marker: left, said });
        places
    }

    fn read(&self, item: &Item, folder: &Path, name: &str) -> Source {
        let text = |key: &str| item.get(key).and_then(Item::as_text);
        if item.get("workspace").and_then(Item::as_bool) == Some(true) {
            let member = self.project.members.iter().find(|member| member.declared.name == name);
            return Source::Path(member.map_or_else(|| name.to_owned(), |member| shown(&member.folder)));
        }
        match (text("path"), text("git"), text("url"), text("index")) {
            (Some(path), ..) => {
                Source::Path(inside(&folder.join(path)).map_or_else(|| path.to_owned(), |path| shown(&path))).plain()
            }
            (_, Some(git), ..) => {
                let said = [
                    ("subdirectory", text("subdirectory")),
                    ("rev", text("rev")),
                    ("tag", text("tag")),
                    ("branch", text("branch")),
                ];
                let said: Vec<String> =
                    said.iter().filter_map(|(key, value)| Some(format!("{key}={}", (*value)?))).collect();
                let query = if said.is_empty() { String::new() } else { format!("?{}", said.join("&")) };
                Source::Git(format!("{git}{query}"))
            }
            (_, _, Some(url), _) => Source::Url(url.to_owned()),
            (.., Some(index)) => Source::Index(self.index(index)),
            _ => Source::Usual,
        }
    }

    /// The address of an index that is named.
    fn index(&self, name: &str) -> String {
        let of = |file: &TomlFile| {
            let all = file.item("tool.uv.index")?.as_list()?;
            let named = all.iter().find(|index| index.get("name").and_then(Item::as_text) == Some(name))?;
            named.get("url")?.as_text().map(of_index)
        };
        of(self.member.file.file()).or_else(|| of(self.project.root.file.file())).unwrap_or_else(|| name.to_owned())
    }
}

/// A folder as an index is noted with its scheme, and no address with a slash at its end.
fn of_index(url: &str) -> String {
    url.strip_prefix("file://").unwrap_or(url).trim_end_matches('/').to_owned()
}
