//! Globs of folders: `*`, `?` and `[…]` within a name, `**` for any number of folders.

/// A pattern, one part for each folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Glob(Vec<Vec<char>>);

impl Glob {
    /// Reads a pattern; `None` for one that leads out of the folder that it is read in.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim_end_matches('/');
        if text.starts_with('/') {
            return None;
        }
        let parts: Vec<&str> = text.split('/').filter(|part| !matches!(*part, "." | "")).collect();
        let inside = !parts.is_empty() && !parts.contains(&"..");
        inside.then(|| Self(parts.into_iter().map(|part| part.chars().collect()).collect()))
    }

    /// Whether it means this folder.
    pub fn fits(&self, folder: &[&str]) -> bool {
        self.steps(folder).contains(&self.0.len())
    }

    /// Whether it could mean a folder within this one.
    pub fn leads_through(&self, folder: &[&str]) -> bool {
        self.steps(folder).iter().any(|step| *step < self.0.len())
    }

    /// How many of its parts can have been used up by a folder: several numbers where `**` is among them.
    fn steps(&self, folder: &[&str]) -> Vec<usize> {
        let mut reached = self.past_any(vec![0]);
        for name in folder {
            let name: Vec<char> = name.chars().collect();
            let mut next = Vec::new();
            for step in reached {
                match self.0.get(step) {
                    Some(part) if is_any(part) => next.push(step),
                    Some(part) if name_fits(part, &name) => next.push(step + 1),
                    _ => {}
                }
            }
            reached = self.past_any(next);
        }
        reached
    }

    /// A `**` may stand for no folder at all.
    fn past_any(&self, mut steps: Vec<usize>) -> Vec<usize> {
        let mut at = 0;
        while let Some(step) = steps.get(at).copied() {
            if self.0.get(step).is_some_and(|part| is_any(part)) && !steps.contains(&(step + 1)) {
                steps.push(step + 1);
            }
            at += 1;
        }
        steps.sort_unstable();
        steps.dedup();
        steps
    }
}

fn is_any(part: &[char]) -> bool {
    part == ['*', '*']
}

/// Whether a name fits; after a `*` the last one is tried again with one letter more.
fn name_fits(pattern: &[char], name: &[char]) -> bool {
    let (mut at, mut read, mut again) = (0, 0, None);
    while read < name.len() {
        if pattern.get(at) == Some(&'*') {
            again = Some((at, read));
            at += 1;
        } else if let Some(used) = letter_fits(&pattern[at..], name[read]) {
            (at, read) = (at + used, read + 1);
        } else if let Some((star, before)) = again {
            again = Some((star, before + 1));
            (at, read) = (star + 1, before + 1);
        } else {
            return false;
        }
    }
    pattern[at..].iter().all(|left| *left == '*')
}

/// How many letters of the pattern stand for this one letter.
fn letter_fits(pattern: &[char], letter: char) -> Option<usize> {
    match pattern.first()? {
        '?' => Some(1),
        '[' => {
            // A bracket right behind the opening one stands for itself.
            let negated = pattern.get(1) == Some(&'!');
            let start = 1 + usize::from(negated);
            let end = start + 1 + pattern.get(start + 1..)?.iter().position(|other| *other == ']')?;
            (in_set(&pattern[start..end], letter) != negated).then_some(end + 1)
        }
        other => (*other == letter).then_some(1),
    }
}

fn in_set(mut set: &[char], letter: char) -> bool {
    while let Some((first, rest)) = set.split_first() {
        match rest {
            ['-', last, more @ ..] => {
                if (*first..=*last).contains(&letter) {
                    return true;
                }
                set = more;
            }
            _ => {
                if *first == letter {
                    return true;
                }
                set = rest;
            }
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fit_as_in_shells() {
        for (pattern, name, fits) in [
            ("*", "a", true),
            ("a*c", "abbc", true),
            ("a*c", "abbd", false),
            ("a*b*c", "aXbYbZc", true),
            ("?", "ab", false),
            ("[ab]x", "bx", true),
            ("[!ab]x", "bx", false),
            ("[a-c]", "b", true),
            ("[]]", "]", true),
            ("[a", "[a", false),
            ("é*", "éa", true),
            ("", "a", false),
        ] {
            let (pattern, name): (Vec<char>, Vec<char>) = (pattern.chars().collect(), name.chars().collect());
            assert_eq!(name_fits(&pattern, &name), fits, "{pattern:?} {name:?}");
        }
    }

    #[test]
    fn folders_fit_part_by_part() {
        let fits = |glob: &str, folder: &str| Glob::parse(glob).unwrap().fits(&folder.split('/').collect::<Vec<_>>());
        assert!(fits("a/*", "a/b") && !fits("a/*", "a/b/c") && !fits("a/*", "a"));
        assert!(fits("**/x", "x") && fits("**/x", "a/b/x") && fits("a/**/b/**", "a/q/b/r/s") && fits("**", "a"));
        let leads = |glob: &str, folder: &[&str]| Glob::parse(glob).unwrap().leads_through(folder);
        assert!(leads("a/b", &[]) && leads("a/b", &["a"]) && !leads("a/b", &["b"]) && !leads("a/b", &["a", "b"]));
        assert!(leads("a/**", &["a", "b", "c"]));
        for outside in ["/a", "../a", "a/../../b", "", "."] {
            assert_eq!(Glob::parse(outside), None, "{outside}");
        }
    }
}
