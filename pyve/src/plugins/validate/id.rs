//! Names of backends, flags and recipes: `[a-z][a-z0-9-]*`.

/// The most letters of an id.
const LENGTH: usize = 32;

/// Whether it is `[a-z][a-z0-9-]*` of at most 32 characters.
pub fn is_id(id: &str) -> bool {
    let rest = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    id.len() <= LENGTH && id.as_bytes().first().is_some_and(u8::is_ascii_lowercase) && id.bytes().all(rest)
}

/// The id that is nearest to some text.
pub fn nearest_id(text: &str) -> String {
    let plain = |letter: char| if letter.is_ascii_alphanumeric() { letter.to_ascii_lowercase() } else { '-' };
    let id: String = text.chars().map(plain).collect();
    let id: String = id.trim_matches(|letter: char| !letter.is_ascii_lowercase()).chars().take(LENGTH).collect();
    if is_id(&id) { id } else { "my-plugin".to_owned() }
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
    fn a_near_id_is_one() {
        assert_eq!(nearest_id("My Plugin"), "my-plugin");
        assert_eq!(nearest_id("42"), "my-plugin");
    }
}
