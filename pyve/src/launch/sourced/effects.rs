//! What scripts changed, so that the same can be done without them.

use pyve_formats::sorted;
use std::ffi::{OsStr, OsString};

use pyve_plugin_api::OsText;
use serde::{Deserialize, Serialize};

use super::relay::Relay;
use crate::launch::environment::Variables;

/// Names and values, in any order.
pub type Pairs = Vec<(OsString, OsString)>;

/// What a shell sets for itself, and what is nobody's to hand on.
const SHELLS_OWN: [&str; 13] =
    ["_", "SHLVL", "PWD", "OLDPWD", "PS4", "IFS", "COLUMNS", "LINES", "UID", "EUID", "PPID", "SHELLOPTS", "OPTIND"];

/// What is otherwise after the scripts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Effects {
    set: Vec<(OsText, OsText)>,
    unset: Vec<OsText>,
    /// What is no variable. It is not kept: it depends on more than variables.
    #[serde(skip)]
    pub relay: Option<Relay>,
}

impl Effects {
    /// The difference; what a shell cannot have as a variable it cannot have changed.
    pub fn between(before: &[(OsString, OsString)], after: &Pairs) -> Self {
        let value = |pairs: &[(OsString, OsString)], name: &OsStr| {
            pairs.iter().find(|(other, _)| other == name).map(|(_, value)| value.clone())
        };
        let set =
            after.iter().filter(|(name, text)| !is_shells_own(name) && value(before, name).as_ref() != Some(text));
        let gone = before.iter().map(|(name, _)| name);
        let gone = gone.filter(|name| is_name(name) && !is_shells_own(name) && value(after, name).is_none());
        let mut effects = Self {
            set: set.map(|(name, value)| (name.into(), value.into())).collect(),
            unset: gone.map(Into::into).collect(),
            relay: None,
        };
        sorted::by(&mut effects.set, Ord::cmp);
        sorted::by(&mut effects.unset, Ord::cmp);
        effects.unset.dedup();
        effects
    }

    /// With what is no variable.
    pub fn with(self, relay: Option<Relay>) -> Self {
        Self { relay, ..self }
    }

    /// Changes the variables in the same way.
    pub fn apply(&self, variables: &mut Variables) {
        self.unset.iter().for_each(|name| drop(variables.remove(&name.display())));
        for (name, value) in &self.set {
            variables.set(&name.display(), &value.os_str());
        }
    }
}

pub fn is_shells_own(name: &OsStr) -> bool {
    let bytes = name.as_encoded_bytes();
    let bashs = bytes.starts_with(b"BASH") && !bytes.starts_with(b"BASH_FUNC_") && bytes != b"BASH_ENV";
    bashs || bytes.starts_with(b"__pyve_") || SHELLS_OWN.iter().any(|own| name == *own)
}

fn is_name(name: &OsStr) -> bool {
    let mut bytes = name.as_encoded_bytes().iter();
    bytes.next().is_some_and(|first| first.is_ascii_alphabetic() || *first == b'_')
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(list: &[(&str, &str)]) -> Pairs {
        list.iter().map(|(name, value)| (name.into(), value.into())).collect()
    }

    #[test]
    fn what_scripts_did_is_done_again() {
        let before = pairs(&[("KEPT", "1"), ("OTHER", "a"), ("GONE", "x"), ("a.b", "odd"), ("SHLVL", "1")]);
        let after =
            pairs(&[("KEPT", "1"), ("OTHER", "b"), ("NEW", ""), ("SHLVL", "2"), ("_", "/bin/x"), ("BASH", "b")]);
        let effects = Effects::between(&before, &after);
        let json = serde_json::to_string(&effects).unwrap();
        assert_eq!(serde_json::from_str::<Effects>(&json).unwrap(), effects);
        let mut variables = Variables(before);
        effects.apply(&mut variables);
        let mut is = variables.0;
        is.sort();
        assert_eq!(is, pairs(&[("KEPT", "1"), ("NEW", ""), ("OTHER", "b"), ("SHLVL", "1"), ("a.b", "odd")]));
    }
}
