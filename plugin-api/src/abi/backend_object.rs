//! A backend as an ABI-stable object: what the registry holds, whether compiled in or loaded.

use std::path::Path;

use abi_stable::StableAbi;
use abi_stable::sabi_trait::TD_Opaque;
use abi_stable::std_types::{RBox, RResult, RVec};

use super::capabilities;
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
use crate::lock::{Lock, LockRequest};
use crate::os_text::OsText;
use crate::package::{DeclaredEnvironment, Package};
use crate::question::Question;
use crate::request::Request;
use crate::requirement::{Adoption, Requirements};
use crate::tool::{Tool, ToolAnswer};
use crate::update::Update;

/// The author's backend behind the guards.
struct Guarded<B>(B);

impl<B: Backend> AbiBackend for Guarded<B> {
    fn describe(&self) -> RResult<Description, Error> {
        guarded(Question::Describe, || {
            let capabilities = capabilities::of(&self.0);
            Ok(Description { capabilities, ..self.0.describe() })
        })
        .into()
    }

    fn detect(&self, project: &OsText) -> RResult<RVec<Detection>, Error> {
        guarded(Question::Detect, || self.0.detect(&project.path()).map(RVec::from)).into()
    }

    fn ensure_tool(&self, request: &Request, host: HostObject<'_>) -> RResult<ToolAnswer, Error> {
        guarded(Question::EnsureTool, || self.0.ensure_tool(request, &Incoming(host))).into()
    }

    fn create(&self, request: &Request, tool: &Tool, host: HostObject<'_>) -> RResult<Creation, Error> {
        guarded(Question::Create, || self.0.create(request, tool, &Incoming(host))).into()
    }

    fn run(&self, request: &Request, host: HostObject<'_>) -> RResult<Launch, Error> {
        guarded(Question::Run, || self.0.run(request, &Incoming(host))).into()
    }

    fn diagnose(&self, request: &Request, host: HostObject<'_>) -> RResult<RVec<Finding>, Error> {
        guarded(Question::Diagnose, || self.0.diagnose(request, &Incoming(host)).map(RVec::from)).into()
    }

    fn inspect(&self, request: &Request, host: HostObject<'_>) -> RResult<Inspection, Error> {
        guarded(Question::Inspect, || self.0.inspect(request, &Incoming(host))).into()
    }

    fn update(&self, request: &Request, tool: &Tool, host: HostObject<'_>) -> RResult<Update, Error> {
        guarded(Question::Update, || self.0.update(request, tool, &Incoming(host))).into()
    }

    fn lock(&self, request: &Request, lock: &LockRequest, host: HostObject<'_>) -> RResult<Lock, Error> {
        guarded(Question::Lock, || self.0.lock(request, lock, &Incoming(host))).into()
    }

    fn requirements(&self, request: &Request, host: HostObject<'_>) -> RResult<Requirements, Error> {
        guarded(Question::Requirements, || self.0.requirements(request, &Incoming(host))).into()
    }

    fn adopt(&self, request: &Request, from: &Requirements, host: HostObject<'_>) -> RResult<Adoption, Error> {
        guarded(Question::Adopt, || self.0.adopt(request, from, &Incoming(host))).into()
    }

    fn packages(&self, request: &Request, host: HostObject<'_>) -> RResult<RVec<Package>, Error> {
        guarded(Question::Packages, || self.0.packages(request, &Incoming(host)).map(RVec::from)).into()
    }

    fn environments(&self, request: &Request, host: HostObject<'_>) -> RResult<RVec<DeclaredEnvironment>, Error> {
        guarded(Question::Environments, || self.0.environments(request, &Incoming(host)).map(RVec::from)).into()
    }
}

/// A backend as the host holds it: the questions, asked through the stable ABI.
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

    /// [`Backend::update`].
    ///
    /// # Errors
    ///
    /// As the backend says, or if it panics.
    pub fn update(&self, request: &Request, tool: &Tool, host: &dyn Host) -> Result<Update> {
        self.object.update(request, tool, Outgoing(host).object()).into_result()
    }

    /// [`Backend::lock`].
    ///
    /// # Errors
    ///
    /// As the backend says, or if it panics.
    pub fn lock(&self, request: &Request, lock: &LockRequest, host: &dyn Host) -> Result<Lock> {
        self.object.lock(request, lock, Outgoing(host).object()).into_result()
    }

    /// [`Backend::requirements`].
    ///
    /// # Errors
    ///
    /// As the backend says, or if it panics.
    pub fn requirements(&self, request: &Request, host: &dyn Host) -> Result<Requirements> {
        self.object.requirements(request, Outgoing(host).object()).into_result()
    }

    /// [`Backend::adopt`].
    ///
    /// # Errors
    ///
    /// As the backend says, or if it panics.
    pub fn adopt(&self, request: &Request, from: &Requirements, host: &dyn Host) -> Result<Adoption> {
        self.object.adopt(request, from, Outgoing(host).object()).into_result()
    }

    /// [`Backend::packages`].
    ///
    /// # Errors
    ///
    /// As the backend says, or if it panics.
    pub fn packages(&self, request: &Request, host: &dyn Host) -> Result<Vec<Package>> {
        self.object.packages(request, Outgoing(host).object()).into_result().map(Vec::from)
    }

    /// [`Backend::environments`].
    ///
    /// # Errors
    ///
    /// As the backend says, or if it panics.
    pub fn environments(&self, request: &Request, host: &dyn Host) -> Result<Vec<DeclaredEnvironment>> {
        self.object.environments(request, Outgoing(host).object()).into_result().map(Vec::from)
    }
}
