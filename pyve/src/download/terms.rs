//! The circumstances of a download.

use crate::caller::Caller;
use crate::ui::Console;

/// For whom something is fetched, and what is allowed.
pub struct Terms<'a> {
    pub caller: &'a Caller,
    pub console: &'a Console,
    /// `--offline`; the variable `PYVE_OFFLINE` says the same.
    pub offline: bool,
}
