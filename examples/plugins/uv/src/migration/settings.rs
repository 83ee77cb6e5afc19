//! Where packages come from and which ones are taken: what a file of requirements says with options, and `[tool.uv]` with
//! settings.

use std::fmt;

use pyve_formats::toml_file::{Item, TomlError, TomlFile};

/// How a setting of uv's is an option of pip's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// `true`: the option as it stands.
    Switch,
    /// Texts, each behind the option.
    List,
}

/// Options of pip's, how they are written else, and the settings of uv's that mean the same.
const SAME: [(&str, &str, &str, Form); 9] = [
    ("--no-index", "", "no-index", Form::Switch),
    ("--find-links", "-f", "find-links", Form::List),
    ("--no-binary :all:", "", "no-binary", Form::Switch),
    ("--no-binary", "", "no-binary-package", Form::List),
    ("--only-binary :all:", "", "no-build", Form::Switch),
    ("--only-binary", "", "no-build-package", Form::List),
    ("--trusted-host", "", "allow-insecure-host", Form::List),
    ("--index-url", "-i", "index-url", Form::List),
    ("--extra-index-url", "", "extra-index-url", Form::List),
];

/// What else decides which packages are taken, and has no option.
const OWN: [&str; 8] = [
    "override-dependencies",
    "exclude-dependencies",
    "build-constraint-dependencies",
    "exclude-newer",
    "exclude-newer-package",
    "resolution",
    "prerelease",
    "index-strategy",
];

/// What is said behind a constraint that stands beside the requirements.
pub const CONSTRAINT: &str = " (a constraint)";

/// How a line becomes a setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Setting {
    /// A key that is `true`.
    Switch(&'static str),
    /// One more text in the list of a key.
    Listed(&'static str, String),
    /// A key with a text.
    Text(&'static str, &'static str),
    /// An index; the one that takes the place of PyPI, or one beside it.
    Index { url: String, default: bool },
    /// That hashes are wanted, which `uv.lock` has in any case.
    Hashes,
}

impl fmt::Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Switch(key) => write!(f, "{key} = true"),
            Self::Listed(key, text) => write!(f, "{text} in {key}"),
            Self::Text(key, text) => write!(f, "{key} = \"{text}\""),
            Self::Index { url, .. } => write!(f, "{url} in [[tool.uv.index]]"),
            Self::Hashes => write!(f, "uv.lock"),
        }
    }
}

/// What a line of pip's is in `[tool.uv]`; `None` where nothing there means it.
pub fn of_line(line: &str) -> Option<Setting> {
    if let Some(constraint) = line.strip_suffix(CONSTRAINT) {
        return Some(Setting::Listed("constraint-dependencies", constraint.to_owned()));
    }
    let words = words(line);
    match words.as_str() {
        "--pre" => return Some(Setting::Text("prerelease", "allow")),
        "--require-hashes" => return Some(Setting::Hashes),
        _ => {}
    }
    let (option, value) = words.split_once(' ').unwrap_or((&words, ""));
    for (known, short, key, form) in SAME {
        match form {
            Form::Switch if words == known => return Some(Setting::Switch(key)),
            Form::List if !value.is_empty() && (option == known || option == short) => {
                let value = value.to_owned();
                return Some(match known {
                    "--index-url" => Setting::Index { url: value, default: true },
                    "--extra-index-url" => Setting::Index { url: value, default: false },
                    _ => Setting::Listed(key, value),
                });
            }
            Form::Switch | Form::List => {}
        }
    }
    None
}

/// Whether `uv pip` heeds an option in a file of requirements. It warns of the others, and goes on.
pub fn is_heeded(line: &str) -> bool {
    let words = words(line);
    const HEEDED: [&str; 11] = [
        "-r",
        "--requirement",
        "-c",
        "--constraint",
        "-i",
        "--index-url",
        "--extra-index-url",
        "-f",
        "--find-links",
        "--no-binary",
        "--only-binary",
    ];
    words == "--no-index" || words.split(' ').next().is_some_and(|option| HEEDED.contains(&option))
}

/// `--index-url URL` of `--index-url=URL`, and `-i URL` of `-iURL`.
fn words(line: &str) -> String {
    let line = line.trim();
    let end = line.find(['=', ' ']).unwrap_or(line.len());
    let (option, value) = line.split_at(end);
    if let Some(rest) = line.get(2..).filter(|rest| !option.starts_with("--") && !rest.is_empty()) {
        return format!("{} {}", &line[..2], rest.trim_start_matches(['=', ' ']));
    }
    [option, value.trim_start_matches(['=', ' ']).trim()].join(" ").trim_end().to_owned()
}

/// What the settings in `table` (`tool.uv`, or the whole file where that is empty) say, as lines of pip's where there are such,
/// each with its line in the file.
pub fn lines(file: &TomlFile, table: &str) -> Result<Vec<(usize, String)>, TomlError> {
    let mut found = Vec::new();
    for (key, item) in file.entries(table)? {
        let path = if table.is_empty() { key.text.clone() } else { format!("{table}.{}", key.text) };
        match key.text.as_str() {
            "index" => found.extend(indexes(item, &path)?),
            "constraint-dependencies" => {
                let all = item.texts(&path)?.into_iter().map(|it| (it.line, format!("{}{CONSTRAINT}", it.text)));
                found.extend(all);
            }
            "prerelease" if item.as_text() == Some("allow") => found.push((key.line, "--pre".to_owned())),
            own if OWN.contains(&own) => found.push((key.line, format!("{path} = {}", shown(item)))),
            own => {
                let Some((option, .., form)) = SAME.iter().find(|(_, _, key, _)| *key == own) else { continue };
                match (form, item.as_text()) {
                    (Form::Switch, _) if item.as_bool() == Some(true) => found.push((key.line, (*option).to_owned())),
                    (Form::Switch, _) => {}
                    (Form::List, Some(one)) => found.push((key.line, format!("{option} {one}"))),
                    (Form::List, None) => {
                        found.extend(
                            item.texts(&path)?.into_iter().map(|it| (it.line, format!("{option} {}", it.text))),
                        );
                    }
                }
            }
        }
    }
    Ok(found)
}

/// An index that is only for the packages that name it has no option.
fn indexes(item: &Item, path: &str) -> Result<Vec<(usize, String)>, TomlError> {
    let mut found = Vec::new();
    for index in item.as_list().unwrap_or_default() {
        let Some(url) = index.get("url") else { continue };
        let url = url.written(&format!("{path}.url"))?;
        let is = |key: &str| index.get(key).and_then(Item::as_bool) == Some(true);
        let name = index.get("name").and_then(Item::as_text).unwrap_or_default();
        let line = match (is("explicit"), is("default"), index.get("format").and_then(Item::as_text)) {
            (true, ..) => format!("the index {name} {} for packages that name it", url.text),
            (_, _, Some("flat")) => format!("--find-links {}", url.text),
            (_, true, _) => format!("--index-url {}", url.text),
            _ => format!("--extra-index-url {}", url.text),
        };
        found.push((url.line, line));
    }
    Ok(found)
}

/// As it is told in one line.
fn shown(item: &Item) -> String {
    match (item.as_text(), item.as_list()) {
        (Some(text), _) => format!("\"{text}\""),
        (None, Some(items)) => format!("[{}]", items.iter().map(shown).collect::<Vec<_>>().join(", ")),
        (None, None) => item.as_bool().map_or_else(|| "…".to_owned(), |truth| truth.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_settings_and_come_back_as_options() {
        for (line, text, back) in [
            ("--no-index", "no-index = true", "--no-index"),
            ("-f ./wheels", "find-links = [\"./wheels\"]", "--find-links ./wheels"),
            ("--no-binary=:all:", "no-binary = true", "--no-binary :all:"),
            ("--no-binary six", "no-binary-package = [\"six\"]", "--no-binary six"),
            ("--only-binary :all:", "no-build = true", "--only-binary :all:"),
            ("--trusted-host h:80", "allow-insecure-host = [\"h:80\"]", "--trusted-host h:80"),
            ("--pre", "prerelease = \"allow\"", "--pre"),
            ("six<2 (a constraint)", "constraint-dependencies = [\"six<2\"]", "six<2 (a constraint)"),
            (
                "-ihttps://h/simple",
                "index = [{url = \"https://h/simple\", default = true}]",
                "--index-url https://h/simple",
            ),
            ("--extra-index-url https://h/s", "index = [{url = \"https://h/s\"}]", "--extra-index-url https://h/s"),
        ] {
            let setting = of_line(line).unwrap_or_else(|| panic!("{line}"));
            let mut sheet = super::super::sheet::Sheet::new("demo");
            sheet.set(setting);
            let flat = sheet.text().replace("[\n    ", "[").replace(",\n]", "]");
            assert!(flat.contains(text) || text.starts_with("index"), "{line}: {flat}");
            for text in [text.to_owned(), sheet.text()] {
                let file = TomlFile::parse(&text).unwrap();
                let table = if file.line("tool").is_some() { "tool.uv" } else { "" };
                let lines: Vec<String> = lines(&file, table).unwrap().into_iter().map(|(_, line)| line).collect();
                assert_eq!(lines, [back], "{line}: {text}");
            }
        }
        assert_eq!(of_line("--prefer-binary"), None);
        assert_eq!(of_line("--no-binary"), None);
    }

    #[test]
    fn what_pip_has_no_option_for_is_told_in_uvs_words() {
        let text = "[tool.uv]\npackage = false\nresolution = \"lowest\"\noverride-dependencies = [\"six==1\"]\n\
                    [[tool.uv.index]]\nname = \"own\"\nurl = \"https://h/simple\"\nexplicit = true\n";
        let lines = lines(&TomlFile::parse(text).unwrap(), "tool.uv").unwrap();
        let told: Vec<_> = lines.iter().map(|(line, text)| format!("{line}: {text}")).collect();
        assert_eq!(
            told,
            [
                "3: tool.uv.resolution = \"lowest\"",
                "4: tool.uv.override-dependencies = [\"six==1\"]",
                "7: the index own https://h/simple for packages that name it"
            ]
        );
    }
}
