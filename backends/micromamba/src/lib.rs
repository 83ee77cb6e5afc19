//! pyve's micromamba backend: conda environments from `environment.yml` or `conda-lock.yml`.

mod activation;
mod bootstrap;
mod candidates;
mod carry_over;
mod caution;
mod condarc;
mod create;
mod describe;
mod diagnose;
mod environment;
mod freshness;
mod history;
mod inputs;
mod inspect;
mod installed;
mod launch;
mod left_out;
mod lock;
mod locking;
mod migration;
mod misnamed;
mod name;
mod names;
mod origin;
mod output_filter;
mod packages;
mod pip_list;
mod plain_script;
mod prefix;
mod python;
mod relock;
mod source;
mod state;
mod tool;
mod unusable;
mod yaml;

use pyve_plugin_api::{
    Adoption, Backend, Command, Creation, Description, Finding, Host, Inspection, Launch, Lock, LockRequest, Package,
    Request, Requirements, Result, Tool, ToolAnswer,
};

/// The backend, without any state of its own.
#[derive(Clone, Copy, Debug, Default)]
pub struct MicromambaBackend;

impl Backend for MicromambaBackend {
    fn describe(&self) -> Description {
        describe::description()
    }

    fn ensure_tool(&self, request: &Request, host: &dyn Host) -> Result<ToolAnswer> {
        Ok(tool::answer(request, host))
    }

    fn create(&self, request: &Request, tool: &Tool, host: &dyn Host) -> Result<Creation> {
        create::plan(request, tool, host)
    }

    fn run(&self, request: &Request, host: &dyn Host) -> Result<Launch> {
        launch::plan(request, host)
    }

    fn diagnose(&self, request: &Request, host: &dyn Host) -> Result<Vec<Finding>> {
        Ok(diagnose::findings(request, host))
    }

    fn inspect(&self, request: &Request, _: &dyn Host) -> Result<Inspection> {
        inspect::environments(request)
    }

    fn lock(&self, request: &Request, lock: &LockRequest, host: &dyn Host) -> Result<Lock> {
        locking::answer(request, lock, host)
    }

    fn packages(&self, request: &Request, _: &dyn Host) -> Result<Vec<Package>> {
        packages::installed(request)
    }

    fn requirements(&self, request: &Request, _: &dyn Host) -> Result<Requirements> {
        migration::requirements(request)
    }

    fn adopt(&self, request: &Request, requirements: &Requirements, host: &dyn Host) -> Result<Adoption> {
        migration::adopted(request, requirements, host)
    }
}

/// A command of pyve's, as a remedy.
fn pyve(args: &[&str]) -> Command {
    Command::new("pyve").args(args.iter().copied())
}

/// The known word that was probably meant.
fn nearest<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    let scored = known.iter().map(|known| (strsim::damerau_levenshtein(word, known), *known));
    scored.filter(|(distance, known)| *distance <= known.len() / 3).min().map(|(_, known)| known)
}

/// An error as the tests compare it: message, details, remedy.
#[cfg(test)]
fn shown(error: &pyve_plugin_api::Error) -> String {
    let mut lines = vec![error.message.to_string()];
    lines.extend(error.details.iter().map(|detail| format!("  {detail}")));
    lines.push(format!("=> {}", error.remedy));
    lines.join("\n")
}
