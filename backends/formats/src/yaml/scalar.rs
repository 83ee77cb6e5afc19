//! Texts as they are written in YAML.

use std::fmt::Write;

/// Writes a text so that every reader of YAML 1.1 and 1.2 takes it for that text: plain where nothing else can be meant.
///
/// ```
/// use pyve_formats::yaml::scalar;
/// assert_eq!((scalar("linux-64"), scalar("3.10")), ("linux-64".to_owned(), "'3.10'".to_owned()));
/// ```
pub fn scalar(text: &str) -> String {
    const WORDS: [&str; 10] = ["y", "n", "yes", "no", "on", "off", "true", "false", "null", "~"];
    let is_plain = text.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '_' | '/'))
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "_-./+:@~=%$".contains(c))
        && !text.ends_with(':')
        && !WORDS.contains(&text.to_ascii_lowercase().as_str());
    if is_plain {
        return text.to_owned();
    }
    if text.chars().all(|c| matches!(c, ' '..='~')) {
        return format!("'{}'", text.replace('\'', "''"));
    }
    let mut quoted = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' | '\\' => quoted.extend(['\\', letter]),
            ' '..='~' => quoted.push(letter),
            _ => {
                let _ = write!(quoted, "\\U{:08X}", u32::from(letter));
            }
        }
    }
    quoted + "\""
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml;

    #[test]
    fn texts_that_yaml_takes_for_something_else_are_quoted() {
        for (text, written) in [
            ("linux-64", "linux-64"),
            ("1.10", "'1.10'"),
            ("No", "'No'"),
            ("it's", "'it''s'"),
            ("a: b", "'a: b'"),
            ("a:", "'a:'"),
            ("", "''"),
            ("~x", "'~x'"),
            ("2024-01-01", "'2024-01-01'"),
            ("a\tb", "\"a\\U00000009b\""),
        ] {
            assert_eq!(scalar(text), written);
            let read = yaml::parse(&format!("k: {written}\n")).unwrap().root.unwrap();
            assert_eq!(read.get("k").unwrap().text(), Some(text));
        }
    }
}
