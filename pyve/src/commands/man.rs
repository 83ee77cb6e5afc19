//! `pyve man`: pages for `man`, from the same command line as the help.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::{Arg, ArgMatches, Command, value_parser};
use clap_mangen::Man;

use super::entry::Entry;
use crate::context::Session;
use crate::failure::{Failure, exit};
use crate::files::atomic;
use crate::ui::suggest::did_you_mean;

pub const ENTRY: Entry = Entry { name: "man", arguments, execute, failed: |code| code };

const AFTER_HELP: &str = "\
Examples:
  pyve man | man -l -                      Read the page of pyve
  pyve man plugin add | man -l -           Read the page of `pyve plugin add`
  pyve man --out ~/.local/share/man/man1   Write the pages of all commands";

fn arguments() -> Command {
    let command = Arg::new("command").value_name("COMMAND").num_args(0..).help("The command, such as `plugin add`");
    let out = Arg::new("out")
        .long("out")
        .value_name("DIR")
        .value_parser(value_parser!(PathBuf))
        .conflicts_with("command")
        .help("Write the pages of all commands to DIR");
    Command::new("man").about("Print a manual page, or write all of them").after_help(AFTER_HELP).args([command, out])
}

fn execute(matches: &ArgMatches, session: &Session) -> Result<u8> {
    let mut tree = super::whole();
    tree.build();
    if let Some(folder) = matches.get_one::<PathBuf>("out") {
        let folder = session.caller.folder().join(folder);
        let written = write(&tree, &folder)?;
        session.console.done(&format!("wrote {written} pages to `{}`", folder.display()));
        return Ok(exit::DONE);
    }
    let words = matches.get_many::<String>("command").into_iter().flatten();
    let page = render(named(&tree, words)?)?;
    session.console.result(String::from_utf8_lossy(&page).trim_end());
    Ok(exit::DONE)
}

/// The command that the words lead to, one after the other.
fn named<'a>(tree: &'a Command, words: impl Iterator<Item = &'a String>) -> Result<&'a Command, Failure> {
    let mut command = tree;
    for word in words {
        let Some(inner) = command.find_subcommand(word) else {
            let line = command.get_display_name().unwrap_or_else(|| command.get_name()).replace('-', " ");
            let names = command.get_subcommands().map(Command::get_name);
            let near = did_you_mean(word, names);
            return Err(Failure::usage(format!("no such command: `{line} {word}`{near}"))
                .remedy(format!("run `{line} --help`")));
        };
        command = inner;
    }
    Ok(command)
}

fn render(command: &Command) -> Result<Vec<u8>, Failure> {
    let mut page = Vec::new();
    let man = Man::new(command.clone()).source(concat!("pyve ", env!("CARGO_PKG_VERSION"))).manual("pyve");
    man.render(&mut page).map_err(|error| Failure::new(format!("could not write the manual page: {error}")))?;
    Ok(page)
}

/// Writes the page of the command, and of each below it; returns how many.
fn write(command: &Command, folder: &Path) -> Result<usize, Failure> {
    fs::create_dir_all(folder).map_err(|error| {
        Failure::io("create", folder, &error).remedy("name another directory: `pyve man --out DIR`")
    })?;
    let name = command.get_display_name().unwrap_or_else(|| command.get_name());
    atomic::write(&folder.join(format!("{name}.1")), &render(command)?, None)?;
    let inner = command.get_subcommands().filter(|inner| !inner.is_hide_set() && inner.get_name() != "help");
    inner.map(|inner| write(inner, folder)).sum::<Result<usize, Failure>>().map(|below| below + 1)
}
