//! Which Python `pyve init` and `pyve python-version` take, how it is pinned, and what is said where it is not there.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use pyve_testkit::{Interpreter, World, interpreter};

use crate::ready::{done, link, quick, told};

/// A world whose only Python is one that a version manager installed below `installs`.
fn managed(installs: &str) -> Option<(World, &'static Interpreter)> {
    let (world, python) = (quick("project")?, interpreter(3, 11)?);
    let bin = world.home().join(installs).join(&python.version).join("bin");
    link(&bin.join("python3"), &world.bin().join("../managed"));
    fs::rename(world.bin().join("python3"), world.root().join("managed")).unwrap();
    let script = fs::read_to_string(world.root().join("managed")).unwrap();
    let base = world.root().join("base/python3");
    fs::write(world.root().join("managed"), script.replace("\"${0%/*}/../base/python3\"", &base.display().to_string()))
        .unwrap();
    // Another version, which does not even start.
    broken(&world.home().join(installs).join("3.4.9/bin/python3"));
    Some((world, python))
}

fn broken(path: &Path) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, "#!/bin/sh\necho 'it is broken' >&2\nexit 1\n").unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

const ASDF: &str = ".asdf/installs/python";
const PYENV: &str = ".pyenv/versions";

#[test]
fn a_version_by_flag_is_pinned_in_the_file_of_asdf() {
    let Some((world, python)) = managed(ASDF) else { return };
    world.write(".tool-versions", "ruby 3.3.0\npython 3.4.9 # old\n");
    insta::assert_snapshot!(told(&world, &format!("init --python-version {}", python.minor())), @r"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    Create the virtual environment
    ✓ Backend: venv (default)
    ✓ Python: [VERSION] (asdf, [HOME]/.asdf/installs/python/[VERSION]/bin/python3)
    ✓ Environment: .venv (created)
    warning: pip: the environment was made without pip; run `pyve run python -m ensurepip --default-pip`
    Run `direnv allow` to activate it automatically
    Run commands in it with: pyve run CMD
    ");
    // asdf reads full names only.
    assert_eq!(world.read(".tool-versions"), format!("ruby 3.3.0\npython {} # old\n", python.version));
    // The pin is followed from now on, and is no longer news.
    insta::assert_snapshot!(told(&world, "init"), @r"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    ✓ Backend: venv (set in `.pyve/config:3`)
    ✓ Python: [VERSION] (asdf, [HOME]/.asdf/installs/python/[VERSION]/bin/python3)
    ✓ Environment: .venv (kept)
    warning: pip: the environment was made without pip; run `pyve run python -m ensurepip --default-pip`
    Run `direnv allow` to activate it automatically
    Run commands in it with: pyve run CMD
    ");
    assert_eq!(world.read(".pyve/config").matches("python").count(), 0);
    done(&world, "purge --yes");
    assert_eq!(world.read(".tool-versions"), "ruby 3.3.0\npython 3.4.9 # old\n");
}

#[test]
fn a_version_by_flag_is_pinned_in_the_file_of_pyenv() {
    let Some((world, python)) = managed(PYENV) else { return };
    // What pyenv cannot read is a setting.
    done(&world, "init --python-version >=3.8");
    assert!(world.read(".pyve/config").contains("  version: \">=3.8\""));
    assert!(!world.project().join(".python-version").exists());
    done(&world, "purge --yes");
    // Several versions, as pyenv reads them, and the lines between them.
    let before = "# for tox\n3.99.1\n3.99.2\n";
    world.write(".python-version", before);
    done(&world, &format!("init --python-version {}", python.minor()));
    assert_eq!(world.read(".python-version"), format!("{}\n", python.minor()));
    done(&world, &format!("python-version {}", python.version));
    assert_eq!(world.read(".python-version"), format!("{}\n", python.version));
    done(&world, "purge --yes");
    assert_eq!((world.read(".python-version").as_str(), world.tree().as_str()), (before, "0644 .python-version\n"));
}

#[test]
fn what_the_project_pins_is_taken() {
    for installs in [ASDF, PYENV] {
        let Some((world, python)) = managed(installs) else { return };
        let (file, line) = if installs == ASDF { (".tool-versions", "python ") } else { (".python-version", "") };
        world.write(file, format!("{line}{}\n", python.version));
        let outcome = done(&world, "init");
        let origin = if installs == ASDF { "asdf" } else { "pyenv" };
        assert!(outcome.err().contains(&format!("✓ Python: [VERSION] ({origin}, [HOME]/{installs}/")), "{outcome}");
        assert_eq!(world.read(file), format!("{line}{}\n", python.version));
    }
}

#[test]
fn without_a_wish_nothing_is_pinned() {
    let Some((world, _)) = managed(ASDF) else { return };
    done(&world, "init");
    assert!(!world.project().join(".tool-versions").exists());
}

#[test]
fn a_version_that_is_not_there_is_answered_with_those_that_are() {
    let Some((world, _)) = managed(ASDF) else { return };
    insta::assert_snapshot!(told(&world, "init --python-version 3.99"), @r"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: Python 3.99 is not installed
      asked for by `--python-version`
      found: asdf [VERSION] ([HOME]/.asdf/installs/python/[VERSION]/bin/python3)
      found: asdf 3.4.9 ([HOME]/.asdf/installs/python/3.4.9/bin/python3)
    hint: install Python 3.99 (https://www.python.org/downloads/; pyve has no build of it, the nearest is 3.14.7), or name one that is found with `--python-version`
    ");
    world.write(".python-version", "3.98.1\n");
    insta::assert_snapshot!(told(&world, "init"), @r"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: Python 3.98.1 is not installed
      asked for by `.python-version:1`
      found: asdf [VERSION] ([HOME]/.asdf/installs/python/[VERSION]/bin/python3)
      found: asdf 3.4.9 ([HOME]/.asdf/installs/python/3.4.9/bin/python3)
    hint: install Python 3.98.1 (https://www.python.org/downloads/; pyve has no build of it, the nearest is 3.14.7), or ask for one that is found in `.python-version:1`
    ");
    world.write(".python-version", "three\n");
    insta::assert_snapshot!(told(&world, "init"), @r"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: Python three is not installed
      asked for by `.python-version:1`
      found: asdf [VERSION] ([HOME]/.asdf/installs/python/[VERSION]/bin/python3)
      found: asdf 3.4.9 ([HOME]/.asdf/installs/python/3.4.9/bin/python3)
    hint: install Python three (https://www.python.org/downloads/), or ask for one that is found in `.python-version:1`
    ");
    insta::assert_snapshot!(told(&world, "init --python-version banana"), @r"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: Python banana is not installed
      asked for by `--python-version`
      found: asdf [VERSION] ([HOME]/.asdf/installs/python/[VERSION]/bin/python3)
      found: asdf 3.4.9 ([HOME]/.asdf/installs/python/3.4.9/bin/python3)
    hint: install Python banana (https://www.python.org/downloads/), or name one that is found with `--python-version`
    ");
    insta::assert_snapshot!(told(&world, "init --python-version 2.7"), @r"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: Python 2.7 (`--python-version`) cannot create virtual environments: that needs >=3.4
    hint: ask for a later version, such as `3.12`
    ");
    assert_eq!(world.tree(), "0644 .python-version\n");
}

#[test]
fn what_contradicts_the_projects_constraint_is_refused() {
    let Some(world) = quick("project") else { return };
    world.write("pyproject.toml", "[project]\nname = \"x\"\nversion = \"1\"\nrequires-python = \">=3.98\"\n");
    insta::assert_snapshot!(told(&world, "init --python-version 3.12"), @r#"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: Python 3.12 (`--python-version`) contradicts `requires-python` `>=3.98` (`pyproject.toml:4`)
    hint: ask for a version that fits `>=3.98`, or change `pyproject.toml:4`
    "#);
    insta::assert_snapshot!(told(&world, "init"), @r"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: Python >=3.98 is not installed
      asked for by `pyproject.toml:4`
      found: PATH python3 ([BIN]/python3): it is Python [VERSION]
    hint: install Python >=3.98 (https://www.python.org/downloads/; pyve has no build of it, the nearest is 3.14.7), or ask for one that is found in `pyproject.toml:4`
    ");
    world.write(".python-version", "3.12\n");
    insta::assert_snapshot!(told(&world, "init"), @r#"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: Python 3.12 (`.python-version:1`) contradicts `requires-python` `>=3.98` (`pyproject.toml:4`)
    hint: ask for a version that fits `>=3.98`, or change `pyproject.toml:4`
    "#);
}

/// Lets the environment's own file say that it was made with another Python.
fn made_with(world: &World, version: &str) {
    let cfg = world.read(".venv/pyvenv.cfg");
    let line = cfg.lines().find(|line| line.starts_with("version")).unwrap();
    world.write(".venv/pyvenv.cfg", cfg.replace(line, &format!("version = {version}")));
}

#[test]
fn an_environment_of_another_release_is_kept_until_it_is_updated() {
    let Some((world, python)) = managed(PYENV) else { return };
    done(&world, "init");
    made_with(&world, &format!("{}.99", python.minor()));
    world.write(".python-version", &python.version);
    world.filter(&regex(&python.minor()), "[MINOR]");
    world.filter(r"\.99 \(environment, .*", ".99 (environment, [PYTHON])");
    insta::assert_snapshot!(told(&world, "init"), @r"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    warning: .venv is kept as it is: made with Python [MINOR].99; to bring it in line: pyve init --update
    ✓ Backend: venv (set in `.pyve/config:3`)
    ✓ Python: [MINOR].99 (environment, [PYTHON])
    ✓ Environment: .venv (kept)
    warning: pip: the environment was made without pip; run `pyve run python -m ensurepip --default-pip`
    warning: Python: [MINOR].99, but .python-version:1 asks for [VERSION]; run `pyve init --force`
    Run `direnv allow` to activate it automatically
    Run commands in it with: pyve run CMD
    ");
    let outcome = done(&world, "init --update");
    assert!(outcome.err().contains("✓ Environment: .venv (created)"), "{outcome}");
}

/// The environment's Python is shown, whatever would be taken now.
#[test]
fn a_version_by_flag_replaces_an_environment_of_another_one_or_fails() {
    let Some((world, python)) = managed(PYENV) else { return };
    done(&world, "init");
    let other = format!("{}.99", python.minor());
    made_with(&world, &other);
    world.filter(&regex(&python.minor()), "[MINOR]");
    world.filter(r"\.99 \(environment, .*", ".99 (environment, [PYTHON])");
    let kept = done(&world, "init").err();
    assert!(kept.contains("✓ Python: [MINOR].99 (environment, [PYTHON])\n✓ Environment: .venv (kept)"), "{kept}");
    let line = format!("init --python-version {}", python.version);
    let answered = |answer: &str, ci: &str| world.pyve().args(line.split(' ')).env("CI", ci).stdin(answer).run();
    insta::assert_snapshot!(answered("", "1"), @"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: `.venv` is not changed to Python [VERSION]: made with Python [MINOR].99
    hint: recreate it with `--force` or `--update`; the old one is restored if that fails: `pyve init --force --python-version [VERSION]`
    ");
    insta::assert_snapshot!(answered("n\n", ""), @"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    `.venv` was made with Python [MINOR].99. Recreate it with Python [VERSION]? [y/N]: 
    cancelled: `.venv` was left as it is
    ");
    assert!(!world.project().join(".python-version").exists());
    let outcome = answered("y\n", "");
    assert!(outcome.err().contains("✓ Environment: .venv (created)"), "{outcome}");
    assert_eq!(world.read(".python-version"), format!("{}\n", python.version));
}

#[test]
fn an_environment_whose_python_became_another_one_is_refused() {
    let (Some(world), Some(python)) = (quick("project"), interpreter(3, 11)) else { return };
    done(&world, "init");
    made_with(&world, "3.5.1");
    world.filter(&regex(&python.minor()), "[MINOR]");
    insta::assert_snapshot!(told(&world, "init"), @r"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: the environment .venv cannot be used: made with Python 3.5, but its interpreter [PYTHON] is now Python [MINOR]
    hint: recreate it; the old one is restored if that fails: `pyve init --force`
    ");
}

/// asdf as far as pyve calls it: it installs by making a link to a real Python.
fn asdf(world: &World, python: &Interpreter) {
    let (version, base) = (&python.version, world.root().join("managed"));
    world.stand_in(
        "asdf",
        &format!(
            "#!/bin/sh\ncase \"$*\" in\n'latest python '*) echo {version} ;;\n'list all python') echo {version} ;;\n\
             'plugin add python') mkdir -p \"$HOME/.asdf/plugins/python\" ;;\n'install python {version}')\n\
             d=\"$HOME/.asdf/installs/python/{version}/bin\"; mkdir -p \"$d\"; ln -s '{0}' \"$d/python3\"; ln -s '{0}' \"$d/python\" ;;\n\
             *) echo \"no such command: $*\" >&2; exit 64 ;;\nesac\n",
            base.display()
        ),
    );
}

#[test]
fn a_missing_version_is_installed_after_a_yes() {
    let Some((world, python)) = managed(ASDF) else { return };
    fs::remove_dir_all(world.home().join(ASDF)).unwrap();
    asdf(&world, python);
    let line = format!("init --python-version {}", python.minor());
    let answered = |answer: &str, ci: &str| world.pyve().args(line.split(' ')).env("CI", ci).stdin(answer).run();
    world.set("PYVE_PYTHON_MIRROR", "/no/such");
    world.filter("CPython [0-9.]+", "CPython [PATCH]");
    world.filter(&regex(&python.minor()), "[MINOR]");
    insta::assert_snapshot!(answered("3\n", ""), @r"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    Python [MINOR] is not installed.

    Installation options:
      1. Install Python [VERSION] with asdf
      2. Download CPython [PATCH]
      3. Abort

    Choice [1]: 
    cancelled: Python was not installed
    ");
    insta::assert_snapshot!(answered("", ""), @r"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: Python [MINOR] is not installed
      asked for by `--python-version`
    hint: run `pyve init --yes --python-version [MINOR]`
    ");
    insta::assert_snapshot!(answered("", "1"), @r"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: Python [MINOR] is not installed
      asked for by `--python-version`
    hint: run `pyve init --yes --python-version [MINOR]`
    ");
    let pinning = world.pyve().args(["python-version", &python.minor()]).env("CI", "1").run().err();
    assert!(pinning.ends_with("hint: run `pyve python-version --yes [MINOR]`\n"), "{pinning}");
    assert_eq!(world.tree(), "");
    insta::assert_snapshot!(answered("1\n", ""), @r"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    Python [MINOR] is not installed.

    Installation options:
      1. Install Python [VERSION] with asdf
      2. Download CPython [PATCH]
      3. Abort

    Choice [1]: 
    Add asdf's python plugin
    Install Python [VERSION] with asdf
    Create the virtual environment
    ✓ Backend: venv (default)
    ✓ Python: [VERSION] (asdf, [HOME]/.asdf/installs/python/[VERSION]/bin/python)
    ✓ Environment: .venv (created)
    warning: pip: the environment was made without pip; run `pyve run python -m ensurepip --default-pip`
    Run `direnv allow` to activate it automatically
    Run commands in it with: pyve run CMD
    ");
    assert_eq!(world.read(".tool-versions"), format!("python {}\n", python.version));
}

fn regex(minor: &str) -> String {
    format!(r"\b{}\b", minor.replace('.', r"\."))
}

#[test]
fn python_version_pins_without_making_anything() {
    let Some((world, python)) = managed(ASDF) else { return };
    insta::assert_snapshot!(told(&world, "python-version 3"), @r"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    ✓ .tool-versions: python [VERSION]
    ");
    assert_eq!(world.tree(), "0644 .tool-versions\n");
    insta::assert_snapshot!(told(&world, &format!("--python-version {}", python.version)), @"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    ✓ `.tool-versions:1` already asks for Python [VERSION]
    ");
    assert_eq!(world.read(".tool-versions"), format!("python {}\n", python.version));
    insta::assert_snapshot!(told(&world, "python-version 3.99"), @r"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: Python 3.99 is not installed
      asked for by `--python-version`
      found: asdf [VERSION] ([HOME]/.asdf/installs/python/[VERSION]/bin/python3)
      found: asdf 3.4.9 ([HOME]/.asdf/installs/python/3.4.9/bin/python3)
    hint: install Python 3.99 (https://www.python.org/downloads/; pyve has no build of it, the nearest is 3.14.7), or name one that is found with `--python-version`
    ");
}

#[test]
fn python_version_shows_what_is_pinned_and_what_it_means() {
    let Some((world, python)) = managed(PYENV) else { return };
    world.filter(&regex(&python.minor()), "[MINOR]");
    insta::assert_snapshot!(told(&world, "python-version"), @"
    exit code: 0
    ----- stdout -----
    Pinned: none
    Resolved: [VERSION] (pyenv, `[HOME]/.pyenv/versions/[VERSION]/bin/python3`)
    ----- stderr -----
    ");
    world.write("pyproject.toml", "[project]\nname = \"x\"\nversion = \"1\"\nrequires-python = \">=3.8,\"\n");
    world.write(".python-version", format!("# ours\n{}\n", python.minor()));
    insta::assert_snapshot!(told(&world, "--python-version"), @"
    exit code: 0
    ----- stdout -----
    Pinned: [MINOR] (`.python-version:2`)
    Requires: >=3.8, (`pyproject.toml:4`)
    Resolved: [VERSION] (pyenv, `[HOME]/.pyenv/versions/[VERSION]/bin/python3`)
    ----- stderr -----
    ");
    let json: serde_json::Value = serde_json::from_str(&done(&world, "python-version --json").out()).unwrap();
    assert_eq!((json["schema"].as_u64(), json["pinned"][0]["origin"].as_str()), (Some(1), Some(".python-version:2")));
    assert_eq!(json["python"]["origin"], "pyenv");
    world.write(".python-version", "3.99\n");
    insta::assert_snapshot!(told(&world, "python-version"), @"
    exit code: 1
    ----- stdout -----
    Pinned: 3.99 (`.python-version:1`)
    Requires: >=3.8, (`pyproject.toml:4`)
    ----- stderr -----
    error: Python 3.99 is not installed
      asked for by `.python-version:1`
      found: pyenv [VERSION] ([HOME]/.pyenv/versions/[VERSION]/bin/python3)
      found: pyenv 3.4.9 ([HOME]/.pyenv/versions/3.4.9/bin/python3)
    hint: install Python 3.99 (https://www.python.org/downloads/; pyve has no build of it, the nearest is 3.14.7), or ask for one that is found in `.python-version:1`
    ");
    let outcome = world.pyve().args(["python-version", "--json"]).run();
    let json: serde_json::Value = serde_json::from_str(&outcome.out()).unwrap();
    assert_eq!((json["python"].is_null(), json["missing"].as_str()), (true, Some("Python 3.99 is not installed")));
}

#[test]
fn without_a_version_manager_python_version_writes_the_file_that_most_tools_read() {
    let Some(world) = quick("project") else { return };
    for asked in ["3", ">=3.8"] {
        let said = done(&world, &format!("python-version {asked}")).err();
        assert_eq!(said, format!("✓ .python-version: {asked}\n"));
        assert_eq!(world.read(".python-version"), format!("{asked}\n"));
    }
    assert_eq!(done(&world, "python-version >=3.8").err(), "✓ `.python-version:1` already asks for Python >=3.8\n");
    world.write(".pyve/config", "python:\n  version: \">=3.9\"\n");
    insta::assert_snapshot!(told(&world, "python-version 3"), @"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    ✓ .python-version: 3
    warning: `.pyve/config:2` says Python >=3.9, which `pyve init` takes; change it there to use 3
    ");
    assert!(done(&world, "python-version").out().starts_with("Pinned: >=3.9 (`.pyve/config:2`)\n"));
}

/// The project's version files hold for its other environments as well.
#[test]
fn an_environment_of_another_name_has_its_version_in_the_settings() {
    let Some((world, python)) = managed(PYENV) else { return };
    world.write(".python-version", "3.99\n");
    let said = done(&world, &format!("init --env docs --python-version {}", python.minor())).err();
    assert!(said.contains("✓ Environment: .pyve/envs/docs (created)"), "{said}");
    assert_eq!(world.read(".python-version"), "3.99\n");
    let config = world.read(".pyve/config");
    assert!(config.contains(&format!("version: \"{}\"", python.minor())), "{config}");
    world.write(".pyve/config", "envs:\n  docs:\n    backend: venv\n");
    let said = done(&world, &format!("init --env docs --python-version {}", python.minor())).err();
    assert!(said.contains("set `envs.docs.python.version: "), "{said}");
}

#[test]
fn a_range_is_no_pin_where_a_version_manager_would_read_it() {
    let Some((world, _)) = managed(PYENV) else { return };
    insta::assert_snapshot!(told(&world, "python-version >=3.8"), @r#"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: could not pin Python >=3.8: neither asdf nor pyenv reads ranges
    hint: set `python.version: ">=3.8"` in `.pyve/config`
    "#);
    assert_eq!(world.tree(), "");
    // Settings that are there already are the user's to change.
    world.write(".pyve/config", "backend: venv\n");
    let said = done(&world, "init --python-version >=3.8").err();
    let kept = "warning: `--python-version >=3.8` holds for this environment only; set `python.version: \">=3.8\"` in \
                `.pyve/config` to keep it\n";
    assert!(said.contains(kept), "{said}");
}

#[test]
fn an_interpreter_that_a_file_of_the_project_names_is_started_by_init_alone() {
    let Some(world) = quick("project") else { return };
    let trace = world.root().join("trace");
    let named = world.root().join("named/bin/python");
    fs::create_dir_all(named.parent().unwrap()).unwrap();
    // Not by its own path: a script that starts what lies in a version manager's folder is taken for a shim.
    let python = world.root().join("base/python3");
    let script = format!("#!/bin/sh\necho started >>'{}'\nexec '{}' \"$@\"\n", trace.display(), python.display());
    fs::write(&named, script).unwrap();
    fs::set_permissions(&named, PermissionsExt::from_mode(0o755)).unwrap();
    let folder = world.root().join("named");
    world.write(".tool-versions", format!("python path:{}\n", folder.display()));
    insta::assert_snapshot!(told(&world, "init --dry-run"), @r"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: could not use Python path:[ROOT]/named
      asked for by `.tool-versions:1`
      found: PATH python3 ([BIN]/python3)
      found: path path:[ROOT]/named ([ROOT]/named/bin/python): not started before `pyve init`, as .tool-versions:1 names it
    hint: edit `.tool-versions:1`, or name another one with `--python-version`
    ");
    assert!(!trace.exists());
    // Open to others it is nobody's word.
    fs::set_permissions(&folder, PermissionsExt::from_mode(0o777)).unwrap();
    insta::assert_snapshot!(told(&world, "init"), @r"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: could not use Python path:[ROOT]/named
      asked for by `.tool-versions:1`
      found: PATH python3 ([BIN]/python3)
      found: path path:[ROOT]/named ([ROOT]/named/bin/python): .tool-versions:1 names it, and [ROOT]/named/bin/python is not started: the directory [ROOT]/named can be changed by others (mode 777)
    hint: edit `.tool-versions:1`, or name another one with `--python-version`
    ");
    assert!(!trace.exists());
    fs::set_permissions(&folder, PermissionsExt::from_mode(0o755)).unwrap();
    let said = done(&world, "init").err();
    assert!(said.contains("(path, [ROOT]/named/bin/python)"), "{said}");
    assert!(trace.exists());

    // In the checkout it is none, whoever names it.
    fs::remove_file(&trace).unwrap();
    fs::rename(&folder, world.project().join("named")).unwrap();
    world.write(".tool-versions", format!("python path:{}/named\n", world.project().display()));
    insta::assert_snapshot!(told(&world, "init --force --yes"), @r"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: could not use Python path:[PROJECT]/named
      asked for by `.tool-versions:1`
      found: PATH python3 ([BIN]/python3)
      found: path path:[PROJECT]/named ([PROJECT]/named/bin/python): not started: it came with the project, and is not one that pyve put there
    hint: edit `.tool-versions:1`, or name another one with `--python-version`
    ");
    assert!(!trace.exists());
}
