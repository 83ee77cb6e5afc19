//! Whether a lock is fresh is told as uv itself tells it: on the real uv, one change of a workspace after the other.

mod places;
mod workspace;

use pyve_plugin_api::testing::FakeHost;
use pyve_plugin_api::{Backend, LockState, PrefixState, Request, Tool};
use pyve_uv::Uv;

use self::workspace::{MEMBER, MEMBER_TEXT, ROOT, Workspace, told};

const ROOT_TEXT: &str = r#"[project]
name = "Top.Level"
version = "1.0"
requires-python = ">=3.10,!=3.10.3"
dependencies = ["alpha", "humanize>=4 , <5", "tabulate; python_version < '3.12'", "tomli ; sys_platform == 'linux'"]

[project.optional-dependencies]
Cli_Tools = ["click>=8", "iniconfig ; python_version>='3.10'"]
all = ["top-level[cli-tools]", "typing-extensions[x]"]

[dependency-groups]
dev = ["pluggy", {include-group = "docs"}]
docs = ["packaging>=20.0"]

[tool.uv]
package = false
environments = ["sys_platform != 'win32'"]
constraint-dependencies = ["click<9"]
conflicts = [[{ extra = "cli-tools" }, { group = "docs" }]]

[tool.uv.sources]
alpha = { workspace = true }
humanize = { path = "wheels/humanize-4.12.3-py3-none-any.whl" }
tomli = [{ index = "flat", marker = "sys_platform == 'linux'" }]
iniconfig = { index = "flat" }

[[tool.uv.index]]
name = "flat"
url = "WHEELS"
format = "flat"
explicit = true

[tool.uv.workspace]
members = ["packages/*"]
exclude = ["packages/old"]
"#;

/// What is changed of which file; the lock is made before any of it.
const CHANGES: [(&str, &str, &str); 52] = [
    // Nothing that counts.
    (ROOT, "[project]\n", "# a comment\n[project]\ndescription = \"other\"\n"),
    (ROOT, "humanize>=4 , <5", "Humanize<5,>=4"),
    (ROOT, "python_version < '3.12'", "python_full_version < \\\"3.12\\\""),
    (ROOT, "iniconfig ; python_version>='3.10'", "iniconfig"),
    (ROOT, "Cli_Tools", "\"cli.tools\""),
    (ROOT, "sys_platform == 'linux'", "'linux' == sys_platform"),
    (ROOT, ">=3.10,!=3.10.3", "!=3.10.3, >=3.10"),
    (ROOT, "{include-group = \"docs\"}", "\"packaging>=20.0\""),
    (ROOT, "\"packages/*\"", "\"packages/a*\", \"packages/b*\""),
    (
        ROOT,
        "conflicts = [[{ extra = \"cli-tools\" }, { group = \"docs\" }]]",
        "conflicts = [[{ group = \"docs\" }, { extra = \"cli-tools\" }]]",
    ),
    (MEMBER, "[tool.uv]", "[tool.other]\na = 1\n\n[tool.uv]"),
    (ROOT, "environments", "default-groups = [\"Dev\"]\nrequired-version = \">=0.1\"\nenvironments"),
    // What does.
    (ROOT, "environments", "default-groups = []\nenvironments"),
    (ROOT, "environments", "default-groups = \"all\"\nenvironments"),
    (ROOT, "environments", "required-environments = [\"sys_platform == 'linux'\"]\nenvironments"),
    (ROOT, "environments", "override-dependencies = [\"tabulate>=0.8\"]\nenvironments"),
    (ROOT, "environments", "exclude-dependencies = [\"tabulate\"]\nenvironments"),
    (ROOT, "environments", "exclude-newer = \"2090-01-01T00:00:00Z\"\nenvironments"),
    (ROOT, "environments", "prerelease = \"allow\"\nenvironments"),
    (ROOT, "environments", "fork-strategy = \"fewest\"\nenvironments"),
    (ROOT, "environments", "link-mode = \"copy\"\nindex-strategy = \"unsafe-best-match\"\nenvironments"),
    (ROOT, "environments", "exclude-newer-package = { click = \"2090-01-01T00:00:00Z\" }\nenvironments"),
    (ROOT, "environments", "dev-dependencies = [\"click\"]\nenvironments"),
    (
        ROOT,
        "environments",
        "dependency-metadata = [{ name = \"x\", version = \"1\", requires-dist = [] }]\nenvironments",
    ),
    (ROOT, "exclude = [\"packages/old\"]", "exclude = []"),
    (ROOT, "version = \"1.0\"", "version = \"1.1\""),
    (ROOT, "humanize>=4 , <5", "humanize>=4"),
    (ROOT, "\"alpha\", ", ""),
    (ROOT, "\"alpha\", ", "\"alpha\", \"pytest\", "),
    (ROOT, "python_version < '3.12'", "python_version < '3.11'"),
    (ROOT, "tomli ; sys_platform == 'linux'", "tomli"),
    (ROOT, "sys_platform == 'linux'", "sys_platform == 'darwin'"),
    (ROOT, ">=3.10,!=3.10.3", ">=3.10"),
    (ROOT, ">=3.10,!=3.10.3", ">=3.11"),
    (ROOT, "Cli_Tools", "gui"),
    (ROOT, "click>=8\"", "click>=8\", \"pytest\""),
    (ROOT, "docs = [\"packaging>=20.0\"]", "docs = [\"packaging\"]"),
    (ROOT, "docs = [", "more = [\"click\"]\ndocs = ["),
    (ROOT, "environments = [\"sys_platform != 'win32'\"]", "environments = [\"sys_platform == 'linux'\"]"),
    (ROOT, "constraint-dependencies = [\"click<9\"]", "constraint-dependencies = [\"click<10\"]"),
    (ROOT, "constraint-dependencies", "resolution = \"lowest\"\nconstraint-dependencies"),
    (ROOT, "conflicts = [[{ extra = \"cli-tools\" }, { group = \"docs\" }]]", ""),
    (ROOT, "humanize = { path = \"wheels/humanize-4.12.3-py3-none-any.whl\" }", ""),
    (ROOT, "exclude = [\"packages/old\"]", "exclude = [\"packages/old\", \"packages/beta\"]"),
    (ROOT, "iniconfig = { index = \"flat\" }", ""),
    (ROOT, "\"typing-extensions[x]\"", "\"typing-extensions\""),
    (ROOT, "top-level[cli-tools]", "top-level"),
    (MEMBER, "click[nothing]", "click"),
    (MEMBER, "; python_version < '3.9'", "; python_version < '3'"),
    (MEMBER, "; python_version < '3.9'", ""),
    (MEMBER, "\"tabulate\"", "\"tabulate\", \"tomli; python_version < '3'\", \"tabulate\""),
    (MEMBER, "package = false", "package = true"),
];

/// The same of a workspace whose root is no project.
const CHANGES_OF_VIRTUAL: [(&str, &str, &str); 5] = [
    (ROOT, "[\"packaging>=20.0\"]", "[ \"Packaging >= 20.0\" ]"),
    (ROOT, "[\"packaging>=20.0\"]", "[\"packaging\"]"),
    (ROOT, "docs", "more"),
    (ROOT, "[tool.uv.workspace]", "[tool.uv]\ndefault-groups = [\"docs\"]\n\n[tool.uv.workspace]"),
    (MEMBER, "click[nothing]", "click"),
];

const VIRTUAL_TEXT: &str =
    "[dependency-groups]\ndocs = [\"packaging>=20.0\"]\n\n[tool.uv.workspace]\nmembers = [\"packages/b*\"]\n";

#[test]
fn a_lock_is_stale_where_uv_says_so() {
    let Some(workspace) = Workspace::new() else { return };
    let wrong = workspace
        .compared(ROOT_TEXT, &CHANGES)
        .into_iter()
        .chain(workspace.compared(VIRTUAL_TEXT, &CHANGES_OF_VIRTUAL));
    let wrong: Vec<String> = wrong.collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What is chosen, as a setting and as words of uv's.
const CHOICES: [(&str, &str, &[&str]); 5] = [
    ("no_dev", "false", &[]),
    ("groups", "docs", &["--group", "docs"]),
    ("extras", "all", &["--extra", "all"]),
    ("no_default_groups", "true", &["--no-default-groups"]),
    ("all_packages", "true", &["--all-packages"]),
];

#[test]
fn an_environment_is_in_line_where_uv_says_so() {
    let Some(workspace) = Workspace::new() else { return };
    let root = workspace.rooted(ROOT_TEXT);
    let conflicts = root.lines().find(|line| line.starts_with("conflicts = ")).unwrap();
    workspace.write(ROOT, &root.replace(conflicts, "").replace("{include-group = \"docs\"}", "\"exceptiongroup\""));
    let tool = Tool::new(&workspace.uv, "0.13.8", "PATH");
    let host = FakeHost::new();
    let mut wrong = Vec::new();
    for (_, _, synced) in CHOICES {
        let done = workspace.uv(&[&["sync"], synced].concat());
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        for (key, value, asked) in CHOICES {
            let theirs = workspace.uv(&[&["sync", "--check"], asked].concat()).status.success();
            let request = Request::new(workspace.root.path(), "/h").with_setting(key, [value], "f");
            let creation = Uv.create(&request, &tool, &host).unwrap();
            if (creation.state == PrefixState::USABLE) != theirs {
                let told = &creation.state_detail;
                wrong.push(format!("synced with {synced:?}, asked for {asked:?}: in line is {theirs}, told {told}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

impl Workspace {
    /// Where pyve says otherwise than uv.
    fn compared(&self, root: &str, changes: &[(&str, &str, &str)]) -> Vec<String> {
        let root = &self.rooted(root);
        self.write(ROOT, root);
        let locked = self.uv(&["lock"]);
        assert!(locked.status.success(), "{}", String::from_utf8_lossy(&locked.stderr));
        let mut wrong = Vec::new();
        for (file, from, to) in changes {
            let text = if *file == ROOT { root } else { MEMBER_TEXT };
            assert!(text.contains(from), "{from}");
            self.write(file, &text.replace(from, to));
            let theirs = self.uv(&["lock", "--check"]);
            let host = FakeHost::new().variable("UV_NO_INDEX", "1").variable("UV_FIND_LINKS", &self.wheels);
            let (state, reasons) = told(self.root.path(), &host);
            let expected = if theirs.status.success() { LockState::FRESH } else { LockState::STALE };
            if state != expected {
                let said = String::from_utf8_lossy(&theirs.stderr).into_owned();
                wrong.push(format!("{from} → {to}: {state}, but uv says {expected}: {reasons:?} {said}"));
            }
            self.write(file, text);
        }
        wrong
    }
}
