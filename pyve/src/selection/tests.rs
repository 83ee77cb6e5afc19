//! Tests of the choice: who wins, why, and what is said about it.

use std::path::Path;

use pyve_plugin_api::{Detection, Strength};

use super::*;
use crate::config::{NeededPlugin, PluginSource, Sourced};
use crate::failure::Failure;

fn candidate(id: &str, builtin: bool, exclusive: &[&str], generic: &[&str]) -> Candidate {
    let with = |files: &[&str], strength| files.iter().map(|file| Detection::new(*file, strength)).collect::<Vec<_>>();
    let detections = [with(exclusive, Strength::EXCLUSIVE), with(generic, Strength::GENERIC)].concat();
    Candidate { id: id.to_owned(), builtin, detections, trouble: None }
}

/// The two built-in backends in a project with these files, as they will describe themselves.
fn built_in(conda: &[&str], pip: &[&str]) -> Vec<Candidate> {
    vec![candidate("micromamba", true, conda, &[]), candidate("venv", true, &[], pip)]
}

fn said(value: &str, origin: &str) -> Option<Sourced<String>> {
    Some(Sourced { value: value.to_owned(), origin: origin.to_owned() })
}

fn inputs(candidates: &[Candidate]) -> Inputs<'_> {
    let plugins = Plugins { folder: Some(Path::new("/h/.pyve/plugins")), ..Plugins::default() };
    Inputs {
        flag: None,
        config: None,
        current: None,
        manifest: None,
        by_name: &[],
        by_name_told: &[],
        project: None,
        candidates,
        default: "venv",
        plugins,
    }
}

fn outcome(candidates: &[Candidate]) -> (String, Level, String, Vec<String>) {
    let selection = select(&inputs(candidates)).unwrap();
    let warnings = selection.warnings.iter().map(ToString::to_string).collect();
    (selection.backend, selection.level, selection.why, warnings)
}

fn words(failure: &Failure) -> String {
    [vec![failure.message.clone()], failure.details.clone(), vec![failure.remedy.to_string()]].concat().join("\n")
}

#[test]
fn each_level_beats_those_below() {
    let candidates = built_in(&["environment.yml"], &[]);
    let mut inputs = Inputs {
        flag: Some("venv"),
        config: said("micromamba", ".pyve/config:2"),
        current: said("venv", ".pyve/state/default/current"),
        manifest: said("venv", "pyve.toml:7"),
        ..inputs(&candidates)
    };
    let decided = |inputs: &Inputs<'_>| {
        let selection = select(inputs).unwrap();
        (selection.backend, selection.level, selection.why)
    };
    let expected = |backend: &str, level, why: &str| (backend.to_owned(), level, why.to_owned());
    assert_eq!(decided(&inputs), expected("venv", Level::Flag, "set by `--backend`"));
    inputs.flag = Some("auto");
    assert_eq!(decided(&inputs), expected("micromamba", Level::Config, "set in `.pyve/config:2`"));
    inputs.config = said("auto", ".pyve/config:2");
    assert_eq!(decided(&inputs), expected("venv", Level::Current, "last initialized with it"));
    inputs.current = None;
    assert_eq!(decided(&inputs), expected("venv", Level::Manifest, "set in `pyve.toml:7`"));
    let levels = select(&inputs).unwrap().levels.iter().map(|report| report.level.title()).collect::<Vec<_>>();
    assert_eq!(levels, ["--backend", ".pyve/config", "last initialised", "pyve.toml", "files", "default"]);
    inputs.manifest = None;
    assert_eq!(decided(&inputs), expected("micromamba", Level::Files, "found `environment.yml`"));
    let none = built_in(&[], &[]);
    inputs.candidates = &none;
    assert_eq!(decided(&inputs), expected("venv", Level::Default, "default"));
}

#[test]
fn files_of_an_environments_name_come_before_what_the_whole_project_asks_for() {
    let candidates = built_in(&["environment.yml"], &[]);
    let by_name = [candidate("venv", true, &[], &["requirements-dev.txt"])];
    let told = ["[dependency-groups.dev] in pyproject.toml (venv)".to_owned()];
    let project = said("micromamba", ".pyve/config:1");
    let mut inputs = Inputs { by_name: &by_name, by_name_told: &told, project, ..inputs(&candidates) };
    insta::assert_snapshot!(Explanation::from(&select(&inputs).unwrap()).text(), @r"
    Backend: venv (found `requirements-dev.txt`)
      --backend        not set
      .pyve/config     not set
      last initialised never
    > its own files    [dependency-groups.dev] in pyproject.toml (venv), requirements-dev.txt (venv, generic)
      whole project    micromamba (.pyve/config:1)
      files            environment.yml (micromamba, exclusive)
      default          venv
    ");
    // What is only read chooses nothing.
    inputs.by_name = &[];
    let selection = select(&inputs).unwrap();
    assert_eq!((selection.backend.as_str(), selection.level), ("micromamba", Level::Project));
    inputs.current = said("venv", ".pyve/state/dev/current");
    assert_eq!(select(&inputs).unwrap().level, Level::Current);
}

#[test]
fn files_of_one_backend_choose_it_without_a_word() {
    let pip = outcome(&built_in(&[], &["pyproject.toml", "requirements.txt"]));
    assert_eq!(pip, ("venv".to_owned(), Level::Files, "found `pyproject.toml`".to_owned(), vec![]));
    let conda = outcome(&built_in(&["conda-lock.yml", "environment.yml"], &[]));
    assert_eq!(conda, ("micromamba".to_owned(), Level::Files, "found `conda-lock.yml`".to_owned(), vec![]));
}

#[test]
fn conda_files_beside_pip_files_win_with_a_warning() {
    let (backend, _, _, warnings) = outcome(&built_in(&["environment.yml"], &["pyproject.toml"]));
    assert_eq!(backend, "micromamba");
    assert_eq!(
        warnings,
        [
            "`environment.yml` asks for micromamba, `pyproject.toml` for venv; using micromamba. Run `pyve init --backend \
          micromamba` or `pyve init --backend venv` to select one"
        ]
    );
}

#[test]
fn a_choice_that_was_made_is_not_warned_about() {
    let candidates = built_in(&["environment.yml"], &["pyproject.toml"]);
    let selection = select(&Inputs { config: said("venv", ".pyve/config:1"), ..inputs(&candidates) }).unwrap();
    assert_eq!((selection.backend.as_str(), selection.warnings), ("venv", vec![]));
}

#[test]
fn a_file_that_the_winner_uses_too_is_no_dispute() {
    let mut candidates = built_in(&[], &["pyproject.toml"]);
    candidates.push(candidate("uv", false, &["uv.lock"], &["pyproject.toml"]));
    assert_eq!(outcome(&candidates), ("uv".to_owned(), Level::Files, "found `uv.lock`".to_owned(), vec![]));
    candidates[1] = candidate("venv", true, &[], &["pyproject.toml", "requirements.txt"]);
    assert_eq!(
        outcome(&candidates).3,
        [
            "`uv.lock` asks for uv, `requirements.txt` for venv; using uv. Run `pyve init --backend uv` or `pyve init --backend \
          venv` to select one"
        ]
    );
}

#[test]
fn of_two_exclusive_ones_the_built_in_wins_then_the_id() {
    let mut candidates =
        vec![candidate("pixi", false, &["pixi.toml"], &[]), candidate("hatch", false, &["hatch.toml"], &[])];
    let (backend, _, _, warnings) = outcome(&candidates);
    assert_eq!(backend, "hatch");
    assert_eq!(
        warnings,
        [
            "`hatch.toml` asks for hatch, `pixi.toml` for pixi; using hatch. Run `pyve init --backend hatch` or `pyve init \
          --backend pixi` to select one"
        ]
    );
    candidates.extend(built_in(&["environment.yml"], &[]));
    let (backend, _, _, warnings) = outcome(&candidates);
    assert_eq!((backend.as_str(), warnings.len()), ("micromamba", 2));
}

#[test]
fn generic_files_of_two_go_to_the_built_in() {
    let candidates =
        [candidate("abc", false, &[], &["pyproject.toml"]), candidate("venv", true, &[], &["pyproject.toml"])];
    assert_eq!(outcome(&candidates), ("venv".to_owned(), Level::Files, "found `pyproject.toml`".to_owned(), vec![]));
}

#[test]
fn the_line_that_speaks_is_named() {
    let mut candidates = built_in(&[], &[]);
    let detections = vec![Detection::new("pyproject.toml", Strength::EXCLUSIVE).line(12)];
    candidates.push(Candidate { id: "uv".to_owned(), builtin: false, detections, trouble: None });
    assert_eq!(outcome(&candidates).2, "found `pyproject.toml:12`");
}

#[test]
fn a_name_that_nobody_answers_to_is_an_error() {
    let candidates = built_in(&["environment.yml"], &[]);
    let failure = select(&Inputs { flag: Some("micromanba"), ..inputs(&candidates) }).unwrap_err().failure;
    assert_eq!(failure.code, 2);
    assert_eq!(
        words(&failure),
        "backend `micromanba` not found (`--backend`)\nknown backends: micromamba, venv\nplugins are looked up in \
         `/h/.pyve/plugins`\ndid you mean `--backend micromamba`?"
    );
    let failure =
        select(&Inputs { flag: Some("zzz"), plugins: Plugins::default(), ..inputs(&candidates) }).unwrap_err().failure;
    assert_eq!(
        words(&failure),
        "backend `zzz` not found (`--backend`)\nknown backends: micromamba, venv\nuse one of the known \
         backends, or remove `--backend`"
    );
    let failure =
        select(&Inputs { config: said("Venv", ".pyve/config:3"), ..inputs(&candidates) }).unwrap_err().failure;
    assert_eq!(failure.code, 1);
    assert_eq!(
        words(&failure),
        "backend `Venv` not found (`.pyve/config:3`)\nknown backends: micromamba, venv\nplugins are looked up in \
         `/h/.pyve/plugins`\ndid you mean `backend: venv`? Edit `.pyve/config:3`"
    );
    let failure = select(&Inputs { config: said("", ".pyve/config:3"), ..inputs(&candidates) }).unwrap_err().failure;
    assert_eq!(failure.remedy.to_string(), "use one of the known backends in `.pyve/config:3`, or remove the line");
    let current = said("uv", ".pyve/state/default/current");
    let failure = select(&Inputs { current, ..inputs(&candidates) }).unwrap_err().failure;
    assert_eq!(
        words(&failure),
        "backend `uv` not found (`.pyve/state/default/current`)\nknown backends: micromamba, venv\nplugins are looked up in \
         `/h/.pyve/plugins`\nrun `pyve init --backend venv`"
    );
}

/// A plugin that the settings name in their fifth line.
fn needed(source: Option<&str>, sha256: Option<&str>) -> NeededPlugin {
    let source = source.map(|url| PluginSource::Url(url.to_owned()));
    let (id, origin) = ("fern".to_owned(), ".pyve/config:5".to_owned());
    NeededPlugin { id, origin, source, sha256: sha256.map(str::to_owned) }
}

#[test]
fn what_the_settings_say_of_a_plugin_is_told() {
    let candidates = built_in(&[], &[]);
    let config = || said("fern", ".pyve/config:2");
    let url = Some("https://example.org/fern.so");
    let refused = |needed: &NeededPlugin, unadded: Vec<&Path>| {
        let plugins = Plugins { unadded, needed: vec![needed], ..Plugins::default() };
        let unchosen = select(&Inputs { config: config(), plugins, ..inputs(&candidates) }).unwrap_err();
        assert_eq!(unchosen.missing.as_deref(), Some(needed));
        words(&unchosen.failure)
    };
    let start = "backend `fern` not found (`.pyve/config:2`)\nknown backends: micromamba, venv\n";
    assert_eq!(
        refused(&needed(url, Some("abc")), vec![]),
        format!(
            "{start}`.pyve/config:5` names its plugin: https://example.org/fern.so, SHA-256 abc\n\
             run `pyve plugin add https://example.org/fern.so --sha256 abc`"
        )
    );
    let target = crate::config::TARGET;
    assert_eq!(
        refused(&needed(url, None), vec![]),
        format!(
            "{start}`.pyve/config:5` names its plugin: https://example.org/fern.so, without a SHA-256 for {target}\n\
             run `pyve plugin add https://example.org/fern.so`"
        )
    );
    assert_eq!(
        refused(&needed(None, None), vec![]),
        format!(
            "{start}`.pyve/config:5` names its plugin, not where to get it\n\
             get it from its author, and add it with `pyve plugin add FILE`"
        )
    );
    // One that lies there is at hand, and the hash tells whether it is the one.
    let name = format!("/h/{}pyve_fern{}", std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
    assert_eq!(
        refused(&needed(None, Some("abc")), vec![Path::new(&name)]),
        format!(
            "{start}`{name}` was never added\n`.pyve/config:5` names its plugin: SHA-256 abc\n\
             run `pyve plugin add {name} --sha256 abc`"
        )
    );
    // The nearest name may be one of these.
    let fern = needed(url, None);
    let plugins = || Plugins { needed: vec![&fern], ..Plugins::default() };
    let near = select(&Inputs { flag: Some("fren"), plugins: plugins(), ..inputs(&candidates) }).unwrap_err();
    assert_eq!(near.failure.remedy.to_string(), "did you mean `--backend fern`?");
    assert!(near.missing.is_none());
    // Another backend that is asked for needs none of it.
    assert!(select(&Inputs { flag: Some("venv"), plugins: plugins(), ..inputs(&candidates) }).is_ok());
}

#[test]
fn files_that_may_be_a_missing_plugins_choose_nothing_in_silence() {
    let fern = needed(None, None);
    let chosen = |candidates: &[Candidate], current: &str| {
        let plugins = Plugins { needed: vec![&fern], for_files: Some(&fern), ..Plugins::default() };
        let current = said(current, ".pyve/state/default/current").filter(|said| !said.value.is_empty());
        let selected = select(&Inputs { current, plugins, ..inputs(candidates) });
        selected.map(|selection| selection.backend).map_err(|unchosen| words(&unchosen.failure))
    };
    let refused = |why: &str| {
        Err(format!(
            "this project needs plugin `fern`, which was not added\n\
             `.pyve/config:5` names its plugin, not where to get it\n\
             without it the backend is venv ({why}); `--backend venv` asks for that\n\
             get it from its author, and add it with `pyve plugin add FILE`"
        ))
    };
    assert_eq!(chosen(&built_in(&[], &["requirements.txt"]), ""), refused("found `requirements.txt`"));
    assert_eq!(chosen(&built_in(&[], &[]), ""), refused("default"));
    // A plugin's files do not beat the exclusive ones of a built-in backend, nor what was decided before.
    assert_eq!(chosen(&built_in(&["environment.yml"], &[]), ""), Ok("micromamba".to_owned()));
    assert_eq!(chosen(&built_in(&[], &["requirements.txt"]), "venv"), Ok("venv".to_owned()));
}

#[test]
fn a_level_that_does_not_decide_may_name_a_stranger() {
    let candidates = built_in(&[], &[]);
    let config = said("fern", ".pyve/config:1");
    let selection = select(&Inputs { flag: Some("venv"), config, ..inputs(&candidates) }).unwrap();
    assert_eq!(selection.backend, "venv");
}

#[test]
fn every_level_is_explained() {
    let candidates = built_in(&["environment.yml"], &["pyproject.toml"]);
    let config = said("auto", ".pyve/config:2");
    let selection = select(&Inputs { config, ..inputs(&candidates) }).unwrap();
    let explanation = Explanation::from(&selection);
    insta::assert_snapshot!(explanation.text(), @r"
    Backend: micromamba (found `environment.yml`)
      --backend        not set
      .pyve/config     auto: the next level decides (.pyve/config:2)
      last initialised never
    > files            environment.yml (micromamba, exclusive), pyproject.toml (venv, generic)
      default          venv
    ");
    let json = serde_json::to_value(&explanation).unwrap();
    assert_eq!(json["decided_by"], "files");
    assert_eq!(json["levels"][3]["origins"], serde_json::json!(["environment.yml"]));
    assert_eq!(json["levels"].as_array().unwrap().len(), 5);
    assert_eq!(json["warnings"].as_array().unwrap().len(), 1);
}

mod records {
    use super::*;
    use crate::project::Layout;
    use crate::records::Current;

    #[test]
    fn the_last_backend_is_read_from_its_record() {
        let folder = tempfile::tempdir().unwrap();
        let layout = Layout::new(folder.path(), &Default::default());
        assert_eq!(current(&layout, &Default::default()).unwrap(), None);
        Current::new("venv").save(&layout, &Default::default()).unwrap();
        assert_eq!(current(&layout, &Default::default()).unwrap(), said("venv", ".pyve/state/default/current"));
        assert_eq!(current(&layout, &"dev".parse().unwrap()).unwrap(), None);
    }
}
