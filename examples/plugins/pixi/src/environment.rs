//! Which of the manifest's environments is meant, and where it is: below `.pixi/envs`, or detached from the project.

use std::path::{Path, PathBuf};

use pyve_formats::nearest::nearest;
use pyve_plugin_api::{Error, Host, Request, Result};
use serde_json::Value;

use crate::manifest::{DEFAULT, Manifest};
use crate::pixi;

/// Where pixi puts environments; a link where they are detached.
pub const ENVS: &str = ".pixi/envs";

/// The setting that names the environment of the manifest.
pub const SETTING: &str = "environment";

/// The environment's name in the manifest: the one that is set for it, else its own.
pub fn name(request: &Request) -> &str {
    let own = if request.is_named() { request.environment.as_str() } else { DEFAULT };
    request.text(SETTING).unwrap_or(own)
}

/// The same, if the manifest declares it.
pub fn declared<'a>(request: &'a Request, manifest: &Manifest) -> Result<&'a str> {
    let name = name(request);
    let environments = manifest.environments();
    let known: Vec<&str> = environments.iter().map(|environment| environment.name.as_str()).collect();
    if known.contains(&name) {
        return Ok(name);
    }
    let origin = request.origin(SETTING).map(|origin| format!(" ({origin})")).unwrap_or_default();
    let message = format!("environment `{}` is not declared in `{}`{origin}", name.escape_debug(), manifest.file);
    let error = Error::new(message).detail(format!("it declares {}", known.join(", "))).usage();
    Err(match nearest(name, &known) {
        Some(near) => error.hint(format!("did you mean `{near}`?")),
        None => error.hint(format!("declare it in `{}`, or name another one", manifest.file)),
    })
}

/// Where an environment is, or would be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub prefix: PathBuf,
    /// Whether it is outside of the project.
    pub external: bool,
}

impl Place {
    fn new(prefix: PathBuf, request: &Request) -> Self {
        let external = !prefix.starts_with(request.project());
        Self { prefix, external }
    }

    /// As files tell it: what was recorded, the link that pixi made, or the usual folder.
    pub fn known(request: &Request) -> Self {
        let name = name(request);
        let recorded = request.recorded().map(|recorded| recorded.prefix.path().into_owned());
        let prefix = recorded.filter(|prefix| prefix.ends_with(name) && prefix.is_dir());
        Self::new(prefix.unwrap_or_else(|| folder(request).join(name)), request)
    }

    /// As pixi tells it, which knows the settings of every user; as files tell it where it does not.
    pub fn told(request: &Request, program: &Path, manifest: &Manifest, host: &dyn Host) -> Self {
        let ask = pixi::command(program, &["info", "--json"], manifest, request);
        let answer = host.capture(&ask).ok().filter(|output| output.success());
        let told = answer.and_then(|output| in_info(&output.stdout, name(request)));
        told.map_or_else(|| Self::known(request), |prefix| Self::new(prefix, request))
    }
}

/// `{"environments_info": [{"name": …, "prefix": …}, …]}`
fn in_info(bytes: &[u8], name: &str) -> Option<PathBuf> {
    let answer: Value = serde_json::from_slice(bytes).ok()?;
    let environments = answer.get("environments_info")?.as_array()?;
    let meant =
        environments.iter().find(|environment| environment.get("name").and_then(Value::as_str) == Some(name))?;
    let prefix = PathBuf::from(meant.get("prefix")?.as_str()?);
    (prefix.is_absolute() && prefix.ends_with(name)).then_some(prefix)
}

/// `.pixi/envs`, or where the link leads that pixi made of it (`detached-environments`).
pub fn folder(request: &Request) -> PathBuf {
    let envs = request.in_project(ENVS);
    match std::fs::read_link(&envs) {
        Ok(target) if target.is_absolute() => target,
        Ok(target) => request.in_project(".pixi").join(target),
        Err(_) => envs,
    }
}

/// The interpreter of a conda prefix.
pub fn interpreter(prefix: &Path) -> PathBuf {
    if cfg!(windows) { prefix.join("python.exe") } else { prefix.join("bin/python") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prefix(request: &Request) -> PathBuf {
        Place::known(request).prefix
    }

    #[test]
    fn each_environment_has_a_folder_of_its_own() {
        let request = Request::new("/p", "/home/.pyve");
        let named = request.clone().with_environment("test");
        let set = request.clone().with_setting(SETTING, ["dev"], ".pyve/config:2");
        let folders = [&request, &named, &set].map(prefix);
        let both = named.clone().with_setting(SETTING, ["lint"], ".pyve/config:4");
        assert_eq!(prefix(&both), Path::new("/p/.pixi/envs/lint"), "set for this one");
        assert_eq!(folders, ["default", "test", "dev"].map(|name| Path::new("/p/.pixi/envs").join(name)));
    }

    #[cfg(unix)]
    #[test]
    fn the_link_leads_to_a_detached_one() {
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir(root.path().join(".pixi")).unwrap();
        std::os::unix::fs::symlink("/cache/p-1/envs", root.path().join(ENVS)).unwrap();
        let place = Place::known(&Request::new(root.path(), "/home/.pyve").with_environment("test"));
        assert_eq!(place, Place { prefix: "/cache/p-1/envs/test".into(), external: true });
    }

    #[test]
    fn pixi_says_where_it_is() {
        let info = br#"{"environments_info": [{"name": "default", "prefix": "/c/p-1/envs/default"},
            {"name": "odd", "prefix": "envs/odd"}], "project_info": null}"#;
        assert_eq!(in_info(info, "default"), Some("/c/p-1/envs/default".into()));
        assert_eq!((in_info(info, "odd"), in_info(info, "test"), in_info(b"no", "default")), (None, None, None));
    }

    #[test]
    fn a_name_that_the_manifest_does_not_have_is_an_error_with_the_nearest() {
        let root = tempfile::tempdir().unwrap();
        std::fs::write(root.path().join("pixi.toml"), "[environments]\ntest = [\"test\"]\n").unwrap();
        let request =
            |name: &str| Request::new(root.path(), "/home/.pyve").with_setting(SETTING, [name], ".pyve/config:2");
        let told = |name: &str| {
            let (request, manifest) = (request(name), Manifest::of(&request(name)).unwrap());
            declared(&request, &manifest).map(str::to_owned).map_err(|error| format!("{error}: {}", error.remedy))
        };
        assert_eq!(told("test").unwrap(), "test");
        let wrong = "environment `tset` is not declared in `pixi.toml` (.pyve/config:2): did you mean `test`?";
        assert_eq!(told("tset").unwrap_err(), wrong);
        let far = told("../x").unwrap_err();
        assert!(far.ends_with("(.pyve/config:2): declare it in `pixi.toml`, or name another one"), "{far}");
    }
}
