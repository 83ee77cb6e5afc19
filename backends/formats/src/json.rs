//! JSON as all of pyve reads it.

use serde::de::{DeserializeOwned, Error};

/// Reads the bytes as text, so that each type has one reader in a program, serde_json's of text: the bytes are looked at once,
/// and not string by string.
pub fn read<T: DeserializeOwned>(bytes: &[u8]) -> serde_json::Result<T> {
    serde_json::from_str(str::from_utf8(bytes).map_err(Error::custom)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_that_are_no_text_are_no_json() {
        assert_eq!(read::<Vec<String>>("[\"é\"]".as_bytes()).unwrap(), ["é"]);
        let told = |bytes: &[u8]| read::<Vec<String>>(bytes).unwrap_err().to_string();
        assert_eq!(told(b"[\"\xff\"]"), "invalid utf-8 sequence of 1 bytes from index 2");
        assert_eq!(told(b"[1]"), "invalid type: integer `1`, expected a string at line 1 column 2");
    }
}
