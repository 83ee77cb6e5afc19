//! Where a dependency comes from that is not taken from an index, as the tables of Poetry, Pipenv and uv name it.

use std::path::{Component, Path, PathBuf};

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use crate::toml_file::Item;

/// What has a meaning of its own in an address, or in a line of requirements.
const RESERVED: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'#').add(b'%').add(b'<').add(b'>').add(b'?').add(b';');

/// The address of the repository that a table names, as Poetry's, Pipenv's and uv's do: `git+https://h/x.git@main#subdirectory=a`;
/// `None` for a table that names none.
///
/// # Errors
///
/// Half a sentence why there is no address.
pub fn git(table: &Item) -> Result<Option<String>, String> {
    let Some(place) = table.get("git") else { return Ok(None) };
    let place = place.as_text().ok_or("`git` is not a text")?;
    let revision = ["rev", "tag", "branch", "ref"].iter().find_map(|key| table.get(key)?.as_text());
    let part = table.get("subdirectory").and_then(Item::as_text);
    let strange = |text: &str| text.contains(|letter: char| letter.is_whitespace() || "#;".contains(letter));
    if let Some(strange) = [Some(place), revision, part].into_iter().flatten().find(|text| strange(text)) {
        return Err(format!("`{strange}` cannot stand in an address"));
    }
    let address = match place.split_once("://") {
        Some(_) if place.starts_with("git+") => place.to_owned(),
        Some(_) => format!("git+{place}"),
        // As `git clone` takes it: `git@host:path`.
        None => match place.split_once(':').filter(|(host, _)| host.contains('@') && !host.contains('/')) {
            Some((host, path)) => format!("git+ssh://{host}/{}", path.trim_start_matches('/')),
            None => return Err(format!("`{place}` is not the address of a repository")),
        },
    };
    let revision = revision.map(|revision| format!("@{revision}")).unwrap_or_default();
    let part = part.map(|part| format!("#subdirectory={part}")).unwrap_or_default();
    Ok(Some(address + &revision + &part))
}

/// The address of a file or folder, which a path below `project` is not.
pub(super) fn file(path: &str, project: &Path) -> String {
    let mut whole = PathBuf::new();
    for part in project.join(path).components() {
        match part {
            Component::ParentDir => {
                whole.pop();
            }
            Component::CurDir => {}
            other => whole.push(other),
        }
    }
    let text = whole.to_string_lossy().replace('\\', "/");
    format!("file://{}{}", if text.starts_with('/') { "" } else { "/" }, utf8_percent_encode(&text, RESERVED))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::toml_file::TomlFile;

    #[test]
    fn repositories_have_addresses() {
        let told = |text: &str| git(TomlFile::parse(&format!("x = {{{text}}}")).unwrap().item("x").unwrap());
        for (table, address) in [
            ("git = 'https://h/x.git'", "git+https://h/x.git"),
            ("git = 'https://h/x', branch = 'a/b'", "git+https://h/x@a/b"),
            ("git = 'git@h:me/x.git', tag = '1'", "git+ssh://git@h/me/x.git@1"),
            ("git = 'ssh://git@h/x', ref = '00', subdirectory = 'a'", "git+ssh://git@h/x@00#subdirectory=a"),
        ] {
            assert_eq!(told(table), Ok(Some(address.to_owned())));
        }
        assert_eq!(told("version = '1'"), Ok(None));
        assert_eq!(told("git = 'x'").unwrap_err(), "`x` is not the address of a repository");
        assert_eq!(told("git = 'https://h/x', rev = 'a b'").unwrap_err(), "`a b` cannot stand in an address");
    }

    #[cfg(unix)]
    #[test]
    fn a_path_has_an_address_too() {
        assert_eq!(file("../lib a", Path::new("/p/app")), "file:///p/lib%20a");
        assert_eq!(file("./é;x", Path::new("/p")), "file:///p/%C3%A9%3Bx");
    }
}
