//! The layout of what crosses the boundary, compared with the committed one: it changes by accident no more.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use pyve_plugin_api::abi::BackendModuleRef;
use pyve_plugin_api::abi_stable::StableAbi;
use pyve_plugin_api::abi_stable::type_layout::{TLField, TypeLayout};
use pyve_plugin_api::{
    ArchiveKind, Consent, Ecosystem, ErrorKind, Fate, FindingKind, Level, LockState, PrefixState, SettingKind, Status,
    StepKind, Strength,
};
use sha2::{Digest, Sha256};

/// A line for each type that a plugin and pyve hand to each other, and the hash of all of them.
const COMMITTED: &str = "layout.txt";

/// Written where the layout is meant to change: `PYVE_UPDATE_LAYOUT=1 cargo test -p pyve-plugin-api --test layout`.
const UPDATE: &str = "PYVE_UPDATE_LAYOUT";

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
    let (size, align, repr) = (layout.size(), layout.alignment(), layout.repr_attr());
    let shown: Vec<String> = inner.iter().map(|field| format!("{}: {}", field.name(), shown(field))).collect();
    format!("{} (size {size}, align {align}, {repr:?}) {}", named(layout), shown.join(", ")).trim_end().to_owned()
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
    let hash: String = Sha256::digest(&body).iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256 {hash}\n{body}")
}

#[test]
#[cfg(target_pointer_width = "64")]
fn the_layout_is_the_committed_one() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(COMMITTED);
    let now = text();
    if std::env::var_os(UPDATE).is_some() {
        std::fs::write(&file, &now).unwrap();
    }
    let committed = std::fs::read_to_string(&file).unwrap_or_default();
    let differs: Vec<&str> = now.lines().filter(|line| !committed.lines().any(|known| known == *line)).collect();
    assert!(
        committed == now,
        "the layout of the plugin API is not the one of `plugin-api/{COMMITTED}`; these lines are new:\n{}\n\n\
         Every plugin has to be built again when it changes, and after 1.0.0 is published it must not change at all within \
         major version 1: types grow by their extension, traits by methods behind the last one.\n\
         If it is meant to change, write it again with\n    {UPDATE}=1 cargo test -p pyve-plugin-api --test layout\n\
         and give the reason in the commit.",
        differs.join("\n")
    );
}

#[test]
fn what_the_text_shows_is_what_counts() {
    let types = types();
    let shows = |line: &str| types.iter().any(|known| known.contains(line));
    // What is handed over by value, with the order of its fields and what is in its containers.
    assert!(shows("Detection (size "), "{types:#?}");
    assert!(shows("file: OsText, line: u32, strength: Strength, extension: Extension"));
    assert!(shows("dependencies: ROption<Recipe>, ") && shows("shell: ROption<RBox<Launch>>, "));
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
