//! The note in a library's file: which crate it is, to be read without opening the library.

/// The version of this crate, by which the host and a library know whether they can understand each other.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// What the note begins with that [`export_backend!`](crate::export_backend) leaves in a library's file.
///
/// A line of words follows it, each behind a space: the name of the library's crate, its version, and the [`VERSION`] that it was
/// built with. Words behind these are for later versions. It is what the library says of itself before anything of it was run,
/// and no more than that.
pub const NOTE: &str = "pyve-plugin-note 1";

/// The words of a crate's note.
const fn words<'a>(name: &'a str, version: &'a str) -> [&'a str; 4] {
    [NOTE, name, version, VERSION]
}

/// How many bytes a crate's note has: each word with the space or the line feed behind it.
#[doc(hidden)]
pub const fn note_size(name: &str, version: &str) -> usize {
    let words = words(name, version);
    words[0].len() + words[1].len() + words[2].len() + words[3].len() + words.len()
}

/// A crate's note, of [`note_size`] bytes.
#[doc(hidden)]
pub const fn note<const SIZE: usize>(name: &str, version: &str) -> [u8; SIZE] {
    let mut note = [b' '; SIZE];
    let words = words(name, version);
    let (mut at, mut index) = (0, 0);
    while index < words.len() {
        let word = words[index].as_bytes();
        let mut letter = 0;
        while letter < word.len() {
            note[at + letter] = word[letter];
            letter += 1;
        }
        at += word.len() + 1;
        index += 1;
    }
    note[SIZE - 1] = b'\n';
    note
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_a_line_of_words() {
        const SIZE: usize = note_size("pyve-fern", "0.1.0");
        let expected = format!("pyve-plugin-note 1 pyve-fern 0.1.0 {VERSION}\n");
        assert_eq!(note::<SIZE>("pyve-fern", "0.1.0"), expected.as_bytes());
    }
}
