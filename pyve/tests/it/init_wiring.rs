//! What `pyve init` writes around the environment: `.envrc`, `.env`, `.gitignore` and the settings.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use pyve_testkit::{mode, prerequisite};

use crate::ready::{done, light, quick, told};

#[test]
fn without_direnv_no_envrc_is_written_and_nothing_is_said_of_it() {
    let Some(world) = quick("project") else { return };
    world.unlink("direnv");
    insta::assert_snapshot!(told(&world, "init --no-direnv"), @r"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    Create the virtual environment
    ✓ Backend: venv (default)
    ✓ Python: [VERSION] (PATH, [BIN]/python3)
    ✓ Environment: .venv (created)
    warning: pip: the environment was made without pip; run `pyve run python -m ensurepip --default-pip`
    Run commands in it with: pyve run CMD
    ");
    assert!(!world.project().join(".envrc").exists());
}

#[test]
fn a_missing_direnv_is_a_warning() {
    let Some(world) = quick("project") else { return };
    world.unlink("direnv");
    insta::assert_snapshot!(told(&world, "init"), @r"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    Create the virtual environment
    ✓ Backend: venv (default)
    ✓ Python: [VERSION] (PATH, [BIN]/python3)
    ✓ Environment: .venv (created)
    warning: pip: the environment was made without pip; run `pyve run python -m ensurepip --default-pip`
    warning: direnv is not installed, so .envrc has no effect; install it (apt install direnv, brew install direnv), or use --no-direnv
    Run commands in it with: pyve run CMD
    ");
    assert!(world.project().join(".envrc").exists());
}

#[test]
fn direnv_enters_the_environment_in_subfolders_and_loads_the_variables() {
    let (Some(direnv), Some(bash)) = (prerequisite("direnv"), prerequisite("bash")) else { return };
    let Some(world) = quick("it's & two words") else { return };
    world.link_as("direnv", &direnv);
    let world = world.link(&bash);
    world.write("src/deep/x.py", "");
    done(&world, "init");
    fs::write(world.project().join(".env"), "TOKEN='a b'\n").unwrap();
    let direnv = |words: &[&str]| world.command("direnv").args(words).run().success();
    direnv(&["allow"]);
    let show = "command -v python; printf '%s\\n' \"$VIRTUAL_ENV\" \"$TOKEN\" \"$PYVE_PROMPT_PREFIX\"";
    let said = direnv(&["exec", "src/deep", "bash", "-c", show]);
    insta::assert_snapshot!(said.out(), @r"
    [PROJECT]/.venv/bin/python
    [PROJECT]/.venv
    a b
    (venv:it's & two words)
    ");
    assert_eq!(fs::read_dir(world.project().join("src/deep")).unwrap().count(), 1);
}

#[test]
fn the_users_secrets_are_for_the_user_only_and_kept() {
    let Some(world) = quick("project") else { return };
    let env = world.project().join(".env");
    done(&world, "init");
    assert_eq!((world.read(".env").as_str(), mode(&env)), ("", 0o600));
    fs::write(&env, "TOKEN=1\n").unwrap();
    fs::set_permissions(&env, fs::Permissions::from_mode(0o640)).unwrap();
    insta::assert_snapshot!(told(&world, "init --local-env"), @r"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    warning: .env can be read by others (mode 640); to change that: chmod 600 .env
    ✓ Backend: venv (set in `.pyve/config:3`)
    ✓ Python: [VERSION] (PATH, [BIN]/python3)
    ✓ Environment: .venv (kept)
    warning: pip: the environment was made without pip; run `pyve run python -m ensurepip --default-pip`
    Run `direnv allow` to activate it automatically
    Run commands in it with: pyve run CMD
    ");
    assert_eq!((world.read(".env").as_str(), mode(&env)), ("TOKEN=1\n", 0o640));
}

#[test]
fn a_template_fills_the_first_env() {
    let Some(world) = quick("project") else { return };
    insta::assert_snapshot!(told(&world, "init --local-env"), @r"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    Create the virtual environment
    warning: [HOME]/.local/.env does not exist; .env is empty
    ✓ Backend: venv (default)
    ✓ Python: [VERSION] (PATH, [BIN]/python3)
    ✓ Environment: .venv (created)
    warning: pip: the environment was made without pip; run `pyve run python -m ensurepip --default-pip`
    Run `direnv allow` to activate it automatically
    Run commands in it with: pyve run CMD
    ");
    fs::remove_file(world.project().join(".env")).unwrap();
    fs::create_dir(world.home().join(".local")).unwrap();
    fs::write(world.home().join(".local/.env"), "KEY=from template\n").unwrap();
    done(&world, "init --local-env");
    assert_eq!(world.read(".env"), "KEY=from template\n");
    assert_eq!(mode(&world.project().join(".env")), 0o600);
}

#[test]
fn the_users_lines_stay_byte_for_byte() {
    let Some(world) = quick("project") else { return };
    let files = [
        (".gitignore", "*.log\r\nbuild"),
        (".envrc", "# mine\nexport A='1'"),
        (".pyve/config", "# mine\nbackend:  'venv'"),
    ];
    for (file, text) in files {
        world.write(file, text);
    }
    done(&world, "init");
    done(&world, "init");
    for (file, text) in files {
        assert!(world.read(file).starts_with(text), "{file}: {}", world.read(file));
    }
    assert_eq!(world.read(".pyve/config"), files[2].1);
    done(&world, "init --update");
    assert_eq!(world.read(".pyve/config"), format!("pyve_version: \"4.0.0\"\n{}", files[2].1));
}

#[test]
fn an_update_changes_the_line_of_the_version_only() {
    let Some(world) = quick("project") else { return };
    let config = |version: &str| format!("# mine\npyve_version: {version}   # by pyve\nvenv: {{directory: .v}}\n");
    world.write(".pyve/config", config("'0.9'"));
    done(&world, "init");
    assert_eq!(world.read(".pyve/config"), config("'0.9'"));
    let outcome = done(&world, "init --update");
    assert!(outcome.err().contains("✓ Environment: .v (kept)"), "{outcome}");
    assert_eq!(world.read(".pyve/config"), config("\"4.0.0\""));
}

#[test]
fn a_file_of_settings_that_is_hidden_from_git_is_told() {
    let Some(world) = quick("project") else { return };
    world.write(".gitignore", "*.log\n.pyve/\n");
    let outcome = done(&world, "init");
    let warning = "warning: Git ignores: .gitignore:2 keeps .pyve/config out of git, so a clone cannot know the backend; \
                   remove line 2 of .gitignore\n";
    assert!(outcome.err().contains(warning), "{outcome}");
}

#[test]
fn git_sees_the_settings_and_nothing_else() {
    let Some(git) = prerequisite("git") else { return };
    let Some(world) = light("project") else { return };
    let world = world.link(&git);
    let git = |line: &str| world.command("git").args(line.split(' ')).run().success().out();
    git("init -q");
    done(&world, "init");
    assert_eq!(git("status --porcelain -uall"), "?? .gitignore\n?? .pyve/config\n");
}

#[test]
fn git_ignores_every_environment_and_no_envrc_of_the_users() {
    let Some(world) = light("project") else { return };
    let lines = |world: &pyve_testkit::World| {
        let text = world.read(".gitignore");
        text.lines().filter(|line| line.starts_with('/')).map(str::to_owned).collect::<Vec<_>>()
    };
    let always = ["/.pyve/bin", "/.pyve/envs", "/.pyve/state"];
    done(&world, "init --no-direnv");
    assert_eq!(lines(&world), [&always[..], &["/.venv"]].concat());
    world.write(".envrc", "export MINE=1\n");
    done(&world, "init .env-dev");
    assert!(world.read(".envrc").contains(">>> pyve >>>"));
    assert_eq!(lines(&world), [&always[..], &["/.env-dev", "/.venv"]].concat());
    // One that pyve makes has this machine's paths.
    fs::remove_file(world.project().join(".envrc")).unwrap();
    done(&world, "init .venv");
    assert_eq!(lines(&world), [&always[..], &["/.envrc", "/.venv", "/.env-dev"]].concat());
    let is_current = || !world.pyve().arg("doctor").run().out().contains(".gitignore: ");
    assert!(is_current());
    done(&world, "purge --yes .env-dev");
    assert!(is_current() && !world.project().join(".env-dev").exists());
    done(&world, "init");
    assert_eq!(lines(&world), [&always[..], &["/.envrc", "/.venv"]].concat());
}
