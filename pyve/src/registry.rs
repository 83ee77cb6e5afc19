//! The backends that are compiled in. The only place where the host names one.

use pyve_plugin_api::abi::BackendObject;

/// The backend of a project that asks for none.
pub const DEFAULT: &str = "venv";

/// A backend that is made when it is first needed.
#[derive(Clone, Copy)]
pub struct Factory {
    pub id: &'static str,
    pub make: fn() -> BackendObject,
}

/// The built-in backends, by id.
pub const BUILT_IN: &[Factory] = &[
    Factory { id: "micromamba", make: || BackendObject::new(pyve_backend_micromamba::MicromambaBackend) },
    Factory { id: "venv", make: || BackendObject::new(pyve_backend_venv::VenvBackend) },
];
