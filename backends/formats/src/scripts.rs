//! The scripts of an environment's packages: their first lines name the interpreter in it.

use std::path::{Path, PathBuf};

use crate::activate::Activate;
use crate::pyvenv_cfg::Cfg;
use crate::shebang::Shebang;

/// The folder of programs inside a virtual environment.
pub const PROGRAMS: &str = if cfg!(windows) { "Scripts" } else { "bin" };

/// The folder that a virtual environment was made in, if its own files tell of another one than where it stands.
pub fn made_elsewhere(prefix: &Path) -> Option<PathBuf> {
    let noted = || Cfg::read(prefix).ok().flatten()?.made_in();
    other_than(prefix, Activate::read(prefix).folder.or_else(noted).or_else(|| folder(prefix))?)
}

/// The folder, unless it is the very one at `prefix`.
pub fn other_than(prefix: &Path, folder: PathBuf) -> Option<PathBuf> {
    let real = |path: &Path| path.canonicalize().ok();
    let same = folder == prefix || real(&folder).is_some_and(|made| real(prefix) == Some(made));
    (!same).then_some(folder)
}

/// The environment that the scripts are of: the folder of the first interpreter that one of them names.
pub fn folder(prefix: &Path) -> Option<PathBuf> {
    in_folder(&prefix.join(PROGRAMS)).iter().find_map(|(_, shebang)| environment_of(shebang.program()))
}

/// The scripts in a folder of programs, by name. A link is a matter of the folder that it leads to.
pub fn in_folder(programs: &Path) -> Vec<(PathBuf, Shebang)> {
    let entries = programs.read_dir().into_iter().flatten().flatten();
    let files = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()));
    let scripts = files.map(|entry| entry.path()).filter_map(|path| Some((Shebang::read_listed(&path)?, path)));
    let mut scripts: Vec<(PathBuf, Shebang)> = scripts.map(|(shebang, path)| (path, shebang)).collect();
    crate::sorted::by(&mut scripts, |(a, _), (b, _)| a.cmp(b));
    scripts
}

/// Whether a path is what is left of the place where conda-build built a package, which every environment that has the
/// package names.
pub fn is_placeholder(interpreter: &Path) -> bool {
    interpreter.to_string_lossy().contains("_placehold")
}

/// `/p/.venv` of `/p/.venv/bin/python3.12`; an interpreter of the system's is of no environment.
fn environment_of(interpreter: &Path) -> Option<PathBuf> {
    let python = interpreter.file_name()?.to_string_lossy().starts_with("python");
    let folder = interpreter.parent().filter(|programs| programs.ends_with(PROGRAMS))?.parent()?;
    let system = ["/", "/usr", "/usr/local", "/opt/homebrew"].iter().any(|system| folder == Path::new(system));
    (python && interpreter.is_absolute() && !system && !is_placeholder(interpreter)).then(|| folder.to_owned())
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::fs;

    fn told(script: &str) -> Option<PathBuf> {
        let prefix = tempfile::tempdir().unwrap();
        fs::create_dir(prefix.path().join("bin")).unwrap();
        fs::write(prefix.path().join("bin/a-program"), b"\x7fELF").unwrap();
        fs::write(prefix.path().join("bin/tool"), script).unwrap();
        folder(prefix.path())
    }

    #[test]
    fn the_interpreter_of_a_script_names_its_environment() {
        assert_eq!(told("#!/p/.venv/bin/python3.12 -I\nprint()\n"), Some("/p/.venv".into()));
        let spaced = "#!/bin/sh\n'''exec' \"/p/my project/.venv/bin/python\" \"$0\" \"$@\"\n' '''\n";
        assert_eq!(told(spaced), Some("/p/my project/.venv".into()));
        let by_uv = "#!/bin/sh\n'''exec' '/p/my project/.venv/bin/python' \"$0\" \"$@\"\n' '''\n";
        assert_eq!(told(by_uv), Some("/p/my project/.venv".into()));
        for other in [
            "#!/usr/bin/python3\n",
            "#!/usr/bin/env python\n",
            "#!/bin/sh\necho\n",
            "#!relative/bin/python\n",
            "",
            "#!/b/_h_env_placehold_/bin/python\n",
        ] {
            assert_eq!(told(other), None, "{other:?}");
        }
    }

    #[test]
    fn a_link_is_a_matter_of_where_it_leads() {
        let prefix = tempfile::tempdir().unwrap();
        let programs = prefix.path().join("bin");
        fs::create_dir(&programs).unwrap();
        fs::write(prefix.path().join("mine.py"), "#!/usr/bin/python3\n").unwrap();
        std::os::unix::fs::symlink("../mine.py", programs.join("mine")).unwrap();
        fs::write(programs.join("b"), "#!/p/bin/python\n").unwrap();
        fs::write(programs.join("a"), "#!/p/bin/python\n").unwrap();
        let names: Vec<_> = in_folder(&programs).into_iter().map(|(path, _)| path).collect();
        assert_eq!(names, [programs.join("a"), programs.join("b")]);
    }
}
