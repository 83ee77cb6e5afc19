//! The step that unpacks an archive: verified first, then unpacked beside its place, which it takes when it is whole.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek};

use cap_std::fs::Dir;
use flate2::bufread::MultiGzDecoder;
use pyve_formats::read::{self, Limit, Links};
use pyve_formats::sha256;
use pyve_plugin_api::{Archive, ArchiveKind, Step};
use sha2::{Digest, Sha256};

use super::backup::{NEW, marked};
use super::executor::{Executor, cannot_create};
use super::moving::moving;
use super::remove;
use crate::failure::{Failure, reason};
use crate::files::allowed_paths::{Entry, random};
use crate::files::archive::{Problem, Unpacking, is_garbled};
use crate::process::interrupt;

/// Unpacks the archive of the step into its folder, which must not be there or be empty.
pub fn unpack(executor: &Executor<'_>, step: &Step) -> Result<(), Failure> {
    let Some(archive) = step.archive.as_ref().into_option() else {
        return Err(
            Failure::new(format!("could not carry out the step `{}`: it names no archive", step.title)).remedy(AUTHOR)
        );
    };
    let target =
        executor.allowed.create_folder(&executor.path(step)).map_err(|failure| executor.about_step(failure, step))?;
    if target.exists() && !target.is_empty_folder() {
        let shown = executor.project.show(target.path());
        return Err(Failure::new(format!("could not unpack to `{shown}`: it is not empty"))
            .remedy(format!("move `{shown}` away, and try again")));
    }
    let file = verified(executor, step, archive)?;
    let beginning = beginning(&target).map_err(|error| cannot_create(target.path(), &error))?;
    let unpacked = into(&beginning, file, archive, executor, step)
        .and_then(|()| beginning.rename(&target).map_err(|error| Failure::io("create", target.path(), &error)));
    if unpacked.is_err() {
        let _ = remove::removed(&beginning);
    }
    unpacked
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
    let start = marked(target, NEW);
    for left in target.beginning_with(&start)? {
        left.remove()?;
    }
    let mut name = start;
    name.push(random());
    let beginning = target.beside(name)?;
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

    use flate2::Compression;
    use flate2::write::GzEncoder;
    use pyve_formats::sha256;
    use pyve_plugin_api::{Archive, ArchiveKind, Step};

    use crate::failure::Failure;
    use crate::steps::testing::Fixture;

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
}
