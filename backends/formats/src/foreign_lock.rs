//! Lock files of other tools: which there are, and what installs from them.

use std::path::Path;

use crate::read;

/// A lock file that another tool keeps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForeignLock {
    /// Relative to the project.
    pub file: String,
    /// The tool whose file it is.
    pub tool: &'static str,
    /// What installs from it, as a command to type.
    pub command: String,
}

/// The files that have a name of their own, with their tools, and what installs from them.
const NAMED: [(&str, &str, &str); 6] = [
    ("uv.lock", "uv", "uv sync"),
    ("poetry.lock", "Poetry", "poetry install"),
    ("pdm.lock", "PDM", "pdm sync"),
    ("Pipfile.lock", "Pipenv", "pipenv sync"),
    ("pixi.lock", "pixi", "pixi install"),
    ("conda-lock.yml", "conda-lock", "pyve init --backend micromamba"),
];

/// The line that a list of conda packages by their addresses begins with, behind comments.
const EXPLICIT: &str = "@EXPLICIT";

/// So much of a file is read to find that line.
const START: usize = 4096;

/// Those that lie in the project's root.
pub fn in_project(project: &Path) -> Vec<ForeignLock> {
    let named = NAMED.iter().filter(|(file, ..)| project.join(file).is_file());
    let mut found: Vec<ForeignLock> = named
        .map(|(file, tool, command)| ForeignLock { file: (*file).to_owned(), tool, command: (*command).to_owned() })
        .collect();
    let entries = project.read_dir().into_iter().flatten().flatten();
    let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
    let mut lists: Vec<String> = names.filter(|name| name.ends_with(".txt") || name.ends_with(".lock")).collect();
    lists.retain(|name| is_explicit(&project.join(name)));
    lists.sort();
    found.extend(lists.into_iter().map(|file| {
        let command = format!("micromamba create -p .pyve/envs/explicit -f {file}");
        ForeignLock { file, tool: "conda", command }
    }));
    found
}

/// Whether the file is a list of conda packages by their addresses.
pub fn is_explicit(path: &Path) -> bool {
    let Ok(Some(start)) = read::start(path, START) else { return false };
    let text = String::from_utf8_lossy(&start);
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.next() == Some(EXPLICIT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_named_with_what_installs_from_it() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
        for (file, ..) in NAMED {
            write(file, "");
        }
        write("linux.lock", "# platform: linux-64\n\n@EXPLICIT\nhttps://h/x.conda\n");
        write("requirements.txt", "six\n@EXPLICIT\n");
        std::fs::create_dir(folder.path().join("dir.txt")).unwrap();
        let told: Vec<String> = in_project(folder.path())
            .into_iter()
            .map(|it| format!("{} {}: {}", it.file, it.tool, it.command))
            .collect();
        assert_eq!(
            told,
            [
                "uv.lock uv: uv sync",
                "poetry.lock Poetry: poetry install",
                "pdm.lock PDM: pdm sync",
                "Pipfile.lock Pipenv: pipenv sync",
                "pixi.lock pixi: pixi install",
                "conda-lock.yml conda-lock: pyve init --backend micromamba",
                "linux.lock conda: micromamba create -p .pyve/envs/explicit -f linux.lock",
            ]
        );
        assert!(in_project(&folder.path().join("none")).is_empty());
    }
}
