//! Whether this pyve is the one that the project was set up with, or an older one.

use crate::doctor::check::Check;
use crate::doctor::context::Context;

const ID: &str = "pyve.version";
const SUBJECT: &str = "pyve";

pub fn checks(context: &Context) -> Vec<Check> {
    let own = env!("CARGO_PKG_VERSION");
    let config = context.choice.as_ref().ok().and_then(|choice| choice.config.pyve_version());
    let record = context.record().map(|record| (record.pyve_version.clone(), "the environment's record".to_owned()));
    let said = config.map(|said| (said.value, said.origin));
    let newer = |(version, _): &&(String, String)| parts(version) > parts(own);
    let told = [record, said];
    let told: Vec<&(String, String)> = told.iter().flatten().collect();
    if let Some((version, origin)) = told.iter().copied().find(newer) {
        let detail = format!("{own}: {origin} is of pyve {version}, which is newer");
        return vec![
            Check::warning("pyve.version-older", SUBJECT, detail)
                .hint("update pyve, or go on with this one")
                .remedy(context.target.typed.init(&["--update"])),
        ];
    }
    let older = told.iter().find(|(version, _)| parts(version) < parts(own));
    vec![match older {
        Some((version, origin)) => {
            let detail = format!("{own}; {origin} is of pyve {version}");
            Check::info(ID, SUBJECT, detail).remedy(context.target.typed.init(&["--update"]))
        }
        None => Check::ok(ID, SUBJECT, own),
    }]
}

/// The numbers of a version in order; what is no number ends them.
fn parts(version: &str) -> Vec<u64> {
    let numbers = version.trim_start_matches('v').split(['.', '-', '+']);
    numbers.map_while(|part| part.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::parts;

    #[test]
    fn versions_are_compared_as_numbers() {
        assert!(parts("1.10.0") > parts("1.9.9") && parts("v2.0") > parts("1.99"));
        assert_eq!(parts("1.0.0-rc1"), parts("1.0.0"));
    }

    /// A project of the bash tool is never told that it needs a newer pyve.
    #[test]
    fn every_version_of_the_bash_tool_is_older() {
        for version in ["0.6.6", "1.5.4", "v2.0.0", "3.2.1", "3.2.10"] {
            assert!(parts(version) < parts(env!("CARGO_PKG_VERSION")), "{version}");
        }
    }
}
