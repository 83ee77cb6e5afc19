//! The prompt of real shells at a real terminal.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::home::Home;

const HOSTILE: &str = r"(x:$(touch hacked)`touch hacked`\u\w\$(touch hacked)%n%F{red}${HOME}!!%)";

/// What stands in front of the prompt at first and after each line.
fn prompts(home: &Home, shell: &[&str], lines: &[&str]) -> Vec<String> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/terminal.py");
    let mut command: Command = home.command("python3");
    command.arg(script).args(shell).env("PYVE", env!("CARGO_BIN_EXE_pyve")).env("HOSTILE", HOSTILE);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(serde_json::to_string(lines).unwrap().as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(!home.project.join("hacked").exists(), "a prompt ran a command");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// A home whose project has an environment, and what a startup file says so that `pyve` is found.
fn with_environment() -> (Home, String) {
    let home = Home::new();
    let mut python = home.command("python3");
    python.args(["-I", "-m", "venv", "--without-pip"]).arg(home.project.join(".venv"));
    assert_eq!(home.said(&mut python).code, 0);
    let folder = Path::new(env!("CARGO_BIN_EXE_pyve")).parent().unwrap();
    (home, format!("export PATH=\"{}:$PATH\"", folder.display()))
}

fn bash(rc: &str, lines: &[&str]) -> Vec<String> {
    in_bash(&Home::new(), rc, lines)
}

fn in_bash(home: &Home, rc: &str, lines: &[&str]) -> Vec<String> {
    let file = home.home.join("rc");
    fs::write(&file, format!("PS1='READY> '\n{rc}\neval \"$(\"$PYVE\" shell-hook bash)\"\n")).unwrap();
    prompts(home, &["bash", "--noprofile", "--noediting", "--rcfile", file.to_str().unwrap(), "-i"], lines)
}

fn zsh(rc: &str, lines: &[&str]) -> Vec<String> {
    in_zsh(&Home::new(), rc, lines)
}

fn in_zsh(home: &Home, rc: &str, lines: &[&str]) -> Vec<String> {
    let rc =
        format!("unsetopt zle prompt_sp prompt_cr\nPROMPT='READY> '\n{rc}\neval \"$(\"$PYVE\" shell-hook zsh)\"\n");
    fs::write(home.home.join(".zshrc"), rc).unwrap();
    prompts(home, &["zsh", "-d", "-i"], lines)
}

fn fish(rc: &str, lines: &[&str]) -> Vec<String> {
    in_fish(&Home::new(), rc, lines)
}

fn in_fish(home: &Home, rc: &str, lines: &[&str]) -> Vec<String> {
    let folder = home.home.join(".config/fish");
    fs::create_dir_all(&folder).unwrap();
    let prompt = "function fish_prompt; test $status = 0; or echo -n failed; echo -n 'READY> '; end";
    fs::write(folder.join("config.fish"), format!("{prompt}\n{rc}\n$PYVE shell-hook fish | source\n")).unwrap();
    prompts(home, &["fish", "-i"], lines)
}

const SET: &str = "export PYVE_PROMPT_PREFIX='(b:p)'";
const SET_HOSTILE: &str = "export PYVE_PROMPT_PREFIX=\"$HOSTILE\"";
const UNSET: &str = "unset PYVE_PROMPT_PREFIX";

/// The prompt says which environment was activated, unless the user says that it shall say nothing.
#[test]
fn every_shell_shows_what_is_active() {
    type InShell = fn(&Home, &str, &[&str]) -> Vec<String>;
    for (run, disable, enable) in [
        (in_bash as InShell, "export VIRTUAL_ENV_DISABLE_PROMPT=1", "unset VIRTUAL_ENV_DISABLE_PROMPT"),
        (in_zsh, "export VIRTUAL_ENV_DISABLE_PROMPT=1", "unset VIRTUAL_ENV_DISABLE_PROMPT"),
        (in_fish, "set -gx VIRTUAL_ENV_DISABLE_PROMPT 1", "set -e VIRTUAL_ENV_DISABLE_PROMPT"),
    ] {
        let (home, rc) = with_environment();
        let shown = run(&home, &rc, &["pyve activate", disable, enable, "pyve deactivate"]);
        assert_eq!(shown, ["", "(venv:project) ", "", "(venv:project) ", ""], "{disable}");
    }
}

#[test]
fn bash_shows_it_once_and_takes_it_away() {
    let again = "eval \"$(\"$PYVE\" shell-hook bash)\"";
    let shown = bash("", &[SET, again, SET_HOSTILE, UNSET]);
    assert_eq!(shown, ["", "(b:p) ", "(b:p) ", &format!("{HOSTILE} "), ""]);
}

#[test]
fn bash_themes_and_commands_before_each_prompt_keep_working() {
    for rc in [
        "PROMPT_COMMAND=\"PS1='\\$? READY> ';\"",
        "theme() { local code=$?; PS1=\"$code READY> \"; }; PROMPT_COMMAND=(theme)",
        "set -u; theme() { PS1='$? READY> '; }; PROMPT_COMMAND=theme",
    ] {
        let shown = bash(rc, &[SET, "(exit 3)", UNSET]);
        assert_eq!(shown, ["0 ", "(b:p) 0 ", "(b:p) 3 ", "0 "], "{rc}");
    }
}

#[test]
fn bash_without_expansion_shows_nothing() {
    assert_eq!(bash("shopt -u promptvars", &[SET_HOSTILE, UNSET]), ["", "", ""]);
}

#[test]
fn zsh_shows_it_once_and_takes_it_away() {
    let again = "eval \"$(\"$PYVE\" shell-hook zsh)\"";
    for options in ["", "setopt prompt_subst", "setopt prompt_bang prompt_subst ksh_arrays"] {
        let shown = zsh(options, &[SET, again, SET_HOSTILE, UNSET]);
        assert_eq!(shown, ["", "(b:p) ", "(b:p) ", &format!("{HOSTILE} "), ""], "{options}");
    }
}

#[test]
fn zsh_themes_keep_working() {
    let rc = "theme() { PROMPT='%? READY> ' }; autoload -Uz add-zsh-hook; add-zsh-hook precmd theme";
    assert_eq!(zsh(rc, &[SET, "(exit 3)", UNSET]), ["0 ", "(b:p) 0 ", "(b:p) 3 ", "0 "]);
}

#[test]
fn fish_shows_it_once_and_takes_it_away() {
    let (set, hostile) = ("set -gx PYVE_PROMPT_PREFIX '(b:p)'", "set -gx PYVE_PROMPT_PREFIX $HOSTILE");
    let again = "$PYVE shell-hook fish | source";
    let shown = fish("", &[set, again, hostile, "false", "set -e PYVE_PROMPT_PREFIX"]);
    let odd = format!("{HOSTILE} ");
    assert_eq!(shown, ["", "(b:p) ", "(b:p) ", &odd, &format!("{odd}failed"), ""]);
}

#[test]
fn another_shell_is_wrong_usage() {
    let said = Home::new().pyve("shell-hook tcsh");
    assert_eq!(said.code, 2);
    assert!(said.stderr.contains("invalid value `tcsh` for `<SHELL>`"), "{}", said.stderr);
    let said = Home::new().pyve("shell-hook nu");
    assert!(said.stderr.contains("hint: did you mean `nushell`?"), "{}", said.stderr);
}
