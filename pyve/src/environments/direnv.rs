//! `.pyve/state/direnv`: the environment that `.envrc` enters, where that is another one than is meant where none is named.

use std::fs;

use serde::{Deserialize, Serialize};

use crate::failure::Failure;
use crate::project::{EnvironmentName, Layout};
use crate::records::{Folder, State, StateFile};

/// The name of the file.
const FILE: &str = "direnv";

/// What `init --direnv-env` said last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DirenvNote {
    environment: EnvironmentName,
}

impl State for DirenvNote {
    const SCHEMA: u32 = 1;
}

impl DirenvNote {
    pub fn new(environment: EnvironmentName) -> Self {
        Self { environment }
    }

    /// The environment that was chosen, as long as something is recorded of it. What cannot be read says nothing.
    pub fn find(layout: &Layout) -> Option<EnvironmentName> {
        let folder = Folder::find(layout, None).ok()??;
        let note = place(&folder).load::<Self>(layout).ok()?.mine()?;
        Some(note.environment).filter(|name| layout.records(name).is_dir())
    }

    pub fn keep(&self, layout: &Layout) -> Result<(), Failure> {
        let folder = Folder::make(layout, None)?;
        place(&folder).save(layout, layout.root().into(), self)
    }

    /// From here on it is the one that is meant where none is named.
    pub fn forget(layout: &Layout) -> Result<(), Failure> {
        let path = layout.state().join(FILE);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(Failure::io("remove", &path, &error)),
            _ => Ok(()),
        }
    }
}

fn place(folder: &Folder) -> StateFile<'_> {
    StateFile { folder, kind: "project", file: FILE }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_holds_as_long_as_the_environment_is_recorded() {
        let folder = tempfile::tempdir().unwrap();
        let keys = crate::caller::seal::Keyring::new(Some(folder.path().join("keys")));
        let layout = Layout::new(folder.path(), &keys);
        let dev: EnvironmentName = "dev".parse().unwrap();
        DirenvNote::forget(&layout).unwrap();
        DirenvNote::new(dev.clone()).keep(&layout).unwrap();
        assert_eq!(DirenvNote::find(&layout), None);
        fs::create_dir(layout.records(&dev)).unwrap();
        assert_eq!(DirenvNote::find(&layout), Some(dev));
        DirenvNote::forget(&layout).unwrap();
        assert_eq!(DirenvNote::find(&layout), None);
    }
}
