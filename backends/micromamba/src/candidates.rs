//! The files that an environment is made from where nobody names one: found by their names, what counts most first.

use pyve_formats::conda_platform;
use pyve_plugin_api::Request;

use crate::lock::is_lock_name;

/// The lock of an environment without a name of its own.
pub const LOCK: &str = "conda-lock.yml";
const ENDINGS: [&str; 2] = ["yml", "yaml"];

/// Of any project: its lock, the environment file for this platform, the one for all.
pub fn of_any() -> Vec<String> {
    let platform = conda_platform::current();
    let specs = [format!("environment.{platform}"), "environment".to_owned()];
    [LOCK.to_owned()].into_iter().chain(specs.iter().flat_map(|stem| with_endings(stem))).collect()
}

/// Of the environment that is asked about: those that bear its name where there is one, else those of any.
pub fn of(request: &Request) -> Vec<String> {
    let own = of_name(request);
    if own.iter().any(|file| request.in_project(file).exists()) { own } else { of_any() }
}

/// The environment files among them.
pub fn specs(request: &Request) -> Vec<String> {
    of(request).into_iter().filter(|file| !is_lock_name(file)).collect()
}

/// The environment files that the environment may be locked from for `platform`, what counts most first.
pub fn specs_for(request: &Request, platform: &str) -> Vec<String> {
    let has_own = of_name(request).iter().any(|file| request.in_project(file).exists());
    let stem = if has_own { format!("environment.{}", request.environment) } else { "environment".to_owned() };
    [format!("{stem}.{platform}"), stem].iter().flat_map(|stem| with_endings(stem)).collect()
}

/// All that [`of`] looks for, whichever of them are there.
pub fn all(request: &Request) -> Vec<String> {
    of_name(request).into_iter().chain(of_any()).collect()
}

fn of_name(request: &Request) -> Vec<String> {
    let name = request.environment.as_str();
    if name.is_empty() || name == "default" || name.contains(['/', '\\']) {
        return Vec::new();
    }
    of_environment(name)
}

/// Those that bear this name.
pub fn of_environment(name: &str) -> Vec<String> {
    let platform = conda_platform::current();
    let specs = [format!("environment.{name}.{platform}"), format!("environment.{name}")];
    // micromamba knows a lock by the end of its name.
    [format!("{name}.{LOCK}")].into_iter().chain(specs.iter().flat_map(|stem| with_endings(stem))).collect()
}

fn with_endings(stem: &str) -> [String; 2] {
    ENDINGS.map(|ending| format!("{stem}.{ending}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn names_and_platforms_come_before_what_is_for_all() {
        let folder = tempfile::tempdir().unwrap();
        let platform = conda_platform::current();
        let mut request = Request::new(folder.path(), folder.path());
        let shown = |request: &Request| of(request).join(" ").replace(&platform, "[P]");
        let any = "conda-lock.yml environment.[P].yml environment.[P].yaml environment.yml environment.yaml";
        assert_eq!(shown(&request), any);
        request.environment = "dev".into();
        assert_eq!(shown(&request), any, "no file bears the name");
        fs::write(folder.path().join("environment.dev.yml"), "").unwrap();
        let own = "dev.conda-lock.yml environment.dev.[P].yml environment.dev.[P].yaml environment.dev.yml environment.dev.yaml";
        assert_eq!(shown(&request), own, "the lock of another environment is not for this one");
        assert_eq!(specs(&request).len(), 4);
        let other = "environment.dev.osx-64.yml environment.dev.osx-64.yaml environment.dev.yml environment.dev.yaml";
        assert_eq!(specs_for(&request, "osx-64").join(" "), other);
        assert!(is_lock_name("dev.conda-lock.yml"));
    }
}
