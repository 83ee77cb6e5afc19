//! The host's side of the boundary: its callbacks as an ABI-stable object.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use abi_stable::pointer_trait::AsPtr;
use abi_stable::sabi_trait::TD_Opaque;
use abi_stable::sabi_types::RRef;
use abi_stable::std_types::{ROption, RResult, RStr, RString, RVec};

use super::guard::guarded;
use super::traits::{AbiHost, AbiHost_TO, HostObject};
use crate::command::{Command, Output};
use crate::error::{Error, Result};
use crate::host::{Host, Level};
use crate::os_text::OsText;
use crate::python::{PythonSearch, PythonSpec};

/// Wraps the host's own implementation; panics in it stay on its side.
pub(crate) struct Outgoing<'a>(pub &'a dyn Host);

impl Outgoing<'_> {
    pub(crate) fn object(&self) -> HostObject<'_> {
        AbiHost_TO::from_ptr(RRef::new(self), TD_Opaque)
    }
}

fn quietly<T: Default>(body: impl FnOnce() -> T) -> T {
    guarded("host", || Ok(body())).unwrap_or_default()
}

impl AbiHost for Outgoing<'_> {
    fn log(&self, level: Level, message: RStr<'_>) {
        quietly(|| self.0.log(level, message.as_str()));
    }

    fn progress(&self, message: RStr<'_>) {
        quietly(|| self.0.progress(message.as_str()));
    }

    fn variable(&self, name: RStr<'_>) -> ROption<OsText> {
        quietly(|| self.0.variable(name.as_str()).map(OsText::from)).into()
    }

    fn find_program(&self, name: RStr<'_>) -> RVec<OsText> {
        quietly(|| self.0.find_program(name.as_str()).into_iter().map(OsText::from).collect())
    }

    fn capture(&self, command: &Command) -> RResult<Output, Error> {
        guarded("host", || self.0.capture(command)).into()
    }

    fn find_python(&self, spec: &PythonSpec) -> RResult<PythonSearch, Error> {
        guarded("host", || self.0.find_python(spec)).into()
    }

    fn sha256(&self, file: &OsText) -> RResult<RString, Error> {
        guarded("host", || self.0.sha256(&file.path()).map(RString::from)).into()
    }
}

/// The host as it arrives on the backend's side.
pub(crate) struct Incoming<P>(pub P);

impl<P> Host for Incoming<AbiHost_TO<'_, P>>
where
    P: AsPtr<PtrTarget = ()>,
{
    fn log(&self, level: Level, message: &str) {
        self.0.log(level, message.into());
    }

    fn progress(&self, message: &str) {
        self.0.progress(message.into());
    }

    fn variable(&self, name: &str) -> Option<OsString> {
        self.0.variable(name.into()).into_option().map(|value| value.os_str().into_owned())
    }

    fn find_program(&self, name: &str) -> Vec<PathBuf> {
        self.0.find_program(name.into()).iter().map(|file| file.path().into_owned()).collect()
    }

    fn capture(&self, command: &Command) -> Result<Output> {
        self.0.capture(command).into_result()
    }

    fn find_python(&self, spec: &PythonSpec) -> Result<PythonSearch> {
        self.0.find_python(spec).into_result()
    }

    fn sha256(&self, file: &Path) -> Result<String> {
        self.0.sha256(&file.into()).into_result().map(String::from)
    }
}
