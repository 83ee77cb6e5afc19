//! The versions that `install` and `uninstall` are given.

use clap::{Arg, ArgAction, ArgMatches};
use pyve_formats::python_version::VersionRequest;

use crate::failure::Failure;

/// Any number of versions.
pub fn versions(help: &'static str) -> Arg {
    Arg::new("VERSION").help(help).action(ArgAction::Append)
}

/// Those that were said.
pub fn said(matches: &ArgMatches) -> Vec<String> {
    matches.get_many("VERSION").unwrap_or_default().cloned().collect()
}

/// What a version means.
pub fn parsed(text: &str) -> Result<VersionRequest, Failure> {
    VersionRequest::parse(text).map_err(|why| {
        Failure::usage(format!("invalid Python version `{text}`: {why}"))
            .remedy("write a version such as `3.12` or `3.12.4`")
    })
}
