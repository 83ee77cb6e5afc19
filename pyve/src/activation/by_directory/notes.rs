//! The one line that the user is told of a project that is not entered.

use std::path::Path;

use crate::config::printable;
use crate::context::Session;
use crate::environments;
use crate::failure::Failure;
use crate::launch;
use crate::project::Layout;
use crate::records::trust;

/// As many scripts are named one by one; of more the folders are.
const FEW: usize = 4;

/// Nobody has allowed it.
pub fn unasked(session: &Session, layout: &Layout) -> String {
    let mut files: Vec<String> =
        trust::files(layout).iter().filter(|file| file.exists()).map(|file| layout.show(file)).collect();
    // Where they cannot be told, entering tells it once the rest is allowed.
    let environment = environments::meant_in(layout, None, &session.caller).unwrap_or_default();
    let scripts = launch::scripts_standing(session, layout, &environment).unwrap_or_default();
    let folders = scripts.iter().filter_map(|script| script.parent());
    let mut shown: Vec<String> = match scripts.len() {
        0..FEW => scripts.iter().map(|script| layout.show(script)).collect(),
        _ => folders.map(|folder| layout.show(folder)).collect(),
    };
    shown.dedup();
    files.append(&mut shown);
    let files: Vec<String> = files.iter().map(|file| format!("`{}`", printable(file))).collect();
    let look = if files.is_empty() { "it".to_owned() } else { files.join(", ") };
    format!("{}: not allowed; look at {look}, then run `pyve allow`", head(layout))
}

/// This file is not as it was when the user allowed it.
pub fn changed(layout: &Layout, file: &Path) -> String {
    format!("{}: {}", head(layout), since(layout, file))
}

/// The same of a project that the shell is in.
pub fn changed_inside(layout: &Layout, file: &Path) -> String {
    let root = printable(&layout.root().display().to_string());
    format!("note: `{root}` stays as it was entered: {}", since(layout, file))
}

fn since(layout: &Layout, file: &Path) -> String {
    let file = printable(&layout.show(file));
    format!("`{file}` changed since it was allowed; look at it, then run `pyve allow`")
}

/// It is allowed, and cannot be entered.
pub fn failed(layout: &Layout, failure: &Failure) -> String {
    let remedy = if failure.remedy.is_none() { String::new() } else { format!("; {}", failure.remedy) };
    format!("{}: {}{remedy}", head(layout), failure.message)
}

fn head(layout: &Layout) -> String {
    format!("note: `{}` is not entered", printable(&layout.root().display().to_string()))
}
