//! Files of the project in YAML: their text, their tree, or an error in their name.

use std::path::Path;

use pyve_formats::read::{self, Limit, Problem};
use pyve_formats::yaml::{self, Node, Position};
use pyve_plugin_api::Error;

use crate::unusable::{Unusable, Why};

/// The text of a file of the project; `shown` is its name in messages.
pub fn read(path: &Path, shown: &str) -> Result<String, Unusable> {
    let unreadable =
        |why: &str| Error::new(format!("could not read `{shown}`: {why}")).detail(path.display().to_string());
    let limit = if crate::lock::is_lock_name(shown) { Limit::LOCK } else { Limit::PROJECT };
    match read::text(path, limit) {
        Ok(Some(text)) => Ok(text),
        Ok(None) => Err(Unusable::new(shown, Why::Missing, unreadable("it does not exist"))),
        Err(error) => Err(match error.problem() {
            Problem::NotUtf8 { line } => {
                let error = Error::new(format!("{shown}:{line} is not UTF-8 text"));
                Unusable::content(shown, error.hint(format!("save {shown} as UTF-8")))
            }
            _ => Unusable::new(shown, Why::Unread, unreadable(&error.reason()).hint(error.hint())),
        }),
    }
}

/// The first document in `text`, as micromamba reads it; none if there is nothing but white space and comments.
pub fn parse(text: &str, shown: &str) -> Result<Option<Node>, Unusable> {
    let invalid = |position: Position, why: &str| {
        let Position { line, column } = position;
        let error = Error::new(format!("{shown}:{line}:{column} is not valid YAML: {why}"));
        Unusable::content(shown, error.hint(format!("correct line {line} of {shown}")))
    };
    let document = yaml::parse(text).map_err(|error| invalid(error.position, &error.kind.to_string()))?;
    if let Some(again) = document.repeated.first() {
        return Err(invalid(again.position, &format!("the text '{}' is a key for the second time", again.key)));
    }
    Ok(document.root)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn files_that_cannot_be_read_say_why() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("environment.yml");
        let refused = || {
            let error = read(&path, "environment.yml").unwrap_err().error;
            crate::shown(&error).replace(&folder.path().display().to_string(), "[FOLDER]")
        };
        insta::assert_snapshot!(refused(), @"
        could not read `environment.yml`: it does not exist
          [FOLDER]/environment.yml
        =>
        ");
        fs::create_dir(&path).unwrap();
        insta::assert_snapshot!(refused(), @"
        could not read `environment.yml`: it is a directory, not a regular file
          [FOLDER]/environment.yml
        => rename or move `[FOLDER]/environment.yml`
        ");
        fs::remove_dir(&path).unwrap();
        fs::write(&path, b"name: x\nchannels: [\xff]\n").unwrap();
        insta::assert_snapshot!(refused(), @"
        environment.yml:2 is not UTF-8 text
        => save environment.yml as UTF-8
        ");
        fs::File::create(&path).unwrap().set_len(Limit::PROJECT.bytes() + 1).unwrap();
        insta::assert_snapshot!(refused(), @"
        could not read `environment.yml`: it is larger than 16 MiB
          [FOLDER]/environment.yml
        => reduce `[FOLDER]/environment.yml` to at most 16 MiB, or remove it
        ");
    }

    #[test]
    fn mistakes_have_a_line_and_a_column() {
        let error = parse("name: x\nchannels: [a, b\ndependencies:\n  - c\n", "environment.yml").unwrap_err().error;
        insta::assert_snapshot!(crate::shown(&error), @"
        environment.yml:3:13 is not valid YAML: illegal placement of ':' indicator
        => correct line 3 of environment.yml
        ");
        let error = parse("name: x\nname: y\n", "environment.yml").unwrap_err().error;
        insta::assert_snapshot!(crate::shown(&error), @"
        environment.yml:2:1 is not valid YAML: the text 'name' is a key for the second time
        => correct line 2 of environment.yml
        ");
    }
}
