//! Files of the user's that are links: one that leaves the project is refused, one that stays in it stays a link.

use std::fs;
use std::path::Path;

use pyve_testkit::contents;

use crate::ready::{changed_nothing, done, link, pyve, quick, told};

#[test]
fn nothing_is_written_through_a_link_that_leaves_the_project() {
    let mut said = Vec::new();
    for (name, line) in [
        (".envrc", "init"),
        (".gitignore", "init"),
        (".tool-versions", "python-version 3"),
        (".python-version", "python-version 3"),
        (".pyve/config", "init"),
    ] {
        let Some(world) = quick("project") else { return };
        let manager = if name == ".python-version" { ".pyenv/versions" } else { ".asdf/installs/python" };
        fs::create_dir_all(world.home().join(manager)).unwrap();
        world.write("requirements.txt", "");
        let victim = world.home().join("victim");
        // A dangling link is as good a way out.
        if name != ".pyve/config" {
            fs::write(&victim, "3.9\n").unwrap();
        }
        link(&world.project().join(name), &victim);
        let outcome = pyve(&world, line);
        said.push(format!("{name}\n{}", outcome.to_string().split("error: ").last().unwrap_or_default()));
        assert_eq!(fs::read(&victim).ok().as_deref(), (name != ".pyve/config").then_some(&b"3.9\n"[..]), "{name}");
        assert!(world.project().join(name).is_symlink(), "{name}");
    }
    insta::assert_snapshot!(said.join(""), @r"
    .envrc
    could not write `.envrc`: `.envrc` is a link to `[HOME]/victim`, outside of the project
    hint: replace the link `.envrc` with a file or directory of the project
    .gitignore
    could not write `.gitignore`: `.gitignore` is a link to `[HOME]/victim`, outside of the project
    hint: replace the link `.gitignore` with a file or directory of the project
    .tool-versions
    could not write `.tool-versions`: `.tool-versions` is a link to `[HOME]/victim`, outside of the project
      backend `venv`, step `Pin Python [VERSION] in .tool-versions`
    hint: replace the link `.tool-versions` with a file or directory of the project
    .python-version
    could not write `.python-version`: `.python-version` is a link to `[HOME]/victim`, outside of the project
      backend `venv`, step `Pin Python 3 in .python-version`
    hint: replace the link `.python-version` with a file or directory of the project
    .pyve/config
    could not write `.pyve/config`: `.pyve/config` is a link to `[HOME]/victim`, outside of the project
    hint: replace the link `.pyve/config` with a file or directory of the project
    ");
}

#[test]
fn a_link_that_stays_in_the_project_stays_a_link() {
    let Some(world) = quick("project") else { return };
    for name in ["envrc", "gitignore"] {
        world.write(format!("conf/{name}"), "# mine\n");
        link(&world.project().join(format!(".{name}")), Path::new(&format!("conf/{name}")));
    }
    let before = contents(world.project());
    done(&world, "init");
    for name in ["envrc", "gitignore"] {
        assert!(world.project().join(format!(".{name}")).is_symlink());
        assert!(world.read(format!("conf/{name}")).contains(">>> pyve >>>"), "{name}");
    }
    done(&world, "purge --yes");
    changed_nothing(&before, &contents(world.project()));
}

#[test]
fn a_folder_of_pyves_that_is_a_link_is_named_and_left() {
    let Some(world) = quick("project") else { return };
    fs::create_dir_all(world.home().join("docs/state")).unwrap();
    fs::create_dir_all(world.home().join("docs/letters")).unwrap();
    fs::write(world.home().join("docs/letters/a"), "mine").unwrap();
    link(&world.project().join(".pyve"), &world.home().join("docs"));
    world.write("requirements.txt", "");
    insta::assert_snapshot!(told(&world, "purge --yes"), @r"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: `.pyve` is a symbolic link to `[HOME]/docs`
      pyve's own directories must lie in the project itself
      project: [PROJECT]
    hint: remove the link: `rm [PROJECT]/.pyve`
    ");
    fs::remove_file(world.project().join(".pyve")).unwrap();
    done(&world, "init");
    link(&world.project().join(".pyve/envs"), &world.home().join("docs"));
    let doctor = pyve(&world, "doctor --fix --yes");
    assert!(!doctor.out().contains("rm -rf") && !doctor.out().contains("letters"), "{doctor}");
    done(&world, "purge --yes");
    assert_eq!(fs::read(world.home().join("docs/letters/a")).unwrap(), b"mine");
    assert!(world.home().join("docs/state").is_dir() && world.project().join(".pyve/envs").is_symlink());
}
