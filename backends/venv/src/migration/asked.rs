//! Whether the packages that requirements are taken to mean are there: asked of uv, where it is on PATH, else of pip.
//! Both are only asked what they would install.

use std::collections::BTreeSet;
use std::time::Duration;

use pyve_formats::pip_resolution;
use pyve_pip::Pip;
use pyve_plugin_api::{Command, Host, Request};

use crate::tool;

const LIMIT: Duration = Duration::from_secs(120);

/// Those of the names that no index has; `None` where nobody could be asked.
pub fn missing(names: &[String], request: &Request, host: &dyn Host) -> Option<BTreeSet<String>> {
    if request.offline || names.is_empty() {
        return None;
    }
    let asking = Asking::of(request, host)?;
    // Those of which an index has nothing but source.
    let mut sources = BTreeSet::new();
    pip_resolution::all_absent(names, &mut |left| {
        host.progress(&format!("looking for {} packages", left.len()));
        loop {
            let left: Vec<&str> = left.iter().copied().filter(|name| !sources.contains(*name)).collect();
            if left.is_empty() {
                return Some(Ok(()));
            }
            let Err(said) = said(&asking.install, &left, host)? else { return Some(Ok(())) };
            let Some((listed, name)) = asking.listed.as_ref().zip(pip_resolution::absent(&said, &left)) else {
                return Some(Err(said));
            };
            match self::said(listed, &[name], host)? {
                Ok(()) => sources.insert(name.to_owned()),
                absent => return Some(absent),
            };
        }
    })
}

/// What the names are put behind.
struct Asking {
    install: Command,
    /// Asks for one name in whatever form it is there: pip builds what it has no wheel of as soon as it is only asked what it
    /// would install, and that starts what the package brings. uv does not.
    listed: Option<Command>,
}

impl Asking {
    fn of(request: &Request, host: &dyn Host) -> Option<Self> {
        let python = tool::answer(request, host).ok()?.found.into_option()?.path;
        // uv creates the directory that it would install into: one of pyve's own, not the project's.
        let nowhere = request.home()?.join("cache").join("none");
        if let Some(uv) = host.find_program("uv").into_iter().next() {
            let ask = Command::new(uv).args(["pip", "install", "--dry-run", "--no-deps", "--python"]).arg(python);
            return Some(Self { install: ask.arg("--target").arg(nowhere), listed: None });
        }
        let pip = Pip::of(&python.path(), &nowhere, &request.project(), request.offline, host);
        let wheels = ["--dry-run", "--ignore-installed", "--no-deps", "--quiet", "--only-binary", ":all:"];
        Some(Self { install: pip.install(wheels), listed: Some(pip.listed()) })
    }
}

/// Whether the command found what it was asked for, and what it printed where not.
fn said(command: &Command, names: &[&str], host: &dyn Host) -> pip_resolution::Asked {
    let output = host.capture(&command.clone().args(names.iter().copied()).timeout(LIMIT)).ok()?;
    Some(if output.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).into_owned()) })
}
