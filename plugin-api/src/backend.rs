//! The contract: what a backend is asked, and what its answers mean.

use std::path::Path;

use crate::creation::Creation;
use crate::description::Description;
use crate::detection::{Detection, detect_markers};
use crate::error::{Error, Result};
use crate::finding::Finding;
use crate::host::Host;
use crate::inspection::Inspection;
use crate::launch::Launch;
use crate::lock::{Lock, LockRequest};
use crate::package::{DeclaredEnvironment, Package};
use crate::question::Question;
use crate::request::Request;
use crate::requirement::{Adoption, Requirements};
use crate::tool::{Tool, ToolAnswer};
use crate::update::Update;

/// A kind of environment: how projects of that kind are recognized, created, entered and examined.
///
/// A backend plans and the host acts. Every method reads files and asks the host read-only
/// questions; none changes anything, prints, prompts, downloads or installs. What should be done is
/// returned as [`Step`](crate::Step)s, so that it can be shown, refused, locked and verified in one
/// place.
///
/// Methods may be called in any order, more than once, and from several threads. Paths come and go
/// as absolute ones. A panic is caught and reported as an error of the backend.
pub trait Backend: Send + Sync + 'static {
    /// Who the backend is. Always the same answer; costs nothing; does not look at the world.
    ///
    /// [`Description::capabilities`] is filled in by what the backend answers: whoever implements an optional question below
    /// has its capability. To find that out, each is asked once about a project that does not exist.
    fn describe(&self) -> Description;

    /// Does the project at `project` (an absolute path) ask for this backend?
    ///
    /// Returns the marker files found; none means no. Must not start a process, use the network, or
    /// look whether the tool is installed: the choice of a backend depends on the project alone.
    ///
    /// The default looks for the [markers](Description::markers) of the description, and few backends need another answer:
    /// for an added plugin pyve looks for its markers by itself, so that no library is opened to choose a backend.
    ///
    /// # Errors
    ///
    /// Only where a marker exists and cannot be read; a file that is not there is no error.
    fn detect(&self, project: &Path) -> Result<Vec<Detection>> {
        detect_markers(project, &self.describe().markers)
    }

    /// Where is the tool that creates the environment?
    ///
    /// Returns the tool, or why there is none that fits and the recipes for getting one. Must not install.
    ///
    /// # Errors
    ///
    /// Where what was asked for cannot be understood or contradicts itself; a missing tool is an
    /// answer, not an error.
    fn ensure_tool(&self, request: &Request, host: &dyn Host) -> Result<ToolAnswer>;

    /// How is the environment created with `tool`, and what stands in its place?
    ///
    /// The steps are for an empty prefix: the host puts an old environment aside and brings it back
    /// if they fail. `tool` may not exist yet where a [`Recipe`](crate::Recipe) will provide it.
    ///
    /// # Errors
    ///
    /// Where no environment can be created from what the project says.
    fn create(&self, request: &Request, tool: &Tool, host: &dyn Host) -> Result<Creation>;

    /// How is a command run inside the environment that [`Request::recorded`] describes?
    ///
    /// The answer holds for every command and every caller, so that the host can keep it; all it
    /// depends on is named in [`Launch::inputs`].
    ///
    /// # Errors
    ///
    /// Where there is no environment to run in; the remedy says what creates one.
    fn run(&self, request: &Request, host: &dyn Host) -> Result<Launch>;

    /// What is right and what is wrong with the tool and the environment?
    ///
    /// Returns a finding for each thing checked, those that are as they should be included. Must
    /// work in a broken project, must not repair, and starts no process that a `stat` could spare.
    ///
    /// # Errors
    ///
    /// Only where nothing could be examined at all.
    fn diagnose(&self, request: &Request, host: &dyn Host) -> Result<Vec<Finding>>;

    /// Which environments of this backend stand in the project?
    ///
    /// Asked where nothing was recorded: in a container image, of a project that another tool created, after a
    /// checkout. Looks at files alone: needs no tool, starts no process, and does not consider
    /// [`Request::recorded`]. Must tell an environment whose own files name another directory
    /// ([`ExistingEnvironment::moved_from`](crate::ExistingEnvironment::moved_from)).
    ///
    /// A backend without an answer knows none, and its environments are used only where a record is.
    ///
    /// # Errors
    ///
    /// Where the settings name no possible place.
    fn inspect(&self, request: &Request, host: &dyn Host) -> Result<Inspection> {
        let _ = (request, host);
        Ok(Inspection::unknown())
    }

    /// How is the environment that [`Request::recorded`] describes brought in line with today's files and settings, in place?
    ///
    /// Optional. Asked by `pyve init --update` where [`create`](Self::create) finds the environment
    /// [outdated](crate::PrefixState::OUTDATED); without an answer it is recreated. The steps are for an environment that
    /// works; if one of them fails, it counts as broken and the next `init` recreates it.
    ///
    /// # Errors
    ///
    /// Where what the project says gives no environment. That only a new one helps is an answer ([`Update::recreate`]).
    fn update(&self, request: &Request, tool: &Tool, host: &dyn Host) -> Result<Update> {
        let _ = (request, tool, host);
        Err(Error::unsupported(Question::Update))
    }

    /// Which lock file does the environment have, how fresh is it, and how is it written?
    ///
    /// Optional. How fresh it is must be decided by content, without a solver, the network or a process. Asked with a
    /// [tool](LockRequest::tool), it returns what is to be [solved](Lock::solves), and asked again with the
    /// [answers](LockRequest::answers), the file's [content](Lock::content).
    ///
    /// # Errors
    ///
    /// Where the project's files cannot be understood, a solve failed, or something else than a lock has the file's name.
    fn lock(&self, request: &Request, lock: &LockRequest, host: &dyn Host) -> Result<Lock> {
        let _ = (request, lock, host);
        Err(Error::unsupported(Question::Lock))
    }

    /// What do the backend's files ask for, in the model that all backends share?
    ///
    /// Optional: the half of moving a project to another backend that is asked of the one it leaves.
    ///
    /// # Errors
    ///
    /// Where a file cannot be read or understood.
    fn requirements(&self, request: &Request, host: &dyn Host) -> Result<Requirements> {
        let _ = (request, host);
        Err(Error::unsupported(Question::Requirements))
    }

    /// How are these requirements written in the backend's own files, and what becomes of each?
    ///
    /// Optional: the half of moving a project that is asked of the backend it comes to. Must answer for every requirement,
    /// and must not plan to overwrite a file.
    ///
    /// # Errors
    ///
    /// Where a file of the backend's own is in the way.
    fn adopt(&self, request: &Request, requirements: &Requirements, host: &dyn Host) -> Result<Adoption> {
        let _ = (request, requirements, host);
        Err(Error::unsupported(Question::Adopt))
    }

    /// What is installed in the environment that [`Request::recorded`] describes?
    ///
    /// Optional. Told by its files alone: starts no process, and needs no tool. Sorted by name.
    ///
    /// # Errors
    ///
    /// Where there is no environment, or its files cannot be read.
    fn packages(&self, request: &Request, host: &dyn Host) -> Result<Vec<Package>> {
        let _ = (request, host);
        Err(Error::unsupported(Question::Packages))
    }

    /// Which environments does the project declare in the backend's own files, as pixi's and hatch's do?
    ///
    /// Optional. Whether they are there is asked by [`inspect`](Self::inspect).
    ///
    /// # Errors
    ///
    /// Where a file cannot be read or understood.
    fn environments(&self, request: &Request, host: &dyn Host) -> Result<Vec<DeclaredEnvironment>> {
        let _ = (request, host);
        Err(Error::unsupported(Question::Environments))
    }
}
