//! What the solver answered: the packages that go together, or its words.

use std::collections::BTreeMap;

use pyve_formats::conda_lock::LockedPackage;
use pyve_plugin_api::{Error, Result, Solved};
use serde::Deserialize;

/// A package of conda's that was chosen, now or when it was locked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chosen {
    /// In lower case.
    pub name: String,
    pub version: String,
    pub build: String,
    pub url: String,
    pub md5: Option<String>,
    pub sha256: Option<String>,
    /// As an index writes them: `python >=3.9`.
    pub depends: Vec<String>,
    pub constrains: Vec<String>,
}

/// By name.
pub type Set = BTreeMap<String, Chosen>;

impl Chosen {
    /// As a lock has it; `None` where an entry of it lacks something.
    pub fn of_locked(package: &LockedPackage) -> Option<Self> {
        let one = |(name, versions): (&String, &String)| format!("{name} {versions}").trim_end().to_owned();
        Some(Self {
            name: package.name.as_ref()?.to_ascii_lowercase(),
            version: package.version.clone()?,
            build: package.build(),
            url: package.url.clone()?,
            md5: package.md5.clone(),
            sha256: package.sha256.clone(),
            depends: package.dependencies.iter().map(one).collect(),
            constrains: Vec::new(),
        })
    }

    /// The one package that a solver is held to.
    pub fn pin(&self) -> String {
        let Self { name, version, build, .. } = self;
        if build.is_empty() { format!("{name}=={version}") } else { format!("{name}=={version}={build}") }
    }

    pub fn is_same(&self, other: &Self) -> bool {
        (&self.version, &self.build) == (&other.version, &other.build)
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Answer {
    success: bool,
    actions: Actions,
    solver_problems: Vec<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Actions {
    #[serde(rename = "LINK")]
    link: Vec<Record>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Record {
    name: String,
    version: String,
    build_string: String,
    build: String,
    url: String,
    md5: Option<String>,
    sha256: Option<String>,
    depends: Vec<String>,
    constrains: Vec<String>,
}

/// What a solve gave: packages, or the solver's words where they do not go together.
pub fn read(solved: &Solved) -> Result<std::result::Result<Set, Vec<String>>> {
    // Lines may stand before the object.
    let output = solved.output.as_str();
    let json = output.find('{').map_or("", |at| &output[at..]);
    let answer: Option<Answer> = serde_json::Deserializer::from_str(json).into_iter().next().and_then(|it| it.ok());
    match answer {
        Some(answer) if solved.success() && answer.success => {
            let all = answer.actions.link.into_iter().map(chosen).collect::<Result<Vec<_>>>()?;
            Ok(Ok(all.into_iter().map(|chosen| (chosen.name.clone(), chosen)).collect()))
        }
        answer => Ok(Err(words(solved, answer.map(|answer| answer.solver_problems).unwrap_or_default()))),
    }
}

fn chosen(record: Record) -> Result<Chosen> {
    let Record { name, version, build_string, build, url, md5, sha256, depends, constrains } = record;
    let hash = |text: Option<String>, length: usize| {
        text.filter(|text| text.len() == length && text.bytes().all(|byte| byte.is_ascii_hexdigit()))
    };
    let is_word = |text: &str| {
        !text.is_empty()
            && !text.contains("..")
            && text.chars().all(|c| c.is_ascii_alphanumeric() || "._-+!".contains(c))
    };
    let build = if build_string.is_empty() { build } else { build_string };
    if !is_word(&name) || !is_word(&version) || !is_word(&build) || !url.contains("://") {
        return Err(Error::new(format!("the solver named a package `{name}` `{version}` that cannot be locked"))
            .hint("run the same command with `--verbose` to see what was solved"));
    }
    let md5 = hash(md5, 32);
    if md5.is_none() {
        return Err(Error::new(format!("the channel gives no MD5 of {name} {version}, and conda-lock.yml needs one"))
            .detail(url)
            .hint("ask the owner of the channel to index it with MD5 hashes"));
    }
    let name = name.to_ascii_lowercase();
    Ok(Chosen { name, version, build, url, md5, sha256: hash(sha256, 64), depends, constrains })
}

/// Solves that run side by side wait for each other's turn at the cache, and say so.
fn is_of_turns(line: &str) -> bool {
    line.starts_with("Could not set lock") || line.trim_start().starts_with("Waiting for other mamba process")
}

/// The tree that explains it where there is one, else each problem.
pub fn words(solved: &Solved, problems: Vec<String>) -> Vec<String> {
    let of_log = solved.errors.lines().map(|line| {
        let rest = ["error", "critical"]
            .iter()
            .find_map(|level| line.strip_prefix(level)?.trim_start().strip_prefix("libmamba "));
        rest.unwrap_or(line).to_owned()
    });
    let is_told = |line: &String| !line.trim().is_empty() && !line.starts_with("warning") && !is_of_turns(line);
    let mut lines: Vec<String> = of_log.filter(is_told).collect();
    lines.dedup();
    if !problems.is_empty() {
        lines.extend(problems);
    }
    // It is said already.
    if lines.len() > 1 {
        lines.retain(|line| !line.starts_with("Could not solve"));
    }
    let indent = lines.iter().map(|line| line.len() - line.trim_start().len()).min().unwrap_or_default();
    lines.iter_mut().for_each(|line| *line = line[indent..].to_owned());
    if lines.is_empty() {
        lines.push(format!("the solver ended with exit code {}", solved.code));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    const MD5: &str = "0123456789abcdef0123456789abcdef";

    fn answered(code: i32, output: &str, errors: &str) -> Result<std::result::Result<Set, Vec<String>>> {
        read(&Solved::new("linux-64", code, output).errors(errors))
    }

    #[test]
    fn packages_are_taken_as_they_were_chosen() {
        let link = |name: &str, md5: &str| {
            format!(
                r#"info line{{"success": true, "actions": {{"LINK": [{{"name": "{name}", "version": "1.0", "build_string": "h0_0",
                "url": "https://h/linux-64/a-1.0-h0_0.conda", "md5": "{md5}", "sha256": "short", "depends": ["b >=1"], "size": 3}}]}}}}"#
            )
        };
        let set = answered(0, &link("Abc", MD5), "").unwrap().unwrap();
        let chosen = &set["abc"];
        assert_eq!((chosen.pin().as_str(), chosen.sha256.as_ref()), ("abc==1.0=h0_0", None));
        let refused = |text: &str| crate::shown(&answered(0, text, "").unwrap_err());
        insta::assert_snapshot!(refused(&link("../x", MD5)), @"
        the solver named a package `../x` `1.0` that cannot be locked
        => run the same command with `--verbose` to see what was solved
        ");
        insta::assert_snapshot!(refused(&link("a", "00")), @"
        the channel gives no MD5 of a 1.0, and conda-lock.yml needs one
          https://h/linux-64/a-1.0-h0_0.conda
        => ask the owner of the channel to index it with MD5 hashes
        ");
    }

    #[test]
    fn a_failure_has_the_words_of_the_solver() {
        let said = |code, output: &str, errors: &str| answered(code, output, errors).unwrap().unwrap_err().join("|");
        let problems = r#"{"success": false, "solver_problems": ["nothing provides b"]}"#;
        let errors = "warning  libmamba x\nerror    libmamba Could not solve for environment specs\n    └─ b\n";
        assert_eq!(said(1, problems, errors), "    └─ b|nothing provides b");
        assert_eq!(said(1, "", "critical libmamba Multiple errors occurred:\n"), "Multiple errors occurred:");
        assert_eq!(said(137, "", ""), "the solver ended with exit code 137");
    }

    #[test]
    fn waiting_for_its_turn_is_not_why_a_solve_failed() {
        let errors = "error    libmamba Could not set lock (Resource temporarily unavailable)\n    \
                      Waiting for other mamba process to finish\nerror    libmamba Could not solve for environment specs\n    \
                      The following package could not be installed\n    └─ a =1 * does not exist\n";
        let told = answered(1, r#"{"success": false}"#, errors).unwrap().unwrap_err();
        assert_eq!(told, ["The following package could not be installed", "└─ a =1 * does not exist"]);
    }
}
