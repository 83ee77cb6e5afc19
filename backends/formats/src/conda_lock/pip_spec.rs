//! A line of a `pip:` list as conda-lock takes it.

use std::path::Path;

use super::dependency::{Dependency, Manager, Wanted};
use crate::python_name::normalized;

/// `None` for a line that conda-lock does not take. Paths are looked for in `folder`.
pub(super) fn parse(line: &str, category: &str, folder: &Path) -> Option<Dependency> {
    let (wanted, markers) = match line.rsplit_once(';') {
        Some((wanted, markers)) => (wanted.trim(), Some(markers.trim().to_owned())),
        None => (line, None),
    };
    let (wanted, hash) = match wanted.matches(" --hash=").count() {
        0 => (wanted, None),
        1 => wanted.split_once(" --hash=").map(|(wanted, hash)| (wanted, Some(hash.to_owned())))?,
        _ => return None,
    };
    let is_address = ["git+", "https://", "ssh://"].iter().any(|scheme| wanted.starts_with(scheme));
    let named = if is_address { format!("{} @ {wanted}", name_of_address(wanted)) } else { wanted.to_owned() };
    let (name, extras, rest) = head(named.trim())?;
    let plain = Dependency { markers, ..Dependency::new(Manager::Pip, &normalized(name), category) };
    Some(match rest.strip_prefix('@').map(str::trim) {
        Some(url) if url.is_empty() || url.contains(char::is_whitespace) => return None,
        Some(url) if url.starts_with("git+") => Dependency { wanted: git(url)?, ..plain },
        Some(url) if url.starts_with("https://") || url.starts_with("ssh://") => {
            let (url, fragment) = url.split_once('#').unwrap_or((url, ""));
            let wanted = Wanted::Url { url: url.to_owned(), hash: fragment.replace('=', ":") };
            Dependency { wanted, extras, ..plain }
        }
        Some(place) => Dependency { wanted: path(place, folder), extras, ..plain },
        None => {
            let version = versions(rest)?;
            let wanted = Wanted::Version { version, build: None, channel: None, hash };
            Dependency { wanted, extras, ..plain }
        }
    })
}

/// What stands last in an address without a name before it.
fn name_of_address(address: &str) -> &str {
    let last = address.rsplit('/').next().unwrap_or_default();
    let name = last.split('@').next().unwrap_or_default();
    name.strip_suffix(".git").unwrap_or(name)
}

/// The name, the extras in order, and what is left.
fn head(text: &str) -> Option<(&str, Vec<String>, &str)> {
    let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || "-_.".contains(c))).unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    let is_edge = |letter: Option<char>| letter.is_some_and(|letter| letter.is_ascii_alphanumeric());
    if !is_edge(name.chars().next()) || !is_edge(name.chars().last()) {
        return None;
    }
    let rest = rest.trim_start();
    let Some(inside) = rest.strip_prefix('[') else { return Some((name, Vec::new(), rest)) };
    let (inside, rest) = inside.split_once(']')?;
    let mut extras: Vec<String> = inside.split(',').map(|extra| extra.trim().to_owned()).collect();
    extras.retain(|extra| !extra.is_empty());
    extras.sort();
    extras.dedup();
    Some((name, extras, rest.trim_start()))
}

/// `>= 1, <2`, sorted as texts and without spaces; `*` for any.
fn versions(text: &str) -> Option<String> {
    let text = text.strip_prefix('(').map_or(Some(text), |inside| inside.strip_suffix(')'))?;
    let mut parts = Vec::new();
    for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
        let at = part.find(|c| !"<>=!~".contains(c))?;
        let (operator, version) = (&part[..at], part[at..].trim());
        if !["==", "===", "!=", "<=", ">=", "<", ">", "~="].contains(&operator) || version.contains(char::is_whitespace)
        {
            return None;
        }
        let operator = if operator == "===" { "==" } else { operator };
        parts.push(format!("{operator}{version}"));
    }
    parts.sort();
    parts.dedup();
    Some(if parts.is_empty() { "*".to_owned() } else { parts.join(",") })
}

fn git(url: &str) -> Option<Wanted> {
    let url = url.strip_suffix(".git").unwrap_or(url);
    let url = url.strip_prefix("git+").unwrap_or(url);
    let (source, rev) = match url.matches('@').count() {
        0 => (url, None),
        // The first of two belongs to the user's name.
        1 | 2 => url.rsplit_once('@').map(|(source, rev)| (source, Some(rev)))?,
        _ => return None,
    };
    let (rev, subdirectory) = match rev.and_then(|rev| rev.split_once("#subdirectory=")) {
        Some((rev, subdirectory)) => (Some(rev), Some(subdirectory.to_owned())),
        None => (rev, None),
    };
    Some(Wanted::Git { source: source.to_owned(), rev: rev.map(str::to_owned), subdirectory })
}

fn path(place: &str, folder: &Path) -> Wanted {
    let place = place.strip_prefix("file://").unwrap_or(place);
    let is_directory = folder.join(place).is_dir();
    let root = if place.starts_with('/') { "/" } else { "" };
    let parts: Vec<&str> = place.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    Wanted::Path { path: format!("{root}{}", parts.join("/")), is_directory }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(line: &str) -> String {
        let Some(found) = parse(line, "main", Path::new("/nowhere")) else { return "none".to_owned() };
        let extras = found.extras.join("+");
        format!("{} [{extras}] {:?} {}", found.name, found.wanted, found.markers.unwrap_or_default())
            .replace("version: ", "")
            .replace("build: None, channel: None, ", "")
    }

    #[test]
    fn each_kind_of_line_is_read() {
        for (line, found) in [
            ("Zope.Interface", r#"zope-interface [] Version { "*", hash: None } "#),
            (
                "a[z, b] >= 1 , <2; sys_platform == 'linux'",
                r#"a [b+z] Version { "<2,>=1", hash: None } sys_platform == 'linux'"#,
            ),
            ("a (~=1.4,===2)", r#"a [] Version { "==2,~=1.4", hash: None } "#),
            ("a ==1 --hash=sha256:00", r#"a [] Version { "==1", hash: Some("sha256:00") } "#),
            ("a @ https://h/a-1.zip#sha256=00", r#"a [] Url { url: "https://h/a-1.zip", hash: "sha256:00" } "#),
            (
                "git+https://h/o/My_Lib.git@v1#subdirectory=src",
                r#"my-lib [] Git { source: "https://h/o/My_Lib.git", rev: Some("v1"), subdirectory: Some("src") } "#,
            ),
            ("a @ file:///x/./y", r#"a [] Path { path: "/x/y", is_directory: false } "#),
        ] {
            assert_eq!(told(line), found, "{line}");
        }
        for line in ["-r more.txt", "./here", "a 1", "a>=1 <2", "a @ ", "", "a==1 --hash=x --hash=y"] {
            assert_eq!(told(line), "none", "{line}");
        }
    }
}
