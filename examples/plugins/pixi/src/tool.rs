//! Where pixi is, and whether it is new enough.

use std::path::{Path, PathBuf};

use pyve_formats::match_spec::MatchSpec;
use pyve_plugin_api::{Command, ErrorKind, Host, Recipe, Request, Result, Scope, Tool, ToolAnswer};

use crate::manifest::Manifest;

/// The first version whose `shell-hook` takes `--as-is`, without which a question could install something.
const OLDEST: &str = ">=0.53";

const PAGE: &str = "https://pixi.sh/latest/installation";

/// Looks where pyve puts tools, on PATH, and where pixi's own installer puts it. The first that fits is taken.
pub fn find(request: &Request, host: &dyn Host) -> Result<ToolAnswer> {
    let manifest = Manifest::of(request).ok();
    let required = manifest.as_ref().and_then(|manifest| manifest.workspace("requires-pixi"));
    let by = |line: usize| manifest.as_ref().map(|manifest| format!("{}:{line}", manifest.file)).unwrap_or_default();
    let mut answer = ToolAnswer::missing("pixi is not installed").required_by(&by(0).replace(":0", ""));
    let mut hint = format!("install pixi and try again: {PAGE}");
    for (path, origin) in candidates(request, host).into_iter().filter(|(path, _)| path.is_file()) {
        let shown = path.display();
        let version = match version(&path, host) {
            Ok(Some(version)) => version,
            Ok(None) => {
                answer = answer.seen(&format!("{shown} does not say its version"));
                continue;
            }
            // What came with the project is not started; the next one may be.
            Err(error) if error.is(ErrorKind::REFUSED) => {
                answer = answer.seen(&format!("{shown} {}", error.message));
                continue;
            }
            Err(error) => return Err(error),
        };
        let unfit = |requirement: &str| fits(&version, requirement) == Some(false);
        let why = match &required {
            _ if unfit(OLDEST) => format!("{OLDEST} is needed"),
            Some(required) if unfit(&required.text) => {
                format!("`{}` requires {}", by(required.line), required.text.escape_debug())
            }
            _ => return Ok(ToolAnswer::found(Tool::new(path, &version, origin))),
        };
        answer = answer.seen(&format!("{shown} is {version}, and {why}"));
        answer.missing = format!("pixi {version} does not fit: {why}").into();
        hint = format!("run `pixi self-update`, or install another version: {PAGE}");
    }
    Ok(answer.hint(hint).recipe(Recipe::manual("manual", "Install manually", PAGE)))
}

fn candidates(request: &Request, host: &dyn Host) -> Vec<(PathBuf, &'static str)> {
    let file = format!("pixi{}", std::env::consts::EXE_SUFFIX);
    let scopes = [(Scope::PROJECT, "project"), (Scope::USER, "user")];
    let sandboxes = scopes.into_iter().filter_map(|(scope, name)| Some((request.tools_dir(scope)?.join(&file), name)));
    let on_path = host.find_program("pixi").into_iter().map(|path| (path, "PATH"));
    let own = home(host).map(|home| (home.join("bin").join(&file), "pixi's home"));
    sandboxes.chain(on_path).chain(own).collect()
}

/// pixi's own folder: `~/.pixi`, or what `PIXI_HOME` says.
pub fn home(host: &dyn Host) -> Option<PathBuf> {
    let user = if cfg!(windows) { "USERPROFILE" } else { "HOME" };
    let set = |name: &str| host.variable(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    set("PIXI_HOME").or_else(|| Some(set(user)?.join(".pixi")))
}

/// `pixi 0.77.0`: the second word.
fn version(program: &Path, host: &dyn Host) -> Result<Option<String>> {
    let output = host.capture(&Command::new(program).arg("--version"))?;
    Ok(output.text().split_whitespace().nth(1).filter(|_| output.success()).map(str::to_owned))
}

/// Whether the version fits what is required; `None` where that cannot be told, which pixi itself then does.
fn fits(version: &str, required: &str) -> Option<bool> {
    MatchSpec::parse(&format!("pixi {required}")).ok()?.accepts(version, "")
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use pyve_plugin_api::testing::FakeHost;
    use std::os::unix::fs::PermissionsExt;

    fn program(folder: &Path, version: &str) {
        std::fs::create_dir_all(folder).unwrap();
        let path = folder.join("pixi");
        std::fs::write(&path, format!("#!/bin/sh\necho pixi {version}\n")).unwrap();
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
    }

    #[test]
    fn the_first_that_is_new_enough_is_taken() {
        let root = tempfile::tempdir().unwrap();
        let at = |name: &str| root.path().join(name);
        let request = Request::new(at("p"), at("pyve"));
        let host = || FakeHost::new().path(at("bin")).path("/bin").variable("HOME", at("home"));
        let told = || {
            let answer = find(&request, &host()).unwrap();
            let tool = answer.found.into_option();
            tool.map_or(answer.missing.to_string(), |tool| format!("{} {}", tool.version, tool.origin))
        };
        assert_eq!(told(), "pixi is not installed");
        program(&at("bin"), "0.41.0");
        assert_eq!(told(), "pixi 0.41.0 does not fit: >=0.53 is needed");
        program(&at("home/.pixi/bin"), "0.66.0");
        assert_eq!(told(), "0.66.0 pixi's home");
        program(&at("bin"), "0.77.0");
        assert_eq!(told(), "0.77.0 PATH");
        program(&at("pyve/bin"), "0.54.0");
        assert_eq!(told(), "0.54.0 user");
        std::fs::create_dir(at("p")).unwrap();
        std::fs::write(at("p/pixi.toml"), "[workspace]\nrequires-pixi = \">=0.70,<0.80\"\n").unwrap();
        assert_eq!(told(), "0.77.0 PATH");
        std::fs::write(at("p/pixi.toml"), "[workspace]\nrequires-pixi = \">=0.80\"\n").unwrap();
        assert_eq!(told(), "pixi 0.66.0 does not fit: `pixi.toml:2` requires >=0.80");
    }
}
