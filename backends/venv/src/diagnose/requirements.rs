//! What the project's files require: `requirements.txt` and `[project.dependencies]`, by PEP 508.

use std::collections::BTreeSet;
use std::path::Path;

use pyve_formats::read::{self, Limit, ReadError};
use pyve_formats::requirements::included;
use toml::Spanned;

use super::requirement::Requirement;

/// One requirement and where it stands.
pub struct Required {
    pub requirement: Requirement,
    /// As it is written.
    pub text: String,
    /// `requirements.txt:3`.
    pub origin: String,
}

/// All that the project's files require, whatever the platform. Lines that only pip understands are left out.
pub fn of(project: &Path) -> Result<Vec<Required>, ReadError> {
    let mut found = Vec::new();
    let (mut next, mut seen) = (vec!["requirements.txt".to_owned()], BTreeSet::new());
    while let Some(file) = next.pop() {
        if seen.insert(file.clone()) {
            listed(project, &file, &mut next, &mut found)?;
        }
    }
    found.extend(declared(project));
    Ok(found)
}

/// The lines of a file of requirements; those that it includes within the project come `next`.
fn listed(project: &Path, file: &str, next: &mut Vec<String>, found: &mut Vec<Required>) -> Result<(), ReadError> {
    let Some(bytes) = read::bytes(project.join(file), Limit::PROJECT)? else { return Ok(()) };
    let text = String::from_utf8_lossy(&bytes);
    let mut lines = text.lines().enumerate();
    while let Some((number, line)) = lines.next() {
        let mut line = line.to_owned();
        while let Some(start) = line.strip_suffix('\\') {
            line = format!("{start}{}", lines.next().map(|(_, next)| next).unwrap_or_default());
        }
        let line = line.split(" #").next().unwrap_or_default().trim();
        if let Some(included) = included(line).filter(|_| !is_constraint(line)) {
            let included = Path::new(file).with_file_name(included);
            let inside = !included.is_absolute() && !included.components().any(|part| part.as_os_str() == "..");
            next.extend(included.to_str().filter(|_| inside).map(str::to_owned));
            continue;
        }
        if line.is_empty() || line.starts_with(['#', '-']) {
            continue;
        }
        // Options of a line, such as hashes, come after it.
        let text = line.split(" --").next().unwrap_or_default().trim();
        found.extend(parsed(text, format!("{file}:{}", number + 1)));
    }
    Ok(())
}

/// A constraint says which version, not that there shall be one.
fn is_constraint(line: &str) -> bool {
    line.starts_with("-c") || line.starts_with("--constraint")
}

#[derive(serde::Deserialize)]
struct Document {
    project: Option<Project>,
}

#[derive(serde::Deserialize)]
struct Project {
    #[serde(default)]
    dependencies: Vec<Spanned<String>>,
}

/// The dependencies that `pyproject.toml` declares; that it can be read at all is another check's.
fn declared(project: &Path) -> Vec<Required> {
    let bytes = read::bytes(project.join("pyproject.toml"), Limit::PROJECT).ok().flatten().unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    let document: Option<Document> = toml::from_str(&text).ok();
    let dependencies = document.and_then(|document| document.project).map(|project| project.dependencies);
    let line = |offset: usize| text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1;
    let parse = |written: Spanned<String>| {
        let origin = format!("pyproject.toml:{}", line(written.span().start));
        parsed(&written.into_inner(), origin)
    };
    dependencies.unwrap_or_default().into_iter().filter_map(parse).collect()
}

fn parsed(text: &str, origin: String) -> Option<Required> {
    let requirement = Requirement::read(text)?;
    let text = text.split(';').next().unwrap_or_default().trim().to_owned();
    Some(Required { requirement, text, origin })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn both_files_are_read_with_their_lines() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
        write(
            "requirements.txt",
            "# all\n--index-url https://x\n-r more.txt\n-r ../outside.txt\nsix==1.16 \\\n  --hash=sha256:00\n\n\
             requests[socks] >= 2 # why\n-e .\n./local\ncolorama; sys_platform == 'win32'\n",
        );
        write("more.txt", "-r requirements.txt\nidna\n");
        write("pyproject.toml", "[project]\nname = \"p\"\ndependencies = [\n  \"attrs>=20\",\n  \"oh no\",\n]\n");
        let found: Vec<String> =
            of(folder.path()).unwrap().iter().map(|it| format!("{} {}", it.origin, it.text)).collect();
        let once = ["requirements.txt:5 six==1.16", "requirements.txt:8 requests[socks] >= 2"];
        for line in
            once.iter().chain(&["more.txt:2 idna", "requirements.txt:11 colorama", "pyproject.toml:4 attrs>=20"])
        {
            assert!(found.iter().any(|it| it == line), "{line} in {found:#?}");
        }
        assert!(!found.iter().any(|it| it.contains("local") || it.contains("oh no") || it.contains("outside")));
    }
}
