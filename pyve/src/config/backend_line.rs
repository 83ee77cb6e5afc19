//! The line of `.pyve/config` that says the backend of one environment, changed without another byte.

use std::path::Path;

use pyve_plugin_api::Description;

use super::host::BACKEND;
use super::initial::scalar;
use super::key_line::{after_key, replaced};
use super::{Config, FILE, Sourced};
use crate::failure::Failure;

/// The bytes of a config with the backend `to` in the line where it says `said`. Fails where that is not a plain value on a
/// line of its own, or where anything else of the settings would change with it.
pub fn switch_backend(
    bytes: &[u8],
    said: &Sourced<String>,
    to: &str,
    root: &Path,
    known: &[Description],
) -> Result<Vec<u8>, Failure> {
    let changed = changed(bytes, said, to).filter(|after| is_only_change(bytes, after, said, to, root, known));
    changed.ok_or_else(|| {
        Failure::new(format!(
            "could not change `{}`: `{BACKEND}` is not a plain value on a line of its own",
            said.origin
        ))
        .detail(format!("the migration would write `{BACKEND}: {}` there", scalar(to)))
        .remedy(format!("write `{BACKEND}: {}` on a line of its own in `{FILE}`, then try again", scalar(&said.value)))
    })
}

/// The number of the line that an origin names, from 1.
pub fn line_of(origin: &str) -> Option<usize> {
    origin.rsplit_once(':')?.1.parse().ok()
}

fn changed(bytes: &[u8], said: &Sourced<String>, to: &str) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(bytes).ok()?;
    let number = line_of(&said.origin)?.checked_sub(1)?;
    let start: usize = text.split_inclusive('\n').take(number).map(str::len).sum();
    let line = text[start..].split_inclusive('\n').next()?;
    let bare = line.trim_start_matches(['\u{feff}', ' ']);
    after_key(BACKEND, bare)?;
    Some(replaced(text, start + line.len() - bare.len(), BACKEND, &scalar(to))?.into_bytes())
}

/// Whether the settings are what they were but for this one value.
fn is_only_change(
    before: &[u8],
    after: &[u8],
    said: &Sourced<String>,
    to: &str,
    root: &Path,
    known: &[Description],
) -> bool {
    let parsed = |bytes: &[u8]| Config::parse(bytes, root, known).ok();
    let (Some(mut wanted), Some(after)) = (parsed(before), parsed(after)) else { return false };
    let declared = wanted.environments.values_mut().map(|declared| &mut declared.layer);
    let layers = std::iter::once(&mut wanted.layer).chain(declared);
    let mut values: Vec<_> =
        layers.filter_map(|layer| layer.values.get_mut(BACKEND)).filter(|value| **value == *said).collect();
    // An alias says it for several environments at once.
    let [value] = values.as_mut_slice() else { return false };
    to.clone_into(&mut value.value);
    wanted == after
}

#[cfg(test)]
mod tests {
    use super::super::tests::known;
    use super::*;

    fn switched(text: &str, value: &str, line: usize) -> Result<String, Failure> {
        let said = Sourced { value: value.to_owned(), origin: format!("{FILE}:{line}") };
        let after = switch_backend(text.as_bytes(), &said, "reed", Path::new("/p"), &known())?;
        Ok(String::from_utf8(after).unwrap())
    }

    #[test]
    fn one_value_changes_and_not_another_byte() {
        for (before, line, after) in [
            (
                "# c\r\nbackend: moss   # why\r\nmoss:\r\n  directory: x",
                2,
                "# c\r\nbackend: reed   # why\r\nmoss:\r\n  directory: x",
            ),
            ("\u{feff}\"backend\" : 'moss'\n", 1, "\u{feff}\"backend\" : reed\n"),
            (
                "backend: moss\nenvs:\n  dev:\n    backend: moss\n",
                4,
                "backend: moss\nenvs:\n  dev:\n    backend: reed\n",
            ),
            (
                "backend: moss\nenvs:\n  dev:\n    backend: moss\n",
                1,
                "backend: reed\nenvs:\n  dev:\n    backend: moss\n",
            ),
        ] {
            assert_eq!(switched(before, "moss", line).unwrap(), after);
        }
    }

    #[test]
    fn what_cannot_be_changed_alone_is_left_and_told() {
        for (text, line) in [
            ("{backend: moss}\n", 1),
            ("backend: &b moss\n", 1),
            ("backend: >\n  moss\n", 1),
            ("envs:\n  dev: {backend: moss}\n", 2),
            ("envs:\n  dev: &d\n    backend: moss\n  docs: *d\n", 3),
            ("x: 1\n", 9),
        ] {
            let failure = switched(text, "moss", line).unwrap_err();
            let place = format!(".pyve/config:{line}");
            assert_eq!(
                failure.message,
                format!("could not change `{place}`: `backend` is not a plain value on a line of its own"),
                "{text}"
            );
            assert_eq!(failure.details, ["the migration would write `backend: reed` there"]);
            let remedy = "write `backend: moss` on a line of its own in `.pyve/config`, then try again";
            assert_eq!(failure.remedy.to_string(), remedy);
        }
    }
}
