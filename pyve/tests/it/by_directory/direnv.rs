//! Beside direnv: what it has loaded is its own.

use pyve_testkit::prerequisite;

use super::scene::{SHELLS, project};

#[test]
fn what_direnv_loads_is_left_to_it() {
    let (Some(world), Some(direnv)) = (project(), prerequisite("direnv")) else { return };
    world.link_as("direnv", &direnv);
    let _ = world.pyve().args(["init", "--no-install-deps"]).run().success();
    let _ = world.pyve().arg("allow").run().success();
    let lines = |hook: &str, auto: &str| {
        format!(
            "cd ../beside\n{hook}\nat beside\ncd ../project\nat blocked\n{auto}\ndirenv allow 2>/dev/null\nat loaded\n{auto}\n\
             cd ../beside\nat beside\n{auto}\n"
        )
    };
    for shell in &SHELLS {
        let (hook, auto) = match shell.name {
            "fish" => ("direnv hook fish | source", "echo \"by pyve: $PYVE_AUTO\""),
            name => (
                if name == "bash" { "eval \"$(direnv hook bash)\"" } else { "eval \"$(direnv hook zsh)\"" },
                "echo \"by pyve: ${PYVE_AUTO-}\"",
            ),
        };
        let _ = world.command("direnv").arg("deny").run();
        let said = shell.run(&world, &lines(hook, auto));
        let shown = said.out();
        assert!(
            shown.contains("loaded: [PROJECT]/.venv one\nby pyve: \nbeside: outside \nby pyve: \n"),
            "{}: {said}",
            shell.name
        );
    }
}
