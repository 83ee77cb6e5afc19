//! Which lines of micromamba's output matter when it fails, and what helps against each kind of failure.

use pyve_plugin_api::{Command, OutputFilter, Remedy};

const AWAY: &str = "move what stands at the environment's place away, then run: pyve init";

/// What is shown of a failed creation from `file`, whose lock `relock` writes again.
///
/// In order: the first text that the output holds says what helps.
pub fn filter(file: &str, relock: &Command) -> OutputFilter {
    let text = |text: String| Remedy::text(text);
    let pip = || text(format!("correct the 'pip:' list in {file}"));
    OutputFilter::new("create")
        .keep([
            "error    libmamba ",
            "critical libmamba ",
            "Download error",
            "Target prefix",
            "└─",
            "├─",
            "│",
            "ERROR: ",
        ])
        .drop(["Run with --verbose", "The following stack trace"])
        .strip(["error    libmamba ", "critical libmamba ", "ERROR: "])
        .max_lines(8)
        .hint(
            "does not exist (perhaps a typo or a missing channel)",
            text(format!("correct the package's name in {file}, or add the channel that has it below 'channels:'")),
        )
        .hint("SHA256 doesn't match", Remedy::command(relock))
        .hint("MD5 doesn't match", Remedy::command(relock))
        .hint("Failed to read environment lockfile", Remedy::command(relock))
        .hint(
            "Could not solve for environment specs",
            text(format!("loosen the versions that exclude each other in {file}")),
        )
        .hint("Couldn't read a file", text(format!("correct the address of the channel in {file}")))
        .hint("Download error", Remedy::text("check the network and the channel's address, then run: pyve init"))
        .hint("No space left on device", Remedy::text("free some space, then run: pyve init"))
        .hint("Non-conda folder exists at prefix", Remedy::text(AWAY))
        .hint("Target prefix already exists and is not a folder", Remedy::text(AWAY))
        .hint("Pip failed", pip())
        .hint("pip failed to install", pip())
}
