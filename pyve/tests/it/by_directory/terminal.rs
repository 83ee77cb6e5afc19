//! The same at a terminal, with the hook in the shell's startup file.

use std::fs;
use std::io::Write;
use std::process::{Child, Stdio};

use pyve_testkit::World;

use super::scene::project;

/// A shell that starts beside the project and reads this startup file.
fn start(world: &World, file: &str, text: &str, shell: &[&str], lines: &[&str]) -> Child {
    let file = world.home().join(file);
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(&file, text).unwrap();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/terminal.py");
    let words = shell.iter().map(|word| word.replace("RC", file.to_str().unwrap()));
    let invocation = world.command("python3").arg(script).args(words).current_dir(world.root().join("beside"));
    let mut command = invocation.env("TERM", "dumb").into_command();
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(serde_json::to_string(lines).unwrap().as_bytes()).unwrap();
    child
}

#[test]
fn the_prompt_comes_and_goes_with_the_directory() {
    let Some(world) = project() else { return };
    let _ = world.pyve().arg("allow").run().success();
    // After a line of pyve's own the script waits for its end.
    let lines = ["pyve --version; cd ../project/sub", "pyve --version; cd ../../beside"];
    let bash = "PS1='READY> '\neval \"$(pyve shell-hook bash --auto)\"\n";
    let zsh = "unsetopt zle prompt_sp prompt_cr\nPROMPT='READY> '\neval \"$(pyve shell-hook zsh --auto)\"\n";
    let fish = "function fish_prompt; echo -n 'READY> '; end\npyve shell-hook fish --auto | source\n";
    // They mostly wait, so they do it together.
    let children = [
        start(&world, ".bashrc", bash, &["bash", "--noprofile", "--noediting", "--rcfile", "RC", "-i"], &lines),
        start(&world, ".zshrc", zsh, &["zsh", "-d", "-i"], &lines),
        start(&world, ".config/fish/config.fish", fish, &["fish", "-i"], &lines),
    ];
    for (child, shell) in children.into_iter().zip(["bash", "zsh", "fish"]) {
        let output = child.wait_with_output().unwrap();
        let shown: Vec<String> = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|_| panic!("{shell}: {}", String::from_utf8_lossy(&output.stderr)));
        assert_eq!(shown, ["", "(venv:project) ", ""], "{shell}");
    }
}
