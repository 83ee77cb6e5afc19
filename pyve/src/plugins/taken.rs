//! What a new plugin cannot have, because somebody has it already: ids, and flags of `pyve init`.

use std::path::Path;

use pyve_plugin_api::{Description, Setting, SettingKind};

use crate::config::{SETTINGS, Scope};
use crate::failure::Failure;
use crate::registry;

/// Ids that mean something else: to `--backend`, as the name of an environment, or as a key of `.pyve/config`.
const RESERVED: [&str; 6] = ["auto", "default", "default_env", "envs", "plugins", "run"];

/// The flags of pyve itself, and those of its backends.
pub struct Taken(Vec<Flag>);

struct Flag {
    name: String,
    owner: String,
    /// Of a setting that is remembered its kind: what chooses among a project's dependencies means the same in every
    /// backend, and they share the flag for it.
    shared: Option<SettingKind>,
}

impl Flag {
    fn clashes(&self, other: &Self) -> bool {
        self.name == other.name && (self.shared.is_none() || self.shared != other.shared)
    }
}

impl Taken {
    /// `own` are the flags of `pyve init`, without dashes.
    pub fn new(own: Vec<String>) -> Result<Self, Failure> {
        let of_init = |name| Flag { name, owner: "`pyve init`".to_owned(), shared: None };
        let mut flags: Vec<Flag> = own.into_iter().map(of_init).collect();
        registry::descriptions()?
            .iter()
            .for_each(|one| flags.extend(declared(one, &format!("pyve's backend `{}`", one.id))));
        Ok(Self(flags))
    }

    /// Refuses a flag that is taken, also by one of these other plugins.
    pub fn refuse_flags<'a>(
        &self,
        path: &Path,
        new: &Description,
        others: impl IntoIterator<Item = &'a Description>,
    ) -> Result<(), Failure> {
        let others = others.into_iter().filter(|other| other.id != new.id);
        let foreign: Vec<Flag> = others.flat_map(|other| declared(other, &named(other))).collect();
        let is_taken = |mine: &Flag| self.0.iter().chain(&foreign).find(|flag| flag.clashes(mine));
        let mine = declared(new, "");
        match mine.iter().find_map(is_taken) {
            Some(Flag { name, owner, .. }) => {
                Err(Failure::new(format!("{} has the flag `--{name}`, which {owner} already has", path.display()))
                    .remedy("give it another flag in its `describe` and build it again"))
            }
            None => Ok(()),
        }
    }
}

fn declared(description: &Description, owner: &str) -> Vec<Flag> {
    let settings = description.settings.iter().filter(|setting| !setting.flag.is_empty());
    let flag = |setting: &Setting| Flag {
        name: setting.flag.to_string(),
        owner: owner.to_owned(),
        shared: setting.remembered.then_some(setting.kind),
    };
    settings.map(flag).collect()
}

fn named(plugin: &Description) -> String {
    format!("plugin `{}` {}", plugin.id, plugin.version)
}

/// Who has an id that no plugin can have.
pub fn owner_of_id(id: &str) -> Option<String> {
    if RESERVED.contains(&id) || is_key(id) {
        return Some("pyve itself".to_owned());
    }
    registry::find(id).map(|factory| format!("pyve's backend `{}`", factory.id))
}

/// Whether `.pyve/config` has a key of pyve's own with that name.
fn is_key(name: &str) -> bool {
    let project = SETTINGS.iter().filter(|setting| setting.scope == Scope::Project);
    project.map(|setting| setting.key.split('.').next()).any(|key| key == Some(name))
}

/// Refuses an id that pyve itself or a built-in backend has.
pub fn refuse_id(id: &str, path: &Path) -> Result<(), Failure> {
    match owner_of_id(id) {
        Some(owner) => Err(clash(id, path, &owner).remedy("give it another id in its `describe` and build it again")),
        None => Ok(()),
    }
}

/// Two backends with one id.
pub fn clash(id: &str, path: &Path, owner: &str) -> Failure {
    Failure::new(format!("{} has the id `{id}`, which {owner} already has", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_chooses_dependencies_is_a_flag_for_all() {
        let taken =
            Taken(declared(&backend("fern", Setting::new("groups", SettingKind::LIST, "").remembered()), "`fern`"));
        let refused = |setting: Setting| {
            let refused = taken.refuse_flags(Path::new("/x.so"), &backend("rush", setting), None);
            refused.map_err(|failure| failure.message)
        };
        assert_eq!(refused(Setting::new("which", SettingKind::LIST, "").remembered()), Ok(()));
        let clash = Err("/x.so has the flag `--group`, which `fern` already has".to_owned());
        assert_eq!(refused(Setting::new("which", SettingKind::TEXT, "").remembered()), clash);
        assert_eq!(refused(Setting::new("which", SettingKind::LIST, "")), clash);
    }

    fn backend(id: &str, setting: Setting) -> Description {
        Description::new(id, "1", "").setting(setting.flag("group"))
    }
}
