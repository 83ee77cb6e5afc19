//! Requirements of pip in the model that all backends share, and back as lines that pip reads.

use pyve_formats::requirements::Entry;
use pyve_plugin_api::{Ecosystem, Requirement};

/// What a line asks for; `origin` says where it stands: `requirements.txt:3`.
pub fn of_entry(entry: &Entry, origin: &str) -> Requirement {
    // As it is written: what variables stand for may be a secret.
    let entry = &Entry { text: without_option(entry).to_owned(), ..entry.clone() };
    let Some(read) = entry.requirement() else {
        // A path or an address whose name only its builder knows.
        let requirement = Requirement::new(Ecosystem::PYPI, "").source(&entry.text).origin(origin);
        return Requirement { editable: entry.editable, ..requirement };
    };
    let mut requirement = Requirement::new(Ecosystem::PYPI, &read.name).origin(origin);
    requirement.extras = read.extras.iter().map(|extra| extra.as_str().into()).collect();
    let versions = read.versions.filter(|_| read.url.is_none());
    requirement.constraint = versions.map(|it| dense(&it.to_string())).unwrap_or_default().into();
    requirement.source = read.url.unwrap_or_default().into();
    requirement.marker = read.marker.try_to_string().unwrap_or_default().into();
    requirement.hashes = entry.hashes.iter().map(|hash| hash.as_str().into()).collect();
    requirement.editable = entry.editable;
    requirement
}

/// The project behind `-e`, which is written in one of several ways.
fn without_option(entry: &Entry) -> &str {
    let written = entry.written.as_str();
    let option = ["--editable", "-e"].iter().find_map(|option| written.strip_prefix(option));
    option.filter(|_| entry.editable).map_or(written, |rest| rest.trim_start_matches(['=', ' ']))
}

/// A line for a file of requirements.
///
/// ```
/// use pyve_pip::requirement::line;
/// use pyve_plugin_api::{Ecosystem, Requirement};
/// let flask = Requirement::new(Ecosystem::PYPI, "flask").extra("async").constraint(">=3").marker("os_name == 'nt'");
/// assert_eq!(line(&flask), "flask[async]>=3 ; os_name == 'nt'");
/// ```
pub fn line(requirement: &Requirement) -> String {
    let Requirement { name, constraint, source, marker, hashes, .. } = requirement;
    let extras: Vec<&str> = requirement.extras.iter().map(|extra| extra.as_str()).collect();
    let extras = if extras.is_empty() { String::new() } else { format!("[{}]", extras.join(",")) };
    let mut line = match source.as_str() {
        "" => format!("{name}{extras}{constraint}"),
        source if requirement.editable => format!("-e {source}"),
        // What is no address stands for itself, and what names its package, too.
        source if name.is_empty() || !source.contains("://") || source.contains("#egg=") => source.to_owned(),
        source => format!("{name}{extras} @ {source}"),
    };
    if !marker.is_empty() {
        line += &format!(" ; {marker}");
    }
    hashes.iter().fold(line, |line, hash| format!("{line} --hash={hash}"))
}

fn dense(specifiers: &str) -> String {
    specifiers.split_whitespace().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use pyve_formats::requirements;
    use std::path::Path;

    #[test]
    fn lines_come_back_as_what_pip_takes_for_the_same() {
        for (written, back) in [
            ("six", "six"),
            ("Foo.Bar [b, A] >= 1 , <2", "foo-bar[a,b]>=1,<2"),
            ("six==1.* ; sys_platform == 'linux'", "six==1.* ; sys_platform == 'linux'"),
            ("six==1 --hash=sha256:00 --hash=sha256:11", "six==1 --hash=sha256:00 --hash=sha256:11"),
            (
                "six @ https://h/six.zip ; python_version < '3.9'",
                "six @ https://h/six.zip ; python_full_version < '3.9'",
            ),
            ("git+https://h/x.git@main#egg=tiny", "git+https://h/x.git@main#egg=tiny"),
            ("https://h/x.zip", "https://h/x.zip"),
            ("./wheels/tiny-1.0-py3-none-any.whl", "./wheels/tiny-1.0-py3-none-any.whl"),
            ("./local", "./local"),
            ("-e .", "-e ."),
            ("-e git+https://h/x#egg=tiny", "-e git+https://h/x#egg=tiny"),
        ] {
            let read = |text: &str| {
                let found = requirements::of_text(text, Path::new("/p/requirements.txt"), &|_| None).unwrap();
                of_entry(&found.entries[0], "requirements.txt:1")
            };
            let model = read(written);
            assert_eq!(line(&model), back, "{written}");
            assert_eq!(read(&line(&model)), model, "{written}: read again it is the same");
        }
    }

    #[test]
    fn a_secret_of_a_variable_stays_the_variable() {
        let variable = |_: &str| Some("hunter2".to_owned());
        let text = "six @ https://${TOKEN}@h/six.zip";
        let found = requirements::of_text(text, Path::new("/p/requirements.txt"), &variable).unwrap();
        let model = of_entry(&found.entries[0], "requirements.txt:1");
        assert!(!format!("{model:?}").contains("hunter2"), "{model:?}");
        assert_eq!(line(&model), text);
    }
}
