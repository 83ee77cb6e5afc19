//! `pyve man`: a page for each command of the help, and what is said of one that is not there.

use std::fs;

use insta::assert_snapshot;
use pyve_testkit::World;

#[test]
fn each_command_of_the_help_has_a_page() {
    let world = World::new();
    let written = world.pyve().args(["man", "--out", "pages/man1"]).run().success();
    let folder = world.project().join("pages/man1");
    let pages: Vec<String> =
        fs::read_dir(&folder).unwrap().map(|page| page.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(written.err(), format!("✓ wrote {} pages to `[PROJECT]/pages/man1`\n", pages.len()));
    let help = world.pyve().arg("--help").run().success().out();
    let commands = help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    for command in commands.filter_map(|line| line.split_whitespace().next()).filter(|command| *command != "help") {
        assert!(pages.contains(&format!("pyve-{command}.1")), "{command}: {pages:?}");
    }
    let one = world.pyve().args(["man", "plugin", "add"]).run().success().out();
    assert_eq!(one.trim_end(), fs::read_to_string(folder.join("pyve-plugin-add.1")).unwrap().trim_end());
    assert!(one.contains(".TH pyve-plugin-add 1"), "{one}");
}

#[test]
fn an_unknown_command_and_a_directory_that_cannot_be_are_refused() {
    let world = World::new();
    let unknown = world.pyve().args(["man", "plugin", "ad"]).run();
    assert_snapshot!(unknown, @"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: no such command: `pyve plugin ad`; did you mean `add`?
    hint: run `pyve plugin --help`
    ");
    world.write("file", "");
    let hindered = world.pyve().args(["man", "--out", "file/man1"]).run();
    assert_snapshot!(hindered, @"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: could not create `[PROJECT]/file/man1`: not a directory
    hint: name another directory: `pyve man --out DIR`
    ");
}
