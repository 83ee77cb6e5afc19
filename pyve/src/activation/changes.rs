//! What became of variables: of each what it was before and what it is since, so that the one can be had back from the other.

use std::ffi::{OsStr, OsString};

use pyve_plugin_api::OsText;
use serde::{Deserialize, Serialize};

use super::entries;
use crate::files::envrc_text::is_name;
use crate::launch::Variables;

/// Names and values, each name once, in any order.
pub type Pairs = Vec<(OsString, OsString)>;

/// One variable. To set it is to give a value, to unset it is to give none, and to prepend to a list is to give the list
/// with more entries than it had, which is found out where it is undone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    pub name: String,
    /// What it was; nothing where there was no such variable.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<OsText>,
    /// What it was given; nothing where it was removed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given: Option<OsText>,
}

impl Change {
    /// What the variable becomes when the change is undone, `now` being its value.
    fn undone(&self, now: Option<&OsStr>) -> Option<OsString> {
        let text = |value: &Option<OsText>| value.as_ref().map(|value| value.os_str().into_owned());
        let (before, given) = (text(&self.before), text(&self.given));
        if now == given.as_deref() {
            return before;
        }
        // Somebody else has changed it since: of a list our entries go, and all else stays as it is.
        match (before, given, now) {
            (Some(before), Some(given), Some(now)) if self.name == "PATH" || entries::are_added(&before, &given) => {
                Some(entries::undone(&before, &given, now))
            }
            (None, Some(given), Some(now)) if self.name == "PATH" => Some(entries::undone("".as_ref(), &given, now)),
            (_, _, now) => now.map(OsStr::to_owned),
        }
    }
}

/// The variables that differ, by their names. One that a shell can have no variable of is nobody's business here.
pub fn between(before: &[(OsString, OsString)], after: &[(OsString, OsString)]) -> Vec<Change> {
    let mut names: Vec<&str> = before.iter().chain(after).filter_map(|(name, _)| name.to_str()).collect();
    names.retain(|name| is_name(name));
    names.sort_unstable();
    names.dedup();
    let changes = names.into_iter().map(|name| {
        let value = |pairs| Variables::find(pairs, name).map(OsText::from);
        Change { name: name.to_owned(), before: value(before), given: value(after) }
    });
    changes.filter(|change| change.before != change.given).collect()
}

/// The variables as they are with all changes undone, wherever what was given is still there.
pub fn undone(changes: &[Change], now: &[(OsString, OsString)]) -> Pairs {
    let mut variables = Variables(now.to_vec());
    for change in changes {
        match change.undone(variables.get(&change.name)) {
            Some(value) => variables.set(&change.name, &value),
            None => drop(variables.remove(&change.name)),
        }
    }
    variables.0
}

/// The changes with those that came after them: of each variable the first value before and the last one given.
pub fn followed_by(mut changes: Vec<Change>, later: Vec<Change>) -> Vec<Change> {
    for change in later {
        match changes.iter_mut().find(|known| known.name == change.name) {
            Some(known) => known.given = change.given,
            None => changes.push(change),
        }
    }
    changes.retain(|change| change.before != change.given);
    changes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(list: &[(&str, &str)]) -> Pairs {
        list.iter().map(|(name, value)| (name.into(), value.into())).collect()
    }

    fn sorted(mut pairs: Pairs) -> Pairs {
        pairs.sort();
        pairs
    }

    #[test]
    fn all_comes_back_as_it_was() {
        let before = pairs(&[("PATH", "/bin:"), ("GONE", "x"), ("EMPTY", ""), ("a.b", "1"), ("SAME", "1")]);
        let after = pairs(&[("PATH", "/e/bin:/bin:"), ("NEW", ""), ("EMPTY", "no"), ("a.b", "2"), ("SAME", "1")]);
        let changes = between(&before, &after);
        assert_eq!(changes.iter().map(|it| it.name.as_str()).collect::<Vec<_>>(), ["EMPTY", "GONE", "NEW", "PATH"]);
        let json = serde_json::to_string(&changes).unwrap();
        assert_eq!(serde_json::from_str::<Vec<Change>>(&json).unwrap(), changes);
        let mut expected = before.clone();
        expected[3].1 = "2".into();
        assert_eq!(sorted(undone(&changes, &after)), sorted(expected));
    }

    #[test]
    fn what_the_user_changed_since_stays_and_of_lists_only_ours_goes() {
        let before = pairs(&[("PATH", "/bin"), ("LIBS", "/l"), ("GONE", "x"), ("SET", "a"), ("TAKEN", "t")]);
        let after = pairs(&[("PATH", "/e:/bin"), ("LIBS", "/e/l:/l"), ("SET", "b"), ("NEW", "n"), ("TAKEN", "u")]);
        let changes = between(&before, &after);
        let now = pairs(&[
            ("PATH", "/mine:/e:/bin:/more"),
            ("LIBS", "/e/l:/l:/mine"),
            ("GONE", "again"),
            ("SET", "mine"),
            ("NEW", "mine"),
        ]);
        let expected = pairs(&[
            ("GONE", "again"),
            ("LIBS", "/l:/mine"),
            ("NEW", "mine"),
            ("PATH", "/mine:/bin:/more"),
            ("SET", "mine"),
        ]);
        assert_eq!(sorted(undone(&changes, &now)), expected);
    }

    #[test]
    fn later_changes_go_into_the_earlier_ones() {
        let (one, two) = (pairs(&[("A", "1"), ("B", "1")]), pairs(&[("A", "2"), ("B", "2")]));
        let three = pairs(&[("A", "3"), ("B", "1"), ("C", "3")]);
        let whole = followed_by(between(&one, &two), between(&two, &three));
        assert_eq!(whole, between(&one, &three));
        assert_eq!(sorted(undone(&whole, &three)), one);
    }
}
