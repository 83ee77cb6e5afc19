//! Completions that the real shells load.

use std::fs;

use crate::home::Home;

#[test]
fn every_shell_loads_its_completions() {
    for (shell, check) in [
        ("bash", "source \"$1\" && complete -p pyve"),
        ("zsh", "autoload -Uz compinit && compinit -D && source \"$1\" && print $_comps[pyve]"),
        ("fish", "source $argv[1]; complete -C 'pyve shell-'"),
    ] {
        let home = Home::new();
        let said = home.pyve(&format!("completions {shell}"));
        assert_eq!((said.code, said.stderr.as_str()), (0, ""));
        let file = home.project.join("completions");
        fs::write(&file, &said.stdout).unwrap();
        let name = if shell == "fish" { vec![] } else { vec![shell] };
        let loaded = home.said(home.command(shell).args(["-c", check]).args(name).arg(&file));
        assert_eq!((loaded.code, loaded.stderr.as_str()), (0, ""), "{shell}");
        let wanted = ["complete ", "_pyve", "shell-hook"];
        assert!(wanted.iter().any(|text| loaded.stdout.starts_with(text)), "{shell}: {}", loaded.stdout);
    }
}

#[test]
fn another_shell_is_wrong_usage() {
    assert_eq!(Home::new().pyve("completions tcsh").code, 2);
}
