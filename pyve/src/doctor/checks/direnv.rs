//! direnv and `.envrc`: installed, pyve's block as it should be, and allowed. No direnv is started for it.

use std::path::{Path, PathBuf};

use pyve_formats::read::{self, Limit};
use pyve_formats::sha256;
use pyve_plugin_api::{Host, OsText};

use super::direnv_hook;
use super::gitignore::unclosed;
use crate::doctor::check::{Check, Fix};
use crate::doctor::context::Context;
use crate::files::{atomic, block_file, envrc};
use crate::project::EnvironmentName;

const SUBJECT: &str = "direnv";

const FILE_SUBJECT: &str = "direnv file";

pub fn checks(context: &Context) -> Vec<Check> {
    if !context.is_ready() || !context.has_block(envrc::FILE) {
        return Vec::new();
    }
    if let Some(entered) = another(context) {
        let detail = format!("{} enters the environment `{entered}`", envrc::FILE);
        return vec![Check::info("pyve.envrc", FILE_SUBJECT, detail)];
    }
    let mut checks: Vec<Check> = block(context).into_iter().collect();
    let Some(program) = context.hosting().find_program("direnv").into_iter().next() else {
        let detail = "not installed, so .envrc has no effect";
        let check = Check::warning("pyve.direnv-missing", SUBJECT, detail);
        checks.push(check.hint("install it (apt install direnv, brew install direnv); `pyve run` needs none"));
        return checks;
    };
    checks.push(Check::ok("pyve.direnv", SUBJECT, program.display().to_string()));
    checks.extend(direnv_hook::check(context));
    checks.extend(allowed(context));
    checks
}

/// Whether pyve's block is as it should be.
pub fn block(context: &Context) -> Option<Check> {
    let Ok(choice) = &context.choice else { return None };
    if !context.is_ready() || !context.has_block(envrc::FILE) || another(context).is_some() {
        return None;
    }
    let path = context.layout.root().join(envrc::FILE);
    let body = choice.envrc_block(context.record()?)?;
    let (id, subject) = ("pyve.envrc", FILE_SUBJECT);
    Some(match block_file::is_current(&path, &body) {
        Ok(true) => Check::ok(id, subject, envrc::FILE),
        Ok(false) => {
            let seen = if path.exists() { "pyve's block was modified" } else { "it does not exist" };
            Check::warning(id, subject, format!("{}: {seen}", envrc::FILE))
                .remedy(context.target.typed.init(&[]))
                .fix(Fix::Wiring)
        }
        Err(failure) => unclosed(id, subject, &failure),
    })
}

/// The environment that the file enters, if that is another one than is examined.
fn another(context: &Context) -> Option<EnvironmentName> {
    let choice = context.choice.as_ref().ok()?;
    Some(choice.entered()).filter(|entered| *entered != choice.environment)
}

/// Whether direnv may load the file as it is now. Only the user says so, never `--fix`.
fn allowed(context: &Context) -> Option<Check> {
    let path = context.layout.root().join(envrc::FILE);
    let content = atomic::read(&path).ok()??;
    let paths = [Some(path.clone()), path.canonicalize().ok()];
    let marks = data(context)?;
    let id = "pyve.envrc-blocked";
    let words = |path: &Path| [OsText::from("direnv"), "allow".into(), path.into()];
    for path in paths.iter().flatten() {
        if marks.join("deny").join(hash(path, &[])).exists() {
            let detail = format!("{}: it was denied", path.display());
            return Some(Check::warning(id, SUBJECT, detail).remedy(words(path)));
        }
    }
    let listed = |path: &PathBuf| marks.join("allow").join(hash(path, &content)).exists();
    if paths.iter().flatten().any(listed) || paths.iter().flatten().any(|path| trusted(context, path)) {
        return Some(Check::ok("pyve.envrc-allowed", SUBJECT, format!("{} is allowed", envrc::FILE)));
    }
    let detail = format!("{}: not allowed as it is now, so direnv does not load it", envrc::FILE);
    Some(Check::warning(id, SUBJECT, detail).remedy(words(&path)))
}

/// Where direnv notes what it may load: a file for each, named by the hash of its path and content.
fn data(context: &Context) -> Option<PathBuf> {
    folder(context, "XDG_DATA_HOME", ".local/share")
}

fn folder(context: &Context, variable: &str, below_home: &str) -> Option<PathBuf> {
    let said = context.session.caller.nonempty(variable).map(PathBuf::from).filter(|folder| folder.is_absolute());
    let folder = said.or_else(|| Some(context.home.as_ref()?.join(below_home)));
    folder.map(|folder| folder.join("direnv"))
}

fn hash(path: &Path, content: &[u8]) -> String {
    let name = [path.as_os_str().as_encoded_bytes(), b"\n"].concat();
    sha256::of([&name, content].concat())
}

/// Whether the settings of direnv trust the folder: `[whitelist]` with `prefix` and `exact`.
fn trusted(context: &Context, path: &Path) -> bool {
    let Some(folder) = folder(context, "XDG_CONFIG_HOME", ".config") else { return false };
    let read = |name: &&str| read::text(folder.join(name), Limit::SETTINGS).ok().flatten();
    let text = ["direnv.toml", "config.toml"].iter().find_map(read);
    let table: toml::Table = text.and_then(|text| toml::from_str(&text).ok()).unwrap_or_default();
    let list = |key: &str| {
        let entries = table.get("whitelist").and_then(|it| it.get(key)).and_then(toml::Value::as_array);
        let paths = entries.into_iter().flatten().filter_map(toml::Value::as_str);
        paths.map(|path| expanded(context, path)).collect::<Vec<PathBuf>>()
    };
    let exact = |entry: &PathBuf| entry == path || entry.join(envrc::FILE) == path;
    list("prefix").iter().any(|prefix| path.starts_with(prefix)) || list("exact").iter().any(exact)
}

fn expanded(context: &Context, path: &str) -> PathBuf {
    match (path.strip_prefix("~/"), &context.home) {
        (Some(rest), Some(home)) => home.join(rest),
        _ => PathBuf::from(path),
    }
}
