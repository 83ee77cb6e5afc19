//! How pixi is called, and what of its words matters when it fails.

use std::path::Path;

use pyve_plugin_api::{Command, OutputFilter, Remedy, Request};

use crate::manifest::Manifest;

/// What pixi itself sets in an environment, by whatever project the caller is in: the names that a question must not
/// inherit, for pixi tells only what changes.
pub const METADATA: [&str; 12] = [
    "CONDA_DEFAULT_ENV",
    "CONDA_PREFIX",
    "CONDA_SHLVL",
    "PIXI_ENVIRONMENT_NAME",
    "PIXI_ENVIRONMENT_PLATFORMS",
    "PIXI_EXE",
    "PIXI_IN_SHELL",
    "PIXI_PROJECT_MANIFEST",
    "PIXI_PROJECT_NAME",
    "PIXI_PROJECT_ROOT",
    "PIXI_PROJECT_VERSION",
    "PIXI_PROMPT",
];

/// pixi with these words about the project's manifest, whatever environment the caller is in.
pub fn command(program: &Path, words: &[&str], manifest: &Manifest, request: &Request) -> Command {
    let command = Command::new(program).args(words.iter().copied()).arg("--manifest-path").arg(&manifest.path);
    // Long lines would be broken in the middle of a path.
    let command = command.env("PIXI_NO_WRAP", "1");
    let command = if request.offline { command.env("PIXI_OFFLINE", "1") } else { command };
    METADATA.iter().chain(&["VIRTUAL_ENV", "PYTHONHOME"]).fold(command, |command, name| command.env_remove(name))
}

/// What is shown of pixi's output when it fails: its errors, as it draws them with and without Unicode.
pub fn filter(failure: &str) -> OutputFilter {
    let lock = || Remedy::command(&Command::new("pyve").arg("lock"));
    let text = |text: &str| Remedy::text(text);
    OutputFilter::new("pixi")
        .failure(failure)
        .keep(["Error:", "×", "x ", "├─", "╰─", "│", "|-", "`-", "| ", "help:"])
        .strip(["Error:   × ", "Error:   x ", "Error: ", "× ", "x "])
        .max_lines(12)
        .hint("lock file not up-to-date with the workspace", lock())
        .hint("the lock file is not up-to-date with requested environment", lock())
        .hint("Failed to load lock file", text("take a whole `pixi.lock` from git, or remove it; then run `pyve lock`"))
        .hint(
            "pixi is running in offline mode",
            text("run the same command without `--offline`, for what is not cached"),
        )
        .hint("this project requires pixi", text("run `pixi self-update --version VERSION` with a version that fits"))
}

/// The lines of a failed answer without what pixi draws around them.
pub fn said(text: &str) -> Vec<&str> {
    let plain = |line: &'static str, text| str::strip_prefix(text, line).unwrap_or(text);
    let lines = text.lines().map(|line| plain("Error:", line).trim_start());
    let lines = lines.map(|line| plain("× ", plain("x ", line)).trim_end());
    lines.filter(|line| !line.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_an_error_are_told() {
        assert_eq!(said("Error:   × unknown environment 'x'\n  help: y\n\n"), ["unknown environment 'x'", "help: y"]);
    }
}
