//! The shells of the tests: how each says the same things, and all that can be seen of its state.

use std::path::Path;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shell {
    Bash,
    Zsh,
    Fish,
}

/// What a user or pyve does in a shell.
#[derive(Clone, Copy, Debug)]
pub enum Step<'a> {
    /// A line of pyve's; left out where the shell shows how it is without pyve.
    Pyve(&'a str),
    /// The variable has this value, with pyve: said on standard error if not.
    Is(&'a str, &'a str),
    Set(&'a str, &'a str),
    Unset(&'a str),
    /// A folder is put in front of PATH.
    InFront(&'a str),
    /// A folder is put behind PATH.
    Behind(&'a str),
    /// A line that is the same in every shell, and runs with pyve only.
    Line(&'a str),
    /// The same, with and without pyve.
    Always(&'a str),
    /// Enters a virtual environment by the script that Python put into it.
    Activate(&'a Path),
}

impl Shell {
    pub const ALL: [Self; 3] = [Self::Bash, Self::Zsh, Self::Fish];

    pub fn name(self) -> &'static str {
        match self {
            Self::Bash => "bash",
            Self::Zsh => "zsh",
            Self::Fish => "fish",
        }
    }

    /// The arguments with which it reads none of the user's files.
    pub fn plain(self) -> &'static [&'static str] {
        match self {
            Self::Bash => &["--noprofile", "--norc"],
            Self::Zsh => &["-f"],
            Self::Fish => &["--no-config"],
        }
    }

    /// Evaluates the hook.
    pub fn hook(self) -> &'static str {
        match self {
            Self::Bash => "eval \"$(pyve shell-hook bash)\"\n",
            Self::Zsh => "eval \"$(pyve shell-hook zsh)\"\n",
            Self::Fish => "pyve shell-hook fish | source\n",
        }
    }

    /// What users have in their startup files, each with a name: before the hook, and behind it.
    pub fn settings(self) -> &'static [(&'static str, &'static str, &'static str)] {
        match self {
            Self::Bash => &[
                ("as it is", "", ""),
                ("PS1 unset", "unset PS1\n", ""),
                ("PS1 exported", "export PS1='\\u $(false) > '\n", ""),
                (
                    "strict",
                    "set -euo pipefail\nshopt -s nullglob expand_aliases\n",
                    "set -f\nIFS=:\nalias export=false unset=false eval=false set=false local=false printf=false\n",
                ),
            ],
            Self::Zsh => &[
                ("as it is", "", ""),
                ("PS1 unset", "unset PS1\n", ""),
                ("PS1 exported", "export PS1='%n > '\n", ""),
                (
                    "strict",
                    "setopt no_unset err_exit pipe_fail\n",
                    "setopt ksh_arrays sh_word_split null_glob no_glob\n\
                     alias export=false unset=false eval=false set=false local=false printf=false\n",
                ),
            ],
            Self::Fish => &[("as it is", "", ""), ("a prompt", "function fish_prompt; echo '> '; end\n", "")],
        }
    }

    /// Defines `state`, which writes all that can be seen into the file that it is given.
    pub fn state(self) -> &'static str {
        match self {
            Self::Bash => {
                "state() { \\set +euf; { env -0 | sort -z | tr '\\0' '\\n'; set +o; shopt -p; alias -p; trap -p; \
                 declare -f | grep -v '^state'; declare -p | grep -vE '^declare -[^ ]+ (BASH[^ ]*|_|RANDOM|SECONDS|\
                 SRANDOM|EPOCH[^ ]*|LINENO|PIPESTATUS|FUNCNAME|SHELLOPTS)='; } > \"$1\" 2>/dev/null; }\n"
            }
            Self::Zsh => {
                "state() { { env -0 | sort -z | tr '\\0' '\\n'; set -o; alias -L; trap; functions; typeset -p | \
                 grep -vE '(^| )(_|argv|ZSH_EXECUTION_STRING|RANDOM|SECONDS|TTYIDLE|EPOCH[A-Z]*|LINENO|pipestatus|status|funcstack|ERRNO)='; \
                 } > \"$1\" 2>/dev/null; true; }\n"
            }
            Self::Fish => {
                "function state; begin; env -0 | sort -z | tr '\\0' '\\n'; functions --all --names; functions pyve \
                 fish_prompt; set --show | grep -vE '^\\$(status|pipestatus|history|argv|fish_pid|fish_kill_signal)\\b'; abbr; \
                 end > $argv[1]; end\n"
            }
        }
    }

    /// One step, with pyve or without.
    pub fn say(self, step: Step<'_>, with_pyve: bool) -> String {
        let fish = self == Self::Fish;
        match step {
            Step::Pyve(_) | Step::Is(..) | Step::Line(_) if !with_pyve => String::new(),
            Step::Pyve(line) => format!("pyve {line}\n"),
            Step::Line(line) | Step::Always(line) => format!("{line}\n"),
            Step::Is(name, value) if fish => {
                let value = value.replace('\'', "\\'");
                format!("test \"$(printenv {name})\" = '{value}'; or echo \"{name} is $(printenv {name})\" >&2\n")
            }
            Step::Is(name, value) => {
                let value = value.replace('\'', "'\\''");
                format!("test \"$(printenv {name})\" = '{value}' || echo \"{name} is $(printenv {name})\" >&2\n")
            }
            Step::Set(name, value) if fish => format!("set -gx {name} '{value}'\n"),
            Step::Set(name, value) => format!("\\export {name}='{value}'\n"),
            Step::Unset(name) if fish => format!("set -e {name}\n"),
            Step::Unset(name) => format!("\\unset {name}\n"),
            Step::InFront(folder) if fish => format!("set -gx PATH {folder} $PATH\n"),
            Step::InFront(folder) => format!("\\export PATH=\"{folder}:$PATH\"\n"),
            Step::Behind(folder) if fish => format!("set -gx PATH $PATH {folder}\n"),
            Step::Behind(folder) => format!("\\export PATH=\"$PATH:{folder}\"\n"),
            Step::Activate(prefix) => {
                let ending = if fish { ".fish" } else { "" };
                format!("{} '{}/bin/activate{ending}'\n", if fish { "source" } else { "\\." }, prefix.display())
            }
        }
    }
}
