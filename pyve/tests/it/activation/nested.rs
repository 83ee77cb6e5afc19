//! A shell within a shell: what was activated in the outer one is left in the inner one, whichever they are.

use std::fs;

use super::place::Place;
use super::shells::Shell;
use super::shells::Step::{Is, Pyve};

#[test]
fn an_inner_shell_leaves_what_the_outer_one_entered() {
    let pairs = [(Shell::Bash, Shell::Zsh), (Shell::Zsh, Shell::Fish), (Shell::Fish, Shell::Bash)];
    let Some(place) = Place::new(Shell::Bash) else { return };
    for (outer, inner) in pairs {
        let (script, state) = (place.root().join("inner"), place.root().join("state"));
        let prefix = place.prefix().display().to_string();
        let steps = [Pyve("deactivate"), Is("CONDA_PREFIX", ""), Is("PYVE_UNDO", "")];
        let left: String = steps.iter().map(|step| inner.say(*step, true)).collect();
        let states = [true, false].map(|with_pyve| {
            let left = if with_pyve { format!("{}{left}", inner.hook()) } else { String::new() };
            fs::write(&script, format!("{left}env -0 | sort -z > '{}'\n", state.display())).unwrap();
            let enter: String = [Pyve("activate default"), Is("CONDA_PREFIX", &prefix)]
                .iter()
                .map(|step| outer.say(*step, with_pyve))
                .collect();
            let plain = inner.plain().join(" ");
            let inside = format!("{} {plain} '{}'\n", inner.name(), script.display());
            let hook = if with_pyve { outer.hook() } else { "" };
            let outcome = place.run_in(outer, &format!("{hook}{enter}{inside}"));
            assert_eq!((outcome.code, outcome.err().as_str()), (Some(0), ""), "{outer:?}, {inner:?}");
            String::from_utf8_lossy(&fs::read(&state).unwrap()).replace('\0', "\n")
        });
        assert_eq!(states[0], states[1], "{outer:?}, {inner:?}");
    }
}
