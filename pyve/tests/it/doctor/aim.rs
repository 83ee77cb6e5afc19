//! What is printed, typed in the same shell and folder, mends the environment that was examined and no other.

use std::fs;
use std::path::Path;

use pyve_testkit::{World, contents};
use serde_json::{Value, json};

use super::{give_pyve, problems};
use crate::ready::{changed_nothing, quick};

/// One way to call `doctor`, for an environment that was made in one way.
struct Case {
    /// The words of the `init` that made it, and those that doctor gets.
    init: &'static str,
    doctor: &'static str,
    /// The folder of both, below the world's root, and what `-C` says from there.
    folder: &'static str,
    change: &'static str,
    /// The environment's folder in the project.
    place: &'static str,
    /// What must be printed.
    remedy: &'static str,
}

const CASES: &[Case] = &[
    Case {
        init: "--no-direnv",
        doctor: "",
        folder: "",
        change: "-C project",
        place: ".venv",
        remedy: "pyve -C project init --force --no-direnv",
    },
    Case {
        init: "--no-direnv mine",
        doctor: "",
        folder: "project/a/b",
        change: "",
        place: "mine",
        remedy: "pyve init --force --no-direnv mine",
    },
    Case {
        init: "",
        doctor: "--backend venv",
        folder: "project/a",
        change: "-C b -C ..",
        place: ".venv",
        remedy: "pyve -C b -C .. init --force --backend venv",
    },
    Case {
        init: "--no-direnv --env dev",
        doctor: "--env dev --backend venv",
        folder: "other",
        change: "-C ../project",
        place: ".pyve/envs/dev",
        remedy: "pyve -C ../project init --force --env dev --backend venv",
    },
    Case {
        init: "--env dev own",
        doctor: "--env dev --backend auto",
        folder: "",
        change: "-C project/a",
        place: "own",
        remedy: "pyve -C project/a init --force --env dev own",
    },
];

fn start(world: &World) {
    give_pyve(world);
    for folder in ["project/a/b", "other"] {
        fs::create_dir_all(world.root().join(folder)).unwrap();
    }
    // Another environment of the project, which no remedy may touch.
    world.pyve().args(["init", "--env", "untouched", "--no-direnv"]).run().success();
}

impl Case {
    fn report(&self, world: &World) -> Value {
        let words = self.change.split_whitespace().chain(["doctor", "--json"]).chain(self.doctor.split_whitespace());
        let outcome = world.pyve().current_dir(world.root().join(self.folder)).args(words).run();
        serde_json::from_slice(&outcome.stdout).unwrap_or_else(|error| panic!("{error}: {outcome}"))
    }

    /// The remedies of this id as the text shows them, in the folder of the case.
    fn printed(&self, world: &World, id: &str) -> String {
        let words = self.change.split_whitespace().chain(["doctor", "--verbose"]).chain(self.doctor.split_whitespace());
        let text = world.pyve().current_dir(world.root().join(self.folder)).args(words).run().out();
        let lines: Vec<&str> = text.lines().collect();
        let at = lines.iter().position(|line| line.trim_start().starts_with(&format!("{id} ("))).unwrap();
        lines[at - 1].strip_prefix("  → ").unwrap_or_else(|| panic!("no remedy for {id}: {text}")).to_owned()
    }

    /// Exactly this is wrong; what is printed is typed, and nothing is wrong any more.
    #[track_caller]
    fn fixed(&self, world: &World, id: &str, remedy: &str) {
        let report = self.report(world);
        let wrong = problems(&report);
        assert_eq!(wrong.iter().map(|check| check["id"].as_str().unwrap()).collect::<Vec<_>>(), [id], "{report:#}");
        let typed = self.printed(world, id);
        assert_eq!(typed, remedy);
        let words: Vec<&str> = wrong[0]["remedy"].as_array().unwrap().iter().map(|it| it.as_str().unwrap()).collect();
        assert_eq!(words.join(" "), remedy);
        let folder = world.root().join(self.folder);
        let _ = world.command("sh").args(["-c", &typed]).current_dir(folder).stdin("y\nn\n").run().success();
        let ids: Vec<Value> = problems(&self.report(world)).into_iter().map(|check| check["id"].clone()).collect();
        // Only its user allows a new `.envrc`.
        assert!(ids.iter().all(|id| id == "pyve.envrc-blocked" || id == "pyve.direnv-missing"), "{ids:?} {typed}");
    }
}

#[test]
fn what_is_typed_mends_the_environment_that_was_examined() {
    for case in CASES {
        let Some(world) = quick("project") else { return };
        start(&world);
        let words: Vec<&str> = case.init.split_whitespace().collect();
        world.pyve().args(["init"]).args(&words).run().success();
        // direnv is not what this is about: nothing would be found to be wrong with it.
        world.link_as("direnv", Path::new("/bin/true"));
        allowed(&world);
        let prefix = world.project().join(case.place);
        let before = contents(&world.project().join(".pyve/envs/untouched"));
        fs::remove_file(prefix.join("pyvenv.cfg")).unwrap();
        case.fixed(&world, "venv.half-made", case.remedy);
        assert!(prefix.join("pyvenv.cfg").is_file(), "{}", case.remedy);
        // direnv enters the environment that is meant where none is named, and no other.
        assert_eq!(world.project().join(".envrc").exists(), !case.init.contains("-"), "{}", case.remedy);
        changed_nothing(&before, &contents(&world.project().join(".pyve/envs/untouched")));
        // pyve's own checks say it in the same way.
        fs::write(world.project().join(".gitignore"), "").unwrap();
        allowed(&world);
        case.fixed(&world, "pyve.gitignore", &case.remedy.replace(" --force", ""));
    }
}

/// Everything below the root is trusted by direnv's own settings.
fn allowed(world: &World) {
    let config = world.home().join(".config/direnv/direnv.toml");
    fs::create_dir_all(config.parent().unwrap()).unwrap();
    fs::write(&config, format!("[whitelist]\nprefix = [{:?}]\n", world.root())).unwrap();
}

#[test]
fn a_damaged_record_is_fixed_without_direnv_where_none_was_wanted() {
    let Some(world) = quick("project") else { return };
    start(&world);
    world.pyve().args(["init", "--no-direnv"]).run().success();
    let case = &CASES[0];
    world.write(".pyve/state/default/venv.json", "{");
    case.fixed(&world, "pyve.record-unsealed", "pyve -C project init --no-direnv");
    assert!(!world.project().join(".envrc").exists());
}

#[test]
fn a_sentence_says_where_it_is_typed_too() {
    let Some(world) = quick("project") else { return };
    start(&world);
    world.pyve().args(["init", "--no-direnv"]).run().success();
    world.state().edit("default/venv.json", |text| text.replace("\"schema\":1", "\"schema\":9"));
    let report = CASES[0].report(&world);
    let check = super::check(&report, "pyve.record-unreadable");
    assert_eq!(check["hint"], "upgrade pyve, or recreate the environment with this one");
    assert_eq!(check["remedy"], json!(["pyve", "-C", "project", "init", "--force", "--no-direnv"]));
}
