//! Requirements of pip in the model that all backends share.

use pyve_formats::requirements::Entry;
use pyve_plugin_api::{Ecosystem, Requirement};

use crate::comments::commented;

/// What a line asks for; `origin` says where it stands: `requirements.txt:3`.
pub fn of_entry(entry: &Entry, origin: &str) -> Requirement {
    let parts = entry.parts();
    let mut requirement = Requirement::new(Ecosystem::PYPI, &parts.name).origin(origin).constraint(&parts.constraint);
    requirement = requirement.source(&parts.source).marker(&parts.marker);
    requirement.extras = parts.extras.iter().map(|extra| extra.as_str().into()).collect();
    requirement.hashes = parts.hashes.iter().map(|hash| hash.as_str().into()).collect();
    requirement.editable = entry.editable;
    commented(requirement, &entry.comments)
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
            assert_eq!(model.pip_line(), back, "{written}");
            assert_eq!(read(&model.pip_line()), model, "{written}: read again it is the same");
        }
    }

    #[test]
    fn a_secret_of_a_variable_stays_the_variable() {
        let variable = |_: &str| Some("hunter2".to_owned());
        let text = "six @ https://${TOKEN}@h/six.zip";
        let found = requirements::of_text(text, Path::new("/p/requirements.txt"), &variable).unwrap();
        let model = of_entry(&found.entries[0], "requirements.txt:1");
        assert!(!format!("{model:?}").contains("hunter2"), "{model:?}");
        assert_eq!(model.pip_line(), text);
    }
}
