//! Where the prepared tree of an interpreter's environments is: the path is the key of all it depends on.

use std::fs::Metadata;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use pyve_formats::sha256;
use pyve_plugin_api::Tool;

use crate::describe::ID;
use crate::tool::Facts;

/// Raised when the same inputs are to give another tree.
const FORMAT: u32 = 2;

/// Linux reads as many bytes of a script's first line, and pip writes a longer one in another way.
const SHEBANG: usize = 127;

/// Where Debian and Fedora keep the wheels that ensurepip installs.
const SYSTEM_WHEELS: &str = "/usr/share/python-wheels";

/// The tree that the environment at `prefix` can be cloned from; `None` where a clone could differ from
/// what Python itself makes there.
pub fn source(tool: &Tool, home: &Path, prefix: &Path) -> Option<PathBuf> {
    if cfg!(windows) || !bears_plainly(prefix) {
        return None;
    }
    let name = prefix.file_name()?;
    let facts: Facts = tool.extension.get(ID)?;
    let library = Path::new(&facts.library);
    let key = Key::new(tool, library)?.text(name.to_str()?);
    let tree = home.join("cache/venv").join(key).join(name);
    bears_plainly(&tree).then_some(tree)
}

/// Whether scripts name the folder as it is: nothing to quote for any shell, and short enough for a first line.
fn bears_plainly(folder: &Path) -> bool {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"_./+@-".contains(byte);
    let text = folder.as_os_str().as_encoded_bytes();
    let first_line = text.len() + "#!/bin/python3.999\n".len();
    folder.is_absolute() && text.iter().all(plain) && first_line <= SHEBANG
}

/// The state of all files that `python -m venv` reads, told by `stat` alone.
struct Key {
    lines: Vec<String>,
}

impl Key {
    fn new(tool: &Tool, library: &Path) -> Option<Self> {
        let program = tool.path.path();
        let mut key = Self { lines: vec![format!("{FORMAT} {} {}", program.display(), tool.version)] };
        key.file(&std::fs::canonicalize(&program).ok()?)?;
        key.file(&library.join("venv/__init__.py"))?;
        for folder in ["common", "posix", "nt"] {
            key.folder(&library.join("venv/scripts").join(folder));
        }
        key.file(&library.join("ensurepip/__init__.py"))?;
        key.folder(&library.join("ensurepip/_bundled"));
        key.folder(Path::new(SYSTEM_WHEELS));
        Some(key)
    }

    fn file(&mut self, path: &Path) -> Option<()> {
        let metadata = path.metadata().ok()?;
        self.lines.push(line(path, &metadata));
        Some(())
    }

    /// Its entries; a folder that is not there has none.
    fn folder(&mut self, path: &Path) {
        let entries = std::fs::read_dir(path).into_iter().flatten().flatten();
        let entries = entries.filter_map(|entry| Some(line(&entry.path(), &entry.path().metadata().ok()?)));
        let mut entries: Vec<String> = entries.collect();
        entries.sort();
        self.lines.extend(entries);
    }

    /// `name` is in the prompt of the environment.
    fn text(&self, name: &str) -> String {
        sha256::of(format!("{name}\n{}", self.lines.join("\n")))[..16].to_owned()
    }
}

fn line(path: &Path, metadata: &Metadata) -> String {
    let modified = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    format!("{} {} {}", path.display(), metadata.len(), modified.unwrap_or_default().as_nanos())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_no_shell_quotes_is_plain() {
        for plain in ["/p/.venv", "/home/a@b/c++/my-env_3.12"] {
            assert!(bears_plainly(Path::new(plain)), "{plain}");
        }
        let long = format!("/{}", "x".repeat(110));
        for odd in ["/p q/.venv", "/p'/e", "/p$x/e", "/\u{e9}/e", "/p~1/e", "/p=/e", "p/e", &long] {
            assert!(!bears_plainly(Path::new(odd)), "{odd}");
        }
    }
}
