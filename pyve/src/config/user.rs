//! `~/.pyve/config`: what a user has settled for all projects, each setting with who says it.

use std::path::{Path, PathBuf};

use pyve_formats::read::{self, Limit};

use super::check::Check;
use super::host::{self, HostSetting, Scope};
use super::problem::{self, Problem};
use super::value::Refusal;
use super::values::Values;
use super::{LinkMode, Sourced, document};
use crate::caller::Caller;
use crate::failure::Failure;

/// The settings of a user; all of them may be absent.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct UserConfig {
    present: bool,
    values: Values,
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
                let values = parse(&bytes, &name).map_err(|problems| problem::failure(&name, problems))?;
                Self { present: true, values }
            }
        };
        for setting in host::settings(Scope::User) {
            let Some(variable) = setting.variable else { continue };
            let Some(value) = caller.nonempty(variable) else { continue };
            let said = setting.said(variable, &value.to_string_lossy());
            let refused = |(what, edit): Refusal| Failure::new(what).remedy(format!("{edit}, or unset {variable}"));
            config.values.insert(setting, said.map_err(refused)?);
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

    /// What was said of a setting of the host's.
    pub fn said(&self, setting: &HostSetting) -> Option<&Sourced<String>> {
        self.values.get(setting.key)
    }

    /// How files get from a template into a new environment.
    pub fn link_mode(&self) -> LinkMode {
        LinkMode::named(self.values.effective(host::LINK_MODE)).unwrap_or(LinkMode::DEFAULT)
    }

    /// Whether a shell enters and leaves allowed projects with the directory.
    pub fn enters_by_directory(&self) -> bool {
        self.values.effective(host::SHELL_HOOK_AUTO) == "true"
    }
}

fn parse(bytes: &[u8], file: &str) -> Result<Values, Vec<Problem>> {
    let (root, problems) = document::read(bytes)?;
    let mut check = Check::of_user(file);
    check.problems = problems;
    root.iter().for_each(|root| check.document(root));
    if check.problems.is_empty() { Ok(check.config.layer.values) } else { Err(check.problems) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(text: Option<&str>, variable: &str) -> Result<UserConfig, Failure> {
        let folder = tempfile::tempdir().unwrap();
        if let Some(text) = text {
            std::fs::write(folder.path().join("config"), text).unwrap();
        }
        let caller = Caller::for_test(vec![("PYVE_LINK_MODE".into(), variable.into())]);
        UserConfig::load(&caller, Some(folder.path())).map_err(|mut failure| {
            let home = format!("{}/", folder.path().display());
            failure.message = failure.message.replace(&home, "");
            failure.details.iter_mut().for_each(|line| *line = line.replace(&home, ""));
            failure
        })
    }

    fn said(text: &str, variable: &str) -> Option<(String, String)> {
        let config = load(Some(text), variable).unwrap();
        let setting = host::settings(Scope::User).next().unwrap();
        let said = config.said(setting)?;
        assert_eq!(config.link_mode().name(), said.value);
        let origin = said.origin.rsplit('/').next().unwrap_or_default().to_owned();
        Some((said.value.clone(), origin))
    }

    #[test]
    fn entering_by_directory_is_off_until_the_user_says_otherwise() {
        for (text, wanted) in [
            ("", false),
            ("shell_hook:", false),
            ("shell_hook: {auto: false}", false),
            ("shell_hook: {auto: true}", true),
        ] {
            assert_eq!(load(Some(text), "").unwrap().enters_by_directory(), wanted, "{text}");
        }
    }

    fn refused(text: &str, variable: &str) -> String {
        let failure = load(Some(text), variable).unwrap_err();
        let details: String = failure.details.iter().map(|line| format!("\n{line}")).collect();
        format!("{}{details}\n=> {}", failure.message, failure.remedy)
    }

    #[test]
    fn the_variable_is_stronger_than_the_file_and_both_may_say_nothing() {
        assert_eq!(load(None, "").unwrap(), UserConfig::default());
        for text in ["", "# nothing\n", "link_mode:\n", "link_mode: ~", "{}"] {
            assert_eq!(said(text, ""), None, "{text}");
        }
        assert_eq!(said("\nlink_mode: \"hardlink\"\n", ""), Some(("hardlink".to_owned(), "config:2".to_owned())));
        assert_eq!(said("link_mode: hardlink", "copy"), Some(("copy".to_owned(), "PYVE_LINK_MODE".to_owned())));
        assert!(load(Some(""), "").unwrap().is_present());
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place_and_the_nearest_right_one() {
        insta::assert_snapshot!(refused("link_mode: hardlinks\nlinkmode: copy\n", ""), @"
        config:1:12: invalid link_mode `hardlinks`; did you mean `hardlink`?
        config:2:1: unknown key `linkmode`; did you mean `link_mode`?
        => use clone, copy, hardlink
        ");
        insta::assert_snapshot!(refused("link_mode: [copy]", ""), @r#"
        config:1:12: invalid link_mode: must be a text, not a list
        => write one value: `link_mode: "..."`
        "#);
        insta::assert_snapshot!(refused("prompt: {show: false}", ""), @"
        config:1:1: `prompt` is a setting of a project
        => move it to `.pyve/config`
        ");
        insta::assert_snapshot!(refused("shell_hook: {automatic: true}", ""), @"
        config:1:14: unknown key `automatic` in shell_hook
        => correct or remove it; the keys of shell_hook are auto
        ");
        insta::assert_snapshot!(refused("shell_hook: {auto: yes}", ""), @"
        config:1:20: invalid shell_hook.auto `yes`: must be `true` or `false`; did you mean `true`?
        => write `auto: true` or `auto: false`
        ");
        insta::assert_snapshot!(refused("copy", ""), @"
        config:1:1: invalid file: must be a mapping of keys to values, not a single value
        => write keys and values, such as `link_mode: copy`
        ");
        insta::assert_snapshot!(refused("", "symlink"), @"
        invalid PYVE_LINK_MODE `symlink`
        => use clone, copy, hardlink, or unset PYVE_LINK_MODE
        ");
    }
}
