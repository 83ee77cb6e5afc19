//! Files of pyve's state as pyve would seal them, for tests of states that no command leaves behind any more.

use std::path::{Path, PathBuf};

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The state of a project, and pyve's own folder of the user who seals it.
pub struct State {
    project: PathBuf,
    pyve_home: PathBuf,
}

impl State {
    pub fn new(project: &Path, pyve_home: &Path) -> Self {
        Self { project: project.to_owned(), pyve_home: pyve_home.to_owned() }
    }

    /// Where a file of state is: `default/venv.json`.
    pub fn path(&self, name: &str) -> PathBuf {
        self.project.join(".pyve/state").join(name)
    }

    /// What a file says behind its seal and head.
    ///
    /// # Panics
    /// Where there is no such file, or it has no head.
    pub fn content(&self, name: &str) -> String {
        let text = fs_err::read_to_string(self.path(name)).expect("a file of state");
        text.splitn(3, '\n').nth(2).expect("a seal, a head and a content").to_owned()
    }

    /// Writes a file, sealed for the project.
    pub fn write(&self, name: &str, content: &str) {
        self.write_for(&self.project, name, content);
    }

    /// Writes a file, sealed for another folder.
    pub fn write_for(&self, project: &Path, name: &str, content: &str) {
        let project = project.to_str().expect("a path in Unicode").replace('\\', "\\\\").replace('"', "\\\"");
        self.seal(name, &format!("{{\"schema\":1,\"project\":\"{project}\"}}\n{content}"));
    }

    /// Changes what is behind the seal, head included, and seals it again.
    ///
    /// # Panics
    /// Where there is no such file, or nothing is changed.
    pub fn edit(&self, name: &str, change: impl FnOnce(&str) -> String) {
        let text = fs_err::read_to_string(self.path(name)).expect("a file of state");
        let (_, body) = text.split_once('\n').expect("a seal");
        let changed = change(body);
        assert_ne!(changed, body, "{name} was changed");
        self.seal(name, &changed);
    }

    fn seal(&self, name: &str, body: &str) {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.key()).expect("a key of any length");
        for part in [b"pyve-seal-1\0", name.as_bytes(), b"\0", body.as_bytes()] {
            mac.update(part);
        }
        let seal: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
        let path = self.path(name);
        fs_err::create_dir_all(path.parent().expect("it has a directory")).expect("the directory of state");
        fs_err::write(&path, format!("pyve-seal 1 {seal}\n{body}")).expect("the file of state");
    }

    /// The user's key, made as pyve makes it where there is none.
    fn key(&self) -> Vec<u8> {
        let path = self.pyve_home.join("key");
        if !path.exists() {
            fs_err::create_dir_all(&self.pyve_home).expect("pyve's own directory");
            fs_err::write(&path, [7; 32]).expect("the key");
            #[cfg(unix)]
            for (path, mode) in [(&path, 0o600), (&self.pyve_home, 0o755)] {
                let mode = std::os::unix::fs::PermissionsExt::from_mode(mode);
                fs_err::set_permissions(path, mode).expect("modes can be set");
            }
        }
        fs_err::read(&path).expect("the key")
    }
}
