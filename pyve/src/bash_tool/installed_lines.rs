//! The lines that the bash tool's installer added to start-up files of shells.

use std::path::Path;

use crate::files::marked_block::lines;

/// Behind a line, or in version 0.5 on the line before it.
const MARK: &str = "# Added by pyve installer";

/// Around the completions of a tool that its version 2 brought along.
const COMPLETIONS: (&str, &str) =
    ("# >>> project-guide completion (added by pyve) >>>", "# <<< project-guide completion <<<");

/// The text without those lines, and how many they are; `None` where there are none. The installer put an empty line before
/// each, which goes with it.
pub fn without(text: &[u8], home: &Path) -> Option<(Vec<u8>, usize)> {
    let all: Vec<(usize, &[u8])> = lines(text).collect();
    let mut ours = vec![false; all.len()];
    let mut index = 0;
    while index < all.len() {
        let end = end_of(&all, index, home);
        ours[index..end].fill(true);
        if end > index && index > 0 && all[index - 1].1.is_empty() && !ours[index - 1] {
            ours[index - 1] = true;
        }
        index = end.max(index + 1);
    }
    let count = ours.iter().zip(&all).filter(|(ours, (_, line))| **ours && !line.is_empty()).count();
    if count == 0 {
        return None;
    }
    let mut rest = Vec::new();
    for (index, (at, _)) in all.iter().enumerate().filter(|(index, _)| !ours[*index]) {
        let end = all.get(index + 1).map_or(text.len(), |(next, _)| *next);
        rest.extend(&text[*at..end]);
    }
    Some((rest, count))
}

/// Where what the installer added at this line ends; the line itself where it added nothing.
fn end_of(all: &[(usize, &[u8])], start: usize, home: &Path) -> usize {
    let text = |index: usize| all.get(index).and_then(|(_, line)| std::str::from_utf8(line).ok()).unwrap_or_default();
    let line = text(start);
    if line == COMPLETIONS.0 {
        let close = (start..all.len()).find(|index| text(*index) == COMPLETIONS.1);
        return close.map_or(start, |close| close + 1);
    }
    if line == MARK && is_path(text(start + 1), home) {
        return start + 2;
    }
    let added = line.strip_suffix(MARK).map(str::trim_end);
    let is_ours = added.is_some_and(|added| is_path(added, home) || is_prompt(added, home));
    start + usize::from(is_ours)
}

/// Whether it puts `~/.local/bin` in front of PATH; version 0.5 wrote the paths themselves.
fn is_path(line: &str, home: &Path) -> bool {
    let folders = ["$HOME".to_owned(), home.display().to_string()];
    folders.iter().any(|home| line.starts_with(&format!("export PATH=\"{home}/.local/bin:")) && line.ends_with('"'))
}

fn is_prompt(line: &str, home: &Path) -> bool {
    line == format!("source \"{}/.local/.pyve_prompt.sh\"", home.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn left(text: &str) -> Option<(String, usize)> {
        without(text.as_bytes(), Path::new("/home/u")).map(|(rest, count)| (String::from_utf8(rest).unwrap(), count))
    }

    #[test]
    fn the_installers_lines_go_and_no_others() {
        let path = "export PATH=\"$HOME/.local/bin:$PATH\"  # Added by pyve installer\n";
        let prompt = "source \"/home/u/.local/.pyve_prompt.sh\"  # Added by pyve installer\n";
        assert_eq!(left(&format!("umask 022\n\n{path}")), Some(("umask 022\n".to_owned(), 1)));
        assert_eq!(left(&format!("a\n\n{prompt}b\n\n{path}")), Some(("a\nb\n".to_owned(), 2)));
        let old = "a\n\n# Added by pyve installer\nexport PATH=\"/home/u/.local/bin:/usr/bin:/bin\"\nb\n";
        assert_eq!(left(old), Some(("a\nb\n".to_owned(), 2)));
        let block = "a\n\n# >>> project-guide completion (added by pyve) >>>\nx\n# <<< project-guide completion <<<\nb";
        assert_eq!(left(block), Some(("a\nb".to_owned(), 3)));
        for others in [
            "export PATH=\"$HOME/.local/bin:$PATH\"\n",
            "# Added by pyve installer\nexport PATH=\"$HOME/go/bin:$PATH\"\n",
            "source ~/mine.sh  # Added by pyve installer\n",
            "# >>> project-guide completion (added by pyve) >>>\nx\n",
            "",
        ] {
            assert_eq!(left(others), None, "{others}");
        }
    }
}
