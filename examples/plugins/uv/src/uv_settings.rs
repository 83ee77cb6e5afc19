//! uv's own settings of a project: those of `uv.toml`, or else of the table `[tool.uv]`; and what a user's `uv.toml` adds.

use std::path::{Path, PathBuf};

use pyve_formats::Written;
use pyve_formats::pyproject;
use pyve_formats::toml_file::{Item, TomlFile};
use pyve_plugin_api::{Error, Host, Result};

/// uv's own file of settings, beside which `[tool.uv]` does not count.
pub const FILE: &str = "uv.toml";

/// A file of settings.
pub struct UvSettings {
    pub file: TomlFile,
    /// Its name.
    pub name: &'static str,
    /// The table that they are in; empty in `uv.toml`.
    pub table: &'static str,
}

impl UvSettings {
    /// Those of the project, or of the workspace's root, in this directory.
    pub fn read(base: &Path) -> Result<Self> {
        Ok(match toml(&base.join(FILE))? {
            Some(file) => Self { file, name: FILE, table: "" },
            None => {
                let file = toml(&base.join(pyproject::NAME))?.unwrap_or_default();
                Self { file, name: pyproject::NAME, table: "tool.uv" }
            }
        })
    }

    /// Those that a user has for all projects, and the machine for all users. What cannot be read is uv's to refuse.
    pub fn of_user(host: &dyn Host) -> Vec<(Self, PathBuf)> {
        let folder = |name: &str| host.variable(name).map(PathBuf::from).filter(|folder| folder.is_absolute());
        let of_user = match cfg!(windows) {
            true => folder("APPDATA"),
            false => folder("XDG_CONFIG_HOME").or_else(|| Some(folder("HOME")?.join(".config"))),
        };
        let of_machine = ["/etc/xdg", "/etc"].iter().filter(|_| cfg!(unix)).map(PathBuf::from);
        let folders = of_user.into_iter().chain(of_machine).map(|folder| folder.join("uv"));
        let read = |folder: PathBuf| {
            let file = toml(&folder.join(FILE)).ok()??;
            Some((Self { file, name: FILE, table: "" }, folder))
        };
        folders.filter_map(read).collect()
    }

    /// The path of a key in the file.
    pub fn path(&self, key: &str) -> String {
        if self.table.is_empty() { key.to_owned() } else { format!("{}.{key}", self.table) }
    }

    /// What a key says.
    pub fn item(&self, key: &str) -> Option<&Item> {
        self.file.item(&self.path(key))
    }

    /// The text of a key; what is none is uv's to refuse.
    pub fn text(&self, key: &str) -> Option<Written> {
        self.file.text(&self.path(key)).ok().flatten()
    }
}

fn toml(file: &Path) -> Result<Option<TomlFile>> {
    TomlFile::read(file).map_err(|error| Error::new(error.to_string()).hint(error.hint()))
}
