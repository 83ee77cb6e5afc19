//! The venv backend as its tests know it, but out of a library that pyve's own code opened.

#[path = "../../../../src/plugins/load/layout.rs"]
mod layout;
#[path = "../../../../src/plugins/load/library.rs"]
mod library;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use pyve_plugin_api::abi::BackendObject;
use pyve_plugin_api::{
    Adoption, Backend, Creation, Description, Detection, Finding, Host, Inspection, Launch, Lock, LockRequest, Package,
    Request, Requirements, Result, Tool, ToolAnswer,
};

/// A backend out of the library.
pub struct Loaded(BackendObject);

/// Opens the library, which is built the first time.
pub fn backend() -> Loaded {
    static LIBRARY: OnceLock<PathBuf> = OnceLock::new();
    let path = LIBRARY.get_or_init(built);
    match library::open(path, &mut |_| {}) {
        Ok(opened) if opened.api_version.starts_with("1.") => Loaded(opened.backend),
        Ok(opened) => panic!("it was built with API {}", opened.api_version),
        Err(refusal) => panic!("{}: {} {:?} {:?}", path.display(), refusal.why, refusal.details, refusal.remedy),
    }
}

fn built() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(4).expect("the crate is in the repository");
    let target = root.join("target/test-plugins/build");
    let built = Command::new(option_env!("CARGO").unwrap_or("cargo"))
        .args(["build", "--offline", "--locked", "--package", "pyve-venv-as-plugin", "--target-dir"])
        .arg(&target)
        .env("CARGO_PROFILE_DEV_DEBUG", "0")
        .current_dir(root)
        .status();
    assert!(built.is_ok_and(|status| status.success()), "cargo cannot build the library");
    let (prefix, suffix) = (std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
    target.join(format!("debug/{prefix}pyve_venv_as_plugin{suffix}"))
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
