//! Which programs may be started to answer a question: none that only the project's files contain or name.

use std::path::{Path, PathBuf};

use pyve_formats::read::{self, Limit};
use pyve_formats::sha256;
use pyve_plugin_api::{Command, Error, ErrorKind};

use crate::caller::Caller;
use crate::files::ownership;
use crate::project::Layout;
use crate::records::{self, Record};

/// What the user agreed to, and what pyve itself just put into the project.
#[derive(Clone, Debug, Default)]
pub struct Consent {
    /// The user asked for an environment, so what the project's files name may be started for it.
    pub environment: bool,
    /// The tool that was brought a moment ago, with its SHA-256; no record tells of it yet.
    pub brought: Option<(PathBuf, String)>,
}

/// What a program is that may not be started, and why.
pub struct Gate<'a> {
    pub caller: &'a Caller,
    pub project: &'a Path,
    pub consent: &'a Consent,
}

impl Gate<'_> {
    /// Refuses the command where nobody but the project says that its program is to be run.
    pub fn check(&self, command: &Command) -> Result<(), Error> {
        let program = command.program.path();
        if !command.named_by.is_empty() {
            self.check_named(&program, &command.named_by)?;
        }
        if !self.is_in_project(&program) || self.is_on_path(&program) {
            return Ok(());
        }
        if self.consent.environment && self.is_of_environment(&program) {
            return Ok(());
        }
        match sha256(&program) {
            Some(hash) if command.pinned.iter().any(|known| *known == hash) || self.is_ours(&program, &hash) => Ok(()),
            _ => Err(refused("not started: it came with the project, and is not one that pyve put there")),
        }
    }

    fn check_named(&self, program: &Path, origin: &str) -> Result<(), Error> {
        if !self.consent.environment && !self.made_with(program) {
            return Err(refused(format!("not started before `pyve init`, as {origin} names it")));
        }
        let real = std::fs::canonicalize(program).unwrap_or_else(|_| program.to_owned());
        ownership::check(&real, "started").map_err(|failure| {
            let error = refused(format!("{origin} names it, and {}", failure.message));
            error.with_remedy(*failure.remedy)
        })
    }

    /// Lexically or really: a link in the checkout is as much the project's as a link to it is.
    fn is_in_project(&self, program: &Path) -> bool {
        let root = std::fs::canonicalize(self.project);
        let root = root.as_deref().unwrap_or(self.project);
        let real = std::fs::canonicalize(program);
        program.starts_with(self.project) || program.starts_with(root) || real.is_ok_and(|real| real.starts_with(root))
    }

    /// What is on PATH the user said to be run: an environment that was activated, say.
    fn is_on_path(&self, program: &Path) -> bool {
        program.parent().is_some_and(|folder| self.caller.path().iter().any(|known| known == folder))
    }

    fn is_ours(&self, program: &Path, hash: &str) -> bool {
        let is_it = |path: &Path, known: &str| path == program && known == hash;
        self.consent.brought.as_ref().is_some_and(|(path, known)| is_it(path, known))
            || records::all(&self.layout()).records.iter().any(|record| {
                record.tool_sha256.as_deref().is_some_and(|known| is_it(&record.recorded.tool.path.path(), known))
            })
    }

    /// Whether it lies in an environment that pyve made here for this user.
    fn is_of_environment(&self, program: &Path) -> bool {
        let is_plain = program.components().all(|part| part != std::path::Component::ParentDir);
        let holds = |prefix: &Path| is_plain && program != prefix && program.starts_with(prefix);
        let records = records::all(&self.layout()).records;
        let stands = |record: &Record| record.recorded.ready && record.moved_from(&self.layout()).is_none();
        records.iter().any(|record| stands(record) && holds(&record.recorded.prefix.path()))
    }

    fn layout(&self) -> Layout {
        Layout::new(self.project, self.caller.keyring())
    }

    /// Whether an environment of this project was made with it, which somebody asked for then.
    fn made_with(&self, program: &Path) -> bool {
        let records = records::all(&self.layout()).records;
        records.iter().any(|record| record.recorded.tool.path.path() == program)
    }
}

/// The hash of a tool that lies in the project, as it is now.
pub fn of_project(project: &Path, tool: &Path) -> Option<String> {
    tool.starts_with(project).then(|| sha256(tool)).flatten()
}

fn refused(message: impl AsRef<str>) -> Error {
    Error::of_kind(ErrorKind::REFUSED, message)
}

/// A tool that is one file, such as micromamba, has a tenth of that.
const LIMIT: Limit = Limit::of_bytes(128 << 20);

fn sha256(path: &Path) -> Option<String> {
    let bytes = read::bytes(path, LIMIT).ok()??;
    Some(sha256::of(bytes))
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use crate::project::EnvironmentName;
    use pyve_plugin_api::Recorded;

    #[test]
    fn programs_of_an_environment_that_pyve_made_are_started_once_the_user_asked() {
        let folder = tempfile::tempdir().unwrap();
        let project = folder.path().canonicalize().unwrap().join("project");
        std::fs::create_dir(&project).unwrap();
        let home = folder.path().join("home").into_os_string();
        let caller = Caller::for_test(vec![("HOME".into(), home), ("PATH".into(), "/usr/bin".into())]);
        let layout = Layout::new(&project, caller.keyring());
        let recorded = Recorded { prefix: project.join(".venv").into(), ..Recorded::default() };
        let record = Record::creating(&layout, &EnvironmentName::default(), "acme", recorded);
        record.clone().save(&layout).unwrap();
        let check = |program: &str, environment: bool| {
            let consent = Consent { environment, ..Consent::default() };
            let gate = Gate { caller: &caller, project: &project, consent: &consent };
            gate.check(&Command::new(project.join(program))).is_ok()
        };
        assert!(!check(".venv/bin/python", true), "it is not finished");
        record.ready().save(&layout).unwrap();
        assert!(check(".venv/bin/python", true));
        assert!(!check(".venv/bin/python", false), "nobody asked");
        assert!(!check(".venv", true) && !check("other/bin/python", true) && !check(".venv/../tool", true));
    }
}
