//! Archives as they should be, and as they should not, unpacked into a project.

use std::fs;
use std::io::Write;
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;
use pyve_formats::sha256;
use pyve_plugin_api::{Archive, ArchiveKind, Command, Download, Step};

use crate::failure::Failure;
use crate::steps::testing::Fixture;
use crate::ui::Answers;

fn tar() -> Vec<u8> {
    let mut tar = tar::Builder::new(Vec::new());
    for name in ["tool-1.0/bin/tool", "tool-1.0/README"] {
        let mut header = tar::Header::new_gnu();
        header.set_size(5);
        header.set_mode(0o755);
        tar.append_data(&mut header, name, &b"hello"[..]).unwrap();
    }
    tar.into_inner().unwrap()
}

fn gz(bytes: &[u8]) -> Vec<u8> {
    let mut gz = GzEncoder::new(Vec::new(), Compression::fast());
    gz.write_all(bytes).unwrap();
    gz.finish().unwrap()
}

/// The archive in the project, and the step that unpacks it.
fn step(place: &Fixture, bytes: &[u8]) -> Step {
    fs::write(place.root().join("a.tgz"), bytes).unwrap();
    let archive = Archive::tar_gz(&sha256::of(bytes), 100).strip_components(1);
    Step::unpack("Unpack the tool", "a.tgz", archive, ".e/tool")
}

fn told(failure: Failure, place: &Fixture) -> String {
    let short = |line: &String| match line.split_once("found SHA-256 ") {
        Some(("", hash)) if hash.len() == 64 => "\n  found SHA-256 [HASH]".to_owned(),
        _ => format!("\n  {line}"),
    };
    let lines = failure.details.iter().map(short).collect::<String>();
    let text = format!("{}{lines}\n=> {}", failure.message, failure.remedy);
    text.replace(&place.root().display().to_string(), "[PROJECT]")
}

fn refused(change: impl Fn(&Fixture, &mut Step)) -> String {
    let place = Fixture::new();
    let mut step = step(&place, &gz(&tar()));
    change(&place, &mut step);
    let failure = place.execute(&step).unwrap_err();
    let left = fs::read_dir(place.root().join(".e")).into_iter().flatten().flatten();
    let left: Vec<_> = left.map(|entry| entry.file_name()).filter(|name| name != "tool").collect();
    assert!(left.is_empty(), "{left:?}");
    told(failure, &place)
}

fn archive(step: &mut Step, change: impl Fn(&mut Archive)) {
    let mut archive = step.archive.clone().unwrap();
    change(&mut archive);
    step.archive = Some(archive).into();
}

#[test]
fn a_verified_archive_takes_its_place_whole() {
    let place = Fixture::new();
    let step = step(&place, &gz(&tar()));
    fs::create_dir_all(place.root().join(".e/tool.pyve-new-x")).unwrap();
    place.execute(&step).unwrap();
    assert_eq!(fs::read(place.root().join(".e/tool/bin/tool")).unwrap(), b"hello");
    let names = fs::read_dir(place.root().join(".e")).unwrap().count();
    assert_eq!(names, 1, "what a killed pyve left is gone");
    insta::assert_snapshot!(told(place.execute(&step).unwrap_err(), &place), @r"
    could not unpack to `.e/tool`: it is not empty
    => move `.e/tool` away, and try again
    ");
    let bare = Fixture::new();
    let mut plain = self::step(&bare, &tar());
    archive(&mut plain, |archive| archive.kind = ArchiveKind::TAR);
    bare.execute(&plain).unwrap();
}

#[test]
fn what_is_not_right_leaves_nothing() {
    let zeros = "0".repeat(64);
    insta::assert_snapshot!(refused(|_, step| archive(step, |archive| archive.sha256 = zeros.as_str().into())), @r"
    could not unpack `a.tgz`: it is not the archive that was expected
      expected SHA-256 0000000000000000000000000000000000000000000000000000000000000000
      found SHA-256 [HASH]
    => remove `a.tgz`, and try again
    ");
    insta::assert_snapshot!(refused(|_, step| archive(step, |archive| archive.size_limit = 9)), @r"
    could not unpack `a.tgz`: its files have more than the 9 bytes that are allowed
    => report this to the author of the backend
    ");
    insta::assert_snapshot!(refused(|_, step| archive(step, |archive| archive.kind = Default::default())), @r"
    could not unpack `a.tgz`: its kind is not known
    => update pyve
    ");
    insta::assert_snapshot!(refused(|place, step| *step = self::step(place, b"no archive")), @r"
    could not unpack `a.tgz`: it is not a tar.gz archive, or not whole
      invalid gzip header
    => report this to the author of the backend
    ");
    insta::assert_snapshot!(refused(|place, step| *step = self::step(place, &gz(&tar())[..60])), @r"
    could not unpack `a.tgz`: it is not a tar.gz archive, or not whole
      incomplete deflate stream
    => report this to the author of the backend
    ");
    insta::assert_snapshot!(refused(|_, step| step.source = "b.tgz".into()), @r"
    could not unpack `b.tgz`: it does not exist
    => report this to the author of the backend
    ");
    insta::assert_snapshot!(refused(|_, step| step.source = "/etc/passwd".into()), @r"
    could not unpack `/etc/passwd`: it is outside of the project
    => report this to the author of the backend
    ");
    insta::assert_snapshot!(refused(|_, step| step.archive = Default::default()), @r"
    could not carry out the step `Unpack the tool`: it names no archive
    => report this to the author of the backend
    ");
    let outside = refused(|_, step| step.path = "../out".into());
    let why = "could not create the directory `../out`: it is not normalised (it contains `..`)";
    assert_eq!(outside.lines().next(), Some(why));
}

/// The step that fetches the archive first, and lets the shell script in it do its part.
fn fetched(place: &Fixture, script: &str) -> Step {
    let mut tar = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_gnu();
    header.set_size(script.len() as u64);
    header.set_mode(0o755);
    tar.append_data(&mut header, "tool-1.0/bin/settle", script.as_bytes()).unwrap();
    let bytes = gz(&tar.into_inner().unwrap());
    let (served, hash) = (place.root().join("served.tgz"), sha256::of(&bytes));
    fs::write(&served, bytes).unwrap();
    let (source, target) = (place.home.join("cache/tools/a.tgz"), place.home.join("pythons/tool"));
    let download = Download::new(&format!("file://{}", served.display()), &hash, 1000);
    let archive = Archive::tar_gz(&hash, 1000).strip_components(1);
    let settle = Command::new("bin/settle").arg(&target);
    Step::unpack("Get the tool", source, archive, target).fetched(download).settled_by(settle)
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.file_name().into_string().unwrap()).collect()
}

#[test]
fn what_is_fetched_is_set_right_before_it_takes_its_place_and_left_alone_afterwards() {
    let place = Fixture::new();
    let step = fetched(&place, "#!/bin/sh\necho \"$1 $(ls -d \"$1\" 2>/dev/null)\" >> seen\n");
    let target = place.home.join("pythons/tool");
    place.execute(&step).unwrap();
    assert_eq!(fs::read_to_string(target.join("seen")).unwrap(), format!("{} \n", target.display()));
    assert_eq!(names(&place.home.join("pythons")), ["tool"]);
    assert_eq!(names(&place.home.join("cache/tools")), ["a.tgz.lock"]);
    fs::remove_file(place.root().join("served.tgz")).unwrap();
    place.execute(&step).unwrap();
    // The archive of a pyve that was killed while it unpacked needs no network.
    let step = fetched(&place, "#!/bin/sh\ntrue\n");
    fs::remove_dir_all(&target).unwrap();
    fs::create_dir(place.home.join("pythons/tool.pyve-new-killed")).unwrap();
    fs::rename(place.root().join("served.tgz"), place.home.join("cache/tools/a.tgz")).unwrap();
    place.execute(&step).unwrap();
    assert_eq!(names(&place.home.join("pythons")), ["tool"]);
}

#[test]
fn what_cannot_be_set_right_leaves_nothing() {
    let place = Fixture::new();
    let nothing = |place: &Fixture| {
        assert!(names(&place.home.join("pythons")).is_empty());
        assert_eq!(names(&place.home.join("cache/tools")), ["a.tgz.lock"]);
    };
    let failure = place.execute(&fetched(&place, "#!/bin/sh\nexit 3\n")).unwrap_err();
    insta::assert_snapshot!(told(failure, &place), @r"
    could not set up what was unpacked from the archive: bin/settle failed with exit code 3
      nothing of it was kept
    => check that this machine can run it: the error above says more
    ");
    nothing(&place);
    let failure = place.execute(&fetched(&place, "#!/no/such/loader\n")).unwrap_err();
    assert_eq!(
        failure.message,
        "could not set up what was unpacked from the archive: could not start `bin/settle`: no such program"
    );
    nothing(&place);
    let failure = place.execute(&fetched(&place, "#!/bin/sh\nkill -INT $$\n")).unwrap_err();
    assert_eq!((failure.message.as_str(), failure.code), ("interrupted", 130));
    nothing(&place);
    for program in ["/bin/sh", "../../bin/sh"] {
        let step = Step { command: Some(Command::new(program)).into(), ..fetched(&place, "") };
        let failure = place.execute(&step).unwrap_err();
        assert_eq!(failure.message, format!("could not run `{program}`: it is not in the archive"));
        nothing(&place);
    }
    let step = Step { source: "a.tgz".into(), ..fetched(&place, "") };
    let failure = place.executing(Answers::Nobody, |executor| executor.allowed.check([&step])).unwrap_err();
    assert_eq!(failure.message, "could not download to `a.tgz`: it is not in `~/.pyve/cache`");
    assert_eq!(place.execute(&step).unwrap_err().message, failure.message);
    let mut step = fetched(&place, "");
    archive(&mut step, |archive| archive.size_limit = 1);
    step.download = Some(Download::new("file:///no/such", &"0".repeat(64), 1)).into();
    let failure = place.execute(&step).unwrap_err();
    assert_eq!(failure.message, "could not download `/no/such`: no such file or directory");
    nothing(&place);
}

#[test]
fn of_two_that_want_it_one_waits_and_finds_it_done() {
    let place = Fixture::new();
    let step = fetched(&place, "#!/bin/sh\nexit 3\n");
    let target = place.home.join("pythons/tool");
    fs::create_dir_all(place.home.join("cache/tools")).unwrap();
    let lock = crate::files::lock_file::lock(&place.home.join("cache/tools/a.tgz.lock")).unwrap();
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| place.execute(&step));
        std::thread::sleep(crate::steps::alone::POLL * 3);
        assert!(!waiting.is_finished());
        fs::create_dir_all(target.join("done")).unwrap();
        drop(lock);
        waiting.join().unwrap().unwrap();
    });
}
