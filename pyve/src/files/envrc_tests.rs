//! The block, read by the real direnv.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

use pyve_plugin_api::OsText;
use tempfile::TempDir;

use super::*;

type Variables = BTreeMap<String, Option<String>>;

struct Project {
    _folder: TempDir,
    home: PathBuf,
    root: PathBuf,
}

impl Project {
    fn new(name: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let top = folder.path().canonicalize().unwrap();
        let (home, root) = (top.join("home"), top.join("code").join(name));
        fs::create_dir_all(&home).unwrap();
        fs::create_dir_all(root.join("src/deep")).unwrap();
        fs::create_dir_all(root.join(".e/bin")).unwrap();
        Self { _folder: folder, home, root }
    }

    fn launch(&self) -> Launch {
        let prefix = self.root.join(".e");
        Launch::new()
            .path(prefix.join("bin"))
            .env("VIRTUAL_ENV", &prefix)
            .env_remove("PYTHONHOME")
            .deactivate("VIRTUAL_ENV")
    }

    fn write(&self, launch: &Launch, name: &str) {
        let prompt = crate::files::prompt::prefix("({backend}:{env_name})", "b", name);
        let prefix = self.root.join(".e");
        let entering =
            Entering { root: &self.root, prefix: &prefix, launch, backend: "b", name, prompt: Some(&prompt) };
        update(&self.root, &block(&entering), false).unwrap();
    }

    fn direnv(&self, args: &[&OsStr], folder: &Path, set: &[(&str, &str)]) -> Output {
        let path = std::env::var_os("PATH").unwrap();
        let mut command = Command::new("direnv");
        command.args(args).current_dir(folder).env_clear().env("HOME", &self.home).env("PATH", path);
        command.envs(set.iter().copied()).output().expect("direnv is installed")
    }

    /// What direnv sets and removes in a folder of the project.
    fn entered(&self, below: &str, set: &[(&str, &str)]) -> Variables {
        let rc = self.root.join(FILE);
        let allowed = self.direnv(&["allow".as_ref(), rc.as_os_str()], &self.root, &[]);
        assert!(allowed.status.success(), "{allowed:?}");
        let output = self.direnv(&["export".as_ref(), "json".as_ref()], &self.root.join(below), set);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success() && !said.contains("error") && !said.contains("not found"), "{said}");
        serde_json::from_slice(&output.stdout).unwrap()
    }

    fn shown(&self, below: &str) -> String {
        self.root.join(below).display().to_string()
    }
}

fn value<'a>(variables: &'a Variables, name: &str) -> Option<&'a str> {
    variables.get(name).and_then(|value| value.as_deref())
}

#[test]
fn it_is_right_in_subfolders_and_under_hostile_names() {
    for name in ["plain", "it's; touch hacked #", "50%!x", "ünï and spaces"] {
        let project = Project::new(name);
        project.write(&project.launch(), name);
        for below in ["", "src/deep"] {
            let variables = project.entered(below, &[("PYTHONHOME", "/x")]);
            assert_eq!(value(&variables, "VIRTUAL_ENV").unwrap(), project.shown(".e"));
            assert!(value(&variables, "PATH").unwrap().starts_with(&format!("{}:", project.shown(".e/bin"))));
            assert_eq!(variables["PYTHONHOME"], None);
            assert_eq!(
                (value(&variables, "PYVE_BACKEND"), value(&variables, "PYVE_ENV_NAME")),
                (Some("b"), Some(name))
            );
            assert!(!value(&variables, "PYVE_PROMPT_PREFIX").unwrap().contains(['$', '`', '\n', '\\', '%']));
            assert!(!variables.contains_key("PS1") && !variables.keys().any(|name| name.starts_with("pyve_")));
        }
        assert!(!project.root.join("hacked").exists() && !project.root.join("src/deep/hacked").exists());
    }
}

/// direnv 2.32 pastes the folder's name between double quotes, so it cannot open a project that is
/// called `$(…)` at all. What is ours to get right is shown by bash with direnv's own functions.
#[test]
fn names_that_direnv_itself_stumbles_over_are_data_to_the_block() {
    for name in ["$(touch hacked) `touch hacked`", "a\"b;touch hacked;\"", "two\nlines\\n", "${HOME}"] {
        let project = Project::new(name);
        project.write(&project.launch(), name);
        let script = "eval \"$(direnv stdlib)\"; direnv=direnv; watch_file() { :; }; cd \"$1\" && . ./.envrc && env -0";
        let mut command = Command::new("bash");
        command.args(["-c", script, "bash"]).arg(&project.root).current_dir(&project.home).env_clear();
        let command = command.env("HOME", &project.home).env("PATH", std::env::var_os("PATH").unwrap());
        let output = command.output().unwrap();
        assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
        let text = String::from_utf8(output.stdout).unwrap();
        let variables: BTreeMap<&str, &str> = text.split('\0').filter_map(|line| line.split_once('=')).collect();
        assert_eq!(variables["VIRTUAL_ENV"], project.shown(".e"));
        assert_eq!(variables["PYVE_ENV_NAME"], name);
        assert!(variables["PATH"].starts_with(&format!("{}:", project.shown(".e/bin"))));
        assert!(!project.root.join("hacked").exists() && !project.home.join("hacked").exists());
    }
}

#[test]
fn it_follows_the_project_to_another_folder() {
    let mut project = Project::new("old");
    project.write(&project.launch(), "old");
    let new = project.root.with_file_name("new");
    fs::rename(&project.root, &new).unwrap();
    project.root = new;
    assert_eq!(value(&project.entered("", &[]), "VIRTUAL_ENV").unwrap(), project.shown(".e"));
}

#[test]
fn dotenv_is_loaded_where_there_is_one() {
    let project = Project::new("p");
    project.write(&project.launch(), "p");
    assert!(!project.entered("", &[]).contains_key("TOKEN"));
    fs::write(project.root.join(".env"), "").unwrap();
    assert!(!project.entered("", &[]).contains_key("TOKEN"));
    fs::write(project.root.join(".env"), "TOKEN='a $HOME b'\n").unwrap();
    assert_eq!(value(&project.entered("src", &[]), "TOKEN"), Some("a $HOME b"));
}

#[test]
fn what_is_called_dotenv_and_is_no_file_is_not_waited_for() {
    let project = Project::new("p");
    project.write(&project.launch(), "p");
    let file = project.root.join(".env");
    fs::create_dir(&file).unwrap();
    fs::write(file.join("pyvenv.cfg"), "").unwrap();
    assert!(value(&project.entered("", &[]), "VIRTUAL_ENV").is_some());
    fs::remove_dir_all(&file).unwrap();
    assert!(Command::new("mkfifo").arg(&file).status().unwrap().success());
    assert!(value(&project.entered("", &[]), "VIRTUAL_ENV").is_some());
}

#[test]
fn an_outer_environment_does_not_leak_in() {
    let project = Project::new("p");
    project.write(&project.launch(), "p");
    let path = format!("/outer env/bin:/outer environment:{}:/outer env", std::env::var("PATH").unwrap());
    let variables = project.entered("", &[("VIRTUAL_ENV", "/outer env/"), ("PATH", &path)]);
    let path = value(&variables, "PATH").unwrap();
    assert!(!path.contains("/outer env/bin") && !path.ends_with(":/outer env"), "{path}");
    assert!(path.starts_with(&format!("{}:/outer environment:", project.shown(".e/bin"))), "{path}");
}

#[test]
fn environments_that_nest_are_counted() {
    let project = Project::new("p");
    let mut launch = Launch::new().env("E_PREFIX", project.root.join(".e")).path(project.root.join(".e/bin"));
    launch.nesting = Some(Nesting::new("E_LEVEL", "E_PREFIX")).into();
    project.write(&launch, "p");
    let fresh = project.entered("", &[]);
    assert_eq!((value(&fresh, "E_LEVEL"), value(&fresh, "E_PREFIX_0")), (Some("1"), None));
    for odd in ["", "x; touch hacked", "-1", "99999999999999999999"] {
        assert_eq!(value(&project.entered("", &[("E_LEVEL", odd)]), "E_LEVEL"), Some("1"), "{odd}");
    }
    let path = format!("/outer/bin:{}", std::env::var("PATH").unwrap());
    let inner = project.entered("", &[("E_LEVEL", "2"), ("E_PREFIX", "/outer"), ("PATH", &path)]);
    assert_eq!((value(&inner, "E_LEVEL"), value(&inner, "E_PREFIX_2")), (Some("3"), Some("/outer")));
    assert!(!value(&inner, "PATH").unwrap().contains("/outer/bin"));
}

#[test]
fn scripts_run_once_everything_is_set_even_for_those_who_are_strict() {
    let project = Project::new("p");
    fs::write(project.root.join(FILE), "set -euo pipefail\n").unwrap();
    let script = project.root.join(".e/it's.sh");
    fs::write(&script, "export SEEN=\"$VIRTUAL_ENV$NOT_SET\"\n").unwrap();
    let mut launch = project.launch();
    launch.scripts = vec![OsText::from(&script), OsText::from("/not/there.sh")].into();
    project.write(&launch, "p");
    assert_eq!(value(&project.entered("", &[]), "SEEN").unwrap(), project.shown(".e"));
}

#[test]
fn scripts_that_fail_midway_are_followed_by_the_rest() {
    let project = Project::new("p");
    fs::write(project.root.join(FILE), "set -e\n").unwrap();
    let script = project.root.join(".e/fails.sh");
    fs::write(&script, "export SEEN=1\nfalse\n[ -n \"$NOT_SET\" ] && export SEEN=2\n").unwrap();
    let mut launch = project.launch();
    launch.scripts = vec![OsText::from(&script)].into();
    project.write(&launch, "p");
    let variables = project.entered("", &[]);
    assert_eq!((value(&variables, "SEEN"), value(&variables, "PYVE_BACKEND")), (Some("1"), Some("b")));
}

/// How often a folder is on PATH.
fn times(variables: &Variables, folder: &str) -> usize {
    value(variables, "PATH").unwrap().split(':').filter(|entry| *entry == folder).count()
}

#[test]
fn folders_behind_path_are_there_once_and_last() {
    let project = Project::new("it's here");
    let more = project.root.join("more");
    let launch = project.launch().append_path(&more).append_path(project.root.join(".e/bin")).append_path(&more);
    let mut launch = launch.append_path("/usr/bin");
    launch.path_append.push(pyve_plugin_api::PathEntry::below("TOOLS", "of mine"));
    project.write(&launch, "e");
    let path = |set: &[(&str, &str)]| value(&project.entered("", set), "PATH").unwrap().to_owned();
    let own = project.shown(".e/bin");
    let (first, last) = (format!("{own}:"), format!(":{}", more.display()));
    let plain = path(&[]);
    assert!(plain.starts_with(&first) && plain.ends_with(&last) && plain.matches(&own).count() == 1, "{plain}");
    assert!(path(&[("TOOLS", "/opt/x")]).ends_with(&format!("{last}:/opt/x/of mine")));
    assert!(!project.entered("", &[]).contains_key("pyve_folder"));
}

#[test]
fn what_scripts_put_on_path_is_there_once() {
    let project = Project::new("p");
    let script = project.root.join(".e/path.sh");
    fs::write(&script, "export PATH=\"$VIRTUAL_ENV/tools:$PATH\"; export KEPT=\"$A\"; export A=2\n").unwrap();
    let plain = project.launch().env("A", "1");
    let mut captured = plain.clone().path(project.root.join(".e/tools")).env("A", "2");
    captured.scripts = vec![OsText::from(&script)].into();
    project.write(&captured, "p");
    assert_eq!(times(&project.entered("", &[]), &project.shown(".e/tools")), 1);
    // With the launch that is for a shell the scripts find what they would find without pyve.
    captured = captured.shell(plain.clone());
    project.write(&captured, "p");
    let variables = project.entered("", &[]);
    assert_eq!(times(&variables, &project.shown(".e/tools")), 1);
    assert_eq!((value(&variables, "KEPT"), value(&variables, "A")), (Some("1"), Some("2")));
}

#[test]
fn behind_a_wrapper_a_shell_gets_the_launch_that_is_for_it() {
    let project = Project::new("p");
    let mut wrapped = Launch::new();
    wrapped.wrapper = vec![OsText::from("/bin/wrapper"), OsText::from("run")].into();
    wrapped = wrapped.shell(project.launch());
    project.write(&wrapped, "p");
    assert_eq!(value(&project.entered("src", &[]), "VIRTUAL_ENV").unwrap(), project.shown(".e"));
}

#[test]
fn values_are_data_and_folders_below_a_variable_wait_for_it() {
    let project = Project::new("p");
    let hostile = "$(touch hacked)\n'\"; touch hacked #";
    let launch = project.launch().env("DATA", hostile).env("BAD NAME=$(id)\n", "x").path_below("TOOL HOME", "x");
    project.write(&launch.clone().path_below("TOOL_HOME", "b in"), "p");
    let variables = project.entered("", &[("TOOL_HOME", "/tool")]);
    assert_eq!(value(&variables, "DATA"), Some(hostile));
    let wanted = format!("{}:/tool/b in:", project.shown(".e/bin"));
    assert!(value(&variables, "PATH").unwrap().starts_with(&wanted));
    assert!(!value(&project.entered("", &[]), "PATH").unwrap().contains("b in"));
    assert!(!project.root.join("hacked").exists());
}

#[test]
fn a_missing_environment_is_said_and_what_to_type() {
    let project = Project::new("p");
    project.write(&project.launch(), "p");
    fs::remove_dir_all(project.root.join(".e")).unwrap();
    let rc: OsString = project.root.join(FILE).into();
    project.direnv(&["allow".as_ref(), &rc], &project.root, &[]);
    let output = project.direnv(&["export".as_ref(), "json".as_ref()], &project.root, &[]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("pyve: the environment is missing; make it with: pyve init"), "{said}");
}

#[test]
fn what_the_user_wrote_stays_and_the_old_tools_lines_go() {
    let project = Project::new("p");
    let file = project.root.join(FILE);
    fs::write(&file, "export MINE=1\nexport VIRTUAL_ENV=\"$PWD/.e\"\nexport PATH=\".e/bin:$PATH\"").unwrap();
    assert!(is_of_bash_pyve(&project.root).unwrap());
    assert_eq!(update(&project.root, b"export NEW=1", true).unwrap(), Change::Updated);
    assert_eq!(update(&project.root, b"export NEW=1", true).unwrap(), Change::Unchanged);
    let wanted = "export MINE=1\n# >>> pyve >>>\nexport NEW=1\n# <<< pyve <<<\n";
    assert_eq!(fs::read_to_string(&file).unwrap(), wanted);
    block_file::remove(&own_file(&project.root, FILE).unwrap()).unwrap();
    assert_eq!(fs::read_to_string(&file).unwrap(), "export MINE=1\n");
    assert!(!is_of_bash_pyve(&project.root).unwrap());
}

#[test]
fn the_block_as_a_whole() {
    let launch = Launch::new().path("/p/.e/bin").env("E", "/p/.e").deactivate("E");
    let (root, prefix) = (Path::new("/p"), Path::new("/p/.e"));
    let entering = Entering { root, prefix, launch: &launch, backend: "b", name: "p", prompt: None };
    let text = String::from_utf8(block(&entering)).unwrap();
    insta::assert_snapshot!(text.replace(LEAVE, "…\n"), @r#"
    # Written by `pyve init`, which replaces these lines. Your own belong outside of the marks.
    [ -d "$PWD"'/.e' ] || log_error 'pyve: the environment is missing; make it with: pyve init'
    …
    pyve_leave E
    unset -f pyve_leave
    export E="$PWD"'/.e'
    PATH="$PWD"'/.e/bin':"$PATH"
    export PATH
    export PYVE_BACKEND='b'
    export PYVE_ENV_NAME='p'
    unset PYVE_PROMPT_PREFIX
    watch_file .env
    if [ -f .env ] && [ -s .env ]; then dotenv .env; fi
    "#);
}
