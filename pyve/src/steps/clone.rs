//! A prepared tree: made once, then cloned to wherever it is wanted.

use std::fs::{self, File, OpenOptions};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use pyve_plugin_api::{Command, Step};

use super::executor::{Executor, make_folder};
use super::{bounds, copy, remove, rewrite, run};
use crate::failure::Failure;
use crate::files::atomic;

pub fn tree(executor: &Executor<'_>, step: &Step) -> Result<(), Failure> {
    let target = executor.bounded(step)?;
    let source = bounds::really_inside(&step.source.path(), executor.project.root(), executor.pyve_home)?;
    if fs::symlink_metadata(&target).is_ok() && !is_empty(&target) {
        return Err(Failure::new(format!("cannot make {}: something is there already", target.display()))
            .remedy(format!("move {} away, then try again", target.display())));
    }
    let _lock = prepare(executor, &source, step.command.as_ref().into_option())?;
    let parent = target.parent().unwrap_or(executor.project.root());
    make_folder(parent)?;
    // A clone gets its name only when it is whole.
    let temporary = tempfile::Builder::new()
        .prefix(".pyve-")
        .suffix(".tmp")
        .tempdir_in(parent)
        .map_err(|error| Failure::io("make a folder in", parent, &error))?;
    let new = temporary.path().join("tree");
    copy::tree(&source, &new)?;
    for file in &step.files {
        rewrite::file(&new, &file.path(), &source, &target)?;
    }
    rewrite::links(&new, &source, &target)?;
    fs::rename(&new, &target).map_err(|error| Failure::io("make", &target, &error))
}

/// Makes the tree where it is missing or was left half made. The lock is held until the clone is
/// done, so that nobody makes it again meanwhile; others may clone at the same time.
fn prepare(executor: &Executor<'_>, source: &Path, make: Option<&Command>) -> Result<File, Failure> {
    let stamp = beside(source, "complete");
    let path = beside(source, "lock");
    make_folder(source.parent().unwrap_or(executor.pyve_home))?;
    let cannot = |error: std::io::Error| Failure::io("lock", &path, &error);
    let open = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path);
    let lock = open.map_err(cannot)?;
    lock.lock_shared().map_err(cannot)?;
    while !(stamp.is_file() && source.is_dir()) {
        // A shared lock cannot become an exclusive one without being let go: look again after it.
        lock.unlock().and_then(|()| lock.lock()).map_err(cannot)?;
        if !(stamp.is_file() && source.is_dir()) {
            make_tree(executor, source, &stamp, make)?;
        }
        lock.unlock().and_then(|()| lock.lock_shared()).map_err(cannot)?;
    }
    Ok(lock)
}

fn make_tree(executor: &Executor<'_>, source: &Path, stamp: &Path, make: Option<&Command>) -> Result<(), Failure> {
    let Some(make) = make else {
        return Err(Failure::new(format!("cannot clone {}: it is not there", source.display()))
            .remedy("report this to the author of the backend"));
    };
    match fs::remove_file(stamp) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(Failure::io("remove", stamp, &error)),
        _ => remove::tree(source)?,
    }
    let made = run::start(executor, make);
    if let Err(failure) = made {
        // What is left of it would only be in the way; the failure that counts is the first one.
        let _ = remove::tree(source);
        return Err(failure);
    }
    if !source.is_dir() {
        return Err(Failure::new(format!("{} did not make {}", make.program.display(), source.display()))
            .detail(format!("it was started as: {make}"))
            .remedy("report this to the author of the backend"));
    }
    atomic::write(stamp, b"", None)
}

fn beside(source: &Path, ending: &str) -> PathBuf {
    let mut name = source.file_name().unwrap_or_default().to_owned();
    name.push(".");
    name.push(ending);
    source.with_file_name(name)
}

fn is_empty(path: &Path) -> bool {
    !path.is_symlink() && fs::read_dir(path).is_ok_and(|mut entries| entries.next().is_none())
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use crate::steps::testing::Place;
    use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};

    const MAKE: &str = "echo made >> ../count; mkdir -p \"$1/bin\" \"$1/lib/empty\"; cd \"$1\"
        printf '#!%s/bin/python\\nprint()\\n' \"$1\" > bin/tool; chmod 755 bin/tool
        printf 'home = %s\\nother = %sx\\n' \"$1\" \"$1\" > cfg; ln -s lib lib64; ln -s \"$1/lib\" abs; ln -s /bin/sh sh
        printf x > lib/old; touch -d 2001-02-03 lib/old; chmod 500 lib/empty";

    fn step(place: &Place, target: &str, script: &str) -> Step {
        let source = place.home.join("cache/tree");
        let make = Command::new("/bin/sh").args(["-ec", script, "sh"]).arg(&source);
        Step::clone_tree("Clone", &source, make, target).rewrite("bin/tool").rewrite("cfg").rewrite("not/there")
    }

    fn made(place: &Place) -> usize {
        fs::read_to_string(place.root().join("../count")).map_or(0, |text| text.lines().count())
    }

    #[test]
    fn a_clone_is_like_the_tree_and_knows_its_own_place() {
        let place = Place::new();
        place.execute(&step(&place, ".e", MAKE)).unwrap();
        place.execute(&step(&place, "other", MAKE)).unwrap();
        assert_eq!(made(&place), 1);
        let (source, new) = (place.home.join("cache/tree"), place.root().join(".e"));
        let shown = new.display();
        assert_eq!(fs::read_to_string(new.join("bin/tool")).unwrap(), format!("#!{shown}/bin/python\nprint()\n"));
        let cfg = fs::read_to_string(new.join("cfg")).unwrap();
        assert_eq!(cfg, format!("home = {shown}\nother = {}x\n", source.display()));
        assert_eq!(new.join("bin/tool").metadata().unwrap().mode() & 0o777, 0o755);
        assert_eq!(new.join("lib/empty").metadata().unwrap().mode() & 0o777, 0o500);
        assert_eq!(fs::read_link(new.join("lib64")).unwrap(), Path::new("lib"));
        assert_eq!(fs::read_link(new.join("sh")).unwrap(), Path::new("/bin/sh"));
        assert_eq!(fs::read_link(new.join("abs")).unwrap(), new.join("lib"));
        let (old, copied) = (source.join("lib/old").metadata().unwrap(), new.join("lib/old").metadata().unwrap());
        assert_eq!(old.modified().unwrap(), copied.modified().unwrap());
        assert_ne!(old.ino(), copied.ino());
        fs::write(new.join("lib/old"), "edited").unwrap();
        assert_eq!(fs::read(source.join("lib/old")).unwrap(), b"x");
        assert_eq!(fs::read_dir(place.root()).unwrap().count(), 2);
    }

    #[test]
    fn a_tree_left_half_made_is_made_again() {
        let place = Place::new();
        let source = place.home.join("cache/tree");
        let failure = place.execute(&step(&place, ".e", "mkdir -p \"$1/half\"; exit 4")).unwrap_err();
        assert_eq!(failure.message, "/bin/sh failed with exit code 4");
        assert!(!source.exists() && !place.root().join(".e").exists());
        fs::create_dir_all(source.join("half")).unwrap();
        place.execute(&step(&place, ".e", MAKE)).unwrap();
        assert!(!place.root().join(".e/half").exists());
    }

    #[test]
    fn many_at_once_make_it_once() {
        let place = Place::new();
        let slow = format!("sleep 0.2; {MAKE}");
        let steps: Vec<Step> = (0..4).map(|number| step(&place, &format!("e{number}"), &slow)).collect();
        std::thread::scope(|scope| {
            for step in &steps {
                scope.spawn(|| place.execute(step).unwrap());
            }
        });
        assert_eq!(made(&place), 1);
        assert!((0..4).all(|number| place.root().join(format!("e{number}/bin/tool")).exists()));
    }

    #[test]
    fn what_is_there_already_stays() {
        let place = Place::new();
        let target = place.root().join(".e");
        fs::create_dir(&target).unwrap();
        place.execute(&step(&place, ".e", MAKE)).unwrap();
        let failure = place.execute(&step(&place, ".e", MAKE)).unwrap_err();
        assert_eq!(failure.message, format!("cannot make {}: something is there already", target.display()));
        symlink("nowhere", place.root().join("link")).unwrap();
        assert!(place.execute(&step(&place, "link", MAKE)).is_err());
        fs::set_permissions(target.join("lib/empty"), fs::Permissions::from_mode(0o700)).unwrap();
    }

    #[test]
    fn a_command_that_makes_nothing_is_told_on() {
        let place = Place::new();
        let failure = place.execute(&step(&place, ".e", "true")).unwrap_err();
        let source = place.home.join("cache/tree");
        assert_eq!(failure.message, format!("/bin/sh did not make {}", source.display()));
        let step = Step { command: None.into(), ..step(&place, ".e", "true") };
        let failure = place.execute(&step).unwrap_err();
        assert_eq!(failure.message, format!("cannot clone {}: it is not there", source.display()));
    }
}
