//! `~/.pyve/config`: what a user has settled for all projects, each setting with who says it.

use std::path::{Path, PathBuf};

use pyve_formats::read::{self, Limit};
use pyve_formats::yaml::Position;

use super::LinkMode;
use super::check::Check;
use super::problem::{self, Problem, quoted};
use super::{Sourced, document, value};
use crate::caller::Caller;
use crate::failure::Failure;
use crate::ui::suggest::did_you_mean;

/// The variable that is stronger than the file.
pub const LINK_MODE_VARIABLE: &str = "PYVE_LINK_MODE";

const LINK_MODE: &str = "link_mode";

/// The keys of the file.
const KEYS: [&str; 1] = [LINK_MODE];

/// The settings of a user; all of them may be absent.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct UserConfig {
    present: bool,
    link_mode: Option<Sourced<LinkMode>>,
}

impl UserConfig {
    /// The settings in the file below pyve's own folder, if there is one, and in the caller's variables.
    pub fn load(caller: &Caller, pyve_home: Option<&Path>) -> Result<Self, Failure> {
        let path = pyve_home.map(Self::path).unwrap_or_default();
        let bytes = if pyve_home.is_some() { read::bytes(&path, Limit::SETTINGS)? } else { None };
        let mut config = match bytes {
            None => Self::default(),
            Some(bytes) => {
                let name = path.to_string_lossy();
                let parsed = Self::parse(&bytes, &name).map_err(|problems| problem::failure(&name, problems))?;
                Self { present: true, ..parsed }
            }
        };
        if let Some(value) = caller.nonempty(LINK_MODE_VARIABLE) {
            let value = named(LINK_MODE_VARIABLE, &value.to_string_lossy())
                .map_err(|(what, edit)| Failure::new(what).remedy(format!("{edit}, or unset {LINK_MODE_VARIABLE}")))?;
            config.link_mode = Some(Sourced { value, origin: LINK_MODE_VARIABLE.to_owned() });
        }
        Ok(config)
    }

    /// Where the file is.
    pub fn path(pyve_home: &Path) -> PathBuf {
        pyve_home.join("config")
    }

    /// Whether there is such a file.
    pub fn is_present(&self) -> bool {
        self.present
    }

    /// How files get from a template into a new environment, if that was said.
    pub fn link_mode(&self) -> Option<Sourced<LinkMode>> {
        self.link_mode.clone()
    }

    fn parse(bytes: &[u8], file: &str) -> Result<Self, Vec<Problem>> {
        let (root, problems) = document::read(bytes)?;
        let mut check = Check::new(&[], Path::new(""), problems);
        let mut config = Self::default();
        let entries = root.map(|root| check.top(&root, "write keys and values: 'link_mode: copy'"));
        for (key, node) in entries.unwrap_or_default() {
            match key.text.as_str() {
                LINK_MODE if node.is_null() => {}
                LINK_MODE => {
                    let named = value::text(LINK_MODE, &node).and_then(|text| {
                        named(LINK_MODE, &text).map_err(|(what, edit)| Problem::new(node.position, what, edit))
                    });
                    match named {
                        Ok(value) => {
                            config.link_mode =
                                Some(Sourced { value, origin: format!("{file}:{}", node.position.line) });
                        }
                        Err(problem) => check.problems.push(problem),
                    }
                }
                _ => check.problems.push(unknown(&key.text, key.position)),
            }
        }
        if check.problems.is_empty() { Ok(config) } else { Err(check.problems) }
    }
}

fn unknown(key: &str, position: Position) -> Problem {
    let text = format!("unknown key {}{}", quoted(key), did_you_mean(key, KEYS));
    Problem::new(position, text, format!("correct or remove it; the keys are {}", KEYS.join(", ")))
}

/// The mode of that name, or what is wrong with the setting and what helps.
fn named(setting: &str, name: &str) -> Result<LinkMode, (String, String)> {
    let names = LinkMode::ALL.map(LinkMode::name);
    LinkMode::named(name).ok_or_else(|| {
        let near = did_you_mean(name, names);
        (format!("invalid {setting} {}{near}", quoted(name)), format!("use {}", names.join(", ")))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(text: Option<&str>, variable: &str) -> Result<UserConfig, Failure> {
        let folder = tempfile::tempdir().unwrap();
        if let Some(text) = text {
            std::fs::write(folder.path().join("config"), text).unwrap();
        }
        let caller = Caller::for_test(vec![(LINK_MODE_VARIABLE.into(), variable.into())]);
        UserConfig::load(&caller, Some(folder.path())).map_err(|mut failure| {
            let home = format!("{}/", folder.path().display());
            failure.message = failure.message.replace(&home, "");
            failure.details.iter_mut().for_each(|line| *line = line.replace(&home, ""));
            failure
        })
    }

    fn said(text: &str, variable: &str) -> Option<(&'static str, String)> {
        let mode = load(Some(text), variable).unwrap().link_mode()?;
        let origin = mode.origin.rsplit('/').next().unwrap_or_default().to_owned();
        Some((mode.value.name(), origin))
    }

    fn refused(text: &str, variable: &str) -> String {
        let failure = load(Some(text), variable).unwrap_err();
        let details: String = failure.details.iter().map(|line| format!("\n{line}")).collect();
        format!("{}{details}\n=> {}", failure.message, failure.remedy.unwrap_or_default())
    }

    #[test]
    fn the_variable_is_stronger_than_the_file_and_both_may_say_nothing() {
        assert_eq!(load(None, "").unwrap(), UserConfig::default());
        for text in ["", "# nothing\n", "link_mode:\n", "link_mode: ~", "{}"] {
            assert_eq!(said(text, ""), None, "{text}");
        }
        assert_eq!(said("\nlink_mode: \"hardlink\"\n", ""), Some(("hardlink", "config:2".to_owned())));
        assert_eq!(said("link_mode: hardlink", "copy"), Some(("copy", LINK_MODE_VARIABLE.to_owned())));
        assert!(load(Some(""), "").unwrap().is_present());
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place_and_the_nearest_right_one() {
        insta::assert_snapshot!(refused("link_mode: hardlinks\nlinkmode: copy\n", ""), @r"
        config:1:12: invalid link_mode 'hardlinks'; did you mean 'hardlink'?
        config:2:1: unknown key 'linkmode'; did you mean 'link_mode'?
        => use clone, copy, hardlink
        ");
        insta::assert_snapshot!(refused("link_mode: [copy]", ""), @r#"
        config:1:12: link_mode is a list; it must be a text
        => write one value: link_mode: "..."
        "#);
        insta::assert_snapshot!(refused("copy", ""), @r"
        config:1:1: the file is a single value; it must be a mapping of keys to values
        => write keys and values: 'link_mode: copy'
        ");
        insta::assert_snapshot!(refused("", "symlink"), @r"
        invalid PYVE_LINK_MODE 'symlink'
        => use clone, copy, hardlink, or unset PYVE_LINK_MODE
        ");
    }
}
