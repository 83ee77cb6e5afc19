//! Reading a `pylock.toml`, and refusing what could not be installed from it or would be installed wrongly.

use std::collections::BTreeMap;

use pep440_rs::Version;
use pep508_rs::{MarkerTree, PackageName};

use super::{Header, Package, Pylock, PylockError, Source};
use crate::python_name::normalized;
use crate::sha256;
use crate::toml_file::{Item, TomlFile};

/// The table in which pyve notes what it needs.
pub(super) const OWN_TABLE: &str = "tool.pyve";

/// The hashes that an installer takes, with the number of their digits (PEP 751 asks for one that is secure).
const HASHES: [(&str, usize); 3] = [("sha256", 64), ("sha384", 96), ("sha512", 128)];

pub(super) fn whole(text: &str) -> Result<Pylock, PylockError> {
    let file = TomlFile::parse(text)?;
    let header = header_of(&file)?;
    let Some(packages) = file.item("packages") else {
        return Err(wrong(1, "it has no `packages`, so it locks nothing"));
    };
    let items = packages.as_list().ok_or_else(|| packages.mistyped("packages", "an array"))?;
    let packages: Vec<Package> = items.iter().map(package).collect::<Result<_, _>>()?;
    check_once(&packages)?;
    Ok(Pylock { header, packages })
}

/// What stands in front of the packages and behind them.
pub(super) fn header(text: &str) -> Result<Option<Header>, PylockError> {
    let own = format!("\n[{OWN_TABLE}]");
    let Some(own) = text.rfind(&own) else { return Ok(None) };
    let first = text.find("\n[[packages]]").unwrap_or(own).min(own);
    // As many lines as there are between them, so that messages name the right one.
    let between = text[first..own].bytes().filter(|byte| *byte == b'\n').count();
    let file = TomlFile::parse(&format!("{}{}{}", &text[..first], "\n".repeat(between), &text[own..]))?;
    header_of(&file).map(Some)
}

fn header_of(file: &TomlFile) -> Result<Header, PylockError> {
    match file.text("lock-version")? {
        None => return Err(wrong(1, "it does not say its `lock-version`, so it is no lock file of PEP 751")),
        Some(version) if !version.text.starts_with("1.") => {
            let words = format!("lock files of version `{}` cannot be read, only those of 1.0", version.text);
            return Err(wrong(version.line, &words));
        }
        Some(_) => {}
    }
    let inputs = file.item(&format!("{OWN_TABLE}.inputs"));
    let inputs = inputs.map(|item| item.texts("tool.pyve.inputs")).transpose()?;
    let requires_python = file.text("requires-python")?.map(|written| written.text);
    Ok(Header { requires_python, inputs: inputs.map(|all| all.into_iter().map(|one| one.text).collect()) })
}

fn package(item: &Item) -> Result<Package, PylockError> {
    let text = |key: &str| item.get(key).map(|value| value.written(&format!("packages.{key}"))).transpose();
    let name = text("name")?.ok_or_else(|| wrong(item.line, "a locked package has no name"))?;
    if name.text.parse::<PackageName>().is_err() {
        return Err(wrong(name.line, &format!("`{}` is not the name of a package", name.text.escape_debug())));
    }
    let version = text("version")?;
    if let Some(version) = version.as_ref().filter(|version| version.text.parse::<Version>().is_err()) {
        let words = format!("`{}` of the locked `{}` is not a version", version.text.escape_debug(), name.text);
        return Err(wrong(version.line, &words));
    }
    let marker = text("marker")?;
    if let Some(marker) = marker.as_ref().filter(|marker| marker.text.parse::<MarkerTree>().is_err()) {
        let words = format!("the marker of the locked `{}` is not one that pip knows", name.text);
        return Err(wrong(marker.line, &words));
    }
    let version = version.map(|written| written.text);
    let source = source(item, &name.text, version.as_deref())?;
    let marker = marker.map(|written| written.text);
    Ok(Package { name: normalized(&name.text), version, marker, source, line: item.line })
}

fn source(item: &Item, name: &str, version: Option<&str>) -> Result<Source, PylockError> {
    if let Some(vcs) = item.get("vcs") {
        return repository(vcs, name);
    }
    if let Some(directory) = item.get("directory") {
        let path = required(directory, "path", name)?;
        let editable = directory.get("editable").and_then(Item::as_bool).unwrap_or_default();
        return Ok(Source::Directory { path, editable });
    }
    if let Some(archive) = item.get("archive") {
        let address = address(archive, name)?;
        return Ok(Source::Archive { address, hashes: hashes(archive, name)? });
    }
    if version.is_none() {
        return Err(wrong(item.line, &format!("the locked `{name}` has no version")));
    }
    let wheels = item.get("wheels").and_then(Item::as_list).unwrap_or_default();
    let mut all = Vec::new();
    for file in wheels.iter().chain(item.get("sdist")) {
        check_file_name(file, name)?;
        all.extend(hashes(file, name)?);
    }
    if all.is_empty() {
        return Err(wrong(item.line, &format!("the locked `{name}` has no file, so it could not be installed")));
    }
    all.sort();
    all.dedup();
    Ok(Source::Index { hashes: all })
}

fn repository(vcs: &Item, name: &str) -> Result<Source, PylockError> {
    let (kind, commit) = (required(vcs, "type", name)?, required(vcs, "commit-id", name)?);
    let address = address(vcs, name)?;
    let is_plain = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if !is_plain(&kind) || !is_plain(&commit) {
        return Err(wrong(vcs.line, &format!("the locked `{name}` names no commit of a repository")));
    }
    let inner = vcs.get("subdirectory").and_then(Item::as_text);
    let inner = inner.map(|inner| format!("#subdirectory={inner}")).unwrap_or_default();
    let address = format!("{kind}+{address}@{commit}{inner}");
    check_word(&address, vcs.line, name)?;
    Ok(Source::Vcs { address })
}

/// A URL, or a path.
fn address(item: &Item, name: &str) -> Result<String, PylockError> {
    let said = ["url", "path"].into_iter().find_map(|key| item.get(key)?.as_text());
    let said = said.ok_or_else(|| wrong(item.line, &format!("the locked `{name}` has neither `url` nor `path`")))?;
    check_word(said, item.line, name)?;
    Ok(said.to_owned())
}

fn required(item: &Item, key: &str, name: &str) -> Result<String, PylockError> {
    let missing = || wrong(item.line, &format!("the locked `{name}` has no `{key}`"));
    let text = item.get(key).and_then(Item::as_text).filter(|text| !text.is_empty()).ok_or_else(missing)?;
    Ok(text.to_owned())
}

/// It becomes a word of a file of requirements: with a space in it pip would read two.
fn check_word(text: &str, line: usize, name: &str) -> Result<(), PylockError> {
    if text.starts_with('-') || text.contains(|letter: char| letter.is_whitespace() || letter.is_control()) {
        let words = format!("`{}` of the locked `{name}` is not an address", text.escape_debug());
        return Err(wrong(line, &words));
    }
    Ok(())
}

/// The name under which a file would be saved.
fn check_file_name(file: &Item, name: &str) -> Result<(), PylockError> {
    let said = file.get("name").and_then(Item::as_text).unwrap_or_default();
    if said.contains(['/', '\\']) || said == ".." {
        let words = format!("`{}` of the locked `{name}` is not the name of a file", said.escape_debug());
        return Err(wrong(file.line, &words));
    }
    Ok(())
}

fn hashes(file: &Item, name: &str) -> Result<Vec<String>, PylockError> {
    let mut found = Vec::new();
    for (kind, digits) in HASHES {
        let Some(item) = file.get("hashes").and_then(|hashes| hashes.get(kind)) else { continue };
        let said = item.as_text().unwrap_or_default();
        let is_hash = said.len() == digits && said.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !is_hash {
            return Err(wrong(
                item.line,
                &format!("the {kind} of the locked `{name}` is none: `{}`", said.escape_debug()),
            ));
        }
        found.push(format!("{kind}:{}", sha256::parse(said).unwrap_or_else(|| said.to_ascii_lowercase())));
    }
    if found.is_empty() {
        let words = format!("the locked `{name}` has no sha256, so its download could not be verified");
        return Err(wrong(file.line, &words));
    }
    Ok(found)
}

/// Two of a name must apply in different places.
fn check_once(packages: &[Package]) -> Result<(), PylockError> {
    let mut seen: BTreeMap<&str, Vec<&Package>> = BTreeMap::new();
    for package in packages {
        let others = seen.entry(&package.name).or_default();
        let clashes =
            |other: &&Package| other.marker.is_none() || package.marker.is_none() || other.marker == package.marker;
        if let Some(other) = others.iter().copied().find(clashes) {
            let words = format!("`{}` is locked already in line {}", package.name, other.line);
            return Err(wrong(package.line, &words));
        }
        others.push(package);
    }
    Ok(())
}

fn wrong(line: usize, words: &str) -> PylockError {
    PylockError { line, words: words.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHA: &str = "366cd9cd8be14df1ab8ed50352a82111082a36686b2d389fdb79a92c3fafb3e3";

    fn refused(text: &str) -> String {
        whole(text).unwrap_err().to_string()
    }

    fn packages(more: &str) -> String {
        format!("lock-version = '1.0'\ncreated-by = 'x'\n{more}")
    }

    fn wheel() -> String {
        format!("wheels = [{{ url = 'https://h/six.whl', hashes = {{ sha256 = '{SHA}' }} }}]\n")
    }

    #[test]
    fn every_source_is_read() {
        let text = packages(&format!(
            "requires-python = '>=3.12'\n\
             [[packages]]\nname = 'Zope.Interface'\nversion = '1.0'\nmarker = \"sys_platform == 'win32'\"\n{}\
             [[packages]]\nname = 'arch'\narchive = {{ url = 'https://h/a.zip', hashes = {{ sha256 = '{}' }} }}\n\
             [[packages]]\nname = 'loc'\ndirectory = {{ path = 'loc', editable = true }}\n\
             [[packages]]\nname = 'rep'\nvcs = {{ type = 'git', url = 'https://h/r', commit-id = 'abc', subdirectory = 's' }}\n\
             [[packages]]\nname = 'sd'\nversion = '2'\n[packages.sdist]\nname = 'sd-2.tar.gz'\nhashes = {{ sha512 = '{}' }}\n\
             [tool.pyve]\ninputs = ['six']\n",
            wheel(),
            SHA.to_uppercase(),
            SHA.repeat(2)
        ));
        let lock = whole(&text).unwrap();
        let sources: Vec<&Source> = lock.packages.iter().map(|package| &package.source).collect();
        let hashes = vec![format!("sha256:{SHA}")];
        assert_eq!(
            sources,
            [
                &Source::Index { hashes: hashes.clone() },
                &Source::Archive { address: "https://h/a.zip".into(), hashes },
                &Source::Directory { path: "loc".into(), editable: true },
                &Source::Vcs { address: "git+https://h/r@abc#subdirectory=s".into() },
                &Source::Index { hashes: vec![format!("sha512:{}", SHA.repeat(2))] },
            ]
        );
        let first = &lock.packages[0];
        assert_eq!((first.name.as_str(), first.version.as_deref(), first.line), ("zope-interface", Some("1.0"), 4));
        assert_eq!(lock.named("loc").count(), 1);
        let header = super::header(&text).unwrap().unwrap();
        assert_eq!(header, lock.header);
        assert_eq!((header.requires_python.as_deref(), header.inputs), (Some(">=3.12"), Some(vec!["six".to_owned()])));
    }

    #[test]
    fn what_pyve_noted_is_read_without_the_packages() {
        let text = packages("[[packages]]\nnot toml at all\n[tool.pyve]\ninputs = [\n  'six',\n]\n");
        assert_eq!(super::header(&text).unwrap().unwrap().inputs, Some(vec!["six".to_owned()]));
        assert_eq!(super::header(&packages("[[packages]]\nname = 'a'\n")).unwrap(), None);
        let broken = packages("[[packages]]\nx = 1\n[tool.pyve]\ninputs = [\n");
        assert!(super::header(&broken).unwrap_err().line >= 6, "{:?}", super::header(&broken));
        let other = "lock-version = '2.0'\n[tool.pyve]\ninputs = []\n";
        assert_eq!(
            super::header(other).unwrap_err().to_string(),
            "line 1: lock files of version `2.0` cannot be read, only those of 1.0"
        );
    }

    #[test]
    fn what_cannot_be_installed_from_is_named_with_its_line() {
        let one = |more: &str| packages(&format!("[[packages]]\nname = 'six'\n{more}"));
        let version = "version = '1'\n";
        for (text, words) in [
            (String::new(), "line 1: it does not say its `lock-version`, so it is no lock file of PEP 751"),
            ("a = [".to_owned(), "line 1: unclosed array, expected `]`"),
            (packages(""), "line 1: it has no `packages`, so it locks nothing"),
            (packages("packages = 1\n"), "line 3: `packages` must be an array, not of the type integer"),
            (packages("[[packages]]\nversion = '1'\n"), "line 3: a locked package has no name"),
            (packages("[[packages]]\nname = '../six'\n"), "line 4: `../six` is not the name of a package"),
            (one("version = '1 --pre'\n"), "line 5: `1 --pre` of the locked `six` is not a version"),
            (
                one(&format!("{version}marker = 'x'\n")),
                "line 6: the marker of the locked `six` is not one that pip knows",
            ),
            (one(""), "line 3: the locked `six` has no version"),
            (one(version), "line 3: the locked `six` has no file, so it could not be installed"),
            (
                one(&format!("{version}wheels = [{{ url = 'u' }}]\n")),
                "line 6: the locked `six` has no sha256, so its download could not be verified",
            ),
            (
                one(&format!("{version}wheels = [{{ url = 'u', hashes = {{ md5 = '00' }} }}]\n")),
                "line 6: the locked `six` has no sha256, so its download could not be verified",
            ),
            (
                one(&format!("{version}wheels = [{{ url = 'u', hashes = {{ sha256 = '0' }} }}]\n")),
                "line 6: the sha256 of the locked `six` is none: `0`",
            ),
            (
                one(&format!("{version}wheels = [{{ name = '../../six.whl', hashes = {{ sha256 = '{SHA}' }} }}]\n")),
                "line 6: `../../six.whl` of the locked `six` is not the name of a file",
            ),
            (
                one(&format!("archive = {{ url = 'u --pre', hashes = {{ sha256 = '{SHA}' }} }}\n")),
                "line 5: `u --pre` of the locked `six` is not an address",
            ),
            (one("vcs = { type = 'git', url = 'u' }\n"), "line 5: the locked `six` has no `commit-id`"),
            (
                one("vcs = { type = 'git', url = 'u', commit-id = 'a b' }\n"),
                "line 5: the locked `six` names no commit of a repository",
            ),
            (one("directory = {}\n"), "line 5: the locked `six` has no `path`"),
            (
                one(&format!("{version}{}[[packages]]\nname = 'SIX'\n{version}{}", wheel(), wheel())),
                "line 7: `six` is locked already in line 3",
            ),
        ] {
            assert_eq!(refused(&text), words, "{text}");
        }
        let truncated = one(&format!("{version}{}", &wheel()[..40]));
        assert!(refused(&truncated).starts_with("line 6: "), "{}", refused(&truncated));
    }
}
