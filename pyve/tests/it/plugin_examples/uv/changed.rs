//! What a user changes of an environment of uv: groups, extras, the Python, packages; offline, and where it fails.

use pyve_testkit::{World, interpreter, interpreter_besides};

use super::world;

const PROJECT: &str = "[project]\nname = \"demo\"\nversion = \"0.1.0\"\nrequires-python = \">=3.10\"\n\
    dependencies = [\"humanize\"]\n\n[project.optional-dependencies]\ntables = [\"tabulate\"]\n\n\
    [dependency-groups]\ndev = [\"iniconfig\"]\ndocs = [\"packaging\"]\n\n[tool.uv]\npackage = false\n";

/// The packages of an environment, by the names of their folders.
fn installed(world: &World, prefix: &str) -> Vec<String> {
    let found = world.pyve().args(["run", "--env", prefix, "python", "-c", LIST]).run().success();
    found.out().split_whitespace().map(str::to_owned).collect()
}

const LIST: &str = "import importlib.metadata as m; print(*sorted(d.name for d in m.distributions()))";

#[test]
fn a_project_without_a_lock_is_synced_and_what_is_chosen_changes_in_place() {
    let Some(world) = world() else { return };
    world.write("pyproject.toml", PROJECT);
    let made = world.pyve().args(["init", "--offline"]).run().success();
    assert!(made.err().contains("Environment: .venv (created"), "{made}");
    assert!(world.read("uv.lock").contains("name = \"humanize\""));
    assert_eq!(installed(&world, "default"), ["humanize", "iniconfig"]);
    let kept = world.pyve().arg("init").run().success();
    assert!(kept.err().contains("Environment: .venv (kept)") && !kept.err().contains("kept as it is"), "{kept}");

    // What is chosen is remembered, and brought in line without another environment.
    world.write(".venv/mine", "");
    let chosen = ["init", "--update", "--group", "docs", "--extra", "tables", "--no-dev"];
    world.pyve().args(chosen).run().success();
    assert_eq!(installed(&world, "default"), ["humanize", "packaging", "tabulate"]);
    let told = world.pyve().arg("doctor").run().success();
    assert!(!told.out().contains("uv.packages-differ") && told.out().contains("uv.lock is fresh"), "{told}");
    world.pyve().args(["init", "--update", "--all-extras"]).run().success();
    assert_eq!(installed(&world, "default"), ["humanize", "iniconfig", "tabulate"]);
    // By hand, what the lock knows nothing of stays the user's.
    world.command("uv").args(["pip", "install", "-q", "--python", ".venv", "click"]).run().success();
    let kept = world.pyve().arg("init").run().success();
    assert!(kept.err().contains("(kept)") && !kept.err().contains("kept as it is"), "{kept}");
    world.command("uv").args(["pip", "uninstall", "-q", "--python", ".venv", "tabulate"]).run().success();
    let told = world.pyve().args(["doctor", "--json"]).run();
    assert!(told.out().contains("tabulate 0.9.0 is not installed"), "{told}");
    assert_eq!(world.read(".venv/mine"), "");

    // How packages are linked is a setting; another way means that they are installed again.
    world.pyve().args(["init", "--update", "--link-mode", "copy"]).run().success();
    assert_eq!(world.read(".venv/mine"), "");
    let refused = world.pyve().args(["init", "--link-mode", "sym"]).run();
    insta::assert_snapshot!(refused, @r"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: invalid link_mode `sym` (--link-mode)
    hint: use one of clone, copy, hardlink, symlink
    ");
}

#[test]
fn packages_are_added_through_run_and_named_environments_are_their_own() {
    let Some(world) = world() else { return };
    world.write("pyproject.toml", PROJECT);
    for arguments in [&["init"][..], &["init", "--env", "docs"]] {
        world.pyve().args(arguments).run().success();
    }
    assert_eq!(installed(&world, "docs"), ["humanize", "iniconfig", "packaging"], "the group of its name");
    let before = fs_err::metadata(world.project().join(".venv/pyvenv.cfg")).unwrap().modified().unwrap();
    world.pyve().args(["run", "uv", "add", "--quiet", "click"]).run().success();
    assert_eq!(installed(&world, "default"), ["click", "humanize", "iniconfig"]);
    let after = fs_err::metadata(world.project().join(".venv/pyvenv.cfg")).unwrap().modified().unwrap();
    assert_eq!(before, after, "it is the same environment");
    let kept = world.pyve().arg("init").run().success();
    assert!(kept.err().contains("(kept)") && !kept.err().contains("kept as it is"), "uv kept both in line: {kept}");
    // The other one is not in line any more.
    assert_eq!(installed(&world, "docs"), ["humanize", "iniconfig", "packaging"]);
    let told = world.pyve().args(["init", "--env", "docs"]).run().success();
    assert!(told.err().contains("is kept as it is: click 8.5.1 is not installed"), "{told}");
    world.pyve().args(["run", "--env", "docs", "uv", "sync", "--quiet", "--group", "docs"]).run().success();
    assert_eq!(installed(&world, "docs"), ["click", "humanize", "iniconfig", "packaging"]);
    let pip = world.pyve().args(["run", "pip", "list"]).run();
    assert_eq!(pip.code, Some(127), "{pip}");
    assert!(pip.err().contains("use `pyve run uv add PACKAGE`"), "{pip}");
    let listed = world.pyve().arg("envs").run().success();
    assert!(listed.out().contains("docs") && listed.out().contains("fresh"), "{listed}");
    world.pyve().args(["purge", "--env", "docs", "--yes"]).run().success();
    assert!(!world.project().join(".pyve/envs/docs").exists() && world.project().join(".venv").exists());
}

#[test]
fn another_python_means_another_environment_and_the_old_one_comes_back_where_that_fails() {
    let Some(world) = world() else { return };
    let first = interpreter(3, 10).expect("a world has one");
    let Some(other) = interpreter_besides(first, 3, 9) else { return };
    world.append_path(other.path.parent().expect("its folder"));
    world.write("pyproject.toml", PROJECT);
    world.pyve().args(["init", "--python-version", &first.minor()]).run().success();
    let version = |world: &World| {
        let run = world.pyve().args(["run", "python", "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]).run();
        run.success().out().trim().to_owned()
    };
    assert_eq!(version(&world), first.minor());
    let moved = world.pyve().args(["init", "--update", "--python-version", &other.minor()]).run().success();
    assert!(moved.err().contains(".venv is recreated: it was made with Python"), "{moved}");
    assert_eq!((version(&world), world.read(".python-version").trim()), (other.minor(), other.minor().as_str()));
    assert_eq!(installed(&world, "default"), ["humanize", "iniconfig"]);

    world.write("pyproject.toml", PROJECT.replace("\"humanize\"", "\"humanize>99\""));
    world.write(".venv/mine", "");
    let failed = world.pyve().args(["init", "--force", "--yes", "--offline"]).run();
    insta::assert_snapshot!(failed, @r"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    Sync the environment
    error: uv could not sync the environment
      No solution found when resolving dependencies
      cause: Because only humanize==4.12.3 is available and your project depends on humanize>99, we can conclude that your project's requirements are unsatisfiable.
             And because your project requires demo[tables], we can conclude that your project's requirements are unsatisfiable.
      all it said is in [PROJECT]/.pyve/state/uv.log
      the old .venv is back in its place
    hint: read [PROJECT]/.pyve/state/uv.log, fix the error, and run the same command again
    ");
    assert_eq!((world.read(".venv/mine").as_str(), version(&world)), ("", other.minor()));
    let locked = world.pyve().args(["init", "--update", "--locked"]).run();
    insta::assert_snapshot!(locked, @r"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: uv.lock is stale
      pyproject.toml:5 asks for `humanize>99`, but `humanize` is locked
    hint: run `pyve lock`
    ");
    assert_eq!(world.read(".venv/mine"), "");
    // Taken as it is, the lock still does.
    world.pyve().args(["init", "--force", "--yes", "--frozen"]).run().success();
    assert_eq!(installed(&world, "default"), ["humanize", "iniconfig"]);
}

/// There are no Pythons of uv's own here, and none is downloaded.
#[test]
fn other_pythons_that_are_preferred_are_another_environment() {
    let Some(world) = world() else { return };
    world.write("pyproject.toml", PROJECT);
    world.pyve().args(["init", "--backend", "uv"]).run().success();
    let config = world.read(".pyve/config");
    let prefer = |value: &str| world.write(".pyve/config", format!("{config}uv:\n  python_preference: {value}\n"));
    let line = config.lines().count() + 2;
    let why = |value: &str| format!("made with a Python that is not uv's own, but .pyve/config:{line} says `{value}`");
    world.write(".venv/mine", "");
    prefer("only-managed");
    let kept = world.pyve().arg("init").run().success();
    assert!(kept.err().contains(&format!("is kept as it is: {}", why("only-managed"))), "{kept}");
    let told = world.pyve().arg("doctor").run();
    assert!(told.out().contains(&format!("⚠ Python: {}\n", why("only-managed"))), "{told}");
    let failed = world.pyve().args(["init", "--update"]).run();
    assert!(failed.code == Some(1) && failed.err().contains("the old .venv is back in its place"), "{failed}");
    assert_eq!(world.read(".venv/mine"), "");
    prefer("only-system");
    let kept = world.pyve().arg("init").run().success();
    assert!(kept.err().contains("(kept)") && !kept.err().contains("kept as it is"), "{kept}");
    // What is only preferred may be missing: then the next best is what there is.
    prefer("managed");
    let recreated = world.pyve().args(["init", "--update"]).run().success();
    assert!(recreated.err().contains(&format!(".venv is recreated: it was {}", why("managed"))), "{recreated}");
    assert!(!world.project().join(".venv/mine").exists());
    let kept = world.pyve().arg("init").run().success();
    assert!(kept.err().contains("(kept)") && !kept.err().contains("kept as it is"), "{kept}");
}

#[test]
fn without_a_project_uv_pip_installs_a_list_of_requirements() {
    let Some(world) = world() else { return };
    // The uv that pyve installed for the user; nothing else has one.
    let own = world.home().join(".pyve/bin/uv/bin");
    fs_err::create_dir_all(&own).unwrap();
    fs_err::rename(world.bin().join("uv"), own.join("uv")).unwrap();
    world.write("requirements.txt", "humanize\n");
    let made = world.pyve().args(["init", "--backend", "uv", "--install-deps"]).run().success();
    assert!(made.err().contains("uv: 0.13.8 (user, [HOME]/.pyve/bin/uv/bin/uv)"), "{made}");
    assert!(made.err().contains("Dependencies: requirements.txt (installed)"), "{made}");
    assert!(!world.project().join("uv.lock").exists());
    world.write("requirements.txt", "humanize\ntabulate\n");
    let told = world.pyve().arg("doctor").run();
    assert!(told.out().contains("Packages: not as `requirements.txt` asks\n  tabulate is not installed\n"), "{told}");
    world.pyve().args(["init", "--update"]).run().success();
    assert_eq!(installed(&world, "default"), ["humanize", "tabulate"]);
    // It can be typed there, behind what the user has.
    let typed = world.pyve().args(["run", "uv", "--version"]).run().success();
    assert!(typed.out().starts_with("uv "), "{typed}");
    world.stand_in("uv", "echo mine");
    assert_eq!(world.pyve().args(["run", "uv", "--version"]).run().success().out(), "mine\n");
}
