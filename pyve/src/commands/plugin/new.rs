//! `pyve plugin new`: a crate of a plugin that builds and passes `pyve plugin check` as it is.

use std::env::consts::{DLL_PREFIX, DLL_SUFFIX};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::{Arg, ArgMatches, Command, arg, value_parser};
use pyve_formats::read::{self, Limit};

use crate::commands::entry::Entry;
use crate::context::Session;
use crate::failure::{Failure, exit};
use crate::plugins::{owner_of_id, validate};

pub const ENTRY: Entry = Entry { name: "new", arguments, execute, failed: |code| code };

/// Where the contract comes from as long as no registry has it: the tag of this very version.
const REPOSITORY: &str = env!("CARGO_PKG_REPOSITORY");

/// The name of the crate with the contract, and of its directory in the repository.
const API: (&str, &str) = ("pyve-plugin-api", "plugin-api");

const LIBRARY: &str = include_str!("new_lib.rs.txt");
const TESTS: &str = include_str!("new_tests.rs.txt");
const MANIFEST: &str = include_str!("new_cargo.toml.txt");

fn arguments() -> Command {
    Command::new("new").about("Create the crate of a new plugin in pyve-NAME").arg(arg!(<NAME> "ID of the plugin")).arg(
        Arg::new("api-path")
            .long("api-path")
            .value_name("DIR")
            .value_parser(value_parser!(PathBuf))
            .help("Depend on the plugin API in this directory instead of the tag of this version"),
    )
}

fn execute(matches: &ArgMatches, session: &Session) -> Result<u8> {
    let name: &String = matches.get_one("NAME").expect("clap requires it");
    if !validate::is_id(name) {
        let why = format!("invalid plugin ID `{name}`: use `[a-z][a-z0-9-]*`, at most 32 characters");
        return Err(Failure::usage(why).command(["pyve", "plugin", "new", &validate::nearest_id(name)]).into());
    }
    let folder = session.caller.folder().join(format!("pyve-{name}"));
    if let Some(owner) = owner_of_id(name) {
        let why = format!("plugin ID `{name}` is already taken by {owner}");
        return Err(Failure::usage(why).command(["pyve", "plugin", "new", &format!("my-{name}")]).into());
    }
    let api = match matches.get_one::<PathBuf>("api-path") {
        Some(path) => depend_on(&session.caller.folder().join(path))?,
        None => released(),
    };
    write(&folder, &MANIFEST.replace("{api}", &api), name)?;
    session.console.done(&format!("created `{}`", folder.display()));
    let library = format!("{DLL_PREFIX}pyve_{}{DLL_SUFFIX}", name.replace('-', "_"));
    let next = format!("cd pyve-{name} && cargo build && pyve plugin check target/debug/{library}");
    session.console.info(&format!("next: `{next}`"));
    Ok(exit::DONE)
}

/// A dependency on the crate as it was when this pyve was released, as TOML.
fn released() -> String {
    format!("{{ git = \"{REPOSITORY}\", tag = \"v{}\" }}", env!("CARGO_PKG_VERSION"))
}

/// A dependency on the crate in a folder, as TOML.
fn depend_on(folder: &Path) -> Result<String, Failure> {
    if !is_api(folder) {
        let failure = Failure::new(format!("`{}` is not the crate `{}`", folder.display(), API.0));
        let inner = folder.join(API.1);
        return Err(match is_api(&inner) {
            true => failure.remedy(format!("did you mean `--api-path {}`?", inner.display())),
            false => failure.remedy(format!("pass the directory `{}` of a checkout of {REPOSITORY}", API.1)),
        });
    }
    let path =
        folder.to_str().ok_or_else(|| Failure::new(format!("could not write `{}` in TOML", folder.display())))?;
    Ok(format!("{{ path = {} }}", toml::Value::from(path)))
}

fn is_api(folder: &Path) -> bool {
    let manifest = read::text(folder.join("Cargo.toml"), Limit::PROJECT).ok().flatten().unwrap_or_default();
    let manifest: toml::Table = manifest.parse().unwrap_or_default();
    manifest.get("package").and_then(|package| package.get("name")?.as_str()) == Some(API.0)
}

/// The source with the plugin's name in it.
fn named(text: &str, name: &str) -> String {
    text.replace("{name}", name).replace("{Type}", &type_name(name))
}

/// `my-fern` is the type `MyFern`.
fn type_name(name: &str) -> String {
    let word = |word: &str| word.chars().take(1).flat_map(char::to_uppercase).chain(word.chars().skip(1)).collect();
    name.split('-').map(word).collect::<Vec<String>>().concat()
}

fn write(folder: &Path, manifest: &str, name: &str) -> Result<(), Failure> {
    // Made alone and first: a folder that is there already is somebody's work.
    match fs::create_dir(folder) {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            return Err(Failure::new(format!("`{}` already exists", folder.display())).remedy("choose another name"));
        }
        made => made.map_err(|error| Failure::io("create the directory", folder, &error))?,
    }
    fill(folder, manifest, name).inspect_err(|_| drop(fs::remove_dir_all(folder)))
}

fn fill(folder: &Path, manifest: &str, name: &str) -> Result<(), Failure> {
    let source = folder.join("src");
    fs::create_dir(&source).map_err(|error| Failure::io("create the directory", &source, &error))?;
    for (path, text) in [
        (folder.join("Cargo.toml"), manifest),
        (source.join("lib.rs"), LIBRARY),
        (source.join("tests.rs"), TESTS),
        (folder.join(".gitignore"), "/target\n"),
    ] {
        fs::write(&path, named(text, name)).map_err(|error| Failure::io("write", &path, &error))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_is_named_as_the_plugin() {
        assert_eq!(["fern", "my-2nd-fern"].map(type_name), ["Fern", "My2ndFern"]);
    }

    #[test]
    fn the_template_is_the_example_under_another_name() {
        let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/plugins/minimal/src");
        for (text, file) in [(LIBRARY, "lib.rs"), (TESTS, "tests.rs")] {
            assert_eq!(named(text, "minimal"), fs::read_to_string(example.join(file)).unwrap(), "{file}");
        }
    }

    #[test]
    fn the_contract_comes_from_the_tag_of_this_version() {
        let manifest = named(&MANIFEST.replace("{api}", &released()), "fern").parse::<toml::Table>().unwrap();
        let api = &manifest["dependencies"]["pyve-plugin-api"];
        assert_eq!(api["git"].as_str(), Some(REPOSITORY));
        assert_eq!(api["tag"].as_str(), Some(concat!("v", env!("CARGO_PKG_VERSION"))));
    }
}
