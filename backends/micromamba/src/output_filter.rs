//! Which lines of micromamba's output matter when it fails, and what helps against each kind of failure.

use pyve_formats::conda_platform;
use pyve_plugin_api::{Command, OutputFilter, Remedy};

use crate::condarc::Said;
use crate::misnamed::Misnamed;

const NETWORK: &str = "check the network and the channel's address, then run the same command again";

const AWAY: &str = "move what stands at the environment's place away, then run the same command again";

/// What a creation is made from, as far as it says what helps when it fails.
pub struct Circumstances<'a> {
    /// The file that the environment is made from.
    pub file: &'a str,
    /// What writes its lock again, where that is what the environment is made from.
    pub relock: Option<&'a Command>,
    /// A platform that the user's settings ask for in the place of this machine's.
    pub platform: Option<&'a Said>,
    /// The file of the user's pins, where they joined what is solved.
    pub pins: Option<&'a str>,
    /// The Pythons that are asked for, as specs, and where.
    pub pythons: &'a [(String, String)],
    /// What the file calls by PyPI's names.
    pub misnamed: &'a [Misnamed],
    /// Whether nothing may be fetched.
    pub offline: bool,
}

/// What is shown of a failed creation. In order: the first text that the output holds says what helps.
pub fn filter(of: &Circumstances<'_>) -> OutputFilter {
    let file = of.file;
    let text = |text: String| Remedy::text(text);
    let pip = || text(format!("correct the 'pip:' list in {file}"));
    let other_file = || {
        text(format!(
            "run `pyve init` once more, or ask for another version in {file}: the channel gives another file than its index lists"
        ))
    };
    let filter = OutputFilter::new("create")
        .keep([
            "error    libmamba ",
            "critical libmamba ",
            "Download error",
            "Transfer finalized",
            "Target prefix",
            "Expected: ",
            "Actual: ",
            "└─",
            "├─",
            "│",
            "ERROR: ",
        ])
        .drop(["Run with --verbose", "The following stack trace"])
        .strip(["error    libmamba ", "critical libmamba ", "ERROR: "])
        .max_lines(8);
    let cached = "run the same command without `--offline`, for what is in no cache";
    let missed = [ABSENT, LACKING, "Download error", "No matching distribution found", "Failed to connect to proxy"];
    let missed = missed.iter().filter(|_| of.offline);
    let filter = missed.fold(filter, |filter, said| filter.hint(said, text(cached.to_owned())));
    let filter = of.platform.into_iter().fold(filter, |filter, said| {
        let helps = || text(other_platform(said));
        // What there is for another platform has other names and versions, or the channel has nothing at all for it.
        let filter =
            filter.hint(ABSENT, helps()).hint(LACKING, helps()).hint("Could not solve for environment specs", helps());
        filter.hint("Download error", helps())
    });
    let filter = of.pythons.iter().fold(filter, |filter, (spec, place)| {
        // `└─ python =3.99 * does not exist …`: the name is right.
        let constraint = spec.trim_start_matches("python").trim();
        let helps = format!(
            "ask for another Python in {place}, or add the channel that has this one below 'channels:' in {file}"
        );
        filter.hint(&format!("─ python {constraint} * does not exist"), text(helps))
    });
    let filter = of.misnamed.iter().fold(filter, |filter, Misnamed { name, constraint, on_conda }| {
        let helps = format!("write `{on_conda}` for `{name}` in {file}: conda-forge calls it so");
        filter.hint(&format!("─ {name} {constraint} * does not exist"), text(helps))
    });
    let filter = filter
        .hint(
            "=* * does not exist",
            text(format!("correct the package's name in {file}, or add the channel that has it below 'channels:'")),
        )
        .hint(
            ABSENT,
            text(format!(
                "correct the package's version or name in {file}, or add the channel that has it below 'channels:'"
            )),
        )
        .hint(LACKING, text(format!("add the channel that has it below 'channels:' in {file}")))
        .hint("file size doesn't match", other_file())
        .hint("SHA256 doesn't match", of.relock.map_or_else(other_file, Remedy::command))
        .hint("MD5 doesn't match", of.relock.map_or_else(other_file, Remedy::command));
    let filter = of
        .relock
        .into_iter()
        .fold(filter, |filter, relock| filter.hint("Failed to read environment lockfile", Remedy::command(relock)));
    let gone =
        || text(format!("ask for another version in {file}, or wait until the channel has what its index lists"));
    filter
        .hint(GONE, of.relock.map_or_else(gone, Remedy::command))
        .hint(
            "Could not solve for environment specs",
            text(match of.pins {
                Some(pins) => format!("loosen the versions that exclude each other in {file} and {pins}"),
                None => format!("loosen the versions that exclude each other in {file}"),
            }),
        )
        .hint("Couldn't read a file", text(format!("correct the address of the channel in {file}")))
        .hint("Transfer finalized, status: 404", text(format!("correct the name or address of the channel in {file}")))
        .hint("Transfer finalized", Remedy::text(NETWORK))
        .hint("Failed to download package", Remedy::text(NETWORK))
        .hint("Download error", Remedy::text(NETWORK))
        .hint("No space left on device", Remedy::text("free some space, then run the same command again"))
        .hint("Non-conda folder exists at prefix", Remedy::text(AWAY))
        .hint("Target prefix already exists and is not a folder", Remedy::text(AWAY))
        .hint("Pip failed", pip())
        .hint("pip failed to install", pip())
}

/// What micromamba says of a package that no channel has.
const ABSENT: &str = "does not exist (perhaps a typo or a missing channel)";

/// What it says of a package that a channel lists, and its server does not have.
const GONE: &str = "(status 404)";

/// What it says of one that another package needs, and no channel has.
const LACKING: &str = "which does not exist (perhaps a missing channel)";

/// That packages are looked for another platform, who says so, and what to do about it.
fn other_platform(said: &Said) -> String {
    let Said { value, .. } = said;
    let (origin, here, edit) = (said.origin(), conda_platform::current(), said.removal("platform"));
    format!(
        "packages were looked for on {value} ({origin}), and this machine is {here}: {edit}, then run the same command again"
    )
}
