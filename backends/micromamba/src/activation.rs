//! What a package's activation scripts do to the environment: seen once by running them, trusted only where certain.
//!
//! The scripts run twice in a clean bash. The second time every variable that they mention holds a
//! mark, the level is another and so is the folder. What comes out the same both times does not
//! depend on the caller and can be kept; anything else cannot.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::time::Duration;

use pyve_formats::read::{self, Limit};
use pyve_formats::shell_names::mentioned;
use pyve_plugin_api::{Command, Host, OsText};

use crate::plain_script::is_plain;

/// Names and values at one moment.
type Variables = BTreeMap<String, OsString>;

/// What the scripts change, whoever calls.
#[derive(Debug, Default, PartialEq)]
pub struct Effects {
    pub set: Variables,
    pub unset: BTreeSet<String>,
    /// Folders put in front of PATH, first one first.
    pub path: Vec<PathBuf>,
}

/// The scripts to look at, and what is set before them.
pub struct Scene<'a> {
    pub prefix: &'a Path,
    pub scripts: &'a [PathBuf],
    pub variables: Variables,
    /// PATH as the scripts find it.
    pub path: OsString,
}

/// Bash's own, different in every process or not handed on; and PATH, which is compared apart.
const SHELLS_OWN: [&str; 6] = ["_", "SHLVL", "PWD", "OLDPWD", "CONDA_SHLVL", "PATH"];

/// The words that name a shell's own state: giving them a mark would break the shell, not probe the script.
const NO_PROBE: [&str; 12] = [
    "IFS",
    "UID",
    "EUID",
    "PPID",
    "RANDOM",
    "SECONDS",
    "LINENO",
    "OSTYPE",
    "HOSTTYPE",
    "MACHTYPE",
    "FUNCNAME",
    "SHELLOPTS",
];

/// Prints the exported variables before and after, each ended by NUL: a value may hold any other byte. What is no variable
/// and would be inherited, too, is not handed on by it.
const OBSERVE: &str = r#"
exec 3>&1 1>&2
__pyve_dump() {
    local __pyve_name IFS=$' \t\n'
    for __pyve_name in $(builtin compgen -e); do
        [ -n "${!__pyve_name+x}" ] && builtin printf '%s=%s\0' "$__pyve_name" "${!__pyve_name}" >&3
    done
    builtin printf '=\0' >&3
}
__pyve_others() {
    builtin declare -Fx
    builtin umask
    builtin ulimit -S -a
    builtin ulimit -H -a
    builtin trap -p
}
__pyve_before=$(__pyve_others)
__pyve_dump
for __pyve_script in "$@"; do
    . "$__pyve_script"
done
[ "$__pyve_before" = "$(__pyve_others)" ] || builtin exit 1
__pyve_dump
builtin exit 0
"#;

/// The effects, or none where they fail to show or depend on who calls.
pub fn observe(scene: &Scene, host: &dyn Host) -> Option<Effects> {
    let marks = marks(scene)?;
    let first = run(scene, host, &Variables::new(), "")?;
    let second = run(scene, host, &marks, "/pyve-probe")?;
    agreed(&first, &second, &marks)
}

/// A mark for every word in the scripts that may be a variable of the caller's; none where they may ask more than that.
fn marks(scene: &Scene) -> Option<Variables> {
    let mut marks = Variables::new();
    for script in scene.scripts {
        let text = String::from_utf8_lossy(&read::bytes(script, Limit::SCRIPT).ok()??).into_owned();
        if !is_plain(&text) {
            return None;
        }
        for name in mentioned(&text) {
            let taken = scene.variables.contains_key(name) || SHELLS_OWN.contains(&name) || NO_PROBE.contains(&name);
            if !taken && !name.starts_with("BASH") {
                marks.insert(name.to_owned(), format!("pyve-probe-{name}").into());
            }
        }
    }
    marks.insert("CONDA_SHLVL".to_owned(), "2".into());
    Some(marks)
}

/// The variables before and after the scripts.
struct Sight {
    before: Variables,
    after: Variables,
    path: Vec<PathBuf>,
}

fn run(scene: &Scene, host: &dyn Host, marks: &Variables, tail: &str) -> Option<Sight> {
    let (env, bash) = (first(host, "env")?, first(host, "bash")?);
    let mut path = scene.path.clone();
    if !tail.is_empty() {
        path.push(":");
        path.push(tail);
    }
    let mut variables = scene.variables.clone();
    for name in ["HOME", "USER", "LOGNAME", "SHELL", "TERM", "LANG", "TMPDIR"] {
        if let Some(value) = host.variable(name) {
            variables.entry(name.to_owned()).or_insert(value);
        }
    }
    variables.extend(marks.clone());
    variables.insert("PATH".to_owned(), path.clone());
    let folder: &Path = if tail.is_empty() { scene.prefix } else { Path::new("/") };
    let mut command = Command::new(env).arg("-i").current_dir(folder).timeout(Duration::from_secs(10));
    for (name, value) in &variables {
        let mut pair = OsString::from(name);
        pair.push("=");
        pair.push(value);
        command = command.arg(pair);
    }
    command = command.arg(bash).args(["--noprofile", "--norc", "-c", OBSERVE, "pyve-activation"]);
    let output = host.capture(&command.args(scene.scripts.iter().map(PathBuf::as_path))).ok()?;
    let mut dumps = read_dumps(&output.stdout).filter(|_| output.success())?;
    let after = dumps.pop()?;
    let front = front_of_path(after.get("PATH")?, &path)?;
    Some(Sight { before: dumps.pop()?, after, path: front })
}

fn first(host: &dyn Host, program: &str) -> Option<PathBuf> {
    host.find_program(program).into_iter().next()
}

/// Two lists of variables, or none if the shell ended before it had written both.
fn read_dumps(bytes: &[u8]) -> Option<Vec<Variables>> {
    let (mut dumps, mut current) = (Vec::new(), Variables::new());
    for record in bytes.strip_suffix(b"\0")?.split(|byte| *byte == 0) {
        if record == b"=" {
            dumps.push(std::mem::take(&mut current));
            continue;
        }
        let at = record.iter().position(|byte| *byte == b'=')?;
        let name = String::from_utf8(record[..at].to_vec()).ok()?;
        current.insert(name, from_bytes(&record[at + 1..])?);
    }
    (dumps.len() == 2).then_some(dumps)
}

#[cfg(unix)]
fn from_bytes(bytes: &[u8]) -> Option<OsString> {
    use std::os::unix::ffi::OsStrExt;
    Some(OsStr::from_bytes(bytes).to_owned())
}

#[cfg(not(unix))]
fn from_bytes(bytes: &[u8]) -> Option<OsString> {
    String::from_utf8(bytes.to_vec()).ok().map(OsString::from)
}

/// What the scripts put in front of PATH; none if they changed it in another way.
fn front_of_path(after: &OsStr, before: &OsStr) -> Option<Vec<PathBuf>> {
    if after == before {
        return Some(Vec::new());
    }
    let (after, before) = (OsText::from(after), OsText::from(before));
    let (after, before) = (after.os_str(), before.os_str());
    let (after, before) = (after.as_encoded_bytes(), before.as_encoded_bytes());
    let front = after.strip_suffix(before)?.strip_suffix(b":")?;
    Some(std::env::split_paths(&from_bytes(front)?).filter(|folder| folder.is_absolute()).collect())
}

fn agreed(first: &Sight, second: &Sight, marks: &Variables) -> Option<Effects> {
    let own = |name: &String| SHELLS_OWN.contains(&name.as_str());
    let changed = |sight: &Sight| -> Variables {
        let new = sight.after.iter().filter(|(name, value)| !own(name) && sight.before.get(*name) != Some(value));
        new.map(|(name, value)| (name.clone(), value.clone())).collect()
    };
    let mut set = changed(second);
    // Scripts put the caller's own value aside for a deactivation, which never comes here.
    set.retain(|name, value| first.after.contains_key(name) || !marks.values().any(|mark| mark == value));
    let same = set.iter().all(|(name, value)| first.after.get(name) == Some(value))
        && changed(first).iter().all(|(name, value)| set.get(name) == Some(value));
    let gone = |sight: &Sight| -> BTreeSet<String> {
        sight.before.keys().filter(|name| !own(name) && !sight.after.contains_key(*name)).cloned().collect()
    };
    let unset = gone(second);
    let same = same && unset.is_superset(&gone(first)) && unset.iter().all(|name| !first.after.contains_key(name));
    (same && first.path == second.path).then(|| Effects { set, unset, path: first.path.clone() })
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use pyve_plugin_api::testing::FakeHost;

    fn effects(script: &str) -> Option<Effects> {
        let prefix = tempfile::tempdir().unwrap();
        let path = prefix.path().join("a b.sh");
        std::fs::write(&path, script).unwrap();
        let host = FakeHost::new().path("/usr/bin").path("/bin").variable("HOME", "/home/me").variable("TERM", "vt100");
        let variables =
            Variables::from([("CONDA_PREFIX".to_owned(), "/p/env".into()), ("CONDA_SHLVL".to_owned(), "1".into())]);
        let path_value = OsString::from("/p/env/bin:/usr/bin:/bin");
        observe(&Scene { prefix: prefix.path(), scripts: &[path], variables, path: path_value }, &host)
    }

    fn set_of(script: &str) -> Vec<(String, String)> {
        let effects = effects(script).expect(script);
        effects.set.into_iter().map(|(name, value)| (name, value.to_string_lossy().into_owned())).collect()
    }

    fn pair(name: &str, value: &str) -> (String, String) {
        (name.to_owned(), value.to_owned())
    }

    #[test]
    fn exported_variables_are_seen_whatever_they_hold() {
        assert_eq!(set_of("export A=\"$CONDA_PREFIX/share\""), [pair("A", "/p/env/share")]);
        assert_eq!(
            set_of("export B=$'line\\nnext=$(id)\\'`\"; rm -rf x'"),
            [pair("B", "line\nnext=$(id)'`\"; rm -rf x")]
        );
        assert_eq!(set_of("echo hello; local=1; IFS=x; export C='a  b'"), [pair("C", "a  b")]);
    }

    #[test]
    fn folders_in_front_of_path_and_removed_variables_are_seen() {
        let seen = effects("export PATH=\"$CONDA_PREFIX/tools:$PATH\"; unset FORMER").unwrap();
        assert_eq!(seen.path, [Path::new("/p/env/tools")]);
        assert_eq!(seen.unset, BTreeSet::from(["FORMER".to_owned()]));
        assert!(seen.set.is_empty(), "{seen:?}");
    }

    #[test]
    fn a_caller_s_value_put_aside_is_no_effect() {
        let script =
            "if [ -n \"$GDAL_DATA\" ]; then export _CONDA_SET_GDAL_DATA=$GDAL_DATA; fi\nexport GDAL_DATA=/p/gdal";
        assert_eq!(set_of(script), [pair("GDAL_DATA", "/p/gdal")]);
    }

    #[test]
    fn what_depends_on_the_caller_is_not_kept() {
        for script in [
            "export A=\"$LD_LIBRARY_PATH:/p/lib\"",
            "export A=\"$HOME/x\"",
            "export A=\"$PWD\"",
            "export A=$RANDOM$RANDOM",
            "export A=$$",
            "export PATH=\"$PATH:/p/late\"",
            "[ -n \"$MODE\" ] || export MODE=fast",
            "export A=$CONDA_SHLVL",
            "if [ \"$MODE\" = fast ]; then export A=1; fi",
            "f() { :; }; export -f f",
            "umask 027",
            "ulimit -S -c 0; ulimit -S -n 64",
            "trap '' HUP",
            "exit 0",
            "exec true",
            "export A=$(date +%s)",
            "export A=$SECONDS",
            ". ./more.sh",
        ] {
            assert_eq!(effects(script), None, "{script}");
        }
    }

    #[test]
    fn a_script_that_fails_midway_counts_as_far_as_it_came() {
        assert_eq!(set_of("export A=1\nfalse\nnosuchcommand\nexport B=2"), [pair("A", "1"), pair("B", "2")]);
    }

    #[test]
    fn without_bash_nothing_is_certain() {
        let (host, prefix) = (FakeHost::new(), tempfile::tempdir().unwrap());
        let script = prefix.path().join("a.sh");
        std::fs::write(&script, "export A=1").unwrap();
        let scene =
            Scene { prefix: prefix.path(), scripts: &[script], variables: Variables::new(), path: "/bin".into() };
        assert_eq!(observe(&scene, &host), None);
    }
}
