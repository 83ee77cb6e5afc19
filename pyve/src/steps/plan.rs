//! A list of actions carried out in order; if one fails, what was put aside comes back.

use std::any::Any;
use std::panic::{self, AssertUnwindSafe};

use super::action::Action;
use super::backup::Backup;
use super::executor::{Done, Executor};
use crate::failure::Failure;
use crate::process::interrupt;
use crate::ui::Reply;

/// How a plan ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Done,
    /// There was no yes to the question that is the action of this index.
    Declined(usize, Reply),
}

/// Carries the actions out. Whatever ends them early, a failure, a no or Ctrl-C, everything that was
/// put aside and not discarded is where it was before.
pub fn carry_out(actions: &[Action<'_>], executor: &Executor<'_>) -> Result<Outcome, Failure> {
    let mut backup = Backup::default();
    // A mistake of pyve's own must not cost the user an environment either.
    let ended = panic::catch_unwind(AssertUnwindSafe(|| all(actions, executor, &mut backup)));
    let ended = ended.unwrap_or_else(|panic| Err(internal(panic.as_ref())));
    if matches!(ended, Ok(Outcome::Done)) {
        return ended;
    }
    let _guard = interrupt::guard();
    match (backup.restore(), ended) {
        (Ok(back), Ok(outcome)) => {
            back.iter().for_each(|prefix| executor.console.info(&came_back(&executor.project.show(prefix))));
            Ok(outcome)
        }
        (Ok(back), Err(failure)) => {
            let lines = back.iter().map(|prefix| came_back(&executor.project.show(prefix)));
            Err(lines.fold(failure, Failure::detail))
        }
        (Err(restoring), Ok(_)) => Err(restoring),
        (Err(restoring), Err(failure)) => {
            let failure = failure.detail(restoring.message);
            Err(if restoring.remedy.is_none() { failure } else { failure.with_remedy(restoring.remedy) })
        }
    }
}

fn internal(panic: &(dyn Any + Send)) -> Failure {
    let said = panic.downcast_ref::<&str>().map(|said| (*said).to_owned());
    let said = said.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default();
    Failure::new(format!("internal error: {said}")).remedy("report this as a bug of pyve's")
}

fn all<'a>(actions: &'a [Action<'_>], executor: &Executor<'_>, backup: &mut Backup<'a>) -> Result<Outcome, Failure> {
    for (index, action) in actions.iter().enumerate() {
        if let Done::Declined(reply) = action.execute(executor, backup)? {
            return Ok(Outcome::Declined(index, reply));
        }
    }
    Ok(Outcome::Done)
}

fn came_back(prefix: &str) -> String {
    format!("the old {prefix} is back in its place")
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use crate::steps::HostAction;
    use crate::steps::testing::Fixture;
    use crate::ui::Answers;
    use pyve_plugin_api::{Command, Step};
    use std::fs;

    fn done(place: &Fixture, actions: &[Action<'_>]) -> Result<Outcome, Failure> {
        place.executing(Answers::Nobody, |executor| carry_out(actions, executor))
    }

    #[test]
    fn a_whole_plan_is_shown_and_done() {
        let place = Fixture::new();
        let prefix = place.root().join(".e");
        fs::create_dir(&prefix).unwrap();
        fs::write(prefix.join("old"), "").unwrap();
        let recorded = std::cell::RefCell::new(Vec::new());
        let record = |status: &'static str| HostAction::Record {
            environment: Default::default(),
            status,
            write: Box::new(|| {
                recorded.borrow_mut().push(prefix.join("new").exists());
                Ok(())
            }),
        };
        let actions: Vec<Action<'_>> = vec![
            HostAction::WriteConfig { contents: b"backend: b\n".to_vec() }.into(),
            record("creating").into(),
            HostAction::PutAside { prefix: prefix.clone(), note: Box::new(|_| Ok(())) }.into(),
            Step::create_dir("Make", ".e/new").into(),
            record("ready").into(),
            HostAction::Discard { prefix: prefix.clone() }.into(),
            HostAction::Gitignore { entries: vec!["/.e".into()] }.into(),
            HostAction::Envrc { block: Box::new(|| Ok(b"export A=1".to_vec())), take_over: false }.into(),
            HostAction::Dotenv { template: None }.into(),
        ];
        let shown: Vec<String> = actions.iter().map(|action| action.show(&place.layout)).collect();
        insta::assert_snapshot!(shown.join("\n"), @r"
        write .pyve/config if it is missing
        record the environment `default` as creating
        put aside .e
        create directory .e/new
        record the environment `default` as ready
        remove the old .e
        write .gitignore (marked block)
        write .envrc (marked block)
        write .env if it is missing (empty, mode 600)
        ");
        assert_eq!(done(&place, &actions).unwrap(), Outcome::Done);
        assert_eq!(*recorded.borrow(), [false, true]);
        let mut names: Vec<_> = fs::read_dir(place.root()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        assert_eq!(names, [".e", ".env", ".envrc", ".gitignore", ".pyve"]);
        assert!(!prefix.join("old").exists());
    }

    #[test]
    fn a_failure_and_a_no_bring_the_old_one_back() {
        let place = Fixture::new();
        let prefix = place.root().join(".e");
        fs::create_dir(&prefix).unwrap();
        fs::write(prefix.join("old"), "").unwrap();
        let actions = |last: Step| -> Vec<Action<'static>> {
            let make = Step::create_dir("Make", ".e/half");
            vec![
                HostAction::PutAside { prefix: prefix.clone(), note: Box::new(|_| Ok(())) }.into(),
                make.into(),
                last.into(),
            ]
        };
        let failing = Step::run("Fail", Command::new("/bin/sh").args(["-c", "exit 5"]));
        let failure = done(&place, &actions(failing)).unwrap_err();
        assert_eq!(failure.message, "/bin/sh failed with exit code 5");
        assert_eq!(failure.details[1], "the old .e is back in its place");
        assert!(prefix.join("old").exists() && !prefix.join("half").exists());
        let interrupted = Step::run("Stop", Command::new("/bin/sh").args(["-c", "kill -INT $$"]));
        assert_eq!(done(&place, &actions(interrupted)).unwrap_err().code, 130);
        assert!(prefix.join("old").exists() && !prefix.join("half").exists());
        assert_eq!(fs::read_dir(place.root()).unwrap().count(), 1);
    }

    #[test]
    fn a_panic_brings_the_old_one_back() {
        let place = Fixture::new();
        let prefix = place.root().join(".e");
        fs::create_dir(&prefix).unwrap();
        fs::write(prefix.join("old"), "").unwrap();
        let actions: Vec<Action<'_>> = vec![
            HostAction::PutAside { prefix: prefix.clone(), note: Box::new(|_| Ok(())) }.into(),
            Step::create_dir("Make", ".e/half").into(),
            HostAction::Record {
                environment: Default::default(),
                status: "ready",
                write: Box::new(|| std::panic::panic_any("a mistake")),
            }
            .into(),
        ];
        let failure = done(&place, &actions).unwrap_err();
        assert_eq!(failure.message, "internal error: a mistake");
        assert_eq!(failure.details, ["the old .e is back in its place"]);
        assert!(prefix.join("old").exists() && !prefix.join("half").exists());
    }

    #[test]
    fn a_config_that_is_there_stays() {
        let place = Fixture::new();
        fs::create_dir(place.root().join(".pyve")).unwrap();
        fs::write(place.layout.config(), "mine").unwrap();
        done(&place, &[HostAction::WriteConfig { contents: b"ours".to_vec() }.into()]).unwrap();
        assert_eq!(fs::read(place.layout.config()).unwrap(), b"mine");
    }
}
