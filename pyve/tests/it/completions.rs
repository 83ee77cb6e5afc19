//! Completions in the real shells: commands and options, backends, environments, and programs of an environment.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::home::{Home, Said};

const SHELLS: [&str; 3] = ["bash", "zsh", "fish"];

/// What a shell does that has the hook in the file `$1` and completes the words `$2…`, the last one being typed.
const BASH: &str = r#"source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _pyve pyve
printf '%s\n' "${COMPREPLY[@]}""#;
const ZSH: &str = r#"autoload -Uz compinit && compinit -D && source "$1"; shift
_describe() { print -l -- "${(@P)3}" | sed 's/\([^\\]\):.*/\1/' }
words=("$@"); CURRENT=$#; _pyve"#;
const FISH: &str = r#"source $argv[1]; complete -C (string join -- ' ' $argv[2..]) | string replace --regex '\t.*' ''"#;

/// A home with the hook of every shell, and a project with two environments.
struct Place {
    home: Home,
}

impl Place {
    fn new() -> Self {
        let home = Home::new();
        for shell in SHELLS {
            let said = home.pyve(&format!("completions {shell}"));
            assert_eq!((said.code, said.stderr.as_str()), (0, ""));
            fs::write(home.home.join(shell), &said.stdout).unwrap();
        }
        Self { home }
    }

    fn with_environments() -> Self {
        let place = Self::new();
        let project = &place.home.project;
        for (prefix, line) in [(".venv", "init --no-direnv"), (".pyve/envs/dev", "init --env dev --no-direnv")] {
            // Taken over by `init`. Without pip it is there in no time.
            let mut python = place.home.command("python3");
            python.args(["-I", "-m", "venv", "--without-pip"]).arg(project.join(prefix));
            assert_eq!(place.home.said(&mut python).code, 0);
            let said = place.home.pyve(line);
            assert_eq!(said.code, 0, "{}", said.whole());
        }
        place
    }

    fn shell(&self, shell: &str, script: &str, words: &[&str]) -> Said {
        let pyve = Path::new(env!("CARGO_BIN_EXE_pyve")).parent().unwrap();
        let path = format!("{}:{}", pyve.display(), std::env::var("PATH").unwrap());
        let mut command = self.home.command(shell);
        command.env("PATH", path).args(["-c", script]);
        if shell != "fish" {
            command.arg(shell);
        }
        self.home.said(command.arg(self.home.home.join(shell)).args(words))
    }

    /// What every shell offers for the last word, in alphabetical order; all of them offer the same.
    #[track_caller]
    fn offered(&self, words: &[&str]) -> Vec<String> {
        let offered = SHELLS.map(|shell| {
            let script = match shell {
                "bash" => BASH,
                "zsh" => ZSH,
                _ => FISH,
            };
            let said = self.shell(shell, script, words);
            assert_eq!(said.stderr, "", "{shell}");
            let mut lines: Vec<String> =
                said.stdout.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect();
            lines.sort();
            lines
        });
        assert_eq!(offered[0], offered[1], "bash and zsh");
        assert_eq!(offered[0], offered[2], "bash and fish");
        offered[0].clone()
    }
}

#[test]
fn every_shell_loads_its_completions() {
    let place = Place::new();
    for (shell, check, wanted) in [
        ("bash", "source \"$1\" && complete -p pyve", "complete -o bashdefault -F _pyve pyve"),
        ("zsh", "autoload -Uz compinit && compinit -D && source \"$1\" && print $_comps[pyve]", "_pyve"),
        ("fish", "source $argv[1]; complete -C 'pyve shell-'", "shell-hook"),
    ] {
        let loaded = place.shell(shell, check, &[]);
        assert_eq!((loaded.code, loaded.stderr.as_str()), (0, ""), "{shell}");
        assert!(loaded.stdout.starts_with(wanted), "{shell}: {}", loaded.stdout);
    }
}

#[test]
fn zsh_completes_where_it_finds_the_file_by_itself() {
    let place = Place::new();
    fs::create_dir(place.home.home.join("functions")).unwrap();
    fs::copy(place.home.home.join("zsh"), place.home.home.join("functions/_pyve")).unwrap();
    let script = r#"fpath=(~/functions $fpath); autoload -Uz compinit && compinit -D
        _describe() { print -l -- "${(@P)3}" }
        words=(pyve shell-); CURRENT=2; _pyve"#;
    let said = place.shell("zsh", script, &[]);
    assert!(said.stdout.starts_with("shell-hook:"), "{}", said.whole());
}

#[test]
fn commands_and_options_are_offered() {
    let place = Place::new();
    assert_eq!(place.offered(&["pyve", "pu"]), ["purge"]);
    assert_eq!(place.offered(&["pyve", "doctor", "--st"]), ["--strict"]);
    assert_eq!(place.offered(&["pyve", "plugin", "tr"]), ["trust"]);
    assert_eq!(place.offered(&["pyve", "--color", "a"]), ["always", "auto"]);
    assert_eq!(place.offered(&["pyve", "python", "un"]), ["uninstall"]);
    assert_eq!(place.offered(&["pyve", "python", "install", "3.13"]).len(), 1);
    let platform = pyve_pythons::builds::Platform::here().unwrap();
    let build = place.home.home.join(format!(".pyve/pythons/cpython-3.12.1-{platform}/bin/python3"));
    fs::create_dir_all(build.parent().unwrap()).unwrap();
    fs::write(build, "").unwrap();
    assert_eq!(place.offered(&["pyve", "python", "uninstall", "3"]), ["3.12.1"]);
}

#[test]
fn backends_environments_and_programs_are_offered_where_they_are_wanted() {
    let place = Place::with_environments();
    fs::write(place.home.project.join("notes.txt"), "").unwrap();
    let before = pyve_testkit::tree(&place.home.project, &[]);
    for command in ["init", "run", "activate", "doctor"] {
        assert_eq!(place.offered(&["pyve", command, "--backend", ""]), ["auto", "micromamba", "venv"], "{command}");
        assert_eq!(place.offered(&["pyve", command, "--env", "d"]), ["default", "dev"], "{command}");
        assert_eq!(place.offered(&["pyve", command, "--env", "dev"]), ["dev"], "{command}");
    }
    for option in ["--from", "--to"] {
        assert_eq!(place.offered(&["pyve", "migrate", option, "v"]), ["venv"], "{option}");
    }
    for (command, option) in
        [("migrate", "--env"), ("purge", "--env"), ("config", "--env"), ("lock", "--env"), ("init", "--direnv-env")]
    {
        assert_eq!(place.offered(&["pyve", command, option, "d"]), ["default", "dev"], "{command}");
    }
    assert_eq!(place.offered(&["pyve", "activate", "d"]), ["default", "dev"]);
    let behind_the_sign = |words: &[&str]| place.shell("bash", BASH, words).stdout;
    assert_eq!(behind_the_sign(&["pyve", "run", "--env", "=", "de"]), "default\ndev\n");
    assert_eq!(behind_the_sign(&["pyve", "run", "--env", "="]), "default\ndev\n");
    assert_eq!(place.shell("bash", BASH, &["pyve", "run", "--env=dev", "pytho"]).stdout.lines().next(), Some("python"));
    assert_eq!(behind_the_sign(&["pyve", "run", "--env", "=", "dev", "activa"]), "\n");
    assert_eq!(place.offered(&["pyve", "run", "activate"]), [""; 0]);
    assert!(place.offered(&["pyve", "run", "pyth"]).contains(&"python".to_owned()));
    assert!(place.offered(&["pyve", "run", "--env", "dev", "pyth"]).contains(&"python".to_owned()));
    assert_eq!(pyve_testkit::tree(&place.home.project, &[]), before, "nothing is written");
    let before_it_runs = place.offered(&["pyve", "run", "p"]);
    assert_eq!(place.home.pyve("run python -c pass").code, 0);
    assert_eq!(place.offered(&["pyve", "run", "p"]), before_it_runs);
    // The words of a command are files, and what looks like an option is not pyve's.
    assert_eq!(place.offered(&["pyve", "run", "python", "no"]), ["notes.txt"]);
    assert_eq!(place.offered(&["pyve", "run", "--", "python", "no"]), ["notes.txt"]);
    assert_eq!(place.offered(&["pyve", "run", "python", "--qu"]), [""; 0]);
}

/// What a stranger calls a file is no command of the user's.
#[test]
fn names_of_files_are_quoted_where_the_shell_does_not_see_to_it() {
    let place = Place::new();
    let project = &place.home.project;
    let inserted = r#"source "$1"; COMP_WORDS=(pyve run ls x); COMP_CWORD=3; _pyve ./pyve
        for reply in "${COMPREPLY[@]}"; do eval "printf '<%s>\n' $reply"; done"#;
    for name in ["x $(touch sprung)", "x;touch sprung", "x*", "x'\"y", "x\ntouch sprung", "x\u{1b}[2J"] {
        fs::write(project.join(name), "").unwrap();
    }
    fs::write(project.join("pyve"), "#!/bin/sh\ntouch sprung\n").unwrap();
    fs::set_permissions(project.join("pyve"), PermissionsExt::from_mode(0o755)).unwrap();
    let said = place.shell("bash", inserted, &[]);
    let mut lines: Vec<&str> = said.stdout.lines().collect();
    lines.sort_unstable();
    assert_eq!(lines, ["<x $(touch sprung)>", "<x'\"y>", "<x*>", "<x;touch sprung>"], "{}", said.whole());
    let zsh = r#"autoload -Uz compinit && compinit -D && source "$1"; _describe() { : }; words=(./pyve run ls x); CURRENT=4; _pyve"#;
    assert_eq!(place.shell("zsh", zsh, &[]).code, 0);
    assert!(!project.join("sprung").exists());
}

#[test]
fn where_there_is_no_project_there_are_no_environments() {
    let place = Place::new();
    assert_eq!(place.offered(&["pyve", "run", "--env", ""]), [""; 0]);
    assert_eq!(place.offered(&["pyve", "run", "pyth"]), [""; 0]);
}

#[test]
fn another_shell_is_wrong_usage() {
    assert_eq!(Home::new().pyve("completions tcsh").code, 2);
}
