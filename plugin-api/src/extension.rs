//! Room to grow: a JSON object beside fields whose layout is frozen.

use abi_stable::StableAbi;
use abi_stable::std_types::RString;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

/// Named JSON values that a later API 1, or the backend itself, keeps beside the fields of a struct.
///
/// What version 1.0 of the contract defines is a field of its own. A key that a later minor version defines is set and read by a
/// method of the struct that has it, and a side that does not know the key passes it over. A backend may keep facts of its
/// own in the extensions of a [`Tool`](crate::Tool) and a [`Creation`](crate::Creation), which pyve records and gives back
/// ([`Recorded`](crate::Recorded)); such a key is the backend's id.
///
/// ```
/// use pyve_plugin_api::Extension;
/// let extension = Extension::new().with("fern", &["frond", "spore"]);
/// assert_eq!(extension.get::<Vec<String>>("fern").unwrap(), ["frond", "spore"]);
/// assert_eq!(extension.get::<u32>("moss"), None);
/// ```
#[repr(transparent)]
#[derive(StableAbi, Clone, Default, PartialEq, Eq)]
pub struct Extension {
    json: RString,
}

impl Extension {
    /// Nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether nothing is in it.
    pub fn is_empty(&self) -> bool {
        self.json.is_empty()
    }

    /// The value of `key`; `None` where there is none, or one of another type.
    pub fn get<T: DeserializeOwned>(&self, key: &str) -> Option<T> {
        if self.is_empty() {
            return None;
        }
        // Read as all else is, from text: of each type there is one reader less in the program.
        serde_json::from_str(&serde_json::to_string(self.object().get(key)?).ok()?).ok()
    }

    /// Sets `key`; what cannot be said in JSON (a map whose keys are no texts) leaves it as it was.
    pub fn set<T: Serialize + ?Sized>(&mut self, key: &str, value: &T) {
        if let Ok(Ok(value)) = serde_json::to_string(value).map(|text| serde_json::from_str(&text)) {
            let mut object = self.object();
            object.insert(key.to_owned(), value);
            *self = Self::of(object);
        }
    }

    /// The same with `key` set.
    pub fn with<T: Serialize + ?Sized>(mut self, key: &str, value: &T) -> Self {
        self.set(key, value);
        self
    }

    fn of(object: Map<String, Value>) -> Self {
        let json = if object.is_empty() { RString::new() } else { Value::Object(object).to_string().into() };
        Self { json }
    }

    /// Text that is no object counts as nothing.
    fn object(&self) -> Map<String, Value> {
        serde_json::from_str(&self.json).unwrap_or_default()
    }
}

impl std::fmt::Debug for Extension {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.is_empty() { "{}" } else { &self.json })
    }
}

impl Serialize for Extension {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.object().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Extension {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Map::deserialize(deserializer).map(Self::of)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_key_leaves_the_others() {
        let mut extension = Extension::new().with("a", "x").with("b", &1);
        extension.set("a", "y");
        assert_eq!((extension.get::<String>("a").as_deref(), extension.get::<u32>("b")), (Some("y"), Some(1)));
        assert_eq!(extension.get::<u32>("a"), None, "another type");
    }

    #[test]
    fn in_json_it_is_an_object() {
        let extension = Extension::new().with("a", &[1, 2]);
        assert_eq!(serde_json::to_string(&extension).unwrap(), r#"{"a":[1,2]}"#);
        assert_eq!(serde_json::from_str::<Extension>(r#"{"a": [1, 2]}"#).unwrap(), extension);
        assert!(serde_json::from_str::<Extension>("{}").unwrap().is_empty());
    }
}
