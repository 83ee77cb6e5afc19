//! Whether conda's channels have the packages that requirements are taken to mean: asked of micromamba's own solver.

use std::collections::BTreeSet;
use std::time::Duration;

use pyve_plugin_api::{Command, Host, OsText, Request};

use crate::{create, tool};

/// The index of a large channel takes its time.
const LIMIT: Duration = Duration::from_secs(180);

/// Those of the names that no channel has; `None` where micromamba could not be asked.
///
/// Without `--json` it says which ones. It is asked again without them, for what is behind them.
pub fn missing(names: &[String], channels: &[String], request: &Request, host: &dyn Host) -> Option<BTreeSet<String>> {
    if request.offline || names.is_empty() {
        return None;
    }
    let micromamba = tool::answer(request, host).found.into_option()?.path;
    let mut missing = BTreeSet::new();
    loop {
        let left: Vec<&str> = names.iter().map(String::as_str).filter(|name| !missing.contains(*name)).collect();
        let output = (!left.is_empty()).then(|| host.capture(&solve(&micromamba, &left, channels, request, host)));
        let Some(output) = output.transpose().ok()?.filter(|output| !output.success()) else { return Some(missing) };
        let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
        let before = missing.len();
        missing.extend(absent(&said, &left).map(str::to_owned));
        if missing.len() == before {
            // Any other failure tells nothing of the names, be it one of the network or of versions.
            return (!missing.is_empty()).then_some(missing);
        }
    }
}

/// A solve of packages in any version, which makes nothing, wherever that would be.
fn solve(micromamba: &OsText, names: &[&str], channels: &[String], request: &Request, host: &dyn Host) -> Command {
    host.progress(&format!("looking for {} packages", names.len()));
    let ask =
        Command::new(micromamba).args(["create", "-y", "--dry-run", "-p"]).arg(request.in_project(".pyve/envs/none"));
    // Behind `-c` it would be an option of its own.
    let channels = channels.iter().filter(|channel| !channel.starts_with('-'));
    let ask = channels.fold(ask.arg("--override-channels"), |ask, channel| ask.args(["-c", channel]));
    create::shielded(ask.args(names.iter().copied()), request, host).timeout(LIMIT)
}

/// `none-such` of `└─ none-such =* * does not exist (perhaps a typo or a missing channel).`
fn absent<'a>(said: &'a str, names: &'a [&str]) -> impl Iterator<Item = &'a str> {
    let named = said.lines().filter_map(|line| {
        let (_, spec) = line.split_once("─ ")?;
        spec.contains("does not exist").then(|| spec.split(' ').next().unwrap_or_default())
    });
    named.filter(|name| names.contains(name))
}
