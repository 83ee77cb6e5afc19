//! Which changes of settings an environment is out of date by: all of pyve's, and those of uv's own.

use std::collections::BTreeSet;

use pyve_plugin_api::testing::FakeHost;
use pyve_plugin_api::{Recorded, Request};

use super::*;
use crate::describe::description;
use crate::{create, project};

const PROJECT: &str = "[project]\nname = 'top'\nversion = '1'\ndependencies = []\n\
    [project.optional-dependencies]\ncli = ['click']\n\
    [dependency-groups]\ndev = ['pytest']\ndocs = ['sphinx']\n\
    [tool.uv]\npackage = false\n[tool.uv.workspace]\nmembers = ['part']\n";

const PART: &str = "[project]\nname = 'part'\nversion = '1'\ndependencies = ['attrs']\n[tool.uv]\npackage = false\n";

const LOCKED: &str = "version = 1\nrevision = 3\nrequires-python = '>=3.10'\n[manifest]\nmembers = ['part', 'top']\n\
    [[package]]\nname = 'top'\nversion = '1'\nsource = { virtual = '.' }\n\
    [package.optional-dependencies]\ncli = [{ name = 'click' }]\n\
    [package.dev-dependencies]\ndev = [{ name = 'pytest' }]\ndocs = [{ name = 'sphinx' }]\n\
    [package.metadata]\nrequires-dist = [{ name = 'click', marker = \"extra == 'cli'\" }]\nprovides-extras = ['cli']\n\
    [package.metadata.requires-dev]\ndev = [{ name = 'pytest' }]\ndocs = [{ name = 'sphinx' }]\n\
    [[package]]\nname = 'part'\nversion = '1'\nsource = { virtual = 'part' }\ndependencies = [{ name = 'attrs' }]\n\
    [package.metadata]\nrequires-dist = [{ name = 'attrs' }]\n";

/// A project that was synced, with a Python of the system.
struct Place(tempfile::TempDir);

impl Place {
    fn new() -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        place.write("pyproject.toml", PROJECT);
        place.write("part/pyproject.toml", PART);
        let package = |name: &str| {
            let source = "source = { registry = 'https://pypi.org/simple' }";
            format!("[[package]]\nname = '{name}'\nversion = '8'\n{source}\n")
        };
        let packages: String = ["attrs", "click", "pytest", "sphinx"].map(package).concat();
        place.write("uv.lock", &format!("{LOCKED}{packages}"));
        place.write(".venv/pyvenv.cfg", "home = /usr/bin\nversion_info = 3.12.1\n");
        place.write(&format!(".venv/{}", interpreter("".as_ref()).display()), "");
        let site = if cfg!(windows) { "Lib/site-packages" } else { "lib/python3.12/site-packages" };
        place.write(&format!(".venv/{site}/pytest-8.dist-info/METADATA"), "");
        place
    }

    fn write(&self, file: &str, text: &str) {
        let file = self.0.path().join(file);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
    }

    /// What is said of the environment.
    fn told(&self, settings: &[(&str, &str)], host: FakeHost) -> String {
        let asked = Request::new(self.0.path(), "/h");
        let recorded = Recorded { ready: true, ..Recorded::default() };
        let with =
            |request: Request, (key, value): &(&str, &str)| request.with_setting(key, [*value], ".pyve/config:2");
        let request = Request { recorded: Some(recorded).into(), ..settings.iter().fold(asked, with) };
        let project = Project::around(self.0.path()).unwrap();
        let host = host.variable("HOME", self.0.path().join("home"));
        let choice = create::chosen(&request, project.as_ref()).unwrap().with_variables(&request, &host);
        let (state, why) = at(&project::prefix(&request), &request, project.as_ref(), &choice, &host).unwrap();
        format!("{state}: {why}")
    }
}

const USABLE: &str = "usable: in line with the project";

#[test]
fn a_change_of_each_setting_is_seen_where_the_environment_is_another_by_it() {
    let table = [
        ("directory", ".other", "absent: "),
        ("groups", "docs", "outdated: sphinx 8 is not installed"),
        ("no_default_groups", "true", "outdated: pytest is installed, but not asked for"),
        ("no_dev", "true", "outdated: pytest is installed, but not asked for"),
        ("extras", "cli", "outdated: click 8 is not installed"),
        ("all_extras", "true", "outdated: click 8 is not installed"),
        ("all_packages", "true", "outdated: attrs 8 is not installed"),
        // How the lock is treated from now on.
        ("frozen", "true", USABLE),
        ("locked", "true", USABLE),
        (
            "python_preference",
            "only-managed",
            "outdated: made with a Python that is not uv's own, but .pyve/config:2 says `only-managed`",
        ),
        (
            "python_preference",
            "managed",
            "outdated: made with a Python that is not uv's own, but .pyve/config:2 says `managed`",
        ),
        ("python_preference", "system", USABLE),
        ("python_preference", "only-system", USABLE),
        ("link_mode", "copy", "outdated: its packages were linked by uv's own choice, not by copy"),
    ];
    let place = Place::new();
    assert_eq!(place.told(&[], FakeHost::new()), USABLE);
    for (key, value, told) in table {
        assert_eq!(place.told(&[(key, value)], FakeHost::new()), told, "{key} {value}");
    }
    let all: BTreeSet<String> = description().settings.iter().map(|setting| setting.key.to_string()).collect();
    assert_eq!(BTreeSet::from(table.map(|(key, ..)| key.to_owned())), all, "a setting is in no line of the table");

    // Made with one of uv's own.
    let home = place.0.path().join("home/.local/share/uv/python/cpython-3.12.1-linux/bin");
    std::fs::create_dir_all(&home).unwrap();
    place.write(".venv/pyvenv.cfg", &format!("home = {}\nversion_info = 3.12.1\n", home.display()));
    for (value, told) in [
        ("managed", USABLE),
        ("only-managed", USABLE),
        ("system", "outdated: made with one of uv's Pythons, but .pyve/config:2 says `system`"),
        ("only-system", "outdated: made with one of uv's Pythons, but .pyve/config:2 says `only-system`"),
    ] {
        let host = match cfg!(windows) {
            true => FakeHost::new().variable("UV_PYTHON_INSTALL_DIR", home.ancestors().nth(2).unwrap()),
            false => FakeHost::new(),
        };
        assert_eq!(place.told(&[("python_preference", value)], host), told, "{value}");
    }
}

#[test]
fn what_is_only_preferred_counts_from_the_change_to_the_next_environment() {
    let place = Place::new();
    let told = |before: Option<&str>, now: &str| {
        let with = |value| Request::new(place.0.path(), "/h").with_setting("python_preference", [value], "f");
        let settings = before.map(|before| with(before).settings).unwrap_or_default();
        let recorded = Recorded { ready: true, settings, ..Recorded::default() };
        let request = Request { recorded: Some(recorded).into(), ..with(now) };
        let choice = Choice::read(&request, &|_| false).unwrap();
        python::mismatch(&place.0.path().join(".venv"), &request, None, &choice, &FakeHost::new()).unwrap().is_some()
    };
    // There was none to take.
    assert_eq!([told(Some("managed"), "managed"), told(Some("only-managed"), "only-managed")], [false, true]);
    assert_eq!([told(Some("system"), "managed"), told(None, "managed"), told(None, "system")], [true, true, false]);
}

#[test]
fn of_uvs_own_settings_those_are_seen_that_uv_sees() {
    let managed = "outdated: made with a Python that is not uv's own, but uv.toml:1 says `only-managed`";
    let moved =
        "outdated: uv.lock: packages are locked from `https://pypi.org/simple`, which uv.toml does not name any more";
    let stale = |why: &str| format!("outdated: uv.lock: uv.toml:1 {why}");
    let usable = USABLE.to_owned();
    let place = Place::new();
    for (text, told) in [
        ("python-preference = 'only-managed'", managed.to_owned()),
        ("python-preference = 'managed'", usable.clone()),
        ("index-url = 'https://h/simple'", moved.to_owned()),
        ("no-index = true", moved.to_owned()),
        ("extra-index-url = ['https://h/simple']", usable.clone()),
        ("find-links = ['wheels']", usable.clone()),
        ("resolution = 'lowest'", stale("says resolution `lowest`, but `highest` is locked")),
        ("fork-strategy = 'fewest'", stale("says fork-strategy `fewest`, but `requires-python` is locked")),
        (
            "exclude-newer = '2090-01-01T00:00:00Z'",
            stale("says exclude-newer `2090-01-01T00:00:00Z`, but nothing is locked"),
        ),
        ("constraint-dependencies = ['attrs<9']", stale("asks for `attrs<9`, which is not locked as a constraint")),
        // What decides how packages come here, and not which.
        ("link-mode = 'copy'", usable.clone()),
        ("compile-bytecode = true", usable.clone()),
        ("python-downloads = 'never'", usable.clone()),
        ("index-strategy = 'unsafe-best-match'", usable.clone()),
        ("no-binary = true", usable.clone()),
        ("cache-dir = 'x'", usable.clone()),
        ("keyring-provider = 'subprocess'", usable.clone()),
    ] {
        place.write("uv.toml", text);
        assert_eq!(place.told(&[], FakeHost::new()), told, "{text}");
    }
    place.write("uv.toml", "python-preference = 'only-managed'");
    assert_eq!(place.told(&[("python_preference", "system")], FakeHost::new()), USABLE, "the setting comes first");
    std::fs::remove_file(place.0.path().join("uv.toml")).unwrap();
    for (name, value, told) in [
        ("UV_MANAGED_PYTHON", "1", managed.replace("uv.toml:1", "UV_MANAGED_PYTHON")),
        ("UV_NO_MANAGED_PYTHON", "1", usable.clone()),
        ("UV_PYTHON_PREFERENCE", "only-managed", managed.replace("uv.toml:1", "UV_PYTHON_PREFERENCE")),
        ("UV_PYTHON_PREFERENCE", "strange", usable.clone()),
        ("UV_DEFAULT_INDEX", "https://h/simple", moved.replace("uv.toml", "pyproject.toml")),
        ("UV_NO_INDEX", "1", moved.replace("uv.toml", "pyproject.toml")),
        ("UV_NO_INDEX", "0", usable.clone()),
    ] {
        assert_eq!(place.told(&[], FakeHost::new().variable(name, value)), told, "{name}={value}");
    }
    if cfg!(unix) {
        place.write("home/.config/uv/uv.toml", "python-preference = 'only-managed'");
        let origin = format!("{}:1", place.0.path().join("home/.config/uv/uv.toml").display());
        assert_eq!(place.told(&[], FakeHost::new()), managed.replace("uv.toml:1", &origin), "for all projects");
    }
}

#[test]
fn another_way_of_linking_is_seen_where_one_is_said() {
    let asked = |mode: Option<&str>| {
        let request = Request::new("/p", "/h");
        mode.into_iter().fold(request, |request, mode| request.with_setting(LINK_MODE, [mode], "f"))
    };
    let seen = |before: Option<&str>, now: Option<&str>| {
        let recorded = Recorded { settings: asked(before).settings, ready: true, ..Recorded::default() };
        let request = Request { recorded: Some(recorded).into(), ..asked(now) };
        relinked(&request, &Choice::read(&request, &|_| false).unwrap())
    };
    assert_eq!(seen(Some("copy"), Some("hardlink")).unwrap(), "its packages were linked by copy, not by hardlink");
    assert_eq!(seen(None, Some("copy")).unwrap(), "its packages were linked by uv's own choice, not by copy");
    assert_eq!((seen(Some("copy"), None), seen(Some("copy"), Some("copy"))), (None, None));
}
