//! A prepared tree: made once, then cloned to wherever it is wanted.

use std::path::Path;

use pyve_plugin_api::{Command, Step};

use super::backup::Backup;
use super::exchange::is_held;
use super::executor::Executor;
use super::{backup, fast_path, remove, run};
use crate::config::{LinkMode, UserConfig};
use crate::failure::Failure;
use crate::files::allowed_paths::Entry;
use crate::sys;
use crate::template::{CloneError, PrepareError, UMASK, clone, prepared};

pub fn tree(executor: &Executor<'_>, step: &Step, old: &mut Backup<'_>) -> Result<(), Failure> {
    let refused = |failure| executor.about_step(failure, step);
    let source = executor.allowed.source(step).map_err(refused)?;
    let target = executor.path(step);
    let entry = executor.allowed.clone_target(&target).map_err(refused)?;
    let mode = UserConfig::load(executor.caller, executor.pyve_home)?.link_mode();
    if entry.exists() && !entry.is_empty_folder() && !old.is_due(&entry) {
        return Err(Failure::new(format!("could not create `{}`: it already exists", target.display()))
            .remedy(format!("move {} away, then try again", target.display())));
    }
    // What is behind a link is not pyve's to make and to remove.
    if leads_away(&source, executor.pyve_home) {
        let failure = Failure::new(format!("a link on the way to {} leads elsewhere", source.display()));
        return make_in_place(executor, step, &target, &failure, old);
    }
    // A clone gets its name only when it is whole; a pyve that was killed leaves it without.
    backup::begun(&entry).iter().try_for_each(|left| remove::removed(left).map(drop))?;
    let beginning = Beginning::beside(&entry)?;
    let new = beginning.folder.path().join(backup::TREE);
    match cloned(executor, step, &source, &new, &target, mode) {
        Ok(()) => {}
        Err(PrepareError::Making(failure)) => return Err(failure),
        Err(PrepareError::NoPlace(failure)) => return make_in_place(executor, step, &target, &failure, old),
    }
    if old.is_due(&entry) {
        // From here on the folder holds the old one, until it is not needed any more.
        let new = beginning.folder.inner(backup::TREE).map_err(|error| Failure::io("open", &new, &error))?;
        let result = old.exchange(new, &entry);
        if result.is_ok() {
            beginning.keep();
        }
        return result;
    }
    beginning.folder.inner(backup::TREE).and_then(|new| new.rename(&entry)).or_else(|error| {
        let failure = Failure::io("create", &target, &error);
        // An empty folder on which something is mounted takes no other one's place.
        if is_held(&error) { make_in_place(executor, step, &target, &failure, old) } else { Err(failure) }
    })
}

/// Whether the nearest folder that is there is somewhere else than the path says.
fn leads_away(source: &Path, home: Option<&Path>) -> bool {
    let real = |path: &Path| path.canonicalize().ok();
    let nearest = source.ancestors().skip(1).find_map(real);
    home.and_then(real).zip(nearest).is_some_and(|(home, nearest)| !nearest.starts_with(home))
}

/// A folder beside the target for what is to become it, gone when it is dropped.
struct Beginning {
    folder: Entry,
    kept: bool,
}

impl Beginning {
    fn beside(target: &Entry) -> Result<Self, Failure> {
        let mut start = target.name().to_owned();
        start.push(backup::NEW);
        let created = target.create_folder_beside(&start);
        created
            .map(|folder| Self { folder, kept: false })
            .map_err(|error| Failure::io("create a directory beside", target.path(), &error))
    }

    fn keep(mut self) {
        self.kept = true;
    }
}

impl Drop for Beginning {
    fn drop(&mut self) {
        if !self.kept {
            let _ = self.folder.remove();
        }
    }
}

/// Clones to `new` what will stand at `target`; a tree that turns out to be damaged is made again, once.
fn cloned(
    executor: &Executor<'_>,
    step: &Step,
    source: &Path,
    new: &Path,
    target: &Path,
    mode: LinkMode,
) -> Result<(), PrepareError> {
    if !sys::can_set_umask() {
        return Err(PrepareError::NoPlace(Failure::new("`/bin/sh` not found")));
    }
    let mut again = false;
    loop {
        let make = || match fast_path::made(executor, step, source)? {
            true => Ok(()),
            false => make_tree(executor, source, step, step.command.as_ref().into_option(), Some(UMASK)),
        };
        let inventory = prepared(source, executor.pyve_home, again, make)?;
        match clone(&inventory, new, target, mode) {
            Ok(()) => return Ok(()),
            Err(CloneError::System(failure)) => return Err(PrepareError::Making(failure)),
            Err(CloneError::Damaged(file)) if again => {
                let failure = Failure::new(format!("{} changes while it is cloned", file.display()));
                return Err(PrepareError::NoPlace(failure));
            }
            Err(CloneError::Damaged(file)) => {
                executor.console.debug(&format!("{} is not what it was; its tree is made again", file.display()));
                remove::tree(new).map_err(PrepareError::Making)?;
                again = true;
            }
            Err(CloneError::Immovable(file)) => {
                let failure = Failure::new(format!("{} cannot be moved", file.display()));
                return Err(PrepareError::NoPlace(failure));
            }
        }
    }
}

/// Makes at `target` itself what cannot be prepared elsewhere, for this reason.
fn make_in_place(
    executor: &Executor<'_>,
    step: &Step,
    target: &Path,
    why: &Failure,
    old: &mut Backup<'_>,
) -> Result<(), Failure> {
    old.make_room()?;
    match Some(&why.remedy).filter(|remedy| !remedy.is_none()) {
        // It takes seconds instead of milliseconds, each time, and need not.
        Some(remedy) => {
            executor.console.warning(&format!("{}; nothing is cached there, so creating takes longer", why.message));
            executor.console.hint(&remedy.to_string());
        }
        None => executor.console.debug(&format!("{} is made in its place: {}", target.display(), why.message)),
    }
    let mut make = step.command.clone().into_option();
    if let Some(make) = &mut make {
        make.args.iter_mut().filter(|arg| **arg == step.source).for_each(|arg| *arg = target.into());
    }
    make_tree(executor, target, step, make.as_ref(), None)
}

fn make_tree(
    executor: &Executor<'_>,
    source: &Path,
    step: &Step,
    make: Option<&Command>,
    umask: Option<u32>,
) -> Result<(), Failure> {
    let Some(make) = make else {
        return Err(Failure::new(format!("could not clone `{}`: it does not exist", source.display()))
            .remedy("report this to the author of the backend"));
    };
    let made = run::start_silent(executor, make, &step.title, umask);
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
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use crate::steps::testing::Fixture;
    use std::fs;
    use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};

    const MAKE: &str = "echo made >> ../count; mkdir -p \"$1/bin\" \"$1/lib/empty\"; cd \"$1\"
        printf '#!%s/bin/python\\nprint()\\n' \"$1\" > bin/tool; chmod 755 bin/tool
        printf 'home = %s\\nother = %sx\\n' \"$1\" \"$1\" > cfg; ln -s lib lib64; ln -s \"$1/lib\" abs; ln -s /bin/sh sh
        printf x > lib/old; touch -d 2001-02-03 lib/old; chmod 500 lib/empty";

    fn step(place: &Fixture, target: &str, script: &str) -> Step {
        let source = place.home.join("cache/tree");
        let make = Command::new("/bin/sh").args(["-ec", script, "sh"]).arg(&source);
        Step::clone_tree("Clone", &source, make, target)
    }

    fn made(place: &Fixture) -> usize {
        fs::read_to_string(place.root().join("../count")).map_or(0, |text| text.lines().count())
    }

    #[test]
    fn a_clone_is_like_the_tree_and_knows_its_own_place() {
        let place = Fixture::new();
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
        for own in ["bin/tool", "cfg"] {
            let ino = |root: &Path| root.join(own).metadata().unwrap().ino();
            assert_ne!(ino(&source), ino(&new), "what holds the path is the clone's own");
        }
        assert_eq!(fs::read_dir(place.root()).unwrap().count(), 2);
    }

    #[test]
    fn a_tree_left_half_made_is_made_again() {
        let place = Fixture::new();
        let source = place.home.join("cache/tree");
        let failure = place.execute(&step(&place, ".e", "mkdir -p \"$1/half\"; exit 4")).unwrap_err();
        assert_eq!(failure.message, "/bin/sh failed with exit code 4");
        assert!(!source.exists() && !place.root().join(".e").exists());
        fs::create_dir_all(source.join("half")).unwrap();
        place.execute(&step(&place, ".e", MAKE)).unwrap();
        assert!(!place.root().join(".e/half").exists());
    }

    #[test]
    fn what_a_killed_clone_left_beside_it_is_removed() {
        let place = Fixture::new();
        fs::create_dir_all(place.root().join(".e.pyve-new-killed/tree/lib")).unwrap();
        fs::create_dir(place.root().join(".env.pyve-new-other")).unwrap();
        place.execute(&step(&place, ".e", MAKE)).unwrap();
        let mut left: Vec<_> = fs::read_dir(place.root()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        left.sort();
        assert_eq!(left, [".e", ".env.pyve-new-other"]);
    }

    #[test]
    fn without_a_place_for_the_tree_it_is_made_where_it_is_wanted() {
        let place = Fixture::new();
        fs::write(place.home.join("cache"), "a file").unwrap();
        place.execute(&step(&place, ".e", MAKE)).unwrap();
        let target = place.root().join(".e");
        let text = fs::read_to_string(target.join("bin/tool")).unwrap();
        assert_eq!(text, format!("#!{}/bin/python\nprint()\n", target.display()));
        let failure = place.execute(&step(&place, "other", "exit 4")).unwrap_err();
        let target = place.root().join("other");
        assert_eq!(failure.details, [format!("it was started as: /bin/sh -ec 'exit 4' sh {}", target.display())]);
    }

    #[test]
    fn many_at_once_make_it_once() {
        let place = Fixture::new();
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
        let place = Fixture::new();
        let target = place.root().join(".e");
        fs::create_dir(&target).unwrap();
        place.execute(&step(&place, ".e", MAKE)).unwrap();
        let failure = place.execute(&step(&place, ".e", MAKE)).unwrap_err();
        assert_eq!(failure.message, format!("could not create `{}`: it already exists", target.display()));
        symlink("nowhere", place.root().join("link")).unwrap();
        assert!(place.execute(&step(&place, "link", MAKE)).is_err());
        fs::set_permissions(target.join("lib/empty"), fs::Permissions::from_mode(0o700)).unwrap();
    }

    #[test]
    fn a_command_that_makes_nothing_is_told_on() {
        let place = Fixture::new();
        let failure = place.execute(&step(&place, ".e", "true")).unwrap_err();
        let source = place.home.join("cache/tree");
        assert_eq!(failure.message, format!("/bin/sh did not make {}", source.display()));
        let step = Step { command: None.into(), ..step(&place, ".e", "true") };
        let failure = place.execute(&step).unwrap_err();
        assert_eq!(failure.message, format!("could not clone `{}`: it does not exist", source.display()));
    }
}
