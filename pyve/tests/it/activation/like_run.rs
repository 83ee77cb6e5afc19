//! An activated shell has what `pyve run` gives to a command: there is one way to an environment.

use std::fs;

use super::place::Place;
use super::shells::Shell;
use super::shells::Step::Pyve;

#[test]
fn an_activated_shell_has_the_variables_of_run() {
    let Some(place) = Place::new(Shell::Bash) else { return };
    let mut settings = Shell::ALL.map(|shell| [(shell, "dev"), (shell, "default")]).concat();
    // Then without the package's script for fish: those for `sh` say more than the ones that are left.
    settings.push((Shell::Fish, "default"));
    let last = settings.len() - 1;
    for (index, (shell, environment)) in settings.into_iter().enumerate() {
        if index == last {
            fs::remove_file(place.package_fish()).unwrap();
        }
        let [by_run, active] = ["run", "active"].map(|name| place.root().join(name));
        let write = |command: &str, file: &std::path::Path| format!("{command} | sort -z > '{}'\n", file.display());
        let script = [
            shell.hook().to_owned(),
            write(&format!("pyve run --env {environment} env -0"), &by_run),
            shell.say(Pyve(&format!("activate {environment}")), true),
            write("env -0", &active),
        ];
        let outcome = place.run_in(shell, &script.concat());
        assert_eq!((outcome.code, outcome.err().as_str()), (Some(0), ""), "{shell:?}");
        let [by_run, active] = [by_run, active].map(|file| {
            let all = String::from_utf8_lossy(&fs::read(file).unwrap()).into_owned();
            // What the shell counts for itself, and what tells that an environment is active.
            let other = |pair: &&str| !["PYVE_", "_=", "SHLVL="].iter().any(|start| pair.starts_with(start));
            all.split('\0').filter(other).map(str::to_owned).collect::<Vec<_>>()
        });
        assert_eq!(active, by_run, "{shell:?}, {environment}");
        assert!(active.len() > 10, "{active:?}");
    }
}
