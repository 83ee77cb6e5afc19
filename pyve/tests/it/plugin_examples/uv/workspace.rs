//! Workspaces: members use the root's environment and lock; what is no member is a project of its own.

use super::world;

const ROOT: &str = "[project]\nname = \"top\"\nversion = \"0.1.0\"\nrequires-python = \">=3.10\"\n\
    dependencies = [\"alpha\"]\n\n[tool.uv]\npackage = false\n\n[tool.uv.sources]\nalpha = { workspace = true }\n\
    beta = { workspace = true }\n\n[tool.uv.workspace]\nmembers = [\"packages/*\"]\nexclude = [\"packages/old\"]\n";

fn member(name: &str, dependency: &str) -> String {
    format!(
        "[project]\nname = \"{name}\"\nversion = \"0.1.0\"\nrequires-python = \">=3.10\"\n\
         dependencies = [\"{dependency}\"]\n\n[tool.uv]\npackage = false\n"
    )
}

#[test]
fn a_member_uses_the_environment_and_the_lock_of_the_root() {
    let Some(world) = world() else { return };
    world.write("pyproject.toml", ROOT);
    for (name, dependency) in [("alpha", "humanize"), ("beta", "tabulate"), ("old", "click")] {
        world.write(format!("packages/{name}/pyproject.toml"), member(name, dependency));
    }
    let [alpha, old] = ["packages/alpha", "packages/old"].map(|folder| world.project().join(folder));
    let made = world.pyve().current_dir(&alpha).arg("init").run().success();
    insta::assert_snapshot!(made, @r"
    exit code: 0
    ----- stdout -----
    ----- stderr -----
    Project: [PROJECT]
    Sync the environment
    ✓ Backend: uv (found `pyproject.toml:7`)
    ✓ uv: 0.13.8 (PATH, [BIN]/uv)
    ✓ Environment: .venv (created)
    warning: direnv is not installed, so .envrc has no effect; install it (apt install direnv, brew install direnv), or use --no-direnv
    Run commands in it with: pyve run CMD
    ");
    assert!(world.project().join(".venv").exists() && world.project().join("uv.lock").exists());
    assert!(!alpha.join(".venv").exists() && !alpha.join(".pyve").exists());
    let imports = |modules: &str| {
        world.pyve().current_dir(&alpha).args(["run", "python", "-c", &format!("import {modules}")]).run()
    };
    imports("humanize").success();
    assert_eq!(imports("tabulate").code, Some(1), "the root does not need it");
    let checked = world.pyve().current_dir(&alpha).args(["lock", "--check"]).run().success();
    assert_eq!(checked.out(), "uv.lock: fresh\n");

    world.pyve().current_dir(&alpha).args(["init", "--update", "--all-packages"]).run().success();
    imports("humanize, tabulate").success();
    // Added to a member, in the environment of all.
    world.pyve().current_dir(&alpha).args(["run", "uv", "add", "--quiet", "click"]).run().success();
    imports("click").success();
    assert!(world.read("packages/alpha/pyproject.toml").contains("\"click"));
    // A member that asks for something else makes the lock of all stale.
    world.write("packages/beta/pyproject.toml", member("beta", "tabulate<1"));
    let stale = world.pyve().current_dir(&alpha).args(["lock", "--check"]).run();
    let why = "uv.lock: stale\n  packages/beta/pyproject.toml:5 asks for `tabulate<1`, but `tabulate` is locked\n";
    assert_eq!((stale.code, stale.out().as_str()), (Some(1), why), "{stale}");

    // A member may have an environment of its own, with the lock of all.
    let beta = world.project().join("packages/beta");
    world.write("packages/beta/pyproject.toml", member("beta", "tabulate"));
    world.pyve().current_dir(&beta).args(["init", "--here"]).run().success();
    let list = "import importlib.metadata as m; print(*(d.name for d in m.distributions()))";
    let listed = world.pyve().current_dir(&beta).args(["run", "python", "-c", list]).run().success();
    assert_eq!(listed.out(), "tabulate\n");
    assert!(beta.join(".venv").exists() && !beta.join("uv.lock").exists());
    let kept = world.pyve().current_dir(&beta).arg("init").run().success();
    assert!(kept.err().contains("(kept)") && !kept.err().contains("kept as it is"), "{kept}");
    world.pyve().current_dir(&beta).args(["run", "uv", "add", "--quiet", "iniconfig"]).run().success();
    world.pyve().current_dir(&beta).args(["run", "python", "-c", "import iniconfig"]).run().success();
    let refused = world.pyve().current_dir(&beta).args(["lock", "--check"]).run();
    insta::assert_snapshot!(refused, @r"
    exit code: 1
    ----- stdout -----
    ----- stderr -----
    error: `[PROJECT]/packages/beta` is a member of the workspace `[PROJECT]`, which has one uv.lock for all
    hint: run `pyve -C [PROJECT] lock`
    ");

    // What is excluded is a project of its own.
    world.pyve().current_dir(&old).arg("init").run().success();
    assert!(old.join(".venv").exists() && old.join("uv.lock").exists());
}
