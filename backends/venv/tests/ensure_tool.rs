//! Which Python is chosen, on machines made for the purpose with real Pythons in them.

use crate::world::{Real, World, newest, reals, two};
use pyve_backend_venv::backend;
use pyve_plugin_api::{Backend, Error, ErrorKind, Tool, ToolAnswer};

fn ask(world: &World) -> ToolAnswer {
    backend().ensure_tool(&world.request(), &world.host()).unwrap()
}

fn found(world: &World) -> Tool {
    let answer = ask(world);
    answer.found.clone().into_option().unwrap_or_else(|| panic!("{} {:?}", answer.missing, answer.seen))
}

fn refused(world: &World) -> Error {
    backend().ensure_tool(&world.request(), &world.host()).unwrap_err()
}

fn seen(world: &World, answer: &ToolAnswer) -> Vec<String> {
    answer.seen.iter().map(|line| world.plain(line)).collect()
}

/// `(version, origin, path)`.
fn chosen(world: &World) -> (String, String, String) {
    let tool = found(world);
    (tool.version.to_string(), tool.origin.to_string(), world.plain(&tool.path.display()))
}

fn pyenvs(version: &str) -> (String, String, String) {
    (version.to_owned(), "pyenv".to_owned(), format!("HOME/.pyenv/versions/{version}/bin/python"))
}

#[test]
fn a_minor_version_means_its_newest_release_in_pyenv() {
    let (older, newer) = two();
    let world = || World::new().in_pyenv(older).in_pyenv(newer);
    assert_eq!(chosen(&world().flag(&older.minor)), pyenvs(&older.version));
    assert_eq!(chosen(&world().flag(&newer.version)), pyenvs(&newer.version));
    assert_eq!(chosen(&world().config(&format!(">={}", older.minor))), pyenvs(&newer.version));
    assert_eq!(chosen(&world().config(&format!("<{}", newer.minor))), pyenvs(&older.version));
}

#[test]
fn the_project_files_are_read_from_the_project_upward() {
    let (older, newer) = two();
    let world = || World::new().in_pyenv(older).in_pyenv(newer);
    let file = world().in_project(".python-version", &format!("{}\n", older.version));
    assert_eq!(chosen(&file), pyenvs(&older.version));
    assert_eq!(ask(&file).required_by, ".python-version:1");
    assert!(ask(&file).pins.is_empty());
    // asdf's file first; several versions: the first that is there.
    let both = world()
        .in_project(".python-version", &newer.version)
        .in_project(".tool-versions", &format!("nodejs 20\npython 3.99.1 {}\n", older.version));
    assert_eq!(chosen(&both), pyenvs(&older.version));
    // A flag comes before every file.
    assert_eq!(chosen(&both.flag(&newer.version)), pyenvs(&newer.version));
}

#[test]
fn requires_python_holds_for_every_choice() {
    let (older, newer) = two();
    let pyproject = format!("[project]\nname = \"app\"\nrequires-python = \">={}\"\n", newer.minor);
    let world = || World::new().in_pyenv(older).in_pyenv(newer).in_project("pyproject.toml", &pyproject);
    // The general choice of pyenv does not fit, so the newest that does is taken.
    assert_eq!(chosen(&world().file(".pyenv/version", &older.version)), pyenvs(&newer.version));
    let error = refused(&world().in_project(".python-version", &format!("# ours\n{}\n", older.minor)));
    assert_eq!(
        error.message,
        format!(
            "Python {} (`.python-version:2`) contradicts `requires-python` `>={}` (`pyproject.toml:3`)",
            older.minor, newer.minor
        )
    );
    assert_eq!(
        error.remedy.text,
        format!("ask for a version that fits `>={}`, or change `pyproject.toml:3`", newer.minor)
    );
    assert!(error.is(ErrorKind::FAILED));
    let one_fits = format!("{}\n{}\n", older.version, newer.version);
    assert_eq!(chosen(&world().in_project(".python-version", &one_fits)), pyenvs(&newer.version));
}

#[test]
fn with_no_version_asked_for_the_managers_current_one_is_taken_and_nothing_pinned() {
    let (older, newer) = two();
    let world = || World::new().in_pyenv(older).in_pyenv(newer).on_path(newer, "python3");
    let global = world().file(".pyenv/version", &format!("{}\n", older.version));
    assert_eq!(chosen(&global), pyenvs(&older.version));
    assert!(ask(&global).pins.is_empty());
    assert_eq!(chosen(&global.variable("PYENV_VERSION", &newer.version)), pyenvs(&newer.version));
    // A project below home takes home's files as the general choice, not as its own request.
    assert_eq!(chosen(&world().file(".python-version", &older.version)), pyenvs(&older.version));
    let gone = world().file(".python-version", "3.99.1\n");
    assert_eq!(chosen(&gone).1, "PATH");
    let system = world().file(".pyenv/version", "system\n");
    assert_eq!(chosen(&system).1, "PATH");
    let asdf = world().in_asdf(older).file(".tool-versions", &format!("python {}\n", older.version));
    let path = format!("HOME/.asdf/installs/python/{}/bin/python", older.version);
    assert_eq!(chosen(&asdf), (older.version.clone(), "asdf".to_owned(), path));
    assert_eq!(chosen(&asdf.variable("ASDF_PYTHON_VERSION", "3.99.1")).1, "PATH");
}

#[test]
fn asdf_comes_before_pyenv() {
    let real = newest();
    let world = World::new().in_pyenv(real).in_asdf(real).flag(&real.minor);
    assert_eq!(chosen(&world).1, "asdf");
    let answer = ask(&world);
    let pin = &answer.pins[0];
    assert_eq!((pin.key.as_str(), pin.text()), ("python", format!("python {}", real.version)));
    assert_eq!(world.plain(&pin.path.display()), "HOME/app/.tool-versions");
}

#[test]
fn the_newest_on_path_is_found_by_its_own_name() {
    let (older, newer) = two();
    let (old_name, new_name) = (format!("python{}", older.minor), format!("python{}", newer.minor));
    let world = || World::new().on_path(older, "python3").on_path(older, &old_name).on_path(newer, &new_name);
    let on_path = |version: &str, name: &str| (version.to_owned(), "PATH".to_owned(), format!("BIN/{name}"));
    assert_eq!(chosen(&world()), on_path(&newer.version, &new_name));
    // python3 would become another version one day; the name beside it says which it is.
    assert_eq!(chosen(&world().config(&older.minor)), on_path(&older.version, &old_name));
    assert_eq!(chosen(&world().config(&older.version)), on_path(&older.version, &old_name));
    let answer = ask(&world().flag(&older.version));
    assert_eq!((answer.found.is_some(), answer.pins[0].text()), (true, older.version.clone()));
}

#[test]
fn a_program_whose_name_tells_no_version_is_asked() {
    let (older, newer) = two();
    let wrapper = format!("#!/bin/sh\nexec {} \"$@\"\n", newer.python.display());
    let world = World::new().program("python3", &wrapper).on_path(older, &format!("python{}", older.minor));
    assert_eq!(chosen(&world).0, newer.version);
    assert_eq!(chosen(&world.config(&older.minor)).0, older.version);
}

#[test]
fn a_shim_is_never_the_answer() {
    let real = newest();
    // pyenv's own shim, first on PATH.
    let shim =
        "#!/usr/bin/env bash\nset -e\nprogram=\"${0##*/}\"\nexec \"/x/libexec/pyenv\" exec \"$program\" \"$@\"\n";
    let world = World::new().in_pyenv(real).script(".pyenv/shims/python3", shim);
    let shims = world.pyenv().join("shims");
    let world = world.path(&shims);
    assert_eq!(chosen(&world), pyenvs(&real.version));
    // The shim of a manager that pyve does not know: what is behind it is asked of it.
    let world = World::new().file(".pyenv/version", "system\n");
    let behind = world.home().join("ü 𝔘");
    crate::world::link(&real.prefix, &behind);
    let python = behind.join("bin/python3");
    let world = world.script("odd/shims/python3", &format!("#!/bin/sh\nexec '{}' \"$@\"\n", python.display()));
    let shims = world.home().join("odd/shims");
    let tool = found(&world.path(&shims));
    assert_eq!((tool.path.path().as_ref(), tool.version.as_str()), (python.as_path(), real.version.as_str()));
}

#[test]
fn a_virtual_environment_leads_to_the_python_it_was_made_with() {
    let real = newest();
    let world = World::new();
    let outer = world.bare_venv(real, "outer");
    let world = world.path(&outer.join("bin"));
    assert_eq!(found(&world).path.path(), real.python);
    // pyenv-virtualenv keeps environments beside the versions, and projects name them.
    let world = World::new().in_project(".python-version", "web\n");
    let named = world.bare_venv(real, "elsewhere");
    crate::world::link(&named, &world.pyenv().join("versions/web"));
    let tool = found(&world);
    assert_eq!((tool.path.path().as_ref(), tool.origin.as_str()), (real.python.as_path(), "pyenv"));
}

#[test]
fn what_crashes_or_lies_is_passed_over_and_named() {
    let real = newest();
    let name = format!("python{}", real.minor);
    let world = World::new()
        .script(".pyenv/versions/3.98.1/bin/python", "#!/bin/sh\necho 'no such library' >&2\nexit 3\n")
        .script(".pyenv/versions/3.97.1/bin/python", "#!/bin/sh\necho hello\n")
        .script(".pyenv/versions/3.96.1/bin/python", "#!/no/such/program\n")
        .on_path(real, &name)
        .config(">=3.8");
    let answer = ask(&world);
    assert_eq!(answer.found.as_ref().unwrap().version, real.version);
    assert_eq!(
        seen(&world, &answer),
        [
            "pyenv 3.98.1 (HOME/.pyenv/versions/3.98.1/bin/python): it ends with code 3: no such library",
            "pyenv 3.97.1 (HOME/.pyenv/versions/3.97.1/bin/python): it does not answer as a Python 3 does",
            "pyenv 3.96.1 (HOME/.pyenv/versions/3.96.1/bin/python): it does not start, or does not answer in time",
        ]
    );
}

#[test]
fn what_hangs_is_passed_over_in_time() {
    let real = newest();
    let world = World::new()
        .script(".pyenv/versions/3.98.1/bin/python", "#!/bin/sh\nexec sleep 60\n")
        .on_path(real, &format!("python{}", real.minor))
        .config(">=3.8");
    let begun = std::time::Instant::now();
    let answer = ask(&world);
    assert!(begun.elapsed().as_secs() < 20);
    assert_eq!(answer.found.as_ref().unwrap().version, real.version);
    assert!(answer.seen[0].ends_with("it does not start, or does not answer in time"), "{}", answer.seen[0]);
}

#[test]
fn what_is_not_there_is_said_with_the_nearest_that_are() {
    let real = newest();
    let name = format!("python{}", real.minor);
    let world = World::new().in_pyenv(real).on_path(real, &name).in_project(".python-version", "3.99\n");
    let answer = ask(&world);
    assert_eq!(answer.missing, "Python 3.99 is not installed");
    assert_eq!(answer.required_by, ".python-version:1");
    let python = format!("pyenv {0} (HOME/.pyenv/versions/{0}/bin/python)", real.version);
    assert_eq!(seen(&world, &answer), [python, format!("PATH {} (BIN/{name})", real.minor)]);
    assert!(answer.recipes.is_empty());
    let get = "install Python 3.99 (https://www.python.org/downloads/; pyve has no build of it, the nearest is 3.14.7)";
    assert_eq!(answer.remedy.text, format!("{get}, or ask for one that is found in `.python-version:1`"));
    let flag = ask(&world.flag("3.99"));
    assert_eq!((flag.required_by.as_str(), flag.seen.len()), ("--python-version", 2));
    assert_eq!(flag.remedy.text, format!("{get}, or name one that is found with `--python-version`"));

    let answer = ask(&World::new());
    assert_eq!(answer.missing, "no Python was found in asdf, pyenv or on PATH");
    assert_eq!(answer.remedy.text, "install Python (https://www.python.org/downloads/)");
}

#[test]
fn nonsense_is_an_error_with_its_place() {
    let error = refused(&World::new().in_project(".tool-versions", "python 3,12\n"));
    assert_eq!(
        error.message,
        "invalid Python version `3,12` (`.tool-versions:1`): it is neither a version nor the name of one"
    );
    assert_eq!(error.remedy.text, "write a version such as `3.12` or `3.12.4`, or a range such as `>=3.11`");
    assert!(error.is(ErrorKind::FAILED));
    assert!(refused(&World::new().flag("../../etc")).is(ErrorKind::USAGE));
    let error = refused(&World::new().flag("2.7"));
    assert_eq!(error.message, "Python 2.7 (`--python-version`) cannot create virtual environments: that needs >=3.4");
    assert_eq!((error.remedy.text.as_str(), error.kind), ("ask for a later version, such as `3.12`", ErrorKind::USAGE));
}

#[test]
fn a_file_of_the_project_cannot_name_a_program_to_run() {
    let world = World::new();
    let mark = world.home().join("was-run");
    let script = format!("#!/bin/sh\n: > {}\n", mark.display());
    for name in ["deploy", "python-deploy", "pypy"] {
        let world = World::new().program(name, &script).in_project(".python-version", &format!("{name}\n"));
        assert_eq!(ask(&world).missing, format!("Python {name} is not installed"));
        assert_eq!(mark.exists(), name == "pypy", "{name}");
    }
    let error = refused(&World::new().in_project(".tool-versions", "python path:evil\n"));
    assert_eq!(error.message, "invalid Python version `path:evil` (`.tool-versions:1`): its path is not absolute");
}

#[test]
fn a_python_of_another_kind_is_found_by_its_name() {
    let real = newest();
    let world = World::new().on_path(real, "pypy3.10").config("pypy3.10");
    assert_eq!(chosen(&world), (real.version.clone(), "PATH".to_owned(), "BIN/pypy3.10".to_owned()));
    let world = World::new().config(&format!("path:{}", real.prefix.display()));
    assert_eq!(chosen(&world).1, "path");
}

/// A Python that says of itself what builds without the global lock say, in one of the two ways; the rest is true.
fn without_lock(real: &Real, says: &str) -> String {
    let prefix = format!("import sys; {says}; exec(sys.argv.pop(1))");
    format!("#!/bin/sh\nscript=$4; shift 4\nexec {} -I -S -c '{prefix}' \"$script\" \"$@\"\n", real.python.display())
}

#[test]
fn a_build_without_the_global_lock_is_taken_only_where_it_is_asked_for() {
    let real = newest();
    let flags = without_lock(real, "sys.abiflags = \"t\"");
    let version = without_lock(real, "sys.version = sys.version.replace(\"(\", \"free-threading build (\", 1)");
    let named = format!("python{}t", real.minor);
    let full = format!("{}t", real.version);
    let on_path = |name: &str, asked: &str| World::new().program(name, &flags).config(asked);
    for asked in [format!("{}t", real.minor), full.clone(), format!(">={}+freethreaded", real.minor)] {
        let expected = (full.clone(), "PATH".to_owned(), format!("BIN/{named}"));
        assert_eq!(chosen(&on_path(&named, &asked)), expected, "{asked}");
        assert_eq!(chosen(&World::new().program(&named, &version).config(&asked)), expected, "{asked}");
        // Its other name is the usual one; only it itself can tell.
        assert_eq!(chosen(&on_path(&format!("python{}", real.minor), &asked)).0, full);
    }
    for name in [&named, "python3"] {
        assert_eq!(ask(&on_path(name, &real.minor)).missing, format!("Python {} is not installed", real.minor));
    }
    // Where no version is asked for it comes last, and is better than none.
    let world = World::new().program("python3", &flags);
    assert_eq!(chosen(&world).0, full);
    assert_eq!(chosen(&world.on_path(real, &format!("python{}", real.minor))).0, real.version);

    let path = format!(".pyenv/versions/{full}/bin/python");
    let world = World::new().in_pyenv(real).script(&path, &flags);
    let in_pyenv = (full.clone(), "pyenv".to_owned(), format!("HOME/{path}"));
    assert_eq!(chosen(&world), pyenvs(&real.version));
    let world = world.in_project(".python-version", &format!("{}t\n", real.minor));
    assert_eq!(chosen(&world), in_pyenv);
}

#[test]
fn debians_python_in_parts_gets_the_package_named() {
    let stand_in = |debian: bool, path: &str| {
        format!(
            "#!/bin/sh\necho '{{\"version\":\"3.11.2\",\"executable\":\"{path}\",\"base_prefix\":\"/usr\",\
             \"implementation\":\"cpython\",\"missing\":[\"ensurepip\"],\"debian\":{debian}}}'\n"
        )
    };
    let world = World::new().program("python3.11", &stand_in(true, "/usr/bin/python3.11"));
    let answer = ask(&world);
    let why = "Python 3.11.2 at BIN/python3.11 has no module ensurepip";
    assert_eq!(world.plain(&answer.missing), why);
    assert_eq!(answer.remedy.typed().unwrap(), "sudo apt install python3.11-venv");
    assert_eq!(answer.recipes[0].instruction, "sudo apt install python3.11-venv");
    assert_eq!(seen(&world, &answer), ["PATH python3.11 (BIN/python3.11): its module ensurepip is missing"]);

    let world = World::new().program("python3.11", &stand_in(false, "/usr/bin/python3.11"));
    let answer = ask(&world);
    assert_eq!(
        world.plain(&answer.remedy.text),
        "install the module ensurepip of BIN/python3.11, or use another Python"
    );
    // A build of pyve's own lacks nothing.
    let offered: Vec<&str> = answer.recipes.iter().map(|recipe| recipe.id.as_str()).collect();
    assert_eq!(offered, ["user"]);

    // Another one that fits is taken instead.
    let real = reals().iter().find(|real| real.minor != "3.11").expect("another minor version");
    let world = world.on_path(real, &format!("python{}", real.minor));
    assert_eq!(found(&world).version, real.version);
}
