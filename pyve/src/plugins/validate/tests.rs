use std::path::Path;

use pyve_plugin_api::{
    Command, Consent, Creation, Description, Detection, Download, ErrorBody, ExistingEnvironment, Finding, Inspection,
    Launch, Lock, LockChange, LockState, Marker, Outer, OwnCommand, Recipe, Remedy, Setting, SettingKind, Solve, Step,
    Strength, Tool, ToolAnswer,
};
use serde::Serialize;
use serde_json::{Value, json};

use super::{Answer, Subject, description, lines, read, readable};

/// What is wrong with an answer, once it has come through a pipe.
fn faults<T: Answer + Serialize>(answer: &T) -> Vec<String> {
    let described = Description::new("acme", "0.1", "Environments of Acme").marker(Marker::exclusive("acme.lock"));
    let subject = Subject { description: &described, project: Path::new("/p") };
    read::<T>(serde_json::to_value(answer).unwrap(), &subject).err().unwrap_or_default()
}

fn of_description(description: &Description) -> Vec<String> {
    super::description(serde_json::to_value(description).unwrap()).err().unwrap_or_default()
}

fn none() -> Vec<String> {
    Vec::new()
}

#[test]
fn a_description_is_held_to_its_words() {
    let good = Description::new("acme", "0.1", "Environments of Acme").marker(Marker::exclusive("acme.lock"));
    assert_eq!(of_description(&good), none());
    let bad =
        Description::new("U v", "", "two\nlines").marker(Marker::generic("../x").workspace("a\nb")).ignore("!all");
    assert_eq!(
        of_description(&bad),
        [
            "`id` is not `[a-z][a-z0-9-]*` of at most 32 characters: `U v`",
            "`version` is empty",
            "`summary` must be one line without control characters: `two\\nlines`",
            "the marker `../x` is not a file name",
            "the table of a workspace must be one line without control characters: `a\\nb`",
            "`ignores` has `!all`, which is not a pattern to ignore",
        ]
    );
    let named = |file: &str| good.clone().marker_of_environment(Marker::exclusive(file));
    assert_eq!(of_description(&named("acme/{env}.lock")), none());
    assert_eq!(of_description(&named("../{env}")), ["the marker `../{env}` is not a path in the project"]);
    assert_eq!(of_description(&named("acme.lock")), ["the marker of an environment `acme.lock` does not have {env}"]);
    let flag = |key: &str| Setting::new(key, SettingKind::TEXT, "it").flag("env");
    assert_eq!(
        of_description(&good.clone().setting(flag("a").positional()).setting(flag("b").positional())),
        ["the setting `b` or its flag is declared twice", "2 settings are positional; at most one can be"]
    );
    let wordy = Description { summary: "x".repeat(1001).into(), ..good };
    assert_eq!(of_description(&wordy), ["`summary` has 1001 characters; at most 1000 are allowed"]);
}

#[test]
fn an_own_command_is_a_name() {
    let launch = |name: &str| Launch::new().input("/p").own_command(OwnCommand::new(name, Remedy::none()));
    assert_eq!(faults(&launch("moss")), none());
    for name in ["", "bin/moss"] {
        assert_eq!(faults(&launch(name)), [format!("`own_commands` names `{name}`, which is no program's name")]);
    }
}

#[test]
fn what_is_left_of_an_outer_environment_lies_below_it() {
    let launch = |outer: Outer| Launch::new().input("/p").outer(outer);
    assert_eq!(faults(&launch(Outer::conda())), none());
    let wrong = Outer { prefix: "A=B".into(), scripts: "../x".into(), ..Outer::conda() };
    assert_eq!(
        faults(&launch(wrong)),
        ["`outer` has the invalid variable name `A=B`", "`outer` names what is not below the prefix: `../x`"]
    );
}

#[test]
fn markers_are_files_of_the_project_that_were_declared() {
    assert_eq!(
        faults(&vec![Detection::new("/etc", Strength::EXCLUSIVE)]),
        ["the file `/etc` is not relative to the project", "the file `/etc` is not one of its markers"]
    );
    assert_eq!(
        faults(&vec![Detection::new("acme.lock", Strength::from("huge".to_owned()))]),
        ["the file `acme.lock` does not exist", "the file `acme.lock` has an unknown strength"]
    );
}

#[test]
fn a_tool_is_there_or_its_absence_has_words() {
    assert_eq!(faults(&ToolAnswer::default()), ["no tool was found, and `missing` does not say why"]);
    assert_eq!(
        faults(&ToolAnswer::found(Tool::new("sh", "1", "PATH"))),
        ["the path of `found` is not an absolute path: `sh`"]
    );
    assert_eq!(faults(&ToolAnswer::found(Tool::new("/gone/sh", "1", "PATH"))), ["the tool `/gone/sh` does not exist"]);
    let recipe =
        Recipe { instruction: "".into(), ..Recipe::manual("By hand", "", "x") }.step(Step::create_dir("Make", "x"));
    assert_eq!(
        faults(&ToolAnswer::missing("one\ntwo").recipe(recipe)),
        [
            "`missing` must be one line without control characters: `one\\ntwo`",
            "the recipe `By hand` is not named `[a-z][a-z0-9-]*`",
            "the recipe `By hand` is manual and has steps",
            "the recipe `By hand` is manual and has no instruction",
            "the label of `By hand` is empty",
        ]
    );
    assert_eq!(faults(&ToolAnswer::missing("gone").recipe(Recipe::new("user", "Get it", Consent::BOOTSTRAP))), none());
}

#[test]
fn a_prefix_is_an_absolute_path() {
    assert_eq!(faults(&Creation::new("x", "/p/x").step(Step::run("Make", Command::new("true")))), none());
    assert_eq!(faults(&Creation::new("x", "")), ["`prefix` is empty"]);
    assert_eq!(faults(&Creation::new("x", "env")), ["`prefix` is not an absolute path: `env`"]);
    assert_eq!(faults(&Creation::new("x", "/p/\0")), ["`prefix` contains a NUL character"]);
    assert_eq!(faults(&Creation::new(" ", "/p/x")), ["`name` is empty"]);
    let other = Creation::new("x", "/p/x").made_with(Tool::new("python", "3.12", "PATH"));
    assert_eq!(faults(&other), ["the path of `made_with` is not an absolute path: `python`"]);
}

#[test]
fn steps_can_be_carried_out() {
    let planned = |step: Step| faults(&Creation::new("x", "/p/x").step(step));
    let download = |url: &str, hash: &str, most| Step::download("Fetch", Download::new(url, hash, most), "/h/bin/x");
    assert_eq!(planned(download("https://x", &"a".repeat(64), 1)), none());
    assert_eq!(
        planned(download("https://x", "abc", u64::MAX)),
        [
            "the hash of the step `Fetch` is not a SHA-256: `abc`",
            "the size limit of the step `Fetch` is 18446744073709551615 bytes; from 1 to 17179869184 are allowed",
        ]
    );
    assert_eq!(planned(Step::create_dir("", "x")), ["the title of a step is empty"]);
    assert_eq!(planned(Step::create_dir("Make", "")), ["the step `Make` has no path"]);
    assert_eq!(
        planned(Step::write_file("Write", "x", "").mode(0o4755)),
        ["the mode of the step `Write` is 4755; at most 777 is allowed"]
    );
    assert_eq!(
        planned(Step { kind: Default::default(), ..Step::create_dir("Dance", "x") }),
        ["the step `Dance` is of an unknown kind"]
    );
    let late = Command::new("").env("A=B", "1").env_remove("").timeout(std::time::Duration::from_secs(1 << 40));
    assert_eq!(
        planned(Step::run("Run", late)),
        [
            "the command of the step `Run` has no program",
            "the command of the step `Run` has the invalid variable name `A=B`",
            "the command of the step `Run` has an empty variable name",
            "the timeout of the step `Run` is 1099511627776000 ms; at most 86400000 are allowed",
        ]
    );
    let contents = vec![b'x'; (1 << 20) + 1];
    assert_eq!(
        planned(Step::write_file("Write", "x", contents)),
        ["`contents` has 1048577 bytes; at most 1048576 are allowed"]
    );
}

#[test]
fn a_launch_names_folders_variables_and_what_it_depends_on() {
    let good = Launch::new().path("/p/x/bin").path_below("HOME", "bin").env("A", "").input("/p/x");
    assert_eq!(faults(&good), none());
    assert_eq!(faults(&Launch::new()), ["`inputs` names nothing that the answer depends on"]);
    let bad = good.clone().path("bin").path("/a:b").env("", "1").env_remove("A=B").deactivate("").input("x");
    assert_eq!(
        faults(&bad),
        [
            "a directory for PATH is not an absolute path: `bin`",
            "a directory for PATH contains `:`: `/a:b`",
            "`env` has an empty variable name",
            "`env_remove` has the invalid variable name `A=B`",
            "`deactivate` has an empty variable name",
            "an input is not an absolute path: `x`",
        ]
    );
    let many = (0..1001).fold(good.clone(), |launch, number| launch.env(&format!("V{number}"), "1"));
    assert_eq!(faults(&many), ["`env` has 1002 entries; at most 1000 are allowed"]);
    assert_eq!(
        faults(&good.env("LARGE", "x".repeat((128 << 10) + 1))),
        ["`value` has 131073 bytes; at most 131072 are allowed"]
    );
}

#[test]
fn findings_are_the_backends_own_and_say_something() {
    let good = Finding::ok("acme.tool", "Tool", "1.0");
    assert_eq!(faults(&vec![good.clone()]), none());
    assert_eq!(
        faults(&vec![
            Finding::error("other.tool", "", ""),
            Finding { remedy: Remedy::command(&Command::new("")), ..good }
        ]),
        [
            "the id of the finding `other.tool` does not begin with `acme.`",
            "the subject of the finding `other.tool` is empty",
            "the error `other.tool` has neither a detail nor a remedy",
            "the remedy of the finding `acme.tool` has an empty program",
        ]
    );
}

#[test]
fn environments_that_stand_are_folders() {
    let told = Inspection::at("rel").environment(ExistingEnvironment::new("x", "/nowhere").interpreter("bin/python"));
    assert_eq!(
        faults(&told),
        [
            "`prefix` is not an absolute path: `rel`",
            "the environment `/nowhere` does not exist",
            "`interpreter` is not an absolute path: `bin/python`",
        ]
    );
}

#[test]
fn a_lock_is_solved_before_it_is_written() {
    let solve = Solve::new("linux-64", "Solve for linux-64", Command::new("/bin/tool")).file("/s/pins", "a\nb\n");
    let good = Lock::new("acme.lock", LockState::STALE).reason("x 1 is locked").solve(solve.clone());
    assert_eq!(faults(&good), none());
    let long = "x".repeat((128 << 10) + 1);
    let change = LockChange::new("x", "1", "2");
    assert_eq!(faults(&Lock::new("acme.lock", LockState::FRESH).content(&long).change(change)), none());
    let step = Step::run("Lock", Command::new("/bin/tool"));
    assert_eq!(faults(&Lock::new("acme.lock", LockState::CONFLICT).content(&long).step(step.clone())), none());
    assert_eq!(
        faults(&Lock::new("acme.lock", LockState::CONFLICT).content(&"x".repeat((8 << 20) + 1)).step(step)),
        ["`content` has 8388609 bytes; at most 8388608 are allowed"]
    );
    let nameless = Solve::new("", "Solve", Command::new(""));
    let bad = Lock::new("", LockState::UNKNOWN).solve(nameless).content("").change(LockChange::new("", "1\n", ""));
    assert_eq!(
        faults(&bad),
        [
            "`file` is empty",
            "the key of a solve is empty",
            "the command of the solve `Solve` has no program",
            "the name of a changed package is empty",
            "`changes` must be one line without control characters: `1\\n`",
            "it has `solves` beside `content` or `steps`",
        ]
    );
}

#[test]
fn an_answer_of_another_shape_is_none() {
    let described = Description::new("acme", "0.1", "it");
    let subject = Subject { description: &described, project: Path::new("/p") };
    let odd = read::<Creation>(json!({"prefix": 7}), &subject).unwrap_err();
    assert!(odd[0].starts_with("it is not of the right type: "), "{odd:?}");
    assert!(description(Value::Null).unwrap_err()[0].starts_with("it is not of the right type: "));
    let bytes = read::<Creation>(json!({"prefix": {"bytes": [47, 0]}}), &subject).unwrap_err();
    assert_eq!(bytes, ["`prefix` contains a NUL character"]);
}

#[test]
fn an_error_is_told_in_lines_of_its_own() {
    let error = ErrorBody {
        message: "it failed:\n\tERROR: not pyve's\u{1b}[31m".into(),
        details: vec!["a\r\nb".into(), "".into()].into(),
        remedy: Remedy::text("type\nthis"),
        ..ErrorBody::default()
    };
    let told = readable(error).unwrap();
    assert_eq!(told.message, "it failed:");
    assert_eq!(told.details.to_vec(), ["    ERROR: not pyve's\\u{1b}[31m", "a", "b"]);
    assert_eq!(told.remedy.text, "type this");
    assert_eq!(readable(ErrorBody::default()).unwrap_err(), ["the error has no message"]);
    assert_eq!(lines(&"x\n".repeat(1000)).len(), 100);
}
