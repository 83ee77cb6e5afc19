//! pyve's own lines in a text of the user's, between two marks; every other byte stays.

use std::ops::Range;
use std::path::Path;

use crate::failure::Failure;

/// The line in front of the block.
pub const BEGIN: &str = "# >>> pyve >>>";
/// The line behind the block.
pub const END: &str = "# <<< pyve <<<";

/// Says that the text in front had no line ending before pyve needed one.
const UNENDED: &str = "# (pyve ended the line above; it had no line ending)";
/// Says that there was no file before.
const MADE: &str = "# pyve made this file; lines of your own outside of this block stay yours.";

/// A begin mark without an end mark: nobody can tell what is pyve's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unclosed {
    /// The line of the begin mark, from 1.
    pub line: usize,
}

impl Unclosed {
    /// The failure that names the file.
    pub fn failure(self, path: &Path) -> Failure {
        Failure::new(format!("{}:{}: the block that `{BEGIN}` opens is not closed", path.display(), self.line))
            .remedy(format!("add the line `{END}` where the block ends, or remove line {}", self.line))
    }
}

/// Where a new block goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Position {
    /// Behind everything.
    End,
    /// At this byte, the beginning of a line.
    At(usize),
}

/// The place of the first block, marks and line ending included.
pub fn find(text: &[u8]) -> Result<Option<Range<usize>>, Unclosed> {
    Ok(blocks(text)?.into_iter().next())
}

/// Whether a block says that there was no file before pyve wrote it.
pub fn is_made(text: &[u8]) -> bool {
    find(text).ok().flatten().is_some_and(|range| has_line(&text[range], MADE))
}

/// The lines of the first block, without marks and comments.
pub fn body(text: &[u8]) -> Vec<String> {
    let block = find(text).ok().flatten().map(|range| &text[range]).unwrap_or_default();
    let own = lines(block).map(|(_, line)| String::from_utf8_lossy(line).into_owned());
    own.filter(|line| !line.starts_with('#')).collect()
}

/// The text with `body` as pyve's block: in the place of the one it has, or else at `place`. `None`
/// for a text that does not exist yet.
pub fn put(text: Option<&[u8]>, body: &[u8], place: Position) -> Result<Vec<u8>, Unclosed> {
    let made = text.is_none();
    let text = text.unwrap_or_default();
    let ending = line_ending(text);
    let blocks = blocks(text)?;
    let Some((range, others)) = blocks.split_first() else {
        let at = if let Position::At(at) = place { at.min(text.len()) } else { text.len() };
        let unended = at == text.len() && !text.is_empty() && !text.ends_with(b"\n");
        let notes = [(unended, UNENDED), (made, MADE)];
        let gap = if unended { ending } else { b"" };
        return Ok([&text[..at], gap, &block(body, &notes, ending), &text[at..]].concat());
    };
    let old = &text[range.clone()];
    let notes = [(has_line(old, UNENDED), UNENDED), (has_line(old, MADE), MADE)];
    let rest = outside(text, range.end, others);
    Ok([&text[..range.start], &block(body, &notes, ending), &rest].concat())
}

/// What is left without pyve's blocks; `None` where there is none.
pub fn remove(text: &[u8]) -> Result<Option<Remainder>, Unclosed> {
    let blocks = blocks(text)?;
    let Some((range, others)) = blocks.split_first() else { return Ok(None) };
    let old = &text[range.clone()];
    let mut rest = text[..range.start].to_vec();
    if has_line(old, UNENDED) && range.end == text.len() {
        let ended = rest.strip_suffix(b"\r\n").or_else(|| rest.strip_suffix(b"\n"));
        rest = ended.unwrap_or(&rest).to_vec();
    }
    rest.extend(outside(text, range.end, others));
    Ok(Some(Remainder { made_by_pyve: has_line(old, MADE), text: rest }))
}

/// The text without pyve's block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remainder {
    pub text: Vec<u8>,
    /// Whether there was no file before pyve wrote its block.
    pub made_by_pyve: bool,
}

/// The lines of a text with the byte each begins at; line endings are left out.
pub fn lines(text: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    let mut at = 0;
    text.split_inclusive(|byte| *byte == b'\n').map(move |line| {
        let start = at;
        at += line.len();
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        (start, line.strip_suffix(b"\r").unwrap_or(line))
    })
}

/// The line ending that the text uses: that of its first line.
pub fn line_ending(text: &[u8]) -> &'static [u8] {
    match text.iter().position(|byte| *byte == b'\n') {
        Some(end) if end > 0 && text[end - 1] == b'\r' => b"\r\n",
        _ => b"\n",
    }
}

/// Every block; more than one can only have come from a merge of two versions of the file.
fn blocks(text: &[u8]) -> Result<Vec<Range<usize>>, Unclosed> {
    let is = |line: &[u8], mark: &str| line.trim_ascii_end() == mark.as_bytes();
    let mut found = Vec::new();
    let mut begin = None;
    for (number, (at, line)) in lines(text).enumerate() {
        match begin {
            // A begin mark inside of a block: the first one was never closed.
            Some((_, first)) if is(line, BEGIN) => return Err(Unclosed { line: first }),
            None if is(line, BEGIN) => begin = Some((at, number + 1)),
            Some((start, _)) if is(line, END) => {
                let end = text[at..].iter().position(|byte| *byte == b'\n');
                found.push(start..end.map_or(text.len(), |end| at + end + 1));
                begin = None;
            }
            _ => {}
        }
    }
    begin.map_or(Ok(found), |(_, line)| Err(Unclosed { line }))
}

/// The bytes from `from` on that are in none of the blocks.
fn outside(text: &[u8], mut from: usize, blocks: &[Range<usize>]) -> Vec<u8> {
    let mut rest = Vec::new();
    for block in blocks {
        rest.extend(&text[from..block.start]);
        from = block.end;
    }
    rest.extend(&text[from..]);
    rest
}

fn block(body: &[u8], notes: &[(bool, &str)], ending: &[u8]) -> Vec<u8> {
    let notes = notes.iter().filter(|(holds, _)| *holds).map(|(_, note)| note.as_bytes());
    let whole = [BEGIN.as_bytes()].into_iter().chain(notes);
    let whole = whole.chain(lines(body).map(|(_, line)| line)).chain([END.as_bytes()]);
    whole.flat_map(|line| [line, ending]).flatten().copied().collect()
}

fn has_line(block: &[u8], wanted: &str) -> bool {
    lines(block).any(|(_, line)| line == wanted.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXTS: &[&[u8]] = &[
        b"",
        b"one",
        b"one\n",
        b"one\ntwo",
        b"one\r\ntwo\r\n",
        b"one\r\ntwo",
        b"\n\n",
        b"\r\n",
        b"caf\xe9 \xff\n",
        b"\xef\xbb\xbfone\n",
        b"# <<< pyve <<<\nan end alone\n",
        b"one\n\n\n",
    ];

    #[test]
    fn taking_away_what_was_added_gives_back_every_byte() {
        for text in TEXTS {
            let with = put(Some(text), b"a\nb\n", Position::End).unwrap();
            assert!(with.starts_with(text), "{text:?}");
            let back = remove(&with).unwrap().unwrap();
            assert_eq!((back.text.as_slice(), back.made_by_pyve), (*text, false), "{text:?}");
        }
    }

    #[test]
    fn doing_it_twice_changes_nothing_and_a_new_body_replaces_the_old() {
        for text in TEXTS {
            let once = put(Some(text), b"a", Position::End).unwrap();
            assert_eq!(put(Some(&once), b"a", Position::End).unwrap(), once, "{text:?}");
            let other = put(Some(&once), b"b\nc", Position::End).unwrap();
            assert_eq!(other, put(Some(text), b"b\nc", Position::End).unwrap(), "{text:?}");
            assert_eq!(remove(&other).unwrap().unwrap().text, *text);
        }
    }

    #[test]
    fn line_endings_are_those_of_the_file() {
        let with = put(Some(b"one\r\n"), b"a\nb", Position::End).unwrap();
        assert_eq!(with, b"one\r\n# >>> pyve >>>\r\na\r\nb\r\n# <<< pyve <<<\r\n");
    }

    #[test]
    fn a_line_added_behind_a_block_is_not_glued_to_the_one_before_it() {
        let mut with = put(Some(b"one"), b"a", Position::End).unwrap();
        with.extend(b"two\n");
        assert_eq!(remove(&with).unwrap().unwrap().text, b"one\ntwo\n");
    }

    #[test]
    fn a_file_that_pyve_made_says_so() {
        let made = put(None, b"a", Position::End).unwrap();
        assert_eq!(remove(&made).unwrap().unwrap(), Remainder { text: vec![], made_by_pyve: true });
        assert_eq!(put(Some(&made), b"a", Position::End).unwrap(), made);
    }

    #[test]
    fn a_block_in_the_middle_stays_there() {
        let text = b"one\n# >>> pyve >>>\nold\n# <<< pyve <<<\ntwo\n";
        assert_eq!(put(Some(text), b"new", Position::End).unwrap(), b"one\n# >>> pyve >>>\nnew\n# <<< pyve <<<\ntwo\n");
        assert_eq!(remove(text).unwrap().unwrap().text, b"one\ntwo\n");
        let before = put(Some(b"one\ntwo\n"), b"new", Position::At(4)).unwrap();
        assert_eq!(before, b"one\n# >>> pyve >>>\nnew\n# <<< pyve <<<\ntwo\n");
    }

    #[test]
    fn a_second_block_is_taken_for_a_copy_of_the_first() {
        let one = "# >>> pyve >>>\nold\n# <<< pyve <<<\n";
        let text = format!("{one}mine\n{one}");
        let put = put(Some(text.as_bytes()), b"new", Position::End).unwrap();
        assert_eq!(put, b"# >>> pyve >>>\nnew\n# <<< pyve <<<\nmine\n");
        assert_eq!(remove(text.as_bytes()).unwrap().unwrap().text, b"mine\n");
    }

    #[test]
    fn a_block_that_is_not_closed_is_named_by_file_and_line() {
        let text = b"one\n# >>> pyve >>>\nmine?\n";
        let failure = put(Some(text), b"a", Position::End).unwrap_err().failure(Path::new("/p/.envrc"));
        assert_eq!(failure.message, "/p/.envrc:2: the block that `# >>> pyve >>>` opens is not closed");
        assert_eq!(failure.remedy.to_string(), "add the line `# <<< pyve <<<` where the block ends, or remove line 2");
        assert_eq!(remove(text).unwrap_err(), Unclosed { line: 2 });
        let twice = b"# >>> pyve >>>\n# >>> pyve >>>\n# <<< pyve <<<\n";
        assert_eq!(find(twice).unwrap_err(), Unclosed { line: 1 });
        let later = b"# >>> pyve >>>\n# <<< pyve <<<\none\n# >>> pyve >>>\n";
        assert_eq!(remove(later).unwrap_err(), Unclosed { line: 4 });
    }
}
