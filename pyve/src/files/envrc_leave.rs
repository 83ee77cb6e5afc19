//! How an `.envrc` leaves the environments that are active where direnv reads it.

use pyve_plugin_api::Outer;

use super::envrc_text::{is_name, quoted};

/// Takes the folders of the environment whose prefix the variable `$1` holds off PATH, and the variable away.
pub const LEAVE: &str = r#"pyve_leave() {
  local prefix="${!1:-}" rest="$PATH:" entry kept=
  unset "$1"
  prefix="${prefix%/}"
  case "$prefix" in /?*) ;; *) return 0 ;; esac
  while [ -n "$rest" ]; do
    entry="${rest%%:*}"
    rest="${rest#*:}"
    case "$entry" in "$prefix" | "$prefix"/*) ;; *) kept="$kept:$entry" ;; esac
  done
  PATH="${kept#:}"
}
"#;

/// Undoes what the environment set whose prefix the variable `$1` holds and whose level `$2`: sources the scripts of its
/// folder `$4`, the last first; of the variables that the files `$5`, `$7`, … name below the keys `$6`, `$8`, … each is again
/// what was saved below `$3`, or goes. What is not the user's own is neither sourced nor believed; more than that bash
/// cannot ask of a file without a program, and an activation of the user's has trusted it before.
const UNDO: &str = r#"pyve_undo() {
  local pyve_prefix="${!1}" pyve_level="${!2}" pyve_saved="$3" pyve_files=()
  local pyve_file pyve_text pyve_found pyve_name pyve_kept pyve_key='"([A-Za-z_][A-Za-z0-9_]*)"[[:space:]]*:'
  case "$pyve_level" in '' | *[!0-9]* | ????*) return ;; esac
  pyve_level="$((10#$pyve_level - 1))"
  case "$pyve_prefix" in /?*) ;; *) return ;; esac
  if [ "$pyve_level" -lt 0 ] || [ ! -O "$pyve_prefix" ]; then return; fi
  for pyve_file in "$pyve_prefix/${4:-/no}"/*.sh; do
    if [ -f "$pyve_file" ] && [ -O "$pyve_file" ]; then pyve_files=("$pyve_file" "${pyve_files[@]}"); fi
  done
  shift 4
  for pyve_file in "${pyve_files[@]}"; do . "$pyve_file"; done
  while [ $# -gt 1 ]; do
    for pyve_file in "$pyve_prefix/$1" "$pyve_prefix/$1"/*.json; do
      if [ ! -f "$pyve_file" ] || [ ! -O "$pyve_file" ]; then continue; fi
      pyve_text="$(< "$pyve_file")"
      pyve_found="\"$2\""
      if [ -n "$2" ]; then pyve_text="${pyve_text#*"$pyve_found"}"; fi
      while [[ $pyve_text =~ $pyve_key ]]; do
        pyve_found="${BASH_REMATCH[0]}" pyve_name="${BASH_REMATCH[1]}"
        pyve_text="${pyve_text#*"$pyve_found"}"
        if [ "${BASH_VERSINFO[0]}" -gt 3 ]; then pyve_name="${pyve_name^^}"; fi
        if [ "$pyve_name" = PATH ]; then continue; fi
        pyve_kept="${pyve_saved:-_}${pyve_level}_$pyve_name"
        if [ -n "${!pyve_kept+x}" ]; then export "$pyve_name=${!pyve_kept}"; else unset "$pyve_name"; fi
      done
    done
    shift 2
  done
}
"#;

/// The lines that undo what the active environments of these kinds set; empty where there is none to think of.
pub fn undo(outer: &[Outer]) -> Vec<u8> {
    let known = |outer: &&Outer| is_name(&outer.prefix) && is_name(&outer.level);
    let calls: Vec<Vec<u8>> = outer.iter().filter(known).map(call).collect();
    if calls.is_empty() {
        return Vec::new();
    }
    [UNDO.as_bytes(), &calls.concat(), b"unset -f pyve_undo\n"].concat()
}

fn call(outer: &Outer) -> Vec<u8> {
    let mut line = format!("pyve_undo {} {}", outer.prefix, outer.level).into_bytes();
    let mut word = |text: &std::ffi::OsStr| line.extend([b" ", quoted(text).as_slice()].concat());
    word(outer.saved.as_str().as_ref());
    word(&outer.scripts.os_str());
    for file in &outer.variables {
        word(&file.path.os_str());
        word(file.key.as_str().as_ref());
    }
    line.push(b'\n');
    line
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::ffi::OsStr;
    use std::fs;
    use std::os::unix::ffi::OsStrExt;
    use std::process::Command;

    /// What of these variables is left, and what is new, in an environment that has all that an activation can set.
    fn left(changes: &[(&str, &str)], foreign: bool) -> String {
        let folder = tempfile::tempdir().unwrap();
        let prefix = folder.path().join("it's outer");
        for (file, text) in [
            ("etc/conda/deactivate.d/10.sh", "export ORDER=\"$ORDER 10\"; false\n"),
            ("etc/conda/deactivate.d/20.sh", "unset GDAL_DATA; export ORDER=20\n"),
            ("etc/conda/env_vars.d/a.json", r#"{"of_package": "a \"KEPT\": b", "SECOND" : ""}"#),
            ("conda-meta/state", r#"{"KEPT": 1, "env_vars": {"JAVA_HOME": "/j", "SAVED": "in", "PATH": "/x"}}"#),
        ] {
            fs::create_dir_all(prefix.join(file).parent().unwrap()).unwrap();
            fs::write(prefix.join(file), text).unwrap();
        }
        if foreign {
            std::os::unix::fs::chown(&prefix, Some(1), None).unwrap();
        }
        let shown = "for name in GDAL_DATA JAVA_HOME KEPT OF_PACKAGE ORDER SAVED SECOND; do \
                     [ -z \"${!name+x}\" ] || echo \"$name=${!name}\"; done; [ -n \"$PATH\" ]";
        let script = [&undo(&[Outer::conda()]), shown.as_bytes()].concat();
        let mut command = Command::new("/bin/bash");
        command.arg("-c").arg(OsStr::from_bytes(&script)).env_clear().env("PATH", "/usr/bin:/bin");
        command.env("CONDA_PREFIX", &prefix).env("CONDA_SHLVL", "1").env("__CONDA_SHLVL_0_SAVED", "before");
        for name in ["GDAL_DATA", "JAVA_HOME", "KEPT", "OF_PACKAGE", "SAVED", "SECOND"] {
            command.env(name, "in");
        }
        let output = command.envs(changes.iter().copied()).output().unwrap();
        assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
        String::from_utf8(output.stdout).unwrap().replace('\n', " ")
    }

    const ALL: &str = "GDAL_DATA=in JAVA_HOME=in KEPT=in OF_PACKAGE=in SAVED=in SECOND=in ";

    #[test]
    fn scripts_run_last_first_and_what_was_set_goes_or_is_as_before() {
        assert_eq!(left(&[], false), "KEPT=in ORDER=20 10 SAVED=before ");
        assert_eq!(left(&[("CONDA_SHLVL", "2")], false), "KEPT=in ORDER=20 10 ");
    }

    #[test]
    fn where_none_of_the_user_s_own_is_active_nothing_changes() {
        for changes in [
            ("CONDA_SHLVL", "0"),
            ("CONDA_SHLVL", "x; touch hacked"),
            ("CONDA_SHLVL", ""),
            ("CONDA_PREFIX", ""),
            ("CONDA_PREFIX", "relative"),
            ("CONDA_PREFIX", "/no/such"),
        ] {
            assert_eq!(left(&[changes], false), ALL, "{changes:?}");
        }
        // Only root can give a folder away.
        assert!(crate::sys::user() != 0 || left(&[], true) == ALL);
    }

    #[test]
    fn names_that_bash_cannot_have_are_left_out() {
        let odd = Outer { prefix: "A B".into(), ..Outer::conda() };
        assert!(undo(&[odd]).is_empty() && undo(&[]).is_empty());
    }
}
