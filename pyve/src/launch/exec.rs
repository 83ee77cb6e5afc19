//! Becoming the command: on Unix pyve is gone, so signals, terminal and exit code are the command's own.

use std::ffi::{OsStr, OsString};
use std::io;
use std::path::Path;
use std::process::Command;

use super::environment::Inside;
use crate::failure::{Failure, exit, reason};

/// Starts `program` as `name` with these arguments, the variables of `inside` and nothing else. On Unix it
/// returns only if that fails; elsewhere it waits and returns the exit code.
pub fn exec(program: &Path, name: &OsStr, args: &[OsString], inside: &Inside) -> Result<u8, Failure> {
    let start = |program: &Path, name: &OsStr, script: Option<&Path>| {
        let relayed = inside.relay.as_ref().map(|relay| relay.to(program, name));
        let mut command = Command::new(relayed.as_ref().map_or(program, |(shell, _)| shell));
        command.args(relayed.iter().flat_map(|(_, words)| words)).args(script).args(args);
        command.env_clear().envs(inside.variables.iter().map(|(name, value)| (name, value)));
        become_it(command, name)
    };
    start(program, name, None).or_else(|error| {
        // A script without a first line that names its interpreter is the shell's, as it is for `env`.
        let outcome =
            if is_unknown_format(&error) { start(SHELL.as_ref(), SHELL.as_ref(), Some(program)) } else { Err(error) };
        outcome.map_err(|error| refused(program, &error))
    })
}

const SHELL: &str = "/bin/sh";

#[cfg(unix)]
fn is_unknown_format(error: &io::Error) -> bool {
    error.raw_os_error() == Some(rustix::io::Errno::NOEXEC.raw_os_error())
}

#[cfg(not(unix))]
fn is_unknown_format(_: &io::Error) -> bool {
    false
}

/// Open files of pyve's close by themselves; the standard library gives SIGPIPE, which it ignores in
/// Rust programs, its usual meaning again, and unblocks every signal.
#[cfg(unix)]
fn become_it(mut command: Command, name: &OsStr) -> io::Result<u8> {
    use std::os::unix::process::CommandExt;
    // The name as it was typed: programs that look at it find what they find from a shell.
    Err(command.arg0(name).exec())
}

#[cfg(not(unix))]
fn become_it(mut command: Command, _: &OsStr) -> io::Result<u8> {
    let status = command.status()?;
    Ok(status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(exit::FAILED))
}

fn refused(program: &Path, error: &io::Error) -> Failure {
    let failure = Failure::new(format!("could not execute `{}`: {}", program.display(), reason(error)));
    let failure = match error.kind() {
        // It was there a moment ago: what is missing is what the system needs to load it.
        io::ErrorKind::NotFound => failure
            .detail("the file is there, but the loader that it asks for is not")
            .remedy("install the program again"),
        io::ErrorKind::ArgumentListTooLong => failure
            .detail("arguments and variables together are too long")
            .remedy("pass fewer arguments, or a file that lists them"),
        io::ErrorKind::PermissionDenied => failure.remedy(
            "check the permissions of the file and of its directories, and whether the disk is mounted `noexec`",
        ),
        _ => failure.remedy("install the program again, for this kind of machine"),
    };
    failure.code(exit::RUN_NOT_EXECUTABLE)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn said(number: i32) -> (String, Vec<String>, String) {
        let failure = refused(Path::new("/p/tool"), &io::Error::from_raw_os_error(number));
        assert_eq!(failure.code, 126);
        (failure.message, failure.details, failure.remedy.to_string())
    }

    #[test]
    fn a_refusal_of_the_system_is_explained() {
        assert_eq!(
            said(2),
            (
                "could not execute `/p/tool`: no such file or directory".to_owned(),
                vec!["the file is there, but the loader that it asks for is not".to_owned()],
                "install the program again".to_owned()
            )
        );
        assert_eq!(
            said(7),
            (
                "could not execute `/p/tool`: argument list too long".to_owned(),
                vec!["arguments and variables together are too long".to_owned()],
                "pass fewer arguments, or a file that lists them".to_owned()
            )
        );
        let permissions =
            "check the permissions of the file and of its directories, and whether the disk is mounted `noexec`";
        assert_eq!(
            said(13),
            ("could not execute `/p/tool`: permission denied".to_owned(), vec![], permissions.to_owned())
        );
        let machine = "install the program again, for this kind of machine";
        assert_eq!(said(8), ("could not execute `/p/tool`: exec format error".to_owned(), vec![], machine.to_owned()));
    }
}
