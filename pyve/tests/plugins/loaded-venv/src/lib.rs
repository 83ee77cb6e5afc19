//! The venv backend as its tests know it, but out of a library that pyve's own code opened.

#[path = "../../../../src/plugins/load/layout.rs"]
mod layout;
#[path = "../../../../src/plugins/load/library.rs"]
mod library;

use std::path::Path;

use pyve_plugin_api::abi::BackendObject;
use pyve_plugin_api::{
    Adoption, Backend, Creation, Description, Detection, Finding, Host, Inspection, Launch, Lock, LockRequest, Package,
    Request, Requirements, Result, Tool, ToolAnswer,
};

/// A backend out of the library.
pub struct Loaded(BackendObject);

/// Opens the library, which is built the first time.
pub fn backend() -> Loaded {
    let path = pyve_testkit::plugin_library("pyve_venv_as_plugin");
    match library::open(&path, &mut |_| {}) {
        Ok(opened) if opened.api_version.starts_with("1.") => Loaded(opened.backend),
        Ok(opened) => panic!("it was built with API {}", opened.api_version),
        Err(refusal) => panic!("{}: {} {:?} {:?}", path.display(), refusal.why, refusal.details, refusal.remedy),
    }
}

impl Backend for Loaded {
    fn describe(&self) -> Description {
        self.0.describe().expect("it describes itself")
    }

    fn detect(&self, project: &Path) -> Result<Vec<Detection>> {
        self.0.detect(project)
    }

    fn ensure_tool(&self, request: &Request, host: &dyn Host) -> Result<ToolAnswer> {
        self.0.ensure_tool(request, host)
    }

    fn create(&self, request: &Request, tool: &Tool, host: &dyn Host) -> Result<Creation> {
        self.0.create(request, tool, host)
    }

    fn run(&self, request: &Request, host: &dyn Host) -> Result<Launch> {
        self.0.run(request, host)
    }

    fn diagnose(&self, request: &Request, host: &dyn Host) -> Result<Vec<Finding>> {
        let mut findings = self.0.diagnose(request, host)?;
        // Its tests know findings by the id of the backend that is compiled in.
        for finding in &mut findings {
            finding.id = finding.id.trim_start_matches("loaded-").into();
        }
        Ok(findings)
    }

    fn inspect(&self, request: &Request, host: &dyn Host) -> Result<Inspection> {
        self.0.inspect(request, host)
    }

    fn lock(&self, request: &Request, lock: &LockRequest, host: &dyn Host) -> Result<Lock> {
        self.0.lock(request, lock, host)
    }

    fn requirements(&self, request: &Request, host: &dyn Host) -> Result<Requirements> {
        self.0.requirements(request, host)
    }

    fn adopt(&self, request: &Request, requirements: &Requirements, host: &dyn Host) -> Result<Adoption> {
        self.0.adopt(request, requirements, host)
    }

    fn packages(&self, request: &Request, host: &dyn Host) -> Result<Vec<Package>> {
        self.0.packages(request, host)
    }
}
