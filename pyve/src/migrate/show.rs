//! A migration as it is printed: the account, and what will be done.

use serde_json::{Value, json};

use super::blocks;
use super::config_change::Config;
use super::name_map::Table;
use super::options::{Options, typed};
use super::plan::Plan;
use crate::config::{FILE, printable};
use crate::context::Session;
use crate::failure::Failure;
use crate::files::envrc;
use crate::records::ConfigChange;

/// The version of the JSON.
const SCHEMA: u32 = 1;

/// Prints account and plan. As JSON that is one document, at the end.
pub fn plan(plan: &Plan, options: &Options, session: &Session) -> Result<(), Failure> {
    let console = &session.console;
    if options.json {
        return if options.dry_run || plan.stops(options) { json(plan, session, false) } else { Ok(()) };
    }
    let (from, to) = (&plan.old.description.id, &plan.new.description.id);
    plan.names.iter().for_each(|table| console.result(&table.told()));
    let versions = match plan.requirements.lock.is_empty() {
        true => String::new(),
        false => printable(&format!(", with the versions of {}", plan.requirements.lock.display())),
    };
    console.result(&format!("Migration of `{}` from {from} to {to}{versions}:", plan.environment()));
    plan.account.table(console).iter().for_each(|line| console.result(line));
    console.result("\nPlan:");
    lines(plan).iter().for_each(|line| console.result(&format!("  {}", printable(line))));
    console.written()
}

/// What there is now, and what can be done next.
pub fn ended(plan: &Plan, options: &Options, session: &Session) -> Result<(), Failure> {
    let (console, to) = (&session.console, &plan.new.description.id);
    if let Config::Silent = plan.config {
        console.info(&format!("{FILE} names no backend; to share the choice, add there: `backend: {to}`"));
    }
    if envrc::is_of_bash_pyve(plan.layout().root()).unwrap_or(false) {
        console.warning(&format!("{} has lines of the bash tool; to replace them: pyve init --update", envrc::FILE));
    }
    let [finish, undo] = ["--finish", "--undo"].map(|flag| typed(flag, plan.environment(), session));
    console.info(&format!("Remove the old environment with `{finish}`, or go back with `{undo}`"));
    if options.json { json(plan, session, true) } else { Ok(()) }
}

/// The same as one JSON document; `done` says that it is done by now.
fn json(plan: &Plan, session: &Session, done: bool) -> Result<(), Failure> {
    let layout = plan.layout();
    let shown = |path: &Option<std::path::PathBuf>| path.as_ref().map(|path| layout.show(path));
    let files: Vec<String> = plan.files.iter().map(|file| file.path.display()).collect();
    let kept: Vec<String> = plan.kept.iter().map(|path| path.display()).collect();
    let document = json!({
        "schema": SCHEMA,
        "project": pyve_plugin_api::OsText::from(layout.root()),
        "environment": plan.environment().to_string(),
        "from": plan.old.description.id.as_str(),
        "to": plan.new.description.id.as_str(),
        "why": plan.old.selection.why,
        "lock": Some(&plan.requirements.lock).filter(|file| !file.is_empty()),
        "name_map": plan.names.as_ref().map(Table::json),
        "account": plan.account.json(),
        "counts": plan.account.counts(),
        "plan": {
            "write": files,
            "unchanged": kept,
            "config": config(&plan.config),
            "old_environment": shown(&plan.old_prefix),
            "new_environment": shown(&plan.new_prefix),
        },
        "done": done,
    });
    let text = serde_json::to_string_pretty(&document).map_err(|error| Failure::new(error.to_string()))?;
    session.console.result(&text);
    session.console.written()
}

fn config(config: &Config) -> Value {
    match config.change() {
        Some(ConfigChange::Line { line, before, after }) => json!({ "line": line, "before": before, "after": after }),
        Some(ConfigChange::Written { .. }) => json!({ "line": null, "before": null, "after": null }),
        None => Value::Null,
    }
}

/// What will be done, in the order in which it is.
fn lines(plan: &Plan) -> Vec<String> {
    let layout = plan.layout();
    let (from, to) = (&plan.old.description.id, &plan.new.description.id);
    let mut lines: Vec<String> = plan.files.iter().map(|file| format!("write {}", file.path.display())).collect();
    lines.extend(plan.kept.iter().map(|path| format!("keep {}, which says that already", path.display())));
    let place = plan.new_prefix.as_ref().map(|prefix| format!(" {}", layout.show(prefix))).unwrap_or_default();
    lines.push(format!("create the {to} environment{place}"));
    let old = plan.old_prefix.as_ref().map(|prefix| layout.show(prefix));
    lines.extend(old.as_ref().map(|old| format!("check that it imports what {old} imports")));
    if plan.old.is_entered() && blocks::is_in(layout, envrc::FILE) {
        lines.push(format!("write {} (marked block)", envrc::FILE));
    }
    match &plan.config {
        Config::Written(_) => lines.push(format!("write {FILE} (`backend: {to}`)")),
        Config::Changed { change: ConfigChange::Line { line, before, after }, .. } => {
            lines.push(format!("change {FILE}:{line} from `{}` to `{}`", before.trim(), after.trim()));
        }
        Config::Changed { .. } | Config::Silent | Config::Fits => {}
    }
    lines.extend(old.map(|old| format!("keep {old} and the files of {from} until `pyve migrate --finish`")));
    lines
}
