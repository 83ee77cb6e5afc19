//! An old environment that makes place for the new one, and is brought back if that fails.

use std::ffi::OsString;
use std::io;
use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use super::exchange::{exchange, is_held, is_unsupported};
use super::remove;
use crate::failure::Failure;
use crate::files::allowed_paths::{Entry, random};
use crate::records::Identity;

/// What lies between a prefix and the random end of its old one's name.
pub const MARK: &str = ".pyve-old-";

/// The same for the folder of what is to become the environment at the prefix once it is whole.
pub const NEW: &str = ".pyve-new-";

/// The name of the new one, later of the old one, in that folder.
pub const TREE: &str = "tree";

/// A command that `pyve run` found in the environment just before has started by then.
pub const GRACE: Duration = Duration::from_millis(100);

/// What is about to happen to the old environment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Move {
    /// It is moved away before there is a new one.
    Away,
    /// It changes places with the new one, which is this folder.
    Exchange(Identity),
}

/// Writes the move into the journal before it happens.
pub type Note<'a> = dyn Fn(Move) -> Result<(), Failure> + 'a;

/// Environments that are replaced and come back unless all goes well.
#[derive(Default)]
pub struct Backup<'a> {
    /// Those that still stand: the first step that makes something decides how they go.
    due: Vec<Due<'a>>,
    kept: Vec<Kept>,
}

struct Due<'a> {
    prefix: Entry,
    note: &'a Note<'a>,
}

struct Kept {
    prefix: Entry,
    old: Entry,
}

impl<'a> Backup<'a> {
    /// What is at the prefix is to be replaced; the gate for paths let it through.
    pub fn expect(&mut self, prefix: Entry, note: &'a Note<'a>) {
        self.due.push(Due { prefix, note });
    }

    /// Whether the environment at the prefix is to be replaced and still stands.
    pub fn is_due(&self, prefix: &Entry) -> bool {
        self.due.iter().any(|due| due.prefix.path() == prefix.path())
    }

    /// Moves away what is still due, for a step that needs the place itself.
    pub fn make_room(&mut self) -> Result<(), Failure> {
        while let Some(due) = self.due.pop() {
            self.put(due)?;
        }
        Ok(())
    }

    /// Lets `new` and what is at the prefix change places.
    pub fn exchange(&mut self, new: Entry, prefix: &Entry) -> Result<(), Failure> {
        let Some(index) = self.due.iter().position(|due| due.prefix.path() == prefix.path()) else {
            return renamed(&new, prefix);
        };
        let due = self.due.remove(index);
        let identity = Identity::at(new.path());
        identity.map_or(Ok(()), |identity| (due.note)(Move::Exchange(identity)))?;
        match exchange(&new, prefix) {
            Ok(()) => {
                self.kept.push(Kept { prefix: due.prefix, old: new });
                Ok(())
            }
            Err(error) if is_unsupported(&error) => {
                self.put(due)?;
                renamed(&new, prefix)
            }
            Err(error) => Err(cannot_replace(prefix, &error)),
        }
    }

    fn put(&mut self, due: Due<'_>) -> Result<(), Failure> {
        (due.note)(Move::Away)?;
        thread::sleep(GRACE);
        let old = move_away(&due.prefix)?;
        self.kept.push(Kept { prefix: due.prefix, old });
        Ok(())
    }

    /// Removes what was put aside for the prefix, and what an earlier pyve that was killed left there.
    pub fn discard(&mut self, prefix: &Entry) -> Result<(), Failure> {
        self.kept.retain(|kept| kept.prefix.path() != prefix.path());
        beside(prefix, &[MARK, NEW])?.iter().try_for_each(|old| remove::removed(old).map(drop))
    }

    /// Brings everything back; says what came back.
    pub fn restore(&mut self) -> Result<Vec<PathBuf>, Failure> {
        self.due.clear();
        let mut back = Vec::new();
        while let Some(Kept { prefix, old }) = self.kept.pop() {
            put_back(&old, &prefix)?;
            back.push(prefix.path().to_owned());
        }
        Ok(back)
    }
}

/// Moves what has the name to a name beside it, which is returned.
pub fn move_away(prefix: &Entry) -> Result<Entry, Failure> {
    let old = free_name(prefix).map_err(|error| Failure::io("put something aside beside", prefix.path(), &error))?;
    match prefix.rename(&old) {
        Ok(()) => Ok(old),
        Err(error) => {
            let _ = old.remove();
            Err(cannot_replace(prefix, &error))
        }
    }
}

/// Brings the old environment back to its prefix; what stands there by now is removed.
pub fn put_back(old: &Entry, prefix: &Entry) -> Result<(), Failure> {
    // At once, where that can be: a command that looks there finds one of both.
    if !(prefix.exists() && exchange(old, prefix).is_ok()) {
        let came = remove::removed(prefix).and_then(|_| renamed(old, prefix));
        came.map_err(|failure| {
            failure.remedy(format!("the old one is at {}; the next `pyve init` brings it back", old.path().display()))
        })?;
    }
    // It is back; what cannot be removed now is left over for the next command.
    let _ = remove_leftovers(prefix);
    Ok(())
}

/// Removes what lies beside the prefix of an earlier one, or of a beginning.
pub fn remove_leftovers(prefix: &Entry) -> Result<(), Failure> {
    beside(prefix, &[MARK, NEW])?.iter().try_for_each(|left| remove::removed(left).map(drop))
}

/// What in the folder of the prefix has its name with one of these marks.
fn beside(prefix: &Entry, marks: &[&str]) -> Result<Vec<Entry>, Failure> {
    let mut found = Vec::new();
    for mark in marks {
        let all = prefix.beginning_with(&marked(prefix, mark));
        found.extend(all.map_err(|error| Failure::io("look beside", prefix.path(), &error))?);
    }
    Ok(found)
}

/// A name beside the entry for what is not whole any more, as what is not whole yet has it.
pub fn unfinished(entry: &Entry) -> io::Result<Entry> {
    let mut name = marked(entry, NEW);
    name.push(random());
    entry.beside(name)
}

/// The name of the prefix with a mark, to which something random is added.
pub fn marked(prefix: &Entry, mark: &str) -> OsString {
    let mut start = prefix.name().to_owned();
    start.push(mark);
    start
}

/// What was put aside for the prefix.
pub fn put_aside(prefix: &Entry) -> Vec<Entry> {
    beside(prefix, &[MARK]).unwrap_or_default()
}

/// What was begun for the prefix by a pyve that was killed.
pub fn begun(prefix: &Entry) -> Vec<Entry> {
    beside(prefix, &[NEW]).unwrap_or_default()
}

/// A folder may take the name of an empty one, and that it is ours nobody else can take it.
fn free_name(prefix: &Entry) -> io::Result<Entry> {
    let free = prefix.create_folder_beside(&marked(prefix, MARK))?;
    if !prefix.metadata()?.is_some_and(|metadata| metadata.is_dir()) || cfg!(windows) {
        free.remove()?;
    }
    Ok(free)
}

fn renamed(from: &Entry, to: &Entry) -> Result<(), Failure> {
    from.rename(to).map_err(|error| Failure::io("create", to.path(), &error))
}

fn cannot_replace(prefix: &Entry, error: &io::Error) -> Failure {
    let failure = Failure::io("replace", prefix.path(), error);
    if is_held(error) {
        return failure
            .detail("it is a mount point, or part of a container's image: it can be removed, but not moved")
            .remedy("run `pyve purge`, then `pyve init`");
    }
    failure.remedy("close the programs that use it, then try again")
}

#[cfg(all(test, unix))]
mod tests {
    use super::super::leftovers::leftovers;
    use super::*;
    use std::cell::RefCell;
    use std::fs;
    use std::path::Path;

    /// A prefix with an old environment at it.
    fn standing() -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let prefix = folder.path().join(".e");
        fs::create_dir(&prefix).unwrap();
        fs::write(prefix.join("old"), "").unwrap();
        (folder, prefix)
    }

    fn entry(path: &Path) -> Entry {
        Entry::anywhere(path).unwrap()
    }

    fn silent(_: Move) -> Result<(), Failure> {
        Ok(())
    }

    #[test]
    fn what_failed_makes_place_for_what_was_there() {
        let (_folder, prefix) = standing();
        let mut backup = Backup::default();
        backup.expect(entry(&prefix), &silent);
        assert!(prefix.exists(), "it stands until something is made");
        backup.make_room().unwrap();
        assert!(!prefix.exists());
        assert_eq!(leftovers(&prefix).len(), 1);
        fs::create_dir_all(prefix.join("half")).unwrap();
        assert_eq!(backup.restore().unwrap(), std::slice::from_ref(&prefix));
        assert!(prefix.join("old").exists() && !prefix.join("half").exists());
        assert!(leftovers(&prefix).is_empty() && backup.restore().unwrap().is_empty());
    }

    #[test]
    fn a_new_one_takes_the_place_and_gives_it_back() {
        let (folder, prefix) = standing();
        let new = folder.path().join(".e.pyve-new-x").join(TREE);
        fs::create_dir_all(new.join("new")).unwrap();
        let noted = RefCell::new(Vec::new());
        let note = |what: Move| {
            noted.borrow_mut().push((what, prefix.join("old").exists()));
            Ok(())
        };
        let expected = Move::Exchange(Identity::at(&new).unwrap());
        let mut backup = Backup::default();
        backup.expect(entry(&prefix), &note);
        backup.exchange(entry(&new), &entry(&prefix)).unwrap();
        assert!(prefix.join("new").exists() && new.join("old").exists());
        assert_eq!(*noted.borrow(), [(expected, true)], "written before it happens");
        backup.restore().unwrap();
        assert!(prefix.join("old").exists());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn what_cannot_be_noted_does_not_happen() {
        let (folder, prefix) = standing();
        let new = folder.path().join("new");
        fs::create_dir(&new).unwrap();
        let full = |_: Move| Err(Failure::new("the disk is full"));
        for exchanged in [true, false] {
            let mut backup = Backup::default();
            backup.expect(entry(&prefix), &full);
            let ended = if exchanged { backup.exchange(entry(&new), &entry(&prefix)) } else { backup.make_room() };
            assert_eq!(ended.unwrap_err().message, "the disk is full");
            assert!(backup.restore().unwrap().is_empty() && prefix.join("old").exists());
        }
    }

    #[test]
    fn once_all_is_well_nothing_old_is_left() {
        let (folder, prefix) = standing();
        fs::create_dir(folder.path().join(".e.pyve-old-killed")).unwrap();
        fs::create_dir(folder.path().join(".e2")).unwrap();
        let mut backup = Backup::default();
        backup.expect(entry(&prefix), &silent);
        backup.make_room().unwrap();
        backup.discard(&entry(&prefix)).unwrap();
        assert!(backup.restore().unwrap().is_empty());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_link_is_put_aside_itself() {
        let folder = tempfile::tempdir().unwrap();
        let (prefix, real) = (folder.path().join(".e"), folder.path().join("real"));
        fs::create_dir(&real).unwrap();
        std::os::unix::fs::symlink(&real, &prefix).unwrap();
        let mut backup = Backup::default();
        backup.expect(entry(&prefix), &silent);
        backup.make_room().unwrap();
        backup.discard(&entry(&prefix)).unwrap();
        assert!(real.is_dir() && !prefix.is_symlink());
    }

    #[test]
    fn one_that_cannot_leave_its_place_is_said_to_be_so() {
        let failure = cannot_replace(&entry(Path::new("/.e")), &io::Error::from_raw_os_error(16));
        assert_eq!(failure.remedy.to_string(), "run `pyve purge`, then `pyve init`");
        let failure = cannot_replace(&entry(Path::new("/.e")), &io::Error::from_raw_os_error(13));
        assert_eq!(failure.remedy.to_string(), "close the programs that use it, then try again");
    }
}
