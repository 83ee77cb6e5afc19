//! `micromamba create`, its silent successes included.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use crate::link::link;
use crate::output::{complain, say};
use crate::record::{Record, Spec};
use crate::settings;
use crate::solve::Solver;
use crate::spec_file::{self, Requested};

/// The command line of `create`.
#[derive(Debug, Default)]
pub struct Options {
    pub prefix: PathBuf,
    pub files: Vec<PathBuf>,
    pub specs: Vec<String>,
    pub channels: Vec<String>,
    pub override_channels: bool,
    pub yes: bool,
    pub dry_run: bool,
    pub json: bool,
    pub platform: Option<String>,
    pub categories: Vec<String>,
}

/// Lines for standard error; the exit code is 1.
type Outcome = Result<(), Vec<String>>;

pub fn run(options: &Options) -> Outcome {
    if let Some(file) = options.files.iter().find(|file| spec_file::is_lock(file)) {
        return from_lock(options, file);
    }
    let mut requested = Requested::default();
    for file in &options.files {
        let more = spec_file::environment(file)?;
        requested.channels.extend(more.channels);
        requested.specs.extend(more.specs);
        requested.pip.extend(more.pip);
        requested.variables.extend(more.variables);
    }
    requested.specs.extend(options.specs.iter().cloned());
    if !options.dry_run {
        make_room(options)?;
    }
    let repo = if requested.specs.is_empty() { Vec::new() } else { load(options, &requested)? };
    let mut specs = Vec::new();
    for text in &requested.specs {
        specs.push(Spec::parse(text).map_err(|why| vec![format!("critical libmamba {why}")])?);
    }
    let platform = options.platform.clone().unwrap_or_else(settings::platform);
    let solver = Solver { repo: &repo, platform: &platform };
    match solver.solve(&specs)? {
        Some(records) if options.dry_run => dry_run(options, &records),
        Some(records) => make(options, &records, &requested),
        None if options.json => {
            say(&json!({ "success": false, "solver_problems": solver.problems(&specs) }).to_string());
            Err(vec!["critical libmamba Could not solve for environment specs".to_owned()])
        }
        None => {
            let mut said = vec!["error    libmamba Could not solve for environment specs".to_owned()];
            said.extend(solver.explained(&specs).iter().map(|line| format!("    {line}")));
            said.push("critical libmamba Could not solve for environment specs".to_owned());
            Err(said)
        }
    }
}

/// An environment in the way is deleted, before it is known whether another can be made.
fn make_room(options: &Options) -> Outcome {
    let prefix = &options.prefix;
    if prefix.is_file() {
        return Err(vec!["Target prefix already exists and is not a folder - aborting.".to_owned()]);
    }
    if prefix.join("conda-meta").is_dir() {
        if !options.yes {
            say(&format!("Found conda-prefix at '{}'. Overwrite?: [y/N] Aborted.", prefix.display()));
            return Err(Vec::new());
        }
        return fs::remove_dir_all(prefix).map_err(|error| vec![format!("critical libmamba {error}")]);
    }
    if prefix.read_dir().is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(vec!["error    libmamba Non-conda folder exists at prefix - aborting.".to_owned()]);
    }
    Ok(())
}

fn load(options: &Options, requested: &Requested) -> Result<Vec<Record>, Vec<String>> {
    let mut channels = options.channels.clone();
    if !options.override_channels {
        channels.extend(requested.channels.iter().cloned());
    }
    channels.extend(requested.specs.iter().filter_map(|spec| spec.rsplit_once("::")).map(|(name, _)| name.to_owned()));
    if channels.is_empty() {
        channels.push("conda-forge".to_owned());
    }
    let (mut repo, mut unreachable) = (Vec::new(), Vec::new());
    let platform = options.platform.clone().unwrap_or_else(settings::platform);
    if !platform.contains('-') {
        complain(&format!("error    libmamba Platform is ill-formed, expected <os>-<arch> in: '{platform}'"));
    }
    let subdirs = ["noarch".to_owned(), platform];
    for channel in &channels {
        let channel = match channel {
            path if path.starts_with('/') => format!("file://{path}"),
            address if address.contains("://") => address.clone(),
            name => format!("{}/{name}", settings::channel_alias().trim_end_matches('/')),
        };
        for subdir in &subdirs {
            let url = format!("{}/{subdir}/repodata.json", channel.trim_end_matches('/'));
            match url.strip_prefix("file://").map(fs::read_to_string) {
                Some(Ok(text)) => repo.extend(records(&text, &channel, subdir)),
                Some(Err(_)) => unreachable.push(format!("Download error (37) Couldn't read a file:// file [{url}]")),
                None => unreachable.push(format!("Download error (6) Couldn't resolve host name [{url}]")),
            }
        }
    }
    if unreachable.is_empty() {
        return Ok(repo);
    }
    // The first of them ends it.
    unreachable.truncate(1);
    Err([vec!["critical libmamba Multiple errors occurred:".to_owned()], unreachable].concat())
}

fn records(text: &str, channel: &str, subdir: &str) -> Vec<Record> {
    let repodata: Value = serde_json::from_str(text).unwrap_or_default();
    let packages = repodata["packages"].as_object().cloned().unwrap_or_default();
    let record = |(file, entry): (String, Value)| {
        let word = |key: &str| entry[key].as_str().unwrap_or_default().to_owned();
        let texts = |key: &str| {
            let items = entry[key].as_array().into_iter().flatten();
            items.filter_map(|text| text.as_str().map(str::to_owned)).collect()
        };
        Record {
            name: word("name"),
            version: word("version"),
            build: word("build"),
            depends: texts("depends"),
            constrains: texts("constrains"),
            url: format!("{}/{subdir}/{file}", channel.trim_end_matches('/')),
            sha256: word("sha256"),
            channel: channel.to_owned(),
            file,
            entry,
        }
    };
    packages.into_iter().map(record).collect()
}

fn dry_run(options: &Options, records: &[Record]) -> Outcome {
    let link = |record: &Record| {
        let mut entry = record.entry.clone();
        entry["build_string"] = entry["build"].clone();
        entry["channel"] = json!(record.channel);
        entry["fn"] = json!(record.file);
        entry["url"] = json!(record.url);
        entry
    };
    let links: Vec<Value> = records.iter().map(link).collect();
    let answer = json!({
        "success": true, "dry_run": true, "prefix": options.prefix, "log_history": [], "actions": { "LINK": links },
    });
    say(&answer.to_string());
    Ok(())
}

fn from_lock(options: &Options, file: &Path) -> Outcome {
    let platform = options.platform.clone().unwrap_or_else(settings::platform);
    let main = ["main".to_owned()];
    let categories = if options.categories.is_empty() { &main[..] } else { &options.categories };
    let locked = spec_file::lock(file, categories, &platform)?;
    if !options.dry_run {
        make_room(options)?;
    }
    if locked.is_empty() {
        complain(&format!(
            "warning  libmamba Selected packages for category '{}' are empty. \
             The lockfile might not be resolved for your platform ({platform}).",
            categories.join("', '")
        ));
    }
    let records: Vec<Record> = locked.into_iter().map(locked_record).collect();
    if options.dry_run { dry_run(options, &records) } else { make(options, &records, &Requested::default()) }
}

fn locked_record(package: spec_file::LockedPackage) -> Record {
    let file = package.url.rsplit('/').next().unwrap_or_default().to_owned();
    let stem = file.trim_end_matches(".tar.bz2").trim_end_matches(".conda");
    let build = stem.rsplit('-').next().unwrap_or_default().to_owned();
    let noarch = package.url.contains("/noarch/");
    let channel = package.url.rsplitn(3, '/').nth(2).unwrap_or_default().to_owned();
    let mut entry = json!({ "name": package.name, "version": package.version, "build": build });
    if noarch {
        entry["noarch"] = json!("python");
    }
    let (depends, constrains) = (Vec::new(), Vec::new());
    let (name, version, url, sha256) = (package.name, package.version, package.url, package.sha256);
    Record { name, version, build, depends, constrains, url, file, sha256, channel, entry }
}

fn make(options: &Options, records: &[Record], requested: &Requested) -> Outcome {
    complain(
        "warning  libmamba Security Warning: This transaction includes executing package scripts (pre/post-link/unlink) if \
         present. These scripts can contain arbitrary code. Please ensure you trust the package sources.",
    );
    say(&format!("\nTransaction\n\n  Prefix: {}\n", options.prefix.display()));
    for record in records {
        say(&format!("  + {}  {}  {}  {}", record.name, record.version, record.build, record.channel));
    }
    link(records, &options.prefix).map_err(|line| vec![line])?;
    write_down(options, records, requested).map_err(|error| vec![format!("critical libmamba {error}")])?;
    say("\nTransaction finished\n");
    install_with_pip(options, requested)
}

fn write_down(options: &Options, records: &[Record], requested: &Requested) -> std::io::Result<()> {
    let meta = options.prefix.join("conda-meta");
    let mut history = String::from("==> 2024-01-01 00:00:00 <==\n");
    let command: Vec<String> = std::env::args().collect();
    history.push_str(&format!("# cmd: {}\n# conda version: 2.8.1\n", command.join(" ")));
    for record in records {
        history.push_str(&format!("+{}::{}-{}-{}\n", record.channel, record.name, record.version, record.build));
    }
    history.push_str(&format!("# update specs: {}\n", json!(requested.specs)));
    fs::write(meta.join("history"), history)?;
    if !requested.variables.is_empty() {
        let variables: serde_json::Map<String, Value> =
            requested.variables.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
        fs::write(meta.join("state"), json!({ "env_vars": variables }).to_string())?;
    }
    Ok(())
}

fn install_with_pip(options: &Options, requested: &Requested) -> Outcome {
    if requested.pip.is_empty() {
        return Ok(());
    }
    let failed = || vec!["critical libmamba pip failed to install packages".to_owned()];
    let folder = options.files.first().and_then(|file| file.parent()).unwrap_or(Path::new("."));
    let list = tempfile::Builder::new().prefix("mambaf").suffix(".txt").tempfile_in(folder);
    let list = list.map_err(|_| failed())?;
    fs::write(list.path(), requested.pip.join("\n")).map_err(|_| failed())?;
    say(&format!("\nInstalling pip packages: {}", requested.pip.join(", ")));
    let python = options.prefix.join("bin/python");
    let mut command = Command::new(python);
    command.args(["-m", "pip", "install", "-U", "-r"]).arg(list.path()).args(["--no-input", "--quiet"]);
    let done = command.current_dir(folder).status().is_ok_and(|status| status.success());
    done.then_some(()).ok_or_else(failed)
}
