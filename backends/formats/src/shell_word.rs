//! The words of a shell script that are literal: what Python's `shlex.quote`, distlib and uv write, and the values of a `.env`.

/// The word that a text begins with, and what follows it; `None` where the shell would have to compute it.
pub fn literal(text: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    let mut word = Vec::new();
    let mut rest = text;
    while let Some(&start) = rest.first() {
        match start {
            b' ' | b'\t' | b'\r' | b'\n' => break,
            b'$' | b'`' | b'(' => return None,
            b'\'' | b'"' => {
                let inner = &rest[1..];
                // A folder with a `$` in its name is pasted in as it is; a computed text begins with a command.
                if start == b'"' && inner.starts_with(b"$(") {
                    return None;
                }
                let end = inner.iter().position(|byte| *byte == start)?;
                word.extend_from_slice(&inner[..end]);
                rest = &inner[end + 1..];
            }
            b'\\' => {
                word.push(*rest.get(1)?);
                rest = &rest[2..];
            }
            _ => {
                word.push(start);
                rest = &rest[1..];
            }
        }
    }
    Some((word, rest))
}

/// A value as a shell, direnv and pyve read it from a `.env`; a quote as Python's `shlex.quote` writes it.
pub fn quoted(value: &str) -> String {
    let is_plain =
        !value.is_empty() && value.chars().all(|letter| letter.is_ascii_alphanumeric() || "_-./:@%+,".contains(letter));
    if is_plain { value.to_owned() } else { format!("'{}'", value.replace('\'', "'\"'\"'")) }
}

#[cfg(test)]
mod tests {
    fn literal(text: &str) -> Option<(String, String)> {
        let (word, rest) = super::literal(text.as_bytes())?;
        Some((String::from_utf8(word).unwrap(), String::from_utf8_lossy(rest).into_owned()))
    }

    #[test]
    fn every_way_to_quote_is_read() {
        let some = |word: &str, rest: &str| Some((word.to_owned(), rest.to_owned()));
        assert_eq!(literal("/p/bin/python \"$0\""), some("/p/bin/python", " \"$0\""));
        assert_eq!(literal("\"/my p/$x\" \"$0\""), some("/my p/$x", " \"$0\""));
        assert_eq!(literal("'/it'\"'\"'s/python'"), some("/it's/python", ""));
        for computed in ["$(cd x; pwd)", "\"$(cd -- x)\"/'python'", "'never closed", "a`b`"] {
            assert_eq!(literal(computed), None, "{computed}");
        }
    }

    #[test]
    fn a_value_is_one_word() {
        assert_eq!(super::quoted("a/b:1"), "a/b:1");
        for value in ["", "a b", "it's", "$x"] {
            assert_eq!(literal(&super::quoted(value)).map(|(word, _)| word).as_deref(), Some(value));
        }
    }
}
