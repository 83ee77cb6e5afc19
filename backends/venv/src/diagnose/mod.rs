//! The answer to "what is wrong?": one module per group of checks.

mod environment;
mod lock;
mod packages;
mod python;
mod requirements;
mod scripts;
mod tool;
mod wants;

use pyve_formats::dist_info::SitePackages;
use pyve_plugin_api::{Finding, Host, Request};

use crate::environment::{Sight, look};
use crate::fault::Fault;
use crate::launch;
use crate::pip;

/// Everything that was checked, from the tool inward. One cause is one finding: what follows from
/// a fault that is reported is not examined.
pub fn findings(request: &Request, host: &dyn Host) -> Vec<Finding> {
    let prefix = match launch::prefix(request) {
        Ok(prefix) => prefix,
        Err(error) => {
            let finding = Finding::error("venv.directory", "Environment directory", &error.message);
            return vec![finding.with_remedy(error.remedy.clone())];
        }
    };
    let Sight::Environment(found) = look(&prefix, request) else {
        let mut findings = vec![tool::requested(request, host), environment::absent(&prefix, request)];
        findings.extend(lock::findings(request, None, host));
        return findings;
    };
    let fault = Fault::of(&found, request).or_else(|| pip::fault(&found));
    let mut findings = match &fault {
        Some(Fault::InterpreterMissing { .. } | Fault::InterpreterReplaced { .. }) => {
            vec![tool::requested(request, host)]
        }
        _ => vec![tool::of(&found)],
    };
    let installed = found.site_packages().and_then(SitePackages::read);
    match &fault {
        Some(fault) => findings.push(environment::faulty(&found, fault)),
        None => {
            findings.push(environment::sound(&found));
            findings.extend(scripts::dead(&found, installed.as_ref()));
            findings.extend(packages::pip_left_out(&found));
            if let Some(installed) = &installed {
                findings.extend(packages::doubled(installed));
                findings.extend(wants::compared(&found, request, installed, host));
            }
        }
    }
    findings.extend(lock::findings(request, installed.as_ref().filter(|_| fault.is_none()), host));
    findings.push(python::version(&found, request, host));
    findings.extend(python::newer_build(&found, request));
    findings.extend(installed.as_ref().map(packages::count));
    findings
}
