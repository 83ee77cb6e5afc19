//! Opens a library and gets its backend. The file must have been inspected before.

#![allow(unsafe_code)]

use std::path::Path;

use pyve_plugin_api::abi::{BackendModuleRef, BackendObject, Hello};
use pyve_plugin_api::abi_stable::library::{
    AbiHeaderRef, IsLayoutChecked, LibHeader, LibraryError, ROOT_MODULE_LOADER_NAME_WITH_NUL, RootModule,
    RootModuleError,
};
use pyve_plugin_api::abi_stable::sabi_types::VersionNumber;
use pyve_plugin_api::abi_stable::{StableAbi, abi_stability::abi_checking};
use pyve_plugin_api::{ErrorKind, Remedy};

use super::layout;

/// A backend out of a library, which stays loaded until the process ends.
pub struct Opened {
    /// The version of the API crate that it was built with.
    pub api_version: String,
    pub backend: BackendObject,
}

/// Why a library gives no backend.
#[derive(Debug, Default)]
pub struct Refusal {
    pub why: String,
    pub details: Vec<String>,
    pub remedy: Box<Remedy>,
}

impl Refusal {
    fn new(why: impl Into<String>) -> Self {
        Self { why: why.into(), ..Self::default() }
    }

    fn remedy(mut self, remedy: impl AsRef<str>) -> Self {
        *self.remedy = Remedy::text(remedy);
        self
    }
}

/// Opens the library at `path`, an absolute path; `stage` is told the name of each part in which foreign code runs,
/// before it begins.
pub fn open(path: &Path, stage: &mut dyn FnMut(&'static str)) -> Result<Opened, Refusal> {
    stage("dlopen");
    let header = header(path)?;
    let api_version = checked_version(header)?;
    check_layout(header)?;
    // SAFETY: the layout was compared by `check_layout`: the older of the two sides is the interface, the newer one the
    // implementation. Root fields and methods are only ever appended, and their accessors consult the mask of fields of
    // the side that made the table, so what an older library lacks is read as absent and never from beyond its table.
    let module: BackendModuleRef =
        unsafe { header.init_root_module_with_unchecked_layout() }.map_err(|error| Refusal::new(first_line(&error)))?;
    stage("hello");
    let hello = module.hello()();
    check_hello(&hello)?;
    stage("new");
    let backend = module.new()().into_result().map_err(|error| Refusal {
        why: if error.is(ErrorKind::PANICKED) { format!("it {}", error.message) } else { error.message.to_string() },
        details: error.details.iter().map(ToString::to_string).collect(),
        remedy: Box::new(error.remedy.clone()),
    })?;
    Ok(Opened { api_version, backend })
}

/// The library's header, once it is known to be one of this abi_stable.
fn header(path: &Path) -> Result<&'static LibHeader, Refusal> {
    let library = native(path)?;
    // SAFETY: the symbol is the one that abi_stable gives to the header of a root module, which is a `static` of the
    // library; what stands behind it is only trusted after `upgrade` has compared its magic text and version.
    let header = unsafe { library.get::<AbiHeaderRef>(ROOT_MODULE_LOADER_NAME_WITH_NUL.as_bytes()) }
        .map(|symbol| *symbol)
        .map_err(|_| Refusal::new("it exports no backend"))?;
    // The header and all code behind it must stay where they are: a library is never unloaded.
    std::mem::forget(library);
    header.upgrade().map_err(|error| {
        let why = match error {
            LibraryError::InvalidAbiHeader(found) => {
                format!("it was built with another abi_stable (ABI {}.{})", found.abi_major, found.abi_minor)
            }
            _ => "its compiler passes C structures in another way".to_owned(),
        };
        Refusal::new(why).remedy("build it with the released crate pyve-plugin-api")
    })
}

#[cfg(unix)]
fn native(path: &Path) -> Result<libloading::os::unix::Library, Refusal> {
    use libloading::os::unix::{Library, RTLD_LOCAL, RTLD_NOW};
    if cfg!(target_feature = "crt-static") {
        return Err(Refusal::new("a statically linked pyve cannot open libraries")
            .remedy("use a pyve that is linked dynamically"));
    }
    // SAFETY: opening runs the library's constructors, which is as safe as the library is: the user agreed to run it
    // when it was added, it is unchanged since, and this process does nothing but ask it.
    unsafe { Library::open(Some(path), RTLD_NOW | RTLD_LOCAL) }.map_err(|error| cannot_open(path, &error))
}

#[cfg(windows)]
fn native(path: &Path) -> Result<libloading::os::windows::Library, Refusal> {
    use libloading::os::windows::{LOAD_WITH_ALTERED_SEARCH_PATH, Library};
    // SAFETY: as on Unix; the flag makes the library's own folder the first place of what it needs.
    unsafe { Library::load_with_flags(path, LOAD_WITH_ALTERED_SEARCH_PATH) }.map_err(|error| cannot_open(path, &error))
}

fn cannot_open(path: &Path, error: &libloading::Error) -> Refusal {
    let words = error.to_string();
    let words = words.strip_prefix(&format!("{}: ", path.display())).unwrap_or(&words);
    Refusal::new(format!("the system cannot open it: {words}"))
}

/// The version of the API that the library was built with, if its major is ours.
fn checked_version(header: &LibHeader) -> Result<String, Refusal> {
    let (theirs, ours) = (header.version_strings(), BackendModuleRef::VERSION_STRINGS);
    let number = |strings| VersionNumber::new(strings).map_err(|_| Refusal::new("its API version cannot be read"));
    let (their_number, our_number) = (number(theirs)?, number(ours)?);
    if their_number.major == our_number.major {
        return Ok(theirs.to_string());
    }
    let remedy =
        if their_number.major > our_number.major { "upgrade pyve" } else { "get a newer version of the plugin" };
    Err(Refusal::new(format!("it is built for version {theirs} of the plugin API; this pyve has version {ours}"))
        .remedy(remedy))
}

/// Compares the layout of everything that crosses the boundary, in the direction that lets both sides grow.
fn check_layout(header: &LibHeader) -> Result<(), Refusal> {
    let IsLayoutChecked::Yes(theirs) = header.root_mod_consts().layout() else {
        return Err(Refusal::new("it does not state its type layout"));
    };
    let ours = BackendModuleRef::LAYOUT;
    let number = |strings| VersionNumber::new(strings).ok().map(|v: VersionNumber| (v.major, v.minor, v.patch));
    let older = number(header.version_strings()) <= number(BackendModuleRef::VERSION_STRINGS);
    let (interface, implementation) = if older { (theirs, ours) } else { (ours, theirs) };
    // What was seen of another library must not count here, so each comparison starts with an empty persistence.
    let persistence = abi_checking::CheckingGlobals::new();
    abi_checking::check_layout_compatibility_with_globals(interface, implementation, &persistence).map_err(|errors| {
        Refusal {
            why: "its type layout is incompatible with this pyve's plugin API".to_owned(),
            details: layout::summary(&errors),
            remedy: Remedy::text("build it with the released crate pyve-plugin-api").into(),
        }
    })
}

fn check_hello(hello: &Hello) -> Result<(), Refusal> {
    if hello.panic_unwinds {
        return Ok(());
    }
    Err(Refusal::new("it is built with `panic = \"abort\"`: any panic in it would end pyve")
        .remedy("remove `panic = \"abort\"` from the profile in its Cargo.toml and build it again"))
}

fn first_line(error: &LibraryError) -> String {
    let text = match error {
        LibraryError::RootModule { err: RootModuleError::Unwound, .. } => "it panicked when it was opened".to_owned(),
        other => other.to_string(),
    };
    text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or("it gives no backend").to_owned()
}
