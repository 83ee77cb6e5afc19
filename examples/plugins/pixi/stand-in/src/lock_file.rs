//! `pixi.lock`: what is solved for, written and compared. A solution keeps what is locked as long as that fits.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::PathBuf;

use pyve_formats::conda_package::PackageFile;
use pyve_formats::match_spec::MatchSpec;
use pyve_formats::yaml::{self, Node};

use crate::channel::{BUILD, CHANNEL, PACKAGES, Package};
use crate::program::{Failed, Result, is_set};
use crate::workspace::{Environment, Workspace};

/// How far a command goes with a lock file.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Usage {
    Update,
    Locked,
    Frozen,
    DryRun,
}

/// What pixi adds to an error of offline mode.
const OFFLINE: &str = "pixi is running in offline mode and only uses locally cached data.\nRetry with network access: remove \
                       the `--offline` flag, unset the `PIXI_OFFLINE` environment variable, or disable the `offline` option \
                       in your pixi configuration.";

#[derive(Default)]
pub struct LockFile {
    path: PathBuf,
    pub text: String,
    /// By environment and platform.
    locked: BTreeMap<(String, String), Vec<PackageFile>>,
}

impl LockFile {
    /// The file as it is; an empty one where there is none.
    pub fn load(workspace: &Workspace) -> Result<Self> {
        let path = workspace.root.join("pixi.lock");
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        let refused = || Failed::new(format!("Failed to load lock file from `{}`", path.display()));
        let root = yaml::parse(&text).map_err(|_| refused())?.root;
        if !text.is_empty() && root.as_ref().and_then(|root| root.get("version")).is_none() {
            return Err(refused());
        }
        let environments = root.as_ref().and_then(|root| root.get("environments")?.map()).unwrap_or_default();
        let mut locked = BTreeMap::new();
        for (name, environment) in environments {
            for (platform, packages) in environment.get("packages").and_then(Node::map).unwrap_or_default() {
                let packages = packages.list().unwrap_or_default().iter();
                let files = packages.filter_map(|package| PackageFile::of_archive(package.get("conda")?.text()?));
                let text = |node: &Node| node.text().unwrap_or_default().to_owned();
                locked.insert((text(name), text(platform)), files.collect());
            }
        }
        Ok(Self { path, text, locked })
    }

    /// The file as the usage demands it, written where that is allowed.
    pub fn updated(workspace: &Workspace, usage: Usage) -> Result<Self> {
        let lock = Self::load(workspace)?;
        if usage == Usage::Frozen {
            return Ok(lock);
        }
        let new = lock.solved(workspace, &|_| false);
        // A file that says what is asked for needs no network.
        let stale = !matches!(&new, Ok(new) if new.text == lock.text);
        if stale && usage == Usage::Locked {
            return Err(Failed::new("lock file not up-to-date with the workspace"));
        }
        if stale && is_set("PIXI_OFFLINE") {
            let message = format!("no usable repodata cache for {CHANNEL}");
            return Err(Failed::Error(message, Some(OFFLINE.to_owned())));
        }
        let new = new?;
        if usage == Usage::Update && stale {
            new.write()?;
        }
        Ok(new)
    }

    /// With the newest versions of these packages, or of all; and what moved.
    pub fn moved(workspace: &Workspace, packages: &[String]) -> Result<(String, Self)> {
        let lock = Self::load(workspace)?;
        let names: BTreeSet<&str> = lock.locked.values().flatten().map(|file| file.name.as_str()).collect();
        if let Some(unknown) = packages.iter().find(|name| !names.contains(name.as_str())) {
            return Err(Failed::new(format!("could not find a package named '{unknown}'")));
        }
        let new = lock.solved(workspace, &|name| packages.is_empty() || packages.iter().any(|known| known == name))?;
        let mut diff = BTreeSet::new();
        for (place, files) in &new.locked {
            let before = lock.locked.get(place);
            for file in files {
                let then = before.and_then(|before| before.iter().find(|it| it.name == file.name));
                if let Some(then) = then.filter(|then| then.version != file.version) {
                    diff.insert(format!("  ~ conda {}  {} -> {}", file.name, then.version, file.version));
                }
            }
        }
        Ok((diff.into_iter().collect::<Vec<_>>().join("\n"), new))
    }

    pub fn write(&self) -> Result<()> {
        std::fs::write(&self.path, &self.text)
            .map_err(|error| Failed::new(format!("failed to write lock file: {error}")))
    }

    /// The packages of an environment on a platform; `None` where it is not locked.
    pub fn packages(&self, environment: &Environment, platform: &str) -> Option<&[PackageFile]> {
        self.locked.get(&(environment.name.clone(), platform.to_owned())).map(Vec::as_slice)
    }

    fn solved(&self, workspace: &Workspace, moves: &dyn Fn(&str) -> bool) -> Result<Self> {
        let mut text = String::from("version: 7\nplatforms:\n");
        workspace.platforms.iter().for_each(|platform| text.push_str(&format!("- name: {platform}\n")));
        text.push_str("environments:\n");
        let (mut locked, mut all) = (BTreeMap::new(), BTreeMap::new());
        for environment in &workspace.environments {
            let _ = write!(text, "  {}:\n    channels:\n    - url: {CHANNEL}\n    packages:\n", environment.name);
            for (platform, wanted) in &environment.dependencies {
                let before = self.packages(environment, platform).unwrap_or_default();
                let chosen = solve(wanted, &|package: &Package| {
                    !moves(package.name)
                        && before.iter().any(|it| it.name == package.name && it.version == package.version)
                });
                let chosen = chosen.map_err(|why| {
                    let name = &environment.name;
                    let what =
                        format!("failed to solve requirements of environment '{name}' for platform '{platform}'");
                    Failed::new(format!("{what}\n  ├─▶   × failed to solve the environment\n  ╰─▶ {why}"))
                })?;
                let _ = writeln!(text, "      {platform}:{}", if chosen.is_empty() { " []" } else { "" });
                for package in &chosen {
                    let _ = writeln!(text, "      - conda: {}", package.address(platform));
                    all.insert(package.address(platform), *package);
                }
                let files = chosen.iter().filter_map(|package| PackageFile::of(&package.stem()));
                locked.insert((environment.name.clone(), platform.clone()), files.collect());
            }
        }
        text.push_str(if all.is_empty() { "packages: []\n" } else { "packages:\n" });
        for (address, package) in all {
            let _ = writeln!(text, "- conda: {address}");
            let depends = package.depends.iter().map(|spec| format!("  - {spec}\n"));
            let depends: String = depends.collect();
            text.push_str(&if depends.is_empty() { depends } else { format!("  depends:\n{depends}") });
        }
        Ok(Self { path: self.path.clone(), text, locked })
    }
}

/// One version of each name that is needed, by name; a preferred one if there is, else the newest.
fn solve(
    wanted: &[(String, String)],
    prefers: &dyn Fn(&Package) -> bool,
) -> std::result::Result<Vec<&'static Package>, String> {
    let mut specs: Vec<(String, MatchSpec)> = Vec::new();
    let add = |specs: &mut Vec<(String, MatchSpec)>, text: String| match MatchSpec::parse(text.trim_end_matches(" *")) {
        Ok(spec) if !spec.name.starts_with("__") => specs.push((text, spec)),
        _ => {}
    };
    wanted.iter().for_each(|(name, spec)| add(&mut specs, format!("{name} {spec}")));
    let mut chosen: Vec<&'static Package> = Vec::new();
    let mut next = 0;
    while let Some(name) = specs.get(next).map(|(_, spec)| spec.name.clone()) {
        next += 1;
        let asked: Vec<&(String, MatchSpec)> = specs.iter().filter(|(_, spec)| spec.name == name).collect();
        let fits = |package: &&Package| {
            let accepts = |(_, spec): &&(String, MatchSpec)| spec.accepts(package.version, BUILD) == Some(true);
            package.name == name && asked.iter().all(accepts)
        };
        let candidates = || PACKAGES.iter().filter(fits);
        let Some(package) = candidates().find(|package| prefers(package)).or_else(|| candidates().next_back()) else {
            let asked: Vec<&str> = asked.iter().map(|(text, _)| text.as_str()).collect();
            return Err(format!(
                "Cannot solve the request because of: No candidates were found for {}.",
                asked.join(", ")
            ));
        };
        chosen.retain(|known| known.name != name);
        if !chosen.contains(&package) {
            chosen.push(package);
            let known: Vec<String> = specs.iter().map(|(text, _)| text.clone()).collect();
            package.depends.iter().filter(|spec| !known.contains(&(**spec).to_owned())).for_each(|spec| {
                add(&mut specs, (*spec).to_owned());
            });
        }
    }
    chosen.sort_by_key(|package| package.name);
    Ok(chosen)
}
