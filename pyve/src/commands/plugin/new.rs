//! `pyve plugin new`: a crate of a plugin that builds and passes `pyve plugin check` as it is.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::{Arg, ArgMatches, Command, arg, value_parser};

use crate::commands::entry::Entry;
use crate::context::Session;
use crate::failure::{Failure, exit};
use crate::plugins::{self, validate};

pub const ENTRY: Entry = Entry { name: "new", arguments, execute, failed: |code| code };

const LIBRARY: &str = include_str!("new_lib.rs.txt");
const MANIFEST: &str = include_str!("new_cargo.toml.txt");

fn arguments() -> Command {
    Command::new("new").about("Create the crate of a new plugin in pyve-NAME").arg(arg!(<NAME> "ID of the plugin")).arg(
        Arg::new("api-path")
            .long("api-path")
            .value_name("DIR")
            .value_parser(value_parser!(PathBuf))
            .help("Depend on the plugin API in this directory instead of the released one"),
    )
}

fn execute(matches: &ArgMatches, session: &Session) -> Result<u8> {
    let name: &String = matches.get_one("NAME").expect("clap requires it");
    if !validate::is_id(name) {
        let why = format!("invalid plugin ID `{name}`: use `[a-z][a-z0-9-]*`, at most 32 characters");
        return Err(Failure::usage(why).command(["pyve", "plugin", "new", &validate::nearest_id(name)]).into());
    }
    let folder = session.caller.folder().join(format!("pyve-{name}"));
    if let Some(owner) = plugins::owner_of_id(name) {
        let why = format!("plugin ID `{name}` is already taken by {owner}");
        return Err(Failure::usage(why).command(["pyve", "plugin", "new", &format!("my-{name}")]).into());
    }
    let api = match matches.get_one::<PathBuf>("api-path") {
        Some(path) => depend_on(&session.caller.folder().join(path))?,
        None => format!("\"{}\"", plugins::api_version()),
    };
    write(&folder, &MANIFEST.replace("{name}", name).replace("{api}", &api), &LIBRARY.replace("{name}", name))?;
    session.console.done(&format!("created `{}`", folder.display()));
    session.console.info("then: cargo build --release, pyve plugin check, pyve plugin add, all in that folder");
    Ok(exit::DONE)
}

/// A dependency on the crate in a folder, as TOML.
fn depend_on(folder: &Path) -> Result<String, Failure> {
    if !folder.join("Cargo.toml").is_file() {
        return Err(Failure::new(format!("no `Cargo.toml` found in `{}`", folder.display()))
            .remedy("pass the directory of the crate `pyve-plugin-api`"));
    }
    let path =
        folder.to_str().ok_or_else(|| Failure::new(format!("could not write `{}` in TOML", folder.display())))?;
    Ok(format!("{{ path = {} }}", toml::Value::from(path)))
}

fn write(folder: &Path, manifest: &str, library: &str) -> Result<(), Failure> {
    // Made alone and first: a folder that is there already is somebody's work.
    match fs::create_dir(folder) {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            return Err(Failure::new(format!("`{}` already exists", folder.display())).remedy("choose another name"));
        }
        made => made.map_err(|error| Failure::io("create the directory", folder, &error))?,
    }
    let source = folder.join("src");
    fs::create_dir(&source).map_err(|error| Failure::io("create the directory", &source, &error))?;
    for (path, text) in [
        (folder.join("Cargo.toml"), manifest),
        (source.join("lib.rs"), library),
        (folder.join(".gitignore"), "/target\n"),
    ] {
        fs::write(&path, text).map_err(|error| Failure::io("write", &path, &error))?;
    }
    Ok(())
}
