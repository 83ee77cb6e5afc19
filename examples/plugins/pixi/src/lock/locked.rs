//! What `pixi.lock` says: the packages of each environment and platform, and what each of them depends on.

use std::collections::BTreeMap;

use pyve_formats::conda_package::PackageFile;
use pyve_formats::python_name::normalized;
use pyve_formats::yaml::{self, Node, YamlError};

/// The versions of the format that are read here, all of which list packages in the same way.
const VERSIONS: std::ops::RangeInclusive<u32> = 4..=7;

/// A lock file.
#[derive(Debug, Default)]
pub struct Locked {
    pub environments: Vec<Environment>,
    /// What a conda package needs, by its address: names alone.
    depends: BTreeMap<String, Vec<String>>,
}

/// An environment as it is locked.
#[derive(Debug)]
pub struct Environment {
    pub name: String,
    /// Their addresses, in order.
    pub channels: Vec<String>,
    /// By platform, in the order of the file.
    pub platforms: Vec<(String, Vec<Package>)>,
}

/// One package of an environment on one platform.
#[derive(Debug, PartialEq)]
pub enum Package {
    /// Its address, and what its file's name says.
    Conda(String, PackageFile),
    /// Name and version; no version where neither the entry nor the name of the file says one.
    Pypi(String, Option<String>),
    /// Built from sources, or otherwise of no name that can be told.
    Other,
}

/// Why nothing is known of a lock file.
#[derive(Debug)]
pub enum Unread {
    Yaml(YamlError),
    /// Another version of the format, or none.
    Version(String),
}

impl Locked {
    pub fn parse(text: &str) -> Result<Self, Unread> {
        let root = yaml::parse(text).map_err(Unread::Yaml)?.root;
        let version = root.as_ref().and_then(|root| root.get("version")?.text()).unwrap_or_default();
        let Some(root) = root.as_ref().filter(|_| version.parse().is_ok_and(|number| VERSIONS.contains(&number)))
        else {
            return Err(Unread::Version(version.to_owned()));
        };
        let (mut depends, mut of_pypi) = (BTreeMap::new(), BTreeMap::new());
        for entry in list(root, "packages") {
            let said = |key: &str| entry.get(key).and_then(Node::text).map(str::to_owned);
            // Version 5 and before say the kind apart from the address.
            let address = said("conda").or_else(|| said("pypi")).or_else(|| said("url"));
            let Some(address) = address else { continue };
            if let Some(name) = said("name").filter(|_| is_pypi(entry)) {
                of_pypi.insert(address, (name, said("version")));
                continue;
            }
            let needs = list(entry, "depends").iter().filter_map(|spec| Some(name_of(spec.text()?)));
            depends.insert(address, needs.collect());
        }
        let environments = root.get("environments").and_then(Node::map).unwrap_or_default();
        let environments = environments.iter().filter_map(|(name, value)| {
            let channels = list(value, "channels").iter();
            let channels = channels.filter_map(|channel| channel.get("url").unwrap_or(channel).text());
            let platforms = value.get("packages").and_then(Node::map).unwrap_or_default().iter();
            let platforms = platforms.filter_map(|(platform, packages)| {
                let packages = packages.list().unwrap_or_default().iter();
                Some((platform.text()?.to_owned(), packages.map(|entry| package(entry, &of_pypi)).collect()))
            });
            Some(Environment {
                name: name.text()?.to_owned(),
                channels: channels.map(str::to_owned).collect(),
                platforms: platforms.collect(),
            })
        });
        Ok(Self { environments: environments.collect(), depends })
    }

    pub fn environment(&self, name: &str) -> Option<&Environment> {
        self.environments.iter().find(|environment| environment.name == name)
    }

    /// What the conda package at this address needs, by name.
    pub fn needs(&self, address: &str) -> &[String] {
        self.depends.get(address).map(Vec::as_slice).unwrap_or_default()
    }
}

impl Environment {
    /// The packages for a platform, if it is locked.
    pub fn on(&self, platform: &str) -> Option<&[Package]> {
        self.platforms.iter().find(|(known, _)| known == platform).map(|(_, packages)| packages.as_slice())
    }
}

fn list<'a>(node: &'a Node, key: &str) -> &'a [Node] {
    node.get(key).and_then(Node::list).unwrap_or_default()
}

fn is_pypi(entry: &Node) -> bool {
    entry.get("pypi").is_some() || entry.get("kind").and_then(Node::text) == Some("pypi")
}

/// `- conda: ADDRESS` or `- pypi: ADDRESS`.
fn package(entry: &Node, of_pypi: &BTreeMap<String, (String, Option<String>)>) -> Package {
    let address = |kind: &str| entry.get(kind).and_then(Node::text);
    if let Some(address) = address("conda") {
        let is_archive = address.ends_with(".conda") || address.ends_with(".tar.bz2");
        let file = PackageFile::of_archive(address).filter(|_| is_archive);
        return file.map_or(Package::Other, |file| Package::Conda(address.to_owned(), file));
    }
    let Some(address) = address("pypi") else { return Package::Other };
    if let Some((name, version)) = of_pypi.get(address) {
        return Package::Pypi(normalized(name), version.clone());
    }
    let file = address.rsplit('/').next().and_then(|file| file.strip_suffix(".whl"));
    let mut parts = file.unwrap_or_default().split('-');
    match (parts.next(), parts.next()) {
        (Some(name), Some(version)) => Package::Pypi(normalized(name), Some(version.to_owned())),
        _ => Package::Other,
    }
}

/// `python` of `python >=3.12,<3.13.0a0`, without a channel before it.
fn name_of(spec: &str) -> String {
    let spec = spec.rsplit_once("::").map_or(spec, |(_, spec)| spec).trim_start();
    let end = spec.find(|c: char| c.is_whitespace() || "<>=!~[".contains(c)).unwrap_or(spec.len());
    spec[..end].to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCK: &str = "version: 6
environments:
  default:
    channels:
    - url: https://conda.anaconda.org/conda-forge/
    packages:
      linux-64:
      - conda: https://h/linux-64/python-3.12.4-h1_0.conda
      - pypi: https://f/six-1.16.0-py2.py3-none-any.whl
      - pypi: ./local
      - conda: .
packages:
- conda: https://h/linux-64/python-3.12.4-h1_0.conda
  depends:
  - __glibc >=2.17
  - conda-forge::libffi >=3.4,<4
  - OpenSSL=3
- pypi: ./local
  name: My_Local
  version: 0.1.0
";

    #[test]
    fn packages_are_told_by_their_addresses() {
        let locked = Locked::parse(LOCK).unwrap();
        let default = locked.environment("default").unwrap();
        assert_eq!(default.channels, ["https://conda.anaconda.org/conda-forge/"]);
        let address = "https://h/linux-64/python-3.12.4-h1_0.conda";
        let python = Package::Conda(address.to_owned(), PackageFile::of("python-3.12.4-h1_0").unwrap());
        let pypi = |name: &str, version: &str| Package::Pypi(name.to_owned(), Some(version.to_owned()));
        let all = [python, pypi("six", "1.16.0"), pypi("my-local", "0.1.0"), Package::Other];
        assert_eq!(default.on("linux-64").unwrap(), all);
        assert_eq!(locked.needs(address), ["__glibc", "libffi", "openssl"]);
        assert!(default.on("osx-64").is_none() && locked.environment("test").is_none());
    }

    #[test]
    fn another_format_is_not_read() {
        assert!(matches!(Locked::parse("version: 9\n"), Err(Unread::Version(version)) if version == "9"));
        assert!(matches!(Locked::parse(""), Err(Unread::Version(version)) if version.is_empty()));
        assert!(matches!(Locked::parse("a: [\n"), Err(Unread::Yaml(_))));
    }
}
