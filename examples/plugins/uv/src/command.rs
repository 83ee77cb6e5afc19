//! Commands of uv's, as every one of them is started, and what is told of one that fails.

use std::path::Path;

use pyve_plugin_api::{Command, OutputFilter, Remedy, Request, Step, Tool};

/// Variables of an environment that happens to be active; uv's own for which project and environment are meant; and those of
/// which the flags say the same.
const UNSET: [&str; 12] = [
    "VIRTUAL_ENV",
    "CONDA_PREFIX",
    "PYTHONHOME",
    "PYTHONPATH",
    "UV_PROJECT",
    "UV_PROJECT_ENVIRONMENT",
    "UV_PYTHON",
    "UV_WORKING_DIR",
    "UV_NO_DEV",
    "UV_NO_DEFAULT_GROUPS",
    "UV_FROZEN",
    "UV_LOCKED",
];

/// What uv says of what it does, and its hint for those who type its commands.
const PROGRESS: [&str; 19] = [
    "Using CPython",
    "Using PyPy",
    "Using Python",
    "Creating virtual environment",
    "Removed virtual environment",
    "Resolved ",
    "Prepared ",
    "Installed ",
    "Uninstalled ",
    "Checked ",
    "Audited ",
    "Building ",
    "Built ",
    "Downloading ",
    "Downloaded ",
    "Updating ",
    "Updated ",
    "hint: To update the lockfile",
    "Update `uv` by running",
];

/// uv with these words. Offline it fetches nothing, and it never takes an environment that happens to be active for the project's.
pub fn uv(request: &Request, tool: &Tool, words: &[&str]) -> Command {
    let command = Command::new(&tool.path).args(words.iter().copied());
    let command = if request.offline { command.env("UV_OFFLINE", "1") } else { command };
    UNSET.iter().fold(command, |command, name| command.env_remove(name))
}

/// The same for the project's environment.
pub fn in_environment(request: &Request, tool: &Tool, words: &[&str], prefix: &Path) -> Command {
    let command = uv(request, tool, words);
    // What is removed from the inherited variables is removed before those that are set.
    Command {
        env_remove: command.env_remove.iter().filter(|name| *name != PROJECT_ENVIRONMENT).cloned().collect(),
        ..command
    }
    .env(PROJECT_ENVIRONMENT, prefix)
}

/// uv's variable for the folder of the project's environment.
pub const PROJECT_ENVIRONMENT: &str = "UV_PROJECT_ENVIRONMENT";

/// A [`step()`] that tells what is added, removed and exchanged: for an environment that stands.
pub fn step_telling(title: &str, failure: &str, command: Command, request: &Request) -> Step {
    let step = step(title, failure, command, request);
    let filter = step.output_filter.clone().into_option().unwrap_or_default();
    step.output_filter(filter.relay([" + ", " - ", " ~ "]))
}

/// A step that runs it; `failure` is what the user is told has failed.
pub fn step(title: &str, failure: &str, command: Command, request: &Request) -> Step {
    let lock = Remedy::command(&Command::new("pyve").arg("lock"));
    let online = Remedy::text("run the same command without `--offline`, for what is not in uv's cache");
    let filter =
        OutputFilter::new("uv").failure(failure).relay(["warning: "]).keep([""]).drop(PROGRESS).strip(["error: "]);
    let filter =
        filter.max_lines(12).hint("needs to be updated, but `--", lock.clone()).hint("Unable to find lockfile", lock);
    let filter = match request.offline {
        true => filter.hint("network was disabled", online.clone()).hint("not found in the cache", online),
        false => filter,
    };
    Step::run(title, command).output_filter(filter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_active_environment_is_not_the_projects_and_offline_nothing_is_fetched() {
        let tool = Tool::new("/bin/uv", "0.13.9", "PATH");
        let request = |offline| Request { offline, ..Request::new("/p", "/h") };
        let command = in_environment(&request(true), &tool, &["sync"], Path::new("/p/.venv"));
        let set: Vec<_> = command.env.iter().map(|it| format!("{}={}", it.name, it.value.display())).collect();
        assert_eq!(set, ["UV_OFFLINE=1", "UV_PROJECT_ENVIRONMENT=/p/.venv"]);
        assert!(command.env_remove.iter().any(|name| name == "VIRTUAL_ENV"));
        assert!(command.env_remove.iter().all(|name| name != PROJECT_ENVIRONMENT));
        assert!(uv(&request(false), &tool, &["lock"]).env.is_empty());
    }
}
