//! The `pip:` list: resolved by uv for the platform's own Python, or by pip where that is this machine's.

use std::collections::BTreeMap;

use pyve_formats::conda_lock::{Channel, LockedPackage};
use pyve_formats::conda_platform;
use pyve_formats::package_names::{self, Counterpart};
use pyve_formats::pip_resolution::{self, File, Resolved};
use pyve_formats::python_name::normalized;
use pyve_formats::requirement::Requirement;
use pyve_plugin_api::{Command, Error, Host, LockRequest, PythonSpec, Result, Solve, Solved};
use serde::Deserialize;

use super::graph;
use super::project::{Project, Wish};
use super::search::Goal;
use super::secrets;
use super::solution::Set;
use super::wheels::Tags;

/// What is taken for granted where the project's own machine says nothing.
const GLIBC: &str = "2.28";
const MACOS: &str = "11.0";

/// How far it is.
pub enum Progress {
    Ask(Box<Solve>),
    Done { packages: Vec<LockedPackage>, warnings: Vec<String> },
}

/// The part of one platform.
pub struct PipPart<'a> {
    pub project: &'a Project<'a>,
    pub wish: &'a Wish,
    pub conda: &'a Set,
    pub lock: &'a LockRequest,
    pub host: &'a dyn Host,
    /// The versions that are locked.
    pub locked: &'a BTreeMap<String, String>,
}

impl PipPart<'_> {
    pub fn run(&self, goal: &Goal) -> Result<Progress> {
        let (own, lines): (Vec<&String>, Vec<&String>) = self.wish.pip.iter().partition(|line| line.starts_with("-e "));
        let sources = self.wish.sources.join(", ");
        let left_out =
            |line: &&String| format!("{sources}: `{line}` is not locked; install it with pip after `pyve init`");
        let warnings: Vec<String> = own.iter().map(left_out).collect();
        if lines.is_empty() {
            return Ok(Progress::Done { packages: Vec::new(), warnings });
        }
        let python = self.conda.get("python").ok_or_else(|| {
            Error::new(format!("{sources} asks pip for packages, but no python for {}", self.wish.platform))
                .hint(format!("add `python` to the dependencies of {sources}"))
        })?;
        let mut held = self.locked.clone();
        match goal {
            Goal::Keep => {}
            Goal::All => held.clear(),
            Goal::Move(names) => held.retain(|name, _| !names.contains(name)),
        }
        let mut number = 0_u32;
        loop {
            number += 1;
            let key = format!("{} pip {number}", self.wish.platform);
            let Some(solved) = self.lock.answer(&key) else {
                return Ok(Progress::Ask(Box::new(self.solve(&key, &lines, &held, &python.version)?)));
            };
            if solved.success() {
                let packages = self.packages(self.read(solved)?, &python.version)?;
                return Ok(Progress::Done { packages, warnings });
            }
            let words: Vec<&str> = solved.errors.lines().filter(|line| !line.trim().is_empty()).collect();
            if held.is_empty() {
                let error =
                    Error::new(format!("could not resolve the `pip:` list of {sources} for {}", self.wish.platform));
                let error = words.into_iter().take(40).fold(error, Error::detail);
                return Err(
                    error.hint(format!("change the `pip:` list of {sources}; {} was left as it is", self.project.file))
                );
            }
            let before = held.len();
            let is_named = |name: &str| words.iter().any(|line| names(line, name));
            held.retain(|name, _| !is_named(name));
            if held.len() == before {
                held.clear();
            }
        }
    }

    /// The versions that conda's packages fix, by pip's names.
    fn of_conda(&self) -> BTreeMap<String, String> {
        let is_of_python = |depends: &[String]| depends.iter().any(|text| graph::name_of(text) == "python");
        let mine = self.conda.values().filter(|chosen| is_of_python(&chosen.depends) || chosen.name == "pip");
        let named = mine.filter_map(|chosen| {
            let name = match package_names::of_conda(&chosen.name) {
                Counterpart::Named(name) => name.to_owned(),
                Counterpart::Unknown => chosen.name.clone(),
                _ => return None,
            };
            // Not every version of conda's is one of PEP 440.
            let pinned = Requirement::parse(&format!("{name}=={}", chosen.version))?;
            Some((pinned.name, chosen.version.clone()))
        });
        named.collect()
    }

    fn solve(&self, key: &str, lines: &[&String], held: &BTreeMap<String, String>, python: &str) -> Result<Solve> {
        let scratch = self.lock.scratch.path();
        let stem = key.replace(' ', "-");
        let (list, fixed) = (scratch.join(format!("{stem}.in")), scratch.join(format!("{stem}.txt")));
        let of_conda = self.of_conda();
        let both = of_conda.iter().chain(held.iter().filter(|(name, _)| !of_conda.contains_key(*name)));
        let constraints: String = both.map(|(name, version)| format!("{name}=={version}\n")).collect();
        let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
        let command = match self.host.find_program("uv").into_iter().next() {
            Some(uv) => self.by_uv(Command::new(uv.as_path()), python)?,
            None => self.by_pip(python)?,
        };
        let mut command = command.arg("-c").arg(&fixed).arg("-r").arg(&list);
        // uv takes the file without an option before it.
        if command.args.iter().any(|arg| arg.display() == "compile") {
            command.args.retain(|arg| arg.display() != "-r");
        }
        let indexes = self.indexes()?;
        if !indexes.is_empty() {
            let all = indexes.join(" ");
            command = command.env("UV_EXTRA_INDEX_URL", all.as_str()).env("PIP_EXTRA_INDEX_URL", all.as_str());
        }
        if self.project.request.offline {
            command = command.env("UV_OFFLINE", "1");
        }
        let command = command.current_dir(self.wish.pip_folder.as_path());
        let title = format!("Resolve the pip list for {}", self.wish.platform);
        Ok(Solve::new(key, &title, command).file(&list, &text).file(&fixed, &constraints))
    }

    fn indexes(&self) -> Result<Vec<String>> {
        let all = self.wish.asked.pip_repositories.iter();
        all.map(|url| secrets::filled(&Channel::of(url), self.host)).collect()
    }

    fn by_uv(&self, uv: Command, python: &str) -> Result<Command> {
        let platform = &self.wish.platform;
        let glibc = self.machine("GLIBC").unwrap_or_else(|| GLIBC.to_owned()).replace('.', "_");
        let target = match platform.as_str() {
            "linux-64" => format!("x86_64-manylinux_{glibc}"),
            "linux-aarch64" => format!("aarch64-manylinux_{glibc}"),
            "osx-64" => "x86_64-apple-darwin".to_owned(),
            "osx-arm64" => "aarch64-apple-darwin".to_owned(),
            "win-64" => "x86_64-pc-windows-msvc".to_owned(),
            _ => {
                return Err(Error::new(format!(
                    "uv resolves nothing for {platform}, so its `pip:` list cannot be locked"
                ))
                .hint("write the packages of the `pip:` list as packages of conda, or leave the platform out"));
            }
        };
        let compile =
            ["pip", "compile", "--format", "pylock.toml", "--no-header", "--no-annotate", "--no-python-downloads"];
        Ok(uv.args(compile).args(["--python-version", python, "--python-platform", &target]))
    }

    /// Markers are decided by the Python that pip runs with, so it must be such a one, and this platform.
    fn by_pip(&self, python: &str) -> Result<Command> {
        let platform = &self.wish.platform;
        let refused = |what: String| {
            let error = Error::new(format!(
                "the `pip:` list of {} cannot be locked for {platform}: {what}",
                self.wish.sources.join(", ")
            ));
            error.hint("install uv, which resolves for every platform and Python: https://docs.astral.sh/uv")
        };
        if *platform != conda_platform::current() {
            return Err(refused("pip resolves for this machine only".to_owned()));
        }
        let series = python.rsplit_once('.').map_or(python, |(series, _)| series);
        let found = self.host.find_python(&PythonSpec::version(series, &self.project.file).module("pip"))?;
        let interpreter =
            found.found.into_option().ok_or_else(|| refused(format!("no Python {series} with pip was found")))?;
        let install =
            ["-m", "pip", "install", "--dry-run", "--ignore-installed", "--quiet", "--no-input", "--report", "-"];
        let command = Command::new(&interpreter.path).args(install).arg("--disable-pip-version-check");
        if self.project.request.offline {
            return Err(refused("pip resolves over the network, and `--offline` forbids that".to_owned()));
        }
        Ok(command)
    }

    fn machine(&self, name: &str) -> Option<String> {
        let variable = format!("CONDA_OVERRIDE_{name}");
        self.project
            .overrides(&self.wish.platform)
            .find(|(it, value)| *it == variable && !value.is_empty())
            .map(|it| it.1)
    }

    fn read(&self, solved: &Solved) -> Result<Vec<Resolved>> {
        let found = pip_resolution::read(&solved.output).or_else(|| of_report(&solved.output));
        found.ok_or_else(|| {
            let error =
                Error::new(format!("could not read what the `pip:` list resolves to for {}", self.wish.platform));
            error.hint("run the same command with `--verbose` to see what was run")
        })
    }

    fn packages(&self, resolved: Vec<Resolved>, python: &str) -> Result<Vec<LockedPackage>> {
        let of_conda = self.of_conda();
        let (glibc, macos) = (self.machine("GLIBC"), self.machine("OSX"));
        let (glibc, macos) = (glibc.as_deref().unwrap_or(GLIBC), macos.as_deref().unwrap_or(MACOS));
        let tags = Tags::of(&self.wish.platform, python, glibc, macos);
        let wanted = resolved.into_iter().filter(|package| !of_conda.contains_key(&normalized(&package.name)));
        wanted.map(|package| self.package(package, tags.as_ref())).collect()
    }

    fn package(&self, package: Resolved, tags: Option<&Tags>) -> Result<LockedPackage> {
        let name = normalized(&package.name);
        let refused = |what: &str| {
            let error = Error::new(format!("`{name}` cannot be locked for {}: {what}", self.wish.platform));
            error.hint(format!("take it out of the `pip:` list of {}", self.wish.sources.join(", ")))
        };
        let best = |file: &&File| tags.and_then(|tags| tags.rank(file.name()));
        let wheel = package.files.iter().filter(|file| best(file).is_some()).min_by_key(best);
        let file = wheel.or_else(|| package.files.iter().find(|file| !file.name().ends_with(".whl")));
        let file = file.ok_or_else(|| match package.files.is_empty() {
            true => refused("it comes from no file with a hash"),
            false => refused("no file of it fits there"),
        })?;
        let sha256 = file.sha256.clone().ok_or_else(|| refused("its index gives no SHA-256 of it"))?;
        let version = package.version.ok_or_else(|| refused("its version is known only after it is built"))?;
        let indexes: Vec<Channel> = self.wish.asked.pip_repositories.iter().map(|url| Channel::of(url)).collect();
        Ok(LockedPackage {
            name: Some(name.clone()),
            version: Some(version),
            manager: Some("pip".to_owned()),
            url: Some(secrets::taken_out(&file.url, &indexes, self.host)?),
            sha256: Some(sha256),
            ..LockedPackage::default()
        })
    }
}

/// Whether a line names a package, as a word of its own.
fn names(line: &str, name: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    line.split(|c| !is_part(c)).any(|word| normalized(word.trim_matches('.')) == name)
}

#[derive(Deserialize)]
struct Report {
    install: Vec<Installed>,
}

#[derive(Deserialize)]
struct Installed {
    metadata: Metadata,
    download_info: Download,
}

#[derive(Deserialize)]
struct Metadata {
    name: String,
    version: String,
}

#[derive(Deserialize)]
struct Download {
    url: String,
    #[serde(default)]
    archive_info: Archive,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Archive {
    hashes: BTreeMap<String, String>,
}

/// What pip reports: the one file of each package that it would install.
fn of_report(text: &str) -> Option<Vec<Resolved>> {
    let report: Report = serde_json::from_str(text).ok()?;
    let resolved = |Installed { metadata, download_info }: Installed| {
        let sha256 = download_info.archive_info.hashes.get("sha256").and_then(|hash| pyve_formats::sha256::parse(hash));
        let file = File { url: download_info.url, sha256 };
        Resolved { name: metadata.name, version: Some(metadata.version), files: vec![file] }
    };
    Some(report.install.into_iter().map(resolved).collect())
}
