//! Which Pythons uv prefers, whoever says so, and whether an environment has one of them.

use std::path::{Path, PathBuf};

use pyve_formats::pyvenv_cfg::Cfg;
use pyve_plugin_api::{Host, Request};

use crate::choice::is_yes;
use crate::project::above;
use crate::uv_settings::UvSettings;

/// The setting.
pub const KEY: &str = "python_preference";

/// Its values, as uv names them.
pub const ALL: [&str; 4] = ["only-managed", "managed", "system", ONLY_SYSTEM];

const ONLY_SYSTEM: &str = "only-system";

/// Variables of uv's that say the same, and come before [`VARIABLE`].
pub const SWITCHES: [(&str, &str); 2] = [("UV_MANAGED_PYTHON", "only-managed"), ("UV_NO_MANAGED_PYTHON", ONLY_SYSTEM)];

const VARIABLE: &str = "UV_PYTHON_PREFERENCE";

/// What is said, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preference {
    value: String,
    origin: String,
}

impl Preference {
    pub fn new(value: &str, origin: &str) -> Self {
        Self { value: value.to_owned(), origin: origin.to_owned() }
    }

    /// What uv's variables say, else its files: those of the project, then those of the user.
    pub fn of_uv(request: &Request, host: &dyn Host) -> Option<Self> {
        let variable = |name: &str| host.variable(name).filter(|value| !value.is_empty());
        let is_said = |name: &str| variable(name).is_some_and(|value| is_yes(&value));
        if let Some((name, value)) = SWITCHES.into_iter().find(|(name, _)| is_said(name)) {
            return Some(Self::new(value, name));
        }
        let of_variable = variable(VARIABLE).map(|value| Self::new(&value.to_string_lossy(), VARIABLE));
        let of_file = || {
            let project = request.project();
            let base = above(&project).map_or_else(|| project.clone().into_owned(), |(base, _)| base);
            let own = UvSettings::read(&base).ok().map(|settings| (settings, PathBuf::new()));
            own.into_iter().chain(UvSettings::of_user(host)).find_map(|(settings, folder)| {
                let said = settings.text("python-preference")?;
                let file = folder.join(settings.name);
                Some(Self::new(&said.text, &format!("{}:{}", file.display(), said.line)))
            })
        };
        // uv itself refuses what is none.
        of_variable.or_else(of_file).filter(|said| ALL.contains(&said.value.as_str()))
    }

    /// Whether uv's own Pythons come first, or are the only ones.
    pub fn is_managed(&self) -> bool {
        self.value.ends_with("managed")
    }

    /// Whether uv takes this interpreter where pyve names it.
    pub fn allows(&self, interpreter: &Path, host: &dyn Host) -> bool {
        self.value != ONLY_SYSTEM || !is_managed(interpreter, host)
    }

    /// Why an environment's Python is not of the kind that is preferred, as half a sentence. What is only preferred counts if it
    /// `is_new`: when the environment was created there may have been no such Python.
    pub fn mismatch(&self, prefix: &Path, is_new: bool, host: &dyn Host) -> Option<String> {
        let home = Cfg::read(prefix).ok()??.home?;
        let is_managed = is_managed(&home, host);
        let counts = self.value.starts_with("only-") || is_new;
        let whose = if is_managed { "one of uv's Pythons" } else { "a Python that is not uv's own" };
        (counts && is_managed != self.is_managed())
            .then(|| format!("made with {whose}, but {} says `{}`", self.origin, self.value))
    }
}

/// Whether it is below the directory that uv installs Pythons into.
fn is_managed(path: &Path, host: &dyn Host) -> bool {
    let variable = |name: &str| host.variable(name).map(PathBuf::from).filter(|folder| folder.is_absolute());
    let data = || match cfg!(windows) {
        true => Some(variable("APPDATA")?.join("uv").join("data")),
        false => Some(variable("XDG_DATA_HOME").or_else(|| Some(variable("HOME")?.join(".local/share")))?.join("uv")),
    };
    let root = variable("UV_PYTHON_INSTALL_DIR").or_else(|| Some(data()?.join("python")));
    let real = |path: &Path| std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    root.is_some_and(|root| real(path).starts_with(real(&root)))
}
