//! The command gets what was meant for it, and its end is pyve's end.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::process::ExitStatusExt;
use std::process::Stdio;

use super::place::{Place, text};

#[test]
fn every_exit_code_is_the_commands_own() {
    let place = Place::bare();
    for code in 0..=255 {
        let output = place.run(&["sh", "-c", &format!("exit {code}")]);
        assert_eq!(output.status.code(), Some(code));
        assert_eq!((output.stdout, output.stderr), (vec![], vec![]), "pyve says nothing of its own");
    }
}

#[test]
fn a_command_that_dies_of_a_signal_dies_so_for_the_caller() {
    let place = Place::bare();
    for signal in [1, 2, 3, 6, 9, 11, 13, 15] {
        let output = place.run(&["sh", "-c", &format!("kill -{signal} $$")]);
        assert_eq!(output.status.signal(), Some(signal));
    }
}

#[test]
fn signals_sent_to_pyve_reach_the_command() {
    let place = Place::bare();
    for (signal, name) in [(rustix::process::Signal::TERM, "TERM"), (rustix::process::Signal::INT, "INT")] {
        let script = format!("trap 'echo caught; exit 5' {name}; echo ready; while :; do sleep 0.05; done");
        let mut command = place.pyve(&["run", "sh", "-c", &script]);
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        assert_eq!(lines.next().unwrap().unwrap(), "ready");
        rustix::process::kill_process(rustix::process::Pid::from_child(&child), signal).unwrap();
        assert_eq!(lines.next().unwrap().unwrap(), "caught");
        assert_eq!(child.wait().unwrap().code(), Some(5));
    }
}

#[test]
fn a_broken_pipe_ends_the_command_as_usual() {
    let place = Place::bare();
    let output = place.run(&["sh", "-c", "(yes; echo $? >&2) | head -n 1"]);
    assert_eq!((text(&output.stdout), text(&output.stderr)), ("y\n".to_owned(), "141\n".to_owned()));
}

#[test]
fn arguments_arrive_byte_by_byte() {
    let place = Place::bare();
    let odd: [&[u8]; 9] = [b"a\nb", b"", b"$(id)", b"\xff\xfe", b"--", b"--backend", b"-C", b"--help", b"'\"\\ "];
    let mut command = place.pyve(&["run", "printf", "%s|"]);
    let output = command.args(odd.map(OsStr::from_bytes)).output().unwrap();
    let expected: Vec<u8> = odd.iter().flat_map(|arg| [*arg, b"|"].concat()).collect();
    assert_eq!(output.stdout, expected);
}

#[test]
fn options_behind_the_command_are_the_commands() {
    let place = Place::bare();
    for words in [
        &["echo", "--env", "x", "-q"][..],
        &["--", "echo", "--env", "x", "-q"],
        &["--backend", "venv", "echo", "--env", "x", "-q"],
        &["--backend=auto", "--env=default", "--", "echo", "--env", "x", "-q"],
        &["-q", "echo", "--env", "x", "-q"],
    ] {
        let output = place.run(words);
        assert_eq!(text(&output.stdout), "--env x -q\n", "{words:?} {}", text(&output.stderr));
    }
}

#[test]
fn standard_input_is_left_to_the_command() {
    let place = Place::bare();
    let mut child = place.pyve(&["run", "cat"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(b"one\ntwo\0three").unwrap();
    assert_eq!(child.wait_with_output().unwrap().stdout, b"one\ntwo\0three");
}

#[test]
fn the_working_folder_is_kept() {
    let place = Place::bare();
    let deep = place.project.join("a/b/c");
    std::fs::create_dir_all(&deep).unwrap();
    let output = place.pyve(&["run", "pwd"]).current_dir(&deep).output().unwrap();
    assert_eq!(text(&output.stdout), format!("{}\n", deep.display()));
    let output = place.pyve(&["-C", "a", "-C", "b", "run", "pwd"]).output().unwrap();
    assert_eq!(text(&output.stdout), format!("{}\n", place.project.join("a/b").display()));
    let script = deep.join("here.sh");
    std::fs::write(&script, "#!/bin/sh\necho here\n").unwrap();
    std::fs::set_permissions(&script, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let output = place.pyve(&["run", "./here.sh"]).current_dir(&deep).output().unwrap();
    assert_eq!(text(&output.stdout), "here\n");
}

#[cfg(target_os = "linux")]
#[test]
fn no_open_file_is_handed_down() {
    let place = Place::bare();
    let plain = std::process::Command::new("/bin/ls").arg("/proc/self/fd").env_clear().output().unwrap();
    assert_eq!(text(&place.run(&["ls", "/proc/self/fd"]).stdout), text(&plain.stdout));
}

#[test]
fn a_script_without_a_first_line_is_the_shells() {
    let place = Place::bare();
    place.program("plain", "echo \"plain $1\"\n");
    assert_eq!(text(&place.run(&["plain", "one"]).stdout), "plain one\n");
}

#[test]
fn a_wrapper_stands_in_front_of_the_command() {
    let place = Place::bare();
    let mut record = place.record();
    record["launch"]["launch"]["wrapper"] = serde_json::json!(["/usr/bin/env", "WRAPPED=yes"]);
    place.write_record(record);
    let output = place.run(&["sh", "-c", "echo $WRAPPED $VIRTUAL_ENV_PROMPT; exit 7"]);
    assert_eq!((text(&output.stdout), output.status.code()), ("yes my project\n".to_owned(), Some(7)));
}
