//! The traits of the boundary: the contract with types of a stable layout. Nothing here but their definitions.

// The macro writes the tables of methods, and the unsafe code that reads them, into this module.
#![allow(unsafe_code, missing_docs, clippy::all)]

use abi_stable::sabi_trait;
use abi_stable::sabi_types::RRef;
use abi_stable::std_types::{ROption, RResult, RStr, RString, RVec};

use crate::command::{Command, Output};
use crate::creation::Creation;
use crate::description::Description;
use crate::detection::Detection;
use crate::error::Error;
use crate::finding::Finding;
use crate::host::Level;
use crate::inspection::Inspection;
use crate::launch::Launch;
use crate::lock::{Lock, LockRequest};
use crate::os_text::OsText;
use crate::package::{DeclaredEnvironment, Package};
use crate::python::{PythonSearch, PythonSpec};
use crate::request::Request;
use crate::requirement::{Adoption, Requirements};
use crate::tool::{Tool, ToolAnswer};
use crate::update::Update;

/// [`crate::Host`] with types that have a stable layout.
#[sabi_trait]
pub trait AbiHost {
    /// [`crate::Host::log`].
    fn log(&self, level: Level, message: RStr<'_>);
    /// [`crate::Host::progress`].
    fn progress(&self, message: RStr<'_>);
    /// [`crate::Host::variable`].
    fn variable(&self, name: RStr<'_>) -> ROption<OsText>;
    /// [`crate::Host::find_program`].
    fn find_program(&self, name: RStr<'_>) -> RVec<OsText>;
    /// [`crate::Host::capture`].
    fn capture(&self, command: &Command) -> RResult<Output, Error>;
    /// [`crate::Host::find_python`].
    fn find_python(&self, spec: &PythonSpec) -> RResult<PythonSearch, Error>;
    /// [`crate::Host::sha256`]. Appended methods stand below, each with a default.
    #[sabi(last_prefix_field)]
    fn sha256(&self, file: &OsText) -> RResult<RString, Error>;
}

/// A borrowed host on its way through the boundary.
pub type HostObject<'a> = AbiHost_TO<'a, RRef<'a, ()>>;

/// [`crate::Backend`] with types that have a stable layout.
#[sabi_trait]
pub trait AbiBackend: Send + Sync {
    /// [`crate::Backend::describe`].
    fn describe(&self) -> RResult<Description, Error>;
    /// [`crate::Backend::detect`].
    fn detect(&self, project: &OsText) -> RResult<RVec<Detection>, Error>;
    /// [`crate::Backend::ensure_tool`].
    fn ensure_tool(&self, request: &Request, host: HostObject<'_>) -> RResult<ToolAnswer, Error>;
    /// [`crate::Backend::create`].
    fn create(&self, request: &Request, tool: &Tool, host: HostObject<'_>) -> RResult<Creation, Error>;
    /// [`crate::Backend::run`].
    fn run(&self, request: &Request, host: HostObject<'_>) -> RResult<Launch, Error>;
    /// [`crate::Backend::diagnose`].
    fn diagnose(&self, request: &Request, host: HostObject<'_>) -> RResult<RVec<Finding>, Error>;
    /// [`crate::Backend::inspect`].
    fn inspect(&self, request: &Request, host: HostObject<'_>) -> RResult<Inspection, Error>;
    /// [`crate::Backend::update`].
    fn update(&self, request: &Request, tool: &Tool, host: HostObject<'_>) -> RResult<Update, Error>;
    /// [`crate::Backend::lock`].
    fn lock(&self, request: &Request, lock: &LockRequest, host: HostObject<'_>) -> RResult<Lock, Error>;
    /// [`crate::Backend::requirements`].
    fn requirements(&self, request: &Request, host: HostObject<'_>) -> RResult<Requirements, Error>;
    /// [`crate::Backend::adopt`].
    fn adopt(&self, request: &Request, from: &Requirements, host: HostObject<'_>) -> RResult<Adoption, Error>;
    /// [`crate::Backend::packages`].
    fn packages(&self, request: &Request, host: HostObject<'_>) -> RResult<RVec<Package>, Error>;
    /// [`crate::Backend::environments`]. Appended methods stand below, each with a default.
    #[sabi(last_prefix_field)]
    fn environments(&self, request: &Request, host: HostObject<'_>) -> RResult<RVec<DeclaredEnvironment>, Error>;
}
