//! What a library says of itself in its file, read without opening it: which crate it is, as long as nobody ran it.

use pyve_plugin_api::abi::NOTE;

/// More bytes no crate's name and versions have.
const LIMIT: usize = 200;

/// A library's own words, none of which was verified. They hold letters, digits, `-`, `_`, `.` and `+`, and nothing else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// The crate's name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The version of the plugin API that it was built with.
    pub api_version: String,
}

/// The first note in the bytes of a library; `None` where there is none, as in one of another language.
pub fn find(library: &[u8]) -> Option<Note> {
    memchr::memmem::find_iter(library, NOTE).find_map(|at| read(&library[at + NOTE.len()..]))
}

fn read(rest: &[u8]) -> Option<Note> {
    let end = rest.iter().take(LIMIT).position(|byte| *byte == b'\n')?;
    let line = std::str::from_utf8(&rest[..end]).ok()?;
    let mut words = line.strip_prefix(' ')?.split(' ').map(|word| is_plain(word).then(|| word.to_owned()));
    let mut word = || words.next()?;
    Some(Note { name: word()?, version: word()?, api_version: word()? })
}

fn is_plain(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.+".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Option<[String; 3]> {
        find(text.as_bytes()).map(|note| [note.name, note.version, note.api_version])
    }

    #[test]
    fn the_first_whole_note_counts() {
        let fern = ["fern", "1.0.0-rc.1+7", "1.0.0"].map(str::to_owned);
        let text = format!("\x7fELF {NOTE} {NOTE}\0{NOTE} fern 1.0.0-rc.1+7 1.0.0\n{NOTE} moss 2 1.0.0\n");
        assert_eq!(found(&text), Some(fern.clone()));
        assert_eq!(found(&format!("{NOTE} fern 1.0.0-rc.1+7 1.0.0 of a later time\n")), Some(fern));
    }

    #[test]
    fn what_is_no_note_says_nothing() {
        let long = "x".repeat(LIMIT);
        let crafted =
            ["", " ", " a 1\n", " a 1 1.0.0", " a  1 1.0.0\n", " a 1\x1b[2J 1.0.0\n", " é 1 1.0.0\n", "a 1 1.0.0\n"];
        for rest in crafted.into_iter().chain([format!(" {long} 1 1.0.0\n").as_str()]) {
            assert_eq!(found(&format!("{NOTE}{rest}")), None, "{rest:?}");
        }
        assert_eq!(find(&[NOTE.as_bytes(), b" \xff 1 1.0.0\n"].concat()), None);
        assert_eq!(find(b""), None);
    }
}
