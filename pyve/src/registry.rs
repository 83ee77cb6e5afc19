//! The backends that are compiled in. The only place where the host names one.

use pyve_plugin_api::abi::BackendObject;
use pyve_plugin_api::{Description, Result};

/// The backend of a project that asks for none.
pub const DEFAULT: &str = "venv";

/// One that a project can ask for instead: the example of the help.
pub const ANOTHER: &str = "micromamba";

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

/// What the built-in backends say of themselves, by id.
pub fn descriptions() -> Result<Vec<Description>> {
    BUILT_IN.iter().map(|factory| (factory.make)().describe()).collect()
}

/// The most letters of an id.
pub const LONGEST_ID: usize = 32;

/// Whether a backend may have that id: `[a-z][a-z0-9-]*` of at most 32 characters.
pub fn is_id(id: &str) -> bool {
    let rest = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    id.len() <= LONGEST_ID && id.as_bytes().first().is_some_and(u8::is_ascii_lowercase) && id.bytes().all(rest)
}

/// The built-in backend of that id.
pub fn find(id: &str) -> Option<&'static Factory> {
    BUILT_IN.iter().find(|factory| factory.id == id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_plain() {
        for (id, good) in [("acme", true), ("a-2", true), ("", false), ("2a", false), ("Acme", false), ("a/b", false)] {
            assert_eq!(is_id(id), good, "{id:?}");
        }
        assert!(!is_id(&"a".repeat(33)));
    }

    #[test]
    fn backends_are_registered_under_the_ids_they_give_themselves() {
        let described: Vec<String> =
            descriptions().unwrap().iter().map(|description| description.id.to_string()).collect();
        let registered: Vec<&str> = BUILT_IN.iter().map(|factory| factory.id).collect();
        assert_eq!(described, registered);
        assert!(registered.is_sorted());
        assert!(find(DEFAULT).is_some() && find(ANOTHER).is_some());
    }
}
