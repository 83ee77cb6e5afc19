//! What is chosen of the project's dependencies: the settings, and the names that the files know.

use pyve_formats::nearest::nearest;
use pyve_formats::python_name::normalized;
use pyve_plugin_api::{Error, Request, Setting, SettingKind, SettingValue};

pub const REQUIREMENTS: &str = "requirements";
pub const EXTRAS: &str = "extras";
pub const GROUPS: &str = "groups";
const ALL_EXTRAS: &str = "all_extras";

/// So many names are told; more would hide the rest.
const NAMED: usize = 5;

pub fn settings() -> [Setting; 4] {
    [
        Setting::new(REQUIREMENTS, SettingKind::LIST, "Files of requirements to install, instead of requirements.txt")
            .flag("requirements")
            .remembered(),
        Setting::new(EXTRAS, SettingKind::LIST, "Extras of the project to install").flag("extra").remembered(),
        Setting::new(GROUPS, SettingKind::LIST, "Dependency groups to install").flag("group").remembered(),
        Setting::new(ALL_EXTRAS, SettingKind::BOOL, "Whether to install all extras of the project")
            .default_value("false")
            .flag("all-extras")
            .remembered(),
    ]
}

/// What is chosen of one kind of names.
pub struct Chosen {
    /// As indexes compare them.
    pub names: Vec<String>,
    /// What is remembered and no longer there, each as a sentence.
    pub gone: Vec<String>,
}

/// The names that a setting chooses among those of `file`; where `open`, others may be known to who builds the project.
///
/// One that the user says now and the file does not know is an error with the nearest and the known ones.
pub fn chosen<'a>(
    request: &Request,
    key: &str,
    file: &str,
    known: impl Iterator<Item = &'a String>,
    open: bool,
) -> Result<Chosen, Error> {
    let known: Vec<&String> = known.collect();
    let mut chosen = Chosen { names: Vec::new(), gone: Vec::new() };
    if key == EXTRAS && request.flag(ALL_EXTRAS) == Some(true) {
        chosen.names.extend(known.iter().map(ToString::to_string));
    }
    let Some(said) = request.setting(key) else {
        // By convention an environment with a name has the group of that name.
        let own = normalized(&request.environment);
        if key == GROUPS && request.is_named() && known.contains(&&own) {
            chosen.names.push(own);
        }
        return Ok(chosen);
    };
    let is_name = |name: &str| name.chars().all(|letter| letter.is_ascii_alphanumeric() || "-_.".contains(letter));
    for name in &said.values {
        let normal = normalized(name);
        if open && is_name(name) || known.contains(&&normal) {
            if !chosen.names.contains(&normal) {
                chosen.names.push(normal);
            }
            continue;
        }
        let kind = key.trim_end_matches('s');
        if said.remembered {
            chosen.gone.push(format!("`{file}` no longer has the {kind} `{name}`, which `{}` chose", said.origin));
            continue;
        }
        return Err(unknown(kind, name, file, &known, said));
    }
    Ok(chosen)
}

fn unknown(kind: &str, name: &str, file: &str, known: &[&String], said: &SettingValue) -> Error {
    let place = if said.origin.starts_with("--") { String::new() } else { format!(" ({})", said.origin) };
    let message = format!("`{file}` has no {kind} `{}`{place}", name.escape_debug());
    if known.is_empty() {
        let hint = match said.origin.strip_prefix("--") {
            Some(flag) => format!("it has no {kind}s at all; remove `--{flag}`"),
            None => format!("it has no {kind}s at all; remove it from `{}`", said.origin),
        };
        return Error::new(message).hint(hint).usage();
    }
    let near = nearest(&normalized(name), known);
    let near = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
    Error::new(format!("{message}{near}")).hint(format!("use one of {}", listed(known))).usage()
}

/// A few of the names, and how many more there are.
pub fn listed<T: AsRef<str>>(names: &[T]) -> String {
    let more = names.len().saturating_sub(NAMED);
    let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
    let shown = names.iter().take(NAMED).map(|name| name.as_ref().escape_debug().to_string());
    format!("{}{rest}", shown.collect::<Vec<_>>().join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_names_stand_for_many() {
        let many: Vec<String> = ('a'..='h').map(String::from).collect();
        assert_eq!(
            (listed(&many), listed(&["a\u{1b}"])),
            ("a, b, c, d, e and 3 more".to_owned(), "a\\u{1b}".to_owned())
        );
    }
}
