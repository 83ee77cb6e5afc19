//! A shell of pyve's own that sources scripts and tells what became of the variables.

use std::ffi::{OsStr, OsString};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::effects::Pairs;
use super::relay::{Relay, STATE};
use crate::caller::Caller;
use crate::failure::{Failure, reason};
use crate::process::{code_of, is_program};

/// Sources its arguments but the first, each as data. It writes, each ended by NUL: what it had besides variables before
/// ([`STATE`] goes in front); what was executed, where the first argument asks for it, as only bash from 4.1 on keeps that
/// apart from what the scripts print; what it has besides variables then; the exported variables; and `=`.
const BASH: &str = r#"
exec 3>&1 1>&2
__pyve_state >&3
printf '\0' >&3
__pyve_traced=$1
shift
__pyve_scripts=("$@")
set --
if [ "$__pyve_traced" = traced ] && (( BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] >= 401 )); then
    exec 4>&3
    BASH_XTRACEFD=4
    PS4=$'+\1$BASH_SUBSHELL\2'
    set -x
fi
for __pyve_script in "${__pyve_scripts[@]}"; do
    set +eu
    . "$__pyve_script"
done
{ set +eux; } 2>/dev/null
IFS=$' \t\n'
builtin printf '\0' >&3
__pyve_state >&3
builtin printf '\0' >&3
for __pyve_name in $(builtin compgen -e); do
    [ -n "${!__pyve_name+x}" ] && builtin printf '%s=%s\0' "$__pyve_name" "${!__pyve_name}" >&3
done
IFS=$'\n'
for __pyve_name in $(builtin declare -Fx); do
    __pyve_name=${__pyve_name##* }
    __pyve_text=$(builtin declare -f "$__pyve_name")
    builtin printf 'BASH_FUNC_%s%%%%=() %s\0' "$__pyve_name" "${__pyve_text#*$'\n'}" >&3
done
builtin printf '=\0' >&3
builtin exit 0
"#;

/// The same where there is no bash; the first argument is the program `env`.
const SH: &str = r#"
exec 3>&1 1>&2
__pyve_state >&3
printf '\0' >&3
__pyve_env=$1
shift
while [ $# -gt 0 ]; do
    set +eu
    __pyve_script=$1
    shift
    . "$__pyve_script"
done
{ set +eux; } 2>/dev/null
printf '\0' >&3
__pyve_state >&3
printf '\0' >&3
"$__pyve_env" -0 >&3
printf '=\0' >&3
exit 0
"#;

/// What the last record is.
const END: &[u8] = b"\0=\0";

/// The shell that is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shell {
    Bash(PathBuf),
    /// A POSIX shell, and `env`.
    Sh(PathBuf, PathBuf),
}

/// What to source, and how.
pub struct Sourcing<'a> {
    pub scripts: &'a [PathBuf],
    pub variables: &'a [(OsString, OsString)],
    pub folder: &'a Path,
    /// Whether to tell what was executed.
    pub traced: bool,
    /// Whether what the scripts say is of no interest.
    pub silent: bool,
}

/// What came of it.
#[derive(Debug)]
pub struct Sourced {
    /// What was executed, as bash traces it.
    pub trace: Vec<u8>,
    pub after: Pairs,
    /// What a command inherits of the shell besides, where that is otherwise than before.
    pub relay: Option<Relay>,
}

impl Shell {
    /// Privileged, bash reads no file of the user's and takes no function from the variables.
    pub const BASH_OPTIONS: &[&str] = &["--noprofile", "--norc", "-p"];

    /// The caller's bash, else the system's, else a POSIX shell.
    pub fn find(caller: &Caller) -> Option<Self> {
        let first = |name: &str, system: &str| {
            let system = PathBuf::from(system);
            caller.programs(name).next().or_else(|| Some(system).filter(|path| is_program(path)))
        };
        let sh = || Some(Self::Sh(first("sh", "/bin/sh")?, first("env", "/usr/bin/env")?));
        first("bash", "/bin/bash").map(Self::Bash).or_else(sh)
    }

    /// Sources the scripts. What they print goes to standard error; there is nothing to read for them.
    pub fn source(&self, sourcing: &Sourcing<'_>) -> Result<Sourced, Failure> {
        let cannot = |error: io::Error| {
            let failure = Failure::new(format!("could not run `{}`: {}", self.program().display(), reason(&error)));
            failure.detail("it was to source the environment's activation scripts")
        };
        let mut command = self.command(sourcing.traced);
        command.args(sourcing.scripts).current_dir(sourcing.folder);
        command.env_clear().envs(sourcing.variables.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        command.stderr(if sourcing.silent { Stdio::null() } else { Stdio::inherit() });
        let mut child = command.spawn().map_err(cannot)?;
        let bytes = match child.stdout.take() {
            Some(pipe) => read_to_mark(pipe).map_err(cannot)?,
            None => Vec::new(),
        };
        let code = code_of(child.wait().map_err(cannot)?);
        self.parsed(&bytes).ok_or_else(|| {
            let scripts: Vec<String> =
                sourcing.scripts.iter().map(|script| format!("`{}`", script.display())).collect();
            Failure::new(format!("could not activate the environment: a script ended the shell with exit code {code}"))
                .detail(format!("sourced were {}", scripts.join(", ")))
                .remedy("remove or fix the script that does, or recreate the environment")
                .command(["pyve", "init", "--force"])
        })
    }

    fn program(&self) -> &Path {
        match self {
            Self::Bash(program) | Self::Sh(program, _) => program,
        }
    }

    fn command(&self, traced: bool) -> Command {
        let mut command = Command::new(self.program());
        match self {
            Self::Bash(_) => {
                command.args(Self::BASH_OPTIONS).arg("-c").arg([STATE, BASH].concat());
                command.args(["pyve", if traced { "traced" } else { "plain" }])
            }
            Self::Sh(_, env) => command.arg("-c").arg([STATE, SH].concat()).arg("pyve").arg(env),
        };
        command
    }

    /// The parts of what the shell wrote, if it came to its end.
    fn parsed(&self, bytes: &[u8]) -> Option<Sourced> {
        let mut parts = bytes.strip_suffix(END)?.splitn(4, |byte| *byte == 0);
        let (before, trace, then) = (parts.next()?, parts.next()?, parts.next()?);
        let pair = |record: &[u8]| {
            let at = record.iter().position(|byte| *byte == b'=')?;
            Some((os_text(&record[..at])?, os_text(&record[at + 1..])?))
        };
        // Without any variable the mark is all that follows.
        let records = parts.next().unwrap_or_default().split(|byte| *byte == 0).filter(|record| !record.is_empty());
        let after = records.map(pair).collect::<Option<_>>()?;
        Some(Sourced { trace: trace.to_vec(), after, relay: Relay::between(self, before, then) })
    }
}

/// Everything until the last record: what a script left running may hold the other end for ever.
fn read_to_mark(mut pipe: impl Read) -> io::Result<Vec<u8>> {
    let (mut bytes, mut chunk) = (Vec::new(), [0; 16384]);
    while !bytes.ends_with(END) {
        match pipe.read(&mut chunk) {
            Ok(0) => break,
            Ok(length) => bytes.extend_from_slice(&chunk[..length]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(bytes)
}

#[cfg(unix)]
fn os_text(bytes: &[u8]) -> Option<OsString> {
    use std::os::unix::ffi::OsStrExt;
    Some(OsStr::from_bytes(bytes).to_owned())
}

#[cfg(not(unix))]
fn os_text(bytes: &[u8]) -> Option<OsString> {
    str::from_utf8(bytes).ok().map(|text| OsStr::new(text).to_owned())
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::fs;

    fn sourced(shell: &Shell, texts: &[&str], variables: &[(&str, &str)]) -> Result<Vec<(String, String)>, Failure> {
        let folder = tempfile::tempdir().unwrap();
        let scripts: Vec<PathBuf> = texts
            .iter()
            .enumerate()
            .map(|(number, text)| {
                let path = folder.path().join(format!("{number} it's $(touch x).sh"));
                fs::write(&path, text).unwrap();
                path
            })
            .collect();
        let variables: Pairs = variables.iter().map(|(name, value)| (name.into(), value.into())).collect();
        let sourcing =
            Sourcing { scripts: &scripts, variables: &variables, folder: folder.path(), traced: false, silent: true };
        let after = shell.source(&sourcing)?.after;
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), scripts.len());
        let text = |text: OsString| text.into_string().unwrap();
        let own = super::super::effects::is_shells_own;
        let mut after: Vec<_> =
            after.into_iter().filter(|(name, _)| !own(name)).map(|(n, v)| (text(n), text(v))).collect();
        after.sort();
        Ok(after)
    }

    fn shells() -> [Shell; 2] {
        [Shell::Bash("/bin/bash".into()), Shell::Sh("/bin/sh".into(), "/usr/bin/env".into())]
    }

    #[test]
    fn scripts_are_data_and_every_value_comes_back() {
        for shell in shells() {
            let odd = "a\nb=c '$(id)' \"`id`\" \\ é";
            let texts = ["ONE=1; export ONE\nset -eu\n", "export TWO=\"$ODD\"; echo noise; false\nunset GONE\n"];
            let after = sourced(&shell, &texts, &[("ODD", odd), ("GONE", "x"), ("PATH", "/usr/bin:/bin")]).unwrap();
            let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
            assert_eq!(after, [pair("ODD", odd), pair("ONE", "1"), pair("PATH", "/usr/bin:/bin"), pair("TWO", odd)]);
        }
    }

    #[test]
    fn what_a_script_leaves_running_is_not_waited_for() {
        let began = std::time::Instant::now();
        for shell in shells() {
            let after = sourced(&shell, &["sleep 30 &\nexport A=1\n"], &[("PATH", "/usr/bin:/bin")]).unwrap();
            assert_eq!(after[0].1, "1");
        }
        assert!(began.elapsed().as_secs() < 10);
    }

    #[test]
    fn a_script_that_ends_the_shell_is_told() {
        for shell in shells() {
            let failure = sourced(&shell, &["exit 3\n"], &[]).unwrap_err();
            assert_eq!(
                failure.message,
                "could not activate the environment: a script ended the shell with exit code 3"
            );
            assert!(failure.details[0].starts_with("sourced were `/"), "{:?}", failure.details);
            let remedy = "remove or fix the script that does, or recreate the environment: `pyve init --force`";
            assert_eq!(failure.remedy.to_string(), remedy);
        }
        let absent = Shell::Bash("/no/such".into());
        let failure = sourced(&absent, &[], &[]).unwrap_err();
        assert_eq!(failure.message, "could not run `/no/such`: no such file or directory");
    }

    #[test]
    fn functions_that_are_exported_are_handed_on_as_bash_does() {
        let text = "greet() { echo \"hello $1\"; }\nexport -f greet\n";
        let after = sourced(&shells()[0], &[text], &[]).unwrap();
        let output = Command::new("/bin/bash").args(["-c", "greet you"]).envs(after).output().unwrap();
        assert_eq!(String::from_utf8(output.stdout).unwrap(), "hello you\n");
    }

    #[test]
    fn what_is_no_variable_is_done_again_by_the_shell_that_becomes_the_command() {
        let folder = tempfile::tempdir().unwrap();
        let script = folder.path().join("a.sh");
        let relay = |shell: &Shell, text: &str| {
            fs::write(&script, text).unwrap();
            let (scripts, variables, folder) = ([script.clone()], [("PATH".into(), "/bin".into())], folder.path());
            let sourcing = Sourcing { scripts: &scripts, variables: &variables, folder, traced: false, silent: true };
            shell.source(&sourcing).unwrap().relay
        };
        for shell in shells() {
            assert_eq!(relay(&shell, "export A=1; trap 'echo\numask 0' USR2\n"), None);
            let text = "umask 027; ulimit -S -n 64; ulimit -H -n 80; trap '' USR1; trap 'echo\numask 0' USR2\n";
            let (program, words) =
                relay(&shell, text).unwrap().to(Path::new("/bin/bash"), OsStr::new("as it's called"));
            let asks = "echo \"$0\"; umask; ulimit -S -n; ulimit -H -n; trap";
            let output = Command::new(program).args(words).args(["-c", asks]).output().unwrap();
            let name = if matches!(shell, Shell::Bash(_)) { "as it's called" } else { "/bin/bash" };
            let all = format!("{name}\n0027\n64\n80\ntrap -- '' SIGUSR1\n");
            assert_eq!(String::from_utf8(output.stdout).unwrap(), all);
        }
    }
}
