//! What one place of a file says: the whole of it, or the part below the name of an environment.

use std::collections::BTreeMap;

use pyve_plugin_api::{Description, SettingValue};

use super::values::Values;

/// The settings of the host's and of backends.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Layer {
    pub values: Values,
    /// By the backend's id.
    pub sections: BTreeMap<String, Vec<SettingValue>>,
}

impl Layer {
    /// These settings, and those of `below` that they leave.
    pub fn over(&self, below: Self) -> Self {
        let Self { mut values, mut sections } = below;
        values.extend(&self.values);
        for (id, said) in &self.sections {
            let section = sections.entry(id.clone()).or_default();
            section.retain(|setting| said.iter().all(|own| own.key != setting.key));
            section.extend(said.iter().cloned());
        }
        Self { values, sections }
    }

    /// What every environment may share: not what a setting says of one alone, such as its directory.
    pub fn shared(&self, known: &[Description]) -> Self {
        let mut shared = self.clone();
        for (id, section) in &mut shared.sections {
            let settings =
                known.iter().filter(|backend| backend.id == id.as_str()).flat_map(|backend| &backend.settings);
            let own: Vec<&str> = settings.filter(|one| one.is_per_environment()).map(|one| one.key.as_str()).collect();
            section.retain(|setting| !own.contains(&setting.key.as_str()));
        }
        shared
    }
}
