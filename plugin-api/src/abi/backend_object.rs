//! A backend as an ABI-stable object: what the registry holds, whether compiled in or loaded.

use std::path::Path;

use abi_stable::StableAbi;
use abi_stable::sabi_trait::TD_Opaque;
use abi_stable::std_types::{RBox, RResult, RVec};

use super::guard::guarded;
use super::host_object::{Incoming, Outgoing};
use super::traits::{AbiBackend, AbiBackend_TO, HostObject};
use crate::backend::Backend;
use crate::creation::Creation;
use crate::description::Description;
use crate::detection::Detection;
use crate::error::{Error, Result};
use crate::finding::Finding;
use crate::host::Host;
use crate::inspection::Inspection;
use crate::launch::Launch;
use crate::os_text::OsText;
use crate::request::Request;
use crate::tool::{Tool, ToolAnswer};

/// The author's backend behind the guards.
struct Guarded<B>(B);

impl<B: Backend> AbiBackend for Guarded<B> {
    fn describe(&self) -> RResult<Description, Error> {
        guarded("describe", || Ok(self.0.describe())).into()
    }

    fn detect(&self, project: &OsText) -> RResult<RVec<Detection>, Error> {
        guarded("detect", || self.0.detect(&project.path()).map(RVec::from)).into()
    }

    fn ensure_tool(&self, request: &Request, host: HostObject<'_>) -> RResult<ToolAnswer, Error> {
        guarded("ensure_tool", || self.0.ensure_tool(request, &Incoming(host))).into()
    }

    fn create(&self, request: &Request, tool: &Tool, host: HostObject<'_>) -> RResult<Creation, Error> {
        guarded("create", || self.0.create(request, tool, &Incoming(host))).into()
    }

    fn run(&self, request: &Request, host: HostObject<'_>) -> RResult<Launch, Error> {
        guarded("run", || self.0.run(request, &Incoming(host))).into()
    }

    fn diagnose(&self, request: &Request, host: HostObject<'_>) -> RResult<RVec<Finding>, Error> {
        guarded("diagnose", || self.0.diagnose(request, &Incoming(host)).map(RVec::from)).into()
    }

    fn inspect(&self, request: &Request, host: HostObject<'_>) -> RResult<Inspection, Error> {
        guarded("inspect", || self.0.inspect(request, &Incoming(host))).into()
    }
}

/// A backend as the host holds it: the five questions, asked through the stable ABI.
#[repr(transparent)]
#[derive(StableAbi)]
pub struct BackendObject {
    object: AbiBackend_TO<'static, RBox<()>>,
}

impl BackendObject {
    /// Wraps a backend; the same glue serves built-in backends and libraries.
    pub fn new(backend: impl Backend) -> Self {
        Self { object: AbiBackend_TO::from_value(Guarded(backend), TD_Opaque) }
    }

    /// [`Backend::describe`].
    ///
    /// # Errors
    ///
    /// If the backend panics.
    pub fn describe(&self) -> Result<Description> {
        self.object.describe().into_result()
    }

    /// [`Backend::detect`].
    ///
    /// # Errors
    ///
    /// As the backend says, or if it panics.
    pub fn detect(&self, project: &Path) -> Result<Vec<Detection>> {
        self.object.detect(&project.into()).into_result().map(Vec::from)
    }

    /// [`Backend::ensure_tool`].
    ///
    /// # Errors
    ///
    /// As the backend says, or if it panics.
    pub fn ensure_tool(&self, request: &Request, host: &dyn Host) -> Result<ToolAnswer> {
        self.object.ensure_tool(request, Outgoing(host).object()).into_result()
    }

    /// [`Backend::create`].
    ///
    /// # Errors
    ///
    /// As the backend says, or if it panics.
    pub fn create(&self, request: &Request, tool: &Tool, host: &dyn Host) -> Result<Creation> {
        self.object.create(request, tool, Outgoing(host).object()).into_result()
    }

    /// [`Backend::run`].
    ///
    /// # Errors
    ///
    /// As the backend says, or if it panics.
    pub fn run(&self, request: &Request, host: &dyn Host) -> Result<Launch> {
        self.object.run(request, Outgoing(host).object()).into_result()
    }

    /// [`Backend::diagnose`].
    ///
    /// # Errors
    ///
    /// As the backend says, or if it panics.
    pub fn diagnose(&self, request: &Request, host: &dyn Host) -> Result<Vec<Finding>> {
        self.object.diagnose(request, Outgoing(host).object()).into_result().map(Vec::from)
    }

    /// [`Backend::inspect`].
    ///
    /// # Errors
    ///
    /// As the backend says, or if it panics.
    pub fn inspect(&self, request: &Request, host: &dyn Host) -> Result<Inspection> {
        self.object.inspect(request, Outgoing(host).object()).into_result()
    }
}
