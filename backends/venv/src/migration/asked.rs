//! Whether the packages that requirements are taken to mean are there: asked of uv, where it is on PATH, else of pip.
//!
//! Both are only asked what they would install, and name the first package that they do not find. So they are asked
//! again without it.

use std::collections::BTreeSet;
use std::time::Duration;

use pyve_pip::Pip;
use pyve_plugin_api::{Command, Host, Output, Request};

use crate::tool;

/// A project that calls more packages otherwise than PyPI does is better corrected by hand.
const MOST_MISSING: usize = 30;
const LIMIT: Duration = Duration::from_secs(120);

/// Those of the names that no index has; `None` where nobody could be asked.
pub fn missing(names: &[String], request: &Request, host: &dyn Host) -> Option<BTreeSet<String>> {
    if request.offline || names.is_empty() {
        return None;
    }
    let ask = asking(request, host)?;
    let mut missing = BTreeSet::new();
    for _ in 0..MOST_MISSING {
        let left: Vec<&str> = names.iter().map(String::as_str).filter(|name| !missing.contains(*name)).collect();
        if left.is_empty() {
            break;
        }
        host.progress(&format!("looking for {} packages", left.len()));
        let output = host.capture(&ask.clone().args(left.iter().copied())).ok()?;
        if output.success() {
            return Some(missing);
        }
        // Any other failure, such as one of the network, tells nothing of the names.
        missing.insert(named(&output, &left)?.to_owned());
    }
    Some(missing)
}

/// The command that the names are put behind.
fn asking(request: &Request, host: &dyn Host) -> Option<Command> {
    let python = tool::answer(request, host).ok()?.found.into_option()?.path;
    let nowhere = request.in_project(".pyve/envs/none");
    let ask = match host.find_program("uv").into_iter().next() {
        Some(uv) => {
            let ask = Command::new(uv).args(["pip", "install", "--dry-run", "--no-deps", "--python"]).arg(python);
            ask.arg("--target").arg(nowhere)
        }
        None => {
            let pip = Pip::of(&python.path(), &nowhere, &request.project(), request.offline, host);
            pip.install(["--dry-run", "--ignore-installed", "--no-deps", "--quiet"])
        }
    };
    Some(ask.timeout(LIMIT))
}

/// What stands before and behind a name that is not found: in pip's words, and in uv's of an index and of directories. Of a
/// cache they tell nothing.
const WORDS: [(&str, &str); 3] = [
    ("No matching distribution found for ", ""),
    ("Because ", " was not found in the package registry"),
    ("Because ", " was not found in the provided package locations"),
];

/// The name that is not found.
fn named<'a>(output: &Output, names: &[&'a str]) -> Option<&'a str> {
    let said = String::from_utf8_lossy(&output.stderr);
    // uv breaks its lines wherever the terminal ends.
    let said: Vec<&str> = said.split_whitespace().collect();
    let said = said.join(" ") + " ";
    let is_it = |name: &str| WORDS.iter().any(|(before, behind)| said.contains(&format!("{before}{name}{behind} ")));
    names.iter().find(|name| is_it(name)).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_is_read_from_the_words_of_either() {
        let told = |stderr: &str| {
            let output = Output { stderr: stderr.as_bytes().to_vec().into(), ..Output::default() };
            named(&output, &["tabulate", "none-such"]).map(str::to_owned)
        };
        let pip = "ERROR: Could not find a version that satisfies the requirement none-such (from versions: none)\n\
                   ERROR: No matching distribution found for none-such\n";
        let uv = "error: No solution found when resolving dependencies\n  cause: Because none-such was not found in the package \
                  registry and you require none-such, we can conclude that your requirements are unsatisfiable.\n";
        assert_eq!([told(pip), told(uv)], [Some("none-such".to_owned()), Some("none-such".to_owned())]);
        assert_eq!(told("error: Failed to fetch: `https://h/simple/tabulate/`\n"), None);
        assert_eq!(told("ERROR: No matching distribution found for other\n"), None, "nobody asked for it");
    }
}
