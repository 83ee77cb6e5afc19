//! The state of every plugin: used, or why not and what changes that.

use pyve_plugin_api::OsText;

use crate::doctor::check::Check;
use crate::doctor::context::Context;
use crate::plugins::{Known, State};

const SUBJECT: &str = "Plugin";

pub fn checks(context: &Context) -> Vec<Check> {
    let list = context.plugins_failure.iter().map(|failure| Check::failed("pyve.plugins", "Plugins", failure));
    list.chain(context.plugins.iter().map(one)).collect()
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
