//! What the shell remembers from one change of directory to the next, in a variable that it alone has.

use std::str::FromStr;

use crate::activation::code::Statement;
use crate::project::Layout;
use crate::records::trust;

/// The shell's own variable.
const VARIABLE: &str = "_pyve_memory";

/// Of one project at most, by a name that is the same for the same root.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Memory {
    #[default]
    Nothing,
    /// The user was told why this project is not entered.
    Told(String),
    /// The user left this one by hand.
    Left(String),
}

/// The name of a project: hexadecimal digits, whatever is in its path.
pub fn of(layout: &Layout) -> String {
    trust::name(layout).trim_end_matches(".json").to_owned()
}

impl Memory {
    /// How it gets into the shell.
    pub fn keep(&self) -> Statement {
        let value = match self {
            Self::Nothing => String::new(),
            Self::Told(id) => format!("told-{id}"),
            Self::Left(id) => format!("left-{id}"),
        };
        Statement::Keep { name: VARIABLE, value: value.into() }
    }
}

impl FromStr for Memory {
    type Err = std::convert::Infallible;

    /// Whatever else is in the variable is nothing.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(match text.split_once('-') {
            Some(("told", id)) => Self::Told(id.to_owned()),
            Some(("left", id)) => Self::Left(id.to_owned()),
            _ => Self::Nothing,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_goes_through_the_shell_and_back() {
        for memory in [Memory::Nothing, Memory::Told("00ff".to_owned()), Memory::Left("a".to_owned())] {
            let Statement::Keep { name, value } = memory.keep() else { panic!("another statement") };
            assert_eq!((name, value.to_str().unwrap().parse()), (VARIABLE, Ok(memory)));
        }
        assert_eq!("x".parse(), Ok(Memory::Nothing));
    }
}
