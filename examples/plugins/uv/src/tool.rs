//! Which uv is taken: the newest that the project allows, of the project's sandbox, the user's, and PATH.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use pep440_rs::{Version, VersionSpecifiers};
use pyve_plugin_api::{Command, Error, ErrorKind, Host, Request, Result, Tool, ToolAnswer};

use crate::pins::{PINNED, sandboxes, with_recipes};
use crate::project::{LOCK, Project, above};
use crate::python;
use crate::uv_settings::UvSettings;

const GUIDE: &str = "https://docs.astral.sh/uv/getting-started/installation";

/// What the project says of uv's version.
pub struct Required {
    specifiers: VersionSpecifiers,
    /// As it is written.
    pub text: String,
    /// The file and line.
    pub origin: String,
}

impl Required {
    /// Reads `required-version`, a version or bounds of one; `None` where nothing is said.
    pub fn read(request: &Request) -> Result<Option<Self>> {
        let base = above(&request.project()).map_or_else(|| request.project().into_owned(), |(base, _)| base);
        let settings = UvSettings::read(&base)?;
        let said = settings.file.text(&settings.path("required-version")).map_err(|error| {
            let place = format!("{}:{}", settings.name, error.line);
            Error::new(format!("{place}: {}", error.words)).hint(format!("correct {place}"))
        })?;
        let Some(said) = said else { return Ok(None) };
        let origin = format!("{}:{}", settings.name, said.line);
        let parsed = VersionSpecifiers::from_str(&said.text).or_else(|error| {
            // A version alone means that version.
            said.text.parse::<Version>().ok().and_then(|it| format!("=={it}").parse().ok()).ok_or(error)
        });
        let specifiers = parsed.map_err(|_| {
            Error::new(format!("invalid required-version `{}` ({origin})", said.text)).hint(format!("correct {origin}"))
        })?;
        Ok(Some(Self { specifiers, text: said.text, origin }))
    }

    pub fn allows(&self, version: &str) -> bool {
        version.parse::<Version>().is_ok_and(|version| self.specifiers.contains(&version))
    }
}

/// Looks in the sandboxes and on PATH. A version of Python that the user names is pinned, as uv then finds it, too.
pub fn find(request: &Request, host: &dyn Host) -> Result<ToolAnswer> {
    let required = Required::read(request)?;
    let mut answer = ToolAnswer::default();
    let mut best: Option<(Version, Tool)> = None;
    for (path, origin) in candidates(request, host) {
        let text = match version(&path, host) {
            Ok(text) => text,
            Err(why) => {
                answer = answer.seen(&why);
                continue;
            }
        };
        let Ok(parsed) = text.parse::<Version>() else { continue };
        if required.as_ref().is_some_and(|required| !required.allows(&text)) {
            answer = answer.seen(&format!("uv {text} ({})", path.display()));
        } else if best.as_ref().is_none_or(|(other, _)| *other < parsed) {
            best = Some((parsed, Tool::new(path, &text, origin)));
        }
    }
    if request.python().is_some_and(|python| python.explicit) {
        answer.pins = python::search(request, Project::around(&request.project())?.as_ref(), host)?.pins;
    }
    if let Some((_, tool)) = best {
        answer.found = Some(tool).into();
        answer.seen.clear();
        return Ok(answer);
    }
    Ok(missing(answer, request, required.as_ref(), host))
}

fn candidates(request: &Request, host: &dyn Host) -> Vec<(PathBuf, &'static str)> {
    let in_sandboxes = sandboxes(request).into_iter().map(|sandbox| (sandbox.program(), sandbox.id));
    let on_path = host.find_program("uv").into_iter().map(|path| (path, "PATH"));
    in_sandboxes.filter(|(path, _)| path.is_file()).chain(on_path).collect()
}

/// `uv 0.13.9 (…)`: the second word; else why it is not known. One that came with the checkout is not started.
fn version(uv: &Path, host: &dyn Host) -> std::result::Result<String, String> {
    let command = Command::new(uv).arg("--version").depends_on(uv);
    let output = host.capture(&command).map_err(|error| match error.is(ErrorKind::REFUSED) {
        true => format!("{} is not used: {error}", uv.display()),
        false => error.to_string(),
    })?;
    let text = output.text();
    let version = text.split_whitespace().nth(1).filter(|_| output.success());
    version.map(str::to_owned).ok_or_else(|| format!("{} does not say its version", uv.display()))
}

fn missing(mut answer: ToolAnswer, request: &Request, required: Option<&Required>, host: &dyn Host) -> ToolAnswer {
    let locked = request.in_project(LOCK).is_file();
    answer = answer.required_by(if locked { LOCK } else { "" });
    let Some(required) = required else {
        answer.missing = "uv is not installed".into();
        return with_recipes(answer.hint(format!("install uv and try again: {GUIDE}")), request, host);
    };
    answer.missing = format!("no uv that is `{}` is installed", required.text).into();
    answer = answer.required_by(&required.origin).hint(format!("install uv {} and try again: {GUIDE}", required.text));
    // The pinned one would be refused as well; a newer version of this plugin may pin a newer one.
    if required.allows(PINNED) { with_recipes(answer, request, host) } else { answer }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use pyve_plugin_api::testing::FakeHost;
    use std::os::unix::fs::PermissionsExt;

    /// A program that says a version of uv's.
    fn stand_in(file: &Path, version: &str) {
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, format!("#!/bin/sh\necho 'uv {version} (x 2026-01-01)'\n")).unwrap();
        std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o755)).unwrap();
    }

    #[test]
    fn the_newest_that_the_project_allows_is_taken() {
        let root = tempfile::tempdir().unwrap();
        let request = Request::new(root.path().join("p"), root.path().join("home"));
        std::fs::create_dir(root.path().join("p")).unwrap();
        let write = |file: &str, text: &str| std::fs::write(root.path().join("p").join(file), text).unwrap();
        stand_in(&root.path().join("p/.pyve/bin/uv/bin/uv"), "0.13.8");
        stand_in(&root.path().join("home/bin/uv/bin/uv"), "0.13.10");
        stand_in(&root.path().join("path/uv"), "0.13.10");
        let host = FakeHost::new().path(root.path().join("path")).path("/bin");
        let found = || {
            let answer = find(&request, &host).unwrap();
            let found = answer.found.clone().into_option();
            found.map_or_else(
                || format!("{}: {}", answer.missing, answer.seen.join(", ")),
                |it| format!("{} {}", it.version, it.origin),
            )
        };
        assert_eq!(found(), "0.13.10 user", "of two alike the nearer");
        write("pyproject.toml", "[tool.uv]\nrequired-version = '<0.13.9'\n");
        assert_eq!(found(), "0.13.8 project");
        write("uv.toml", "required-version = '0.13.10'\n");
        assert_eq!(found(), "0.13.10 user", "uv.toml comes before [tool.uv]");
        stand_in(&root.path().join("path/uv"), "0.14.0");
        write("uv.toml", "required-version = '>=0.14'\n");
        assert_eq!(found(), "0.14.0 PATH");
        write("uv.toml", "\nrequired-version = '>=1'\n");
        let told = found();
        assert!(told.starts_with("no uv that is `>=1` is installed: uv 0.13.8 (/"), "{told}");
        let answer = find(&request, &host).unwrap();
        assert_eq!((answer.required_by.as_str(), answer.recipes.len()), ("uv.toml:2", 0));
        write("uv.toml", "required-version = 'new'\n");
        let error = find(&request, &host).unwrap_err();
        assert_eq!(
            format!("{error}; {}", error.remedy),
            "invalid required-version `new` (uv.toml:1); correct uv.toml:1"
        );
    }

    #[test]
    fn a_missing_uv_can_be_had_for_the_project_and_the_user() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("python3"), "").unwrap();
        let request = Request::new(folder.path().join("p"), folder.path().join("home"));
        let host = FakeHost::new().path(folder.path());
        let answer = find(&request, &host).unwrap();
        let ids: Vec<&str> = answer.recipes.iter().map(|recipe| recipe.id.as_str()).collect();
        assert_eq!(
            (ids.as_slice(), answer.missing.as_str()),
            (&["project", "user", "manual"][..], "uv is not installed")
        );
        let first = answer.recipes[0].provides.clone().unwrap();
        assert_eq!(first.path.path(), folder.path().join("p/.pyve/bin/uv/bin/uv"));
        let pins = answer.recipes[0].steps[0].text();
        assert!(pins.starts_with(&format!("uv=={PINNED} \\\n    --hash=sha256:")), "{pins}");
        assert!(find(&Request { offline: true, ..request }, &host).unwrap().recipes.is_empty());
    }
}
