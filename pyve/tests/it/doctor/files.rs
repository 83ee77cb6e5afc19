//! Faults of the files around the environment: settings, `.envrc`, `.env`, `.gitignore`.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use pyve_testkit::{mode, prerequisite};

use super::{allow, check, fixed, fixed_by, healthy, report, type_remedy, wrong};

#[test]
fn settings_that_cannot_be_read_do_not_end_the_examination() {
    let Some(world) = healthy() else { return };
    let before = world.read(".pyve/config");
    world.write(".pyve/config", "backnd: venv\n");
    let report = report(&world, "");
    let broken = check(&report, "pyve.config");
    assert_eq!(broken["status"], "error");
    assert_eq!(broken["detail"], ".pyve/config:1:1: unknown key `backnd`; did you mean `backend`?");
    assert!(broken["hint"].as_str().is_some_and(|hint| hint.contains("backend")), "{broken:#}");
    assert_eq!(check(&report, "venv.environment")["status"], "ok");
    fixed_by(&world, "pyve.config", |_| {
        world.write(".pyve/config", "backend: venv\n");
    });
    world.write(".pyve/config", before);
    assert!(wrong(&world).is_empty());
}

#[test]
fn a_backend_that_nobody_knows() {
    let Some(world) = healthy() else { return };
    let before = world.read(".pyve/config");
    world.write(".pyve/config", "backend: vnev\n");
    fixed_by(&world, "pyve.backend", |help| {
        assert_eq!(help, "did you mean `backend: venv`? Edit `.pyve/config:1`");
        world.write(".pyve/config", "backend: venv\n");
    });
    world.write(".pyve/config", before);
    assert!(wrong(&world).is_empty());
}

#[test]
fn two_backends_that_files_ask_for() {
    let place = crate::conda::place::Place::new();
    let Some(world) = super::equip(&place.world) else { return };
    place.environment(&["hello"]);
    world.write("requirements.txt", "");
    let seen = report(world, "");
    type_remedy(world, &check(&seen, "pyve.backend-disputed"));
    allow(world);
    assert!(wrong(world).is_empty(), "{:#}", report(world, ""));
    assert!(world.read(".pyve/config").ends_with("backend: micromamba\n"));
}

#[test]
fn blocks_that_were_changed() {
    let Some(world) = healthy() else { return };
    world.write(".gitignore", world.read(".gitignore").replace("/.pyve/state\n", ""));
    fixed(&world, "pyve.gitignore");
    fs::remove_file(world.project().join(".gitignore")).unwrap();
    fixed(&world, "pyve.gitignore");
    world.write(".envrc", world.read(".envrc").replace("export VIRTUAL_ENV", "export OTHER"));
    allow(&world);
    fixed(&world, "pyve.envrc");
    fs::remove_file(world.project().join(".envrc")).unwrap();
    fixed(&world, "pyve.envrc");
    let hint = |file: &str, id: &str| {
        let before = world.read(file);
        world.write(file, before.replace("# <<< pyve <<<\n", ""));
        allow(&world);
        let open = check(&report(&world, ""), id);
        assert!(open["hint"].as_str().unwrap().starts_with("add the line `# <<< pyve <<<`"), "{open:#}");
        world.write(file, before);
        allow(&world);
    };
    hint(".gitignore", "pyve.gitignore");
    hint(".envrc", "pyve.envrc");
    assert!(wrong(&world).is_empty());
}

#[test]
fn settings_that_git_cannot_see() {
    let Some(world) = healthy() else { return };
    let before = world.read(".gitignore");
    world.write(".gitignore", format!(".pyve/\n{before}"));
    fixed_by(&world, "pyve.settings-hidden", |help| {
        assert_eq!(help, "remove line 1 of .gitignore");
        let text = world.read(".gitignore");
        world.write(".gitignore", text.split_once('\n').unwrap().1);
    });
    assert_eq!(world.read(".gitignore"), before);
}

#[test]
fn variables_that_others_can_read() {
    let Some(world) = healthy() else { return };
    let file = world.project().join(".env");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    fixed(&world, "pyve.dotenv-open");
    assert_eq!(mode(&file), 0o600);
}

#[test]
fn variables_that_nobody_can_read_to_the_end() {
    let Some(world) = healthy() else { return };
    let file = world.project().join(".env");
    fs::remove_file(&file).unwrap();
    std::os::unix::fs::symlink("/dev/zero", &file).unwrap();
    fixed_by(&world, "pyve.dotenv-unreadable", |help| {
        assert_eq!(help, format!("replace `{}` with a regular file, or remove it", file.display()));
        fs::remove_file(&file).unwrap();
    });
}

#[test]
fn variables_that_direnv_cannot_read_and_that_no_command_gets() {
    let Some(world) = healthy() else { return };
    world.write(".env", format!("TOKEN=1\nnot a variable\nPATH=/elsewhere\n{}", "LD_A=1\n".repeat(6)));
    fs::set_permissions(world.project().join(".env"), fs::Permissions::from_mode(0o600)).unwrap();
    let told = check(&report(&world, ""), "pyve.dotenv-passed-over");
    assert_eq!(
        told["detail"],
        ".env: `pyve run` passes over PATH (line 3), LD_A (line 4), LD_A (line 5), LD_A (line 6), LD_A (line 7) and 2 more"
    );
    fixed_by(&world, "pyve.dotenv-line", |help| {
        assert_eq!(help, "correct line 2 of .env; a value with spaces needs quotes");
        let _ = world.write(".env", "TOKEN=1\n");
    });
}

#[test]
fn a_choice_of_dependencies_that_the_files_do_not_know() {
    let Some(world) = healthy() else { return };
    world.write("pyproject.toml", "[project]\nname = \"x\"\nversion = \"1\"\noptional-dependencies = {dev = []}\n");
    let settings = world.read(".pyve/config");
    world.write(".pyve/config", format!("{settings}venv:\n  extras: [dve]\n"));
    let seen = check(&report(&world, ""), "venv.choice-unknown");
    assert!(seen["detail"].as_str().unwrap().contains("`dve`") && seen["status"] == "warning", "{seen:#}");
    world.write(".pyve/config", settings);
    assert!(!wrong(&world).contains("venv.choice-unknown"));
}

#[test]
fn requirements_that_nobody_can_read_to_the_end() {
    let Some(world) = healthy() else { return };
    world.write("requirements.txt", "-r more.txt\n");
    let file = world.write("more.txt", "");
    fs::File::options().write(true).open(&file).unwrap().set_len(200 << 20).unwrap();
    fixed_by(&world, "venv.requirements-unreadable", |help| {
        assert_eq!(help, format!("reduce `{}` to at most 16 MiB, or remove it", file.display()));
        fs::remove_file(&file).unwrap();
    });
}

#[test]
fn variables_that_git_would_take_along() {
    let Some(git) = prerequisite("git") else { return };
    let Some(world) = healthy() else { return };
    world.link_as("git", &git);
    let run = |args: &[&str]| {
        let _ = world.command("git").args(args).run().success();
    };
    run(&["init", "-q"]);
    assert!(wrong(&world).is_empty());
    run(&["add", "-f", ".env"]);
    fixed(&world, "pyve.dotenv-committed");
    // Added, and edited since.
    run(&["add", "-f", ".env"]);
    world.write(".env", "TOKEN=mine\n");
    fixed(&world, "pyve.dotenv-committed");
    assert_eq!(world.read(".env"), "TOKEN=mine\n");
    let before = world.read(".gitignore");
    world.write(".gitignore", format!("{before}!.env\n"));
    // That line of the user's changes what pyve's block has to say, too.
    let seen = report(&world, "");
    assert!(super::ids(&seen).iter().eq(["pyve.dotenv-not-ignored", "pyve.gitignore"]), "{seen:#}");
    type_remedy(&world, &check(&seen, "pyve.gitignore"));
    fixed_by(&world, "pyve.dotenv-not-ignored", |help| {
        assert_eq!(help, "add the line `.env` to .gitignore");
        world.write(".gitignore", format!("{}.env\n", world.read(".gitignore")));
    });
    world.write(".gitignore", before);
    // Without pyve's block both are wrong, and one command mends both.
    fs::remove_file(world.project().join(".gitignore")).unwrap();
    let seen = report(&world, "");
    assert!(wrong(&world).iter().eq(["pyve.dotenv-not-ignored", "pyve.gitignore"]), "{seen:#}");
    type_remedy(&world, &check(&seen, "pyve.dotenv-not-ignored"));
    assert!(wrong(&world).is_empty());
}

#[test]
fn an_envrc_that_is_not_allowed() {
    let Some(world) = healthy() else { return };
    world.write(".envrc", format!("{}export MINE=1\n", world.read(".envrc")));
    fixed(&world, "pyve.envrc-blocked");
    let _ = world.command("direnv").args(["deny"]).run().success();
    fixed(&world, "pyve.envrc-blocked");
    world.write(".envrc", format!("{}export YOURS=1\n", world.read(".envrc")));
    let config = world.home().join(".config/direnv/direnv.toml");
    fs::create_dir_all(config.parent().unwrap()).unwrap();
    fs::write(&config, format!("[whitelist]\nprefix = [{:?}]\n", world.project())).unwrap();
    assert!(wrong(&world).is_empty());
}
