//! Channels of packages that never were, and what must hold of any choice among them.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use pyve_standin_micromamba::channel::{Channel, Package};

const PLATFORMS: [&str; 4] = ["linux-64", "osx-64", "osx-arm64", "win-64"];
const NEWEST: u32 = 4;

/// Packages with versions, each with what it depends on.
pub struct Universe {
    _folder: tempfile::TempDir,
    channel: Channel,
    /// By name and version: `lib >=2`.
    packages: BTreeMap<(String, u32), Vec<String>>,
    roots: Vec<String>,
}

/// A choice: a version by name.
pub type Set = BTreeMap<String, u32>;

impl Universe {
    /// For every platform.
    pub fn of(packages: &[(&str, &str, &[&str])]) -> Self {
        let listed: Vec<(String, String, Vec<String>)> = packages
            .iter()
            .map(|(name, version, depends)| {
                let depends = depends.iter().map(|text| (*text).to_owned()).collect();
                ((*name).to_owned(), (*version).to_owned(), depends)
            })
            .collect();
        Self::listed(&listed, Vec::new())
    }

    fn listed(packages: &[(String, String, Vec<String>)], roots: Vec<String>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let package = |(name, version, depends): &(String, String, Vec<String>)| {
            let package = Package::new(name, version);
            (depends.iter().fold(package, |package, spec| package.depends(spec)), &PLATFORMS[..])
        };
        let listed: Vec<(Package, &[&str])> = packages.iter().map(package).collect();
        let channel = Channel::list(folder.path(), &listed).unwrap();
        let numbered = packages
            .iter()
            .filter_map(|(name, version, depends)| Some(((name.clone(), version.parse().ok()?), depends.clone())));
        Self { packages: numbered.collect(), _folder: folder, channel, roots }
    }

    /// Ten packages in layers, of four versions each; a version needs about its own of what lies below.
    pub fn generated(seed: u64) -> Self {
        let mut random = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        let mut below = |bound: u32| {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            u32::try_from(random % u64::from(bound)).unwrap()
        };
        let layers = [3_u32, 3, 4];
        let name = |layer: usize, index: u32| format!("p{layer}{}", char::from(b'a' + u8::try_from(index).unwrap()));
        let mut packages = Vec::new();
        for (layer, count) in layers.iter().enumerate() {
            for index in 0..*count {
                for version in 1..=NEWEST {
                    let mut depends = Vec::new();
                    for other in 0..layers.get(layer + 1).copied().unwrap_or_default() {
                        let target = name(layer + 1, other);
                        depends.extend(match below(6) {
                            0 => Some(format!("{target} >={version}")),
                            1 => Some(format!("{target} <={}", version + below(2))),
                            2 => Some(target),
                            3 => Some(format!("{target} >={},<={}", version.saturating_sub(1).max(1), version + 1)),
                            _ => None,
                        });
                    }
                    packages.push((name(layer, index), version.to_string(), depends));
                }
            }
        }
        let roots = (0..layers[0]).map(|index| name(0, index)).collect();
        Self::listed(&packages, roots)
    }

    pub fn url(&self) -> String {
        self.channel.url()
    }

    pub fn roots(&self) -> Vec<String> {
        self.roots.clone()
    }

    pub fn root(&self, index: usize) -> String {
        self.roots[index].clone()
    }

    /// What was asked for when it was locked first: nothing above the first version.
    pub fn old_specs(&self) -> Vec<String> {
        self.roots.iter().map(|name| format!("'{name}<=1'")).collect()
    }

    /// The same, one of them freed since.
    pub fn old_specs_but(&self, index: usize) -> Vec<String> {
        let mut specs = self.old_specs();
        specs[index] = self.root(index);
        specs
    }

    /// `a 1, b 2` as a choice.
    pub fn set(&self, told: &str) -> Set {
        let pair = |text: &str| {
            let (name, version) = text.split_once(' ').unwrap();
            (name.to_owned(), version.parse().unwrap())
        };
        told.split(", ").filter(|text| !text.is_empty()).map(pair).collect()
    }

    /// The root to update: one with something newer.
    pub fn updated(&self, before: &Set) -> String {
        self.roots.iter().find(|name| before[*name] < NEWEST).unwrap_or(&self.roots[0]).clone()
    }

    fn depends(&self, name: &str, version: u32) -> &[String] {
        &self.packages[&(name.to_owned(), version)]
    }

    /// What of a choice does not go together.
    fn faults(&self, set: &Set) -> Vec<String> {
        let mut faults = Vec::new();
        for (name, version) in set {
            for text in self.depends(name, *version) {
                let (target, range) = text.split_once(' ').unwrap_or((text, ""));
                let fits = set.get(target).is_some_and(|version| accepts(range, *version));
                if !fits {
                    faults.push(format!("{name} {version} requires {text}"));
                }
            }
        }
        faults
    }

    pub fn assert_consistent(&self, set: &Set, roots: &[String]) {
        assert_eq!(self.faults(set), Vec::<String>::new(), "{set:?}");
        roots.iter().for_each(|root| assert!(set.contains_key(root), "{root} in {set:?}"));
    }

    /// No version newer than the chosen one goes with any choice of the others.
    pub fn assert_newest(&self, name: &str, set: &Set, roots: &[String]) {
        for version in set[name] + 1..=NEWEST {
            let mut chosen = Set::from([(name.to_owned(), version)]);
            assert!(!self.can_complete(&mut chosen, roots), "{name} {version} is possible: {chosen:?}");
        }
    }

    /// Whether versions can be found for all that is required.
    fn can_complete(&self, chosen: &mut Set, roots: &[String]) -> bool {
        let required = chosen.iter().flat_map(|(name, version)| self.depends(name, *version));
        let targets = required.map(|text| text.split(' ').next().unwrap().to_owned());
        let Some(next) = targets.chain(roots.iter().cloned()).find(|name| !chosen.contains_key(name)) else {
            return self.faults(chosen).is_empty();
        };
        (1..=NEWEST).any(|version| {
            chosen.insert(next.clone(), version);
            let breaks = chosen.iter().any(|(name, version)| {
                self.depends(name, *version).iter().any(|text| {
                    let (target, range) = text.split_once(' ').unwrap_or((text, ""));
                    chosen.get(target).is_some_and(|version| !accepts(range, *version))
                })
            });
            let found = !breaks && self.can_complete(chosen, roots);
            if !found {
                chosen.remove(&next);
            }
            found
        })
    }

    /// Every other package that moved could not have stayed beside the others.
    pub fn assert_only_forced(&self, name: &str, before: &Set, after: &Set) {
        for (other, version) in after.iter().filter(|(other, _)| *other != name) {
            let Some(old) = before.get(other).filter(|old| *old != version) else { continue };
            let mut back = after.clone();
            back.insert(other.clone(), *old);
            assert_ne!(self.faults(&back), Vec::<String>::new(), "{other} {old} -> {version}, {before:?} -> {after:?}");
        }
    }

    /// What both sides have stayed, unless it could not.
    pub fn assert_agreed(&self, ours: &Set, theirs: &Set, after: &Set) {
        for (name, version) in ours.iter().filter(|(name, version)| theirs.get(*name) == Some(*version)) {
            let Some(now) = after.get(name).filter(|now| *now != version) else { continue };
            let mut back = after.clone();
            back.insert(name.clone(), *version);
            assert_ne!(self.faults(&back), Vec::<String>::new(), "{name} {version} -> {now}");
        }
    }
}

/// `>=1,<=3`.
fn accepts(range: &str, version: u32) -> bool {
    range.split(',').filter(|part| !part.is_empty()).all(|part| {
        let number = |text: &str| text.parse::<u32>().unwrap();
        match (part.strip_prefix(">="), part.strip_prefix("<="), part.strip_prefix('<')) {
            (Some(least), ..) => version >= number(least),
            (_, Some(most), _) => version <= number(most),
            (.., Some(bound)) => version < number(bound),
            _ => panic!("{part}"),
        }
    })
}

/// What git makes of two sides and their base, in one of its styles.
pub fn merged(git: &Path, folder: &Path, [ours, base, theirs]: [&str; 3], seed: u64) -> String {
    let style = ["--diff3", "--zdiff3", ""][usize::try_from(seed % 3).unwrap()];
    for (name, text) in [("ours", ours), ("base", base), ("theirs", theirs)] {
        std::fs::write(folder.join(name), text).unwrap();
    }
    let mut command = Command::new(git);
    command
        .args(["merge-file", "-p"])
        .args(Some(style).filter(|style| !style.is_empty()))
        .args(["ours", "base", "theirs"]);
    let output = command.current_dir(folder).output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}
