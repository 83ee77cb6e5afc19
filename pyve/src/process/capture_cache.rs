//! What captured commands answered, kept as long as the files that the answer depends on do not change.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use pyve_formats::read::{self, Limit};
use pyve_formats::{json, sha256};
use pyve_plugin_api::{Command, Output};
use serde::{Deserialize, Serialize};

use crate::files::allowed_paths::Entry;
use crate::files::temporary::Temporary;
use crate::files::{ownership, unused};
use crate::records::Stamp;

/// The format; an answer in another one is asked for again.
const SCHEMA: u32 = 1;

/// The content of `~/.pyve/cache/answers/<hash>.json`.
#[derive(Serialize, Deserialize)]
struct Kept {
    schema: u32,
    command: Command,
    inputs: Vec<Stamp>,
    stdout: String,
}

/// A command whose answer can be kept, and how its inputs were before it was asked.
pub struct CacheEntry<'a> {
    command: &'a Command,
    file: PathBuf,
    inputs: Vec<Stamp>,
}

impl<'a> CacheEntry<'a> {
    /// `None` where the answer depends on more than files, or there is no place for it: a command
    /// alone makes no `~/.pyve`.
    pub fn for_command(command: &'a Command, cache: &Path) -> Option<Self> {
        let inputs: Vec<Stamp> = command.depends_on.iter().map(|path| Stamp::now(&path.path())).collect();
        if inputs.is_empty() || !cache.is_dir() {
            return None;
        }
        let name = &sha256::of(serde_json::to_vec(command).ok()?)[..32];
        Some(Self { command, file: cache.join("answers").join(name).with_extension("json"), inputs })
    }

    /// The answer that was kept, if it still holds, and nobody else could have written it.
    pub fn get(&self) -> Option<Output> {
        ownership::check(&self.file.canonicalize().ok()?, "read").ok()?;
        let kept: Kept = json::read(&read::bytes(&self.file, Limit::RECORD).ok()??).ok()?;
        let same = kept.schema == SCHEMA && kept.command == *self.command;
        let holds = same && kept.inputs == self.inputs && self.inputs.iter().all(Stamp::holds);
        if holds {
            unused::note_use(&self.file);
        }
        holds.then(|| Output { stdout: kept.stdout.into_bytes().into(), ..Output::default() })
    }

    /// Keeps a good answer. Whether that succeeds is of no matter: then it is asked for again.
    pub fn put(self, output: &Output) {
        let Ok(stdout) = String::from_utf8(output.stdout.to_vec()) else { return };
        if !output.success() || !output.stderr.is_empty() || !self.inputs.iter().all(Stamp::holds) {
            return;
        }
        let kept = Kept { schema: SCHEMA, command: self.command.clone(), inputs: self.inputs, stdout };
        let _ = serde_json::to_vec(&kept).map_err(io::Error::from).and_then(|bytes| write(&self.file, &bytes));
    }
}

/// Without a sync: after a power cut the file is whole, or no answer and asked for again.
fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(path);
    ownership::make_folder(folder)?;
    let entry = Entry::anywhere(path)?;
    let mut file = Temporary::beside(&entry, false)?;
    file.file().write_all(bytes)?;
    file.rename(&entry).map_err(|(error, _)| error)?;
    unused::prune(folder);
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::fs;
    use std::os::unix::fs::PermissionsExt;
    use std::time::Duration;

    fn answer(stdout: &str) -> Output {
        Output { stdout: stdout.as_bytes().to_vec().into(), ..Output::default() }
    }

    #[test]
    fn an_answer_holds_until_a_file_it_depends_on_changes() {
        let folder = tempfile::tempdir().unwrap();
        let (program, module) = (folder.path().join("program"), folder.path().join("module"));
        fs::write(&program, "1").unwrap();
        std::thread::sleep(Duration::from_millis(50));
        let command = Command::new(&program).depends_on(&program).depends_on(&module);
        let entry = || CacheEntry::for_command(&command, folder.path()).unwrap();
        assert!(entry().get().is_none());
        entry().put(&answer("one"));
        assert_eq!(entry().get(), Some(answer("one")));
        let other = command.clone().arg("-x");
        assert!(CacheEntry::for_command(&other, folder.path()).unwrap().get().is_none(), "another command");

        fs::write(&module, "appeared").unwrap();
        assert!(entry().get().is_none(), "a file that was not there");
        entry().put(&answer("too early"));
        assert!(entry().get().is_none(), "it changed a moment ago");
        std::thread::sleep(Duration::from_millis(50));
        let left = folder.path().join("answers/.pyve-0123.tmp");
        fs::write(&left, "of one that was killed").unwrap();
        entry().put(&answer("two"));
        assert!(!left.exists());
        assert_eq!(entry().get(), Some(answer("two")));

        let kept = entry().file;
        let open = |mode| fs::set_permissions(folder.path().join("answers"), fs::Permissions::from_mode(mode)).unwrap();
        open(0o777);
        assert!(entry().get().is_none(), "others could have written it");
        open(0o755);
        assert_eq!(entry().get(), Some(answer("two")));
        fs::write(&kept, "{").unwrap();
        assert!(entry().get().is_none(), "a damaged file");
    }

    #[test]
    fn what_fails_or_depends_on_more_than_files_is_asked_again() {
        let folder = tempfile::tempdir().unwrap();
        assert!(CacheEntry::for_command(&Command::new("/bin/date"), folder.path()).is_none());
        let command = Command::new("/bin/sh").depends_on("/bin/sh");
        assert!(CacheEntry::for_command(&command, &folder.path().join("none")).is_none());
        CacheEntry::for_command(&command, folder.path()).unwrap().put(&Output { code: 1, ..answer("one") });
        CacheEntry::for_command(&command, folder.path())
            .unwrap()
            .put(&Output { stderr: b"warning".to_vec().into(), ..answer("") });
        assert!(CacheEntry::for_command(&command, folder.path()).unwrap().get().is_none());
    }
}
