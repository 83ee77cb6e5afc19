//! Which program is run, and what is said where none is.

use super::*;
use pyve_plugin_api::Remedy;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

struct Fixture {
    folder: tempfile::TempDir,
    inside: Inside,
    launch: Launch,
}

impl Fixture {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (own, other) = (folder.path().join("own"), folder.path().join("other"));
        fs::create_dir(&own).unwrap();
        fs::create_dir(&other).unwrap();
        Self {
            folder,
            inside: Inside { variables: Vec::new(), own: vec![own], others: vec![other], relay: None },
            launch: Launch::new(),
        }
    }

    fn file(&self, path: &str, content: &str, mode: u32) -> PathBuf {
        let path = self.folder.path().join(path);
        fs::write(&path, content).unwrap();
        fs::set_permissions(&path, PermissionsExt::from_mode(mode)).unwrap();
        path
    }

    fn resolve(&self, command: &str) -> Result<PathBuf, Failure> {
        let interpreter = Path::new("/p/.venv/bin/python3.11");
        let home = Home { shown: ".venv", interpreter, launch: &self.launch };
        resolve(OsStr::new(command), &self.inside, &home)
    }

    /// Code, message, details and hint.
    fn refused(&self, command: &str) -> String {
        let failure = self.resolve(command).unwrap_err();
        let mut lines = vec![failure.code.to_string(), failure.message];
        lines.extend(failure.details);
        lines.push(failure.remedy.to_string());
        lines.join("\n").replace(&self.folder.path().display().to_string(), "")
    }
}

#[test]
fn the_environment_comes_before_path() {
    let place = Fixture::new();
    let other = place.file("other/tool", "", 0o755);
    assert_eq!(place.resolve("tool").unwrap(), other);
    let own = place.file("own/tool", "", 0o755);
    assert_eq!(place.resolve("tool").unwrap(), own);
}

#[test]
fn a_command_with_a_slash_is_a_path() {
    let place = Fixture::new();
    let path = place.file("own/tool", "", 0o755);
    assert_eq!(place.resolve(path.to_str().unwrap()).unwrap(), path);
    let missing = place.folder.path().join("gone");
    assert_eq!(
        place.refused(missing.to_str().unwrap()),
        "127\ncould not find `/gone`\ncheck the path; a relative one begins at the directory you are in"
    );
}

#[test]
fn a_dead_script_of_the_environment_hides_the_one_on_path() {
    let place = Fixture::new();
    place.file("other/tool", "", 0o755);
    place.file("own/tool", "#!/old/.venv/bin/python\n", 0o755);
    assert_eq!(
        place.refused("tool"),
        "126\ncould not execute `/own/tool`: its interpreter does not exist\n\
         its first line names `/old/.venv/bin/python`, which does not exist\n\
         the environment at .venv was created elsewhere, or what it was created from was removed\n\
         recreate the environment: `pyve init --force`"
    );
}

#[test]
fn a_dead_script_on_path_is_not_the_environments_fault() {
    let place = Fixture::new();
    place.file("other/tool", "#!/usr/bin/env no-such-interpreter\n", 0o755);
    assert_eq!(
        place.refused("tool"),
        "126\ncould not execute `/other/tool`: its interpreter does not exist\n\
         its first line names `no-such-interpreter`, which does not exist\n\
         fix the first line of the script, or install what it asks for"
    );
}

#[test]
fn a_link_to_a_removed_interpreter_hides_the_one_on_path() {
    let place = Fixture::new();
    place.file("other/python", "", 0o755);
    symlink("/gone/python3.11", place.folder.path().join("own/python")).unwrap();
    assert_eq!(
        place.refused("python"),
        "126\nbroken symbolic link: `/own/python`\n\
         its target `/gone/python3.11` does not exist\n\
         recreate the environment: `pyve init --force`"
    );
}

#[test]
fn a_file_that_is_not_executable_is_named() {
    let place = Fixture::new();
    place.file("other/activate", "", 0o755);
    place.file("own/activate", "", 0o644);
    let expected = "126\ncould not execute `/own/activate`\nit is not marked as executable\n\
         start it with its interpreter (`pyve run python FILE`), or mark it with `chmod +x`";
    assert_eq!(place.refused("activate"), expected);
    place.file("other/data", "", 0o644);
    assert_eq!(place.refused("data"), expected.replace("/own/activate", "/other/data"));
    let own = place.folder.path().join("own");
    assert_eq!(
        place.refused(own.to_str().unwrap()),
        "126\ncould not execute `/own`\nit is a directory\nname a program"
    );
}

#[test]
fn a_folder_of_that_name_is_passed_over() {
    let place = Fixture::new();
    fs::create_dir(place.folder.path().join("own/tool")).unwrap();
    let other = place.file("other/tool", "", 0o755);
    assert_eq!(place.resolve("tool").unwrap(), other);
}

#[test]
fn another_python_is_never_taken_for_the_environments() {
    let place = Fixture::new();
    place.file("own/python3.11", "", 0o755);
    place.file("other/python3.9", "", 0o755);
    assert_eq!(
        place.refused("python3.9"),
        "127\nthe environment at .venv has no python3.9\n\
         its interpreter is /p/.venv/bin/python3.11; a Python outside of it is not used unless you write its path\n\
         run `pyve run python`, or recreate the environment: `pyve init --force`"
    );
    let home = Home { shown: ".pyve/envs/r", interpreter: Path::new(""), launch: &place.launch };
    let failure = resolve(OsStr::new("python"), &place.inside, &home).unwrap_err();
    assert_eq!(failure.message, "the environment at .pyve/envs/r has no python");
    assert_eq!(failure.details, ["a Python outside of it is not used unless you write its path"]);
    assert_eq!(
        failure.remedy.to_string(),
        "add python to what the environment is created from, then update it: `pyve init --update`"
    );
    assert_eq!(failure.code, 127);
    let config = place.file("other/python3-config", "", 0o755);
    assert_eq!(place.resolve("python3-config").unwrap(), config);
}

#[test]
fn what_is_nowhere_is_said_with_the_nearest_spelling() {
    let place = Fixture::new();
    place.file("own/pytest", "", 0o755);
    assert_eq!(
        place.refused("pytset"),
        "127\ncommand not found: pytset\nit is neither in the environment at .venv nor on PATH\ndid you mean `pytest`?"
    );
    let far = "it is neither in the environment at .venv nor on PATH\n\
         check the spelling; if a package brings it, add that package to the project and install it: `pyve init --install-deps`";
    assert_eq!(place.refused("black"), format!("127\ncommand not found: black\n{far}"));
    assert_eq!(place.refused(""), format!("127\ncommand not found: ''\n{far}"));
}

#[test]
fn what_belongs_to_an_environment_is_its_own_or_nothing() {
    let mut place = Fixture::new();
    let other = place.file("other/moss", "", 0o755);
    assert_eq!(place.resolve("moss").unwrap(), other);
    place.launch = Launch::new()
        .own_command(OwnCommand::new("moss", Remedy::text("add moss to moss.toml")))
        .own_command(OwnCommand::new("fern", Remedy::none()));
    assert_eq!(
        place.refused("moss"),
        "127\nthe environment at .venv has no moss\n\
         a moss outside of it acts on another environment; it is not used unless you write its path\n\
         add moss to moss.toml"
    );
    assert!(place.refused("fern").ends_with("\nadd fern to what the environment is created from"));
    assert_eq!(place.resolve(other.to_str().unwrap()).unwrap(), other, "by its path it is meant");
    let own = place.file("own/moss", "", 0o755);
    assert_eq!(place.resolve("moss").unwrap(), own);
}

#[test]
fn the_backend_says_how_a_missing_command_comes_in() {
    let mut place = Fixture::new();
    place.launch = Launch::new().missing(Remedy::text("add its package to moss.toml"));
    assert!(place.refused("nosuch").ends_with("\nadd its package to moss.toml"));
}
