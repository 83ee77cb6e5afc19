//! The layout of what crosses the boundary: it grows, and since version 1.0.0 was frozen it changes in no other way.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use pyve_plugin_api::abi::BackendModuleRef;
use pyve_plugin_api::abi_stable::StableAbi;
use pyve_plugin_api::abi_stable::type_layout::{TLData, TLField, TypeLayout};
use pyve_plugin_api::{
    ArchiveKind, Consent, Ecosystem, ErrorKind, Fate, FindingKind, Level, LockState, PrefixState, SettingKind, Status,
    StepKind, Strength,
};
use sha2::{Digest, Sha256};

/// Where the text of the layout is written for `frozen/freeze`: a file that does not exist yet.
const WRITE: &str = "PYVE_WRITE_LAYOUT";

/// What a line of a type has that grows: root modules and tables of methods.
const GROWS: &str = "(grows, ";

/// A line for each type of this crate that can be reached from the root module.
fn types() -> BTreeSet<String> {
    let mut lines = BTreeSet::new();
    let mut open = vec![BackendModuleRef::LAYOUT];
    let mut seen = BTreeSet::new();
    while let Some(layout) = open.pop() {
        if !seen.insert(layout.get_utypeid()) {
            continue;
        }
        let inner = fields(layout);
        open.extend(inner.iter().map(TLField::layout));
        for function in inner.iter().flat_map(|field| field.function_range().iter()) {
            open.extend(function.param_type_layouts.iter().chain(function.return_type_layout()).map(|layout| layout()));
        }
        // Those of abi_stable are checked by its version.
        if layout.package() == env!("CARGO_PKG_NAME") {
            lines.insert(line(layout, &inner));
        }
    }
    lines
}

fn fields(layout: &'static TypeLayout) -> Vec<TLField> {
    let own = layout.get_fields().map(|fields| fields.to_vec()).unwrap_or_default();
    own.into_iter().chain(layout.phantom_fields().to_vec()).collect()
}

/// `Detection (size 72, align 8, C) file: OsText, line: u32, strength: Strength, extension: Extension`
fn line(layout: &'static TypeLayout, inner: &[TLField]) -> String {
    let (align, repr) = (layout.alignment(), layout.repr_attr());
    let head = match layout.data() {
        TLData::PrefixType(_) => GROWS.to_owned(),
        _ => format!("(size {}, ", layout.size()),
    };
    let shown: Vec<String> = inner.iter().map(|field| format!("{}: {}", field.name(), shown(field))).collect();
    format!("{} {head}align {align}, {repr:?}) {}", named(layout), shown.join(", ")).trim_end().to_owned()
}

fn shown(field: &TLField) -> String {
    let functions: Vec<String> = field
        .function_range()
        .iter()
        .map(|function| {
            let types: Vec<String> = function.param_type_layouts.iter().map(|layout| named(layout())).collect();
            let returned = function.return_type_layout().map(|layout| format!(" -> {}", named(layout())));
            format!("fn({}){}", types.join(", "), returned.unwrap_or_default())
        })
        .collect();
    if functions.is_empty() { named(field.layout()) } else { functions.join(" ") }
}

/// The name of a type; that of a container does not say by itself what is in it.
fn named(layout: &'static TypeLayout) -> String {
    let name = layout.full_type().to_string();
    let inner = match name.as_str() {
        "RVec" | "RBox" => {
            fields(layout).iter().filter(|field| field.name() == "_marker").flat_map(|it| fields(it.layout())).collect()
        }
        "ROption" | "RResult" => fields(layout),
        _ => return name.trim_end().to_owned(),
    };
    let inner: Vec<String> = inner.iter().map(|field| named(field.layout())).collect();
    format!("{name}<{}>", inner.join(", "))
}

/// What the numbers of the open enumerations stand for.
fn enumerations() -> BTreeMap<&'static str, &'static [(u32, &'static str)]> {
    BTreeMap::from([
        ("ArchiveKind", ArchiveKind::VALUES),
        ("Consent", Consent::VALUES),
        ("Ecosystem", Ecosystem::VALUES),
        ("ErrorKind", ErrorKind::VALUES),
        ("Fate", Fate::VALUES),
        ("FindingKind", FindingKind::VALUES),
        ("Level", Level::VALUES),
        ("LockState", LockState::VALUES),
        ("PrefixState", PrefixState::VALUES),
        ("SettingKind", SettingKind::VALUES),
        ("Status", Status::VALUES),
        ("StepKind", StepKind::VALUES),
        ("Strength", Strength::VALUES),
    ])
}

fn text() -> String {
    let values = |values: &[(u32, &str)]| {
        values.iter().map(|(number, text)| format!("{number} {text}")).collect::<Vec<_>>().join(", ")
    };
    let enumerations = enumerations();
    let numbers = enumerations.iter().map(|(name, known)| format!("{name}: {}", values(known)));
    let body: String = types().into_iter().chain(numbers).map(|line| format!("{line}\n")).collect();
    format!("sha256 {}\n{body}", hash(body.as_bytes()))
}

fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The directories of the versions that were frozen.
fn frozen() -> Vec<PathBuf> {
    let versions = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("frozen")).unwrap();
    let mut versions: Vec<PathBuf> = versions.map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()).collect();
    versions.sort();
    versions
}

fn version(frozen: &Path) -> &str {
    frozen.file_name().and_then(|name| name.to_str()).unwrap()
}

/// What is otherwise than it was, a line each: nothing where types, methods and numbers were only added behind what was there.
fn broken(before: &str, now: &str) -> Vec<String> {
    let now: Vec<&str> = now.lines().skip(1).collect();
    let is_there = |was: &str| {
        let grows = was.contains(GROWS) || !was.contains(" (");
        now.iter().any(|is| *is == was || (grows && is.strip_prefix(was).is_some_and(|more| more.starts_with(", "))))
    };
    before.lines().skip(1).filter(|was| !is_there(was)).map(|was| difference(was, &now)).collect()
}

/// Where a line first differs from the one that is likest of those with its name.
fn difference(was: &str, now: &[&str]) -> String {
    let name = was.split([' ', ':']).next().unwrap_or_default();
    let of_name = now.iter().filter(|is| is.split([' ', ':']).next() == Some(name));
    let common = |is: &str| is.bytes().zip(was.bytes()).take_while(|(a, b)| a == b).count();
    let Some(is) = of_name.max_by_key(|is| common(parts(is).1)) else { return format!("{name}: it is gone") };
    let ((head, old), (new_head, new)) = (parts(was), parts(is));
    let mut new = new.split(", ");
    for old in old.split(", ") {
        match new.next() {
            Some(new) if new == old => {}
            Some(new) => return format!("{name}: `{old}` is now `{new}`"),
            None => return format!("{name}: `{old}` is gone"),
        }
    }
    match new.next() {
        Some(new) => format!("{name}: `{new}` was appended, and its layout is frozen; keep it in its `extension`"),
        None => format!("{name}: `{head}` is now `{new_head}`"),
    }
}

/// What is said of a type as a whole, and its fields; the name of an enumeration, and its numbers.
fn parts(line: &str) -> (&str, &str) {
    line.split_once(") ").or_else(|| line.split_once(": ")).unwrap_or((line, ""))
}

#[test]
fn since_a_version_was_frozen_its_layout_only_grows() {
    let now = text();
    if cfg!(not(target_pointer_width = "64")) {
        return;
    }
    if let Some(file) = std::env::var_os(WRITE) {
        use std::io::Write;
        fs::File::create_new(file).unwrap().write_all(now.as_bytes()).unwrap();
    }
    let minor = |version: &str| version.rsplit_once('.').map(|(minor, _)| minor.to_owned());
    for directory in frozen() {
        let (version, before) = (version(&directory), fs::read_to_string(directory.join("layout.txt")).unwrap());
        let broken = broken(&before, &now);
        assert!(
            broken.is_empty(),
            "plugins built with version {version} of the plugin API could not be loaded any more:\n  {}\n\
             Within a major version types grow by their extension, and traits by methods behind the last one.",
            broken.join("\n  ")
        );
        assert!(
            before == now || minor(version) != minor(env!("CARGO_PKG_VERSION")),
            "the layout has grown since version {version} was frozen: raise the minor version in plugin-api/Cargo.toml"
        );
    }
    assert!(frozen().iter().any(|directory| version(directory) == "1.0.0"));
}

#[test]
fn what_was_frozen_stays_as_it_is() {
    for directory in frozen() {
        let mut sums: Vec<String> = Vec::new();
        let mut open = vec![directory.clone()];
        while let Some(folder) = open.pop() {
            for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
                match path.strip_prefix(&directory).unwrap().to_str().unwrap() {
                    _ if path.is_dir() => open.push(path),
                    "SHA256SUMS" => {}
                    name => sums.push(format!("{}  {name}\n", hash(&fs::read(&path).unwrap()))),
                }
            }
        }
        sums.sort_by(|a, b| a[64..].cmp(&b[64..]));
        assert_eq!(sums.concat(), fs::read_to_string(directory.join("SHA256SUMS")).unwrap(), "{}", version(&directory));
        let layout = fs::read_to_string(directory.join("layout.txt")).unwrap();
        let (first, body) = layout.split_once('\n').unwrap();
        assert_eq!(first, format!("sha256 {}", hash(body.as_bytes())));
    }
}

#[cfg(unix)]
#[test]
fn a_version_is_frozen_once() {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("frozen/freeze");
    if frozen().iter().any(|directory| version(directory) == env!("CARGO_PKG_VERSION")) {
        let output = std::process::Command::new(script).output().unwrap();
        let expected = format!("version {} of the plugin API was frozen before\n", env!("CARGO_PKG_VERSION"));
        assert_eq!(
            (output.status.code(), String::from_utf8_lossy(&output.stderr).as_ref()),
            (Some(1), expected.as_str())
        );
    }
}

#[test]
fn growth_is_told_from_breakage() {
    const BEFORE: &str = "sha256 0\n\
         Fern (size 16, align 8, C) leaf: u32, extension: Extension\n\
         VTable (grows, align 8, C) grow: fn(), rest: fn() -> u32\n\
         Kind: 1 small, 2 tall\n";
    let told = |from: &str, to: &str| {
        assert!(BEFORE.contains(from), "{from}");
        broken(BEFORE, &BEFORE.replace(from, to))
    };
    assert_eq!(told("rest: fn() -> u32", "rest: fn() -> u32, fruit: fn()"), [""; 0]);
    assert_eq!(told("2 tall", "2 tall, 3 wide"), [""; 0]);
    assert_eq!(told("Kind:", "Moss (size 4, align 4, C) extension: Extension\nKind:"), [""; 0]);
    for (from, to, expected) in [
        ("leaf: u32", "frond: u32", "Fern: `leaf: u32` is now `frond: u32`"),
        (
            "extension: Extension",
            "spore: u32, extension: Extension",
            "Fern: `extension: Extension` is now `spore: u32`",
        ),
        ("size 16", "size 24", "Fern: `Fern (size 16, align 8, C` is now `Fern (size 24, align 8, C`"),
        (", extension: Extension", "", "Fern: `extension: Extension` is gone"),
        (
            "extension: Extension",
            "extension: Extension, spore: u32",
            "Fern: `spore: u32` was appended, and its layout is frozen; keep it in its `extension`",
        ),
        ("grow: fn(), ", "fruit: fn(), grow: fn(), ", "VTable: `grow: fn()` is now `fruit: fn()`"),
        ("rest: fn() -> u32", "rest: fn() -> u64", "VTable: `rest: fn() -> u32` is now `rest: fn() -> u64`"),
        (", rest: fn() -> u32", "", "VTable: `rest: fn() -> u32` is gone"),
        ("2 tall", "2 wide", "Kind: `2 tall` is now `2 wide`"),
        ("2 tall", "3 tall", "Kind: `2 tall` is now `3 tall`"),
        ("Fern (", "Moss (", "Fern: it is gone"),
    ] {
        assert_eq!(told(from, to), [expected]);
    }
}

#[test]
fn what_the_text_shows_is_what_counts() {
    let types = types();
    let shows = |line: &str| types.iter().any(|known| known.contains(line));
    // What is handed over by value, with the order of its fields and what is in its containers.
    assert!(shows("Detection (size "), "{types:#?}");
    assert!(shows("file: OsText, line: u32, strength: Strength, extension: Extension"));
    assert!(shows("dependencies: ROption<Recipe>, ") && shows("shell: ROption<RBox<Launch>>, "));
    // Whatever is handed over by value has room to grow.
    let closed = types.iter().filter(|line| line.contains(", C) ") && !line.contains(GROWS));
    let is_whole = |line: &String| line.contains("_Interface (") || line.starts_with("OsText (");
    let closed = closed.filter(|line| !is_whole(line) && !line.ends_with("extension: Extension"));
    assert_eq!(closed.collect::<Vec<_>>(), [""; 0]);
    // Every enumeration, with what its numbers stand for.
    let transparent: BTreeSet<&str> = types
        .iter()
        .filter_map(|line| line.split_once(" (size 4, align 4, Transparent) field_0: u32"))
        .map(|(name, _)| name)
        .collect();
    assert_eq!(transparent, enumerations().into_keys().collect());
    // The methods of both traits, with what they take and give.
    assert!(shows("ensure_tool: fn(") && shows("-> RResult<ToolAnswer, Error>"));
    assert!(shows("sha256: fn(") && shows("-> RResult<RString, Error>"));
}
