//! The architecture: modules use each other in one direction, and crates too.
//!
//! `cargo test -p pyve --test architecture -- --nocapture` prints the figures; with `PYVE_SOURCES=DIR` those of another tree.

mod features;
mod graph;
mod sources;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::{env, fs};

use graph::{Graph, circles};
use sources::{Sources, root};

/// The host's modules: each uses only some of those behind it.
const MODULES: [&str; 28] = [
    "cli",
    "commands",
    "migrate",
    "lock",
    "init",
    "doctor",
    "purge",
    "activation",
    "launch",
    "context",
    "selection",
    "bash_tool",
    "environments",
    "plugins",
    "pythons",
    "steps",
    "download",
    "process",
    "records",
    "template",
    "files",
    "config",
    "project",
    "ui",
    "caller",
    "registry",
    "sys",
    "failure",
];

/// The most files of one module that may use each other in a circle.
const LARGEST: usize = 5;

/// What only the registry may say.
const BACKENDS: [&str; 7] = ["venv", "virtualenv", "micromamba", "mamba", "conda", "pip", "uv"];

/// Which of the workspace's crates each may use.
const CRATES: [(&str, &[&str]); 7] = [
    ("plugin-api", &[]),
    ("backends/formats", &[]),
    ("backends/pip", &["pyve-formats", "pyve-plugin-api"]),
    ("backends/pythons", &["pyve-formats", "pyve-plugin-api"]),
    ("backends/venv", &["pyve-formats", "pyve-pip", "pyve-plugin-api", "pyve-pythons"]),
    ("backends/micromamba", &["pyve-formats", "pyve-pip", "pyve-plugin-api"]),
    ("pyve", &["pyve-backend-micromamba", "pyve-backend-venv", "pyve-formats", "pyve-plugin-api", "pyve-pythons"]),
];

fn package() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
#[expect(clippy::print_stdout, reason = "who asks for the figures runs it with --nocapture")]
fn no_module_is_used_by_what_it_uses() {
    let folder = env::var_os("PYVE_SOURCES").map_or_else(|| package().join("src"), PathBuf::from);
    let sources = Sources::read(&folder);
    let (files, modules) = (sources.files(), sources.modules());
    let (between, inside) = (circles(&modules), circles(&within_modules(&files)));
    println!("modules: {}", modules.len());
    println!("arrows between modules: {}", modules.values().map(BTreeSet::len).sum::<usize>());
    println!("circles between modules: {} {between:?}", between.len());
    println!("circles of files inside modules: {}", inside.len());
    println!("the largest of them: {} {:?}", inside.first().map_or(0, Vec::len), inside.first());
    println!("lines, tests included: {}", sources.lines);
    assert!(modules.len() > 10, "nothing was read in {}", folder.display());
    assert!(between.is_empty(), "these modules use each other: {between:?}");
    let missing: Vec<&String> = modules.keys().filter(|module| !MODULES.contains(&module.as_str())).collect();
    assert!(missing.is_empty(), "give these modules their place in MODULES: {missing:?}");
    let upward = upward(&modules, &MODULES);
    assert!(upward.is_empty(), "these modules use what is above them: {upward:?}");
    let large: Vec<_> = inside.iter().filter(|circle| circle.len() > LARGEST).collect();
    assert!(large.is_empty(), "these files use each other: {large:?}");
}

/// What is used by somebody who comes later in the order.
fn upward(modules: &Graph, order: &[&str]) -> Vec<String> {
    let place = |module: &str| order.iter().position(|name| *name == module);
    let arrows = modules.iter().flat_map(|(module, uses)| uses.iter().map(move |other| (module, other)));
    arrows
        .filter(|(module, other)| place(module) > place(other))
        .map(|(module, other)| format!("{module} → {other}"))
        .collect()
}

/// What files use of their own module.
fn within_modules(files: &Graph) -> Graph {
    let within = |(file, uses): (&String, &BTreeSet<String>)| {
        (file.clone(), uses.iter().filter(|other| root(other) == root(file)).cloned().collect())
    };
    files.iter().map(within).collect()
}

#[test]
fn the_host_names_no_backend_but_in_its_registry() {
    let sources = Sources::read(&package().join("src"));
    let named = |module: &str| {
        let words: Vec<&str> = sources.words(module).filter(|word| is_backend(word)).collect();
        (!words.is_empty()).then(|| format!("{module}: {words:?}"))
    };
    assert!(named("registry").is_some());
    let wrong: Vec<String> =
        sources.files().keys().filter(|module| *module != "registry").filter_map(|it| named(it)).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

fn is_backend(word: &str) -> bool {
    BACKENDS.iter().any(|name| word.eq_ignore_ascii_case(name))
}

#[test]
fn crates_use_those_below_them() {
    for (folder, allowed) in CRATES {
        let file = package().join("..").join(folder).join("Cargo.toml");
        let used = dependencies(&fs::read_to_string(file).unwrap());
        let wrong: Vec<&String> = used.iter().filter(|name| !allowed.contains(&name.as_str())).collect();
        assert!(wrong.is_empty(), "{folder} uses {wrong:?}");
        assert_eq!(used.len(), allowed.len(), "{folder} is said to use {allowed:?}, and uses {used:?}");
    }
}

/// The crates of this workspace that a manifest names, those of its tests left out.
fn dependencies(manifest: &str) -> Vec<String> {
    let mut section = "";
    let mut names = Vec::new();
    for line in manifest.lines() {
        if line.starts_with('[') {
            section = line;
        } else if section.ends_with("dependencies]") && !section.contains("dev-") && line.starts_with("pyve-") {
            names.extend(line.split(['.', ' ', '=']).next().map(str::to_owned));
        }
    }
    names
}

#[test]
fn modules_that_use_each_other_are_found() {
    let sources = Sources::of(&[
        ("", "mod a;\nmod b;\nmod c;"),
        ("a", "mod one;\npub use one::{One, Other};\nuse crate::b::{Two, x::Three};"),
        ("a::one", "use std::fmt;\nuse super::super::c;\npub struct One;"),
        ("b", "fn two() -> crate::c::Four { c::four() }"),
        ("c", "// use crate::nothing;\nuse crate::a::One;"),
    ]);
    assert_eq!(circles(&sources.modules()), [["a", "b", "c"]]);
    assert_eq!(sources.files()["c"], BTreeSet::from(["a::one".to_owned()]), "what is exported is used where it is");
    let clean = Sources::of(&[
        ("a", "use crate::b;\n#[cfg(test)]\nmod tests {\n    use crate::c;\n}"),
        ("b", "use crate::c;"),
        ("c", "fn text() -> &'static str { \"pip install\" }"),
    ]);
    assert!(circles(&clean.modules()).is_empty());
    assert_eq!(clean.modules()["a"], BTreeSet::from(["b".to_owned()]));
    assert!(upward(&clean.modules(), &["a", "b", "c"]).is_empty());
    assert_eq!(upward(&clean.modules(), &["a", "c", "b"]), ["b → c"]);
    assert_eq!(clean.words("c").filter(|word| is_backend(word)).collect::<Vec<_>>(), ["pip"]);
}

#[test]
fn files_that_use_each_other_are_found() {
    let sources = Sources::of(&[
        ("a", "mod one;\nmod two;\nmod three;\nfn all() { one::x(); }"),
        ("a::one", "use super::two::{Two, two};"),
        ("a::two", "fn two() { super::three::three() }"),
        ("a::three", "use super::one::One;\nuse crate::b;"),
        ("b", "use crate::a::one::One;"),
    ]);
    assert_eq!(circles(&within_modules(&sources.files())), [["a::one", "a::three", "a::two"]]);
    assert_eq!(dependencies("[dependencies]\npyve-x.workspace = true\n[dev-dependencies]\npyve-y = \"1\""), ["pyve-x"]);
}

/// Crates for which cargo starts no rustdoc in search of examples, as they have none.
const WITHOUT_EXAMPLES: [&str; 7] = [
    "backends/micromamba",
    "backends/micromamba/stand-in",
    "backends/pip",
    "backends/pythons",
    "backends/venv",
    "examples/plugins/pixi",
    "examples/plugins/uv",
];

#[test]
fn no_example_in_a_comment_is_left_untried() {
    for folder in WITHOUT_EXAMPLES.map(|folder| package().join("..").join(folder)) {
        assert!(fs::read_to_string(folder.join("Cargo.toml")).unwrap().contains("doctest = false"));
        let mut folders = vec![folder.join("src")];
        while let Some(folder) = folders.pop() {
            for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
                if path.is_dir() {
                    folders.push(path);
                } else if let Ok(text) = fs::read_to_string(&path) {
                    let found = text.lines().any(|line| line.trim_start().starts_with("//") && line.contains("```"));
                    assert!(!found, "{}: `doctest = false` in Cargo.toml leaves this example out", path.display());
                }
            }
        }
    }
}
