//! The answer to "what is wrong?": one module per subject, and what they look at.

mod environment;
mod files;
mod openmp;
mod packages;
mod pip;
mod python;
mod scripts;
mod sight;
mod tool;

use pyve_plugin_api::{Command, Error, Finding, Host, Request};

use crate::pyve;
use crate::source::Source;

/// Everything that was checked, from the tool inward. One cause is one finding: in an environment that is not there,
/// not whole or not at its place nothing further is examined.
pub fn findings(request: &Request, host: &dyn Host) -> Vec<Finding> {
    let mut findings = tool::of(request, host);
    let source = Source::of(request);
    findings.extend(environment::of(request, source.as_ref().ok()));
    findings.extend(match &source {
        Ok(source) => files::of(request, source),
        Err(unusable) => vec![files::unusable(request, unusable)],
    });
    findings
}

/// What makes the environment again, whatever is in it.
fn rebuild() -> Command {
    pyve(&["init", "--force"])
}

/// An error that something else met: its words, and what it says that helps.
fn refused(id: &str, subject: &str, error: &Error) -> Finding {
    Finding::error(id, subject, &error.message).with_remedy(error.remedy.clone())
}

/// As many are named; the rest is counted.
const NAMED: usize = 3;

/// `a, b, c and 4 more`.
fn listed(all: &[String]) -> String {
    let more = all.len().saturating_sub(NAMED);
    let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{rest}", all.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", "))
}
