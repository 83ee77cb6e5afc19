//! `pyve plugin update`: what a source has now, shown and agreed to before it is tried; the old one stays whatever fails.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use super::build::libraries;
use super::from_url::{served, sha256};
use super::world::{Said, World};

/// A world with the stress plugin of a file of its own, which the next build overwrote.
fn rebuilt() -> (World, PathBuf) {
    let world = World::new();
    let file = world.bring(&libraries().path("stress"), "built");
    world.add(&file);
    let mut bytes = fs::read(&file).unwrap();
    bytes.push(0);
    fs::write(&file, bytes).unwrap();
    (world, file)
}

fn installed(world: &World) -> PathBuf {
    let names = fs::read_dir(world.plugins()).unwrap().map(|entry| entry.unwrap().path());
    let libraries: Vec<PathBuf> =
        names.filter(|path| path.to_str().unwrap().ends_with(std::env::consts::DLL_SUFFIX)).collect();
    assert_eq!(libraries.len(), 1, "{libraries:?}");
    libraries[0].clone()
}

/// The old one is in its place, byte for byte, and in use.
#[track_caller]
fn stays(world: &World, said: &Said, code: i32) {
    assert_eq!(said.code, Some(code), "{}", said.stderr);
    assert_eq!(sha256(&installed(world)), sha256(&libraries().path("stress")));
    assert!(world.pyve(&["plugin", "list"]).stdout.contains("  trusted  "));
    assert_eq!(world.pyve(&["plugin", "try", "--added", "detect", "stress"]).stdout, "[]\n");
}

#[test]
fn another_file_is_shown_and_agreed_to_before_it_is_tried() {
    let (mut world, file) = rebuilt();
    let (old, new) = (sha256(&libraries().path("stress")), sha256(&file));
    let shown = |indent: &str| {
        format!(
            "plugin `stress` 0.1.0 has another file at its source{}\n{indent}source          [ROOT]/built.so\n\
             {indent}crate           stress 0.1.0\n{indent}SHA-256 now     {old}\n{indent}SHA-256 there   {new}\n",
            if indent.is_empty() { ":" } else { "" }
        )
    };
    // What would be done is told without running anything of it.
    world.set("STRESS", "constructor:segfault,describe:segfault");
    let checked = world.pyve(&["plugin", "update", "--check"]);
    assert_eq!((checked.code, checked.stdout.as_str()), (Some(1), shown("  ").as_str()), "{}", checked.stderr);
    let question = "Try the new file, and use it instead? [y/N]: \n";
    let asked =
        format!("{}A plugin runs with all your permissions, as any program that you start.\n{question}", shown(""));
    let said = world.answered(&["plugin", "update", "stress"], "n\n");
    assert_eq!(said.stderr, format!("{asked}cancelled: plugin `stress` 0.1.0 was not updated\n"));
    world.set("STRESS", "");
    stays(&world, &said, 0);
    // `--yes` is no yes to what nobody verified.
    let said = world.answered(&["plugin", "update", "--yes", "stress"], "");
    assert_eq!(
        said.stderr,
        format!(
            "{asked}error: plugin `stress` 0.1.0 was not updated: nobody said yes\n\
             hint: run `pyve plugin update --yes --sha256 {new} stress`\n"
        )
    );
    stays(&world, &said, 1);
    let said = world.pyve(&["plugin", "update", "--yes", "--sha256", &new, "stress"]);
    assert!(said.stderr.ends_with("\n✓ updated plugin `stress` 0.1.0 to 0.1.0\n"), "{}", said.stderr);
    assert_eq!(sha256(&installed(&world)), new);
    let said = world.pyve(&["plugin", "update", "--check"]);
    assert_eq!((said.code, said.stdout.as_str()), (Some(0), "plugin `stress` 0.1.0 is up to date\n"));
    assert_eq!(world.pyve(&["plugin", "try", "--added", "detect", "stress"]).stdout, "[]\n");
}

#[test]
fn one_that_fails_its_trial_leaves_the_old_one() {
    let (mut world, file) = rebuilt();
    for (stress, end) in [
        ("describe:segfault", "it crashed in `describe` (SIGSEGV)"),
        ("describe:panic", "it panicked in `describe`: out of luck"),
        ("constructor:exit0", "it ended the process when it was opened with exit code 0"),
    ] {
        world.set("STRESS", stress);
        let said = world.answered(&["plugin", "update", "stress"], "y\n");
        world.set("STRESS", "");
        let told = format!("error: [ROOT]/built.so cannot be used: {end}\n");
        assert!(said.stderr.contains(&told), "{}", said.stderr);
        assert!(said.stderr.contains("\n  plugin `stress` 0.1.0 stays as it was\nhint: "), "{}", said.stderr);
        stays(&world, &said, 1);
    }
    // Another plugin is no newer one, and what is none is not even tried.
    let frozen = libraries().path("frozen").display().to_string();
    let said = world.answered(&["plugin", "update", "stress", &frozen], "y\n");
    assert!(
        said.stderr.ends_with(&format!(
            "error: `{frozen}` is plugin `frozen`, not `stress`\n  plugin `stress` 0.1.0 stays as it was\n\
             hint: add it with `pyve plugin add`\n"
        )),
        "{}",
        said.stderr
    );
    stays(&world, &said, 1);
    for (content, why) in [
        (Some("no library"), "is no plugin for this pyve"),
        (None, "`[ROOT]/built.so` does not exist\nhint: give the path of a plugin's library\n"),
    ] {
        fs::remove_file(&file).unwrap();
        content.iter().for_each(|content| fs::write(&file, content).unwrap());
        for more in [&[][..], &["--check"]] {
            let said = world.answered(&[&["plugin", "update", "stress"], more].concat(), "y\n");
            assert!(said.stderr.contains(why) && !said.stderr.contains("[y/N]"), "{}", said.stderr);
            stays(&world, &said, 1);
        }
        fs::write(&file, "").unwrap();
    }
}

#[test]
fn a_flag_that_is_taken_leaves_the_old_one() {
    let (mut world, _) = rebuilt();
    world.set("STRESS_FLAG", "force");
    let said = world.answered(&["plugin", "update", "stress"], "y\n");
    world.set("STRESS_FLAG", "");
    let told = "has the flag `--force`, which `pyve init` already has\n  plugin `stress` 0.1.0 stays as it was\n";
    assert!(said.stderr.contains(told), "{}", said.stderr);
    assert_eq!(sha256(&installed(&world)), sha256(&libraries().path("stress")));
}

#[test]
fn what_a_url_serves_now() {
    let (mut world, file) = rebuilt();
    let (before, after) = (served(&libraries().path("stress")), served(&file));
    let old = sha256(&libraries().path("stress"));
    assert_eq!(world.pyve(&["plugin", "add", "--yes", "--sha256", &old, &before]).code, Some(0));
    let current = world.pyve(&["plugin", "update", "--check", "--json"]);
    let rows: serde_json::Value = serde_json::from_str(&current.stdout).unwrap();
    assert_eq!((current.code, &rows["schema"]), (Some(0), &1.into()));
    assert_eq!(
        rows["plugins"][0],
        serde_json::json!({
            "id": "stress", "version": "0.1.0", "sha256": old, "source": before, "outcome": "current", "found_sha256": old,
            "found_version": "0.1.0"
        })
    );
    let offline = world.pyve(&["plugin", "update", "--check", "--offline", "stress"]);
    assert_eq!(
        offline.stderr,
        format!(
            "error: could not download `{before}`: pyve is offline (--offline)\nhint: run the same command without --offline\n"
        )
    );
    stays(&world, &offline, 1);
    // From another place, which then is the recorded one; a wrong hash is refused before anything of it is run.
    world.set("STRESS", "describe:segfault");
    let wrong = world.pyve(&["plugin", "update", "--yes", "--sha256", &"0".repeat(64), "stress", &after]);
    world.set("STRESS", "");
    assert!(wrong.stderr.contains("it is not the file that was expected"), "{}", wrong.stderr);
    stays(&world, &wrong, 1);
    let asked = world.answered(&["plugin", "update", "stress", &after], "");
    let hint = format!("hint: run `pyve plugin update --yes --sha256 {} stress {after}`\n", sha256(&file));
    assert!(asked.stderr.ends_with(&hint), "{}", asked.stderr);
    assert_eq!(world.answered(&["plugin", "update", "stress", &after], "y\n").code, Some(0));
    assert!(
        world
            .pyve(&["plugin", "info", "stress"])
            .stdout
            .contains(&format!("\nsource          {after}\nadded           just now\n"))
    );
    assert_eq!(sha256(&installed(&world)), sha256(&file));
}

#[test]
fn all_are_looked_at_and_those_of_before_have_no_source() {
    let (world, file) = rebuilt();
    world.add(&libraries().path("frozen"));
    let manifest = world.plugins().join("manifest.json");
    let mut recorded: serde_json::Value = serde_json::from_slice(&fs::read(&manifest).unwrap()).unwrap();
    // As it was written before sources were recorded.
    let frozen = recorded["plugins"][0].as_object_mut().unwrap();
    assert!(frozen.remove("source").is_some() && frozen.remove("added").is_some());
    fs::write(&manifest, recorded.to_string()).unwrap();
    assert!(!world.pyve(&["plugin", "info", "frozen"]).stdout.contains("source"));
    fs::remove_file(&file).unwrap();
    let said = world.pyve(&["plugin", "update", "--check"]);
    assert_eq!((said.code, said.stdout.as_str()), (Some(1), "the source of plugin `frozen` 1.0.0 is not recorded\n"));
    assert_eq!(said.stderr, "error: `[ROOT]/built.so` does not exist\nhint: give the path of a plugin's library\n");
    let said = world.pyve(&["plugin", "update", "frozen"]);
    assert_eq!(
        (said.code, said.stderr.as_str()),
        (
            Some(1),
            "error: the source of plugin `frozen` 1.0.0 is not recorded\nhint: pass one: `pyve plugin update frozen FILE`\n"
        )
    );
    // One that lies in the folder itself came from nowhere else.
    fs::copy(libraries().path("frozen-newer"), world.plugins().join("libthing.so")).unwrap();
    let newer = world.plugins().join("libthing.so").display().to_string();
    assert_eq!(world.pyve(&["plugin", "add", "--yes", "--replace", &newer]).code, Some(0));
    assert!(!world.pyve(&["plugin", "info", "frozen"]).stdout.contains("source"));
    let said = world.pyve(&["plugin", "update", "frozn"]);
    assert_eq!(said.stderr, "error: plugin `frozn` not found\nhint: did you mean `frozen`?\n");
}

#[test]
fn one_whose_file_was_changed_or_lost_comes_back() {
    let world = World::new();
    let file = world.bring(&libraries().path("stress"), "built");
    world.add(&file);
    let installed = installed(&world);
    fs::set_permissions(&installed, fs::Permissions::from_mode(0o600)).unwrap();
    assert_eq!(world.pyve(&["plugin", "update", "--check"]).code, Some(1));
    fs::remove_file(&installed).unwrap();
    assert_eq!(world.answered(&["plugin", "update"], "y\n").code, Some(0));
    assert_eq!(world.pyve(&["plugin", "try", "--added", "detect", "stress"]).stdout, "[]\n");
}
