//! Which lines of pip's output say why it failed, and what helps against each kind of failure.

use pyve_formats::package_names::{Counterpart, of_conda};
use pyve_formats::python_name::normalized;
use pyve_plugin_api::{Command, OutputFilter, Remedy};

use crate::settings::Settings;

/// Settings of which pip says only that they do not go together with an installation into an environment.
const FOREIGN: [&str; 4] = ["platform", "python-version", "implementation", "abi"];

/// What is shown of a pip that fails to install `what`, which `file` names. Of the hints the first that fits counts.
pub fn filter(what: &str, file: &str, names: &[String], settings: &Settings, offline: bool) -> OutputFilter {
    let text = |text: String| Remedy::text(text);
    let filter = OutputFilter::new("pip")
        .failure(&format!("pip could not install {what}"))
        .relay(["Successfully installed ", "DEPRECATION: "])
        .keep(["ERROR: ", "error: ", "× ", "╰─> "])
        .drop([
            // What the next line says in fewer words.
            "Could not find a version that satisfies the requirement",
            "ResolutionImpossible",
            // Kinds of errors, and how many lines follow.
            "error: subprocess-exited-with-error",
            "error: metadata-generation-failed",
            "error: backend-unavailable",
            "error: proxy-connection-failed",
            "lines of output]",
            "See above for",
            "Encountered error while generating package metadata",
        ])
        .strip(["ERROR: ", "error: ", "× ", "╰─> "])
        .max_lines(2);
    let filter = names.iter().fold(filter, |filter, name| with_name(filter, name, file));
    let filter = if offline { without_network(filter) } else { with_network(filter) };
    let foreign = FOREIGN.iter().find_map(|key| settings.get(key));
    let filter = foreign.into_iter().fold(filter, |filter, setting| {
        let remove = format!("remove `{}` in `{}`", setting.key, setting.origin());
        ["restricting platform", "platform or abi specific options"]
            .into_iter()
            .fold(filter, |filter, said| filter.hint(said, text(remove.clone())))
    });
    filter
        .hint("No space left on device", text("free some space, then run the same command again".to_owned()))
        .hint("DO NOT MATCH THE HASHES", text(format!("update the hashes in `{file}`, once you know why they differ")))
        .hint("In --require-hashes mode", text(format!("add the hashes of all packages to `{file}`")))
        .hint("requires a different Python", text("choose another Python with `--python-version`".to_owned()))
        .hint("conflicting dependencies", text(format!("loosen the versions that exclude each other in `{file}`")))
        .hint("No matching distribution found", text(format!("correct the requirement in `{file}`")))
        .hint("Invalid requirement", text(format!("correct `{file}`")))
        .hint("no such option", text(format!("correct `{file}`")))
        .hint("Could not open requirements file", text(format!("correct `{file}`")))
}

/// Where pip does not find what conda's channels have under this name, it helps to know PyPI's.
fn with_name(filter: OutputFilter, name: &str, file: &str) -> OutputFilter {
    let helps = match of_conda(name) {
        Counterpart::Named(on_pypi) if normalized(on_pypi) != normalized(name) => {
            format!("write `{on_pypi}` for `{name}` in `{file}`: PyPI calls it so")
        }
        Counterpart::OnlyConda => {
            format!("remove `{name}` from `{file}`: PyPI does not have it, only conda's channels do")
        }
        _ => return filter,
    };
    filter.hint(&format!("No matching distribution found for {name}"), Remedy::text(helps))
}

fn with_network(filter: OutputFilter) -> OutputFilter {
    let debug = Command::new("pyve").args(["run", "pip", "config", "debug"]);
    let network = Remedy {
        text: "check the network, and the index and the proxy that pip is set to".into(),
        ..Remedy::command(&debug)
    };
    ["Retrying (Retry(", "Failed to connect to proxy", "ProxyError"]
        .into_iter()
        .fold(filter, |filter, said| filter.hint(said, network.clone()))
}

fn without_network(filter: OutputFilter) -> OutputFilter {
    let online = "run the same command without `--offline`";
    let wheels = format!("{online}, or name a directory of wheels with `PIP_FIND_LINKS`");
    ["Failed to connect to proxy", "ProxyError", "not allowed"]
        .into_iter()
        .fold(filter, |filter, said| filter.hint(said, Remedy::text(online)))
        .hint("No matching distribution found", Remedy::text(wheels))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_of_condas_is_told_with_the_one_of_pypi() {
        let names = ["py-opencv", "numpy", "r-base", "Torch"].map(str::to_owned);
        let filter = filter("`requirements.txt`", "requirements.txt", &names, &Settings::default(), false);
        let told = |said: &str| {
            let hint = filter.hints.iter().find(|hint| said.contains(hint.text.as_str()));
            hint.map(|hint| hint.remedy.to_string()).unwrap_or_default()
        };
        let absent = |name: &str| told(&format!("ERROR: No matching distribution found for {name}"));
        assert_eq!(
            absent("py-opencv>=4"),
            "write `opencv-python` for `py-opencv` in `requirements.txt`: PyPI calls it so"
        );
        assert_eq!(
            absent("r-base"),
            "remove `r-base` from `requirements.txt`: PyPI does not have it, only conda's channels do"
        );
        assert_eq!(absent("numpy==0"), "correct the requirement in `requirements.txt`");
        assert_eq!(absent("Torch"), "correct the requirement in `requirements.txt`");
    }
}
