//! One step carried out: each kind has a file of its own.

use pyve_plugin_api::{Step, StepKind};

use super::backup::Backup;
use super::executor::{Done, Executor, cannot_create};
use super::{clone, download, remove, run, show, unpack};
use crate::failure::Failure;
use crate::files::{atomic, line_edit};
use crate::process::interrupt;
use crate::ui::{Answers, Reply, Volume};

impl Executor<'_> {
    /// Does what the step says.
    pub fn execute(&self, step: &Step) -> Result<Done, Failure> {
        self.replacing(step, &mut Backup::default())
    }

    /// The same, where an old environment makes place for what the step makes.
    pub fn replacing(&self, step: &Step, backup: &mut Backup<'_>) -> Result<Done, Failure> {
        let asks = [StepKind::CONFIRM, StepKind::CHOOSE].contains(&step.kind);
        let guard = (!asks).then(interrupt::guard);
        self.announce(step);
        if !asks && step.kind != StepKind::CLONE_TREE {
            backup.make_room()?;
        }
        match step.kind {
            StepKind::CONFIRM => {
                let reply = self.ask.confirm(&step.text(), step.default_yes, step.default_yes);
                return Ok(if reply.is_yes() { Done::Done } else { Done::Declined(reply) });
            }
            StepKind::CHOOSE => return self.choose(step, backup),
            StepKind::RUN => run::run(self, step)?,
            StepKind::DOWNLOAD => download::download(self, step)?,
            StepKind::WRITE_FILE => self.write_file(step)?,
            StepKind::CREATE_DIR => self.create_folder(step)?,
            StepKind::REMOVE_DIR => remove::folder(self, step)?,
            StepKind::UNPACK => unpack::unpack(self, step)?,
            StepKind::CLONE_TREE => clone::tree(self, step, backup)?,
            StepKind::SET_LINE => {
                let file = self.allowed.set_line(&self.path(step)).map_err(|failure| self.about_step(failure, step))?;
                line_edit::set_line(&file, &step.key, &step.text())?;
            }
            _ => return Err(unknown(step)),
        }
        guard.map_or(Ok(()), |guard| guard.check())?;
        Ok(Done::Done)
    }

    /// Takes the steps of the choice; nobody to ask means the first.
    fn choose(&self, step: &Step, backup: &mut Backup<'_>) -> Result<Done, Failure> {
        let chosen = match self.ask.answers() {
            Answers::Asked => {
                self.console.note(&step.text());
                for (index, choice) in step.choices.iter().enumerate() {
                    self.console.note(&format!("  {}. {}", index + 1, choice.label));
                }
                self.ask.choose(step.choices.len())
            }
            Answers::Yes | Answers::Nobody => Some(0),
        };
        let Some(index) = chosen else { return Ok(Done::Declined(Reply::Unanswered)) };
        let Some(choice) = step.choices.get(index) else { return Err(unknown(step)) };
        for inner in &choice.steps {
            let done = self.replacing(inner, backup)?;
            if done != Done::Done {
                return Ok(done);
            }
        }
        Ok(Done::Done)
    }

    /// With `--verbose` the very line of the dry run; else the title of what may take a while.
    fn announce(&self, step: &Step) {
        let slow = [StepKind::RUN, StepKind::DOWNLOAD, StepKind::CLONE_TREE, StepKind::UNPACK].contains(&step.kind);
        if self.console.volume() >= Volume::Verbose {
            self.console.debug(&show::step(step, self.project));
        } else if slow && !step.title.is_empty() {
            self.console.info(&step.title);
        }
    }

    fn write_file(&self, step: &Step) -> Result<(), Failure> {
        let file = self.allowed.write(&self.path(step)).map_err(|failure| self.about_step(failure, step))?;
        atomic::write_entry(&file, &step.contents, (step.mode != 0).then_some(step.mode))
    }

    fn create_folder(&self, step: &Step) -> Result<(), Failure> {
        let folder = self.allowed.create_folder(&self.path(step)).map_err(|failure| self.about_step(failure, step))?;
        folder.create_folder().map_err(|error| cannot_create(folder.path(), &error))
    }
}

fn unknown(step: &Step) -> Failure {
    let title = if step.title.is_empty() { "a step" } else { step.title.as_str() };
    Failure::new(format!(
        "could not carry out the step `{title}`: it needs a newer pyve than {}",
        env!("CARGO_PKG_VERSION")
    ))
    .remedy("update pyve, or use the version of the backend made for this one")
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use crate::steps::testing::Fixture;
    use crate::ui::{Answers, Reply};
    use pyve_plugin_api::{Consent, Recipe};
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn files_are_written_with_their_mode_and_folders_made() {
        let place = Fixture::new();
        let step = Step::write_file("Write", "a/b/secret", b"x").mode(0o600);
        assert_eq!(place.execute(&step).unwrap(), Done::Done);
        let file = place.root().join("a/b/secret");
        assert_eq!(fs::read(&file).unwrap(), b"x");
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        place.execute(&Step::create_dir("Make", "x/y")).unwrap();
        place.execute(&Step::create_dir("Make", "x/y")).unwrap();
        assert!(place.root().join("x/y").is_dir());
        place.execute(&Step::set_line("Pin", ".tool-versions", "python", "python 3.12.4")).unwrap();
        assert_eq!(fs::read(place.root().join(".tool-versions")).unwrap(), b"python 3.12.4\n");
    }

    #[test]
    fn a_file_in_the_way_of_a_folder_is_named() {
        let place = Fixture::new();
        fs::write(place.root().join("x"), "").unwrap();
        let failure = place.execute(&Step::create_dir("Make", "x/y")).unwrap_err();
        assert_eq!(failure.message, "could not create the directory `x/y`: `x` is not a directory");
    }

    #[test]
    fn nothing_is_written_outside() {
        let place = Fixture::new();
        for path in ["../x", "/etc/x", "a/../../x"] {
            let failure = place.execute(&Step::write_file("Write", path, b"x")).unwrap_err();
            assert!(failure.message.starts_with("could not write "), "{}", failure.message);
        }
    }

    #[test]
    fn nobody_to_ask_means_no_unless_the_step_says_otherwise() {
        let place = Fixture::new();
        let step = Step::confirm("Install", "Install it now?");
        assert_eq!(place.answering(Answers::Nobody, &step).unwrap(), Done::Declined(Reply::Unanswered));
        assert_eq!(place.answering(Answers::Yes, &step).unwrap(), Done::Done);
        assert_eq!(place.answering(Answers::Nobody, &step.default_yes()).unwrap(), Done::Done);
    }

    #[test]
    fn without_anybody_to_ask_the_first_choice_is_taken() {
        let choice = |id: &str| Recipe::new(id, id, Consent::CONFIRM).step(Step::create_dir("Make", id));
        let step = Step::choose("Variant", "Which one?", [choice("small"), choice("large")]);
        for answers in [Answers::Nobody, Answers::Yes] {
            let place = Fixture::new();
            assert_eq!(place.answering(answers, &step).unwrap(), Done::Done);
            assert!(place.root().join("small").is_dir() && !place.root().join("large").exists());
        }
        let nothing = Step::choose("Variant", "Which one?", []);
        assert!(Fixture::new().execute(&nothing).is_err());
        // A step of a choice is checked like any other.
        let out = Recipe::new("out", "out", Consent::CONFIRM).step(Step::write_file("Write", "../x", ""));
        let place = Fixture::new();
        let checked =
            place.executing(Answers::Yes, |executor| executor.allowed.check([&Step::choose("t", "q", [out])]));
        assert!(checked.unwrap_err().message.contains("../x"));
    }

    #[test]
    fn a_kind_of_tomorrow_is_refused() {
        let step: Step = serde_json::from_str(r#"{"kind":"teleport","title":"Beam it up"}"#).unwrap();
        let failure = Fixture::new().execute(&step).unwrap_err();
        assert_eq!(failure.message, "could not carry out the step `Beam it up`: it needs a newer pyve than 4.0.0");
    }
}
