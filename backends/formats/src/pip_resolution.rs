//! What a resolution of packages comes to: what uv chooses for a platform, as `uv pip compile --format pylock.toml` prints it,
//! and what no index has.

use std::collections::BTreeSet;

use toml::{Table, Value};

use crate::sha256;

/// A package that was chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolved {
    /// As indexes compare it.
    pub name: String,
    /// By PEP 440; `None` where only who builds it knows.
    pub version: Option<String>,
    /// The files to choose from; none for what comes from a repository or a directory.
    pub files: Vec<File>,
}

/// A file of a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// An address.
    pub url: String,
    /// In hex.
    pub sha256: Option<String>,
}

impl File {
    /// `six-1.17.0-py2.py3-none-any.whl`.
    pub fn name(&self) -> &str {
        let place = self.url.split(['?', '#']).next().unwrap_or(&self.url);
        place.rsplit('/').next().unwrap_or(place)
    }
}

/// Reads what uv printed; `None` where it is something else.
pub fn read(text: &str) -> Option<Vec<Resolved>> {
    let root: Table = text.parse().ok()?;
    root.get("lock-version")?;
    let packages = root.get("packages").map_or(Some(&[][..]), |packages| packages.as_array().map(Vec::as_slice))?;
    packages.iter().map(|package| resolved(package.as_table()?)).collect()
}

fn resolved(package: &Table) -> Option<Resolved> {
    let text = |key: &str| package.get(key).and_then(Value::as_str).map(str::to_owned);
    let wheels = package.get("wheels").and_then(Value::as_array).into_iter().flatten();
    let others = ["sdist", "archive"].into_iter().filter_map(|key| package.get(key));
    let files = wheels.chain(others).filter_map(|file| of_table(file.as_table()?)).collect();
    Some(Resolved { name: text("name")?, version: text("version"), files })
}

fn of_table(file: &Table) -> Option<File> {
    let url = file.get("url")?.as_str()?.to_owned();
    let hash = file.get("hashes").and_then(|hashes| hashes.get("sha256")?.as_str());
    Some(File { url, sha256: hash.and_then(sha256::parse) })
}

/// What stands before and behind a name that is not found: in pip's words, and in uv's of an index and of directories. Of a
/// cache they tell nothing.
const WORDS: [(&str, &str); 3] = [
    ("No matching distribution found for ", ""),
    ("Because ", " was not found in the package registry"),
    ("Because ", " was not found in the provided package locations"),
];

/// So many are looked for: a project that calls more packages otherwise than PyPI does is better corrected by hand.
const MOST_ABSENT: usize = 30;

/// Whether all that was asked for was found, and what was printed where not; `None` where nobody could be asked.
pub type Asked = Option<Result<(), String>>;

/// All of these names that no index has; `None` where nobody could be asked. Whoever is asked for packages names the first one
/// that it does not find, and so is asked again without it.
pub fn all_absent(names: &[String], ask: &mut dyn FnMut(&[&str]) -> Asked) -> Option<BTreeSet<String>> {
    let mut found = BTreeSet::new();
    for _ in 0..MOST_ABSENT {
        let left: Vec<&str> = names.iter().map(String::as_str).filter(|name| !found.contains(*name)).collect();
        if left.is_empty() {
            break;
        }
        match ask(&left)? {
            Ok(()) => return Some(found),
            // Any other failure, such as one of the network, tells nothing of the names.
            Err(said) => found.insert(absent(&said, &left)?.to_owned()),
        };
    }
    Some(found)
}

/// The one of these names of which pip or uv, in what they print when they fail, says that no index has it.
pub fn absent<'a>(said: &str, names: &[&'a str]) -> Option<&'a str> {
    // uv breaks its lines wherever the terminal ends.
    let said: Vec<&str> = said.split_whitespace().collect();
    let said = said.join(" ") + " ";
    let is_it = |name: &str| WORDS.iter().any(|(before, behind)| said.contains(&format!("{before}{name}{behind} ")));
    names.iter().find(|name| is_it(name)).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_absent_name_is_read_from_the_words_of_either() {
        let told = |said: &str| absent(said, &["tabulate", "none-such"]);
        let pip = "ERROR: Could not find a version that satisfies the requirement none-such (from versions: none)\n\
                   ERROR: No matching distribution found for none-such\n";
        let uv = "error: No solution found when resolving dependencies\n  cause: Because none-such was not found in the package \
                  registry and you require none-such, we can conclude that your requirements are unsatisfiable.\n";
        assert_eq!([told(pip), told(uv)], [Some("none-such"), Some("none-such")]);
        assert_eq!(told("error: Failed to fetch: `https://h/simple/tabulate/`\n"), None);
        assert_eq!(told("ERROR: No matching distribution found for other\n"), None, "nobody asked for it");
    }

    #[test]
    fn whoever_is_asked_is_asked_again_without_what_is_absent() {
        let names = ["a", "b", "c"].map(str::to_owned);
        let mut asked = Vec::new();
        let found = all_absent(&names, &mut |left| {
            asked.push(left.join(" "));
            let name = left.iter().find(|name| **name != "b");
            Some(name.map_or(Ok(()), |name| Err(format!("ERROR: No matching distribution found for {name}\n"))))
        });
        assert_eq!(found, Some(["a", "c"].map(str::to_owned).into()));
        assert_eq!(asked, ["a b c", "b c", "b"]);
        assert_eq!(all_absent(&names, &mut |_| Some(Err("no network".to_owned()))), None);
        assert_eq!(all_absent(&names, &mut |_| None), None);
    }

    #[test]
    fn packages_have_their_files() {
        let text = "lock-version = \"1.0\"\n[[packages]]\nname = \"six\"\nversion = \"1.17.0\"\n\
                    sdist = { url = \"https://h/six-1.17.0.tar.gz\", hashes = { sha256 = \"short\" } }\n\
                    wheels = [{ url = \"https://h/six-1.17.0-py3-none-any.whl#x\", hashes = { sha256 = \"SHA\" } }]\n\
                    [[packages]]\nname = \"own\"\nvcs = { type = \"git\", url = \"https://h/own\", commit-id = \"0\" }\n";
        let hash = "0123456789abcdef".repeat(4);
        let found = read(&text.replace("SHA", &hash)).unwrap();
        let names: Vec<&str> = found[0].files.iter().map(File::name).collect();
        assert_eq!(names, ["six-1.17.0-py3-none-any.whl", "six-1.17.0.tar.gz"]);
        assert_eq!((found[0].files[0].sha256.as_ref(), found[0].files[1].sha256.as_ref()), (Some(&hash), None));
        assert_eq!(found[1], Resolved { name: "own".into(), version: None, files: Vec::new() });
        assert_eq!(read("six==1\n"), None);
        assert_eq!(read("lock-version = \"1.0\"\n"), Some(Vec::new()));
    }
}
