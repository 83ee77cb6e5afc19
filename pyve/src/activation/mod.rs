//! Entering an environment in the user's own shell, and leaving it: what `pyve activate` and `pyve deactivate` print for
//! the shell's hook to evaluate.
//!
//! There is one data model. [`changes`] says of each variable what it was and what it is given, which covers the three
//! things that can be done to one: setting it, removing it, and prepending to a list. The changes are kept in the shell as
//! an undo record ([`undo`], in the variable `PYVE_UNDO`): a variable is restored only if it still has the value that it was
//! given, and of a list such as PATH only our own entries go. The environment itself comes from the launch that `pyve run`
//! uses; activating another one undoes the first, so there are no levels.
//!
//! What the shell has to do is a list of [`Statement`]s, and each shell renders it in its own file in `shells/`. To add one:
//!
//! 1. Write `shells/NAME.rs` with a type that implements [`Shell`], `shells/hook.EXT` beside it, and put the type into
//!    `shells::ALL`. `shell-hook`, its help and `--shell` have it from there.
//! 2. The hook defines a function (or what the shell has in its place) called `pyve` that looks for the command among its
//!    arguments, behind the global options of which `-C` and `--color` take a value. `activate` and `deactivate` it runs with
//!    `--shell NAME` behind them, and evaluates what that prints if the exit code is 0 and the first line is `# pyve` (else it
//!    shows it: a help text); a shell whose code bears no such mark tells it apart otherwise. All else it hands to the program.
//!    It also shows `PYVE_PROMPT_PREFIX` in the prompt, unless that or `VIRTUAL_ENV_DISABLE_PROMPT` says otherwise.
//! 3. `render` must quote every value as the shell needs it, and has no part in what the values are: PATH comes whole.
//!    [`Statement::Source`] and [`Statement::Evaluate`] come only for a shell that names a `script_ending`; for another one the
//!    environment has what `pyve run` would give, with the effects of its scripts in it.
//! 4. A shell that can act before each prompt may have an [`Shell::auto_hook`]: it runs `activate --shell NAME --auto MEMORY` where its
//!    directory (or what direnv loaded) is another one than the last time, or one file newer than another. Which those are, and what
//!    it says the next time, the code tells it; see `by_directory.rs`.
//! 5. `shells/tests.rs` has every value that is hard to quote; real shells are tested in `tests/it/activation`.

mod activate;
mod by_directory;
mod changes;
mod code;
mod deactivate;
mod entries;
mod shells;
mod undo;

pub use activate::{Activating, activate, after_scripts as after_activation};
pub use by_directory::{Arrival, Memory, left_by_hand};
pub use code::Statement;
pub use deactivate::{after_scripts as after_deactivation, deactivate};
pub use shells::{ALL, Shell, find, names};
