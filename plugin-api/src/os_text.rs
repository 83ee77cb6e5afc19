//! Text as the operating system keeps it: paths, arguments and values that need not be UTF-8.

use std::borrow::Cow;
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::path::{Path, PathBuf};

use abi_stable::StableAbi;
use abi_stable::std_types::RVec;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A path, an argument or the value of a variable, in the bytes the system uses.
///
/// On Unix these are the very bytes of the [`OsStr`]; on Windows its UTF-16 units, little-endian.
/// In JSON it is a string where it is valid Unicode, else `{"bytes": [..]}`, so nothing is lost.
#[repr(C)]
#[derive(StableAbi, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct OsText {
    bytes: RVec<u8>,
}

impl OsText {
    /// The empty text; as a path it means "none".
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether there is no text at all.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// The text as the standard library's type; borrowed on Unix.
    pub fn os_str(&self) -> Cow<'_, OsStr> {
        decode(&self.bytes)
    }

    /// The text as a path; borrowed on Unix.
    pub fn path(&self) -> Cow<'_, Path> {
        match self.os_str() {
            Cow::Borrowed(text) => Cow::Borrowed(Path::new(text)),
            Cow::Owned(text) => Cow::Owned(PathBuf::from(text)),
        }
    }

    /// For reading by people: what is not Unicode is replaced by `U+FFFD`.
    pub fn display(&self) -> String {
        self.os_str().to_string_lossy().into_owned()
    }
}

#[cfg(unix)]
fn decode(bytes: &[u8]) -> Cow<'_, OsStr> {
    use std::os::unix::ffi::OsStrExt;
    Cow::Borrowed(OsStr::from_bytes(bytes))
}

#[cfg(unix)]
fn encode(text: &OsStr) -> RVec<u8> {
    use std::os::unix::ffi::OsStrExt;
    text.as_bytes().to_vec().into()
}

#[cfg(windows)]
fn decode(bytes: &[u8]) -> Cow<'_, OsStr> {
    use std::os::windows::ffi::OsStringExt;
    let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
    Cow::Owned(OsString::from_wide(&units))
}

#[cfg(windows)]
fn encode(text: &OsStr) -> RVec<u8> {
    use std::os::windows::ffi::OsStrExt;
    text.encode_wide().flat_map(u16::to_le_bytes).collect::<Vec<u8>>().into()
}

impl<T: AsRef<OsStr> + ?Sized> From<&T> for OsText {
    fn from(text: &T) -> Self {
        Self { bytes: encode(text.as_ref()) }
    }
}

impl From<&OsText> for OsText {
    fn from(text: &OsText) -> Self {
        text.clone()
    }
}

impl From<String> for OsText {
    fn from(text: String) -> Self {
        Self::from(text.as_str())
    }
}

impl From<PathBuf> for OsText {
    fn from(path: PathBuf) -> Self {
        Self::from(path.as_path())
    }
}

impl From<OsString> for OsText {
    fn from(text: OsString) -> Self {
        Self::from(text.as_os_str())
    }
}

impl From<Cow<'_, Path>> for OsText {
    fn from(path: Cow<'_, Path>) -> Self {
        Self::from(path.as_ref())
    }
}

impl fmt::Debug for OsText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.os_str().fmt(f)
    }
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Written<'a> {
    Text(Cow<'a, str>),
    Bytes { bytes: Vec<u8> },
}

impl Serialize for OsText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.os_str().to_str() {
            Some(text) => serializer.serialize_str(text),
            None => Written::Bytes { bytes: self.bytes.to_vec() }.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for OsText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match Written::deserialize(deserializer)? {
            Written::Text(text) => Self::from(text.as_ref()),
            Written::Bytes { bytes } => Self { bytes: bytes.into() },
        })
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::ffi::OsStrExt;

    #[test]
    fn bytes_that_are_no_unicode_survive_json() {
        let odd = OsText::from(OsStr::from_bytes(b"/tmp/\xff name"));
        let json = serde_json::to_string(&odd).unwrap();
        assert!(json.starts_with("{\"bytes\":"), "{json}");
        assert_eq!(serde_json::from_str::<OsText>(&json).unwrap(), odd);
    }

    #[test]
    fn unicode_is_a_plain_string_in_json() {
        let plain = OsText::from("/tmp/é");
        assert_eq!(serde_json::to_string(&plain).unwrap(), "\"/tmp/é\"");
        assert_eq!(serde_json::from_str::<OsText>("\"/tmp/é\"").unwrap(), plain);
    }
}
