//! What is no lock, or a broken one, is named with its line, and never written over.

use super::{TREE, told, with_uv};

#[test]
fn a_file_that_cannot_be_read_is_left_as_it_is() {
    let Some(world) = with_uv(TREE) else { return };
    world.write("requirements.txt", "leaf\n");
    super::done(&world, "lock");
    let good = world.read("pylock.toml");
    let own = good.find("[tool.pyve]").unwrap();
    let cases = [
        ("not a lock at all\n".to_owned(), "pylock.toml:1: "),
        (
            "lock-version = \"7.0\"\n".to_owned(),
            "pylock.toml:1: lock files of version `7.0` cannot be read, only those of 1.0",
        ),
        (good[..own - 40].to_owned(), "pylock.toml:9: "),
        (good.replace("sha256 = ", "md5 = "), "pylock.toml:9: the locked `leaf` has no sha256"),
        (
            good.replace("name = \"leaf\"", "name = \"../leaf\""),
            "pylock.toml:7: `../leaf` is not the name of a package",
        ),
    ];
    for (text, why) in cases {
        world.write("pylock.toml", &text);
        let said = told(&world, "lock --upgrade");
        assert!(said.starts_with("exit code: 1\n") && said.contains(&format!("error: {why}")), "{said}");
        assert!(
            said.contains("\nhint: restore `pylock.toml` from version control, or remove it and run `pyve lock`\n"),
            "{said}"
        );
        assert_eq!(world.read("pylock.toml"), text);
    }
    // A directory, a link out of the project.
    let file = world.project().join("pylock.toml");
    std::fs::remove_file(&file).unwrap();
    std::fs::create_dir(&file).unwrap();
    insta::assert_snapshot!(told(&world, "lock"), @"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    warning: `pylock.toml` is not considered: it is a directory, not a regular file
    error: could not read `[PROJECT]/pylock.toml`: it is a directory, not a regular file
    hint: rename or move `[PROJECT]/pylock.toml`
    ");
    std::fs::remove_dir(&file).unwrap();
    let outside = world.root().join("outside.toml");
    std::fs::write(&outside, &good).unwrap();
    std::os::unix::fs::symlink(&outside, &file).unwrap();
    insta::assert_snapshot!(told(&world, "lock --upgrade"), @"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    ✓ pylock.toml is up to date: 1 package for all platforms
    ");
    super::wheels(&world, "leaf 3.0\n");
    insta::assert_snapshot!(told(&world, "lock --upgrade"), @"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: could not write `pylock.toml`: `pylock.toml` is a link to `[ROOT]/outside.toml`, outside of the project
    hint: replace the link `pylock.toml` with a file or directory of the project
    ");
    assert_eq!(std::fs::read_to_string(&outside).unwrap(), good);
}

#[test]
fn what_cannot_be_locked_says_why() {
    let Some(world) = with_uv(TREE) else { return };
    insta::assert_snapshot!(told(&world, "lock"), @"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: no pyve project found in `[PROJECT]` or any parent directory
    hint: run `pyve init` in the project's directory, or name a project with `-C DIR`
    ");
    world.write("requirements.txt", "");
    insta::assert_snapshot!(told(&world, "lock"), @"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    ✓ pylock.toml written: 0 packages for all platforms
    ");
    std::fs::remove_file(world.project().join("pylock.toml")).unwrap();
    world.write("requirements.txt", "leaf>9\n");
    insta::assert_snapshot!(told(&world, "lock"), @"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: could not lock: uv found no solution
      No solution found when resolving dependencies
        cause: Because only leaf<=2.0 is available and you require leaf>9, we can conclude that your requirements are unsatisfiable.
    hint: loosen the requirements that exclude each other, or correct the one that is not found
    ");
    insta::assert_snapshot!(told(&world, "lock --offline"), @"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: could not lock: uv found no solution
      No solution found when resolving dependencies
        cause: Because only leaf<=2.0 is available and you require leaf>9, we can conclude that your requirements are unsatisfiable.
    hint: run the same command without `--offline`, or loosen the requirements that exclude each other
    ");
    std::fs::remove_file(world.project().join("requirements.txt")).unwrap();
    world.write("pyproject.toml", "[project]\nname = \"app\"\nversion = \"1\"\ndependencies = [\n  \"oh no\",\n]\n");
    insta::assert_snapshot!(told(&world, "lock"), @"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: could not lock: pyproject.toml:5: `oh no` is not a requirement by PEP 508
    hint: correct `pyproject.toml:5`
    ");
    assert!(!world.project().join("pylock.toml").exists());
}

#[test]
fn ctrl_c_ends_the_solver_and_leaves_nothing() {
    let Some(world) = super::with_pip(TREE) else { return };
    world.set("TMPDIR", world.root().join("scratch"));
    std::fs::create_dir(world.root().join("scratch")).unwrap();
    world.write("requirements.txt", "leaf\n");
    // Its own sign that it has begun stands beside the world's `hanging`.
    let script =
        "#!/bin/sh\n[ \"$1\" = --version ] && { echo 'uv 99.0'; exit; }\n: > \"${0%/*}/../hanging\"\nexec sleep 60\n";
    world.stand_in("uv", script);
    let (code, said) = crate::ready::signal(crate::ready::making(&world, "lock"), "INT");
    assert_eq!((code, said.as_str()), (Some(130), "error: interrupted\n"));
    assert!(!world.project().join("pylock.toml").exists());
    assert_eq!(std::fs::read_dir(world.root().join("scratch")).unwrap().count(), 0);
}
