//! The shells: how each is told what to do, and what it evaluates once.

mod bash;
mod cmd;
mod fish;
mod nushell;
mod posix;
mod powershell;
mod shell;
mod zsh;

pub use shell::Shell;

/// Every shell, in the order of the help.
pub const ALL: [&dyn Shell; 6] =
    [&bash::BASH, &zsh::ZSH, &fish::Fish, &powershell::PowerShell, &nushell::Nushell, &cmd::Cmd];

/// The names of all shells.
pub fn names() -> [&'static str; ALL.len()] {
    ALL.map(Shell::name)
}

/// The shell of that name.
pub fn find(name: &str) -> Option<&'static dyn Shell> {
    ALL.into_iter().find(|shell| shell.name() == name)
}

#[cfg(all(test, unix))]
mod tests;
#[cfg(all(test, unix))]
mod text_tests;
