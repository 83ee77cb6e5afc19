//! What the project's files require: `requirements.txt` and `[project.dependencies]`, by PEP 508.

use std::path::Path;

use pyve_formats::Written;
use pyve_formats::pyproject::{self, Pyproject};
use pyve_formats::read::ReadError;
use pyve_formats::requirement::Requirement;
use pyve_formats::requirements::{self, Entry, Origin};
use pyve_plugin_api::Host;

/// One requirement and where it stands.
pub struct Required {
    pub requirement: Requirement,
    /// As it is written.
    pub text: String,
    /// `requirements.txt:3`.
    pub origin: String,
}

/// All that the project's files require, whatever the platform. Lines that name no package are left out.
pub fn of(project: &Path, host: &dyn Host) -> Result<Vec<Required>, ReadError> {
    let variable = |name: &str| host.variable(name)?.into_string().ok();
    let listed = requirements::read(&project.join("requirements.txt"), &variable)?.unwrap_or_default();
    // A constraint says which version, not that there shall be one.
    let entries = listed.entries.iter().filter(|entry| !entry.constraint);
    let mut found: Vec<Required> = entries.filter_map(|entry| required(entry, project)).collect();
    found.extend(declared(project));
    Ok(found)
}

fn required(entry: &Entry, project: &Path) -> Option<Required> {
    let Origin { file, line } = &entry.origin;
    let shown = file.strip_prefix(project).unwrap_or(file).display();
    Some(Required::new(entry.requirement()?, &entry.written, format!("{shown}:{line}")))
}

impl Required {
    fn new(requirement: Requirement, text: &str, origin: String) -> Self {
        Self { requirement, text: text.split(';').next().unwrap_or_default().trim().to_owned(), origin }
    }
}

/// The dependencies that `pyproject.toml` declares; that it can be read at all is another check's.
fn declared(project: &Path) -> Vec<Required> {
    let file = Pyproject::read(project).ok().flatten();
    let dependencies = file.and_then(|file| file.dependencies().ok()).unwrap_or_default();
    let required = |Written { text, line }: Written| {
        Some(Required::new(Requirement::parse(&text)?, &text, format!("{}:{line}", pyproject::NAME)))
    };
    dependencies.into_iter().filter_map(required).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use pyve_plugin_api::testing::FakeHost;
    use std::fs;

    #[test]
    fn both_files_are_read_with_their_lines() {
        let folder = tempfile::tempdir().unwrap();
        let project = folder.path().join("project");
        fs::create_dir(&project).unwrap();
        let write = |name: &str, text: &str| fs::write(project.join(name), text).unwrap();
        write(
            "requirements.txt",
            "# all\n--index-url https://x\n-r more.txt\n-r ../outside.txt\nsix==1.16 \\\n  --hash=sha256:00\n\n\
             requests[socks] >= 2 # why\n-e .\n./local\ncolorama; sys_platform == 'win32'\n-c pins.txt\n\
             ./w/tiny-1.0-py3-none-any.whl\nsecret @ https://${MORE}@h/secret.whl\n-r ${MORE}.txt\n",
        );
        write("more.txt", "-r requirements.txt\nidna\n");
        write("third.txt", "third\n");
        write("pins.txt", "pinned==1\n");
        write("../outside.txt", "outside\n");
        write("pyproject.toml", "[project]\nname = \"p\"\ndependencies = [\n  \"attrs>=20\",\n  \"oh no\",\n]\n");
        let host = FakeHost::default().variable("MORE", "third");
        let found = of(&project, &host).unwrap();
        let found: Vec<String> = found.iter().map(|it| format!("{} {}", it.origin, it.text)).collect();
        let expected = [
            "more.txt:2 idna",
            "../outside.txt:1 outside",
            "requirements.txt:5 six==1.16",
            "requirements.txt:8 requests[socks] >= 2",
            "requirements.txt:11 colorama",
            "requirements.txt:13 ./w/tiny-1.0-py3-none-any.whl",
            "requirements.txt:14 secret @ https://${MORE}@h/secret.whl",
            "third.txt:1 third",
            "pyproject.toml:4 attrs>=20",
        ];
        assert_eq!(found, expected);
    }
}
