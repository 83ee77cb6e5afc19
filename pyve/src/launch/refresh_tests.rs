//! Asking a backend again, and keeping what it said.

use super::*;
use crate::caller::Caller;
use crate::console::{Console, Volume};
use pyve_plugin_api::{
    Backend, Creation, Description, Error, Finding, Host, Launch, Recorded, Result, Sighting, Tool, ToolAnswer,
};
use std::path::Path;

/// A backend whose launch names what it was asked.
struct Telling;

impl Backend for Telling {
    fn describe(&self) -> Description {
        Description::new("telling", "1", "tells what it was asked")
    }
    fn detect(&self, _: &Path) -> Result<Vec<Sighting>> {
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
            return Err(Error::new("not ready").remedy("type `pyve init`"));
        }
        let said = format!("{} {} {}", request.environment, request.text("key").unwrap_or("-"), recorded.name);
        Ok(Launch::new().set("SAID", &said).input(request.in_project("input")))
    }
    fn diagnose(&self, _: &Request, _: &dyn Host) -> Result<Vec<Finding>> {
        Ok(Vec::new())
    }
}

struct Place {
    _folder: tempfile::TempDir,
    layout: Layout,
    session: Session,
    choice: Choice,
    record: Record,
}

fn place() -> Place {
    let folder = tempfile::tempdir().unwrap();
    let layout = Layout::new(folder.path());
    let session = Session {
        caller: Caller::now(&[]).unwrap(),
        console: Console::new(Volume::Normal, anstream::ColorChoice::Never, true),
    };
    let given = Given { key: "key".into(), values: vec!["value".into()].into(), origin: "here".into() };
    let backend = BackendObject::new(Telling);
    let choice = Choice { id: "telling".into(), backend, settings: vec![given], python: None };
    let recorded = Recorded { name: "p".into(), ..Recorded::default() };
    let record = Record::creating(&layout, "default", "telling", recorded).ready();
    record.save(&layout).unwrap();
    Current::new("telling").save(&layout, "default").unwrap();
    Place { _folder: folder, layout, session, choice, record }
}

fn asked(place: &Place) -> KeptLaunch {
    refresh(&place.session, &place.layout, &place.record, &place.choice, Fingerprint::Absent).unwrap()
}

#[test]
fn the_backend_is_told_settings_and_record() {
    let place = place();
    let kept = asked(&place);
    assert_eq!(kept.launch.set[0].value, "default value p".to_owned().into());
    assert!(kept.holds(&place.layout));
    std::fs::write(place.layout.root().join("input"), "").unwrap();
    assert!(!kept.holds(&place.layout), "an input appeared");
}

#[test]
fn what_the_backend_says_against_it_reaches_the_user() {
    let mut place = place();
    place.record.recorded.ready = false;
    let failure =
        refresh(&place.session, &place.layout, &place.record, &place.choice, Fingerprint::Absent).unwrap_err();
    assert_eq!((failure.message.as_str(), failure.remedy.as_deref()), ("not ready", Some("type `pyve init`")));
}

#[test]
fn what_was_found_is_kept_with_the_choice() {
    let place = place();
    let kept = asked(&place);
    let chosen = Chosen { backend: "telling".into(), config: Fingerprint::Absent };
    keep(&place.layout, &place.record, &kept, Some(chosen));
    let record = Record::load(&place.layout, "default", "telling").unwrap().unwrap();
    assert_eq!(record.launch, Some(kept));
    let current = Current::load(&place.layout, "default").unwrap().unwrap();
    assert_eq!(current.settled(&place.layout), Some("telling"));
}

#[test]
fn a_record_that_changed_in_the_meantime_is_left_alone() {
    let place = place();
    let kept = asked(&place);
    let other = Record::creating(&place.layout, "default", "telling", Recorded::default());
    other.save(&place.layout).unwrap();
    keep(&place.layout, &place.record, &kept, None);
    assert_eq!(Record::load(&place.layout, "default", "telling").unwrap(), Some(other));
}

#[test]
fn nothing_is_kept_while_another_pyve_works() {
    let place = place();
    let kept = asked(&place);
    let _lock = Lock::attempt(&place.layout, "pyve init").unwrap();
    keep(&place.layout, &place.record, &kept, None);
    assert_eq!(Record::load(&place.layout, "default", "telling").unwrap(), Some(place.record));
}

#[test]
fn an_unknown_backend_is_named_with_the_known_ones() {
    let failure = choose(None, Some("no-such")).err().unwrap();
    let known: Vec<&str> = registry::BUILT_IN.iter().map(|factory| factory.id).collect();
    assert_eq!(failure.message, "no backend is called `no-such`");
    assert_eq!(failure.details, [format!("known ones: {}", known.join(", "))]);
    assert_eq!(failure.remedy.unwrap(), "name one of them with `--backend`");
    assert!(choose(None, None).unwrap().is_none());
}
