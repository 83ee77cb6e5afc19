//! What is chosen of the project's packages, and how uv installs it: the settings, and the words of `uv sync` for them.

use std::ffi::OsStr;

use pyve_formats::python_name::{is_valid, normalized};
use pyve_plugin_api::{Command, Error, Host, Request, Result};

use crate::preference::{self, Preference};

/// How uv puts files into an environment.
const LINK_MODES: [&str; 4] = ["clone", "copy", "hardlink", "symlink"];

pub const LINK_MODE: &str = "link_mode";

/// How the lock file is treated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Locking {
    /// uv writes it again where it is stale.
    Write,
    /// A stale one is an error.
    Locked,
    /// It is taken as it is.
    Frozen,
}

/// What the settings choose, names as indexes compare them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    pub groups: Vec<String>,
    pub default_groups: bool,
    pub dev: bool,
    pub extras: Vec<String>,
    pub all_extras: bool,
    pub all_packages: bool,
    pub locking: Locking,
    /// As the setting says it.
    python_preference: Option<String>,
    /// As it is said anywhere.
    pub preference: Option<Preference>,
    pub link_mode: Option<String>,
}

impl Choice {
    /// Reads the settings; `known` says whether the project has a group of this name.
    pub fn read(request: &Request, known: &dyn Fn(&str) -> bool) -> Result<Self> {
        let flag = |key: &str| request.flag(key) == Some(true);
        let mut groups = names(request, "groups")?;
        let own = normalized(&request.environment);
        if request.is_named() && request.setting("groups").is_none() && known(&own) {
            groups.push(own);
        }
        let locking = match (flag("frozen"), flag("locked")) {
            (true, true) => return Err(both(request)),
            (true, false) => Locking::Frozen,
            (false, locked) if locked || request.strict => Locking::Locked,
            (false, _) => Locking::Write,
        };
        let said = one_of(request, preference::KEY, &preference::ALL)?;
        Ok(Self {
            groups,
            default_groups: !flag("no_default_groups"),
            dev: !flag("no_dev"),
            extras: names(request, "extras")?,
            all_extras: flag("all_extras"),
            all_packages: flag("all_packages"),
            locking,
            preference: said.as_deref().map(|value| Preference::new(value, origin(request, preference::KEY))),
            python_preference: said,
            link_mode: one_of(request, LINK_MODE, &LINK_MODES)?,
        })
    }

    /// The same with what uv's own variables, and of Pythons its files, say where the settings say nothing.
    pub fn with_variables(mut self, request: &Request, host: &dyn Host) -> Self {
        let says = |key: &str, name: &str| {
            request.setting(key).is_none() && host.variable(name).is_some_and(|value| is_yes(&value))
        };
        self.preference = self.preference.or_else(|| Preference::of_uv(request, host));
        self.dev &= !says("no_dev", "UV_NO_DEV");
        self.default_groups &= !says("no_default_groups", "UV_NO_DEFAULT_GROUPS");
        self.locking = match (self.locking, says("frozen", "UV_FROZEN"), says("locked", "UV_LOCKED")) {
            (Locking::Write, _, true) => Locking::Locked,
            (Locking::Write, true, false) => Locking::Frozen,
            (locking, ..) => locking,
        };
        self
    }

    /// Adds the words of `uv sync`.
    pub fn sync(&self, command: Command) -> Command {
        let command = self.extras.iter().fold(command, |command, extra| command.arg("--extra").arg(extra.as_str()));
        let command = self.groups(command);
        let flags = [
            (!self.default_groups, "--no-default-groups"),
            (!self.dev, "--no-dev"),
            (self.all_extras, "--all-extras"),
            (self.all_packages, "--all-packages"),
            (self.locking == Locking::Locked, "--locked"),
            (self.locking == Locking::Frozen, "--frozen"),
        ];
        let said = flags.into_iter().filter(|(said, _)| *said).map(|(_, flag)| flag);
        self.install(command.args(said))
    }

    /// Adds the groups, which `uv pip install` takes as well.
    pub fn groups(&self, command: Command) -> Command {
        self.groups.iter().fold(command, |command, group| command.arg("--group").arg(group.as_str()))
    }

    /// Adds the words of every command that installs.
    pub fn install(&self, command: Command) -> Command {
        match &self.link_mode {
            Some(mode) => command.arg("--link-mode").arg(mode.as_str()),
            None => command,
        }
    }

    /// Adds the word of every command that looks for a Python.
    pub fn python(&self, command: Command) -> Command {
        match &self.python_preference {
            Some(preference) => {
                // To uv these come first.
                let command = preference::SWITCHES.iter().fold(command, |command, (name, _)| command.env_remove(name));
                command.arg("--python-preference").arg(preference.as_str())
            }
            None => command,
        }
    }
}

/// Whether a variable of uv's says yes.
pub fn is_yes(value: &OsStr) -> bool {
    !["", "0", "n", "no", "f", "false", "off"].iter().any(|no| value.eq_ignore_ascii_case(no))
}

/// The names of a list, each once.
fn names(request: &Request, key: &str) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for name in request.list(key) {
        if !is_valid(name) {
            let message =
                format!("invalid {} `{}` ({})", key.trim_end_matches('s'), name.escape_debug(), origin(request, key));
            return Err(Error::new(message).hint("use letters, digits, `.`, `_` and `-`").usage());
        }
        let name = normalized(name);
        if !found.contains(&name) {
            found.push(name);
        }
    }
    Ok(found)
}

fn one_of(request: &Request, key: &str, known: &[&str]) -> Result<Option<String>> {
    match request.text(key) {
        Some(value) if !known.contains(&value) => {
            let message = format!("invalid {key} `{}` ({})", value.escape_debug(), origin(request, key));
            Err(Error::new(message).hint(format!("use one of {}", known.join(", "))).usage())
        }
        value => Ok(value.map(str::to_owned)),
    }
}

fn both(request: &Request) -> Error {
    let message = format!(
        "`frozen` ({}) and `locked` ({}) contradict each other",
        origin(request, "frozen"),
        origin(request, "locked")
    );
    Error::new(message).hint("remove one of them").usage()
}

fn origin<'a>(request: &'a Request, key: &str) -> &'a str {
    request.origin(key).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use pyve_plugin_api::testing::FakeHost;

    fn asked() -> Request {
        Request::new("/p", "/h")
    }

    fn words(request: &Request) -> String {
        let choice = Choice::read(request, &|group| group == "docs").unwrap();
        choice.python(choice.sync(Command::new("uv"))).to_string()
    }

    #[test]
    fn every_setting_is_a_word_of_uv() {
        let all = asked()
            .with_setting("groups", ["Docs", "lint_all", "docs"], "--group")
            .with_setting("no_default_groups", ["true"], "f")
            .with_setting("no_dev", ["true"], "f")
            .with_setting("extras", ["cli"], "f")
            .with_setting("all_extras", ["true"], "f")
            .with_setting("all_packages", ["true"], "f")
            .with_setting("frozen", ["true"], "f")
            .with_setting("python_preference", ["system"], "f")
            .with_setting("link_mode", ["copy"], "f");
        assert_eq!(
            words(&all),
            "uv --extra cli --group docs --group lint-all --no-default-groups --no-dev --all-extras --all-packages \
             --frozen --link-mode copy --python-preference system"
        );
        assert_eq!(words(&asked()), "uv");
        let strict = Request { strict: true, ..asked() };
        assert_eq!(words(&strict), "uv --locked");
        assert_eq!(words(&strict.with_setting("frozen", ["true"], "f")), "uv --frozen");
    }

    #[test]
    fn uvs_own_variables_hold_where_no_setting_says_otherwise() {
        let host = FakeHost::new().variable("UV_NO_DEV", "1").variable("UV_LOCKED", "true").variable("UV_FROZEN", "0");
        let told = |request: &Request| {
            let choice = Choice::read(request, &|_| false).unwrap().with_variables(request, &host);
            choice.sync(Command::new("uv")).to_string()
        };
        let said = asked().with_setting("no_dev", ["false"], "f").with_setting("locked", ["false"], "f");
        assert_eq!((told(&asked()).as_str(), told(&said).as_str()), ("uv --no-dev --locked", "uv"));
        assert_eq!(told(&asked().with_setting("frozen", ["true"], "f")), "uv --no-dev --frozen");
    }

    #[test]
    fn an_environment_with_a_name_has_the_group_of_that_name() {
        assert_eq!(words(&asked().with_environment("docs")), "uv --group docs");
        assert_eq!(words(&asked().with_environment("other")), "uv");
        let chosen = asked().with_environment("docs").with_setting("groups", ["lint"], "f");
        assert_eq!(words(&chosen), "uv --group lint");
    }

    #[test]
    fn values_that_uv_does_not_have_are_refused_with_their_origin() {
        let refused = |request: Request| {
            let error = Choice::read(&request, &|_| false).unwrap_err();
            format!("{error}; {}; {}", error.remedy, error.is(pyve_plugin_api::ErrorKind::USAGE))
        };
        assert_eq!(
            refused(asked().with_setting("link_mode", ["sym"], ".pyve/config:4")),
            "invalid link_mode `sym` (.pyve/config:4); use one of clone, copy, hardlink, symlink; true"
        );
        assert_eq!(
            refused(asked().with_setting("python_preference", ["-x"], "--python-preference")),
            "invalid python_preference `-x` (--python-preference); use one of only-managed, managed, system, only-system; \
             true"
        );
        assert_eq!(
            refused(asked().with_setting("groups", ["--all"], "--group")),
            "invalid group `--all` (--group); use letters, digits, `.`, `_` and `-`; true"
        );
        let both =
            asked().with_setting("frozen", ["true"], "--frozen").with_setting("locked", ["true"], ".pyve/config:2");
        assert_eq!(
            refused(both),
            "`frozen` (--frozen) and `locked` (.pyve/config:2) contradict each other; remove one of them; true"
        );
    }
}
