//! What the project's files require, by the choice that was made: each requirement with the place where it stands.

use std::path::Path;

use pyve_formats::requirement::Requirement;
use pyve_formats::requirements::{Entry, Origin};

use crate::wanted::Wanted;

/// One requirement and where it stands.
pub struct Required {
    pub requirement: Requirement,
    /// As it is written.
    pub text: String,
    /// `requirements.txt:3`.
    pub origin: String,
}

/// All that is required, whatever the platform. Lines that name no package are left out.
pub fn of(wanted: &Wanted, project: &Path) -> Vec<Required> {
    // A constraint says which version, not that there shall be one.
    let listed = wanted.files.iter().flat_map(|file| &file.content.entries).filter(|entry| !entry.constraint);
    let listed = listed
        .filter_map(|entry: &Entry| Some(Required::new(entry.requirement()?, &entry.written, &entry.origin, project)));
    let declared = wanted.declared().filter_map(|dependency| {
        Some(Required::new(dependency.requirement()?, &dependency.text, &dependency.origin, project))
    });
    listed.chain(declared).collect()
}

impl Required {
    fn new(requirement: Requirement, text: &str, origin: &Origin, project: &Path) -> Self {
        let file = origin.file.strip_prefix(project).unwrap_or(&origin.file).display();
        let text = text.split(';').next().unwrap_or_default().trim().to_owned();
        Self { requirement, text, origin: format!("{file}:{}", origin.line) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pyve_plugin_api::Request;
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
        write(
            "pyproject.toml",
            "[project]\nname = \"p\"\ndependencies = [\n  \"attrs>=20\",\n  \"oh no\",\n]\n\
             [project.optional-dependencies]\ndocs = [\"sphinx\"]\nall = [\"p[docs]\"]\nother = [\"unwanted\"]\n\
             [dependency-groups]\ndev = [\"ruff\"]\n",
        );
        let host = FakeHost::default().variable("MORE", "third");
        let request = Request::new(&project, "").with_setting("extras", ["all"], "--extra");
        let request = request.with_setting("groups", ["dev"], "--group");
        let found = of(&Wanted::read(&request, &host).unwrap(), &project);
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
            "pyproject.toml:8 sphinx",
            "pyproject.toml:12 ruff",
        ];
        assert_eq!(found, expected);
    }
}
