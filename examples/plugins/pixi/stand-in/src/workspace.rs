//! The workspace: its manifest, its environments, and where they are.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use pyve_formats::conda_platform;
use pyve_formats::match_spec::MatchSpec;
use pyve_formats::toml_file::{Item, TomlFile};

use crate::program::{Failed, Result, VERSION};

pub struct Workspace {
    pub root: PathBuf,
    pub manifest: PathBuf,
    pub name: String,
    pub version: Option<String>,
    pub platforms: Vec<String>,
    pub environments: Vec<Environment>,
}

pub struct Environment {
    pub name: String,
    pub features: Vec<String>,
    /// By platform: names and what is asked of their versions.
    pub dependencies: BTreeMap<String, Vec<(String, String)>>,
    /// What the manifest has sourced on this machine, absolute.
    pub scripts: Vec<PathBuf>,
    /// What it sets on this machine, in order.
    pub env: Vec<(String, String)>,
}

/// A table of the manifest: the whole of it, or a feature.
type Table<'a> = Box<dyn Fn(&str) -> Option<&'a Item> + 'a>;

impl Workspace {
    /// By the manifest that is named, else that of the current directory.
    pub fn locate(manifest: Option<&Path>) -> Result<Self> {
        let here = std::env::current_dir().map_err(|error| Failed::new(error.to_string()))?;
        let file = match manifest {
            Some(file) if file.is_file() => file.to_owned(),
            Some(file) => return Err(Failed::new(format!("could not find '{}'", file.display()))),
            None => ["pixi.toml", "pyproject.toml", "mojoproject.toml"]
                .into_iter()
                .map(|file| here.join(file))
                .find(|file| file.is_file())
                .ok_or_else(|| {
                    let place = here.display();
                    Failed::new(format!(
                        "could not find pixi.toml or pyproject.toml with tool.pixi at directory {place}"
                    ))
                })?,
        };
        let read = TomlFile::read(&file).map_err(|error| Failed::new(error.to_string()))?.unwrap_or_default();
        Self::of(&read, file)
    }

    fn of(toml: &TomlFile, manifest: PathBuf) -> Result<Self> {
        let root = manifest.parent().unwrap_or(Path::new("/")).to_owned();
        let prefix = if manifest.ends_with("pyproject.toml") { "tool.pixi." } else { "" };
        let item = move |key: &str| toml.item(&format!("{prefix}{key}"));
        let text = |key: &str| item(&format!("workspace.{key}")).and_then(Item::as_text).map(str::to_owned);
        if let Some(required) = text("requires-pixi") {
            let fits = MatchSpec::parse(&format!("pixi {required}")).ok().and_then(|spec| spec.accepts(VERSION, ""));
            if fits == Some(false) {
                let message = format!("this project requires pixi '{required}', but you have pixi {VERSION}");
                let help = format!(
                    "install a version of pixi that satisfies '{required}' with `pixi self-update --version <version>`"
                );
                return Err(Failed::Error(message, Some(help)));
            }
        }
        let folder = root.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let platforms = texts(item("workspace.platforms"));
        let mut named: Vec<(String, Option<&Item>)> = vec![("default".to_owned(), None)];
        for (name, value) in toml.entries(&format!("{prefix}environments")).unwrap_or_default() {
            named.retain(|(known, _)| *known != name.text);
            named.push((name.text.clone(), Some(value)));
        }
        let environments = named.into_iter().map(|(name, value)| {
            let features = texts(value.and_then(|value| value.get("features")).or(value));
            let mut tables: Vec<Table<'_>> = Vec::new();
            for feature in &features {
                let feature = item(&format!("feature.{feature}"));
                tables.push(Box::new(move |key| feature?.get(key)));
            }
            if value.and_then(|value| value.get("no-default-feature")?.as_bool()) != Some(true) {
                tables.push(Box::new(item));
            }
            environment(name, features, &tables, &platforms, &root)
        });
        let environments = environments.collect();
        Ok(Self {
            name: text("name").unwrap_or(folder),
            version: text("version"),
            root,
            manifest,
            platforms,
            environments,
        })
    }

    /// The one of this name; else that of the variables, where they are this workspace's; else the default one.
    pub fn environment(&self, name: Option<&str>) -> Result<&Environment> {
        let variable = |name: &str| std::env::var(name).ok();
        let foreign = variable("PIXI_PROJECT_ROOT").is_some_and(|root| Path::new(&root) != self.root);
        let inherited = variable("PIXI_ENVIRONMENT_NAME").filter(|_| !foreign && variable("PIXI_IN_SHELL").is_some());
        let name = name.map(str::to_owned).or(inherited).unwrap_or_else(|| "default".to_owned());
        if name.is_empty() || !name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-') {
            return Err(Failed::new(format!(
                "Failed to parse environment name '{name}', please use only lowercase letters, numbers and dashes"
            )));
        }
        let found = self.environments.iter().find(|environment| environment.name == name);
        found.ok_or_else(|| Failed::new(format!("unknown environment '{name}'")))
    }

    /// `NAME-HASH` below what the settings say, where environments are detached. The hash is a number of 64 bits, as pixi's.
    pub fn detached(&self) -> Option<PathBuf> {
        let home = std::env::var_os("HOME").map(PathBuf::from);
        let own = std::env::var_os("PIXI_HOME").map(PathBuf::from).or_else(|| Some(home.as_ref()?.join(".pixi")));
        let of_user = [home.as_ref().map(|home| home.join(".config/pixi")), own];
        // The later one wins.
        let folders = of_user.into_iter().flatten().chain([self.root.join(".pixi")]);
        let mut detached = None;
        for file in folders.map(|folder| folder.join("config.toml")) {
            let said = TomlFile::read(&file).ok().flatten();
            let Some(said) = said.as_ref().and_then(|file| file.item("detached-environments")) else { continue };
            detached = match (said.as_text(), said.as_bool()) {
                (Some(path), _) => Some(PathBuf::from(path)),
                (None, Some(true)) => {
                    let cache = std::env::var_os("PIXI_CACHE_DIR").map(PathBuf::from);
                    cache.or_else(|| Some(home.as_ref()?.join(".cache/rattler/cache"))).map(|cache| cache.join("envs"))
                }
                _ => None,
            };
        }
        let mut hasher = DefaultHasher::new();
        self.root.hash(&mut hasher);
        detached.map(|folder| folder.join(format!("{}-{}", self.name, hasher.finish())))
    }

    /// Where an environment is. Where it is detached, a link in the project leads there.
    pub fn prefix(&self, environment: &Environment) -> PathBuf {
        let own = self.root.join(".pixi/envs");
        let Some(detached) = self.detached().map(|folder| folder.join("envs")) else {
            return own.join(&environment.name);
        };
        let has_own = self.environments.iter().any(|environment| own.join(&environment.name).exists());
        if own.is_symlink() || !has_own {
            link(&detached, &own);
        }
        detached.join(&environment.name)
    }

    /// What pixi writes before it looks at a lock file, `shell-hook` and `install` alike.
    pub fn prepare(&self) -> Result<()> {
        let folder = self.detached().unwrap_or_else(|| self.root.join(".pixi"));
        let write = |file: &str, text: &str| match folder.join(file) {
            path if path.exists() => Ok(()),
            path => std::fs::write(path, text),
        };
        std::fs::create_dir_all(&folder)
            .and_then(|()| write(".gitignore", "*\n!config.toml\n"))
            .and_then(|()| write(".condapackageignore", ".pixi\n!.pixi/config.toml\n"))
            .map_err(|error| Failed::new(format!("Failed to create .pixi/ directory at {}: {error}", folder.display())))
    }
}

fn environment(
    name: String,
    features: Vec<String>,
    tables: &[Table<'_>],
    platforms: &[String],
    root: &Path,
) -> Environment {
    let mut platforms = platforms.to_vec();
    for own in tables.iter().filter_map(|table| table("platforms")) {
        let own = texts(Some(own));
        platforms.retain(|platform| own.contains(platform));
    }
    let of = |platform: &str| {
        let lines = tables.iter().flat_map(|table| for_platform(table, "dependencies", platform)).flat_map(pairs);
        (platform.to_owned(), lines.collect())
    };
    let here = conda_platform::current();
    let activation: Vec<&Item> = tables.iter().flat_map(|table| for_platform(table, "activation", &here)).collect();
    let scripts = activation.iter().flat_map(|table| texts(table.get("scripts"))).map(|script| root.join(script));
    let mut env: Vec<(String, String)> = Vec::new();
    for (key, value) in activation.iter().filter_map(|table| table.get("env")).flat_map(pairs) {
        // What a feature said first holds.
        if env.iter().all(|(known, _)| *known != key) {
            env.push((key, value));
        }
    }
    let dependencies = platforms.iter().map(|platform| of(platform)).collect();
    Environment { name, features, dependencies, scripts: scripts.collect(), env }
}

/// The table of this name, and those of targets that mean the platform.
fn for_platform<'a>(table: &Table<'a>, name: &str, platform: &str) -> Vec<&'a Item> {
    let targets = table("target").and_then(|targets| targets.entries("").ok()).unwrap_or_default();
    let meant = targets.iter().filter(|(key, _)| conda_platform::selected(&key.text, platform) == Some(true));
    table(name).into_iter().chain(meant.filter_map(|(_, target)| target.get(name))).collect()
}

fn pairs(item: &Item) -> Vec<(String, String)> {
    let entries = item.entries("").unwrap_or_default();
    let value = |value: &Item| value.as_text().or_else(|| value.get("version")?.as_text()).unwrap_or("*").to_owned();
    entries.iter().map(|(key, item)| (key.text.clone(), value(item))).collect()
}

fn texts(item: Option<&Item>) -> Vec<String> {
    let items = item.and_then(Item::as_list).unwrap_or_default();
    items.iter().filter_map(Item::as_text).map(str::to_owned).collect()
}

#[cfg(unix)]
fn link(target: &Path, link: &Path) {
    if std::fs::read_link(link).is_ok_and(|known| known == target) {
        return;
    }
    let _ = std::fs::remove_file(link);
    let made = link.parent().map(std::fs::create_dir_all);
    if made.is_some_and(|made| made.is_ok()) {
        let _ = std::os::unix::fs::symlink(target, link);
    }
}

#[cfg(not(unix))]
fn link(_: &Path, _: &Path) {}
