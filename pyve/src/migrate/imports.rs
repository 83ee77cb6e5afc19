//! Whether the new environment can do what the old one could: what it imports of the packages that move.

use std::time::Duration;

use pyve_plugin_api::{Command, Output};

use crate::context::{ProjectContext, Session};
use crate::failure::Failure;
use crate::launch::{self, Home};

/// Prints the names by which distributions are imported.
const NAMES: &str = include_str!("names.py");

/// Imports modules, and says how that went.
const IMPORTS: &str = include_str!("imports.py");

/// As long as all imports of an environment together may take: large packages take many seconds the first time.
const TIME_LIMIT: Duration = Duration::from_secs(600);

/// A module that could not be imported, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failed {
    pub module: String,
    pub why: String,
}

/// The Python of an environment, started as `pyve run` would start it.
pub struct Python<'a> {
    session: &'a Session,
    choice: &'a ProjectContext,
    command: Command,
}

impl<'a> Python<'a> {
    /// That of the environment that `run` would use with this backend; fails where `run` would.
    pub fn of(choice: &'a ProjectContext, session: &'a Session) -> Result<Self, Failure> {
        let (layout, environment, backend) = (&choice.layout, &choice.environment, choice.description.id.as_str());
        let prepared = launch::prepare(session, layout, Some(environment), Some(backend))?;
        let prefix = prepared.recorded.prefix.path();
        let inside = launch::enter(&session.caller, layout, &prefix, &prepared.launch)?;
        let (shown, interpreter) = (layout.show(&prefix), prepared.recorded.interpreter.path());
        let home = Home { shown: &shown, interpreter: &interpreter, launch: &prepared.launch };
        let program = launch::resolve("python".as_ref(), &inside, &home)?;
        let mut command = Command::new(&program).args(["-I", "-c"]).timeout(TIME_LIMIT);
        for (name, _) in session.caller.variables() {
            command = name.to_str().into_iter().fold(command, Command::env_remove);
        }
        for (name, value) in &inside.variables {
            command = name.to_str().into_iter().fold(command, |command, name| command.env(name, value.as_os_str()));
        }
        Ok(Self { session, choice, command })
    }

    /// The modules of these packages.
    pub fn modules(&self, packages: &[&str]) -> Result<Vec<String>, Failure> {
        let said = self.said(NAMES, packages)?;
        Ok(String::from_utf8_lossy(&said.stdout).lines().map(str::to_owned).collect())
    }

    /// Those that cannot be imported.
    pub fn failing(&self, modules: &[String]) -> Result<Vec<Failed>, Failure> {
        let mut failed = Vec::new();
        let mut open = modules;
        // A module that ends the interpreter ends it for those behind it, too.
        while !open.is_empty() {
            let names: Vec<&str> = open.iter().map(String::as_str).collect();
            let said = self.said(IMPORTS, &names)?;
            let (tried, found) = read(&String::from_utf8_lossy(&said.stdout), said.code);
            failed.extend(found);
            open = open.get(tried.max(1)..).unwrap_or_default();
        }
        Ok(failed)
    }

    fn said(&self, script: &str, words: &[&str]) -> Result<Output, Failure> {
        let command = self.command.clone().arg(script).args(words.iter().copied());
        Ok(self.session.hosting(&self.choice.layout).capture_inside(&command)?)
    }
}

/// How many were tried, and what was said of those that failed.
fn read(said: &str, code: i32) -> (usize, Vec<Failed>) {
    let mut failed = Vec::new();
    let (mut tried, mut current) = (0, None);
    for line in said.lines() {
        match line.split_once(' ').unwrap_or((line, "")) {
            ("begin", module) => {
                tried += 1;
                current = Some(module.to_owned());
            }
            ("failed", why) => {
                failed.extend(current.take().map(|module| Failed { module, why: why.to_owned() }));
            }
            _ => current = None,
        }
    }
    let why =
        if code > 128 { format!("it was ended by signal {}", code - 128) } else { format!("it ended with {code}") };
    failed.extend(current.map(|module| Failed { module, why }));
    (tried, failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_that_ends_the_interpreter_is_named() {
        let failed = |module: &str, why: &str| Failed { module: module.to_owned(), why: why.to_owned() };
        let said = "begin a\ndone\nbegin b\nfailed ImportError: no c\nbegin d\n";
        let wanted = vec![failed("b", "ImportError: no c"), failed("d", "it was ended by signal 11")];
        assert_eq!(read(said, 139), (3, wanted));
        assert_eq!(read("begin a\ndone\n", 0), (1, vec![]));
        assert_eq!(read("", 1), (0, vec![]));
    }
}
