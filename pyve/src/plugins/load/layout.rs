//! What is laid out otherwise, in at most three lines; abi_stable's own words fill ten pages.

use pyve_plugin_api::abi_stable::abi_stability::abi_checking::{AbiInstabilityError, AbiInstabilityErrors};

/// Longer lines say no more to anybody.
const WIDTH: usize = 110;

/// Where the innermost difference is, what is expected there and what was found.
pub fn summary(errors: &AbiInstabilityErrors) -> Vec<String> {
    let innermost =
        errors.errors.iter().filter(|error| !error.errs.is_empty()).max_by_key(|error| error.stack_trace.len());
    let Some(error) = innermost else { return Vec::new() };
    let text = error.to_string();
    let mut lines = vec![cut(format!("in {}: {}", place(error), after(&text, "\nError:").unwrap_or("a difference")))];
    if let (Some(expected), Some(found)) = (after(&text, "\nExpected:\n"), after(&text, "\nFound:\n")) {
        lines.push(cut(format!("expected: {expected}")));
        lines.push(cut(format!("found: {found}")));
    }
    lines
}

/// The names of the types and fields that lead to the difference.
fn place(error: &AbiInstabilityError) -> String {
    let name = |text: String| text.lines().next().unwrap_or_default().trim().to_owned();
    let path: Vec<String> = error.stack_trace.iter().map(|level| name(level.found.to_string())).collect();
    match path.as_slice() {
        [] => "the root module".to_owned(),
        [.., last] => last.clone(),
    }
}

/// The first line behind a heading. abi_stable prints the two sides at the end, so the last heading is the one meant.
fn after<'a>(text: &'a str, heading: &str) -> Option<&'a str> {
    let start = text.rfind(heading)? + heading.len();
    text[start..].lines().map(str::trim).find(|line| !line.is_empty())
}

fn cut(line: String) -> String {
    match line.char_indices().nth(WIDTH) {
        Some((index, _)) => format!("{}…", &line[..index]),
        None => line,
    }
}
