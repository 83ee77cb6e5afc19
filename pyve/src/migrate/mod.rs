//! `pyve migrate`: an environment moves to another backend. What its files ask for is translated into new files beside them,
//! a new environment is created beside the old one and checked, and only then is switched to; both stay until one goes.

mod account;
mod blocks;
mod carry_out;
mod config_change;
mod finish;
mod from_lock;
mod imports;
mod name_map;
mod options;
mod plan;
mod show;
mod undo;

use pyve_plugin_api::Fate;

use crate::context::Session;
use crate::failure::Failure;
pub use finish::finish;
use options::agreed;
pub use options::{NameMap, Options};
use plan::Plan;
pub use undo::undo;

/// Does what was asked for.
pub fn execute(options: &Options, session: &Session) -> Result<(), Failure> {
    let layout = crate::lock::project(session)?;
    session.tell_project(layout.root());
    let plan = Plan::make(&layout, options, session)?;
    show::plan(&plan, options, session)?;
    may_go_on(&plan, options)?;
    if options.dry_run {
        return Ok(());
    }
    agreed(&format!("Move `{}` to {}?", plan.environment(), plan.new.description.id), options, session)?;
    carry_out::all(&plan, options, session)?;
    show::ended(&plan, options, session)
}

/// Fails where lines have no counterpart, and nobody said that they may be left out.
fn may_go_on(plan: &Plan, options: &Options) -> Result<(), Failure> {
    if !plan.stops(options) {
        return Ok(());
    }
    let lost = plan.account.count(Fate::IMPOSSIBLE);
    let lines = if lost == 1 { "1 line has".to_owned() } else { format!("{lost} lines have") };
    Err(Failure::new(format!("{lines} no counterpart in backend `{}`; nothing was changed", plan.new.description.id))
        .remedy("change those lines, or add `--allow-loss` to go on without them"))
}
