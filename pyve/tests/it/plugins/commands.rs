//! `pyve plugin`: adding, listing, trusting and removing.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use super::build::libraries;
use super::world::World;

#[test]
fn adding_shows_what_it_is_and_asks() {
    let world = World::new();
    let library = world.bring(&libraries().path("frozen"), "some-name");
    let add = ["plugin", "add", library.to_str().unwrap()];
    let refused = world.answered(&add, "");
    let hash = sha256(&library);
    let shown = format!(
        "id              frozen\n\
         version         1.0.0\n\
         summary         As it was at 1.0\n\
         tool            Frozen\n\
         API version     1.0.0\n\
         capabilities    update, lock, requirements, adopt, packages, environments\n\
         markers         frozen.lock (exclusive), frozen.toml with [tool.frozen] (generic), {{env}}.frozen (exclusive)\n\
         settings        directory (path), layers (list), salted (bool), depth (text)\n\
         ignored in git  /.frozen/\n\
         SHA-256         {hash}\n\
         crate           frozen 0.1.0\n\
         A plugin runs with all your permissions, as any program that you start.\n"
    );
    let no = "error: plugin `frozen` was not added: nobody said yes\nhint: run `pyve plugin add --yes [ROOT]/some-name.so`\n";
    assert_eq!(refused.code, Some(1));
    assert_eq!(refused.stderr, format!("{shown}Add plugin `frozen`? [y/N]: \n{no}"));
    let cancelled = world.answered(&add, "n\n");
    assert_eq!(cancelled.code, Some(0));
    assert_eq!(
        cancelled.stderr,
        format!("{shown}Add plugin `frozen`? [y/N]: \ncancelled: plugin `frozen` was not added\n")
    );
    let added = world.answered(&add, "y\n");
    assert_eq!(added.stderr, format!("{shown}Add plugin `frozen`? [y/N]: \n✓ added plugin `frozen` 1.0.0\n"));
    assert_eq!((added.code, added.stdout.as_str()), (Some(0), ""));
    let mode = |name: &str| world.plugins().join(name).metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!((mode("frozen.so"), mode("manifest.json"), mode("")), (0o644, 0o644, 0o755));
    assert_eq!(sha256(&world.plugins().join("frozen.so")), hash);
}

#[test]
fn nobody_is_asked_in_ci() {
    let mut world = World::new();
    let library = world.bring(&libraries().path("frozen"), "frozen");
    world.set("CI", "true");
    let said = world.answered(&["plugin", "add", library.to_str().unwrap()], "y\n");
    assert_eq!(said.code, Some(1));
    assert!(said.stderr.ends_with("hint: run `pyve plugin add --yes [ROOT]/frozen.so`\n"), "{}", said.stderr);
    world.add(&library);
    for command in ["info", "remove", "trust"] {
        let offered = world.pyve(&["completions", "--at", "3", "pyve", "plugin", command, "fr"]);
        assert_eq!(offered.stdout, "frozen\tAs it was at 1.0\n", "{command}");
    }
}

#[test]
fn a_given_hash_must_be_the_files() {
    let world = World::new();
    let library = world.bring(&libraries().path("frozen"), "frozen");
    let path = library.to_str().unwrap();
    let said = world.pyve(&["plugin", "add", "--yes", "--sha256", &"0".repeat(64), path]);
    assert_eq!(said.code, Some(1));
    assert_eq!(
        said.stderr,
        format!(
            "error: unexpected SHA-256 of `[ROOT]/frozen.so`\n  expected: {}\n  found:    {}\n",
            "0".repeat(64),
            sha256(&library)
        )
    );
    let said = world.pyve(&["plugin", "add", "--yes", "--sha256", "abc", path]);
    assert_eq!(said.code, Some(2));
    assert_eq!(said.stderr, "error: invalid SHA-256 `abc`: use 64 hexadecimal digits\n");
    assert_eq!(world.pyve(&["plugin", "add", "--yes", "--sha256", &sha256(&library), path]).code, Some(0));
}

#[test]
fn an_id_that_is_taken_is_refused_with_both_names() {
    let mut world = World::new();
    let (stress, frozen) = (world.bring(&libraries().path("stress"), "new"), libraries().path("frozen"));
    world.add(&frozen);
    world.set("STRESS_ID", "frozen");
    let add = ["plugin", "add", "--yes", stress.to_str().unwrap()];
    assert_eq!(
        world.pyve(&add).stderr,
        "error: [ROOT]/new.so has the id `frozen`, which plugin `frozen` 1.0.0 ([ROOT]/home/.pyve/plugins/frozen.so) already \
         has\nhint: run `pyve plugin add --replace [ROOT]/new.so`\n"
    );
    assert_eq!(world.pyve(&["plugin", "add", "--yes", "--replace", stress.to_str().unwrap()]).code, Some(0));
    assert!(world.pyve(&["plugin", "list"]).stdout.contains("Misbehaves"));
    world.set("STRESS_ID", "venv");
    assert_eq!(
        world.pyve(&add).stderr,
        "error: [ROOT]/new.so has the id `venv`, which pyve's backend `venv` already has\n\
         hint: give it another id in its `describe` and build it again\n"
    );
    world.set("STRESS_ID", "../evil");
    assert_eq!(
        world.pyve(&add).stderr,
        "error: [ROOT]/new.so cannot be used: it returned an invalid answer to `describe`\n  \
         `id` is not `[a-z][a-z0-9-]*` of at most 32 characters: `../evil`\n\
         hint: run `pyve plugin check [ROOT]/new.so`\n"
    );
}

#[test]
fn ids_and_flags_of_pyve_or_of_another_plugin_are_refused() {
    let mut world = World::new();
    let library = world.bring(&libraries().path("stress"), "new");
    world.add(&libraries().path("frozen"));
    let path = library.to_str().unwrap();
    for id in ["auto", "default", "python"] {
        world.set("STRESS_ID", id);
        let expected = format!(
            "error: [ROOT]/new.so has the id `{id}`, which pyve itself already has\n\
             hint: give it another id in its `describe` and build it again\n"
        );
        assert_eq!(world.pyve(&["plugin", "add", "--yes", path]).stderr, expected);
    }
    world.set("STRESS_ID", "stress");
    let owners = [
        ("force", "`pyve init`"),
        ("quiet", "`pyve init`"),
        ("env-name", "pyve's backend `micromamba`"),
        ("frozen-dir", "plugin `frozen` 1.0.0"),
    ];
    for (flag, owner) in owners {
        world.set("STRESS_FLAG", flag);
        let expected = format!(
            "error: [ROOT]/new.so has the flag `--{flag}`, which {owner} already has\n\
             hint: give it another flag in its `describe` and build it again\n"
        );
        let said = world.pyve(&["plugin", "add", "--yes", path]);
        assert_eq!((said.code, said.stderr), (Some(1), expected));
    }
    // The author is told before anybody else is.
    world.set("STRESS_FLAG", "force");
    let checked = world.pyve(&["plugin", "check", path]);
    assert_eq!(checked.code, Some(1));
    let fault = "FAIL  the description: [ROOT]/new.so has the flag `--force`, which `pyve init` already has\n";
    assert!(checked.stdout.contains(fault), "{}", checked.stdout);
    world.set("STRESS_FLAG", "frozen-dir");
    world.pyve(&["plugin", "remove", "--yes", "frozen"]);
    world.add(&library);
    world.add(&library);
}

#[test]
fn a_library_dropped_in_by_hand_is_listed_with_the_command_that_adds_it() {
    let world = World::new();
    fs::create_dir_all(world.plugins()).unwrap();
    let library = world.plugins().join("libthing.so");
    fs::copy(libraries().path("frozen"), &library).unwrap();
    assert_eq!(
        world.pyve(&["plugin", "list"]).stdout,
        "libthing.so  0.1.0     not added    crate frozen\n    \
         [ROOT]/home/.pyve/plugins/libthing.so is not used: it was not added\n    \
         run `pyve plugin add [ROOT]/home/.pyve/plugins/libthing.so`\n"
    );
    world.add(&library);
    assert_eq!(world.pyve(&["plugin", "list"]).stdout, "frozen  1.0.0     trusted      As it was at 1.0\n");
    assert!(library.exists() && !world.plugins().join("frozen.so").exists());
}

#[test]
fn a_file_of_the_same_name_is_not_overwritten() {
    let world = World::new();
    fs::create_dir_all(world.plugins()).unwrap();
    let other = world.plugins().join("frozen.so");
    fs::write(&other, "mine").unwrap();
    let add = ["plugin", "add", "--yes", &libraries().path("frozen").display().to_string()].map(ToOwned::to_owned);
    let add: Vec<&str> = add.iter().map(String::as_str).collect();
    let said = world.pyve(&add);
    assert_eq!(said.code, Some(1));
    assert!(
        said.stderr.ends_with(
            "error: could not add plugin `frozen`: [ROOT]/home/.pyve/plugins/frozen.so already exists\n  it was not added\n\
             hint: remove that file, or add it: `pyve plugin add [ROOT]/home/.pyve/plugins/frozen.so`\n"
        ),
        "{}",
        said.stderr
    );
    assert_eq!(fs::read_to_string(&other).unwrap(), "mine");
    fs::remove_file(&other).unwrap();
    fs::copy(libraries().path("stress"), &other).unwrap();
    world.add(&other);
    let said = world.pyve(&add);
    assert!(
        said.stderr.ends_with("  it is plugin `stress`\nhint: run `pyve plugin remove stress`\n"),
        "{}",
        said.stderr
    );
    assert!(world.pyve(&["plugin", "list"]).stdout.starts_with("stress  "));
}

#[test]
fn plugins_that_are_added_at_once_are_all_recorded() {
    let mut world = World::new();
    let library = libraries().path("stress").display().to_string();
    let mut children = Vec::new();
    for number in 0..6 {
        world.set("STRESS_ID", &format!("stress-{number}"));
        let mut command = world.command(&["plugin", "add", "--yes", &library]);
        children.push(command.stderr(std::process::Stdio::null()).spawn().unwrap());
    }
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    let list = world.pyve(&["plugin", "list"]);
    let names: Vec<&str> = list.stdout.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert_eq!(names, ["stress-0", "stress-1", "stress-2", "stress-3", "stress-4", "stress-5"]);
}

#[test]
fn a_file_that_changed_is_not_opened_until_it_is_trusted_again() {
    let world = World::new();
    world.add(&libraries().path("frozen"));
    let file = world.plugins().join("frozen.so");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    let ask = ["plugin", "try", "--added", "detect", "frozen"];
    assert_eq!(
        world.pyve(&ask).stderr,
        "error: plugin `frozen` is not used: [ROOT]/home/.pyve/plugins/frozen.so has changed since it was added: its owner, \
         mode or name was changed (its content is the same)\nhint: run `pyve plugin trust frozen`\n"
    );
    let mut bytes = fs::read(&file).unwrap();
    bytes.push(0);
    fs::write(&file, &bytes).unwrap();
    let said = world.pyve(&ask);
    assert_eq!(
        said.stderr,
        format!(
            "error: plugin `frozen` is not used: [ROOT]/home/.pyve/plugins/frozen.so has changed since it was added: its \
             size was {} bytes and is {}, it was written to (its content is another)\nhint: run `pyve plugin trust frozen`\n",
            bytes.len() - 1,
            bytes.len()
        )
    );
    let trust = ["plugin", "trust", "frozen"];
    for (answer, code, end) in [
        ("n\n", 0, "cancelled: plugin `frozen` is still not used\n"),
        (
            "",
            1,
            "error: plugin `frozen` is still not used: nobody said yes\nhint: run `pyve plugin trust --yes frozen`\n",
        ),
    ] {
        let said = world.answered(&trust, answer);
        assert_eq!(said.code, Some(code));
        assert!(said.stderr.ends_with(&format!("Trust plugin `frozen`? [y/N]: \n{end}")), "{}", said.stderr);
    }
    assert_eq!(world.pyve(&ask).code, Some(1));
    let trusted = world.answered(&trust, "y\n");
    assert!(trusted.stderr.ends_with("✓ trusted plugin `frozen`\n"), "{}", trusted.stderr);
    assert_eq!(world.pyve(&ask).stdout, "[]\n");
}

#[test]
fn json_has_a_versioned_schema() {
    let world = World::new();
    world.add(&libraries().path("frozen"));
    let list: serde_json::Value = serde_json::from_str(&world.pyve(&["plugin", "list", "--json"]).stdout).unwrap();
    assert_eq!(list["schema"], 1);
    let plugin = &list["plugins"][0];
    assert_eq!(plugin["id"], "frozen");
    assert_eq!(plugin["state"], "trusted");
    assert_eq!(plugin["path"], "[ROOT]/home/.pyve/plugins/frozen.so");
    assert_eq!(plugin["description"]["markers"][1]["table"], "tool.frozen");
    let info: serde_json::Value =
        serde_json::from_str(&world.pyve(&["plugin", "info", "frozen", "--json"]).stdout).unwrap();
    assert_eq!(&info["plugin"], plugin);
    let path = libraries().path("plain");
    let check = world.pyve(&["plugin", "check", "--json", path.to_str().unwrap()]);
    let check: serde_json::Value = serde_json::from_str(&check.stdout).unwrap();
    assert_eq!((&check["checks"][0]["name"], &check["checks"][0]["passed"]), (&"the file".into(), &false.into()));
}

#[test]
fn removing_takes_file_and_record() {
    let world = World::new();
    world.add(&libraries().path("frozen"));
    for (answer, code, end) in [
        ("n\n", 0, "cancelled: plugin `frozen` was not removed\n"),
        (
            "",
            1,
            "error: plugin `frozen` was not removed: nobody said yes\nhint: run `pyve plugin remove --yes frozen`\n",
        ),
    ] {
        let kept = world.answered(&["plugin", "remove", "frozen"], answer);
        assert_eq!(kept.code, Some(code));
        let question = "Remove plugin `frozen` ([ROOT]/home/.pyve/plugins/frozen.so)? [Y/n]: \n";
        assert_eq!(kept.stderr, format!("{question}{end}"));
    }
    let removed = world.pyve(&["plugin", "remove", "--yes", "frozen"]);
    assert_eq!((removed.code, removed.stderr.as_str()), (Some(0), "✓ removed plugin `frozen`\n"));
    assert!(!world.plugins().join("frozen.so").exists());
    assert_eq!(world.pyve(&["plugin", "list"]).stderr, "no plugins found; add one with `pyve plugin add FILE`\n");
    assert_eq!(
        world.pyve(&["plugin", "remove", "frozen"]).stderr,
        "error: plugin `frozen` not found: no plugin was added\nhint: add it with `pyve plugin add FILE`\n"
    );
    world.add(&libraries().path("frozen"));
    assert_eq!(
        world.pyve(&["plugin", "info", "frozn"]).stderr,
        "error: plugin `frozn` not found\nhint: did you mean `frozen`?\n"
    );
}

#[test]
fn a_missing_file_and_a_broken_manifest_are_told() {
    let world = World::new();
    world.add(&libraries().path("frozen"));
    fs::remove_file(world.plugins().join("frozen.so")).unwrap();
    assert_eq!(
        world.pyve(&["plugin", "list"]).stdout,
        "frozen  1.0.0     missing      As it was at 1.0\n    \
         plugin `frozen` is not used: `[ROOT]/home/.pyve/plugins/frozen.so` does not exist\n    \
         run `pyve plugin remove frozen`\n"
    );
    let manifest = world.plugins().join("manifest.json");
    let text = fs::read_to_string(&manifest).unwrap();
    fs::write(&manifest, text.replace("\"frozen.so\"", "\"../../../evil.so\"")).unwrap();
    let said = world.pyve(&["plugin", "list"]);
    assert_eq!(
        said.stderr,
        "error: [ROOT]/home/.pyve/plugins/manifest.json names a file outside of its directory: ../../../evil.so\n\
         hint: remove [ROOT]/home/.pyve/plugins/manifest.json and add the plugins again with `pyve plugin add`\n\
         no plugins found; add one with `pyve plugin add FILE`\n"
    );
    fs::write(&manifest, "{ not json").unwrap();
    let said = world.pyve(&["plugin", "list"]);
    assert_eq!(said.code, Some(0));
    assert!(
        said.stderr
            .starts_with("error: could not understand `[ROOT]/home/.pyve/plugins/manifest.json`: key must be a string"),
        "{}",
        said.stderr
    );
    fs::write(&manifest, text.replace("\"schema\": 1", "\"schema\": 2")).unwrap();
    let said = world.pyve(&["plugin", "info", "frozen"]);
    assert!(
        said.stderr.starts_with(
            "error: [ROOT]/home/.pyve/plugins/manifest.json was written by a newer pyve (schema 2)\nhint: upgrade pyve\n"
        ),
        "{}",
        said.stderr
    );
}

#[test]
fn a_folder_with_one_library_is_a_source() {
    let world = World::new();
    let folder = world.path("built");
    fs::create_dir(&folder).unwrap();
    fs::copy(libraries().path("frozen"), folder.join("libfrozen.so")).unwrap();
    assert_eq!(world.pyve(&["plugin", "add", "--yes", folder.to_str().unwrap()]).code, Some(0));
    fs::copy(libraries().path("stress"), folder.join("libstress.so")).unwrap();
    let said = world.pyve(&["plugin", "add", "--yes", folder.to_str().unwrap()]);
    assert_eq!(
        said.stderr,
        "error: 2 libraries found in `[ROOT]/built`\n  [ROOT]/built/libfrozen.so\n  [ROOT]/built/libstress.so\n\
         hint: run `pyve plugin add [ROOT]/built/libfrozen.so`\n"
    );
}

#[test]
fn development_folders_are_tried_again_after_each_build() {
    let mut world = World::new();
    let folder = world.path("build");
    fs::create_dir(&folder).unwrap();
    fs::copy(libraries().path("stress"), folder.join("libmine.so")).unwrap();
    world.set("PYVE_PLUGIN_PATH", folder.to_str().unwrap());
    assert_eq!(world.pyve(&["plugin", "list"]).stdout, "stress  0.1.0     trusted      Misbehaves when told to\n");
    assert_eq!(world.pyve(&["plugin", "try", "--added", "detect", "stress"]).stdout, "[]\n");
    world.add(&libraries().path("stress"));
    assert_eq!(
        world.pyve(&["plugin", "list"]).stdout,
        "stress  0.1.0     replaced     Misbehaves when told to\n    \
         plugin `stress` of [ROOT]/home/.pyve/plugins/stress.so is not used: PYVE_PLUGIN_PATH has [ROOT]/build/libmine.so\n\
         \x20   unset PYVE_PLUGIN_PATH to use the one that was added\n\
         stress  0.1.0     trusted      Misbehaves when told to\n"
    );
    world.set("STRESS_ID", "venv");
    fs::copy(libraries().path("stress"), folder.join("libmine.so")).unwrap();
    assert_eq!(
        world.pyve(&["plugin", "list"]).stdout,
        "stress      0.1.0     trusted      Misbehaves when told to\n\
         libmine.so  0.1.0     refused      crate stress\n    \
         [ROOT]/build/libmine.so has the id `venv`, which pyve's backend `venv` already has\n    \
         give it another id in its `describe` and build it again\n"
    );
}

fn sha256(path: &std::path::Path) -> String {
    use sha2::{Digest, Sha256};
    Sha256::digest(fs::read(path).unwrap()).iter().map(|byte| format!("{byte:02x}")).collect()
}
