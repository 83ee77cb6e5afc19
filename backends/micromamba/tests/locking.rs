//! `pyve lock` for conda environments: what is solved, what is written, what moves.

use std::fs;

use crate::universe::Universe;
use crate::world::World;
use insta::assert_snapshot;
use pyve_backend_micromamba::MicromambaBackend;
use pyve_plugin_api::{Backend, LockRequest, LockState, Request};

const LOCK: &str = "conda-lock.yml";

/// A project that asks for packages of a universe, on two platforms.
fn project(universe: &Universe, dependencies: &str) -> World {
    let world = World::new();
    world.write("environment.yml", &environment(universe, dependencies));
    world
}

fn environment(universe: &Universe, dependencies: &str) -> String {
    let url = universe.url();
    format!("channels: ['{url}']\nplatforms: [linux-64, osx-arm64]\ndependencies: {dependencies}\n")
}

fn small() -> Universe {
    Universe::of(&[
        ("python", "3.11", &["pip"]),
        ("python", "3.12", &["pip"]),
        ("pip", "24", &[]),
        ("app", "1", &["lib <2", "__unix"]),
        ("app", "2", &["lib >=2", "__unix"]),
        ("lib", "1", &[]),
        ("lib", "2", &[]),
        ("other", "1", &["lib"]),
        ("other", "2", &["lib"]),
        ("held", "1", &["lib <2"]),
    ])
}

/// Writes the lock, and tells what changed in it.
fn locked(world: &World, asked: &LockRequest) -> String {
    let lock = world.lock(&world.request(), asked, &mut Vec::new()).unwrap_or_else(|error| panic!("{error:?}"));
    world.write(LOCK, lock.content.as_ref().unwrap());
    let change = |change: &pyve_plugin_api::LockChange| {
        let text =
            format!("{} {} -> {} {} {}", change.package, change.before, change.after, change.platform, change.reason);
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    lock.changes.iter().map(change).collect::<Vec<_>>().join("\n")
}

fn update(names: &[&str]) -> LockRequest {
    LockRequest { update: names.iter().map(|name| (*name).into()).collect(), ..LockRequest::default() }
}

fn text(world: &World) -> String {
    fs::read_to_string(world.project().join(LOCK)).unwrap()
}

/// `name version` of a platform, in order.
fn versions(world: &World, platform: &str) -> String {
    let text = text(world);
    let entries =
        text.split("\n- name: ").skip(1).filter(|entry| entry.contains(&format!("\n  platform: {platform}\n")));
    let one = |entry: &str| {
        let mut lines = entry.lines();
        let (name, version) = (lines.next().unwrap(), lines.next().unwrap());
        format!("{name} {}", version.trim_start_matches("  version: ").trim_matches('\''))
    };
    entries.map(one).collect::<Vec<_>>().join(", ")
}

#[test]
fn one_machine_locks_for_all_platforms_and_an_unchanged_spec_gives_the_same_file() {
    let universe = small();
    let world = project(&universe, "[app, python=3.11]");
    assert_eq!(world.lock_state(&world.request()), "missing");
    let mut ran = Vec::new();
    let lock = world.lock(&world.request(), &LockRequest::default(), &mut ran).unwrap();
    assert_eq!(
        (ran.join(" "), lock.summary.as_str()),
        ("linux-64 1 osx-arm64 1".to_owned(), "for linux-64, osx-arm64")
    );
    world.write(LOCK, lock.content.as_ref().unwrap());
    assert_eq!(versions(&world, "linux-64"), "app 2, lib 2, pip 24, python 3.11");
    assert_eq!(versions(&world, "osx-arm64"), versions(&world, "linux-64"));
    let head = text(&world).split("package:").next().unwrap().replace(&universe.url(), "[CHANNEL]");
    let of = |platform: &str| {
        let line = head.lines().find_map(|line| line.trim_start().strip_prefix(platform));
        line.unwrap().trim_matches([':', ' ', '\'']).to_owned()
    };
    let (hash, other) = (of("linux-64"), of("osx-arm64"));
    assert_eq!(hash.len(), 64);
    let head = head.replace('\'', "");
    assert_snapshot!(head.replace(&hash, "[A]").replace(&other, "[B]").replace(&hash[..16], "[A]").replace(&other[..16], "[B]"), @"
    # This file is written by `pyve lock`; do not edit it.
    # conda-lock and micromamba read it as well.
    version: 1
    metadata:
      content_hash:
        linux-64: [A]
        osx-arm64: [B]
      channels:
      - url: [CHANNEL]
        used_env_vars: []
      platforms:
      - linux-64
      - osx-arm64
      sources:
      - environment.yml
      custom_metadata:
        pyve.linux-64: |-
          hash [A]
          conda app
          conda python 3.11.*
        pyve.osx-arm64: |-
          hash [B]
          conda app
          conda python 3.11.*
    ");
    // Nothing is solved again, and not a byte differs; neither after a checkout that changed the ends of lines.
    for content in [text(&world), text(&world).replace('\n', "\r\n")] {
        world.write(LOCK, &content);
        assert_eq!(world.lock_state(&world.request()), "fresh");
        let mut ran = Vec::new();
        let again = world.lock(&world.request(), &LockRequest::default(), &mut ran).unwrap();
        assert_eq!((again.content.as_deref(), ran.len()), (Some(content.as_str()).into(), 0));
    }
    // From scratch the same file comes out.
    let before = text(&world);
    fs::remove_file(world.project().join(LOCK)).unwrap();
    locked(&world, &LockRequest::default());
    assert_eq!(text(&world).replace("\r\n", "\n"), before.replace("\r\n", "\n"));
}

#[test]
fn a_check_names_what_changed() {
    let universe = small();
    let world = project(&universe, "[app, python=3.11]");
    locked(&world, &LockRequest::default());
    let state = |text: &str| {
        world.write("environment.yml", text);
        world.lock_state(&world.request()).replace(&universe.url(), "[UNIVERSE]")
    };
    let with = |dependencies: &str| environment(&universe, dependencies);
    assert_eq!(state(&format!("# a comment\n{}", with("[app,   'python=3.11']"))), "fresh");
    assert_snapshot!(state(&with("[app<2, python=3.11, {pip: [six]}, sel(linux): other]")), @"
    stale
      app changed to app <2 in environment.yml
      pip added to environment.yml
      pip: six added to environment.yml
      other added to environment.yml
    ");
    assert_snapshot!(state(&with("[app, python=3.11]").replace("channels: [", "channels: [conda-forge, ")), @"
    stale
      channel conda-forge added
    ");
    assert_snapshot!(state(&with("[app, python=3.11]").replace("osx-arm64", "osx-64")), @"
    stale
      platform osx-64 is asked for, but not locked
      platform osx-arm64 is locked, but environment.yml does not ask for it
    ");
    assert_snapshot!(state(&format!("category: dev\n{}", with("[app, python=3.11]"))), @"
    stale
      app changed to app in category dev in environment.yml
      python 3.11.* changed to python 3.11.* in category dev in environment.yml
    ");
    world.write("virtual-packages.yml", "subdirs: {linux-64: {packages: {__glibc: '2.17'}}}\n");
    assert_snapshot!(state(&with("[app, python=3.11]")), @"
    stale
      environment.yml or the virtual packages changed since it was locked for [PLATFORM]
      environment.yml or the virtual packages changed since it was locked for osx-arm64
    ");
    fs::remove_file(world.project().join("virtual-packages.yml")).unwrap();
    assert_eq!(state(&with("[app, python=3.11]")), "fresh");
    // What conda-lock locked again has another hash than the words beside it, which then say nothing.
    let by_other = text(&world).replace("    hash ", "    hush ");
    world.write(LOCK, &by_other);
    assert_snapshot!(state(&with("[app]")), @"
    stale
      environment.yml or the virtual packages changed since it was locked for [PLATFORM]
      environment.yml or the virtual packages changed since it was locked for osx-arm64
    ");
    world.write(LOCK, &by_other.replace("content_hash:\n", "content_hash_of:\n"));
    assert_snapshot!(state(&with("[app]")), @"
    unknown
      conda-lock.yml does not tell what it was made from for [PLATFORM]
      conda-lock.yml does not tell what it was made from for osx-arm64
    ");
    // Packages are not looked at.
    let (head, _) = by_other.split_once("package:").unwrap();
    world.write(LOCK, &format!("{head}package:\n- [: not YAML\n"));
    assert_eq!(state(&with("[app, python=3.11]")), "fresh");
}

#[test]
fn an_update_moves_that_package_and_what_it_must() {
    let universe = small();
    let world = project(&universe, "[app<2, other<2, python]");
    locked(&world, &LockRequest::default());
    assert_eq!(versions(&world, "linux-64"), "app 1, lib 1, other 1, pip 24, python 3.12");
    world.write("environment.yml", &environment(&universe, "[app, other, python]"));
    assert_snapshot!(world.lock_state(&world.request()), @"
    stale
      app <2 changed to app in environment.yml
      other <2 changed to other in environment.yml
    ");
    // What is asked for changed, and what is locked still fits.
    assert_eq!(locked(&world, &LockRequest::default()), "");
    assert_eq!(world.lock_state(&world.request()), "fresh");
    assert_snapshot!(locked(&world, &update(&["app"])), @"
    app 1 -> 2 requested
    lib 1 -> 2 required by app 2 (`lib >=2`)
    ");
    assert_eq!(versions(&world, "linux-64"), "app 2, lib 2, other 1, pip 24, python 3.12");
    assert_eq!(locked(&world, &update(&["python"])), "");
    assert_snapshot!(locked(&world, &LockRequest { upgrade: true, ..LockRequest::default() }), @"other 1 -> 2 requested");
    world.write("environment.yml", &environment(&universe, "[held, other, python]"));
    assert_snapshot!(locked(&world, &LockRequest::default()), @"
    app 2 -> no longer required
    held -> 1 `held` is asked for
    lib 2 -> 1 required by held 1 (`lib <2`)
    ");
    let refused = |name: &str| {
        let error = world.lock(&world.request(), &update(&[name]), &mut Vec::new()).unwrap_err();
        world.shown(&error)
    };
    assert_snapshot!(refused("othre"), @"
    `othre` is not locked
    => run `pyve lock --update other`
    ");
    assert_snapshot!(refused("nothing-like-it"), @"
    `nothing-like-it` is not locked
    => name a package that is locked
    ");
}

#[test]
fn a_failed_solve_is_told_in_the_words_of_the_solver() {
    let universe = small();
    let world = project(&universe, "[app=2, held]");
    let refused = |request: &Request, asked: &LockRequest| {
        let error = world.lock(request, asked, &mut Vec::new()).unwrap_err();
        world.shown(&error).replace(&universe.url(), "[UNIVERSE]")
    };
    let asked = LockRequest::default();
    let said = [
        refused(&world.request(), &asked),
        {
            world.write("environment.yml", &environment(&universe, "[nosuch]"));
            refused(&world.request(), &asked)
        },
        {
            world
                .write("environment.yml", &environment(&universe, "[app]").replace(&universe.url(), "file:///nowhere"));
            refused(&world.request(), &asked)
        },
    ];
    // The real one explains it in other words.
    for (said, name) in said.iter().zip(["held", "nosuch", "file:///nowhere/noarch/repodata.json"]) {
        assert!(said.starts_with("could not solve environment.yml for ") && said.contains(name), "{said}");
    }
    if std::env::var_os("PYVE_TEST_MICROMAMBA").is_none() {
        assert_snapshot!(said.join("\n"), @"
        could not solve environment.yml for [PLATFORM]
          The following packages are incompatible
          ├─ app =2 * is installable and it requires
          │  └─ lib >=2 *, which can be installed;
          └─ held =* * is not installable because it conflicts with any installable versions previously reported.
        => change what environment.yml asks for, or its channels; conda-lock.yml was left as it is
        could not solve environment.yml for [PLATFORM]
          The following package could not be installed
          └─ nosuch =* * does not exist (perhaps a typo or a missing channel).
        => change what environment.yml asks for, or its channels; conda-lock.yml was left as it is
        could not solve environment.yml for [PLATFORM]
          Multiple errors occurred:
          Download error (37) Couldn't read a file:// file [file:///nowhere/noarch/repodata.json]
        => change what environment.yml asks for, or its channels; conda-lock.yml was left as it is
        ");
    }
    assert!(!world.project().join(LOCK).exists());
    world.write("environment.yml", &environment(&universe, "[app]").replace("osx-arm64", "osx-arm"));
    assert_snapshot!(refused(&world.request(), &asked), @"
    invalid platform `osx-arm` (environment.yml)
    => use one of: [PLATFORM], linux-32, linux-aarch64, linux-ppc64le, linux-s390x, osx-64, osx-arm64, win-64, win-arm64
    ");
    world.write("environment.yml", &environment(&universe, "[app]"));
    let named = LockRequest { platforms: vec!["win-64".into()].into(), ..LockRequest::default() };
    assert_snapshot!(refused(&world.request(), &named), @"
    environment.yml does not list the platform `win-64`
    => add `win-64` to `platforms:` in environment.yml
    ");
    world.write("environment.yml", "channels: ['https://me:word@host/ch']\ndependencies: [app]\n");
    assert_snapshot!(refused(&world.request(), &asked), @"
    a channel at `host` is written with its password or token
      conda-lock.yml would be committed with it
    => put the secret into a variable, and write `$NAME` in its place
    ");
    world.write("environment.yml", "dependencies: [app\n<<<<<<< HEAD\n, b\n=======\n, c\n>>>>>>> x\n]\n");
    assert_snapshot!(refused(&world.request(), &asked), @"
    environment.yml:2: merge conflict
    => resolve the conflict in environment.yml, then run: pyve lock
    ");
    fs::remove_file(world.project().join("environment.yml")).unwrap();
    assert!(refused(&world.request(), &asked).starts_with("there is no environment.yml and no conda-lock.yml"));
    world.write(LOCK, "version: 1\nmetadata: {content_hash: {}, platforms: []}\npackage: []\n");
    assert_snapshot!(refused(&world.request(), &asked), @"
    there is no environment.yml that conda-lock.yml could be compared with or made from
    => write environment.yml, or restore it
    ");
}

#[test]
fn bad_locks_are_named_with_file_and_line_and_left_alone() {
    let universe = small();
    let world = project(&universe, "[app, python=3.11]");
    locked(&world, &LockRequest::default());
    let good = text(&world);
    let refused = |content: &str, asked: &LockRequest| {
        world.write(LOCK, content);
        let error = world.lock(&world.request(), asked, &mut Vec::new()).unwrap_err();
        assert_eq!(text(&world), content);
        world.shown(&error)
    };
    let check = LockRequest::default();
    assert_snapshot!(refused(&good.replace("version: 1\n", "version: 3\n"), &check), @"
    conda-lock.yml:3: lock files of version '3' cannot be read, only those of 1
    => remove conda-lock.yml, then run: pyve lock
    ");
    assert_snapshot!(refused(&good.replace("version: 1\n", ""), &check), @"
    conda-lock.yml does not say its version, so it is not a conda-lock file
    => remove conda-lock.yml, then run: pyve lock
    ");
    assert_snapshot!(refused(good.split("package:").next().unwrap(), &check), @"
    conda-lock.yml has no list 'package', so it locks nothing
    => remove conda-lock.yml, then run: pyve lock
    ");
    assert_snapshot!(refused(&good.replace("  platforms:\n", "  platforms: [\n"), &check), @"
    conda-lock.yml:12:3 is not valid YAML: invalid indentation
    => remove conda-lock.yml, then run: pyve lock
    ");
    let moving = update(&["app"]);
    let entry = |edit: &dyn Fn(&str) -> String| {
        let at = good.find("- name: app").unwrap();
        let end = at + good[at + 1..].find("\n- name: ").unwrap() + 2;
        format!("{}{}{}", &good[..at], edit(&good[at..end]), &good[end..])
    };
    assert_snapshot!(refused(&entry(&|it| it.repeat(2)), &moving), @"
    conda-lock.yml:39: 'app' is locked for [PLATFORM] already on line 26
    => remove conda-lock.yml, then run: pyve lock
    ");
    assert_snapshot!(refused(&entry(&|it| it.replace("name: app", "name: ../app")), &moving), @"
    conda-lock.yml:26: '../app' cannot be the name of a package
    => remove conda-lock.yml, then run: pyve lock
    ");
    let without = |key: &'static str| {
        move |it: &str| {
            it.lines()
                .filter(|line| !line.trim_start().starts_with(key))
                .map(|line| format!("{line}\n"))
                .collect::<String>()
        }
    };
    assert_snapshot!(refused(&entry(&without("url:")), &moving), @"
    conda-lock.yml:26: the locked 'app' has no url
    => remove conda-lock.yml, then run: pyve lock
    ");
    assert_snapshot!(refused(&entry(&|it| without("md5:")(&without("sha256:")(it))), &moving), @"
    conda-lock.yml:26: the locked 'app' has no sha256, so its download could not be verified
    => remove conda-lock.yml, then run: pyve lock
    ");
    let cut = &good[..good.len() - 150];
    assert_snapshot!(refused(cut, &moving).replace(char::is_numeric, "N"), @"
    conda-lock.yml:NNN: the locked 'python' has no shaNNN, so its download could not be verified
    => remove conda-lock.yml, then run: pyve lock
    ");
}

#[test]
fn init_asks_about_a_stale_lock_and_strict_refuses_it() {
    let universe = small();
    let world = World::new();
    let write = |dependencies: &str| {
        world.write("environment.yml", &format!("channels: ['{}']\ndependencies: {dependencies}\n", universe.url()));
    };
    write("[app]");
    locked(&world, &LockRequest::default());
    let question = || {
        let plan = world.plan(&world.request());
        let asked = plan.steps.iter().find(|step| step.kind == pyve_plugin_api::StepKind::CONFIRM);
        asked.map(|step| step.text().lines().take(2).collect::<Vec<_>>().join("\n")).unwrap_or_default()
    };
    assert_eq!(question(), "");
    // 2 is locked, and would do; the file asks for something else all the same.
    write("[app>=1]");
    assert_snapshot!(question(), @"
    WARNING: Lock file may be stale
      app changed to app >=1 in environment.yml
    ");
    let strict = Request { strict: true, ..world.request() };
    assert_snapshot!(world.refused(&strict).lines().take(2).collect::<Vec<_>>().join("\n"), @"
    conda-lock.yml is stale, and --strict refuses it
      app changed to app >=1 in environment.yml
    ");
    let text = text(&world);
    world.write(LOCK, &format!("<<<<<<< ours\n{text}=======\n{text}>>>>>>> theirs\n"));
    assert_snapshot!(world.refused(&world.request()), @"
    conda-lock.yml:1: merge conflict
    => run `pyve lock`
    ");
}

#[test]
fn fifty_updates_change_nothing_unrelated() {
    for seed in 1..=50 {
        let universe = Universe::generated(seed);
        let world = World::new();
        let roots = universe.roots();
        let write = |specs: &str| {
            let url = universe.url();
            world.write(
                "environment.yml",
                &format!("channels: ['{url}']\nplatforms: [linux-64]\ndependencies: [{specs}]\n"),
            );
        };
        write(&universe.old_specs().join(", "));
        locked(&world, &LockRequest::default());
        write(&roots.join(", "));
        assert_eq!(locked(&world, &LockRequest::default()), "", "what fits stays: {seed}");
        let before = universe.set(&versions(&world, "linux-64"));
        let name = universe.updated(&before);
        locked(&world, &update(&[&name]));
        let after = universe.set(&versions(&world, "linux-64"));
        universe.assert_consistent(&after, &roots);
        universe.assert_newest(&name, &after, &roots);
        universe.assert_only_forced(&name, &before, &after);
        assert_eq!(world.lock_state(&world.request()), "fresh");
    }
}

#[test]
fn thirty_conflicts_heal_and_keep_what_both_sides_agree_on() {
    let Some(git) = pyve_testkit::prerequisite("git") else { return };
    for seed in 1..=30 {
        let universe = Universe::generated(seed + 100);
        let world = World::new();
        let url = universe.url();
        let write = |specs: &[String]| {
            let specs = specs.join(", ");
            world.write(
                "environment.yml",
                &format!("channels: ['{url}']\nplatforms: [linux-64]\ndependencies: [{specs}]\n"),
            );
        };
        write(&universe.old_specs());
        locked(&world, &LockRequest::default());
        let base = text(&world);
        let roots = universe.roots();
        let side = |specs: &[String], moves: &[&str]| {
            world.write(LOCK, &base);
            write(specs);
            locked(&world, &update(moves));
            (text(&world), universe.set(&versions(&world, "linux-64")))
        };
        let (mine, yours) = (universe.old_specs_but(0), universe.old_specs_but(1));
        let (ours, our_set) = side(&mine, &[&universe.root(0)]);
        let (theirs, their_set) = side(&yours, &[&universe.root(1)]);
        // A merge of the environment file takes both.
        write(&roots);
        let merged = crate::universe::merged(&git, &world.project(), [&ours, &base, &theirs], seed);
        if !merged.contains("<<<<<<<") {
            // Where git merged it by itself, the head says of what it was made.
            world.write(LOCK, &merged);
            assert!(world.lock_state(&world.request()) != "missing");
            continue;
        }
        world.write(LOCK, &merged);
        assert!(world.lock_state(&world.request()).starts_with("conflict\n  conda-lock.yml:"), "{seed}");
        locked(&world, &LockRequest::default());
        assert!(!text(&world).contains("<<<<<<<") && !text(&world).contains(">>>>>>>"));
        assert_eq!(world.lock_state(&world.request()), "fresh");
        let after = universe.set(&versions(&world, "linux-64"));
        universe.assert_consistent(&after, &roots);
        universe.assert_agreed(&our_set, &their_set, &after);
    }
}

#[test]
fn named_environments_have_locks_of_their_own_and_settings_name_platforms() {
    let universe = small();
    let world = project(&universe, "[app]");
    world.write("environment.dev.yml", &format!("channels: ['{}']\ndependencies: [other]\n", universe.url()));
    let request =
        world.request().with_environment("dev").with_setting("platforms", ["osx-64", "win-64"], ".pyve/config:3");
    let lock = world.lock(&request, &LockRequest::default(), &mut Vec::new()).unwrap();
    assert_eq!(lock.file.display().to_string(), "dev.conda-lock.yml");
    assert_eq!((lock.summary.as_str(), lock.state), ("for osx-64, win-64", LockState::MISSING));
    assert!(lock.content.as_ref().unwrap().contains("  sources:\n  - environment.dev.yml\n"));
    let request = world.request().with_environment("dev").with_setting("platforms", ["amiga-68k"], ".pyve/config:3");
    assert_snapshot!(world.shown(&world.lock(&request, &LockRequest::default(), &mut Vec::new()).unwrap_err()), @"
    invalid platform `amiga-68k` (.pyve/config:3)
    => use one of: [PLATFORM], linux-32, linux-aarch64, linux-ppc64le, linux-s390x, osx-64, osx-arm64, win-64, win-arm64
    ");
}

/// A project whose `pip:` list is resolved from wheels alone.
fn with_pip(wheels: &std::path::Path, lines: &str, platforms: &str) -> (Universe, String) {
    let universe =
        Universe::of(&[("python", "3.12.4", &["pip"]), ("pip", "24", &[]), ("six-of-conda", "1", &["python"])]);
    let text = format!(
        "channels: ['{}']\nplatforms: [{platforms}]\ndependencies:\n  - python\n  - pip:\n    - --no-index\n    - --find-links {}\n{lines}",
        universe.url(),
        wheels.display()
    );
    (universe, text)
}

#[test]
fn the_pip_list_is_resolved_for_each_platform() {
    let (Some(uv), Some(wheels)) = (pyve_testkit::prerequisite("uv"), pyve_testkit::offline_packages()) else { return };
    let lines = "    - tabulate\n    - tomli; sys_platform == 'win32'\n    - -e .\n";
    let (_universe, text_of_file) = with_pip(&wheels, lines, "linux-64, win-64");
    let mut world = World::new();
    world.host = std::mem::take(&mut world.host).path(uv.parent().unwrap());
    world.write("environment.yml", &text_of_file);
    let mut ran = Vec::new();
    let lock = world.lock(&world.request(), &LockRequest::default(), &mut ran).unwrap();
    world.write(LOCK, lock.content.as_ref().unwrap());
    assert_eq!(ran.join(", "), "linux-64 1, win-64 1, linux-64 pip 1, win-64 pip 1");
    assert_eq!(lock.warnings[0], "environment.yml: `-e .` is not locked; install it with pip after `pyve init`");
    let names = |platform: &str| {
        let versions = versions(&world, platform);
        versions.split(", ").map(|it| it.split(' ').next().unwrap().to_owned()).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(names("linux-64"), "pip python tabulate");
    assert_eq!(names("win-64"), "pip python tabulate tomli");
    let entry = text(&world).split("\n- name: tabulate\n").nth(1).unwrap().to_owned();
    assert!(
        entry.contains("  manager: pip\n") && entry.contains("-py3-none-any.whl\n  hash:\n    sha256: "),
        "{entry}"
    );
    assert_eq!(world.lock_state(&world.request()), "fresh");
    world.write("environment.yml", &text_of_file.replace("- tabulate", "- tabulate<0.5"));
    assert_snapshot!(world.lock_state(&world.request()), @"
    stale
      pip: tabulate changed to pip: tabulate <0.5 in environment.yml
    ");
    let error = world.shown(&world.lock(&world.request(), &LockRequest::default(), &mut Vec::new()).unwrap_err());
    assert!(error.starts_with("could not resolve the `pip:` list of environment.yml for "), "{error}");
}

#[test]
fn without_uv_the_pip_list_is_locked_for_this_machine_or_refused() {
    let Some(wheels) = pyve_testkit::offline_packages() else { return };
    let platform = pyve_standin_micromamba::channel::platform();
    let (_universe, text) = with_pip(&wheels, "    - tabulate\n", &platform);
    let world = World::new();
    let refused = |text: &str| {
        world.write("environment.yml", text);
        world.shown(&world.lock(&world.request(), &LockRequest::default(), &mut Vec::new()).unwrap_err())
    };
    assert_snapshot!(refused(&text), @"
    the `pip:` list of environment.yml cannot be locked for [PLATFORM]: no Python 3.12 with pip was found
    => install uv, which resolves for every platform and Python: https://docs.astral.sh/uv
    ");
    let other = if platform == "win-64" { "osx-64" } else { "win-64" };
    assert_snapshot!(refused(&text.replace(&platform, other)).replace(other, "[OTHER]"), @"
    the `pip:` list of environment.yml cannot be locked for [OTHER]: pip resolves for this machine only
    => install uv, which resolves for every platform and Python: https://docs.astral.sh/uv
    ");
    assert_snapshot!(refused(&text.replace("  - python\n", "")).replace(&platform, "[PLATFORM]"), @"
    environment.yml asks pip for packages, but no python for [PLATFORM]
    => add `python` to the dependencies of environment.yml
    ");
}

#[test]
fn conda_lock_takes_what_is_written_and_solves_nothing() {
    let Some(python) = pyve_testkit::conda_lock_python() else { return };
    let universe = small();
    let world = project(&universe, "[app, 'python=3.11']");
    locked(&world, &LockRequest::default());
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../formats/tests/as_conda_lock.py");
    let request = serde_json::json!({
        "lock": world.project().join(LOCK),
        "specs": [world.project().join("environment.yml")],
        "platforms": ["linux-64", "osx-arm64"],
    });
    let mut process = std::process::Command::new(python);
    process.arg(script).arg(world.project().join("mapping.json")).current_dir(world.project());
    process.env("HOME", world.home()).env("TMPDIR", world.project());
    process.stdin(std::process::Stdio::piped()).stdout(std::process::Stdio::piped());
    let mut process = process.spawn().unwrap();
    std::io::Write::write_all(process.stdin.as_mut().unwrap(), format!("{request}\n").as_bytes()).unwrap();
    let output = process.wait_with_output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.contains("Spec hash already locked for ['linux-64', 'osx-arm64']. Skipping solve."), "{said}");
}

#[test]
fn secrets_of_a_channel_stay_out_of_the_file() {
    let universe = Universe::of(&[("app", "1", &[])]);
    let mut world = World::new();
    world.host = std::mem::take(&mut world.host).variable("CHANNEL_TOKEN", "tk-12345");
    let hidden = world.project().join("t/tk-12345/private");
    fs::create_dir_all(hidden.parent().unwrap()).unwrap();
    std::os::unix::fs::symlink(universe.url().trim_start_matches("file://"), &hidden).unwrap();
    let url = format!("file://{}/t/$CHANNEL_TOKEN/private", world.project().display());
    world.write("environment.yml", &format!("channels: ['{url}']\nplatforms: [linux-64]\ndependencies: [app]\n"));
    locked(&world, &LockRequest::default());
    let text = text(&world);
    assert!(!text.contains("tk-12345") && text.contains("    used_env_vars:\n    - CHANNEL_TOKEN\n"), "{text}");
    assert!(text.contains("/t/${CHANNEL_TOKEN}/private/linux-64/app-1-0.tar.bz2"), "{text}");
    assert_eq!(world.lock_state(&world.request()), "fresh");
    world.host = std::mem::take(&mut world.host).variable("CHANNEL_TOKEN", "");
    fs::remove_file(world.project().join(LOCK)).unwrap();
    let error = world.shown(&world.lock(&world.request(), &LockRequest::default(), &mut Vec::new()).unwrap_err());
    assert!(error.ends_with("=> set CHANNEL_TOKEN, then run the same command again"), "{error}");
}

#[test]
fn a_platform_is_added_to_those_that_are_locked() {
    let universe = small();
    let world = World::new();
    world.write("environment.yml", &format!("channels: ['{}']\ndependencies: [app]\n", universe.url()));
    let named = |names: &[&str]| LockRequest {
        platforms: names.iter().map(|name| (*name).into()).collect(),
        ..LockRequest::default()
    };
    locked(&world, &named(&["linux-64"]));
    let mut ran = Vec::new();
    let lock = world.lock(&world.request(), &named(&["osx-64"]), &mut ran).unwrap();
    world.write(LOCK, lock.content.as_ref().unwrap());
    assert_eq!((ran.join(" "), lock.summary.as_str()), ("osx-64 1".to_owned(), "for linux-64, osx-64"));
    assert_eq!(
        (versions(&world, "linux-64"), versions(&world, "osx-64").as_str()),
        ("app 2, lib 2".into(), "app 2, lib 2")
    );
    assert_eq!(world.lock_state(&world.request()), "fresh");
    let error = world.lock(&world.request(), &named(&["linux"]), &mut Vec::new()).unwrap_err();
    assert!(error.is(pyve_plugin_api::ErrorKind::USAGE) && error.message == "invalid platform `linux` (--platform)");
}

#[test]
fn a_lock_of_several_files_keeps_them_and_their_categories() {
    let universe = small();
    let world = World::new();
    let url = universe.url();
    world.write("environment.yml", &format!("channels: ['{url}']\nplatforms: [linux-64]\ndependencies: [app]\n"));
    world.write("dev.yml", &format!("channels: ['{url}']\ncategory: dev\ndependencies: [other, python]\n"));
    locked(&world, &LockRequest::default());
    let one = text(&world);
    world.write(LOCK, &one.replace("  - environment.yml\n", "  - environment.yml\n  - dev.yml\n"));
    assert_snapshot!(world.lock_state(&world.request()), @"
    stale
      other in category dev added to environment.yml, dev.yml
      python in category dev added to environment.yml, dev.yml
    ");
    locked(&world, &LockRequest::default());
    let text = text(&world);
    let categories = text.split("\n- name: ").skip(1).map(|entry| {
        let category = entry.lines().find_map(|line| line.strip_prefix("  category: ")).unwrap();
        format!("{} {category}", entry.lines().next().unwrap())
    });
    let categories = categories.collect::<Vec<_>>().join(", ");
    // `lib` is needed by both, and belongs to the main one.
    assert_eq!(categories, "app main, lib main, other dev, pip dev, python dev");
    assert!(text.contains("  sources:\n  - environment.yml\n  - dev.yml\n"));
    assert_eq!(world.lock_state(&world.request()), "fresh");
    world.write(LOCK, &text.replace("  - dev.yml\n", "  - pyproject.toml\n"));
    assert_snapshot!(world.lock_state(&world.request()), @"
    unknown
      conda-lock.yml is made from pyproject.toml, which only conda-lock reads
    ");
    let error = world.lock(&world.request(), &LockRequest::default(), &mut Vec::new()).unwrap_err();
    assert_snapshot!(world.shown(&error), @"
    conda-lock.yml is made from pyproject.toml, which only conda-lock reads
    => run `conda-lock lock --lockfile conda-lock.yml`
    ");
}

#[test]
fn the_solver_is_told_of_the_machine_and_of_the_network() {
    let universe = small();
    let world = project(&universe, "[app]");
    let request = Request { offline: true, ..world.request() };
    let asked = LockRequest { scratch: "/scratch".into(), ..LockRequest::with_tool(world.tool()) };
    let lock = MicromambaBackend.lock(&request, &asked, &world.host).unwrap();
    let solve = &lock.solves[1];
    let told = solve.command.args.iter().map(|arg| arg.display().to_string()).collect::<Vec<_>>().join(" ");
    assert_eq!(
        told,
        "create -y --dry-run --json --platform osx-arm64 -p /scratch/prefix -f /scratch/osx-arm64-1.yml --offline"
    );
    let value = |name: &str| {
        let found = solve.command.env.iter().filter(|variable| variable.name == name);
        found.map(|variable| variable.value.display().to_string()).collect::<Vec<_>>().join("|")
    };
    assert_eq!(["CONDA_OVERRIDE_OSX", "CONDA_OVERRIDE_GLIBC", "MAMBA_JSON"].map(value), ["11.0", "", "true"]);
    assert!(solve.files[0].content.ends_with("dependencies:\n  - \"app\"\n"), "{}", solve.files[0].content);
}

#[test]
fn another_program_is_asked_for_by_name() {
    let universe = small();
    let world = project(&universe, "[app]");
    let planned = |with: &str, world: &World| {
        let asked = LockRequest { with: with.into(), update: vec!["app".into()].into(), ..LockRequest::default() };
        world.lock(&world.request(), &asked, &mut Vec::new())
    };
    assert_snapshot!(world.shown(&planned("poetry", &world).unwrap_err()), @"
    `poetry` cannot lock conda environments
    => use `--with conda-lock`, or leave `--with` out
    ");
    assert_snapshot!(world.shown(&planned("conda-lock", &world).unwrap_err()), @"
    `conda-lock` not found on PATH
    => install it, for instance with: pipx install conda-lock
    ");
    let lock = planned("/opt/bin/conda-lock", &world).unwrap();
    assert_snapshot!(lock.steps[0].command.as_ref().unwrap().to_string().replace("linux-64", "[L]"), @"/opt/bin/conda-lock lock -f environment.yml -p [L] -p osx-arm64 --lockfile conda-lock.yml --update app");
}
