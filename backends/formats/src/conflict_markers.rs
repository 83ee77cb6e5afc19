//! What git leaves in a file where a merge, a rebase, a cherry-pick or a stash could not decide: both sides, between marks.
//!
//! Followed is what `git merge-file` writes in each of its styles: `merge`, `diff3` and `zdiff3`.

use std::fmt;

/// So many letters a mark of git has where no attribute of the file says otherwise; within a base there may be longer ones.
const LENGTH: usize = 7;

/// Both versions of a file, each whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sides {
    /// What stands above the separators: of a merge the branch that is checked out, of a rebase the one that is rebased on.
    pub ours: String,
    /// What stands below them.
    pub theirs: String,
    /// The lines at which conflicts begin, from 1.
    pub lines: Vec<usize>,
}

/// A mark without those that belong to it: somebody resolved a conflict half.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Incomplete {
    /// The line of the mark, from 1.
    pub line: usize,
}

impl fmt::Display for Incomplete {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: a mark of a merge conflict without the others of it", self.line)
    }
}

impl std::error::Error for Incomplete {}

/// The line of the first mark, from 1; `None` where there is none.
pub fn first(text: &str) -> Option<usize> {
    // Few files have one, and each of them one of these.
    if !text.contains("<<<<<<<") && !text.contains(">>>>>>>") {
        return None;
    }
    text.lines().position(|line| matches!(Mark::of(line), Some(Mark::Ours | Mark::End))).map(|index| index + 1)
}

/// Both sides; `None` where there is no conflict.
pub fn sides(text: &str) -> Result<Option<Sides>, Incomplete> {
    if first(text).is_none() {
        return Ok(None);
    }
    let (mut ours, mut theirs, mut lines) = (String::new(), String::new(), Vec::new());
    let (mut part, mut opened) = (Part::Both, 0);
    for (index, line) in text.split_inclusive('\n').enumerate() {
        let number = index + 1;
        part = match (part, Mark::of(line)) {
            (Part::Both, Some(Mark::Ours)) => {
                lines.push(number);
                opened = number;
                Part::Ours
            }
            (Part::Ours, Some(Mark::Base)) => Part::Base,
            (Part::Ours | Part::Base, Some(Mark::Separator)) => Part::Theirs,
            (Part::Theirs, Some(Mark::End)) => Part::Both,
            // Such a line alone may be a heading's underline.
            (Part::Both, None | Some(Mark::Separator | Mark::Base)) => {
                ours.push_str(line);
                theirs.push_str(line);
                part
            }
            (Part::Ours, None) => {
                ours.push_str(line);
                part
            }
            (Part::Theirs, None) => {
                theirs.push_str(line);
                part
            }
            (Part::Base, None) => part,
            (_, Some(_)) => return Err(Incomplete { line: number }),
        };
    }
    match part {
        Part::Both => Ok(Some(Sides { ours, theirs, lines })),
        _ => Err(Incomplete { line: opened }),
    }
}

/// Where a line stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Both,
    Ours,
    Base,
    Theirs,
}

/// What a line marks.
enum Mark {
    Ours,
    Base,
    Separator,
    End,
}

impl Mark {
    fn of(line: &str) -> Option<Self> {
        let line = line.trim_end_matches(['\n', '\r']);
        let letter = line.chars().next()?;
        let rest = line.strip_prefix(&letter.to_string().repeat(LENGTH))?;
        // A label stands behind a space; a longer mark is none of this file's own.
        let is_mark = rest.is_empty() || rest.starts_with(' ');
        match letter {
            '<' if is_mark => Some(Self::Ours),
            '|' if is_mark => Some(Self::Base),
            '=' if is_mark => Some(Self::Separator),
            '>' if is_mark => Some(Self::End),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn both(text: &str) -> (String, String, Vec<usize>) {
        let sides = sides(text).unwrap().unwrap();
        (sides.ours, sides.theirs, sides.lines)
    }

    #[test]
    fn each_style_gives_both_sides_whole() {
        let merge = "a\n<<<<<<< HEAD\nb 1\n=======\nb 2\n>>>>>>> feature\nc\n";
        let diff3 = "a\n<<<<<<< HEAD\nb 1\n||||||| 0123abc\nb 0\n=======\nb 2\n>>>>>>> feature\nc\n";
        let stash = "a\n<<<<<<< Updated upstream\nb 1\n=======\nb 2\n>>>>>>> Stashed changes\nc\n";
        let bare = "a\n<<<<<<<\nb 1\n=======\nb 2\n>>>>>>>\nc\n";
        // The base of a base, as criss-cross merges have it.
        let nested = "a\n<<<<<<< HEAD\nb 1\n||||||| merged\n<<<<<<<<< x\nb 3\n=========\nb 4\n>>>>>>>>> y\n=======\nb 2\n>>>>>>> f\nc\n";
        for text in [merge, diff3, stash, bare, nested] {
            assert_eq!(both(text), ("a\nb 1\nc\n".to_owned(), "a\nb 2\nc\n".to_owned(), vec![2]), "{text}");
            assert_eq!(first(text), Some(2));
        }
        let windows = merge.replace('\n', "\r\n");
        assert_eq!(both(&windows).0, "a\r\nb 1\r\nc\r\n");
        let twice = format!("{merge}{merge}");
        assert_eq!(both(&twice).2, [2, 9]);
        // One side has nothing, and the file ends without a line break.
        assert_eq!(both("<<<<<<< a\n=======\nx\n>>>>>>> b"), (String::new(), "x\n".to_owned(), vec![1]));
    }

    #[test]
    fn other_lines_are_no_marks() {
        for text in
            ["", "a\n=======\nb\n", "Title\n=======\n||||||| x\n", "<<<<<<<<< x\n", "x <<<<<<< y\n", "<<<<<<<x\n"]
        {
            assert_eq!((sides(text), first(text)), (Ok(None), None), "{text}");
        }
    }

    #[test]
    fn one_that_was_resolved_half_is_named_by_its_line() {
        for (text, line) in [
            ("a\n<<<<<<< x\nb\n", 2),
            ("a\n<<<<<<< x\nb\n=======\nc\n", 2),
            ("a\nb\n>>>>>>> x\n", 3),
            ("<<<<<<< x\na\n>>>>>>> y\n", 3),
            ("<<<<<<< x\n<<<<<<< y\n", 2),
            ("<<<<<<< x\n=======\n=======\n>>>>>>> y\n", 3),
        ] {
            assert_eq!(sides(text), Err(Incomplete { line }), "{text}");
            assert!(first(text).is_some());
        }
        let told = Incomplete { line: 4 }.to_string();
        assert_eq!(told, "line 4: a mark of a merge conflict without the others of it");
    }
}
