//! How a missing Python can be had, and how a chosen one is pinned.

use crate::world::{World, newest, two};
use pyve_backend_venv::backend;
use pyve_plugin_api::{Backend, Consent, Recipe, Request, StepKind, ToolAnswer};

fn ask(world: &World) -> ToolAnswer {
    backend().ensure_tool(&world.request(), &world.host()).unwrap()
}

/// Each step as one would type it.
fn commands(world: &World, recipe: &Recipe) -> Vec<String> {
    recipe.steps.iter().map(|step| world.plain(&step.command.as_ref().unwrap().to_string())).collect()
}

/// Each pin as `file: key -> line`.
fn pins(world: &World, answer: &ToolAnswer) -> Vec<String> {
    let pin = |step: &pyve_plugin_api::Step| {
        assert_eq!(step.kind, StepKind::SET_LINE);
        format!("{}: {:?} -> {}", world.plain(&step.path.display()), step.key.as_str(), step.text())
    };
    answer.pins.iter().map(pin).collect()
}

const PYENV: &str = r#"#!/bin/sh
case "$*" in
    "latest -k 3.99") echo 3.99.4 ;;
    "latest -k 3.99.1") echo 3.99.1 ;;
    "latest -k pypy3.10") echo pypy3.10-7.3.15 ;;
    "install --list") printf 'Available versions:\n  2.7.18\n  3.98.2\n  3.99.4\n  3.100.0rc1\n  3.99-dev\n' ;;
    *) echo "pyenv: no known versions match the prefix" >&2; exit 1 ;;
esac
"#;

const ASDF: &str = r#"#!/bin/sh
case "$*" in
    "latest python 3.99") echo 3.99.4 ;;
    "list all python") printf '3.98.2\n3.99.4\n3.100-dev\nmambaforge-1\n' ;;
    *) echo "No compatible versions available" >&2; exit 1 ;;
esac
"#;

#[test]
fn pyenv_installs_the_newest_of_a_series() {
    let world = World::new().program("pyenv", PYENV).file(".pyenv/version", "system\n").flag("3.99");
    let answer = ask(&world);
    assert_eq!(answer.missing, "Python 3.99 is not installed");
    let recipe = &answer.recipes[0];
    assert_eq!((recipe.id.as_str(), recipe.label.as_str()), ("pyenv", "Install Python 3.99.4 with pyenv"));
    assert_eq!(recipe.consent, Consent::CONFIRM);
    assert_eq!(commands(&world, recipe), ["BIN/pyenv install --skip-existing 3.99.4"]);
    let tool = recipe.provides.as_ref().unwrap();
    assert_eq!((tool.version.as_str(), tool.origin.as_str()), ("3.99.4", "pyenv"));
    assert_eq!(world.plain(&tool.path.display()), "HOME/.pyenv/versions/3.99.4/bin/python");
    assert_eq!(pins(&world, &answer), ["HOME/app/.python-version: \"\" -> 3.99"]);
}

#[test]
fn pyenv_is_asked_for_every_kind_of_version() {
    let version = |asked: &str| {
        let world = World::new().program("pyenv", PYENV).file(".pyenv/version", "system\n").config(asked);
        let answer = ask(&world);
        let version = answer.recipes.first().map(|recipe| recipe.provides.as_ref().unwrap().version.to_string());
        version.ok_or_else(|| answer.remedy.text.to_string())
    };
    assert_eq!(version("3.99.1"), Ok("3.99.1".to_owned()));
    assert_eq!(version(">=3.98"), Ok("3.99.4".to_owned()));
    assert_eq!(version("<3.99"), Ok("3.98.2".to_owned()));
    assert_eq!(version("pypy3.10"), Ok("pypy3.10-7.3.15".to_owned()));
    for asked in ["3.97", ">3.101"] {
        let change = "ask for one that is found in `.pyve/config:2`";
        let why = "pyenv does not know it; pyve has no build of it, the nearest is 3.14.7";
        assert_eq!(version(asked), Err(format!("install Python {asked} ({why}), or {change}")));
    }
}

#[test]
fn asdf_comes_first_and_gets_its_plugin_where_it_has_none() {
    let world = World::new().program("asdf", ASDF).program("pyenv", PYENV).file(".pyenv/version", "system\n");
    let world = world.in_project(".tool-versions", "nodejs 20\npython 3.9\n").flag("3.99");
    let answer = ask(&world);
    let ids: Vec<_> = answer.recipes.iter().map(|recipe| recipe.id.as_str()).collect();
    assert_eq!(ids, ["asdf", "pyenv"]);
    let install = "BIN/asdf install python 3.99.4";
    assert_eq!(commands(&world, &answer.recipes[0]), ["BIN/asdf plugin add python", install]);
    let tool = answer.recipes[0].provides.as_ref().unwrap();
    assert_eq!(world.plain(&tool.path.display()), "HOME/.asdf/installs/python/3.99.4/bin/python");
    assert_eq!(pins(&world, &answer), ["HOME/app/.tool-versions: \"python\" -> python 3.99.4"]);
    let world = world.file(".asdf/plugins/python/bin/install", "");
    assert_eq!(commands(&world, &ask(&world).recipes[0]), [install]);
    let range = ask(&world.config(">=3.98"));
    assert_eq!(range.recipes[0].provides.as_ref().unwrap().version, "3.99.4");
    assert!(range.pins.is_empty(), "a setting is no flag");
}

#[test]
fn the_real_pyenv_tells_its_newest_release() {
    let Some(pyenv) = pyve_testkit::prerequisite("pyenv") else { return };
    let world = World::new().file(".pyenv/version", "system\n").flag("3.8");
    crate::world::link(&pyenv, &world.bin().join("pyenv"));
    let answer = ask(&world);
    let recipe = answer.recipes.first().unwrap_or_else(|| panic!("{:?}", answer.seen));
    let version = recipe.provides.as_ref().unwrap().version.to_string();
    assert!(version.starts_with("3.8.") && version.split('.').count() == 3, "{version}");
}

#[test]
fn a_flag_is_pinned_as_precisely_as_it_is() {
    let (older, newer) = two();
    let world = || World::new().in_pyenv(older).in_pyenv(newer);
    let line = |file: &str, key: &str, text: &str| format!("HOME/app/{file}: {key:?} -> {text}");
    for asked in [&older.minor, &older.version] {
        let plain = world().flag(asked);
        assert_eq!(pins(&plain, &ask(&plain)), [line(".python-version", "", asked)]);
        assert_eq!(ask(&plain).pins[0].title, format!("Pin Python {asked} in .python-version"));
        // What is pinned already is left as it is, what contradicts is replaced, in both files.
        let same = plain.in_project(".python-version", &format!("{asked}\n3.8\n"));
        assert!(ask(&same).pins.is_empty());
    }
    let spelled = world().flag(&format!("cpython-{}.*", older.minor));
    assert_eq!(pins(&spelled, &ask(&spelled)), [line(".python-version", "", &older.minor)]);
    let both = world().in_project(".tool-versions", "python 3.9\n").in_project(".python-version", "3.9\n");
    let both = both.flag(&newer.version);
    let python = format!("python {}", newer.version);
    let expected = [line(".tool-versions", "python", &python), line(".python-version", "", &newer.version)];
    assert_eq!(pins(&both, &ask(&both)), expected);
    // asdf reads only full names of what it has; what else reads its file takes a series, too.
    let asdf = World::new().in_asdf(older).flag(&older.minor);
    let full = line(".tool-versions", "python", &format!("python {}", older.version));
    assert_eq!(pins(&asdf, &ask(&asdf)), [full]);
    let mise = world().in_project(".tool-versions", "python 3.9\n").flag(&newer.minor);
    let series = line(".tool-versions", "python", &format!("python {}", newer.minor));
    assert_eq!(pins(&mise, &ask(&mise)), [series, line(".python-version", "", &newer.minor)]);
    // Neither asdf nor pyenv reads a range.
    for world in [world(), World::new().in_asdf(older)] {
        let answer = ask(&world.flag(&format!(">={}", older.minor)));
        assert!(answer.found.is_some() && answer.pins.is_empty());
    }
    // Another tool's .tool-versions is none of ours.
    let other = world().in_project(".tool-versions", "nodejs 20\n").flag(&newer.version);
    assert_eq!(pins(&other, &ask(&other)), [line(".python-version", "", &newer.version)]);
}

#[test]
fn without_a_version_manager_the_pin_is_in_the_file_that_most_tools_read() {
    let real = newest();
    let name = format!("python{}", real.minor);
    let world = || World::new().on_path(real, &name);
    let range = format!(">={}", real.minor);
    for asked in [&real.minor, &real.version, &range] {
        let world = world().flag(asked);
        let host = world.host();
        let answer = backend().ensure_tool(&world.request(), &host).unwrap();
        assert_eq!(pins(&world, &answer), [format!("HOME/app/.python-version: \"\" -> {asked}")]);
        assert_eq!(host.messages(), []);
    }
    let other = world().in_project(".tool-versions", "python 3.9\n").flag(&real.minor);
    assert_eq!(pins(&other, &ask(&other)), [format!("HOME/app/.tool-versions: \"python\" -> python {}", real.minor)]);
    assert!(ask(&other.flag(&range)).pins.is_empty(), "no tool reads a range there");
}

#[test]
fn offline_no_version_manager_is_started() {
    let world =
        World::new().program("pyenv", PYENV).program("asdf", ASDF).file(".pyenv/version", "system\n").config("3.99");
    let (host, request) = (world.host(), Request { offline: true, ..world.request() });
    let answer = backend().ensure_tool(&request, &host).unwrap();
    assert!(answer.recipes.is_empty() && host.captured().is_empty(), "{:?}", host.captured());
    let wanted = "install Python 3.99 (asdf needs the network; pyenv needs the network; pyve has no build of it, \
                  the nearest is 3.14.7), or ask for one that is found in `.pyve/config:2`";
    assert_eq!(answer.remedy.to_string(), wanted);
}
