//! What is taken for granted of a machine that packages are locked for: `__glibc 2.28`, as conda-lock does.

use std::collections::BTreeMap;

use super::json::Json;
use crate::yaml::Node;

/// The files of a project that replace [`VirtualPackages::defaults`], the first that is there.
pub const FILES: [&str; 2] = ["virtual-packages.yml", "virtual-packages.yaml"];

/// The variables by which a solver is told of a machine that it does not run on, one for each of the packages.
const OVERRIDES: [&str; 6] = ["archspec", "cuda", "glibc", "linux", "osx", "win"];

/// In milliseconds since 1970: the age that all of them have.
const TIMESTAMP: u64 = 1_577_854_800_000;

/// conda-lock writes an index for each of these, with or without packages in it.
const INDEXED: [&str; 7] = ["noarch", "linux-aarch64", "linux-ppc64le", "linux-64", "osx-64", "osx-arm64", "win-64"];

/// A package that says something of a machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VirtualPackage {
    /// `__glibc`.
    pub name: String,
    /// `2.28`.
    pub version: String,
    /// `x86_64`, of `__archspec`; empty for most.
    pub build: String,
}

/// Those of all platforms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VirtualPackages {
    platforms: BTreeMap<String, Vec<VirtualPackage>>,
}

impl VirtualPackages {
    /// Those of conda-lock's `default-virtual-packages.yaml`.
    pub fn defaults() -> Self {
        let linux = |machine| {
            [("__unix", "0"), ("__linux", "5.10"), ("__archspec", machine), ("__glibc", "2.28"), ("__cuda", "11.4")]
        };
        let mac = |machine| [("__unix", "0"), ("__archspec", machine), ("__osx", "11.0")];
        let mut all: BTreeMap<String, Vec<VirtualPackage>> = BTreeMap::new();
        let mut add = |platform: &str, packages: &[(&str, &str)]| {
            let packages = packages.iter().map(|(name, value)| VirtualPackage::of(name, value));
            all.entry(platform.to_owned()).or_default().extend(packages);
        };
        add("linux-64", &linux("1 x86_64"));
        add("linux-aarch64", &linux("1 aarch64"));
        add("linux-ppc64le", &linux("1 ppc64le"));
        add("osx-64", &mac("1 x86_64"));
        // No solver takes it, but it is part of what is hashed.
        add("osx-64", &[("__osx", "10.15")]);
        add("osx-arm64", &mac("1 arm64"));
        add("win-64", &[("__win", "0"), ("__archspec", "1 x86_64"), ("__cuda", "11.4")]);
        Self { platforms: all }
    }

    /// Reads a `virtual-packages.yml`; what is wrong with it, and in which line.
    ///
    /// # Errors
    ///
    /// A line from 1, and half a sentence.
    pub fn read(root: &Node) -> Result<Self, (usize, String)> {
        let fault = |node: &Node, what: &str| Err((node.position.line, what.to_owned()));
        let Some(subdirs) = root.get("subdirs").and_then(Node::map) else {
            return fault(root, "it has no mapping `subdirs` of platforms");
        };
        let mut platforms = BTreeMap::new();
        for (platform, content) in subdirs {
            let (Some(name), Some(packages)) = (platform.text(), content.get("packages").and_then(Node::map)) else {
                return fault(platform, "a platform needs a mapping `packages`");
            };
            let mut found = Vec::new();
            for (package, version) in packages {
                match (package.text().filter(|name| name.starts_with("__")), version.text()) {
                    (Some(name), Some(version)) => found.push(VirtualPackage::of(name, version)),
                    _ => return fault(package, "a virtual package is written as `__NAME: \"VERSION\"`"),
                }
            }
            platforms.insert(name.to_owned(), found);
        }
        Ok(Self { platforms })
    }

    /// Those of a platform.
    pub fn of(&self, platform: &str) -> &[VirtualPackage] {
        self.platforms.get(platform).map_or(&[], Vec::as_slice)
    }

    /// The variables, sorted, by which conda's solvers take them for those of the machine. A variable is empty where
    /// the platform has no such package.
    pub fn overrides(&self, platform: &str) -> BTreeMap<String, String> {
        let variable = |name: &str| format!("CONDA_OVERRIDE_{}", name.to_uppercase());
        let mut all: BTreeMap<String, String> =
            crate::sorted::map(OVERRIDES.iter().map(|name| (variable(name), String::new())));
        for package in self.of(platform).iter().rev() {
            let value = if package.name == "__archspec" { &package.build } else { &package.version };
            all.insert(variable(package.name.trim_start_matches('_')), value.clone());
        }
        all
    }

    /// The part of a lock's hash that they are.
    pub(super) fn to_json(&self, platform: &str) -> Json {
        let index = |subdir: &str| {
            if !INDEXED.contains(&subdir) && !self.platforms.contains_key(subdir) {
                return Json::map([]);
            }
            let packages = self.of(subdir).iter().map(|package| package.to_json(subdir)).collect();
            Json::map([("info", Json::map([("subdir", Json::text(subdir))])), ("packages", Json::Map(packages))])
        };
        Json::map([("noarch", index("noarch")), (platform, index(platform))])
    }
}

impl VirtualPackage {
    fn of(name: &str, value: &str) -> Self {
        let (version, build) = value.split_once(' ').unwrap_or((value, ""));
        Self { name: name.to_owned(), version: version.to_owned(), build: build.to_owned() }
    }

    fn to_json(&self, subdir: &str) -> (String, Json) {
        let Self { name, version, build: text } = self;
        let build = if text.is_empty() { "0".to_owned() } else { format!("{text}_0") };
        let file = format!("{name}-{version}-{build}.tar.bz2");
        let entry = Json::map([
            ("name", Json::text(name)),
            ("version", Json::text(version)),
            ("build_string", Json::text(text)),
            ("build_number", Json::Number(0)),
            ("noarch", Json::text("")),
            ("depends", Json::List(Vec::new())),
            ("timestamp", Json::Number(TIMESTAMP)),
            ("package_type", Json::text("virtual_system")),
            ("build", Json::text(&build)),
            ("subdir", Json::text(subdir)),
        ]);
        (file, entry)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml;

    #[test]
    fn a_solver_is_told_of_the_machine() {
        let told = |packages: &VirtualPackages, platform: &str| {
            let all = packages.overrides(platform).into_iter();
            all.map(|(name, value)| format!("{}={value}", &name[15..])).collect::<Vec<_>>().join(" ")
        };
        let defaults = VirtualPackages::defaults();
        assert_eq!(told(&defaults, "linux-64"), "ARCHSPEC=x86_64 CUDA=11.4 GLIBC=2.28 LINUX=5.10 OSX= UNIX=0 WIN=");
        assert_eq!(told(&defaults, "osx-64"), "ARCHSPEC=x86_64 CUDA= GLIBC= LINUX= OSX=11.0 UNIX=0 WIN=");
        let text = "subdirs:\n  linux-64:\n    packages:\n      __glibc: \"2.17\"\n";
        let own = VirtualPackages::read(&yaml::parse(text).unwrap().root.unwrap()).unwrap();
        assert_eq!(told(&own, "linux-64"), "ARCHSPEC= CUDA= GLIBC=2.17 LINUX= OSX= WIN=");
    }

    #[test]
    fn mistakes_have_a_line() {
        let refused = |text: &str| VirtualPackages::read(&yaml::parse(text).unwrap().root.unwrap()).unwrap_err();
        assert_eq!(refused("a: 1\n"), (1, "it has no mapping `subdirs` of platforms".to_owned()));
        assert_eq!(refused("subdirs:\n  linux-64: 1\n"), (2, "a platform needs a mapping `packages`".to_owned()));
        let what = "a virtual package is written as `__NAME: \"VERSION\"`".to_owned();
        assert_eq!(refused("subdirs:\n  linux-64:\n    packages: {glibc: 1}\n"), (3, what));
    }
}
