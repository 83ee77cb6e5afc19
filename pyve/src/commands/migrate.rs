//! `pyve migrate`: move an environment to another backend.

use anyhow::Result;
use clap::{ArgMatches, Command};

use super::entry::{Entry, checked_hash, environment, option, switch, yes};
use crate::context::Session;
use crate::failure::exit;
use crate::init::options::bootstrap;
use crate::migrate::{self, NameMap, Options};
use crate::registry;

pub const ENTRY: Entry = Entry { name: "migrate", arguments, execute, failed: |code| code };

fn after_help() -> String {
    let (default, another) = (registry::DEFAULT, registry::ANOTHER);
    format!(
        "\
What the files of the old backend require is translated into files of the new one, beside the old ones. The new environment \
is created beside the old one, and checked, before it is used. What has no counterpart stops the migration unless \
`--allow-loss` is given. Files and environment of the old backend stay; `--finish` removes the environment, `--undo` goes back \
to it.

Exit codes: 0 if done; 1 if it failed, or lines have no counterpart.

Examples:
  pyve migrate --from {default} --to {another}  Move to another backend
  pyve migrate --to {another} --dry-run    Print what would become of every line
  pyve migrate --to {another} --from-lock  Carry the versions that are locked
  pyve migrate --undo                      Go back
  pyve migrate --finish                    Remove the old environment"
    )
}

/// What only a migration itself takes, neither its end nor its undoing.
const OF_A_MOVE: [&str; 8] =
    ["from", "to", "json", "allow-loss", "from-lock", "name-map", "auto-bootstrap", "bootstrap-to"];

fn arguments() -> Command {
    Command::new("migrate")
        .about("Move an environment to another backend")
        .after_help(after_help())
        .arg(option("from", "BACKEND", "Move from this backend [default: the one of the environment]"))
        .arg(option("to", "BACKEND", "Move to this backend").required_unless_present_any(["undo", "finish"]))
        .arg(environment("Move the environment of this name"))
        .arg(
            switch("undo", "Go back to the old backend and remove what the migration created")
                .conflicts_with_all(OF_A_MOVE)
                .conflicts_with("finish"),
        )
        .arg(switch("finish", "Remove the environment of the old backend").conflicts_with_all(OF_A_MOVE))
        .arg(switch("allow-loss", "Leave out what has no counterpart"))
        .arg(switch("from-lock", "Carry the versions of the lock file instead of those that are declared"))
        .arg(
            option("name-map", "FILE|URL", "Translate the names of packages with this table (JSON), too")
                .value_parser(clap::value_parser!(std::ffi::OsString)),
        )
        .arg(option("name-map-sha256", "HEX", "Expected SHA-256 of the name map").requires("name-map"))
        .arg(switch("dry-run", "Print what would become of every line and what would be done, without doing it"))
        .arg(switch("json", "Print JSON"))
        .arg(yes("Answer yes to safe prompts"))
        .arg(switch("auto-bootstrap", "Download the backend's tool if it is not found"))
        .arg(
            option("bootstrap-to", "WHERE", "Download the backend's tool to the project or for the user")
                .value_parser(["project", "user"]),
        )
}

fn name_map(matches: &ArgMatches) -> Result<Option<NameMap>> {
    let Some(source) = matches.get_one("name-map").cloned() else { return Ok(None) };
    let sha256 = matches.get_one::<String>("name-map-sha256").map(|hash| checked_hash(hash)).transpose()?;
    Ok(Some(NameMap { source, sha256 }))
}

fn execute(matches: &ArgMatches, session: &Session) -> Result<u8> {
    let switch = |name: &str| matches.get_flag(name);
    let options = Options {
        from: matches.get_one("from").cloned(),
        to: matches.get_one("to").cloned().unwrap_or_default(),
        environment: matches.get_one("env").cloned(),
        dry_run: switch("dry-run"),
        json: switch("json"),
        allow_loss: switch("allow-loss"),
        from_lock: switch("from-lock"),
        name_map: name_map(matches)?,
        yes: switch("yes"),
        bootstrap: bootstrap(matches),
    };
    match (switch("undo"), switch("finish")) {
        (true, _) => migrate::undo(&options, session)?,
        (_, true) => migrate::finish(&options, session)?,
        _ => migrate::execute(&options, session)?,
    }
    Ok(exit::DONE)
}
