//! Settings as the real one takes them: a variable, else `.mambarc` and `.condarc` of the home folder.

use std::path::PathBuf;

use serde_yaml::Value;

/// A value, or nothing where nobody says it.
pub fn text(key: &str, variables: &[&str]) -> Option<String> {
    let by_variable = variables.iter().filter_map(|name| std::env::var(name).ok()).find(|value| !value.is_empty());
    by_variable.or_else(|| {
        let home = PathBuf::from(std::env::var_os("HOME")?);
        [".mambarc", ".condarc"].iter().find_map(|file| in_file(&home.join(file), key))
    })
}

fn in_file(path: &std::path::Path, key: &str) -> Option<String> {
    let root: Value = serde_yaml::from_str(&std::fs::read_to_string(path).ok()?).ok()?;
    match &root[key] {
        Value::Bool(flag) => Some(flag.to_string()),
        Value::String(text) => Some(text.clone()),
        _ => None,
    }
}

/// `true` or `false`; anything else is refused, `1` and `0` as well.
pub fn flag(key: &str) -> Result<bool, Vec<String>> {
    let variable = format!("MAMBA_{}", key.to_uppercase());
    match text(key, &[&variable]).as_deref() {
        Some("true") => Ok(true),
        Some("false") | None => Ok(false),
        Some(other) => {
            Err(vec![format!("critical libmamba Bad conversion of configurable '{key}' with value '{other}'")])
        }
    }
}

/// What stands before the name of a channel that is no address.
pub fn channel_alias() -> String {
    text("channel_alias", &[]).unwrap_or_else(|| "https://conda.anaconda.org".to_owned())
}

/// The platform that packages are looked for; this machine's own where nobody says another.
pub fn platform() -> String {
    text("platform", &["CONDA_SUBDIR", "MAMBA_PLATFORM"]).unwrap_or_else(crate::channel::platform)
}
