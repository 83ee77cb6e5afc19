//! Each fault, made on a real environment, is reported once under its own name, by reading alone.

use crate::world::{World, executable, newest, two, write};
use pyve_backend_venv::backend;
use pyve_plugin_api::{Backend, Status};

/// What is not as it should be: `status id: detail -> remedy`.
fn wrong(world: &World) -> Vec<String> {
    let host = world.host();
    let findings = backend().diagnose(&world.request(), &host).unwrap();
    let bad = findings.iter().filter(|it| it.status >= Status::WARNING);
    let line = |it: &pyve_plugin_api::Finding| {
        world.plain(&format!("{} {}: {} -> {}", it.status, it.id, it.detail, it.remedy))
    };
    bad.map(line).collect()
}

const REBUILD: &str = "run `pyve init --force`";
const INSTALL: &str = "run `pyve init --install-deps`";

#[test]
fn a_healthy_environment_is_told_without_starting_anything() {
    let real = newest();
    let world = World::new();
    let prefix = world.venv(real, ".venv");
    write(&prefix.join(format!("lib/python{}/site-packages/six-1.16.0.dist-info/METADATA", real.minor)), "");
    let host = world.host();
    let findings = backend().diagnose(&world.request(), &host).unwrap();
    let lines: Vec<_> = findings
        .iter()
        .map(|it| world.plain(&format!("{} {} [{}]: {}", it.status, it.id, it.subject, it.detail)))
        .collect();
    let base = std::fs::canonicalize(&real.python).unwrap();
    assert_eq!(
        lines,
        [
            format!("ok venv.tool [Tool]: Python {} ({})", real.version, base.display()),
            "ok venv.environment [Environment]: HOME/app/.venv".to_owned(),
            format!("ok venv.python [Python]: {}", real.version),
            "info venv.packages [Packages]: 2 packages".to_owned(),
        ]
    );
    assert!(host.captured().is_empty());
    // Hundreds of packages cost no more than reading two folders and the beginnings of scripts.
    for number in 0..500 {
        write(&prefix.join(format!("lib/python{}/site-packages/p{number}-1.0.dist-info/RECORD", real.minor)), "");
        executable(&prefix.join(format!("bin/p{number}")), &format!("#!{}/bin/python\n", prefix.display()));
    }
    let begun = std::time::Instant::now();
    let findings = backend().diagnose(&world.request(), &host).unwrap();
    let taken = begun.elapsed();
    assert_eq!(findings.last().unwrap().detail, "502 packages");
    assert!(taken.as_millis() < 200, "an unoptimised build on a busy machine took {taken:?}");
}

#[test]
fn nothing_there() {
    let real = newest();
    let absent = "error venv.environment: there is none at HOME/app/.venv -> run `pyve init`".to_owned();
    let world = World::new().on_path(real, &format!("python{}", real.minor));
    assert_eq!(wrong(&world), std::slice::from_ref(&absent));
    let world = World::new().in_project(".python-version", "3.99\n");
    let tool = "error venv.tool: Python 3.99 is not installed (asked for by .python-version:1) -> run `pyve init`";
    assert_eq!(wrong(&world), [tool.to_owned(), absent]);
    let world = World::new().on_path(real, &format!("python{}", real.minor)).in_project(".venv/notes.txt", "");
    let foreign = "HOME/app/.venv is not empty and has no pyvenv.cfg; pyve leaves it alone";
    assert_eq!(wrong(&world), [format!("error venv.environment: {foreign} -> run `pyve init .venv-pyve`")]);
    let world = World::new().directory(".git");
    let why = "`.git` (init DIR) cannot be the directory of the virtual environment: \
               that name has another meaning in a project -> name a directory directly in the project, such as .venv";
    assert_eq!(wrong(&world), [format!("error venv.directory: {why}")]);
}

#[test]
fn the_interpreter_is_gone_or_another() {
    let (older, newer) = two();
    let world = World::new().on_path(newer, &format!("python{}", newer.minor));
    let prefix = world.venv(older, ".venv");
    let python = prefix.join("bin/python");
    std::fs::remove_file(&python).unwrap();
    std::os::unix::fs::symlink("/no/such/python3.99", &python).unwrap();
    let gone = format!("HOME/app/.venv: its interpreter /no/such/python3.99 is gone -> {REBUILD}");
    assert_eq!(wrong(&world), [format!("error venv.interpreter-missing: {gone}")]);
    std::fs::remove_file(&python).unwrap();
    std::os::unix::fs::symlink(&newer.python, &python).unwrap();
    let found = wrong(&world);
    assert_eq!(found.len(), 1);
    assert!(found[0].starts_with("error venv.interpreter-replaced: HOME/app/.venv: made with Python"), "{found:?}");
    assert!(found[0].ends_with(&format!("is now Python {} -> {REBUILD}", newer.minor)), "{found:?}");
}

#[test]
fn a_copied_interpreter_needs_its_home() {
    let real = newest();
    let world = World::new().on_path(real, &format!("python{}", real.minor));
    let prefix = world.venv(real, ".venv");
    std::fs::remove_file(prefix.join("bin/python")).unwrap();
    std::fs::copy(&real.python, prefix.join("bin/python")).unwrap();
    assert_eq!(wrong(&world), [""; 0]);
    let cfg = std::fs::read_to_string(prefix.join("pyvenv.cfg")).unwrap();
    let home = real.python.parent().unwrap().display().to_string();
    write(&prefix.join("pyvenv.cfg"), &cfg.replace(&format!("home = {home}"), "home = /no/such/bin"));
    let gone = format!("HOME/app/.venv: its interpreter /no/such/bin is gone -> {REBUILD}");
    assert_eq!(wrong(&world), [format!("error venv.interpreter-missing: {gone}")]);
}

#[test]
fn moved_half_made_or_without_pip() {
    let real = newest();
    let world = World::new();
    let elsewhere = world.venv(real, "elsewhere");
    std::fs::rename(&elsewhere, world.project().join(".venv")).unwrap();
    let moved = "HOME/app/.venv: made in HOME/app/elsewhere, and moved or copied since";
    assert_eq!(wrong(&world), [format!("error venv.moved: {moved} -> {REBUILD}")]);

    let world = World::new();
    let prefix = world.venv(real, ".venv");
    let world = world.recorded(&prefix, false);
    let interrupted = format!("error venv.half-made: HOME/app/.venv: its making was interrupted -> {REBUILD}");
    assert_eq!(wrong(&world), std::slice::from_ref(&interrupted));
    std::fs::remove_file(prefix.join("pyvenv.cfg")).unwrap();
    let world = world.on_path(real, &format!("python{}", real.minor));
    assert_eq!(wrong(&world), [interrupted]);

    let world = World::new();
    let prefix = world.venv(real, ".venv");
    std::fs::remove_dir_all(prefix.join(format!("lib/python{}/site-packages/pip", real.minor))).unwrap();
    let pip = "HOME/app/.venv: pip is missing in it, as when its making is interrupted";
    assert_eq!(wrong(&world), [format!("error venv.pip-missing: {pip} -> {REBUILD}")]);

    let world = World::new();
    let prefix = world.bare_venv(real, ".venv");
    // Pythons before 3.11 do not note how the environment was made.
    write(
        &prefix.join("pyvenv.cfg"),
        &format!("version = {}\ncommand = python -m venv --without-pip .venv\n", real.version),
    );
    let pip = "warning venv.pip-missing: the environment was made without pip";
    assert_eq!(wrong(&world), [format!("{pip} -> run `pyve run python -m ensurepip --default-pip`")]);
}

#[test]
fn dead_scripts_are_named() {
    let world = World::new();
    let bin = world.venv(newest(), ".venv").join("bin");
    executable(&bin.join("tool"), "#!/bin/sh\nexec /no/such/python\n");
    executable(&bin.join("other"), "#!/usr/bin/env python3\n");
    assert_eq!(wrong(&world), [""; 0]);
    for name in ["pytest", "ruff", "black", "zope"] {
        executable(&bin.join(name), "#!/old/app/.venv/bin/python\nimport sys\n");
    }
    let dead =
        "black, pytest, ruff and 1 more in HOME/app/.venv/bin run by /old/app/.venv/bin/python, which does not exist";
    assert_eq!(wrong(&world), [format!("error venv.dead-shebang: {dead} -> {REBUILD}")]);
    for name in ["pytest", "ruff", "zope"] {
        std::fs::remove_file(bin.join(name)).unwrap();
    }
    // As pip writes it where the path has a space.
    executable(&bin.join("black"), "#!/bin/sh\n'''exec' \"/old app/.venv/bin/python3\" \"$0\" \"$@\"\n' '''\n");
    let dead = "black in HOME/app/.venv/bin run by /old app/.venv/bin/python3, which does not exist";
    assert_eq!(wrong(&world), [format!("error venv.dead-shebang: {dead} -> {REBUILD}")]);
    let python = &newest().python;
    executable(&bin.join("black"), &format!("#!{}\n", python.display()));
    assert_eq!(wrong(&world), [""; 0], "a script of the user's own");
    let packages = bin.with_file_name(format!("lib/python{}/site-packages", newest().minor));
    write(&packages.join("black-1.0.dist-info/RECORD"), "black.py,,\n../../../bin/black,sha256=x,9\n");
    let other = format!("black in HOME/app/.venv/bin run by {}, which is not of this environment", python.display());
    assert_eq!(wrong(&world), [format!("error venv.dead-shebang: {other} -> {REBUILD}")]);
}

#[test]
fn what_the_system_has_counts_where_the_environment_sees_it() {
    let world = World::new().in_project("requirements.txt", "six>=2\nof-user\nnowhere\n");
    let prefix = world.venv(newest(), ".venv");
    let missing = |names: &str| format!("warning venv.package-missing: not installed: {names} -> {INSTALL}");
    let all = missing("nowhere (requirements.txt:3), of-user (requirements.txt:2), six>=2 (requirements.txt:1)");
    assert_eq!(wrong(&world), [all.as_str()]);
    let user = format!(".local/lib/python{}/site-packages", newest().minor);
    let world = world.file(&format!("{user}/of_user-1.0.dist-info/METADATA"), "");
    assert_eq!(wrong(&world), [all.as_str()], "it sees nothing of it");
    let cfg = std::fs::read_to_string(prefix.join("pyvenv.cfg")).unwrap();
    let cfg = cfg.replace("include-system-site-packages = false", "include-system-site-packages = true");
    let base = world.home().join("base");
    for (name, text) in [("bin/python3", ""), ("lib/python3/dist-packages/six-1.0.dist-info/METADATA", "")] {
        write(&base.join(name), text);
    }
    let of_base = |line: &str| match line.split_once(" = ") {
        Some(("home", _)) => format!("home = {}", base.join("bin").display()),
        Some(("executable", _)) => format!("executable = {}", base.join("bin/python3").display()),
        _ => line.to_owned(),
    };
    write(&prefix.join("pyvenv.cfg"), &cfg.lines().map(of_base).collect::<Vec<_>>().join("\n"));
    std::fs::remove_file(prefix.join("bin/python")).unwrap();
    executable(&prefix.join("bin/python"), "");
    let conflict = "warning venv.package-conflict: six 1.0 is installed, but requirements.txt:1 asks for six>=2";
    assert_eq!(wrong(&world), [missing("nowhere (requirements.txt:3)"), format!("{conflict} -> {INSTALL}")]);
    // Its own come first.
    let own = prefix.join(format!("lib/python{}/site-packages/six-2.0.dist-info/METADATA", newest().minor));
    write(&own, "");
    assert_eq!(wrong(&world), [missing("nowhere (requirements.txt:3)")]);
}

#[test]
fn another_version_than_the_pin() {
    let (older, newer) = two();
    let world = World::new().in_project(".python-version", &newer.minor);
    world.venv(older, ".venv");
    let pin = format!("{}, but .python-version:1 asks for {}", older.version, newer.minor);
    assert_eq!(wrong(&world), [format!("warning venv.pin-mismatch: {pin} -> {REBUILD}")]);
    let requires = format!("[project]\nname = \"app\"\nrequires-python = \">={}\"\n", newer.minor);
    let world = world.in_project("pyproject.toml", &requires);
    let pin = format!("{}, but pyproject.toml:3 requires >={}", older.version, newer.minor);
    assert_eq!(wrong(&world), [format!("error venv.pin-mismatch: {pin} -> {REBUILD}")]);
}

#[test]
fn packages_that_are_missing_other_or_doubled() {
    let real = newest();
    let world = World::new()
        .in_project("requirements.txt", "six>=1.10\nidna==3.0\nabsent\ncolorama; sys_platform == 'win32'\n")
        .in_project("pyproject.toml", "[project]\nname = \"app\"\ndependencies = [\"attrs<20\"]\n");
    let site = world.venv(real, ".venv").join(format!("lib/python{}/site-packages", real.minor));
    let install = |name: &str| write(&site.join(format!("{name}.dist-info/METADATA")), "");
    install("six-1.16.0");
    install("idna-2.8");
    install("attrs-23.1.0");
    let deps = "run `pyve init --install-deps`";
    assert_eq!(
        wrong(&world),
        [
            format!("warning venv.package-missing: not installed: absent (requirements.txt:3) -> {deps}"),
            format!(
                "warning venv.package-conflict: attrs 23.1.0 is installed, but pyproject.toml:3 asks for attrs<20, \
                 idna 2.8 is installed, but requirements.txt:2 asks for idna==3.0 -> {deps}"
            ),
        ]
    );
    for name in ["idna-3.0", "absent-0.1", "attrs-19.3"] {
        install(name);
    }
    let found = wrong(&world);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].starts_with("warning venv.package-doubled: installed more than once: attrs "), "{found:?}");
    for name in ["idna-2.8", "attrs-23.1.0"] {
        std::fs::remove_dir_all(site.join(format!("{name}.dist-info"))).unwrap();
    }
    assert_eq!(wrong(&world), [""; 0]);
}
