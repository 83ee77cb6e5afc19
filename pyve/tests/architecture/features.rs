//! No crate is compiled twice with other features, neither for the tests nor for what they build on the way.

use std::collections::BTreeSet;
use std::process::Command;

use pyve_testkit::{BUILT_ON_THE_WAY, workspace_root};

/// abi_stable's macros run in the compiler, with the features that they ask for themselves: Cargo does not share what runs there
/// with what is compiled into a program.
const FOR_MACROS: &str = "core_extensions";

/// A package and its features, as Cargo resolved them for this machine.
type Resolved = BTreeSet<(String, String)>;

/// What these packages depend on, themselves included.
fn resolved(packages: &[&str], edges: &str) -> Resolved {
    let selected = packages.iter().flat_map(|package| ["--package", package]);
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--offline", "--locked", "--prefix=none", "--format={p}|{f}", "--edges", edges])
        .args(if packages.is_empty() { &["--workspace"][..] } else { &[] })
        .args(selected)
        .current_dir(workspace_root())
        .output()
        .expect("cargo can be started");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("cargo writes UTF-8");
    let lines = text.lines().map(|line| line.trim_end_matches(" (*)")).filter_map(|line| line.split_once('|'));
    lines.map(|(package, features)| (package.to_owned(), features.to_owned())).collect()
}

fn names(of: &Resolved) -> BTreeSet<&str> {
    of.iter().map(|(package, _)| package.as_str()).collect()
}

#[test]
fn no_crate_has_two_sets_of_features() {
    let tests = resolved(&[], "normal,build,dev");
    let several = |name: &&str| tests.iter().filter(|(package, _)| package == name).count() > 1;
    let twice: Vec<&str> = names(&tests).into_iter().filter(several).collect();
    assert!(names(&tests).iter().any(|name| name.starts_with("serde ")), "cargo says something else than it did");
    assert!(twice.iter().all(|package| package.starts_with(FOR_MACROS)), "{twice:#?}");

    let alone = resolved(BUILT_ON_THE_WAY, "normal,build");
    let with_pyve = resolved(&[BUILT_ON_THE_WAY, &["pyve"]].concat(), "normal,build");
    let needed = with_pyve.iter().filter(|(package, _)| names(&alone).contains(package.as_str()));
    let again: Vec<_> = needed.filter(|package| !tests.contains(package)).collect();
    assert!(
        again.is_empty(),
        "compiled again for the tests' plugins and stand-ins, as a dependency of the tests alone wants more features: \
         ask for them in pyve/Cargo.toml, too, or do without that dependency: {again:#?}"
    );
}
