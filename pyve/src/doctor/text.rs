//! The report for people: a mark and a line for each check, below a problem what was seen and what to type.

use anstyle::{AnsiColor, Style};
use pyve_plugin_api::Status;

use super::check::Check;
use super::fixed::Fixed;
use super::report::{Counts, Report};
use crate::config::printable;
use crate::ui::{Console, Volume};

const TITLE: &str = "Pyve Environment Diagnostics";

/// What stands in front of a line.
struct Marks {
    ok: &'static str,
    info: &'static str,
    warning: &'static str,
    error: &'static str,
    arrow: &'static str,
}

const UNICODE: Marks = Marks { ok: "✓", info: "•", warning: "⚠", error: "✗", arrow: "→" };
const ASCII: Marks = Marks { ok: "[ok]", info: "[info]", warning: "[warning]", error: "[error]", arrow: "->" };

/// The whole text, without a last line ending.
pub fn rendered(report: &Report, fixed: &[Fixed], console: &Console) -> String {
    let marks = if console.unicode() { &UNICODE } else { &ASCII };
    let mut lines = vec![TITLE.to_owned()];
    for fixed in fixed {
        let (style, mark) = if fixed.is_failed() { (red(), marks.error) } else { (green(), marks.info) };
        lines.push(format!("{style}{mark}{style:#} {}", printable(&fixed.to_string())));
    }
    for check in &report.checks {
        let problem = check.is_problem() || check.status == Status::default();
        if console.volume() > Volume::Quiet || problem {
            told(check, marks, console.volume(), &mut lines);
        }
    }
    lines.push(summary(&report.counts));
    lines.join("\n")
}

fn told(check: &Check, marks: &Marks, volume: Volume, lines: &mut Vec<String>) {
    let (style, mark) = match check.status {
        Status::OK => (green(), marks.ok),
        Status::INFO => (Style::new(), marks.info),
        Status::WARNING => (AnsiColor::Yellow.on_default().bold(), marks.warning),
        _ => (red(), marks.error),
    };
    // A problem's detail is its place, then what was seen there.
    let (head, seen) = match check.detail.split_once(": ") {
        Some((head, seen)) if check.is_problem() => (head, Some(seen)),
        _ => (check.detail.as_str(), None),
    };
    lines.push(format!("{style}{mark}{style:#} {}: {}", printable(&check.subject), printable(head)));
    lines.extend(seen.map(|seen| format!("  {}", printable(seen))));
    if let Some(help) = check.help().filter(|_| check.status != Status::OK) {
        lines.push(format!("  {} {}", marks.arrow, printable(&help)));
    }
    if volume >= Volume::Verbose {
        let started = match check.processes {
            0 => String::new(),
            count => format!(", {}", number(count, "process")),
        };
        lines.push(format!("  {} ({:.1} ms{started})", check.id, check.duration.as_secs_f64() * 1000.0));
    }
}

/// How many there are of each, where there are any.
fn summary(counts: &Counts) -> String {
    if counts.warnings + counts.errors == 0 {
        return "all checks passed".to_owned();
    }
    let counted = [
        (counts.ok, format!("{} ok", counts.ok)),
        (counts.warnings, number(counts.warnings, "warning")),
        (counts.errors, number(counts.errors, "error")),
    ];
    let counted = counted.into_iter().filter(|(count, _)| *count > 0).map(|(_, words)| words);
    counted.collect::<Vec<_>>().join(", ")
}

fn number(count: usize, word: &str) -> String {
    let plural = match (count, word.ends_with('s')) {
        (1, _) => "",
        (_, true) => "es",
        (_, false) => "s",
    };
    format!("{count} {word}{plural}")
}

fn green() -> Style {
    AnsiColor::Green.on_default()
}

fn red() -> Style {
    AnsiColor::Red.on_default().bold()
}
