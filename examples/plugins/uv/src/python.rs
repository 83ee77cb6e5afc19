//! Which Python uv is given: the one that pyve finds for every backend, so that all take the same.

use std::path::Path;

use pep440_rs::{Version, VersionSpecifiers};
use pyve_formats::python_version::files;
use pyve_formats::python_version::{Build, VersionRequest, constraint};
use pyve_formats::pyvenv_cfg::Cfg;
use pyve_plugin_api::{
    Command, Error, Host, PythonRequest, PythonSearch, PythonSpec, ROption, Request, Result, SettingValue,
};

use crate::choice::Choice;
use crate::preference;
use crate::project::Project;

/// The Python that the project and the user ask for, as far as pyve finds one.
pub fn search(request: &Request, project: Option<&Project>, host: &dyn Host) -> Result<PythonSearch> {
    let spec = PythonSpec::of(request);
    let search = host.find_python(&spec)?;
    let bounds = bounds(project)?;
    let fits =
        |found: &str| found.parse::<Version>().is_ok_and(|version| bounds.iter().all(|bound| bound.allows(&version)));
    if search.found.as_ref().into_option().is_none_or(|found| fits(&found.version)) || request.python().is_some() {
        return Ok(search);
    }
    // The root of a workspace does not say what its members need.
    let all: Vec<String> = bounds.iter().map(|bound| bound.specifiers.to_string()).collect();
    let origin = bounds.last().map(|bound| bound.origin.as_str()).unwrap_or_default();
    host.find_python(&PythonSpec { python: ROption::RSome(PythonRequest::new(&all.join(","), origin)), ..spec })
}

/// Adds the word that tells uv the Python: its path, unless uv prefers its own ones, or refuses it, or pyve knows none; then uv
/// looks for what was asked for.
pub fn given(command: Command, request: &Request, search: &PythonSearch, choice: &Choice, host: &dyn Host) -> Command {
    let is_meant = |path: &Path| {
        choice.preference.as_ref().is_none_or(|preference| !preference.is_managed() && preference.allows(path, host))
    };
    let found = search.found.as_ref().into_option().filter(|found| is_meant(&found.path.path()));
    let command = match (found, request.python()) {
        (Some(found), _) => command.arg("--python").arg(&found.path),
        (None, Some(python)) => command.arg("--python").arg(python.version.as_str()),
        (None, None) => command,
    };
    choice.python(command)
}

/// Why the environment's Python is not one that is asked for now, as half a sentence; `None` where it is one.
pub fn mismatch(
    prefix: &Path,
    request: &Request,
    project: Option<&Project>,
    choice: &Choice,
    host: &dyn Host,
) -> Result<Option<String>> {
    if let Some(why) = other_version(prefix, request, project)? {
        return Ok(Some(why));
    }
    let recorded = request.recorded().filter(|recorded| recorded.ready);
    let values = |said: Option<&SettingValue>| said.map(|said| said.values.clone());
    let is_new = recorded
        .is_some_and(|recorded| values(recorded.setting(preference::KEY)) != values(request.setting(preference::KEY)));
    Ok(choice.preference.as_ref().and_then(|preference| preference.mismatch(prefix, is_new, host)))
}

fn other_version(prefix: &Path, request: &Request, project: Option<&Project>) -> Result<Option<String>> {
    let Some(version) = Cfg::read(prefix).ok().flatten().and_then(|cfg| cfg.version) else { return Ok(None) };
    if let Some(bound) = bounds(project)?.iter().find(|bound| !bound.allows(&version)) {
        return Ok(Some(format!("made with Python {version}, but {} asks for `{}`", bound.origin, bound.specifiers)));
    }
    let build = Build::usual(version);
    let fits = |asked: &str| VersionRequest::parse(asked).map_or(true, |asked| is_name(&asked) || asked.fits(&build));
    if let Some(python) = request.python() {
        return Ok((!fits(&python.version)).then(|| format!("made with Python {build}")));
    }
    let lines =
        files::in_folder(&request.project()).map_err(|error| Error::new(error.to_string()).hint(error.hint()))?;
    let told = lines.first().filter(|_| !lines.iter().any(|line| fits(&line.text)));
    Ok(told.map(|line| {
        let file = line.file.file_name().unwrap_or_default().to_string_lossy();
        format!("made with Python {build}, but {file}:{} asks for `{}`", line.number, line.text)
    }))
}

/// What only a version manager can look up.
fn is_name(asked: &VersionRequest) -> bool {
    matches!(asked, VersionRequest::Named(_) | VersionRequest::Folder(_) | VersionRequest::System)
}

/// A bound that a project sets to versions, and where.
struct Bound {
    specifiers: VersionSpecifiers,
    origin: String,
}

impl Bound {
    /// uv takes a pre-release for its release.
    fn allows(&self, version: &Version) -> bool {
        self.specifiers.contains(&version.only_release())
    }
}

fn bounds(project: Option<&Project>) -> Result<Vec<Bound>> {
    let mut found = Vec::new();
    for member in project.iter().flat_map(|project| &project.members) {
        let said = member.file.requires_python().map_err(|error| Error::new(error.to_string()).hint(error.hint()))?;
        let Some(said) = said else { continue };
        let origin = format!("{}:{}", member.shown(), said.line);
        let specifiers = constraint(&said.text).map_err(|why| {
            Error::new(format!("{origin}: invalid requires-python `{}`: {why}", said.text))
                .hint(format!("correct {origin}"))
        })?;
        found.push(Bound { specifiers, origin });
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use pyve_plugin_api::Interpreter;
    use pyve_plugin_api::testing::FakeHost;

    #[test]
    fn the_python_that_pyve_sees_is_the_one_uv_is_given() {
        let given = |request: &Request, host: &FakeHost| {
            let search = search(request, None, host).unwrap();
            let choice = Choice::read(request, &|_| false).unwrap();
            given(Command::new("uv"), request, &search, &choice.with_variables(request, host), host).to_string()
        };
        let asked = Request::new("/nowhere", "/h");
        let host = || FakeHost::new().python(Interpreter::new("/opt/python3.12", "3.12.4", "PATH"));
        assert_eq!(given(&asked, &host()), "uv --python /opt/python3.12");
        let python = |version| ROption::RSome(PythonRequest::new(version, "--python-version"));
        let other = Request { python: python("3.13"), ..asked.clone() };
        assert_eq!(given(&other, &host()), "uv --python 3.13", "uv may have one of its own");
        let managed = asked.clone().with_setting("python_preference", ["only-managed"], "f");
        assert_eq!(given(&managed, &host()), "uv --python-preference only-managed");
        assert_eq!(given(&asked, &FakeHost::new()), "uv");
    }

    #[test]
    fn an_environment_of_another_python_is_told() {
        let root = tempfile::tempdir().unwrap();
        let prefix = root.path().join(".venv");
        std::fs::create_dir(&prefix).unwrap();
        std::fs::write(prefix.join("pyvenv.cfg"), "uv = 0.13.9\nversion_info = 3.11.7\n").unwrap();
        let asked = Request::new(root.path(), "/h");
        let told = |request: &Request| {
            let project = Project::read(root.path()).unwrap();
            other_version(&prefix, request, project.as_ref()).unwrap()
        };
        assert_eq!(told(&asked), None);
        let python = |version| Request { python: ROption::RSome(PythonRequest::new(version, "f")), ..asked.clone() };
        assert_eq!((told(&python("3.11")), told(&python("pypy3.10"))), (None, None));
        assert_eq!(told(&python("3.12")).as_deref(), Some("made with Python 3.11.7"));
        std::fs::write(root.path().join(".python-version"), "# ours\n3.12\n").unwrap();
        let why = "made with Python 3.11.7, but .python-version:2 asks for `3.12`";
        assert_eq!(told(&asked).as_deref(), Some(why));
        assert_eq!(told(&python("3.11")), None, "what the user says comes first");
        let write = |text: &str| std::fs::write(root.path().join("pyproject.toml"), text).unwrap();
        write("[project]\nname = 'a'\nrequires-python = '>=3.12'\n");
        let why = "made with Python 3.11.7, but pyproject.toml:3 asks for `>=3.12`";
        assert_eq!(told(&python("3.11")).as_deref(), Some(why));
        write("[project]\nname = 'a'\nrequires-python = '3.12'\n");
        let error = other_version(&prefix, &asked, Project::read(root.path()).unwrap().as_ref()).unwrap_err();
        assert!(error.to_string().starts_with("pyproject.toml:3: invalid requires-python `3.12`: "), "{error}");
    }
}
