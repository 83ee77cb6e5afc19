//! Where packages may be locked from: what the project, uv's variables and a user's own file say, as uv compares it.

use pyve_plugin_api::LockState;
use pyve_plugin_api::testing::FakeHost;

use super::workspace::{ROOT, Workspace, told};

/// A lock of a package of an index, and of one of a directory.
const PLACES_LOCK: &str = r#"version = 1
revision = 3
requires-python = ">=3.10"

[[package]]
name = "demo"
version = "1"
source = { virtual = "." }
dependencies = [{ name = "click" }, { name = "humanize" }]

[package.metadata]
requires-dist = [{ name = "click" }, { name = "humanize" }]

[[package]]
name = "click"
version = "8.5.1"
source = { registry = "https://PLACE" }

[[package]]
name = "humanize"
version = "4.12.3"
source = { registry = "wheels" }
wheels = [{ path = "humanize-4.12.3-py3-none-any.whl" }]
"#;

/// What a project says of places beside `find-links = ['wheels']`, a variable, a user's own file, and the index that is locked.
const PLACES: [(&str, &str, &str, &str); 17] = [
    ("", "", "", "pypi.org/simple"),
    ("", "", "", "h.example/simple"),
    ("no-index = true", "", "", "pypi.org/simple"),
    ("index-url = 'https://h.example/simple'", "", "", "pypi.org/simple"),
    ("index-url = 'https://h.example/simple'", "", "", "h.example/simple"),
    ("index-url = 'https://me:secret@H.example/simple'", "", "", "h.example/simple"),
    ("index-url = 'https://h.example/simple/'", "", "", "h.example/simple"),
    ("extra-index-url = ['https://h.example/simple']", "", "", "h.example/simple"),
    ("extra-index-url = ['https://h.example/simple']", "", "", "pypi.org/simple"),
    ("index = [{url = 'https://h.example/simple'}]", "", "", "pypi.org/simple"),
    ("index = [{url = 'https://h.example/simple', default = true}]", "", "", "pypi.org/simple"),
    ("index = [{url = 'https://h.example/simple', name = 'own', explicit = true}]", "", "", "h.example/simple"),
    ("", "UV_DEFAULT_INDEX=https://h.example/simple", "", "pypi.org/simple"),
    ("", "UV_INDEX=own=https://h.example/simple https://k.example", "", "h.example/simple"),
    ("", "UV_EXTRA_INDEX_URL=https://h.example/simple", "", "h.example/simple"),
    ("", "", "index-url = 'https://h.example/simple'", "pypi.org/simple"),
    ("", "", "index-url = 'https://h.example/simple'", "h.example/simple"),
];

/// Directories of files that a project or a variable names, one of which may be `wheels`.
const LINKS: [(&str, &str); 10] = [
    ("", ""),
    ("find-links = ['wheels']", ""),
    ("find-links = ['packages/../wheels/', 'other']", ""),
    ("find-links = ['ROOT/wheels']", ""),
    ("find-links = ['file://ROOT/wheels']", ""),
    ("find-links = ['other']", ""),
    ("index = [{url = './wheels', format = 'flat'}]", ""),
    ("index = [{url = 'wheels', format = 'flat'}]\nno-index = true", ""),
    ("find-links = ['other']", "UV_FIND_LINKS=other,wheels"),
    ("", "UV_FIND_LINKS=other"),
];

#[test]
fn a_lock_is_stale_where_its_packages_come_from_no_place_that_uv_knows() {
    let Some(workspace) = Workspace::new() else { return };
    let root = workspace.root.path();
    fs_err::create_dir(root.join("other")).unwrap();
    let head = "[project]\nname = \"demo\"\nversion = \"1\"\nrequires-python = \">=3.10\"\n\
                dependencies = [\"click\", \"humanize\"]\n\n[tool.uv]\npackage = false\n";
    let places = PLACES.map(|(settings, variable, user, index)| {
        (format!("find-links = ['wheels']\n{settings}"), variable, user, index)
    });
    let links = LINKS.map(|(settings, variable)| {
        (settings.replace("ROOT", &root.display().to_string()), variable, "", "pypi.org/simple")
    });
    let mut wrong = Vec::new();
    for (settings, variable, user, index) in places.into_iter().chain(links) {
        workspace.write(ROOT, &format!("{head}{settings}\n"));
        workspace.write(".config/uv/uv.toml", user);
        workspace.write("uv.lock", &PLACES_LOCK.replace("PLACE", index));
        let variable = variable.split_once('=');
        let theirs = workspace.command(&["lock", "--check"]).envs(variable).output().unwrap();
        let host = FakeHost::new().variable("HOME", root);
        let host = variable.into_iter().fold(host, |host, (name, value)| host.variable(name, value));
        let (state, reasons) = told(root, &host);
        if (state == LockState::FRESH) != theirs.status.success() {
            let said = String::from_utf8_lossy(&theirs.stderr).into_owned();
            wrong.push(format!("{settings} {variable:?} {user} {index}: {state} {reasons:?}, but uv says {said}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
