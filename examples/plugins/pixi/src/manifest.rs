//! The manifest: `pixi.toml`, the table `[tool.pixi]` of `pyproject.toml`, or `mojoproject.toml`.

use std::path::{Path, PathBuf};

use pyve_formats::Written;
use pyve_formats::read::{self, Limit};
use pyve_formats::toml_file::{Item, TomlFile};
use pyve_plugin_api::{Command, DeclaredEnvironment, Error, Request, Result};

/// The files that may be one, in the order in which pixi looks for them.
pub const FILES: [&str; 3] = ["pixi.toml", "pyproject.toml", "mojoproject.toml"];

/// Where pixi's part of `pyproject.toml` is.
const TABLE: &str = "tool.pixi";

/// The environment that every manifest has.
pub const DEFAULT: &str = "default";

/// The manifest of a project, with the line of everything in it.
pub struct Manifest {
    pub path: PathBuf,
    pub file: &'static str,
    toml: TomlFile,
}

/// One key of a table, and its value.
pub type Entry = (Written, Item);

impl Manifest {
    /// The one that pixi takes: `pyproject.toml` counts only with its table.
    pub fn of(request: &Request) -> Result<Self> {
        let project = request.project();
        let found = FILES.into_iter().find(|file| match *file {
            "pyproject.toml" => has_table(&project),
            file => project.join(file).is_file(),
        });
        let Some(file) = found else {
            let message =
                format!("`{}` has neither `pixi.toml` nor `[tool.pixi]` in `pyproject.toml`", project.display());
            return Err(Error::new(message).remedy(&Command::new("pixi").arg("init")));
        };
        let path = project.join(file);
        let read = TomlFile::read(&path).map_err(|error| Error::new(error.to_string()).hint(error.hint()))?;
        Ok(Self { path, file, toml: read.unwrap_or_default() })
    }

    /// The value at a path of pixi's own: `environments`, `workspace.name`.
    pub fn item(&self, path: &str) -> Option<&Item> {
        self.toml.item(&self.full(path))
    }

    /// The entries of a table, in the order of the file; none where there is no such table. `""` is the whole manifest.
    pub fn entries(&self, path: &str) -> Vec<&Entry> {
        self.toml.entries(&self.full(path)).unwrap_or_default()
    }

    fn full(&self, path: &str) -> String {
        let prefix = if self.file == "pyproject.toml" { TABLE } else { "" };
        [prefix, path].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(".")
    }

    /// The text of a key of `[workspace]`, which was called `[project]` before.
    pub fn workspace(&self, key: &str) -> Option<Written> {
        let text = |table: &str| self.toml.text(&self.full(&format!("{table}.{key}"))).ok().flatten();
        text("workspace").or_else(|| text("project"))
    }

    /// What pixi calls the project: by its name, or that of the standard table, or of the folder.
    pub fn name(&self, request: &Request) -> String {
        let standard = || self.toml.text("project.name").ok().flatten().filter(|_| self.file == "pyproject.toml");
        let folder = || request.project().file_name().map(|name| name.to_string_lossy().into_owned());
        let said = self.workspace("name").or_else(standard).map(|name| name.text);
        said.or_else(folder).unwrap_or_else(|| "workspace".to_owned())
    }

    /// Whether `pyproject.toml` has a standard table, whose dependencies pixi installs as well.
    pub fn standard_table(&self) -> Option<usize> {
        self.toml.line("project").filter(|_| self.file == "pyproject.toml")
    }

    /// The environments, `default` first where the file does not name it; with the features of each.
    pub fn environments(&self) -> Vec<DeclaredEnvironment> {
        let declared = |(name, value): &&Entry| {
            let declared = DeclaredEnvironment::new(&name.text, self.file);
            let declared = declared.line(u32::try_from(name.line).unwrap_or_default());
            let features = features(value).join(", ");
            let summary = if features.is_empty() { String::new() } else { format!("features: {features}") };
            DeclaredEnvironment { summary: summary.into(), ..declared }
        };
        let entries = self.entries("environments");
        let default = entries.iter().all(|(name, _)| name.text != DEFAULT);
        let default = default.then(|| DeclaredEnvironment::new(DEFAULT, self.file));
        default.into_iter().chain(entries.iter().map(declared)).collect()
    }
}

/// The features that an entry of `[environments]` names: the value itself, or its key `features`.
pub fn features(value: &Item) -> Vec<&str> {
    let listed = value.as_list().or_else(|| value.get("features")?.as_list());
    listed.unwrap_or_default().iter().filter_map(Item::as_text).collect()
}

/// Whether `pyproject.toml` has a `[tool.pixi]` table.
fn has_table(project: &Path) -> bool {
    let text = read::text(project.join("pyproject.toml"), Limit::PROJECT).ok().flatten().unwrap_or_default();
    TomlFile::parse(&text).is_ok_and(|file| file.item(TABLE).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(project: &Path) -> Vec<String> {
        let manifest = Manifest::of(&Request::new(project, "/home/.pyve")).unwrap();
        let told = |it: &DeclaredEnvironment| format!("{} {}:{} {}", it.name, it.file.display(), it.line, it.summary);
        manifest.environments().iter().map(|it| told(it).trim_end().to_owned()).collect()
    }

    #[test]
    fn it_is_the_first_that_is_pixis() {
        let root = tempfile::tempdir().unwrap();
        let request = Request::new(root.path(), "/home/.pyve");
        let write = |file: &str, text: &str| std::fs::write(root.path().join(file), text).unwrap();
        let file = || Manifest::of(&request).map(|manifest| manifest.file);
        write("pyproject.toml", "[project]\nname = \"standard\"\n");
        let error = file().unwrap_err();
        assert_eq!(error.remedy.to_string(), "run `pixi init`");
        assert!(error.message.ends_with("has neither `pixi.toml` nor `[tool.pixi]` in `pyproject.toml`"), "{error}");
        write("mojoproject.toml", "[workspace]\n");
        assert_eq!(file().unwrap(), "mojoproject.toml");
        write("pyproject.toml", "[project]\nname = \"standard\"\n[tool.pixi.workspace]\nchannels = []\n");
        let manifest = Manifest::of(&request).unwrap();
        assert_eq!((manifest.file, manifest.name(&request).as_str()), ("pyproject.toml", "standard"));
        write("pixi.toml", "[project]\nname = \"old\"\n");
        let manifest = Manifest::of(&request).unwrap();
        assert_eq!((manifest.file, manifest.name(&request).as_str()), ("pixi.toml", "old"));
        write("pixi.toml", "[");
        assert!(file().unwrap_err().message.contains("pixi.toml:1 cannot be read: "));
    }

    #[test]
    fn it_declares_environments() {
        let root = tempfile::tempdir().unwrap();
        let table = "[tool.pixi.environments]\ntest = [\"test\", \"ci\"]\ndefault = {features = []}\n";
        std::fs::write(root.path().join("pyproject.toml"), table).unwrap();
        assert_eq!(told(root.path()), ["test pyproject.toml:2 features: test, ci", "default pyproject.toml:3"]);
        let environments = "[workspace]\n[environments]\nlint = {features = [\"lint\"], no-default-feature = true}\n";
        std::fs::write(root.path().join("pixi.toml"), environments).unwrap();
        assert_eq!(told(root.path()), ["default pixi.toml:0", "lint pixi.toml:3 features: lint"]);
    }
}
