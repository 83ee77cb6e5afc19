//! Files of pyve's own state: sealed, replaced whole, readable by the user alone.
//!
//! ```text
//! pyve-seal 1 <HMAC of all that follows, in hex>
//! {"schema":1,"project":"/home/me/project"}
//! { … }
//! ```

use pyve_formats::{json, sha256};
use pyve_plugin_api::OsText;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::folder::{Content, Folder};
use crate::failure::Failure;
use crate::project::Layout;

/// What the first line begins with.
const SEAL: &str = "pyve-seal 1 ";

/// What comes of a file of state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found<T> {
    /// This user's pyve wrote it, for this very folder.
    Here(T),
    /// This user's pyve wrote it for the folder `from`: nothing of it is run.
    Moved { from: OsText, value: T },
    /// There is none.
    Absent,
    /// There is one that counts for nothing; why, as half a sentence.
    Ignored(String),
}

impl<T> Found<T> {
    /// What may be believed and run.
    pub fn here(self) -> Option<T> {
        match self {
            Self::Here(value) => Some(value),
            _ => None,
        }
    }

    /// What this user's pyve wrote, be it here or where the project was before.
    pub fn mine(self) -> Option<T> {
        match self {
            Self::Here(value) | Self::Moved { value, .. } => Some(value),
            Self::Absent | Self::Ignored(_) => None,
        }
    }
}

/// What is kept in such a file.
pub trait State: Serialize + DeserializeOwned {
    /// The format; a higher number is not for this pyve.
    const SCHEMA: u32;

    /// Takes notice of the folder that it is sealed for.
    fn sealed_for(&mut self, _project: &OsText) {}
}

/// What a file says of itself, before all else.
#[derive(Serialize, Deserialize)]
struct Head {
    schema: u32,
    /// The project's root when it was written.
    project: OsText,
}

/// Where a file of state is: in the folder of an environment, or outside of any project.
pub struct StateFile<'a> {
    pub folder: &'a Folder,
    /// What it is sealed as: a copy under another name counts for nothing.
    pub kind: &'a str,
    pub file: &'a str,
}

impl StateFile<'_> {
    fn sealed_name(&self) -> String {
        format!("{}/{}", self.kind, self.file)
    }

    /// Reads the file. Fails for one that a newer pyve wrote.
    pub fn load<T: State>(&self, layout: &Layout) -> Result<Found<T>, Failure> {
        let bytes = match self.folder.read(self.file) {
            Content::Bytes(bytes) => bytes,
            Content::Absent => return Ok(Found::Absent),
            Content::Unfit(why) => return Ok(Found::Ignored(why)),
        };
        let ignored = |why: &str| Ok(Found::Ignored(why.to_owned()));
        let Some((seal, body)) = parted(&bytes) else { return ignored("it has no seal") };
        if !layout.keyring().holds(&self.sealed_name(), body, &seal) {
            return ignored("its seal is not this user's, or it was changed since");
        }
        let (head, content) = body.split_at(body.iter().position(|byte| *byte == b'\n').unwrap_or(body.len()));
        let Ok(head) = json::read::<Head>(head) else { return ignored("it cannot be read") };
        if head.schema > T::SCHEMA {
            return Err(newer(&self.folder.path().join(self.file), head.schema, T::SCHEMA));
        }
        let mut value: T = match json::read(content) {
            Ok(value) => value,
            Err(error) => return Ok(Found::Ignored(format!("it cannot be read: {error}"))),
        };
        value.sealed_for(&head.project);
        Ok(match is_here(&head.project, layout) {
            true => Found::Here(value),
            false => Found::Moved { from: head.project, value },
        })
    }

    /// Writes the file, whole or not at all, sealed for `project`.
    pub fn save<T: State>(&self, layout: &Layout, project: OsText, value: &T) -> Result<(), Failure> {
        let path = self.folder.path().join(self.file);
        let cannot = |why: String| Failure::new(format!("could not write `{}`: {why}", path.display()));
        let mut body =
            serde_json::to_vec(&Head { schema: T::SCHEMA, project }).map_err(|error| cannot(error.to_string()))?;
        body.push(b'\n');
        serde_json::to_writer(&mut body, value).map_err(|error| cannot(error.to_string()))?;
        body.push(b'\n');
        let seal = layout.keyring().seal(&self.sealed_name(), &body);
        let seal = seal.ok_or_else(|| cannot("the system gives no random numbers".to_owned()))?;
        let seal = sha256::hex(&seal);
        let bytes = [SEAL.as_bytes(), seal.as_bytes(), b"\n", &body].concat();
        self.folder.write(self.file, &bytes)
    }
}

/// The seal, and what is sealed.
fn parted(bytes: &[u8]) -> Option<([u8; 32], &[u8])> {
    let (hex, body) = bytes.strip_prefix(SEAL.as_bytes())?.split_at_checked(64)?;
    let mut seal = [0; 32];
    for (byte, digits) in seal.iter_mut().zip(hex.chunks_exact(2)) {
        *byte = digit(digits[0])? << 4 | digit(digits[1])?;
    }
    Some((seal, body.strip_prefix(b"\n")?))
}

fn digit(hex: u8) -> Option<u8> {
    match hex {
        b'0'..=b'9' => Some(hex - b'0'),
        b'a'..=b'f' => Some(hex - b'a' + 10),
        _ => None,
    }
}

/// Whether `project` is the folder of `layout`, be it by another spelling: through a link, a mount, or in another case.
pub fn is_here(project: &OsText, layout: &Layout) -> bool {
    let (then, now) = (project.path(), layout.root());
    then == now || matches!((then.canonicalize(), now.canonicalize()), (Ok(then), Ok(now)) if then == now)
}

fn newer(path: &std::path::Path, found: u32, known: u32) -> Failure {
    Failure::new(format!("{} was written by a newer pyve", path.display()))
        .detail(format!("it has format {found}; this pyve {} knows formats up to {known}", env!("CARGO_PKG_VERSION")))
        .remedy("upgrade pyve, or recreate the environment with this one")
        .command(["pyve", "init", "--force"])
}
