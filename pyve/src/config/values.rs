//! What was said of the host's settings, and what holds where nothing was.

use std::collections::BTreeMap;

use super::host::{Fallback, HostSetting, SETTINGS};
use super::sourced::Sourced;

/// The settings of a file that were said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Values(BTreeMap<&'static str, Sourced<String>>);

impl Values {
    /// What was said of a setting.
    pub fn get(&self, key: &str) -> Option<&Sourced<String>> {
        self.0.get(key)
    }

    /// The same, to be changed.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Sourced<String>> {
        self.0.get_mut(key)
    }

    /// What holds: what was said, or else the default; empty where there is neither.
    pub fn effective(&self, key: &str) -> &str {
        let default = || SETTINGS.iter().find(|setting| setting.key == key).map(|setting| setting.default);
        match (self.get(key), default()) {
            (Some(said), _) => &said.value,
            (None, Some(Fallback::Value(default))) => default,
            (None, _) => "",
        }
    }

    /// Adds what was said elsewhere; it counts more.
    pub fn extend(&mut self, others: &Self) {
        self.0.extend(others.0.iter().map(|(key, said)| (*key, said.clone())));
    }

    pub fn insert(&mut self, setting: &HostSetting, said: Sourced<String>) {
        self.0.insert(setting.key, said);
    }
}
