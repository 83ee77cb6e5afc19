//! The libraries that the tests load, built once per run out of `target/test-plugins`.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use flate2::read::GzDecoder;
use pyve_testkit::{once_in_a_run, target};

/// The built libraries.
pub struct Libraries(PathBuf);

impl Libraries {
    /// The library of the crate `name`.
    pub fn path(&self, name: &str) -> PathBuf {
        let file = name.replace('-', "_");
        self.0.join(format!("{}{file}{}", std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX))
    }

    /// The program of the crate `name`.
    pub fn program(&self, name: &str) -> PathBuf {
        self.0.join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
    }
}

/// A change of the API crate's text that must apply: the file, what it says, what it is to say.
type Patch = (&'static str, &'static str, &'static str);

/// The next minor version: a field of the root module, a method of the backend and one of the host appended.
const NEWER: &[Patch] = &[
    ("Cargo.toml", "version = \"1.0.0\"", "version = \"1.1.0\""),
    (
        "src/abi/traits.rs",
        "    fn sha256(&self, file: &OsText) -> RResult<RString, Error>;",
        "    fn sha256(&self, file: &OsText) -> RResult<RString, Error>;\n    fn whisper(&self) -> u32 { let answer = 7; answer }",
    ),
    (
        "src/abi/traits.rs",
        "host: HostObject<'_>) -> RResult<RVec<DeclaredEnvironment>, Error>;\n",
        "host: HostObject<'_>) -> RResult<RVec<DeclaredEnvironment>, Error>;\n    \
         fn novelty(&self) -> u32 { let answer = 42; answer }\n",
    ),
    (
        "src/abi/backend_object.rs",
        "    /// [`Backend::describe`].\n",
        "    /// New.\n    pub fn novelty(&self) -> u32 { self.object.novelty() }\n\n    /// [`Backend::describe`].\n",
    ),
    (
        "src/abi/module.rs",
        "    pub new: extern \"C\" fn() -> RResult<BackendObject, Error>,\n",
        "    pub new: extern \"C\" fn() -> RResult<BackendObject, Error>,\n    \
         /// New.\n    pub extra: extern \"C\" fn() -> Hello,\n",
    ),
    ("src/abi/module.rs", "BackendModule { hello, new }", "BackendModule { hello, new, extra: hello }"),
];

/// The next major version.
const MAJOR: &[Patch] = &[("Cargo.toml", "version = \"1.0.0\"", "version = \"2.0.0\"")];

/// Nearly the same version with two fields swapped.
const SWAPPED: &[Patch] = &[
    ("Cargo.toml", "version = \"1.0.0\"", "version = \"1.0.1\""),
    (
        "src/detection.rs",
        "    pub line: u32,\n    /// How strongly it speaks.\n    pub strength: Strength,\n",
        "    pub strength: Strength,\n    /// How strongly it speaks.\n    pub line: u32,\n",
    ),
];

/// The version of the API that was frozen first, from whose committed source the plugin `frozen` is built.
const FROZEN: &str = "1.0.0";

/// The crates: a name, the folder of its source, and the API that it is built with; none stands for today's.
const CRATES: &[(&str, &str, &str)] = &[
    ("stress", "stress", ""),
    ("aborting", "frozen", ""),
    ("frozen-newer", "frozen", "newer"),
    ("frozen-major", "frozen", "major"),
    ("frozen-swapped", "frozen", "swapped"),
    ("newer-host", "newer-host", "newer"),
    ("plain", "plain", "none"),
];

/// Builds them, the first time in a run.
pub fn libraries() -> &'static Libraries {
    static BUILT: OnceLock<Libraries> = OnceLock::new();
    BUILT.get_or_init(|| {
        once_in_a_run("libraries", || {
            build();
            String::new()
        });
        Libraries(target().join("debug"))
    })
}

fn build() {
    let root = repository();
    let place = sources().join("sources");
    for (name, patches) in [("newer", NEWER), ("major", MAJOR), ("swapped", SWAPPED)] {
        patched_api(&root, &sources().join("api").join(name), patches);
    }
    for (name, source, api) in CRATES {
        write_crate(&root, &place, name, source, api);
    }
    unpacked_api(&sources().join("api").join(FROZEN));
    // It has the name and version of today's, so that no workspace can have both.
    let of_then = sources().join("sources-of-then");
    write_crate(&root, &of_then, "frozen", "frozen", FROZEN);
    write(&of_then.join("Cargo.toml"), &workspace(&root, vec!["crates/frozen".to_owned()]));
    write(&of_then.join("Cargo.lock"), &read(&root.join("Cargo.lock")));
    let members = CRATES.iter().map(|(name, ..)| format!("crates/{name}")).collect();
    write(&place.join("Cargo.toml"), &workspace(&root, members));
    write(&place.join("Cargo.lock"), &read(&root.join("Cargo.lock")));
    cargo(&of_then, &["build"]);
    cargo(&place, &["build", "--workspace", "--exclude", "aborting"]);
    cargo(&place, &["rustc", "--package", "aborting", "--lib", "--", "-C", "panic=abort"]);
}

/// Runs cargo in a folder, with the target folder of everything: what pyve and these depend on is there already.
fn cargo(folder: &Path, arguments: &[&str]) {
    let (words, rest) = arguments.split_at(arguments.iter().position(|word| *word == "--").unwrap_or(arguments.len()));
    let output = Command::new(env!("CARGO"))
        .args(words)
        .arg("--offline")
        .args(rest)
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", target())
        .output()
        .expect("cargo can be started");
    assert!(output.status.success(), "cargo {arguments:?}:\n{}", String::from_utf8_lossy(&output.stderr));
}

/// The root of the repository.
pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the crate is in the repository").to_owned()
}

/// What was kept of the version of the API that was frozen first.
pub fn frozen() -> PathBuf {
    repository().join("plugin-api/frozen").join(FROZEN)
}

/// Where the sources of what is built are.
fn sources() -> PathBuf {
    repository().join("target/test-plugins")
}

/// A dependency of which nothing is compiled, as it has no library. But with it, what else a crate depends on has the
/// features that it has in pyve, and is not compiled again with fewer.
pub fn as_in_pyve() -> String {
    let (root, place) = (repository(), sources().join("as-in-pyve"));
    let mut manifest: toml::Table = read(&root.join("pyve/Cargo.toml")).parse().expect("it is TOML");
    manifest.retain(|key, _| ["dependencies", "target"].contains(&key));
    let dependencies = manifest["dependencies"].as_table_mut().expect("a table");
    // What depends on the API of today cannot be beside that of then.
    dependencies.retain(|name, _| !name.starts_with("pyve-"));
    let formats =
        toml::Table::from_iter([("path".to_owned(), root.join("backends/formats").display().to_string().into())]);
    dependencies.insert("pyve-formats".to_owned(), formats.into());
    let package = "[package]\nname = \"as-in-pyve\"\nversion = \"0.1.0\"\nedition = \"2024\"\n";
    write(&place.join("Cargo.toml"), &format!("{package}\n{manifest}\n{}", workspace(&root, Vec::new())));
    write(&place.join("src/main.rs"), "fn main() {}\n");
    format!("as-in-pyve = {{ path = {place:?} }}\n")
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Writes a file unless it says that already: an unchanged one is not built again.
fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().expect("a file has a directory")).unwrap();
    if fs::read_to_string(path).is_ok_and(|old| old == text) {
        return;
    }
    fs::write(path, text).unwrap();
}

/// A copy of the API crate with the patches applied.
fn patched_api(root: &Path, copy: &Path, patches: &[Patch]) {
    let mut files = vec!["Cargo.toml".to_owned()];
    collect(&root.join("plugin-api"), "src", &mut files);
    for file in files {
        let mut text = read(&root.join("plugin-api").join(&file));
        for (_, old, new) in patches.iter().filter(|(name, ..)| *name == file) {
            assert!(text.contains(old), "{file} has changed; the patch of {old:?} must change with it");
            text = text.replacen(old, new, 1);
        }
        if file == "Cargo.toml" {
            // Several packages of one name cannot share a workspace.
            text += &format!("\n{}", workspace(root, Vec::new()));
        }
        write(&copy.join(&file), &text);
    }
}

/// The API crate as it was published. Lints do not count: where it is a dependency, cargo caps them.
fn unpacked_api(copy: &Path) {
    let package = fs::File::open(frozen().join(format!("pyve-plugin-api-{FROZEN}.crate"))).unwrap();
    for entry in tar::Archive::new(GzDecoder::new(package)).entries().unwrap() {
        let mut entry = entry.unwrap();
        let name: PathBuf = entry.path().unwrap().components().skip(1).collect();
        let mut text = String::new();
        entry.read_to_string(&mut text).unwrap();
        if name == Path::new("Cargo.toml") {
            let mut manifest: toml::Table = text.parse().expect("Cargo.toml is TOML");
            manifest.remove("lints");
            manifest.insert("workspace".to_owned(), toml::Table::new().into());
            text = manifest.to_string();
        } else if !name.starts_with("src") {
            continue;
        }
        write(&copy.join(name), &text);
    }
}

fn collect(folder: &Path, below: &str, files: &mut Vec<String>) {
    for entry in fs::read_dir(folder.join(below)).unwrap() {
        let entry = entry.unwrap();
        let name = format!("{below}/{}", entry.file_name().to_str().unwrap());
        match entry.file_type().unwrap().is_dir() {
            true => collect(folder, &name, files),
            false => files.push(name),
        }
    }
}

fn write_crate(root: &Path, place: &Path, name: &str, source: &str, api: &str) {
    let host = source == "newer-host";
    let api = match api {
        "none" => String::new(),
        "" => format!("pyve-plugin-api = {{ path = {:?} }}\n", root.join("plugin-api")),
        patched => format!("pyve-plugin-api = {{ path = \"../../../api/{patched}\" }}\n"),
    };
    let kind = if host { "" } else { "[lib]\ncrate-type = [\"cdylib\"]\n\n" };
    let libloading = if host { "libloading = \"0.7.4\"\n" } else { "" };
    let manifest = format!(
        "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n{kind}[dependencies]\n{api}{libloading}{}",
        as_in_pyve()
    );
    let file = if host { "src/main.rs" } else { "src/lib.rs" };
    let folder = place.join("crates").join(name);
    write(&folder.join("Cargo.toml"), &manifest);
    let source =
        if source == "frozen" { frozen().join("plugin") } else { root.join("pyve/tests/plugins").join(source) };
    write(&folder.join(file), &read(&source.join(file)));
}

/// A workspace with these members, and the versions, lints and profile of the repository's own.
fn workspace(root: &Path, members: Vec<String>) -> String {
    let text: toml::Table = read(&root.join("Cargo.toml")).parse().expect("Cargo.toml is TOML");
    let mut workspace = text["workspace"].as_table().expect("it has a workspace").clone();
    workspace.retain(|key, _| ["resolver", "package", "dependencies", "lints"].contains(&key));
    workspace.insert("members".to_owned(), members.into());
    if let Some(dependencies) = workspace.get_mut("dependencies").and_then(toml::Value::as_table_mut) {
        dependencies.retain(|_, value| value.as_table().is_none_or(|table| !table.contains_key("path")));
    }
    let mut whole = toml::Table::new();
    whole.insert("workspace".to_owned(), workspace.into());
    let profile = text["profile"]["dev"].clone();
    whole.insert("profile".to_owned(), toml::Table::from_iter([("dev".to_owned(), profile)]).into());
    whole.to_string()
}
