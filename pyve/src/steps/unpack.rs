//! The step that unpacks an archive: fetched where it has to be, verified, then unpacked beside its place, which it takes when it
//! is whole.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek};
use std::path::Component;

use cap_std::fs::Dir;
use flate2::bufread::MultiGzDecoder;
use pyve_formats::read::{self, Limit, Links};
use pyve_formats::sha256;
use pyve_plugin_api::{Archive, ArchiveKind, Command, Step};
use sha2::{Digest, Sha256};

use super::alone::alone;
use super::backup::{NEW, marked, unfinished};
use super::executor::{Executor, cannot_create};
use super::moving::moving;
use super::{download, remove, run};
use crate::failure::{Failure, exit, reason};
use crate::files::allowed_paths::Entry;
use crate::files::archive::{Problem, Unpacking, is_garbled};
use crate::process::interrupt;

/// Unpacks the archive of the step into its folder, which must not be there or be empty. One that is fetched first is for
/// whoever wants it: what stands at its place is whole, and enough.
pub fn unpack(executor: &Executor<'_>, step: &Step) -> Result<(), Failure> {
    let Some(archive) = step.archive.as_ref().into_option() else {
        return Err(
            Failure::new(format!("could not carry out the step `{}`: it names no archive", step.title)).remedy(AUTHOR)
        );
    };
    let target =
        executor.allowed.create_folder(&executor.path(step)).map_err(|failure| executor.about_step(failure, step))?;
    let Some(download) = step.download.as_ref().into_option() else {
        if target.exists() && !target.is_empty_folder() {
            let shown = executor.project.show(target.path());
            return Err(Failure::new(format!("could not unpack to `{shown}`: it is not empty"))
                .remedy(format!("move `{shown}` away, and try again")));
        }
        return unpacked(executor, step, archive, &target);
    };
    let source = executor.allowed.fetched_archive(step)?;
    let file = executor.allowed.download(&source).map_err(|failure| executor.about_step(failure, step))?;
    let _lock = alone(file.path(), executor.console, &step.title)?;
    if target.exists() && !target.is_empty_folder() {
        return Ok(());
    }
    // One that is there already was left by a pyve that was killed while it unpacked.
    if verified(executor, step, archive).is_err() {
        download::fetch_to(executor, download, file.path())?;
    }
    let unpacked = unpacked(executor, step, archive, &target);
    let _ = file.remove();
    unpacked
}

fn unpacked(executor: &Executor<'_>, step: &Step, archive: &Archive, target: &Entry) -> Result<(), Failure> {
    let file = verified(executor, step, archive)?;
    let beginning = beginning(target).map_err(|error| cannot_create(target.path(), &error))?;
    let unpacked = into(&beginning, file, archive, executor, step)
        .and_then(|()| settled(&beginning, executor, step))
        .and_then(|()| beginning.rename(target).map_err(|error| Failure::io("create", target.path(), &error)));
    if unpacked.is_err() {
        let _ = remove::removed(&beginning);
    }
    unpacked
}

/// Lets the program of the archive that the step names do its part in the unpacked tree.
fn settled(beginning: &Entry, executor: &Executor<'_>, step: &Step) -> Result<(), Failure> {
    let Some(command) = step.command.as_ref().into_option() else { return Ok(()) };
    let program = command.program.path();
    let is_of_archive = program.components().all(|part| matches!(part, Component::Normal(_)));
    if !is_of_archive {
        return Err(
            Failure::new(format!("could not run `{}`: it is not in the archive", program.display())).remedy(AUTHOR)
        );
    }
    let tree = beginning.path();
    let run = Command { program: tree.join(&program).into(), ..command.clone() }.current_dir(tree);
    run::start_silent(executor, &run, &step.title, None).map_err(|failure| match failure.code {
        exit::INTERRUPTED => interrupt::interrupted(),
        _ => {
            let why = failure.message.replace(&format!("{}/", tree.display()), "");
            Failure::new(format!("could not set up what was unpacked from the archive: {why}"))
                .detail("nothing of it was kept")
                .remedy("check that this machine can run it: the error above says more")
        }
    })
}

const AUTHOR: &str = "report this to the author of the backend";

/// The archive, open, once it is known to be the right one.
fn verified(executor: &Executor<'_>, step: &Step, archive: &Archive) -> Result<File, Failure> {
    let path = executor.allowed.archive(step)?;
    let shown = executor.project.show(&path);
    let absent = || Failure::new(format!("could not unpack `{shown}`: it does not exist")).remedy(AUTHOR);
    let mut file = read::open(&path, Limit::ANY_SIZE, Links::Follow)?.ok_or_else(absent)?;
    let cannot = |error: io::Error| Failure::io("read", &path, &error);
    let mut hash = Sha256::new();
    let mut piece = vec![0; 64 * 1024];
    loop {
        let length = file.read(&mut piece).map_err(cannot)?;
        if length == 0 {
            break;
        }
        hash.update(&piece[..length]);
    }
    let found = sha256::hex(&hash.finalize());
    if found != archive.sha256.as_str() {
        return Err(Failure::new(format!("could not unpack `{shown}`: it is not the archive that was expected"))
            .detail(format!("expected SHA-256 {}", archive.sha256))
            .detail(format!("found SHA-256 {found}"))
            .remedy(format!("remove `{shown}`, and try again")));
    }
    file.rewind().map_err(cannot)?;
    Ok(file)
}

/// A new folder beside the target; what an earlier pyve that was killed left there goes.
fn beginning(target: &Entry) -> io::Result<Entry> {
    for left in target.beginning_with(&marked(target, NEW))? {
        left.remove()?;
    }
    let beginning = unfinished(target)?;
    beginning.create_folder()?;
    Ok(beginning)
}

fn into(beginning: &Entry, file: File, archive: &Archive, executor: &Executor<'_>, step: &Step) -> Result<(), Failure> {
    let guard = interrupt::guard();
    let folder: Dir =
        beginning.folder().open_dir(beginning.name()).map_err(|error| cannot_create(beginning.path(), &error))?;
    let unpacking = Unpacking {
        folder: &folder,
        size_limit: archive.size_limit,
        strip: archive.strip_components as usize,
        interrupted: &|| guard.requested(),
    };
    let file = BufReader::new(file);
    let _line = moving(executor.console, &step.title);
    let unpacked = match archive.kind {
        ArchiveKind::TAR => unpacking.tar(file),
        ArchiveKind::TAR_GZ => unpacking.tar(MultiGzDecoder::new(file)),
        _ => {
            return Err(Failure::new(format!("could not unpack `{}`: its kind is not known", step.source.display()))
                .remedy("update pyve"));
        }
    };
    unpacked.map_err(|problem| failure(problem, archive, executor, step))
}

fn failure(problem: Problem, archive: &Archive, executor: &Executor<'_>, step: &Step) -> Failure {
    let shown = executor.project.show(&step.source.path());
    let failure = |why: String| Failure::new(format!("could not unpack `{shown}`: {why}"));
    match problem {
        Problem::Entry(name, why) => {
            failure(format!("`{}` in it is refused", name.display())).detail(why.to_owned()).remedy(AUTHOR)
        }
        Problem::TooLarge => {
            failure(format!("its files have more than the {} bytes that are allowed", archive.size_limit))
                .remedy(AUTHOR)
        }
        Problem::TooMany => failure("it has too many files".to_owned()).remedy(AUTHOR),
        Problem::Interrupted => interrupt::interrupted(),
        Problem::Io(error) if is_garbled(&error) => {
            failure(format!("it is not a {} archive, or not whole", archive.kind)).detail(reason(&error)).remedy(AUTHOR)
        }
        Problem::Io(error) => failure(reason(&error)).remedy("free some space, or check that you may write there"),
    }
}

#[cfg(all(test, unix))]
mod tests {
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
}
