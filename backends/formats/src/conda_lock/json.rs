//! JSON as the two writers of conda-lock print it: what is hashed must agree in every byte.

use std::collections::BTreeMap;
use std::fmt::Write;

/// A value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Json {
    Null,
    Bool(bool),
    Number(u64),
    Text(String),
    List(Vec<Json>),
    /// In the order of the keys.
    Map(BTreeMap<String, Json>),
}

/// How it is printed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Style {
    /// As `json.dumps` of Python does by default.
    Python,
    /// As pydantic does: nothing between the parts, and letters as they are.
    Compact,
}

impl Json {
    pub fn text(text: &str) -> Self {
        Self::Text(text.to_owned())
    }

    pub fn optional(text: Option<&str>) -> Self {
        text.map_or(Self::Null, Self::text)
    }

    pub fn map<const N: usize>(entries: [(&str, Json); N]) -> Self {
        Self::Map(entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
    }

    /// `{"a": 1, "b": "\u00fc"}`.
    pub fn as_python(&self) -> String {
        self.printed(Style::Python)
    }

    /// `{"a":1,"b":"ü"}`.
    pub fn compact(&self) -> String {
        self.printed(Style::Compact)
    }

    fn printed(&self, style: Style) -> String {
        let mut out = String::new();
        self.print(style, &mut out);
        out
    }

    fn print(&self, style: Style, out: &mut String) {
        let (comma, colon) = if style == Style::Python { (", ", ": ") } else { (",", ":") };
        match self {
            Self::Null => out.push_str("null"),
            Self::Bool(yes) => out.push_str(if *yes { "true" } else { "false" }),
            Self::Number(number) => out.push_str(&number.to_string()),
            Self::Text(text) => print_text(text, style, out),
            Self::List(items) => {
                out.push('[');
                for (index, item) in items.iter().enumerate() {
                    out.push_str(if index == 0 { "" } else { comma });
                    item.print(style, out);
                }
                out.push(']');
            }
            Self::Map(entries) => {
                out.push('{');
                for (index, (key, value)) in entries.iter().enumerate() {
                    out.push_str(if index == 0 { "" } else { comma });
                    print_text(key, style, out);
                    out.push_str(colon);
                    value.print(style, out);
                }
                out.push('}');
            }
        }
    }
}

fn print_text(text: &str, style: Style, out: &mut String) {
    out.push('"');
    for letter in text.chars() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            _ if letter < ' ' || style == Style::Python && letter > '~' => {
                for unit in letter.encode_utf16(&mut [0; 2]) {
                    let _ = write!(out, "\\u{unit:04x}");
                }
            }
            _ => out.push(letter),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_print_as_their_model() {
        let value = Json::map([
            ("b", Json::List(vec![Json::Null, Json::Bool(true), Json::Number(7)])),
            ("a", Json::text("ü😀\u{1}\"\\\n")),
        ]);
        assert_eq!(value.as_python(), r#"{"a": "\u00fc\ud83d\ude00\u0001\"\\\n", "b": [null, true, 7]}"#);
        assert_eq!(value.compact(), r#"{"a":"ü😀\u0001\"\\\n","b":[null,true,7]}"#);
    }
}
