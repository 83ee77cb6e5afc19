//! What a library of a backend exports: who it is, and how to create the backend.

// The derives and statics of abi_stable write the unsafe accessors of prefix types into this module.
#![allow(unsafe_code)]

use abi_stable::StableAbi;
use abi_stable::library::RootModule;
use abi_stable::sabi_types::VersionStrings;
use abi_stable::std_types::{RResult, RString};

use super::backend_object::BackendObject;
use super::guard::guarded;
use super::note::VERSION;
use crate::backend::Backend;
use crate::error::Error;
use crate::extension::Extension;

/// What a library says of how it was built, before anything else in it is called.
#[repr(C)]
#[derive(StableAbi, Clone, Debug, PartialEq, Eq)]
pub struct Hello {
    /// The version of this crate that it was built with.
    pub api_version: RString,
    /// Whether a panic in it can be caught; `false` for `panic = "abort"`, which would end the host.
    pub panic_unwinds: bool,
    /// Room to grow within API 1.
    pub extension: Extension,
}

/// The functions that every library exports. New ones are appended below the last, each optional.
#[repr(C)]
#[derive(StableAbi)]
#[sabi(kind(Prefix(prefix_ref = BackendModuleRef)))]
pub struct BackendModule {
    /// Who are you?
    pub hello: extern "C" fn() -> Hello,
    /// Makes the backend.
    #[sabi(last_prefix_field)]
    pub new: extern "C" fn() -> RResult<BackendObject, Error>,
}

impl RootModule for BackendModuleRef {
    abi_stable::declare_root_module_statics! {BackendModuleRef}

    const BASE_NAME: &'static str = "pyve_backend";
    const NAME: &'static str = "pyve_backend";
    const VERSION_STRINGS: VersionStrings = abi_stable::package_version_strings!();
}

/// The answer of every library's `hello`, as it was built.
#[doc(hidden)]
pub fn hello(panic_unwinds: bool) -> Hello {
    Hello { api_version: VERSION.into(), panic_unwinds, extension: Extension::new() }
}

/// Makes a backend by its author's own constructor, whose panic is an error.
#[doc(hidden)]
pub fn make<B: Backend>(new: impl FnOnce() -> B) -> RResult<BackendObject, Error> {
    guarded("new", || Ok(BackendObject::new(new()))).into()
}

/// Exports a backend from a library (`crate-type = ["cdylib"]`), so that pyve can load it.
///
/// The argument is an expression that creates the backend: a unit struct's name, or `Mine::new()`.
///
/// ```no_run
/// # use pyve_plugin_api::*;
/// struct Mine;
///
/// impl Backend for Mine {
///     // …
/// #     fn describe(&self) -> Description { Description::new("mine", "0.1.0", "an example") }
/// #     fn ensure_tool(&self, _: &Request, _: &dyn Host) -> Result<ToolAnswer> { Ok(ToolAnswer::missing("none")) }
/// #     fn create(&self, _: &Request, _: &Tool, _: &dyn Host) -> Result<Creation> { Ok(Creation::new("mine", "/x")) }
/// #     fn run(&self, _: &Request, _: &dyn Host) -> Result<Launch> { Ok(Launch::new()) }
/// #     fn diagnose(&self, _: &Request, _: &dyn Host) -> Result<Vec<Finding>> { Ok(Vec::new()) }
/// }
///
/// export_backend!(Mine);
/// # fn main() {}
/// ```
#[macro_export]
macro_rules! export_backend {
    ($backend:expr) => {
        #[doc(hidden)]
        mod __pyve_export {
            use super::*;
            use $crate::abi_stable::library::{CheckTypeLayout, LibHeader, RootModuleResult};
            use $crate::abi_stable::prefix_type::PrefixTypeTrait;
            use $crate::abi_stable::std_types::RResult;

            extern "C" fn hello() -> $crate::abi::Hello {
                $crate::abi::hello(cfg!(panic = "unwind"))
            }

            extern "C" fn new() -> RResult<$crate::abi::BackendObject, $crate::Error> {
                $crate::abi::make(|| $backend)
            }

            fn root_module() -> $crate::abi::BackendModuleRef {
                $crate::abi::BackendModule { hello, new }.leak_into_prefix()
            }

            extern "C" fn load() -> RootModuleResult {
                $crate::abi_stable::library::__call_root_module_loader(root_module)
            }

            const CRATE: [&str; 2] = [
                match option_env!("CARGO_PKG_NAME") {
                    Some(name) => name,
                    None => "unknown",
                },
                match option_env!("CARGO_PKG_VERSION") {
                    Some(version) => version,
                    None => "unknown",
                },
            ];

            // SAFETY: nobody else's symbol has this name, and bytes are all that is behind it.
            #[unsafe(export_name = "pyve_plugin_note")]
            static NOTE: [u8; $crate::abi::note_size(CRATE[0], CRATE[1])] = $crate::abi::note(CRATE[0], CRATE[1]);

            // SAFETY: `load` returns the very module type that the header is made for.
            #[unsafe(export_name = "_1as_0lib_1header_0root_bmodule_bloader")]
            static HEADER: LibHeader =
                unsafe { LibHeader::from_constructor::<$crate::abi::BackendModuleRef>(load, CheckTypeLayout::Yes) };
        }
    };
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_exported_symbol_is_the_one_that_abi_stable_looks_for() {
        let source = include_str!("module.rs");
        let name = format!("export_name = \"{}\"", abi_stable::library::ROOT_MODULE_LOADER_NAME);
        assert!(source.contains(&name), "the macro must export {name}");
    }
}
