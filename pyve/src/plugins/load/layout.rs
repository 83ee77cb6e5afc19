//! What is laid out otherwise, in at most three lines; abi_stable's own words fill ten pages.

use pyve_plugin_api::abi_stable::abi_stability::abi_checking::AbiInstabilityErrors;

/// Longer lines say no more to anybody.
const WIDTH: usize = 110;

/// Where the innermost difference is, what is expected there and what was found.
pub fn summary(errors: &AbiInstabilityErrors) -> Vec<String> {
    let innermost =
        errors.errors.iter().filter(|error| !error.errs.is_empty()).max_by_key(|error| error.stack_trace.len());
    let Some(error) = innermost else { return Vec::new() };
    let text = error.to_string();
    let place = error.stack_trace.last().map_or("the root module".to_owned(), |level| name(&level.found.to_string()));
    let mut lines = vec![cut(format!("in {place}: {}", after(&text, "\nError:").map_or("a difference", first_line)))];
    if let (Some(expected), Some(found)) = (after(&text, "\nExpected:\n"), after(&text, "\nFound:\n")) {
        lines.push(cut(format!("expected: {}", name(expected))));
        lines.push(cut(format!("found: {}", name(found))));
    }
    lines
}

/// A field by its name and type, anything else by its first line.
fn name(text: &str) -> String {
    let mut lines = text.trim_start().lines().map(str::trim);
    let first = lines.next().unwrap_or_default();
    match (first.strip_prefix("field_name:"), lines.next().and_then(|line| line.strip_prefix("type:"))) {
        (Some(field), Some(kind)) => format!("field `{field}` of type `{kind}`"),
        _ => first.to_owned(),
    }
}

/// What stands behind the first such heading.
fn after<'a>(text: &'a str, heading: &str) -> Option<&'a str> {
    text.split_once(heading).map(|(_, rest)| rest)
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

fn cut(line: String) -> String {
    match line.char_indices().nth(WIDTH) {
        Some((index, _)) => format!("{}…", &line[..index]),
        None => line,
    }
}
