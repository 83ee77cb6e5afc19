//! The built-in venv backend as a library, under another id: what it can do, a plugin can.

use std::path::Path;

use pyve_backend_venv::VenvBackend;
use pyve_plugin_api::{
    Adoption, Backend, Creation, Description, Detection, Finding, Host, Inspection, Launch, Lock, LockRequest, Package,
    Request, Requirements, Result, Tool, ToolAnswer, export_backend,
};

struct Loaded(VenvBackend);

impl Backend for Loaded {
    fn describe(&self) -> Description {
        Description { id: "loaded-venv".into(), ..self.0.describe() }
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
        // Findings bear the id of the backend that they are of.
        findings.iter_mut().for_each(|finding| finding.id = format!("loaded-{}", finding.id).into());
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

export_backend!(Loaded(pyve_backend_venv::backend()));
