//! Nothing is left: after `deactivate` a shell is to the byte as it is without pyve, whatever happened in between.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::place::Place;
use super::shells::Step::{Activate, Always, Behind, InFront, Is, Line, Pyve, Set, Unset};
use super::shells::{Shell, Step};

/// What may be said.
const EXPECTED: [&str; 4] = [
    "exit code Some(0)",
    "error: this project has no environment called `nothing` yet",
    "  project: [PROJECT]",
    "hint: create it: `pyve init --env nothing`",
];

/// What happens in a shell, with a name.
type Story<'a> = (&'static str, Vec<Step<'a>>);

fn stories<'a>(place: &Places<'a>) -> Vec<Story<'a>> {
    let dev = || [Pyve("activate dev"), Is("VIRTUAL_ENV", place.dev), Is("DOTENV_SET", "1")];
    let conda = || [Pyve("activate default"), Is("CONDA_PREFIX", place.conda), Is("SCRIPT_SET", place.script_set)];
    let end = || [Pyve("deactivate")];
    let story = |parts: &[&[Step<'a>]]| parts.concat();
    let other = [Pyve(place.activate_other), Is("VIRTUAL_ENV", place.other_prefix)];
    let movable = [Pyve(place.activate_movable), Is("VIRTUAL_ENV", place.movable_prefix)];
    let gone = |there: &'a str, back: &'a str| [Line(there), Pyve("deactivate"), Line(back)];
    let conda_of_others =
        [Set("CONDA_PREFIX", place.outer), Set("CONDA_SHLVL", "1"), Set("OUTER_SET", "1"), InFront(place.outer_bin)];
    let in_nowhere = [Always("mkdir nowhere"), Always("cd nowhere"), Always("rmdir ../nowhere")];
    vec![
        ("once", story(&[&dev(), &end()])),
        ("three times", story(&[&dev(), &dev(), &dev(), &end()])),
        ("one after another", story(&[&dev(), &other, &movable, &dev(), &end()])),
        ("again and again", story(&[&dev(), &end(), &other, &end(), &conda(), &end()])),
        ("by its name nowhere", story(&[&dev(), &[Line("pyve activate nothing || true")], &end()])),
        ("inside a virtual environment", story(&[&[Activate(place.other_venv)], &dev(), &end()])),
        ("inside one, three times", story(&[&[Activate(place.other_venv)], &dev(), &other, &conda(), &end()])),
        ("inside conda's", story(&[&conda_of_others, &dev(), &[Is("OUTER_SET", "")], &end()])),
        ("inside conda's, with scripts", story(&[&conda_of_others, &conda(), &[Is("CONDA_SHLVL", "2")], &end()])),
        ("scripts", story(&[&conda(), &[Is("SCRIPT_LIST", place.script_list), Is("SCRIPT_UNSET", "")], &end()])),
        ("what scripts bring", story(&[&conda(), &[Line("own_function || echo no function >&2")], &dev(), &end()])),
        ("in a directory that is gone", story(&[&dev(), &in_nowhere, &end(), &[Always(place.back)]])),
        ("scripts, in a directory that is gone", story(&[&conda(), &in_nowhere, &end(), &[Always(place.back)]])),
        ("scripts, three times", story(&[&conda(), &conda(), &conda(), &end()])),
        ("scripts, then none", story(&[&conda(), &dev(), &[Is("SCRIPT_LEFT", "")], &end()])),
        ("none, then scripts", story(&[&dev(), &conda(), &[Is("VIRTUAL_ENV", "")], &end()])),
        ("moved meanwhile", story(&[&movable, &gone(place.move_away, place.move_back)])),
        ("purged meanwhile", story(&[&movable, &gone(place.purge, place.purge_back)])),
        (
            "variables of the user's",
            story(&[
                &dev(),
                &[Set("VIRTUAL_ENV", "mine"), Set("NEW", "new"), Unset("PYVE_BACKEND"), Set("DOTENV_SET", "mine")],
                &end(),
            ]),
        ),
        (
            "variables of the user's, with scripts",
            story(&[
                &conda(),
                &[
                    Set("SCRIPT_SET", "mine"),
                    Set("SCRIPT_UNSET", "mine"),
                    Set("SCRIPT_NEW", "mine"),
                    Set("KEPT", "mine"),
                ],
                &end(),
            ]),
        ),
        ("PATH of the user's", story(&[&dev(), &[InFront("/in/front"), Behind("/behind")], &end()])),
        (
            "PATH of the user's, with scripts",
            story(&[&conda(), &[InFront("/in/front"), Behind("/behind")], &conda(), &end()]),
        ),
        ("an odd PATH", story(&[&[Behind("/twice"), InFront("/twice"), Behind("''")], &dev(), &conda(), &end()])),
        ("direnv's prompt", story(&[&[Set("PYVE_PROMPT_PREFIX", "(of direnv)")], &dev(), &end()])),
        (
            "no prompt",
            story(&[&[Set("VIRTUAL_ENV_DISABLE_PROMPT", "1"), Set("PYVE_ENV_NAME", "before")], &dev(), &end()]),
        ),
    ]
}

/// Where things are, as texts.
struct Places<'a> {
    dev: &'a str,
    conda: &'a str,
    script_set: &'a str,
    script_list: &'a str,
    other_venv: &'a Path,
    other_prefix: &'a str,
    activate_other: &'a str,
    movable_prefix: &'a str,
    activate_movable: &'a str,
    move_away: &'a str,
    move_back: &'a str,
    purge: &'a str,
    purge_back: &'a str,
    outer: &'a str,
    outer_bin: &'a str,
    back: &'a str,
}

/// Stories in one shell.
struct Teller {
    place: Place,
    shell: Shell,
    /// How the shell is after a script without pyve, which many stories have in common.
    without: BTreeMap<String, String>,
}

impl Teller {
    /// Runs a story with the user's settings, with and without pyve; what is wrong with it.
    fn told(&mut self, settings: (&str, &str), steps: &[Step<'_>]) -> Option<String> {
        let (said, with) = self.ended(&self.script(settings, steps, true));
        let script = self.script(settings, steps, false);
        if !self.without.contains_key(&script) {
            let (_, state) = self.ended(&script);
            self.without.insert(script.clone(), state);
        }
        let without = &self.without[&script];
        let is_expected = |line: &str| line.is_empty() || line.starts_with("Project: ") || EXPECTED.contains(&line);
        if said.lines().all(is_expected) && with == *without && !with.is_empty() {
            return None;
        }
        let only = |one: &str, other: &str| {
            let lines = one.lines().filter(|line| !other.lines().any(|known| known == *line));
            lines.map(str::to_owned).collect::<Vec<_>>()
        };
        let (more, less) = (only(&with, without), only(without, &with));
        Some(format!("{said}\n  only with pyve: {more:#?}\n  only without: {less:#?}"))
    }

    fn script(&self, (before, behind): (&str, &str), steps: &[Step<'_>], with_pyve: bool) -> String {
        let shell = self.shell;
        // What another tool does is done before the user has spoilt the shell for it.
        let first = steps.iter().take_while(|step| matches!(step, Activate(_))).count();
        let [first, steps] = [&steps[..first], &steps[first..]]
            .map(|steps| steps.iter().map(|step| shell.say(*step, with_pyve)).collect::<String>());
        let state = self.place.root().join("state");
        let start = format!("{}{before}{}{first}{behind}", shell.state(), shell.hook());
        format!("{start}{steps}state '{}'\n", state.display())
    }

    /// What the script says, and how the shell is at its end.
    fn ended(&self, script: &str) -> (String, String) {
        let outcome = self.place.run(script);
        let said = format!("exit code {:?}\n{}{}", outcome.code, outcome.out(), outcome.err());
        let state = fs::read(self.place.root().join("state")).unwrap_or_default();
        (said, String::from_utf8_lossy(&state).into_owned())
    }
}

/// Every story with all settings that users of the shell have.
#[expect(clippy::print_stderr, reason = "who asks for the count runs it with --nocapture")]
fn nothing_is_left(shell: Shell) {
    let Some(place) = Place::new(shell) else { return };
    let text = |path: &Path| path.display().to_string();
    let (dev, conda, root) = (place.project().join(".pyve/envs/dev"), place.prefix(), place.root());
    let [other, movable, moved, outer] = ["other", "movable", "moved", "outer"].map(|name| root.join(name));
    let places = Places {
        dev: &text(&dev),
        conda: &text(&conda),
        script_set: &format!("{}/set", text(&conda)),
        script_list: &format!("{}/lib:/lists/one", text(&conda)),
        other_venv: &other.join(".venv"),
        other_prefix: &text(&other.join(".venv")),
        activate_other: &format!("-C {} activate", text(&other)),
        movable_prefix: &text(&movable.join(".venv")),
        activate_movable: &format!("-C {} activate --env default", text(&movable)),
        move_away: &format!("mv {} {}", text(&movable), text(&moved)),
        move_back: &format!("mv {} {}", text(&moved), text(&movable)),
        purge: &format!("mv {}/.venv {}", text(&movable), text(&moved)),
        purge_back: &format!("mv {} {}/.venv", text(&moved), text(&movable)),
        outer: &text(&outer),
        outer_bin: &text(&outer.join("bin")),
        back: &format!("cd '{}'", text(place.project()).replace('\'', r"'\''")),
    };
    let told = stories(&places);
    let mut teller = Teller { place, shell, without: BTreeMap::new() };
    let mut count = 0;
    let mut wrong = Vec::new();
    for (name, steps) in told {
        for (settings, before, behind) in shell.settings() {
            count += 1;
            let found = teller.told((before, behind), &steps);
            wrong.extend(found.map(|what| format!("{settings}, {name}: {what}")));
        }
    }
    let place = teller.place;
    let log = fs::read_to_string(place.log()).unwrap_or_default();
    let ran = |word: &str| log.lines().filter(|line| *line == word).count();
    let name = shell.name();
    eprintln!("{name}: {count} cases, and scripts that ran {} times; {} are wrong", ran("activated"), wrong.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(count >= 40 && ran("activated") >= count / 3, "{count}, {log}");
    assert_eq!(ran("activated"), ran("deactivated"));
    assert!(!place.project().join("hacked").exists(), "a value was carried out");
}

#[test]
fn nothing_is_left_in_bash() {
    nothing_is_left(Shell::Bash);
}

#[test]
fn nothing_is_left_in_zsh() {
    nothing_is_left(Shell::Zsh);
}

#[test]
fn nothing_is_left_in_fish() {
    nothing_is_left(Shell::Fish);
}

/// They are those of all shells, and outlive each.
#[test]
fn universal_variables_of_fish_stay_as_they_are() {
    let Some(place) = Place::new(Shell::Fish) else { return };
    let dev = place.project().join(".pyve/envs/dev").display().to_string();
    let said = |step| Shell::Fish.say(step, true);
    let universal = "set -Ux VIRTUAL_ENV mine; set -Ux PYTHONHOME mine\n";
    let start = [universal.to_owned(), Shell::Fish.hook().to_owned(), said(Pyve("activate dev"))].concat();
    let inside = said(Is("VIRTUAL_ENV", &dev)) + &said(Pyve("deactivate"));
    let outside = said(Is("VIRTUAL_ENV", "mine")) + &said(Is("PYTHONHOME", "mine"));
    let end = "set -qg VIRTUAL_ENV; or set -qg PYTHONHOME; or echo none is global\n";
    let outcome = place.run_with(Shell::Fish, &[], &[start, inside, outside, end.to_owned()].concat());
    assert_eq!((outcome.code, outcome.out().as_str(), outcome.err().as_str()), (Some(0), "none is global\n", ""));
}
