//! A stand-in for a second Python, for machines that have only one: the real one that says a later version.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::time::UNIX_EPOCH;

use crate::interpreter::{Interpreter, probe};
use crate::repository::target;

/// Does the work, and tells how; later versions only, as packages are told to work with those that come.
const BUILD: &str = include_str!("another_python.py");

/// A Python that is the given one but for its minor version, which is one more.
///
/// It is made once and kept in the target folder. The error says why this interpreter cannot be copied.
pub(crate) fn later_than(python: &Interpreter) -> Result<&'static Interpreter, String> {
    static MADE: OnceLock<Result<Interpreter, String>> = OnceLock::new();
    let made = MADE.get_or_init(|| make(python)).as_ref().map_err(Clone::clone)?;
    if made.release.1 == python.release.1 + 1 { Ok(made) } else { Err("there is one of another Python".to_owned()) }
}

#[cfg(unix)]
pub(crate) fn is_stand_in(python: &Interpreter) -> bool {
    python.prefix.starts_with(folder())
}

fn folder() -> PathBuf {
    target().join("test-pythons")
}

fn make(python: &Interpreter) -> Result<Interpreter, String> {
    let minor = python.release.1 + 1;
    let folder = folder().join(name_of(python)?);
    let program = folder.join(format!("bin/python3.{minor}"));
    if !program.is_file() {
        build(python, minor, &folder)?;
    }
    let seen = probe(&program).ok_or_else(|| format!("{} does not run", program.display()))?;
    if seen.release.1 != minor || !seen.makes_venvs {
        return Err(format!("a copy of {} is still Python {}", python.path.display(), seen.version));
    }
    Ok(seen)
}

/// Another one for each interpreter, and for each update of it.
fn name_of(python: &Interpreter) -> Result<String, String> {
    let changed = fs_err::metadata(&python.path).and_then(|data| data.modified()).map_err(|error| error.to_string())?;
    let seconds = changed.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let place: String =
        python.prefix.display().to_string().replace(|letter: char| !letter.is_ascii_alphanumeric(), "-");
    Ok(format!("later-than-{}{place}-{seconds:x}", python.version))
}

/// Whole or not at all: other test processes may be at it, too.
fn build(python: &Interpreter, minor: u32, folder: &Path) -> Result<(), String> {
    let pythons = folder.parent().expect("it has a name");
    fs_err::create_dir_all(pythons).map_err(|error| error.to_string())?;
    let beside = tempfile::tempdir_in(pythons).map_err(|error| error.to_string())?;
    let part: PathBuf = beside.path().join("python");
    let mut command = Command::new(&python.path);
    command.args(["-I", "-S", "-c", BUILD]).arg(&part).arg(minor.to_string()).env_clear().stdin(Stdio::null());
    let output = command.output().map_err(|error| error.to_string())?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(said.lines().last().unwrap_or("it says nothing").to_owned());
    }
    match fs_err::rename(&part, folder) {
        Err(error) if !folder.is_dir() => Err(error.to_string()),
        _ => Ok(()),
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use crate::interpreter::interpreter;
    use crate::world::World;

    #[test]
    fn the_stand_in_is_an_installation_of_its_own_that_makes_environments() {
        let Some(first) = interpreter(3, 11) else { return };
        let other = match later_than(first) {
            Ok(other) => other,
            // One that runs from its own place only, such as macOS's frameworks.
            Err(_) if cfg!(target_os = "macos") => return,
            Err(why) => panic!("{why}"),
        };
        assert_eq!(other.release, (3, first.release.1 + 1, first.release.2));
        assert!(other.path.starts_with(&other.prefix) && is_stand_in(other) && !is_stand_in(first), "{other:?}");
        let world = World::new().python(other);
        let _ = world.command("python3").args(["-I", "-m", "venv", "--without-pip", ".venv"]).run().success();
        let told = format!("version = {}\n", other.version);
        assert!(world.read(".venv/pyvenv.cfg").contains(&told), "{}", world.read(".venv/pyvenv.cfg"));
        assert!(world.project().join(format!(".venv/lib/python{}/site-packages", other.minor())).is_dir());
        // Without `site`, too, as pyve asks.
        let asked =
            "import sys; print(sys.prefix, sys.version_info[1] == sys.version_info.minor, sys.version_info >= (3, 12))";
        let inside = world.project().join(".venv/bin/python");
        for flags in [&["-c"][..], &["-I", "-S", "-c"]] {
            let said = world.command(&inside).args(flags).arg(asked).run().success();
            assert!(said.out().ends_with(" True True\n"), "{said}");
        }
    }
}
