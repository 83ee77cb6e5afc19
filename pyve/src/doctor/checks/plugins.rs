//! The state of every plugin: used, or why not and what changes that; and those that the settings name.

use pyve_plugin_api::OsText;

use crate::config::NeededPlugin;
use crate::doctor::check::Check;
use crate::doctor::context::Context;
use crate::plugins::{Inventory, Known, State};
use crate::registry;
use crate::selection::needed;

const SUBJECT: &str = "Plugin";

pub fn checks(context: &Context) -> Vec<Check> {
    let Inventory { plugins, failure } = &context.plugins;
    let list = failure.iter().map(|failure| Check::failed("pyve.plugins", "Plugins", failure));
    // Where the list cannot be read, nobody knows which are missing.
    let needed = context.needed.iter().filter(|_| failure.is_none());
    list.chain(plugins.iter().map(one)).chain(needed.filter_map(|needed| named(needed, &context.plugins))).collect()
}

/// What is wrong with a plugin that the settings name.
fn named(needed: &NeededPlugin, inventory: &Inventory) -> Option<Check> {
    if inventory.find(&needed.id).is_none() && registry::find(&needed.id).is_none() {
        let detail = format!("{} is needed and was not added; {}", needed.id, needed::said(needed));
        let check = Check::warning("pyve.plugin-needed", SUBJECT, detail);
        return Some(check.with_remedy(needed::remedy(needed, None)));
    }
    let check = Check::failed("pyve.plugin-other", SUBJECT, &needed::other(needed, inventory)?);
    Some(Check { status: pyve_plugin_api::Status::WARNING, ..check })
}

fn one(known: &Known) -> Check {
    let name = known.name();
    let Some(trouble) = known.trouble() else {
        let version = known.description().map(|description| format!(" {}", description.version)).unwrap_or_default();
        return Check::ok("pyve.plugin", SUBJECT, format!("{name}{version}"));
    };
    let plugin = |word: &str, argument: OsText| vec!["pyve".into(), "plugin".into(), word.into(), argument];
    let detail = trouble.message.clone();
    match &known.state {
        State::Replaced(_) => {
            let check = Check::failed("pyve.plugin-replaced", SUBJECT, &trouble);
            Check { status: pyve_plugin_api::Status::INFO, ..check }
        }
        State::NotAdded => {
            Check::info("pyve.plugin-not-added", SUBJECT, detail).remedy(plugin("add", known.path.as_path().into()))
        }
        State::Missing => Check::warning("pyve.plugin-missing", SUBJECT, detail).remedy(plugin("remove", name.into())),
        State::Changed(_) => {
            Check::warning("pyve.plugin-changed", SUBJECT, detail).remedy(plugin("trust", name.into()))
        }
        State::Quarantined(_) => {
            Check::warning("pyve.plugin-quarantined", SUBJECT, detail).remedy(plugin("trust", name.into()))
        }
        State::Trusted | State::Refused(_) => {
            let check = Check::failed("pyve.plugin-refused", SUBJECT, &trouble);
            Check { status: pyve_plugin_api::Status::WARNING, ..check }
        }
    }
}
