//! Plugins and hosts of other versions: older and newer minors understand each other, other layouts are refused.

use std::process::Command;

use super::build::libraries;
use super::world::World;

#[test]
fn a_plugin_frozen_at_1_0_passes_every_check() {
    let world = World::new();
    let said = world.pyve(&["plugin", "check", libraries().path("frozen").to_str().unwrap()]);
    assert_eq!(said.code, Some(0), "{}", said.stdout);
    assert_eq!(said.stderr, "all 81 checks passed\n");
}

#[test]
fn its_optional_questions_can_be_asked() {
    let world = World::new();
    world.add(&libraries().path("frozen"));
    let asked = |question: &str| world.pyve(&["plugin", "try", question, "frozen"]);
    let requirements = asked("requirements").stdout;
    let adopted = world.pyve(&["plugin", "try", "adopt", "frozen", "--requirements", requirements.trim_end()]);
    for (said, part) in [
        (asked("update"), r#""title":"Freeze again""#),
        (asked("lock"), r#""state":"missing""#),
        (adopted, r#""reason":"it would melt""#),
        (asked("packages"), r#""name":"ice""#),
        (asked("environments"), r#""name":"winter""#),
    ] {
        assert!(said.code == Some(0) && said.stdout.contains(part), "{part}: {said:?}");
    }
    world.add(&libraries().path("stress"));
    let unsupported = world.pyve(&["plugin", "try", "lock", "stress"]);
    let expected = "error: the backend does not support `lock`\n";
    assert_eq!((unsupported.code, unsupported.stderr.as_str()), (Some(1), expected));
}

#[test]
fn a_plugin_made_with_the_next_minor_version_works() {
    let world = World::new();
    let newer = libraries().path("frozen-newer");
    let said = world.pyve(&["plugin", "check", newer.to_str().unwrap()]);
    assert_eq!(said.stderr, "all 81 checks passed\n", "{}", said.stdout);
    world.add(&newer);
    let info = world.pyve(&["plugin", "info", "frozen"]);
    assert!(info.stdout.contains("API version     1.1.0\n"), "{}", info.stdout);
    let answer = world.pyve(&["plugin", "try", "--added", "detect", "frozen"]);
    assert_eq!((answer.stdout.as_str(), answer.stderr.as_str()), ("[]\n", ""));
}

#[test]
fn a_host_of_the_next_minor_version_opens_a_plugin_made_with_1_0() {
    assert_eq!(
        newer_host("frozen"),
        "made with API 1.0.0\n\
         describe: frozen\n\
         detect: 0\n\
         ensure_tool: there is no sh\n\
         create: /nowhere/.frozen\n\
         run: there is no environment\n\
         diagnose: frozen.age\n\
         inspect: 0\n\
         update: Freeze again\n\
         lock: missing\n\
         requirements: frozen.toml:2\n\
         adopt: impossible\n\
         packages: h_0\n\
         environments: winter\n\
         novelty: 42\n"
    );
}

#[test]
fn a_host_of_the_next_minor_version_opens_a_plugin_of_its_own() {
    assert!(newer_host("frozen-newer").starts_with("made with API 1.1.0\ndescribe: frozen\n"));
}

#[test]
fn two_plugins_of_different_versions_live_in_one_pyve() {
    let mut world = World::new();
    world.add(&libraries().path("frozen-newer"));
    world.add(&libraries().path("stress"));
    world.set("PYVE_PLUGIN_PATH", "");
    let list = world.pyve(&["plugin", "list"]);
    assert_eq!(
        list.stdout,
        "frozen  1.0.0     trusted      As it was at 1.0\n\
         stress  0.1.0     trusted      Misbehaves when told to\n"
    );
}

#[test]
fn another_major_version_is_refused() {
    let world = World::new();
    let library = world.bring(&libraries().path("frozen-major"), "major");
    let said = world.pyve(&["plugin", "add", "--yes", library.to_str().unwrap()]);
    assert_eq!(said.code, Some(1));
    assert_eq!(
        said.stderr,
        "error: `[ROOT]/major.so` is no plugin for this pyve: it is built for version 2.0.0 of the plugin API; this pyve has version \
         1.0.0\n\
         hint: upgrade pyve\n"
    );
    // Its header says so as well, where its file bears no note.
    let refused = "refused: it is built for version 2.0.0 of the plugin API; this pyve has version 1.1.0\n";
    assert_eq!(newer_host("frozen-major"), refused);
}

#[test]
fn another_layout_is_refused_in_a_few_lines() {
    let world = World::new();
    let library = world.bring(&libraries().path("frozen-swapped"), "swapped");
    let said = world.pyve(&["plugin", "add", "--yes", library.to_str().unwrap()]);
    assert_eq!(said.code, Some(1));
    assert_eq!(
        said.stderr,
        "error: [ROOT]/swapped.so cannot be used: its type layout is incompatible with this pyve's plugin API\n  \
         in field `0` of type `Detection`: unexpected field\n  \
         expected: field `line` of type `u32`\n  \
         found: field `strength` of type `Strength`\n\
         hint: build it with the released crate pyve-plugin-api\n"
    );
}

fn newer_host(library: &str) -> String {
    let libraries = libraries();
    let output = Command::new(libraries.program("newer-host")).arg(libraries.path(library)).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}
