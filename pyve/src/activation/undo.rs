//! The undo record: what the activated environment changed in the shell, kept in a variable of the shell.

use std::ffi::OsString;
use std::io::{Read, Write};
use std::path::PathBuf;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use pyve_plugin_api::OsText;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::changes::{Change, Pairs, undone};
use crate::caller::Caller;
use crate::failure::Failure;
use crate::launch;

/// The variable that holds it.
pub const VARIABLE: &str = "PYVE_UNDO";

/// The form in which records are written.
const SCHEMA: u32 = 1;

/// The most that a record or a snapshot may be unpacked, in bytes: more than any system lets variables be.
const LIMIT: u64 = 64 << 20;

/// What has to be undone when the environment is left.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Undo {
    schema: u32,
    /// The folders with the scripts that run when the environment is left.
    pub scripts: Vec<OsText>,
    /// Whether scripts ran when it was entered.
    #[serde(default)]
    pub sourced: bool,
    pub changes: Vec<Change>,
}

impl Undo {
    pub fn new(scripts: Vec<OsText>, sourced: bool, changes: Vec<Change>) -> Self {
        Self { schema: SCHEMA, scripts, sourced, changes }
    }

    /// That of the environment which is active in the caller's shell, if one is.
    pub fn of(caller: &Caller) -> Result<Option<Self>, Failure> {
        caller.nonempty(VARIABLE).map(|value| Self::read(&value.to_string_lossy())).transpose()
    }

    /// The record in the variables, if there is one.
    pub fn within(variables: &Pairs) -> Result<Option<Self>, Failure> {
        launch::Variables::find(variables, VARIABLE).map(|value| Self::read(&value.to_string_lossy())).transpose()
    }

    fn read(text: &str) -> Result<Self, Failure> {
        let undo: Option<Self> = unpacked(text);
        undo.filter(|undo| undo.schema == SCHEMA).ok_or_else(|| {
            Failure::new(format!("invalid {VARIABLE}: not a record of this version of pyve"))
                .detail("it says what `pyve deactivate` restores in this shell")
                .remedy(format!("open another shell, or unset {VARIABLE}"))
        })
    }

    /// The value of the variable.
    pub fn text(&self) -> String {
        packed(self)
    }

    /// The variables `now` as they were before the environment was entered, but for what others have changed since.
    pub fn restored(&self, now: &[(OsString, OsString)]) -> Pairs {
        let mut restored = undone(&self.changes, now);
        restored.retain(|(name, _)| name != VARIABLE);
        restored
    }

    /// The scripts that `shell` runs when the environment is left, the last one first. Those that are gone, or that
    /// somebody else could have changed, are left out: what they would have restored is restored without them.
    pub fn scripts(&self, ending: Option<&str>) -> Vec<PathBuf> {
        let Some(ending) = ending else { return Vec::new() };
        self.scripts.iter().flat_map(|folder| launch::deactivation_scripts(&folder.path(), ending)).collect()
    }
}

/// Text of letters, digits, `-` and `_` alone, which no shell takes for anything else.
pub fn packed(value: &impl Serialize) -> String {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    // Writing to memory does not fail.
    let _ = serde_json::to_vec(value).map(|json| encoder.write_all(&json));
    URL_SAFE_NO_PAD.encode(encoder.finish().unwrap_or_default())
}

/// What was packed.
pub fn unpacked<T: DeserializeOwned>(text: &str) -> Option<T> {
    let bytes = URL_SAFE_NO_PAD.decode(text.trim()).ok()?;
    let mut json = String::new();
    ZlibDecoder::new(bytes.as_slice()).take(LIMIT).read_to_string(&mut json).ok()?;
    serde_json::from_str(&json).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::activation::changes::between;

    #[test]
    fn a_record_goes_through_a_variable_and_back() {
        let before: Pairs = vec![("PATH".into(), "/bin".into()), ("ODD".into(), "it's \"$x\"\n\\ é".into())];
        let after: Pairs = vec![("PATH".into(), "/e/bin:/bin".into()), ("NEW".into(), "1".into())];
        let undo = Undo::new(vec!["/e/deactivate.d".into()], true, between(&before, &after));
        let text = undo.text();
        assert!(text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)), "{text}");
        let mut now = after;
        now.push((VARIABLE.into(), text.clone().into()));
        let caller = Caller::for_test(now.clone());
        assert_eq!(Undo::of(&caller).unwrap().as_ref(), Some(&undo));
        assert_eq!(Undo::within(&now).unwrap().as_ref(), Some(&undo));
        let mut restored = undo.restored(&now);
        restored.sort();
        assert_eq!(restored, [before[1].clone(), before[0].clone()]);
        assert_eq!(Undo::of(&Caller::for_test(Vec::new())).unwrap(), None);
    }

    #[test]
    fn what_is_no_record_is_refused() {
        let of_next_version = packed(&Undo { schema: SCHEMA + 1, ..Undo::default() });
        for text in ["x", "{}", &of_next_version, &packed(&"text")] {
            let failure = Undo::of(&Caller::for_test(vec![(VARIABLE.into(), text.into())])).unwrap_err();
            assert_eq!(failure.message, "invalid PYVE_UNDO: not a record of this version of pyve", "{text}");
            assert_eq!(failure.remedy.to_string(), "open another shell, or unset PYVE_UNDO");
        }
    }
}
