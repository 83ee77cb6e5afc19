//! The names that conda gives to platforms: `linux-64`, not `x86_64-unknown-linux-gnu`.

use std::env::consts::{ARCH, OS};

/// This machine's platform as conda calls it.
pub fn current() -> String {
    name(OS, ARCH)
}

fn name(os: &str, arch: &str) -> String {
    let system = match os {
        "macos" => "osx",
        "windows" => "win",
        other => other,
    };
    let machine = match (system, arch) {
        (_, "x86_64") => "64",
        (_, "x86") => "32",
        ("linux", "aarch64") => "aarch64",
        (_, "aarch64") => "arm64",
        ("linux", "powerpc64") if cfg!(target_endian = "little") => "ppc64le",
        (_, "powerpc64") => "ppc64",
        (_, other) => other,
    };
    format!("{system}-{machine}")
}

/// Whether programs for the platform `made_for` run on `here`, as far as names tell: macOS and Windows translate, and a
/// machine of 64 bits runs what is for 32, whichever of them pyve itself was built for.
pub fn runs(made_for: &str, here: &str) -> bool {
    let family = |platform: &str| match platform.split_once('-') {
        Some((system @ ("osx" | "win"), _)) => system.to_owned(),
        Some(("linux", "64" | "32")) => "linux on x86".to_owned(),
        Some(("linux", machine)) if machine.starts_with("arm") || machine == "aarch64" => "linux on ARM".to_owned(),
        _ => platform.to_owned(),
    };
    made_for == "noarch" || family(made_for) == family(here)
}

/// Whether a selector of an environment file (`sel(linux): …`) means `platform`; `None` if it is no selector's name.
pub fn selected(selector: &str, platform: &str) -> Option<bool> {
    let system = platform.split('-').next().unwrap_or_default();
    match selector {
        "unix" => Some(system != "win"),
        "linux" | "osx" | "win" => Some(system == selector),
        _ if KNOWN.contains(&selector) => Some(selector == platform),
        _ => None,
    }
}

/// The platforms that conda has packages for.
pub const KNOWN: [&str; 9] = [
    "linux-64",
    "linux-32",
    "linux-aarch64",
    "linux-ppc64le",
    "linux-s390x",
    "osx-64",
    "osx-arm64",
    "win-64",
    "win-arm64",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_of_the_same_family_run() {
        for (made_for, here) in
            [("linux-64", "linux-64"), ("noarch", "osx-64"), ("osx-64", "osx-arm64"), ("linux-32", "linux-64")]
        {
            assert!(runs(made_for, here), "{made_for} on {here}");
        }
        for (made_for, here) in [("osx-64", "linux-64"), ("linux-64", "linux-aarch64"), ("linux-ppc64le", "linux-64")] {
            assert!(!runs(made_for, here), "{made_for} on {here}");
        }
    }

    #[test]
    fn machines_have_condas_names() {
        let named = [
            ("linux", "x86_64"),
            ("linux", "aarch64"),
            ("macos", "aarch64"),
            ("macos", "x86_64"),
            ("windows", "x86_64"),
            ("linux", "s390x"),
        ]
        .map(|(os, arch)| name(os, arch));
        assert_eq!(named, ["linux-64", "linux-aarch64", "osx-arm64", "osx-64", "win-64", "linux-s390x"]);
    }

    #[test]
    fn selectors_are_systems_families_and_platforms() {
        let on_mac = ["unix", "osx", "linux", "win", "osx-arm64", "osx-64", "bsd"].map(|s| selected(s, "osx-arm64"));
        assert_eq!(on_mac, [Some(true), Some(true), Some(false), Some(false), Some(true), Some(false), None]);
    }
}
