//! The options of a line, as pip's own parser takes them: shortened names, values behind `=`, a space, or at once.

use super::lines::is_space;

/// What a line says besides a requirement, as far as it is about which packages are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Options {
    /// `-r`: the first counts.
    pub requirement: Option<String>,
    /// `-c`: the first counts.
    pub constraint: Option<String>,
    /// `-e`: the first counts.
    pub editable: Option<String>,
    /// `--hash`: `sha256:…`.
    pub hashes: Vec<String>,
}

/// The options that pip takes in files, and whether a value follows. The short ones stand with one dash.
const KNOWN: [(&str, bool); 28] = [
    ("-r", true),
    ("-c", true),
    ("-e", true),
    ("-i", true),
    ("-f", true),
    ("-C", true),
    ("--requirement", true),
    ("--constraint", true),
    ("--editable", true),
    ("--hash", true),
    ("--index-url", true),
    ("--pypi-url", true),
    ("--extra-index-url", true),
    ("--no-index", false),
    ("--find-links", true),
    ("--no-binary", true),
    ("--only-binary", true),
    ("--prefer-binary", false),
    ("--require-hashes", false),
    ("--no-require-hashes", false),
    ("--pre", false),
    ("--all-releases", true),
    ("--only-final", true),
    ("--trusted-host", true),
    ("--use-feature", true),
    ("--global-option", true),
    ("--config-setting", true),
    ("--config-settings", true),
];

/// What stands before the first word with a dash, and the options from there on.
pub(super) fn divided(line: &str) -> (String, String) {
    let words: Vec<&str> = line.split(' ').collect();
    let at = words.iter().position(|word| word.starts_with('-')).unwrap_or(words.len());
    (words[..at].join(" ").trim_matches(is_space).to_owned(), words[at..].join(" "))
}

impl Options {
    /// Reads the options of a line; on error in half a sentence what pip would not take.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut options = Self::default();
        let mut words = shlex::split(text).ok_or("a quote is not closed")?.into_iter();
        while let Some(word) = words.next() {
            match word.as_str() {
                "--" => break,
                long if long.starts_with("--") => {
                    let (name, value) = match long.split_once('=') {
                        Some((name, value)) => (name, Some(value.to_owned())),
                        None => (long, None),
                    };
                    let (name, takes_value) = full(name)?;
                    match (takes_value, value) {
                        (true, value) => options.take(name, value.or_else(|| words.next()))?,
                        (false, Some(_)) => return Err(format!("`{name}` takes no value")),
                        (false, None) => {}
                    }
                }
                short if short.starts_with('-') && short.len() > 1 => {
                    let end = short.char_indices().nth(2).map_or(short.len(), |(at, _)| at);
                    let (name, value) = short.split_at(end);
                    let (name, _) = full(name)?;
                    let value = Some(value).filter(|value| !value.is_empty()).map(str::to_owned);
                    options.take(name, value.or_else(|| words.next()))?;
                }
                _ => {}
            }
        }
        Ok(options)
    }

    fn take(&mut self, name: &str, value: Option<String>) -> Result<(), String> {
        let value = value.ok_or_else(|| format!("`{name}` needs a value"))?;
        match name {
            "-r" | "--requirement" => {
                self.requirement.get_or_insert(value);
            }
            "-c" | "--constraint" => {
                self.constraint.get_or_insert(value);
            }
            "-e" | "--editable" => {
                self.editable.get_or_insert(value);
            }
            "--hash" if !value.contains(':') => return Err(format!("`{value}` is not a hash such as sha256:…")),
            "--hash" => self.hashes.push(value),
            _ => {}
        }
        Ok(())
    }
}

/// The option of this name; a long one may be cut short as long as only one is meant.
fn full(name: &str) -> Result<(&'static str, bool), String> {
    if let Some(exact) = KNOWN.iter().find(|(known, _)| *known == name) {
        return Ok(*exact);
    }
    let mut meant = KNOWN.iter().filter(|(known, _)| name.starts_with("--") && known.starts_with(name));
    match (meant.next(), meant.next()) {
        (Some(only), None) => Ok(*only),
        // Two names of one option.
        (Some(one), Some((other, _))) if *other == format!("{}s", one.0) => Ok(*one),
        (None, _) => Err(format!("there is no option `{name}`")),
        _ => Err(format!("`{name}` may be more than one option")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(text: &str) -> (Option<String>, Option<String>, Option<String>) {
        let options = Options::parse(text).unwrap();
        (options.requirement, options.constraint, options.editable)
    }

    #[test]
    fn every_spelling_names_the_file() {
        let some = |text: &str| Some(text.to_owned());
        for line in [
            "-r 'a b.txt'",
            "-r'a b.txt'",
            "--requirement=\"a b.txt\"",
            "--requirement a\\ b.txt",
            "--requirem 'a b.txt'",
        ] {
            assert_eq!(files(line), (some("a b.txt"), None, None), "{line}");
        }
        assert_eq!(files("-ca.txt"), (None, some("a.txt"), None));
        assert_eq!(files("-r=a.txt -r b.txt --pre -e . x"), (some("=a.txt"), None, some(".")));
        assert_eq!(files("--find-links x -- -r a.txt"), (None, None, None));
    }

    #[test]
    fn what_pip_would_not_take_is_told() {
        for (line, why) in [
            ("-r 'a", "a quote is not closed"),
            ("--nonsense", "there is no option `--nonsense`"),
            ("-x", "there is no option `-x`"),
            ("--requir x", "`--requir` may be more than one option"),
            ("-r", "`-r` needs a value"),
            ("--pre=1", "`--pre` takes no value"),
            ("--hash=abc", "`abc` is not a hash such as sha256:…"),
        ] {
            assert_eq!(Options::parse(line).unwrap_err(), why, "{line}");
        }
    }

    #[test]
    fn a_marker_is_no_option() {
        let part = |line: &str| divided(line);
        let two = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        assert_eq!(
            part("six ; python_version<'3' --hash=sha256:0"),
            two("six ; python_version<'3'", "--hash=sha256:0")
        );
        assert_eq!(part("-r x"), two("", "-r x"));
        assert_eq!(part("a-b"), two("a-b", ""));
    }
}
