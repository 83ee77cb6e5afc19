//! Which environments were made with a build: the host leaves a note for each, and here it is seen which of them still hold.

use std::path::{Path, PathBuf};

use pyve_formats::pyvenv_cfg::Cfg;
use pyve_formats::read::{self, Limit};
use pyve_formats::{sha256, sorted};
use pyve_plugin_api::OsText;

use super::installed::{Installed, installed};

/// Beside the builds, so that notes outlast a build that is removed and installed again.
const NOTES: &str = ".environments";

/// Where an environment has its interpreter; one of them is a link to the build's, or `pyvenv.cfg` names it.
const INTERPRETERS: [&str; 3] = ["bin/python", "bin/python3", "Scripts/python.exe"];

/// A note that an environment was made with a build.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// The environment.
    pub prefix: PathBuf,
    /// The file, which holds the prefix as JSON.
    pub file: PathBuf,
}

impl Note {
    /// The one of the environment at `prefix`, if that stands on a build in pyve's directory `pyve`.
    pub fn of(prefix: &Path, pyve: &Path) -> Option<Self> {
        let build = installed(pyve).into_iter().find(|build| build.is_base_of(prefix))?;
        Some(Self { file: build.note(prefix), prefix: prefix.to_owned() })
    }

    /// What the file holds.
    pub fn content(&self) -> String {
        serde_json::to_string(&OsText::from(self.prefix.as_path())).unwrap_or_default()
    }

    fn read(file: PathBuf) -> Option<Self> {
        let bytes = read::bytes(&file, Limit::NOTE).ok()??;
        let prefix: OsText = pyve_formats::json::read(&bytes).ok()?;
        Some(Self { prefix: prefix.path().into_owned(), file })
    }
}

impl Installed {
    fn notes_directory(&self) -> PathBuf {
        self.directory.with_file_name(NOTES).join(self.directory.file_name().unwrap_or_default())
    }

    fn note(&self, prefix: &Path) -> PathBuf {
        let name = &sha256::of(prefix.as_os_str().as_encoded_bytes())[..16];
        self.notes_directory().join(name).with_extension("json")
    }

    /// The notes of environments that may be made with it, by the environment's path.
    pub fn notes(&self) -> Vec<Note> {
        let entries = std::fs::read_dir(self.notes_directory()).into_iter().flatten().flatten();
        let mut notes: Vec<Note> = entries.filter_map(|entry| Note::read(entry.path())).collect();
        sorted::by_key(&mut notes, |note| note.prefix.clone());
        notes
    }

    /// The environments that were noted and still stand on it; one that is nobody's note is not known.
    pub fn environments(&self) -> Vec<PathBuf> {
        let notes = self.notes().into_iter().map(|note| note.prefix);
        notes.filter(|prefix| self.is_base_of(prefix)).collect()
    }

    /// Whether the environment at `prefix` has its Python from here.
    fn is_base_of(&self, prefix: &Path) -> bool {
        let directory = std::fs::canonicalize(&self.directory);
        let directory = directory.as_deref().unwrap_or(&self.directory);
        let is_inside = |path: &Path| std::fs::canonicalize(path).is_ok_and(|real| real.starts_with(directory));
        let by_cfg = || Cfg::read(prefix).ok().flatten().and_then(|cfg| cfg.home).is_some_and(|home| is_inside(&home));
        INTERPRETERS.iter().any(|name| is_inside(&prefix.join(name))) || by_cfg()
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::fs;
    use std::os::unix::fs::symlink;

    #[test]
    fn an_environment_uses_a_build_as_long_as_it_stands_on_it() {
        let home = tempfile::tempdir().unwrap();
        let home = home.path().canonicalize().unwrap();
        let build = home.join("pythons/cpython-3.13.1-linux-x86_64-gnu");
        let interpreter = build.join("bin/python3.13");
        fs::create_dir_all(interpreter.parent().unwrap()).unwrap();
        fs::write(&interpreter, "").unwrap();
        let environment = home.join("a project/.venv");
        fs::create_dir_all(environment.join("bin")).unwrap();
        symlink(&interpreter, environment.join("bin/python")).unwrap();
        let installed = Installed::at(&build).unwrap();
        assert!(installed.environments().is_empty(), "nobody noted it");

        let note = Note::of(&environment, &home).unwrap();
        fs::create_dir_all(note.file.parent().unwrap()).unwrap();
        fs::write(&note.file, note.content()).unwrap();
        assert_eq!((installed.environments(), installed.notes()), (vec![environment.clone()], vec![note.clone()]));
        // By the file alone, as where links are copies.
        fs::remove_file(environment.join("bin/python")).unwrap();
        assert!(installed.environments().is_empty());
        fs::write(environment.join("pyvenv.cfg"), format!("home = {}\n", build.join("bin").display())).unwrap();
        assert_eq!(installed.environments(), std::slice::from_ref(&environment));
        fs::write(environment.join("pyvenv.cfg"), "home = /usr/bin\n").unwrap();
        assert!(installed.environments().is_empty(), "made again with another Python");
        fs::write(&note.file, "not JSON").unwrap();
        assert!(installed.notes().is_empty());

        assert_eq!(Note::of(&environment, &home), None);
    }
}
