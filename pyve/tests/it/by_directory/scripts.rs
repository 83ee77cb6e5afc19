//! Scripts of an environment run only as the user saw them.

use std::fs;

use crate::conda::place::Place;

use super::scene::{SHELLS, with_shells};

#[test]
fn scripts_run_only_as_the_user_saw_them() {
    let place = Place::new();
    let Some(()) = with_shells(&place.world) else { return };
    place.environment(&["activated"]);
    place.done("init");
    let world = &place.world;
    fs::create_dir(world.root().join("beside")).unwrap();
    let trace = world.root().join("trace");
    let trap = format!("echo $SAMPLE_HOME >>'{}'\n", trace.display());
    let (entering, leaving) =
        (place.prefix().join("etc/conda/activate.d"), place.prefix().join("etc/conda/deactivate.d"));
    fs::create_dir_all(&leaving).unwrap();
    let come = "at come\necho \"$SAMPLE_HOME\"\ncd ../beside\nat away\n";
    fs::write(entering.join("other.fish"), "").unwrap();
    let unasked = SHELLS[0].run(world, "at come");
    insta::assert_snapshot!(unasked.err(), @"note: `[PROJECT]` is not entered: not allowed; look at `.pyve/config`, `.env`, `.pyve/envs/demo/etc/conda/activate.d/activated.sh`, `.pyve/envs/demo/etc/conda/activate.d/other.fish`, then run `pyve allow`");
    for shell in &SHELLS[..2] {
        place.done("allow");
        let allowed = shell.run(world, come);
        let home = format!("{}/share/sample\n", place.prefix().display());
        assert!(allowed.out().contains("away: outside"), "{allowed}");
        assert!(String::from_utf8_lossy(&allowed.stdout).contains(&home), "{allowed}");
        let (state, variables) = (place.prefix().join("conda-meta"), place.prefix().join("etc/conda/env_vars.d"));
        for (folder, name) in [
            (&entering, "activated.sh"),
            (&entering, "new.sh"),
            (&leaving, "new.sh"),
            (&entering, "new.fish"),
            (&state, "state"),
            (&variables, "new.json"),
        ] {
            let script = folder.join(name);
            let before = fs::read(&script).ok();
            place.settle();
            fs::write(&script, [before.clone().unwrap_or_default(), trap.clone().into_bytes()].concat()).unwrap();
            let refused = shell.run(world, come);
            assert!(!trace.exists(), "{name}: {refused}");
            let shown = script.strip_prefix(place.project()).unwrap().display().to_string();
            let note = format!("is not entered: `{shown}` changed since it was allowed");
            assert!(refused.err().contains(&note), "{name}: {refused}");
            match before {
                Some(before) => fs::write(&script, before).unwrap(),
                None => fs::remove_file(&script).unwrap(),
            }
        }
        // One that comes while the shell is inside does not run when it leaves.
        let script = leaving.join("late.sh");
        let late = format!(
            "at come\ncp '{}' '{}'\ncd ../beside\nat away\n",
            world.root().join("late").display(),
            script.display()
        );
        fs::write(world.root().join("late"), &trap).unwrap();
        let left = shell.run(world, &late);
        assert!(left.out().contains("away: outside") && !trace.exists(), "{left}");
        // Allowed, it does.
        place.done("allow");
        let left = shell.run(world, come);
        assert!(left.out().contains("away: outside") && trace.exists(), "{left}");
        fs::remove_file(&script).unwrap();
        fs::remove_file(&trace).unwrap();
    }
}
