//! A project from a stranger, in which every program, script, library and hook leaves a trace when it is started: no
//! command that only looks starts any of them.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use pyve_testkit::{World, interpreter, prerequisite};
use sha2::{Digest, Sha256};

/// Scripts, below the project, that only have to be started.
const PROGRAMS: &[&str] = &[
    ".pyve/bin/micromamba",
    ".pyve/bin/python3",
    ".pyve/bin/uv",
    ".venv/bin/python",
    ".venv/bin/python3",
    ".venv/bin/pip",
    ".venv/bin/ls",
    ".pyve/envs/demo/bin/python",
    ".pyve/envs/demo/bin/ls",
    "inside/bin/python",
    "inside/bin/python3",
    "git-fsmonitor",
    "git-filter",
    ".git/hooks/post-index-change",
    "hooks/post-index-change",
    "hooks/post-checkout",
    "wrapper.sh",
];

/// Names that tools call each other by, in the project's root and in `bin`, where a relative PATH finds them.
const NAMES: &[&str] = &["git", "bash", "sh", "env", "python", "python3", "python3.12", "micromamba", "direnv", "ls"];

/// What shells and Python would take from the folder that they work in.
const SCRIPTS: &[&str] =
    &[".venv/bin/activate", ".pyve/envs/demo/etc/conda/activate.d/a.sh", ".pyve/envs/demo/etc/conda/deactivate.d/a.sh"];
const MODULES: &[&str] =
    &["sitecustomize.py", "usercustomize.py", "venv.py", "ensurepip.py", "json.py", "setup.py", "backend.py"];

struct Trap {
    world: World,
    trace: PathBuf,
}

impl Trap {
    /// The project, committed as a whole to its own repository.
    fn set() -> Option<Self> {
        let (python, git, bash) = (interpreter(3, 10)?, prerequisite("git")?, prerequisite("bash")?);
        let world = World::named("demo").python(python).link(&git).link(&bash);
        let trap = Self { trace: world.root().join("trace"), world };
        trap.programs();
        trap.environments();
        trap.settings();
        trap.records();
        trap.repository();
        trap.world.set("PATH", format!(".:bin::{}", trap.world.bin().display()));
        Some(trap)
    }

    fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        self.world.write(path, text);
    }

    /// What leaves a line with `name` where it is started by a shell.
    fn script(&self, name: &str) -> String {
        format!("echo '{name}' >>'{}'\n", self.trace.display())
    }

    fn programs(&self) {
        let named = NAMES.iter().flat_map(|name| [(*name).to_owned(), format!("bin/{name}")]);
        for path in PROGRAMS.iter().map(|path| (*path).to_owned()).chain(named) {
            // As a real micromamba would, so that one which is started is believed, too.
            self.write(&path, format!("#!/bin/sh\n{}echo 2.9.0\n", self.script(&path)));
            fs::set_permissions(self.world.project().join(&path), PermissionsExt::from_mode(0o755)).unwrap();
        }
        for path in SCRIPTS.iter().chain(&[".envrc", "startup.sh"]) {
            self.write(path, self.script(path));
        }
        for path in MODULES {
            self.write(path, format!("open({:?}, 'a').write({path:?} + '\\n')\n", self.trace));
        }
        // A path outside of the project that a file of the project names, and a link that leads there.
        let outside = self.world.root().join("outside/bin/python");
        fs::create_dir_all(outside.parent().unwrap()).unwrap();
        fs::write(&outside, format!("#!/bin/sh\n{}", self.script("outside"))).unwrap();
        fs::set_permissions(&outside, PermissionsExt::from_mode(0o755)).unwrap();
        let linked = self.world.project().join("linked");
        std::os::unix::fs::symlink(self.world.root().join("outside"), linked).unwrap();
    }

    fn environments(&self) {
        let prefix = self.world.project().join(".venv");
        let config =
            format!("home = {0}/inside/bin\nversion = 3.12.4\nexecutable = {0}/inside/bin/python\n", self.here());
        self.write(".venv/pyvenv.cfg", config);
        self.write(
            ".venv/lib/python3.12/site-packages/trap.pth",
            format!("import os; os.system({:?})\n", self.script("pth")),
        );
        self.write(".venv/lib/python3.12/site-packages/pip/__init__.py", "");
        self.write(".pyve/envs/demo/conda-meta/history", "==> 2024-01-01 00:00:00 <==\n");
        self.write(".pyve/envs/demo/etc/conda/env_vars.d/a.json", r#"{"BASH_ENV": "startup.sh"}"#);
        assert!(prefix.is_dir());
    }

    fn settings(&self) {
        self.write(
            ".env",
            format!("BASH_ENV={0}/startup.sh\nENV={0}/startup.sh\nPATH={0}/bin\nLD_PRELOAD={0}/x.so\n", self.here()),
        );
        self.write("requirements.txt", "-e .\n");
        self.write("pyproject.toml", "[build-system]\nrequires = []\nbuild-backend = 'backend'\nbackend-path = ['.']\n[project]\nname = 'trap'\ndynamic = ['version']\n");
        self.write("environment.yml", "name: demo\ndependencies:\n  - pip:\n    - -e .\n");
    }

    /// Records as pyve would write them for this very place, but for the seal.
    fn records(&self) {
        let (here, launch) =
            (self.here(), r#"{"path":[],"env":[],"env_remove":[],"inputs":[],"wrapper":["./wrapper.sh"]}"#);
        let tool = fs::read(self.world.project().join(".pyve/bin/micromamba")).unwrap();
        let hash: String = Sha256::digest(tool).iter().map(|byte| format!("{byte:02x}")).collect();
        for (backend, prefix) in [("venv", ".venv"), ("micromamba", ".pyve/envs/demo")] {
            let record = format!(
                r#"{{"schema":1,"pyve_version":"4.0.0","backend":"{backend}","environment":"default","project":"{here}",
                "status":"ready","recorded":{{"prefix":"{here}/{prefix}","name":"demo","ready":true,
                "interpreter":"{here}/{prefix}/bin/python",
                "tool":{{"path":"{here}/.pyve/bin/micromamba","version":"2.9.0","origin":"project"}}}},
                "made_by_pyve":true,"made":[],"tool_sha256":"{hash}","launch":{{"launch":{launch},"config":{{"kind":"absent"}},"inputs":[]}}}}"#
            );
            self.write(&format!(".pyve/state/default/{backend}.json"), record);
        }
        self.write(".pyve/state/default/current", r#"{"schema":1,"backend":"micromamba"}"#);
    }

    fn repository(&self) {
        let git = |words: &[&str]| drop(self.world.command("git").args(words).run().success());
        git(&["init", "--quiet"]);
        git(&["add", "--all", "--force"]);
        git(&["-c", "user.name=A", "-c", "user.email=a@b", "commit", "--quiet", "--no-verify", "--message", "All"]);
        self.write(".gitattributes", "* filter=trap\n");
        self.write(".git/included", format!("[core]\n\thooksPath = {0}/hooks\n", self.here()));
        let config = self.world.read(".git/config");
        let traps = format!(
            "[core]\n\tfsmonitor = {0}/git-fsmonitor\n\tpager = {0}/git-filter\n\tsshCommand = {0}/git-filter\n\
             [include]\n\tpath = included\n[filter \"trap\"]\n\tclean = {0}/git-filter\n\tsmudge = {0}/git-filter\n",
            self.here()
        );
        self.write(".git/config", config + &traps);
        // Another time than git knows makes it look into the file, through the filter.
        self.write(".env", self.world.read(".env"));
        fs::remove_file(&self.trace).ok();
    }

    fn here(&self) -> String {
        self.world.project().display().to_string()
    }

    /// What was started since the last look.
    fn started(&self) -> String {
        let seen = fs::read_to_string(&self.trace).unwrap_or_default();
        fs::remove_file(&self.trace).ok();
        seen
    }

    /// Nothing is started by what was typed, with whatever comes of it.
    #[track_caller]
    fn looks_only(&self, folder: &Path, line: &str) {
        let words: Vec<&str> = line.split_whitespace().collect();
        let outcome = self.world.pyve().args(&words).current_dir(folder).stdin(b"n\n").run();
        assert_eq!(self.started(), "", "pyve {line}: {outcome}");
        assert!(outcome.signal.is_none() && !outcome.err().contains("panicked"), "pyve {line}: {outcome}");
    }
}

/// Each with what it asks for in its `.tool-versions` or `.python-version`.
fn pins(trap: &Trap) -> Vec<(&'static str, String)> {
    let here = trap.here();
    vec![
        (".tool-versions", format!("python path:{here}/inside\n")),
        (".tool-versions", format!("python path:{here}/linked\n")),
        (".tool-versions", format!("python path:{}/outside\n", trap.world.root().display())),
        (".tool-versions", "python ../../../outside\n".to_owned()),
        (".python-version", "demo/inside\n".to_owned()),
        (".python-version", "3.12.4\n".to_owned()),
    ]
}

#[test]
fn the_traps_work() {
    let Some(trap) = Trap::set() else { return };
    let project = trap.world.project();
    for path in PROGRAMS {
        let _ = trap.world.command(project.join(path)).run();
        assert_eq!(trap.started(), format!("{path}\n"));
    }
    for path in SCRIPTS {
        let _ = trap.world.command("/bin/sh").arg(path).run();
        assert_eq!(trap.started(), format!("{path}\n"));
    }
    let _ = trap.world.command(trap.world.bin().join("python3")).args(["-m", "venv", "x"]).run();
    assert_eq!(trap.started(), "venv.py\n");
    let _ = trap.world.command(trap.world.bin().join("git")).args(["status"]).run();
    let seen = trap.started();
    assert!(seen.contains("git-fsmonitor\n") && seen.contains("git-filter\n"), "{seen}");
    let _ = trap.world.command("/bin/sh").args(["-c", "env"]).run();
    assert_eq!(trap.started(), "env\n", "PATH finds the project first");
}

#[test]
fn what_only_looks_starts_nothing_of_the_project() {
    let Some(trap) = Trap::set() else { return };
    let project = trap.world.project().to_owned();
    for line in [
        "--version",
        "--help",
        "config",
        "config --json",
        "completions bash",
        "completions zsh",
        "completions fish",
        "shell-hook bash",
        "shell-hook zsh",
        "shell-hook fish",
        "shell-hook powershell",
        "shell-hook nushell",
        "shell-hook cmd",
        "shell-hook bash --auto",
        "activate --shell bash --auto x",
        "activate --shell fish --auto x",
        "plugin list",
        "init --explain",
        "init --explain --json",
        "purge",
        "run nothing-of-that-name",
        "run true",
        "run wc --version",
        "--env other run true",
    ] {
        trap.looks_only(&project, line);
    }
    let lines = [
        "doctor",
        "doctor --json",
        "doctor --strict --backend venv",
        "doctor --backend micromamba",
        "doctor --fix --dry-run",
        "init --dry-run",
        "init --dry-run --backend venv",
        "init --dry-run --backend micromamba --json",
        "init --dry-run --force --backend venv --yes",
        "init --dry-run --force --backend micromamba --yes",
        "init --dry-run --update",
    ];
    for line in lines {
        trap.looks_only(&project, line);
    }
    trap.looks_only(&project.join("bin"), "doctor");
    // Where no environment stands, an interpreter is looked for.
    fs::remove_dir_all(project.join(".venv")).unwrap();
    fs::remove_dir_all(project.join(".pyve/envs")).unwrap();
    fs::remove_dir_all(project.join(".pyve/state")).unwrap();
    for (file, text) in pins(&trap) {
        trap.write(file, &text);
        for line in ["doctor --backend venv", "init --dry-run --backend venv", "run true"] {
            trap.looks_only(&project, line);
        }
        fs::remove_file(project.join(file)).unwrap();
    }
    for line in lines.into_iter().chain(["deny", "activate --shell bash --auto x"]) {
        trap.looks_only(&project, line);
    }
}
