//! pyve's micromamba backend.

use std::path::Path;

use pyve_plugin_api::{
    Backend, Creation, Description, Error, Finding, Host, Launch, Request, Result, Sighting, Tool, ToolAnswer,
};

/// Environments of micromamba.
pub struct MicromambaBackend;

impl Backend for MicromambaBackend {
    fn describe(&self) -> Description {
        Description::new("micromamba", env!("CARGO_PKG_VERSION"), "micromamba")
    }
    fn detect(&self, _: &Path) -> Result<Vec<Sighting>> {
        Ok(Vec::new())
    }
    fn ensure_tool(&self, _: &Request, _: &dyn Host) -> Result<ToolAnswer> {
        Err(Error::new("not written"))
    }
    fn create(&self, _: &Request, _: &Tool, _: &dyn Host) -> Result<Creation> {
        Err(Error::new("not written"))
    }
    fn run(&self, _: &Request, _: &dyn Host) -> Result<Launch> {
        Err(Error::new("not written"))
    }
    fn diagnose(&self, _: &Request, _: &dyn Host) -> Result<Vec<Finding>> {
        Ok(Vec::new())
    }
}
