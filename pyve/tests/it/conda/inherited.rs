//! What activation scripts do to a command besides variables: as under `micromamba run`.

use std::fs;
use std::os::unix::process::ExitStatusExt;

use pyve_testkit::Invocation;

use super::place::Place;

/// A mask of a shared folder, a stack for Fortran, a signal that is not to end what runs for days.
const SCRIPT: &str = "umask 002\nulimit -S -s 4096\nulimit -S -n 200\nulimit -H -n 300\ntrap '' HUP\n";

const ASKS: &str = "umask; ulimit -S -s; ulimit -S -n; ulimit -H -n; kill -HUP $$; echo alive";

#[track_caller]
fn asked(invocation: Invocation<'_>) -> String {
    invocation.args(["sh", "-c", ASKS]).run().success().out()
}

fn activated_by(text: &str) -> Place {
    let place = Place::new();
    place.environment(&["hello"]);
    place.done("init");
    let folder = place.prefix().join("etc/conda/activate.d");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("own.sh"), text).unwrap();
    place.settle();
    place
}

#[test]
fn a_mask_limits_and_ignored_signals_are_the_command_s() {
    let place = activated_by(SCRIPT);
    let micromamba = place.world.command(place.sandbox()).args(["run", "-p"]).arg(place.prefix());
    let expected = asked(micromamba);
    assert_eq!(expected, "0002\n4096\n200\n300\nalive\n");
    for _ in 0..2 {
        assert_eq!(asked(place.world.pyve().arg("run")), expected);
    }
    // It is pyve's process that becomes the command, by the name it was called by.
    let (mut command, name) = (place.world.pyve().into_command(), "echo $0 $$; kill -TERM $$");
    let child = command.args(["run", "sh", "-c", name]).stdout(std::process::Stdio::piped()).spawn().unwrap();
    let process = child.id();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.signal(), Some(15));
    assert_eq!(String::from_utf8(output.stdout).unwrap(), format!("sh {process}\n"));
    assert_eq!(place.world.pyve().args(["run", "sh", "-c", "exit 7"]).run().code, Some(7));
    assert_eq!(place.world.pyve().args(["run", "nosuch"]).run().code, Some(127));
}
