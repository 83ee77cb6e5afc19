//! Taking things away, one after the other; the records go last, so that an interrupted purge can be repeated.

use std::fs;
use std::path::Path;

use super::plan::{Going, Plan, What};
use crate::console::Console;
use crate::failure::Failure;
use crate::files::{Change, block_file, dotenv, shared_line};
use crate::project::Layout;

/// Does what the plan says. What cannot be removed ends it; the rest is still there for the next time.
pub fn carry_out(plan: &Plan, layout: &Layout, console: &Console) -> Result<(), Failure> {
    for going in &plan.going {
        take_away(going, layout)?;
        console.done(&format!("removed {}", going.show(layout)));
    }
    // Empty by now, unless the user keeps something in it.
    let _ = fs::remove_dir(layout.folder());
    Ok(())
}

fn take_away(going: &Going, layout: &Layout) -> Result<(), Failure> {
    let path = &going.path;
    match &going.what {
        What::Folder => remove_folder(path),
        What::File => fs::remove_file(path).map_err(|error| Failure::io("remove", path, &error)),
        What::Block => block_file::withdraw(path).map(|_: Change| ()),
        What::Line { key, line } => shared_line::remove_line(path, key, line).map(|_| ()),
        What::EmptyFile => dotenv::remove_if_empty(layout.root()).map(|_| ()),
    }
}

/// A link is removed as a link: what it leads to is not in the project.
fn remove_folder(path: &Path) -> Result<(), Failure> {
    let removed = if path.is_symlink() { fs::remove_file(path) } else { fs::remove_dir_all(path) };
    removed.map_err(|error| {
        Failure::io("remove", path, &error).remedy("make it yours to write, then type `pyve purge` again")
    })
}

impl Going {
    /// As a list shows it.
    pub fn show(&self, layout: &Layout) -> String {
        let path = layout.show(&self.path);
        match &self.what {
            What::Folder => format!("{path}/"),
            What::File | What::EmptyFile => path,
            What::Block => format!("pyve's block in {path}"),
            What::Line { line, .. } => format!("`{line}` in {path}"),
        }
    }
}
