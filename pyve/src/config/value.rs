//! Values of settings: what a text, a bool, a list or a path may be, wherever it was said.

use std::path::{Component, Path, PathBuf};

use pyve_formats::yaml::{Node, Position, Value};
use pyve_plugin_api::SettingKind;

use super::problem::{Problem, quoted};
use crate::ui::is_unprintable;
use crate::ui::suggest::did_you_mean;

/// A value that may not be: what is wrong with it, and the edit that helps.
pub type Refusal = (String, String);

/// The values of a setting of that kind; empty for an empty list only.
pub fn values(name: &str, kind: SettingKind, node: &Node, root: &Path) -> Result<Vec<String>, Problem> {
    match kind {
        SettingKind::LIST => list(name, node),
        SettingKind::BOOL => boolean(name, node).map(|value| vec![value.to_string()]),
        SettingKind::PATH => {
            let value = text(name, node)?;
            path(name, &value, root).map(|path| vec![path]).map_err(|refusal| at(node.position, refusal))
        }
        _ => text(name, node).map(|value| vec![value]),
    }
}

/// A single text, as it was written: an unquoted `3.10` is `3.10`.
pub fn text(name: &str, node: &Node) -> Result<String, Problem> {
    match &node.value {
        Value::Scalar { text, .. } => {
            printable(name, text).map_err(|refusal| at(node.position, refusal))?;
            Ok(text.clone())
        }
        _ => Err(Problem::new(
            node.position,
            format!("invalid {name}: must be a text, not {}", node.kind()),
            format!("write one value: `{}: \"...\"`", last(name)),
        )),
    }
}

/// `true` or `false`.
pub fn boolean(name: &str, node: &Node) -> Result<bool, Problem> {
    let Value::Scalar { text, plain } = &node.value else {
        let text = format!("invalid {name}: must be `true` or `false`, not {}", node.kind());
        return Err(Problem::new(
            node.position,
            text,
            format!("write `{}: true` or `{}: false`", last(name), last(name)),
        ));
    };
    match (text.as_str(), plain) {
        ("true" | "True" | "TRUE", true) => return Ok(true),
        ("false" | "False" | "FALSE", true) => return Ok(false),
        _ => {}
    }
    let near = match text.to_ascii_lowercase().as_str() {
        "yes" | "on" | "1" | "y" => "; did you mean `true`?".to_owned(),
        "no" | "off" | "0" | "n" => "; did you mean `false`?".to_owned(),
        lower if !plain && matches!(lower, "true" | "false") => format!("; did you mean `{lower}` without quotes?"),
        lower => did_you_mean(lower, ["true", "false"]),
    };
    Err(Problem::new(
        node.position,
        format!("invalid {name} {}: must be `true` or `false`{near}", quoted(text)),
        format!("write `{}: true` or `{}: false`", last(name), last(name)),
    ))
}

fn list(name: &str, node: &Node) -> Result<Vec<String>, Problem> {
    let items = match &node.value {
        Value::List(items) => items,
        Value::Scalar { text, .. } => {
            return Err(Problem::new(
                node.position,
                format!("invalid {name} {}: must be a list", quoted(text)),
                format!("write `{}: [\"{}\"]`", last(name), text.escape_default()),
            ));
        }
        Value::Map(_) => {
            return Err(Problem::new(
                node.position,
                format!("invalid {name}: must be a list, not a mapping"),
                format!("write `{}: [\"...\"]`", last(name)),
            ));
        }
    };
    items.iter().map(|item| list_item(name, item)).collect()
}

fn list_item(name: &str, item: &Node) -> Result<String, Problem> {
    if item.is_null() {
        let text = format!("{name} has an empty entry");
        return Err(Problem::new(item.position, text, "set a value, or remove the entry"));
    }
    text(&format!("entry of {name}"), item)
}

/// A text without characters that a terminal would obey or that hide what is meant.
pub fn printable(name: &str, text: &str) -> Result<(), Refusal> {
    if text.trim().is_empty() {
        return Err((format!("{name} is empty"), format!("set a value, or remove `{}`", last(name))));
    }
    match text.chars().find(|letter| is_unprintable(*letter)) {
        None => Ok(()),
        Some(letter) => Err((
            format!("invalid {name} {}: unprintable character U+{:04X}", quoted(text), letter as u32),
            "remove that character".to_owned(),
        )),
    }
}

/// A path inside the project, relative to it and without empty parts.
pub fn path(name: &str, text: &str, root: &Path) -> Result<String, Refusal> {
    printable(name, text)?;
    let refuse = |why: &str| {
        Err((
            format!("invalid {name} {}: {why}", quoted(text)),
            "use a path inside the project, such as `env`".to_owned(),
        ))
    };
    let written = Path::new(text);
    let inside = match written.strip_prefix(root) {
        Ok(inside) => inside,
        Err(_) if written.is_absolute() || written.has_root() => return refuse("outside of the project"),
        Err(_) => written,
    };
    let mut path = PathBuf::new();
    for part in inside.components() {
        match part {
            Component::Normal(part) => path.push(part),
            Component::CurDir => {}
            Component::ParentDir => return refuse("`..` may lead out of the project"),
            Component::RootDir | Component::Prefix(_) => return refuse("outside of the project"),
        }
    }
    if path.starts_with("~") {
        return refuse("`~` is outside of the project");
    }
    if path.as_os_str().is_empty() {
        return refuse("the project itself");
    }
    Ok(path.to_string_lossy().into_owned())
}

fn at(position: Position, (text, edit): Refusal) -> Problem {
    Problem::new(position, text, edit)
}

/// The key alone: `directory` of `venv.directory`.
fn last(name: &str) -> &str {
    name.rsplit(['.', ' ']).next().unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_stay_inside() {
        let root = Path::new("/work place/p");
        let path = |text: &str| path("x.dir", text, root).map_err(|refusal| refusal.0);
        assert_eq!(path("./a//b/").unwrap(), "a/b");
        assert_eq!(path("/work place/p/.env dir").unwrap(), ".env dir");
        assert_eq!(path("..foo").unwrap(), "..foo");
        assert_eq!(path("~x").unwrap(), "~x");
        assert_eq!(path("/etc").unwrap_err(), "invalid x.dir `/etc`: outside of the project");
        assert_eq!(path("/work place/p2").unwrap_err(), "invalid x.dir `/work place/p2`: outside of the project");
        assert_eq!(path("a/../../b").unwrap_err(), "invalid x.dir `a/../../b`: `..` may lead out of the project");
        assert_eq!(path("~/envs").unwrap_err(), "invalid x.dir `~/envs`: `~` is outside of the project");
        assert_eq!(path("./").unwrap_err(), "invalid x.dir `./`: the project itself");
        assert_eq!(path(" ").unwrap_err(), "x.dir is empty");
        assert_eq!(path("a\u{202e}b").unwrap_err(), "invalid x.dir `a\\u{202e}b`: unprintable character U+202E");
    }
}
