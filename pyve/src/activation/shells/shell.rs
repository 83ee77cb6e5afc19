//! What a shell has to know so that environments can be entered in it.

use crate::activation::code::Statement;

/// A shell in which environments can be entered.
pub trait Shell: Sync {
    /// As it is called on the command line: `bash`.
    fn name(&self) -> &'static str;

    /// What `pyve shell-hook` prints.
    fn hook(&self) -> &'static str;

    /// What follows the hook where projects are to be entered and left with the directory; `None` in a shell that cannot.
    fn auto_hook(&self) -> Option<&'static str> {
        None
    }

    /// The line that evaluates the hook, for the startup file.
    fn hook_line(&self) -> String {
        self.evaluation(&format!("pyve shell-hook {}", self.name()))
    }

    /// The file in which the hook is evaluated each time the shell starts, as the user writes it.
    fn startup_file(&self) -> &'static str;

    /// The line that evaluates what a command prints, `command` being words that need no quoting.
    fn evaluation(&self, command: &str) -> String;

    /// What the names of the activation scripts end with that the shell can run itself: `sh`.
    fn script_ending(&self) -> Option<&'static str>;

    /// The code for these statements. Its first line is `# pyve`, by which the hook knows it from other output, such as a
    /// help text, where the shell has such comments.
    fn render(&self, statements: &[Statement]) -> Vec<u8>;
}
