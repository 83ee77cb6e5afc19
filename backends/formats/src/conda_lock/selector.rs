//! Selectors in comments (`- cuda  # [linux]`), which conda-lock follows and micromamba does not.

/// The lines that count on `platform`, as a text of as many lines: the others, and lines that are nothing but comment, are empty.
pub fn lines_for(text: &str, platform: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    for line in text.lines() {
        let is_comment = line.trim_start().starts_with('#');
        if !is_comment && selector(line).is_none_or(|selector| selects(selector, platform)) {
            kept.push_str(line);
        }
        kept.push('\n');
    }
    kept
}

/// Whether a line of the text has a selector in its comment.
pub fn is_used(text: &str) -> bool {
    text.lines().any(|line| !line.trim_start().starts_with('#') && selector(line).is_some())
}

/// The last text in square brackets of a line's comment, where no round bracket follows it.
fn selector(line: &str) -> Option<&str> {
    let begin = line.char_indices().skip(1).find(|(_, letter)| *letter == '#').map(|(at, _)| at + 1)?;
    let comment = &line[begin..];
    comment.rmatch_indices('[').find_map(|(at, _)| {
        let (inside, rest) = comment[at + 1..].split_once(']')?;
        let is_selector = !inside.is_empty() && !inside.contains('[') && !rest.contains(['(', ')']);
        is_selector.then_some(inside)
    })
}

/// Of a platform that conda-lock does not know, the selectors are formed as for those that it knows.
fn selects(selector: &str, platform: &str) -> bool {
    let (system, machine) = platform.split_once('-').unwrap_or((platform, ""));
    match selector {
        "unix" => system != "win",
        "linux64" | "osx64" | "win64" => platform.replace('-', "") == selector,
        _ => selector == system || selector == machine && !matches!(machine, "64" | "32"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_stay_where_they_are() {
        let text =
            "a: 1\r\n  # [win]\n- b  # [linux]\n- c # [win]\n- d # note [osx] (see [unix])\n- e  # x [osx] y [arm64]\n";
        assert_eq!(lines_for(text, "linux-64"), "a: 1\n\n- b  # [linux]\n\n- d # note [osx] (see [unix])\n\n");
        assert_eq!(lines_for("- e  # x [osx] y [arm64]\n", "osx-arm64"), "- e  # x [osx] y [arm64]\n");
        assert!(is_used(text) && !is_used("# [linux]\n- a[version=1]\n- b # [] [a [b\n"));
    }

    #[test]
    fn names_are_those_of_conda_build() {
        let meant = |platform| {
            let all = ["unix", "linux", "osx", "win", "linux64", "osx64", "win64", "aarch64", "arm64", "64", "py3"];
            all.into_iter().filter(|selector| selects(selector, platform)).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(
            ["linux-64", "linux-aarch64", "osx-64", "osx-arm64", "win-64"].map(meant),
            ["unix linux linux64", "unix linux aarch64", "unix osx osx64", "unix osx arm64", "win win64"]
        );
    }
}
