//! Names of backends, flags and recipes: `[a-z][a-z0-9-]*`.

use crate::registry::LONGEST_ID;
pub use crate::registry::is_id;

/// The id that is nearest to some text.
pub fn nearest_id(text: &str) -> String {
    let plain = |letter: char| if letter.is_ascii_alphanumeric() { letter.to_ascii_lowercase() } else { '-' };
    let id: String = text.chars().map(plain).collect();
    let id: String = id.trim_matches(|letter: char| !letter.is_ascii_lowercase()).chars().take(LONGEST_ID).collect();
    if is_id(&id) { id } else { "my-plugin".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_near_id_is_one() {
        assert_eq!(nearest_id("My Plugin"), "my-plugin");
        assert_eq!(nearest_id("42"), "my-plugin");
    }
}
