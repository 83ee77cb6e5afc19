//! pip's own settings, as far as its files say them: each with the file and the line.
//!
//! Which files there are, and which of them counts, is told by pip's user guide ("Configuration") and by `pip config debug`.

use std::path::{Path, PathBuf};

use pyve_formats::read::{self, Limit};
use pyve_plugin_api::Host;

/// The name of a settings file.
const FILE: &str = if cfg!(windows) { "pip.ini" } else { "pip.conf" };

/// The sections that `pip install` reads, the one that counts for more last.
const SECTIONS: [&str; 2] = ["global", "install"];

/// One setting of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    section: String,
    /// As the option is called, without its dashes: `require-virtualenv`.
    pub key: String,
    /// Lines of a longer value are joined with a space.
    pub value: String,
    pub file: PathBuf,
    /// From 1.
    pub line: usize,
}

impl Setting {
    /// `/etc/pip.conf:3`
    pub fn origin(&self) -> String {
        format!("{}:{}", self.file.display(), self.line)
    }
}

/// What all files say for `pip install`, in the order in which pip reads them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings(Vec<Setting>);

impl Settings {
    /// Reads the files that pip would read in the environment at `prefix`; a file that cannot be read says nothing, and
    /// pip itself tells why.
    pub fn read(prefix: &Path, project: &Path, host: &dyn Host) -> Self {
        let files = files(prefix, project, host);
        let texts = files.into_iter().filter_map(|file| {
            let bytes = read::bytes(&file, Limit::PROJECT).ok()??;
            Some((file, String::from_utf8_lossy(&bytes).into_owned()))
        });
        Self(texts.flat_map(|(file, text)| parse(&file, &text)).collect())
    }

    /// The setting that counts. An empty value says nothing.
    pub fn get(&self, key: &str) -> Option<&Setting> {
        let of = |section: &&str| self.0.iter().rfind(|it| it.section == **section && it.key == key);
        SECTIONS.iter().rev().filter_map(of).find(|setting| !setting.value.is_empty())
    }
}

/// The files, whether they are there or not: the machine's, the user's, the environment's, and the one that the user names.
fn files(prefix: &Path, project: &Path, host: &dyn Host) -> Vec<PathBuf> {
    let named = host.variable("PIP_CONFIG_FILE").filter(|file| !file.is_empty());
    let named = named.map(|file| project.join(file));
    // Said in so many words that no file counts.
    if named.as_deref() == Some(Path::new(if cfg!(windows) { "nul" } else { "/dev/null" })) {
        return Vec::new();
    }
    let mut files = of_machine(host);
    // One that is named stands in the place of the user's.
    if !named.as_ref().is_some_and(|file| file.exists()) {
        files.extend(of_user(host));
    }
    files.push(prefix.join(FILE));
    files.extend(named);
    files
}

fn of_machine(host: &dyn Host) -> Vec<PathBuf> {
    if cfg!(windows) {
        let data = host.variable("PROGRAMDATA").unwrap_or_else(|| "C:\\ProgramData".into());
        return vec![PathBuf::from(data).join("pip").join(FILE)];
    }
    if cfg!(target_os = "macos") {
        return vec![Path::new("/Library/Application Support/pip").join(FILE)];
    }
    let folders = host.variable("XDG_CONFIG_DIRS").filter(|folders| !folders.is_empty());
    let folders = folders.unwrap_or_else(|| "/etc/xdg".into());
    let shared = std::env::split_paths(&folders).map(|folder| folder.join("pip").join(FILE));
    shared.chain([Path::new("/etc").join(FILE)]).collect()
}

fn of_user(host: &dyn Host) -> Vec<PathBuf> {
    let folder = |name: &str| host.variable(name).filter(|folder| !folder.is_empty()).map(PathBuf::from);
    if cfg!(windows) {
        let home = folder("USERPROFILE").map(|home| home.join("pip").join(FILE));
        return home.into_iter().chain(folder("APPDATA").map(|data| data.join("pip").join(FILE))).collect();
    }
    let Some(home) = folder("HOME") else { return Vec::new() };
    let mut files = vec![home.join(".pip").join(FILE)];
    let support = home.join("Library/Application Support/pip");
    if cfg!(target_os = "macos") && support.is_dir() {
        files.push(support.join(FILE));
    } else {
        let config = folder("XDG_CONFIG_HOME").filter(|_| !cfg!(target_os = "macos"));
        files.push(config.unwrap_or_else(|| home.join(".config")).join("pip").join(FILE));
    }
    files
}

/// The settings of one file, read as Python's `RawConfigParser` does.
fn parse(file: &Path, text: &str) -> Vec<Setting> {
    let (mut settings, mut section): (Vec<Setting>, String) = (Vec::new(), String::new());
    // How far the key of the value that may go on is indented.
    let mut open: Option<usize> = None;
    for (index, line) in text.lines().enumerate() {
        let words = line.trim();
        if words.is_empty() || words.starts_with(['#', ';']) {
            continue;
        }
        let indent = line.len() - line.trim_start().len();
        if let (Some(start), Some(last)) = (open, settings.last_mut())
            && indent > start
        {
            last.value = format!("{} {words}", last.value).trim_start().to_owned();
        } else if let Some(name) = words.strip_prefix('[').and_then(|rest| rest.split(']').next()) {
            name.clone_into(&mut section);
            open = None;
        } else if let Some((key, value)) = words.split_once(['=', ':']) {
            let (key, value) = (normalized(key), value.trim().to_owned());
            settings.push(Setting { section: section.clone(), key, value, file: file.to_owned(), line: index + 1 });
            open = Some(indent);
        }
    }
    settings
}

/// pip reads `--Require_Virtualenv` as `require-virtualenv`.
fn normalized(key: &str) -> String {
    let key = key.trim().to_lowercase().replace('_', "-");
    key.strip_prefix("--").map_or(key.clone(), str::to_owned)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn read(text: &str, key: &str) -> Option<(String, usize)> {
        let settings = Settings(parse(Path::new("pip.conf"), text));
        settings.get(key).map(|setting| (setting.value.clone(), setting.line))
    }

    #[test]
    fn a_file_is_read_as_pip_reads_it() {
        let table = [
            ("[global]\nuser = true\n", "user", Some(("true", 2))),
            ("[install]\nTARGET: /t\n", "target", Some(("/t", 2))),
            ("[global]\n--require_virtualenv=1", "require-virtualenv", Some(("1", 2))),
            ("[install]\nprefix=/a\n[global]\nprefix=/b\n", "prefix", Some(("/a", 2))),
            ("[global]\nprefix=/a\n[install]\nprefix=\n", "prefix", Some(("/a", 2))),
            ("[global]\nfind-links =\n    /a\n# why\n    /b\nroot=/r\n", "find-links", Some(("/a /b", 2))),
            ("[global]\nfind-links =\n    /a\nroot=/r\n", "root", Some(("/r", 4))),
            ("[download]\nuser=true\n", "user", None),
            ("; user=true\nuser=true\n[global]\n", "user", None),
        ];
        for (text, key, expected) in table {
            assert_eq!(read(text, key), expected.map(|(value, line)| (value.to_owned(), line)), "{text:?}");
        }
    }

    #[cfg(not(target_os = "macos"))]
    #[test]
    fn of_several_files_the_last_counts() {
        use pyve_plugin_api::testing::FakeHost;
        use std::fs;

        let folder = tempfile::tempdir().unwrap();
        let top = folder.path();
        let write = |name: &str| {
            let file = top.join(name);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(&file, format!("[global]\ntarget = {name}\n")).unwrap();
            file
        };
        let host = |named: &Path| {
            let host = FakeHost::new().variable("HOME", top.join("home")).variable("XDG_CONFIG_DIRS", top.join("xdg"));
            if named.as_os_str().is_empty() { host } else { host.variable("PIP_CONFIG_FILE", named) }
        };
        let target = |named: &str| {
            let settings = Settings::read(&top.join("env"), &top.join("p"), &host(Path::new(named)));
            settings.get("target").map(|setting| setting.value.clone())
        };
        assert_eq!(target(""), None);
        for file in ["xdg/pip/pip.conf", "home/.pip/pip.conf", "home/.config/pip/pip.conf", "env/pip.conf"] {
            write(file);
            assert_eq!(target("").as_deref(), Some(file));
        }
        fs::remove_file(top.join("env/pip.conf")).unwrap();
        write("p/own.conf");
        assert_eq!(target("own.conf").as_deref(), Some("p/own.conf"));
        fs::write(top.join("p/own.conf"), "").unwrap();
        assert_eq!(target("own.conf").as_deref(), Some("xdg/pip/pip.conf"), "the user's is not read beside it");
        assert_eq!(target("none.conf").as_deref(), Some("home/.config/pip/pip.conf"));
        assert_eq!(target("/dev/null"), None);
    }
}
