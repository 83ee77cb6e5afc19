//! The plugin that is meant, among those that are there.

use anyhow::Result;

use crate::context::Session;
use crate::failure::Failure;
use crate::plugins::{self, Inventory, Known};
use crate::ui::suggest::nearest;

/// The plugins that are there; a manifest that cannot be read is told, and the rest goes on.
pub fn inventory(session: &Session) -> Result<Inventory> {
    let inventory = plugins::known(&session.pyve_home()?, &session.caller, session.persistence);
    if let Some(failure) = &inventory.failure {
        session.console.failure(failure);
    }
    Ok(inventory)
}

/// The plugin with that id or file name.
pub fn find<'a>(inventory: &'a Inventory, name: &str) -> Result<&'a Known, Failure> {
    if let Some(known) = inventory.find(name).or_else(|| inventory.plugins.iter().find(|known| known.name() == name)) {
        return Ok(known);
    }
    let names: Vec<String> = inventory.plugins.iter().map(Known::name).collect();
    Err(match nearest(name, names.iter().map(String::as_str)) {
        Some(near) => Failure::new(format!("plugin `{name}` not found")).remedy(format!("did you mean `{near}`?")),
        None if names.is_empty() => Failure::new(format!("plugin `{name}` not found: no plugin was added"))
            .remedy("add it with `pyve plugin add FILE`"),
        None => Failure::new(format!("plugin `{name}` not found; plugins: {}", names.join(", ")))
            .command(["pyve", "plugin", "list"]),
    })
}
