//! pyve's blocks in the start-up files of the user's shell: PATH where it logs in, the prompt where it is interactive.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use super::marked_block::{self, Position, lines};
use super::{Change, atomic, block_file};
use crate::caller::Caller;
use crate::failure::Failure;

/// A shell that pyve has words for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shell {
    Bash,
    Zsh,
    Fish,
}

/// The line with which SDKMAN's own part begins; it works only as the last thing in the file.
const SDKMAN: &[u8] = b"#THIS MUST BE AT THE END OF THE FILE FOR SDKMAN TO WORK!!!";

/// What a line for the prompt has in it.
const PROMPT: &[u8] = b"pyve shell-hook";

impl Shell {
    /// The shell that logs the user in.
    pub fn of_login(caller: &Caller) -> Option<Self> {
        let path = Path::new(caller.nonempty("SHELL")?);
        match path.file_name().and_then(OsStr::to_str)? {
            "bash" => Some(Self::Bash),
            "zsh" => Some(Self::Zsh),
            "fish" => Some(Self::Fish),
            _ => None,
        }
    }

    /// Where the shells look for start-up files, the ones that it reads at login first.
    fn candidates(self, home: &Path, caller: &Caller) -> Vec<PathBuf> {
        match self {
            Self::Bash => [".bash_profile", ".bash_login", ".profile"].map(|name| home.join(name)).to_vec(),
            Self::Zsh => vec![folder(caller, "ZDOTDIR").unwrap_or_else(|| home.to_owned()).join(".zprofile")],
            Self::Fish => vec![fish_folder(home, caller).join("pyve.fish")],
        }
    }

    /// The file that it reads at login. bash reads only the first of its three: a new
    /// `~/.bash_profile` would hide `~/.profile`, so where there is none it is the last one.
    pub fn rc_file(self, home: &Path, caller: &Caller) -> PathBuf {
        let mut candidates = self.candidates(home, caller);
        let there = candidates.iter().position(|path| std::fs::symlink_metadata(path).is_ok());
        candidates.swap_remove(there.unwrap_or(candidates.len() - 1))
    }

    /// The file that it reads where somebody types into it.
    pub fn prompt_file(self, home: &Path, caller: &Caller) -> PathBuf {
        match self {
            Self::Bash => home.join(".bashrc"),
            Self::Zsh => folder(caller, "ZDOTDIR").unwrap_or_else(|| home.to_owned()).join(".zshrc"),
            Self::Fish => fish_folder(home, caller).join("pyve_prompt.fish"),
        }
    }

    /// The line that shows the environment in the prompt.
    pub fn prompt_line(self) -> &'static str {
        match self {
            Self::Bash => "eval \"$(pyve shell-hook bash)\"",
            Self::Zsh => "eval \"$(pyve shell-hook zsh)\"",
            Self::Fish => "pyve shell-hook fish | source",
        }
    }

    /// The same where nobody knows whether pyve is still there.
    fn prompt_lines(self) -> String {
        let line = self.prompt_line();
        match self {
            Self::Fish => format!("if status is-interactive; and type -q pyve\n  {line}\nend"),
            Self::Bash | Self::Zsh => format!("if command -v pyve >/dev/null 2>&1; then\n  {line}\nfi"),
        }
    }

    /// Lines that put `$HOME/.local/bin` in front of PATH, once.
    pub fn path_lines(self) -> &'static str {
        match self {
            Self::Fish => "contains -- \"$HOME/.local/bin\" $PATH; or set -gx PATH \"$HOME/.local/bin\" $PATH",
            Self::Bash | Self::Zsh => {
                "case \":$PATH:\" in\n  *\":$HOME/.local/bin:\"*) ;;\n  *) export PATH=\"$HOME/.local/bin:$PATH\" ;;\nesac"
            }
        }
    }
}

fn folder(caller: &Caller, name: &str) -> Option<PathBuf> {
    caller.nonempty(name).map(PathBuf::from).filter(|folder| folder.is_absolute())
}

fn fish_folder(home: &Path, caller: &Caller) -> PathBuf {
    folder(caller, "XDG_CONFIG_HOME").unwrap_or_else(|| home.join(".config")).join("fish/conf.d")
}

/// Puts the PATH lines into the file.
pub fn add_path(shell: Shell, file: &Path) -> Result<Change, Failure> {
    add(file, shell.path_lines())
}

/// Puts the lines for the prompt into the file.
pub fn add_prompt(shell: Shell, file: &Path) -> Result<Change, Failure> {
    add(file, &shell.prompt_lines())
}

/// Whether a line for the prompt is in the file already, pyve's or the user's own.
pub fn has_prompt(file: &Path) -> Result<bool, Failure> {
    let text = atomic::read(file)?.unwrap_or_default();
    Ok(lines(&text).any(|(_, line)| {
        let line = line.trim_ascii();
        !line.starts_with(b"#") && line.windows(PROMPT.len()).any(|words| words == PROMPT)
    }))
}

fn add(file: &Path, lines: &str) -> Result<Change, Failure> {
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder).map_err(|error| Failure::io("create", folder, &error))?;
    }
    block_file::update(&atomic::behind_links(file)?, lines.as_bytes(), before_sdkman)
}

/// Takes pyve's block out of every start-up file that has one; the files that changed.
pub fn remove_all(home: &Path, caller: &Caller) -> Result<Vec<PathBuf>, Failure> {
    let shells = [Shell::Bash, Shell::Zsh, Shell::Fish];
    let mut changed = Vec::new();
    let files = |shell: &Shell| [shell.candidates(home, caller), vec![shell.prompt_file(home, caller)]].concat();
    for file in shells.iter().flat_map(files) {
        if file.exists() && block_file::remove(&atomic::behind_links(&file)?)? != Change::Unchanged {
            changed.push(file);
        }
    }
    Ok(changed)
}

fn before_sdkman(text: &[u8]) -> Position {
    // A block that is there already stays where it is.
    let block = marked_block::find(text).ok().flatten();
    let sdkman = lines(text).find(|(_, line)| line.trim_ascii() == SDKMAN).map(|(at, _)| at);
    match (block, sdkman) {
        (None, Some(at)) => Position::At(at),
        _ => Position::End,
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::fs;
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::process::Command;

    fn caller(set: &[(&str, &Path)]) -> Caller {
        Caller::for_test(set.iter().map(|(name, value)| ((*name).into(), value.as_os_str().to_owned())).collect())
    }

    #[test]
    fn bash_keeps_reading_what_it_read_before() {
        let home = tempfile::tempdir().unwrap();
        let file = |shell: Shell| shell.rc_file(home.path(), &caller(&[]));
        assert_eq!(file(Shell::Bash), home.path().join(".profile"));
        for name in [".profile", ".bash_login", ".bash_profile"] {
            fs::write(home.path().join(name), "").unwrap();
            assert_eq!(file(Shell::Bash), home.path().join(name));
        }
    }

    #[test]
    fn folders_of_the_users_choice_count() {
        let home = Path::new("/home/u");
        let chosen = caller(&[("ZDOTDIR", Path::new("/z")), ("XDG_CONFIG_HOME", Path::new("/x"))]);
        assert_eq!(Shell::Zsh.rc_file(home, &chosen), Path::new("/z/.zprofile"));
        assert_eq!(Shell::Zsh.rc_file(home, &caller(&[])), Path::new("/home/u/.zprofile"));
        assert_eq!(Shell::Fish.rc_file(home, &chosen), Path::new("/x/fish/conf.d/pyve.fish"));
        let odd = caller(&[("ZDOTDIR", Path::new("relative"))]);
        assert_eq!(Shell::Zsh.rc_file(home, &odd), Path::new("/home/u/.zprofile"));
    }

    #[test]
    fn the_login_shell_is_known_by_its_name() {
        let shell = |path: &str| Shell::of_login(&caller(&[("SHELL", Path::new(path))]));
        assert_eq!(shell("/usr/bin/zsh"), Some(Shell::Zsh));
        assert_eq!(shell("/opt/homebrew/bin/fish"), Some(Shell::Fish));
        assert_eq!(shell("/bin/tcsh"), None);
        assert_eq!(Shell::of_login(&caller(&[])), None);
    }

    #[test]
    fn links_and_modes_stay_and_sdkman_stays_last() {
        let home = tempfile::tempdir().unwrap();
        let real = home.path().join("dotfiles");
        let text = "alias l=ls\n\n#THIS MUST BE AT THE END OF THE FILE FOR SDKMAN TO WORK!!!\nexport SDKMAN_DIR=x";
        fs::write(&real, text).unwrap();
        fs::set_permissions(&real, fs::Permissions::from_mode(0o600)).unwrap();
        let file = home.path().join(".zprofile");
        symlink("dotfiles", &file).unwrap();
        assert_eq!(add_path(Shell::Zsh, &file).unwrap(), Change::Updated);
        assert_eq!(add_path(Shell::Zsh, &file).unwrap(), Change::Unchanged);
        let with = fs::read_to_string(&real).unwrap();
        assert!(with.starts_with("alias l=ls\n\n# >>> pyve >>>\ncase"), "{with}");
        assert!(with.ends_with(
            "# <<< pyve <<<\n#THIS MUST BE AT THE END OF THE FILE FOR SDKMAN TO WORK!!!\nexport SDKMAN_DIR=x"
        ));
        assert_eq!(fs::metadata(&real).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(remove_all(home.path(), &caller(&[])).unwrap(), [file]);
        assert_eq!(fs::read_to_string(&real).unwrap(), text);
    }

    #[test]
    fn the_prompts_lines_go_where_somebody_types() {
        let home = tempfile::tempdir().unwrap();
        for (shell, name) in
            [(Shell::Bash, ".bashrc"), (Shell::Zsh, ".zshrc"), (Shell::Fish, ".config/fish/conf.d/pyve_prompt.fish")]
        {
            let file = shell.prompt_file(home.path(), &caller(&[]));
            assert_eq!(file, home.path().join(name));
            assert!(!has_prompt(&file).unwrap());
            assert_eq!(add_prompt(shell, &file).unwrap(), Change::Created);
            assert!(has_prompt(&file).unwrap() && fs::read_to_string(&file).unwrap().contains(shell.prompt_line()));
        }
        assert_eq!(remove_all(home.path(), &caller(&[])).unwrap().len(), 3);
        let own = home.path().join(".bashrc");
        fs::write(&own, "# eval \"$(pyve shell-hook bash)\"\n").unwrap();
        assert!(!has_prompt(&own).unwrap());
        fs::write(&own, "  eval \"$(pyve shell-hook bash)\"\n").unwrap();
        assert!(has_prompt(&own).unwrap());
    }

    #[test]
    fn every_shell_puts_the_folder_on_path_once() {
        let home = tempfile::tempdir().unwrap();
        for (shell, program) in [(Shell::Bash, "bash"), (Shell::Zsh, "zsh"), (Shell::Fish, "fish")] {
            let file = shell.rc_file(home.path(), &caller(&[]));
            assert_eq!(add_path(shell, &file).unwrap(), Change::Created);
            let script = format!("source '{0}'; source '{0}'; printenv PATH", file.display());
            let mut command = Command::new(program);
            command.arg("-c").arg(script).env_clear().env("HOME", home.path()).env("PATH", "/usr/bin:/bin");
            let output = command.output().unwrap();
            let wanted = format!("{}/.local/bin:/usr/bin:/bin\n", home.path().display());
            assert_eq!(String::from_utf8_lossy(&output.stdout), wanted, "{program}: {output:?}");
        }
        assert_eq!(remove_all(home.path(), &caller(&[])).unwrap().len(), 3);
        assert!(!home.path().join(".profile").exists());
    }
}
