//! What the environment is called: the flag, the config, `name:` in its file, or the project's folder.

use std::path::Path;

use pyve_plugin_api::{Error, Request, Result};

use crate::environment::Environment;

/// Names that conda gives a meaning of their own.
const RESERVED: [&str; 6] = ["base", "root", "default", "conda", "mamba", "micromamba"];

/// Bytes; file systems take no longer names.
const LONGEST: usize = 255;

pub fn of(request: &Request, environment: Option<&Environment>) -> Result<String> {
    if let Some(name) = request.text("env_name") {
        let origin = request.origin("env_name").unwrap_or("env_name");
        let error = |error: Error| if origin.starts_with('-') { error.usage() } else { error };
        return checked(name, origin).map_err(error);
    }
    if request.is_named() {
        return checked(&request.environment, "--env");
    }
    if let Some((file, name)) = environment.and_then(|it| Some((&it.file, it.content.name.as_ref()?))) {
        return checked(&name.text, &format!("{file}:{}", name.line));
    }
    of_folder(&request.project())
}

fn of_folder(project: &Path) -> Result<String> {
    let folder = project.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    // A folder may be called by signs of which none can stay; the environment needs a name all the same.
    if sanitized(&folder).is_empty() {
        return Ok("env".to_owned());
    }
    checked(&folder, "the project's directory")
}

fn checked(name: &str, origin: &str) -> Result<String> {
    let clean = sanitized(name);
    let remedy = "pyve init --env-name NAME";
    if clean.is_empty() {
        return Err(Error::new(format!("'{name}' ({origin}) cannot name an environment: no letter or digit is in it"))
            .hint(remedy));
    }
    if RESERVED.contains(&clean.as_str()) {
        return Err(Error::new(format!("'{name}' ({origin}) cannot name an environment: conda reserves that name"))
            .detail(format!("reserved are {}", RESERVED.join(", ")))
            .hint(remedy));
    }
    Ok(clean)
}

/// Lower case; runs of what is no letter, digit, `_` or `-` become one `-`; begins with a letter or `_`.
fn sanitized(name: &str) -> String {
    let mut clean = String::with_capacity(name.len());
    for c in name.chars() {
        if c.is_ascii_alphanumeric() || c == '_' || c == '-' {
            clean.push(c.to_ascii_lowercase());
        } else if !clean.ends_with('-') {
            clean.push('-');
        }
    }
    let clean = clean.trim_matches('-');
    if clean.is_empty() {
        return String::new();
    }
    let begins = clean.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    let mut clean = if begins { clean.to_owned() } else { format!("env-{clean}") };
    clean.truncate(LONGEST);
    clean.trim_end_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use pyve_formats::Written;

    fn named(text: &str, line: usize) -> Environment {
        let mut file = Environment { file: "environment.yml".into(), ..Environment::default() };
        file.content.name = Some(Written { text: text.to_owned(), line });
        file
    }

    #[test]
    fn names_are_made_fit_not_cut_at_a_space() {
        for (given, clean) in [
            ("My Env", "my-env"),
            ("my.project/v2", "my-project-v2"),
            ("  spaced  ", "spaced"),
            ("3d", "env-3d"),
            ("_private", "_private"),
            ("a$(id)b", "a-id-b"),
            ("über", "ber"),
            ("../../etc", "etc"),
        ] {
            assert_eq!(checked(given, "--env-name").unwrap(), clean, "{given}");
        }
        assert_eq!(checked(&"x".repeat(300), "--env-name").unwrap().len(), 255);
    }

    #[test]
    fn the_first_source_that_speaks_wins() {
        let file = named("From File", 1);
        let request = Request::new("/home/me/Some Folder", "/home/me/.pyve");
        assert_eq!(of(&request, None).unwrap(), "some-folder");
        assert_eq!(of(&request, Some(&file)).unwrap(), "from-file");
        let request = request.with_setting("env_name", ["From Flag"], "--env-name");
        assert_eq!(of(&request, Some(&file)).unwrap(), "from-flag");
        assert_eq!(of(&Request::new("/home/me/環境", "/h"), None).unwrap(), "env");
    }

    #[test]
    fn reserved_and_empty_names_are_refused_whoever_says_them() {
        let flag = Request::new("/p/x", "/h").with_setting("env_name", ["Base"], "--env-name");
        let error = of(&flag, None).unwrap_err();
        insta::assert_snapshot!(crate::shown(&error), @"
        'Base' (--env-name) cannot name an environment: conda reserves that name
          reserved are base, root, default, conda, mamba, micromamba
        => pyve init --env-name NAME
        ");
        assert!(error.is(pyve_plugin_api::ErrorKind::USAGE));
        let config = Request::new("/p/x", "/h").with_setting("env_name", ["!!!"], ".pyve/config:4");
        let error = of(&config, None).unwrap_err();
        insta::assert_snapshot!(crate::shown(&error), @"
        '!!!' (.pyve/config:4) cannot name an environment: no letter or digit is in it
        => pyve init --env-name NAME
        ");
        let file = named("ROOT", 3);
        insta::assert_snapshot!(crate::shown(&of(&Request::new("/p/x", "/h"), Some(&file)).unwrap_err()), @"
        'ROOT' (environment.yml:3) cannot name an environment: conda reserves that name
          reserved are base, root, default, conda, mamba, micromamba
        => pyve init --env-name NAME
        ");
        insta::assert_snapshot!(crate::shown(&of(&Request::new("/p/Conda", "/h"), None).unwrap_err()), @"
        'Conda' (the project's directory) cannot name an environment: conda reserves that name
          reserved are base, root, default, conda, mamba, micromamba
        => pyve init --env-name NAME
        ");
    }
}
