//! `pyve doctor`: what is wrong, and what to type.

mod aim;
mod check;
mod checks;
mod examine;
mod fix;
mod ground;
mod json;
mod report;
mod text;

use std::sync::Arc;

use anyhow::Result;

use crate::failure::exit;
use crate::session::Session;
pub use check::command_line;
pub use checks::backend::findings;
use fix::Fixed;
use ground::Ground;
pub use json::schema;
use report::Report;

/// The words of one `doctor`.
#[derive(Clone, Debug, Default)]
pub struct Options {
    pub backend: Option<String>,
    pub environment: Option<String>,
    pub strict: bool,
    pub json: bool,
    pub fix: bool,
    pub dry_run: bool,
    pub yes: bool,
}

/// Examines, mends where that was asked for, and tells; the exit code.
pub fn execute(options: &Options, session: &Session) -> Result<u8> {
    let looking = session.looking();
    let mut report = look(options, &looking)?;
    let mut fixed: Vec<Fixed> = Vec::new();
    if options.fix {
        fixed = fix::all(&report, options, session);
        if fixed.iter().any(Fixed::is_done) {
            report = look(options, &looking)?;
        }
    }
    let console = &session.console;
    console.result(&if options.json {
        serde_json::to_string_pretty(&json::document(&report, &fixed))?
    } else {
        text::rendered(&report, &fixed, console)
    });
    let bad = report.counts.errors > 0 || (options.strict && report.counts.warnings > 0);
    Ok(if bad { exit::FAILED } else { exit::DONE })
}

fn look(options: &Options, session: &Session) -> Result<Report> {
    let ground = Arc::new(Ground::survey(options, session)?);
    let checks = examine::all(&ground);
    Ok(Report::new(&ground, checks))
}
