//! Environments that cannot leave their place: on a mount point, and in the lower layer of an overlay, as in a container.

use std::path::Path;

use pyve_testkit::{Outcome, World, mount_namespace, prerequisite};

use crate::ready::{done, light};

/// A world whose programs can mount.
fn mounting() -> Option<World> {
    let world = light("project")?;
    world.link_as("unshare", &mount_namespace()?);
    world.link_as("pyve", Path::new(env!("CARGO_BIN_EXE_pyve")));
    for program in ["mount", "sh", "mkdir", "rm", "touch"] {
        world.link_as(program, &prerequisite(program)?);
    }
    Some(world)
}

/// Runs the script where nobody else sees what it mounts: `$1` is the project, `$2` a new disk.
fn alone(world: &World, script: &str) -> Outcome {
    let disk = world.root().join("disk");
    std::fs::create_dir_all(&disk).unwrap();
    let line = ["--map-root-user", "--mount", "sh", "-uc", script, "sh"];
    world.command("unshare").args(line).arg(world.project()).arg(&disk).run()
}

/// The old one works, the advice helps, and so does what is advised.
const TRIED: &str = r#"
touch .venv/mark
pyve init --force --yes --no-direnv
echo "ended with $?"
[ -e .venv/mark ] && pyve run printenv VIRTUAL_ENV
for left in .venv.pyve-*; do [ -e "$left" ] && echo "left over: $left"; done
pyve purge --yes --quiet >/dev/null && pyve init --no-direnv --quiet && pyve run python -I -c 'import sys; print(sys.prefix)'
[ -e .venv/mark ] && echo 'it is the old one still'
exit 0
"#;

#[test]
fn on_a_mount_point() {
    let Some(world) = mounting() else { return };
    done(&world, "init --no-direnv");
    let outcome = alone(&world, &format!("cd \"$1\" && mount --bind .venv .venv || exit 9\n{TRIED}"));
    insta::assert_snapshot!(outcome, @r"
    exit code: 0
    ----- stdout -----
    ended with 1
    [PROJECT]/.venv
    [PROJECT]/.venv
    ----- stderr -----
    Create the virtual environment
    error: could not replace `[PROJECT]/.venv`: device or resource busy
      it is a mount point, or part of a container's image: it can be removed, but not moved
    hint: run `pyve purge`, then `pyve init`
    ");
}

#[test]
fn in_the_lower_layer_of_an_overlay() {
    let Some(world) = mounting() else { return };
    done(&world, "init --no-direnv");
    let mounted = r#"
mount -t tmpfs tmpfs "$2" && mkdir "$2/upper" "$2/work" || exit 9
mount -t overlay overlay -o "userxattr,lowerdir=$1,upperdir=$2/upper,workdir=$2/work" "$1" || exit 9
cd "$1"
"#;
    let outcome = alone(&world, &format!("{mounted}{TRIED}"));
    insta::assert_snapshot!(outcome, @r"
    exit code: 0
    ----- stdout -----
    ended with 1
    [PROJECT]/.venv
    [PROJECT]/.venv
    ----- stderr -----
    Create the virtual environment
    error: could not replace `[PROJECT]/.venv`: invalid cross-device link
      it is a mount point, or part of a container's image: it can be removed, but not moved
    hint: run `pyve purge`, then `pyve init`
    ");
}
