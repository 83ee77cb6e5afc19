//! Asking a backend again, and keeping what it said.

use super::*;
use crate::caller::seal::Keyring;
use crate::caller::{Caller, Persistence};
use crate::context::Session;
use crate::project::EnvironmentName;
use crate::ui::{Console, Volume};
use pyve_plugin_api::{
    Backend, Creation, Description, Detection, Error, Finding, Host, Launch, Recorded, Result, Tool, ToolAnswer,
};
use std::path::Path;

/// A backend whose launch names what it was asked.
struct Telling;

impl Backend for Telling {
    fn describe(&self) -> Description {
        Description::new("telling", "1", "tells what it was asked")
    }
    fn detect(&self, _: &Path) -> Result<Vec<Detection>> {
        Ok(Vec::new())
    }
    fn ensure_tool(&self, _: &Request, _: &dyn Host) -> Result<ToolAnswer> {
        Err(Error::new("not asked"))
    }
    fn create(&self, _: &Request, _: &Tool, _: &dyn Host) -> Result<Creation> {
        Err(Error::new("not asked"))
    }
    fn run(&self, request: &Request, _: &dyn Host) -> Result<Launch> {
        let recorded = request.recorded().ok_or_else(|| Error::new("nothing is recorded"))?;
        if !recorded.ready {
            return Err(Error::new("not ready").hint("run `pyve init`"));
        }
        let said = format!("{} {} {}", request.environment, request.text("key").unwrap_or("-"), recorded.name);
        Ok(Launch::new().env("SAID", &said).input(request.in_project("input")))
    }
    fn diagnose(&self, _: &Request, _: &dyn Host) -> Result<Vec<Finding>> {
        Ok(Vec::new())
    }
}

struct Fixture {
    _folder: tempfile::TempDir,
    layout: Layout,
    session: Session,
    backend: BackendObject,
    request: Request,
    record: Record,
}

fn place() -> Fixture {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("home");
    let layout = Layout::new(folder.path(), &Keyring::new(Some(home)));
    let session = Session {
        caller: Caller::now(&[]).unwrap(),
        console: Console::new(Volume::Normal, anstream::ColorChoice::Never, true),
        offline: false,
        persistence: Persistence::ReadWrite,
    };
    let request = Request::new(folder.path(), "/home/.pyve").with_setting("key", ["value"], "here");
    let backend = BackendObject::new(Telling);
    let recorded = Recorded { name: "p".into(), ..Recorded::default() };
    let record = Record::creating(&layout, &EnvironmentName::default(), "telling", recorded).ready();
    record.save(&layout).unwrap();
    Current::new("telling").save(&layout, &EnvironmentName::default()).unwrap();
    Fixture { _folder: folder, layout, session, backend, request, record }
}

fn ask(place: &Fixture) -> std::result::Result<KeptLaunch, Failure> {
    let request = place.request.clone();
    refresh(
        &place.session.hosting(&place.layout),
        &place.layout,
        &place.record,
        &place.backend,
        request,
        Fingerprint::ABSENT,
    )
}

fn asked(place: &Fixture) -> KeptLaunch {
    ask(place).unwrap()
}

#[test]
fn the_backend_is_told_settings_and_record() {
    let place = place();
    let kept = asked(&place);
    assert_eq!(kept.launch.env[0].value, "default value p".to_owned().into());
    assert!(kept.holds(&place.layout));
    std::fs::write(place.layout.root().join("input"), "").unwrap();
    assert!(!kept.holds(&place.layout), "an input appeared");
}

#[test]
fn a_spec_that_changed_is_a_reason_to_ask_again() {
    let mut place = place();
    let spec = pyve_plugin_api::Spec::new("specs/all.txt", "");
    place.record.recorded.specs = vec![spec].into();
    let kept = asked(&place);
    assert!(kept.holds(&place.layout));
    std::fs::create_dir(place.layout.root().join("specs")).unwrap();
    std::fs::write(place.layout.root().join("specs/all.txt"), "one").unwrap();
    assert!(!kept.holds(&place.layout));
}

#[test]
fn what_the_backend_says_against_it_reaches_the_user() {
    let mut place = place();
    place.record.recorded.ready = false;
    let failure = ask(&place).unwrap_err();
    assert_eq!((failure.message.as_str(), failure.remedy.to_string().as_str()), ("not ready", "run `pyve init`"));
}

#[test]
fn what_was_found_is_kept_with_the_choice() {
    let place = place();
    let kept = asked(&place);
    let chosen = Chosen { backend: "telling".into(), config: Fingerprint::ABSENT, other_is_meant: false };
    keep(&place.layout, &place.record, &kept, Some(chosen));
    let record = Record::load(&place.layout, &EnvironmentName::default(), "telling").unwrap().here().unwrap();
    assert_eq!(record.launch, Some(kept));
    let current = Current::load(&place.layout, &EnvironmentName::default()).unwrap().here().unwrap();
    assert_eq!(current.settled(&place.layout), Some("telling"));
}

#[test]
fn a_record_that_changed_in_the_meantime_is_left_alone() {
    let place = place();
    let kept = asked(&place);
    let other = Record::creating(&place.layout, &EnvironmentName::default(), "telling", Recorded::default());
    other.save(&place.layout).unwrap();
    keep(&place.layout, &place.record, &kept, None);
    assert_eq!(Record::load(&place.layout, &EnvironmentName::default(), "telling").unwrap(), Found::Here(other));
}

#[test]
fn nothing_is_kept_while_another_pyve_works() {
    let place = place();
    let kept = asked(&place);
    let _lock = Lock::attempt(&place.layout, "pyve init").unwrap();
    keep(&place.layout, &place.record, &kept, None);
    assert_eq!(Record::load(&place.layout, &EnvironmentName::default(), "telling").unwrap(), Found::Here(place.record));
}
