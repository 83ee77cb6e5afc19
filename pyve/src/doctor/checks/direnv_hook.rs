//! Whether the user's shell calls direnv: its start-up files name it, or direnv is at work already.

use std::path::PathBuf;

use crate::doctor::check::Check;
use crate::doctor::context::Context;
use crate::files::atomic;

const SUBJECT: &str = "direnv";

/// A shell, the files that it reads at its start (the first is where a line goes), and the line.
struct Shell {
    files: Vec<PathBuf>,
    line: &'static str,
}

/// `None` where nobody can tell which shell it is.
pub fn check(context: &Context) -> Option<Check> {
    let (ok, id) = ("pyve.direnv-hook", "pyve.direnv-not-hooked");
    if context.session.caller.variable("DIRENV_DIR").is_some() {
        return Some(Check::ok(ok, SUBJECT, "at work in this shell"));
    }
    let shell = shell(context)?;
    let names_it = |file: &PathBuf| {
        atomic::read(file).is_ok_and(|text| text.is_some_and(|text| memchr::memmem::find(&text, b"direnv").is_some()))
    };
    if let Some(file) = shell.files.iter().find(|file| names_it(file)) {
        return Some(Check::ok(ok, SUBJECT, format!("started by {}", file.display())));
    }
    let file = shell.files.first()?.display();
    let detail = format!("{file}: it does not start direnv, so nothing happens where the project is entered");
    Some(Check::warning(id, SUBJECT, detail).hint(format!("add to {file}: {}", shell.line)))
}

fn shell(context: &Context) -> Option<Shell> {
    let caller = &context.session.caller;
    let name = PathBuf::from(caller.nonempty("SHELL")?).file_stem()?.to_str()?.to_owned();
    let home = context.home.as_ref()?;
    let in_folder = |folder: &PathBuf, names: &[&str]| names.iter().map(|name| folder.join(name)).collect::<Vec<_>>();
    Some(match name.as_str() {
        "bash" => Shell {
            files: in_folder(home, &[".bashrc", ".bash_profile", ".profile"]),
            line: "eval \"$(direnv hook bash)\"",
        },
        "zsh" => {
            let folder = caller.nonempty("ZDOTDIR").map_or_else(|| home.clone(), PathBuf::from);
            Shell {
                files: in_folder(&folder, &[".zshrc", ".zprofile", ".zshenv"]),
                line: "eval \"$(direnv hook zsh)\"",
            }
        }
        "fish" => {
            let config = caller.nonempty("XDG_CONFIG_HOME").map_or_else(|| home.join(".config"), PathBuf::from);
            let folder = config.join("fish");
            let parts = std::fs::read_dir(folder.join("conf.d")).into_iter().flatten().flatten();
            let files = [folder.join("config.fish")].into_iter().chain(parts.map(|entry| entry.path())).collect();
            Shell { files, line: "direnv hook fish | source" }
        }
        _ => return None,
    })
}
