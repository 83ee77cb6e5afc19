//! What is locked: the lock file, the environment files that it is made from, the platforms, the machine.

use std::cell::OnceCell;
use std::path::PathBuf;

use pyve_formats::conda_lock::{self, Asked, AskingFile, LockHead, VIRTUAL_PACKAGES_FILES, VirtualPackages, selector};
use pyve_formats::conda_platform;
use pyve_formats::conflict_markers;
use pyve_formats::environment_yml::EnvironmentFile;
use pyve_formats::match_spec::MatchSpec;
use pyve_plugin_api::{Error, Request, Result};

use crate::unusable::{Unusable, Why};
use crate::{candidates, environment, lock, python, relock, source, yaml};

/// The key of the setting that lists platforms.
pub const PLATFORMS: &str = "platforms";

/// The lock of an environment, and what it is made from.
pub struct Project<'a> {
    pub request: &'a Request,
    /// The lock file, relative to the project.
    pub file: String,
    /// What it says; `None` where there is none.
    pub text: Option<String>,
    /// What its head says, where there is one that can be read.
    pub head: Option<LockHead>,
    machine: VirtualPackages,
    python: Option<MatchSpec>,
    /// [`Project::declared`], once it was asked for.
    declared: OnceCell<Option<(Vec<String>, String)>>,
}

/// An environment file that was read.
pub struct SourceFile {
    /// Relative to the project.
    pub name: String,
    path: PathBuf,
    text: String,
}

/// What is asked for on a platform.
pub struct Wish {
    pub platform: String,
    /// As conda-lock reads it.
    pub asked: Asked,
    pub content_hash: String,
    /// What is given to the solver.
    pub specs: Vec<MatchSpec>,
    /// What pip is asked for.
    pub pip: Vec<String>,
    /// Where relative paths of those lines begin.
    pub pip_folder: PathBuf,
    /// What is asked for beside what conda-lock reads: a line each, as the file keeps them.
    pub beside: Vec<String>,
    /// The environment files, relative to the project.
    pub sources: Vec<String>,
    /// The categories by the names of the packages that are asked for in them.
    pub categories: Vec<(String, String)>,
}

impl<'a> Project<'a> {
    pub fn read(request: &'a Request) -> Result<Self> {
        let file = file_name(request);
        let text = match yaml::read(&request.in_project(&file), &file) {
            Ok(text) => Some(text),
            Err(Unusable { why: Why::Missing, .. }) => None,
            Err(unusable) => return Err(unusable.into()),
        };
        let head = text.as_ref().and_then(|text| LockHead::read(text).ok());
        Ok(Self {
            request,
            file,
            text,
            head,
            machine: machine(request)?,
            python: python::requested(request)?,
            declared: OnceCell::new(),
        })
    }

    /// The line of the first mark of a merge conflict in the lock.
    pub fn conflict(&self) -> Option<usize> {
        conflict_markers::first(self.text.as_ref()?)
    }

    /// A file that the lock is made from and only conda-lock reads.
    pub fn foreign_source(&self) -> Option<&str> {
        let is_foreign = |name: &&String| ["pyproject.toml", "meta.yaml"].iter().any(|other| name.ends_with(other));
        self.head.as_ref()?.sources.iter().find(is_foreign).map(String::as_str)
    }

    pub fn overrides(&self, platform: &str) -> impl Iterator<Item = (String, String)> {
        self.machine.overrides(platform).into_iter()
    }

    /// The files that the lock is made from for a platform: those that it names itself, where all of them are there.
    pub fn sources(&self, platform: &str) -> Result<Vec<SourceFile>> {
        let named = self.head.as_ref().map(|head| head.sources.as_slice()).unwrap_or_default();
        let is_there = |file: &String| relock::is_below(file) && self.request.in_project(file).is_file();
        let by_setting = self.request.text("env_file").filter(|file| !lock::is_lock_name(file));
        let by_name = candidates::specs_for(self.request, platform).into_iter().find(|file| is_there(file));
        let names = match (by_setting, by_name) {
            // More than one file only a lock itself can name.
            _ if named.len() > 1 && named.iter().all(is_there) => named.to_vec(),
            (Some(file), _) => vec![file.to_owned()],
            (None, Some(file)) => vec![file],
            (None, None) if self.text.is_some() => {
                let error = Error::new(format!(
                    "there is no environment.yml that {} could be compared with or made from",
                    self.file
                ));
                return Err(error.hint("write environment.yml, or restore it"));
            }
            (None, None) => return Err(source::nothing(self.request)),
        };
        names.into_iter().map(|name| self.source(name)).collect()
    }

    fn source(&self, name: String) -> Result<SourceFile> {
        let path = self.request.in_project(&name);
        let text = yaml::read(&path, &name)?;
        if let Some(line) = conflict_markers::first(&text) {
            return Err(Error::new(format!("{name}:{line}: merge conflict"))
                .hint(format!("resolve the conflict in {name}, then run: pyve lock")));
        }
        Ok(SourceFile { name, path, text })
    }

    /// What is asked for on a platform.
    pub fn wish(&self, platform: &str) -> Result<Wish> {
        let files = self.sources(platform)?;
        let asking: Vec<AskingFile> =
            files.iter().map(|file| AskingFile { path: &file.path, text: &file.text }).collect();
        let mut contents = Vec::new();
        for SourceFile { name, path, text } in &files {
            let text = selector::lines_for(text, platform);
            let root = yaml::parse(&text, name)?;
            let category = root.as_ref().and_then(|root| root.get("category")?.text()).unwrap_or(conda_lock::MAIN);
            let content = match &root {
                Some(root) => environment::content(root, &text, name, path, platform)?,
                None => EnvironmentFile::default(),
            };
            contents.push((content, category.to_owned()));
        }
        let names: Vec<String> = files.iter().map(|file| file.name.clone()).collect();
        let unread = |why: String| {
            Error::new(format!("{}: {why}", names.join(", "))).hint(format!("correct {}", names.join(", ")))
        };
        let asked = Asked::read(&asking, platform).map_err(unread)?.with_channels(&self.request.list("channels"));
        if let Some(channel) = asked.channels.iter().find(|channel| channel.has_secret) {
            // Nothing of its path either: a token may stand there.
            let place = channel.url.split("://").nth(1).unwrap_or_default().split('/').next().unwrap_or_default();
            let host = place.rsplit('@').next().unwrap_or_default();
            return Err(Error::new(format!("a channel at `{host}` is written with its password or token"))
                .detail(format!("{} would be committed with it", self.file))
                .hint("put the secret into a variable, and write `$NAME` in its place"));
        }
        let pip_folder = files.first().and_then(|file| file.path.parent().map(PathBuf::from)).unwrap_or_default();
        let categories = contents.iter().flat_map(|(content, category)| {
            let names = content.packages.iter().map(|package| package.name.clone());
            let of_pip = content.own_requirements().filter_map(|entry| entry.requirement()).map(|it| it.name);
            names.chain(of_pip).map(|name| (name, category.clone())).collect::<Vec<_>>()
        });
        let categories = categories.collect();
        let (mut specs, mut pip) = (Vec::new(), Vec::new());
        for (content, _) in contents {
            specs.extend(content.packages);
            pip.extend(content.pip);
        }
        let beside = self.beside(&asked, &specs);
        let brings_pip = !pip.is_empty() && specs.iter().all(|spec| spec.name != "pip");
        specs.extend(brings_pip.then(|| MatchSpec::parse("pip").ok()).flatten());
        specs.extend(self.python.clone());
        let content_hash = asked.content_hash(platform, &self.machine);
        let (platform, sources) = (platform.to_owned(), names);
        Ok(Wish { platform, asked, content_hash, specs, pip, pip_folder, beside, sources, categories })
    }

    /// What `sel(…)` chooses, and the Python of the settings: conda-lock sees neither.
    fn beside(&self, asked: &Asked, specs: &[MatchSpec]) -> Vec<String> {
        let is_read = |spec: &MatchSpec| asked.dependencies.iter().any(|it| it.name == spec.name);
        let chosen = specs.iter().filter(|spec| !is_read(spec)).map(|spec| format!("beside {}", spec.text));
        let mut lines: Vec<String> = chosen.collect();
        lines.extend(self.python.as_ref().map(|python| format!("beside {}", python.text)));
        lines.sort();
        lines
    }

    /// The platforms that the environment file or the settings list, and where; `None` where neither does.
    pub fn declared(&self) -> Result<Option<(Vec<String>, String)>> {
        if let Some(known) = self.declared.get() {
            return Ok(known.clone());
        }
        let found = self.find_declared()?;
        Ok(self.declared.get_or_init(|| found).clone())
    }

    fn find_declared(&self) -> Result<Option<(Vec<String>, String)>> {
        for file in self.sources(&conda_platform::current())? {
            let found =
                yaml::parse(&file.text, &file.name)?.map(|root| conda_lock::platforms(&root)).unwrap_or_default();
            if !found.is_empty() {
                return Ok(Some((checked(found, &file.name)?, file.name)));
            }
        }
        let listed: Vec<String> = self.request.list(PLATFORMS).into_iter().map(str::to_owned).collect();
        let origin = self.request.origin(PLATFORMS).unwrap_or(PLATFORMS).to_owned();
        if listed.is_empty() { Ok(None) } else { Ok(Some((checked(listed, &origin)?, origin))) }
    }

    /// The platforms that the lock is to have.
    pub fn platforms(&self) -> Result<Vec<String>> {
        if let Some((platforms, _)) = self.declared()? {
            return Ok(platforms);
        }
        let locked = self.head.as_ref().map(|head| head.platforms.clone()).unwrap_or_default();
        if locked.is_empty() { Ok(vec![conda_platform::current()]) } else { checked(locked, &self.file) }
    }
}

/// The names, if conda knows all of them.
pub fn checked(platforms: Vec<String>, origin: &str) -> Result<Vec<String>> {
    let is_known = |name: &String| relock::is_platform(name) && conda_platform::selected(name, "").is_some();
    match platforms.iter().find(|name| !is_known(name)) {
        None => Ok(platforms),
        Some(odd) => {
            let error = Error::new(format!("invalid platform `{odd}` ({origin})"));
            let error = if origin.starts_with('-') { error.usage() } else { error };
            Err(error.hint(format!("use one of: {}", conda_platform::KNOWN.join(", "))))
        }
    }
}

fn file_name(request: &Request) -> String {
    let named = request.text("env_file");
    match named {
        Some(file) if lock::is_lock_name(file) => file.to_owned(),
        Some(_) if request.is_named() => format!("{}.{}", request.environment, candidates::LOCK),
        Some(_) => candidates::LOCK.to_owned(),
        None => candidates::of(request).into_iter().find(|file| lock::is_lock_name(file)).unwrap_or_default(),
    }
}

fn machine(request: &Request) -> Result<VirtualPackages> {
    let Some(file) = VIRTUAL_PACKAGES_FILES.into_iter().find(|file| request.in_project(file).is_file()) else {
        return Ok(VirtualPackages::defaults());
    };
    let root = yaml::parse(&yaml::read(&request.in_project(file), file)?, file)?;
    let root = root.ok_or_else(|| Error::new(format!("{file} is empty")).hint(format!("remove {file}")))?;
    VirtualPackages::read(&root).map_err(|(line, what)| {
        Error::new(format!("{file}:{line}: {what}")).hint(format!("correct line {line} of {file}"))
    })
}
