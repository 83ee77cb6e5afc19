//! The account of a migration: what becomes of every line that the files of the old backend say, each exactly once.

use pyve_formats::sorted;
use std::collections::HashMap;

use pyve_plugin_api::{Adoption, Fate, Requirement, Requirements};
use serde_json::{Value, json};

use crate::config::printable;
use crate::failure::Failure;
use crate::ui::Console;

/// One line of the files, on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Where it stands: `requirements.txt:3`; empty where nobody knows.
    pub place: String,
    pub text: String,
    pub fate: Fate,
    /// As it is written for the new backend; empty where that is impossible.
    pub written: String,
    pub reason: String,
    /// What it requires, if it is a requirement.
    pub package: Option<String>,
    /// Where the lock has its version: `pylock.toml:12`; `None` where the version is the declared one.
    pub locked: Option<String>,
}

/// All of them, in the order of the files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    pub lines: Vec<Line>,
}

impl Account {
    /// Puts question and answer together. Fails where a line has not exactly one answer, or one that says nothing:
    /// `backend` is who answered.
    pub fn new(asked: &Requirements, answer: &Adoption, backend: &str) -> Result<Self, Failure> {
        let faults = faults(asked, answer);
        if !faults.is_empty() {
            let failure = Failure::new(format!("backend `{backend}` returned an invalid answer to `adopt`"));
            let failure = faults.into_iter().take(5).fold(failure, |failure, fault| failure.detail(printable(&fault)));
            return Err(failure.remedy("report this to the author of the backend"));
        }
        let requirements = answer.adopted.iter().map(|adopted| Line {
            place: adopted.from.origin.to_string(),
            text: shown(&adopted.from),
            fate: adopted.fate,
            written: adopted.written.to_string(),
            reason: adopted.reason.to_string(),
            package: Some(adopted.from.name.to_string()),
            locked: Some(adopted.from.locked.to_string()).filter(|place| !place.is_empty()),
        });
        let answers: HashMap<&str, _> = answer.lines.iter().map(|line| (line.from.as_str(), line)).collect();
        let others = texts(asked).into_iter().filter_map(|text| {
            let line = answers.get(text.as_str())?;
            let (place, rest) = placed(&text);
            Some(Line {
                place: place.to_owned(),
                text: rest.to_owned(),
                fate: line.fate,
                written: line.written.to_string(),
                reason: line.reason.to_string(),
                package: None,
                locked: None,
            })
        });
        let mut lines: Vec<Line> = requirements.chain(others).collect();
        in_order(&mut lines);
        Ok(Self { lines })
    }

    /// How many have that fate.
    pub fn count(&self, fate: Fate) -> usize {
        self.lines.iter().filter(|line| line.fate == fate).count()
    }

    /// What is required there, too, by both of its names.
    pub fn packages(&self) -> Vec<&str> {
        let kept = self.lines.iter().filter(|line| line.fate != Fate::IMPOSSIBLE);
        kept.filter_map(|line| Some([line.package.as_deref()?, name_of(&line.written)])).flatten().collect()
    }

    /// A line each, and how many there are.
    pub fn table(&self, console: &Console) -> Vec<String> {
        let arrow = if console.unicode() { "→" } else { "->" };
        let cells: Vec<[String; 4]> = self.lines.iter().map(|line| cells(line, arrow)).collect();
        let width = |column: usize| cells.iter().map(|row| row[column].chars().count()).max().unwrap_or_default();
        let [one, two, three] = [width(0), width(1), width(2).min(WIDEST)];
        let rows = cells.iter().map(|[fate, place, text, rest]| {
            format!("  {fate:<one$}  {place:<two$}  {text:<three$}  {rest}").trim_end().to_owned()
        });
        rows.chain([self.counted()]).collect()
    }

    fn counted(&self) -> String {
        let counts = FATES.map(|fate| (self.count(fate), fate.as_str()));
        let told: Vec<String> =
            counts.iter().filter(|(count, _)| *count > 0).map(|(count, fate)| format!("{count} {fate}")).collect();
        match self.lines.len() {
            0 => "nothing is required".to_owned(),
            1 => format!("1 line: {}", told.join(", ")),
            many => format!("{many} lines: {}", told.join(", ")),
        }
    }

    pub fn json(&self) -> Value {
        self.lines.iter().map(Line::json).collect()
    }

    /// How many have each fate, for programs.
    pub fn counts(&self) -> Value {
        let mut counts = serde_json::Map::new();
        counts.extend(FATES.iter().map(|fate| (fate.as_str().to_owned(), json!(self.count(*fate)))));
        counts.into()
    }
}

/// As they stand in the files; those without a place come last.
fn in_order(lines: &mut Vec<Line>) {
    let split = |place: &str| place.rsplit_once(':').map(|(file, line)| (file.to_owned(), line.parse::<usize>().ok()));
    let mut files: Vec<String> = Vec::new();
    for (file, _) in lines.iter().filter_map(|line| split(&line.place)) {
        if !files.contains(&file) {
            files.push(file);
        }
    }
    sorted::by_key(lines, |line| match split(&line.place) {
        Some((file, number)) => (files.iter().position(|known| *known == file), number),
        None => (Some(usize::MAX), None),
    });
}

/// The widest that a requirement makes its column.
const WIDEST: usize = 40;

const FATES: [Fate; 3] = [Fate::CARRIED, Fate::CHANGED, Fate::IMPOSSIBLE];

impl Line {
    fn json(&self) -> Value {
        let or_none = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        json!({
            "place": or_none(&self.place),
            "line": self.text,
            "fate": self.fate.as_str(),
            "written": or_none(&self.written),
            "reason": or_none(&self.reason),
            "locked": self.locked,
        })
    }
}

fn cells(line: &Line, arrow: &str) -> [String; 4] {
    let locked = line.locked.as_ref().map(|place| format!("locked in {place}")).unwrap_or_default();
    let notes: Vec<&str> = [locked.as_str(), &line.reason].into_iter().filter(|note| !note.is_empty()).collect();
    let reason = printable(&notes.join("; "));
    let rest = match (line.written.as_str(), reason.as_str()) {
        ("", reason) => reason.to_owned(),
        (written, "") => format!("{arrow} {}", printable(written)),
        (written, reason) => format!("{arrow} {} ({reason})", printable(written)),
    };
    [line.fate.to_string(), printable(&line.place), printable(&line.text), rest]
}

/// What is asked beside the requirements: channels and indexes, variables, other lines.
fn texts(asked: &Requirements) -> Vec<String> {
    let variables = asked.variables.iter().map(|variable| format!("{}={}", variable.name, variable.value.display()));
    let told = |text: &pyve_plugin_api::RString| text.to_string();
    asked.sources.iter().map(told).chain(variables).chain(asked.others.iter().map(told)).collect()
}

/// `requirements.txt:9: --no-binary :all:` in two; a line without a place is whole.
fn placed(text: &str) -> (&str, &str) {
    let number = |place: &str| place.rsplit_once(':').is_some_and(|(file, line)| !file.is_empty() && is_number(line));
    text.split_once(": ").filter(|(place, _)| number(place)).unwrap_or(("", text))
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// What of the answer is none.
fn faults(asked: &Requirements, answer: &Adoption) -> Vec<String> {
    let mut faults = Vec::new();
    let (wanted, given) = (&asked.requirements, &answer.adopted);
    if wanted.len() != given.len() {
        faults.push(format!("{} requirements have {} answers", wanted.len(), given.len()));
    }
    let other = wanted.iter().zip(given).find(|(wanted, given)| **wanted != given.from);
    faults.extend(other.map(|(wanted, _)| format!("no answer for {}", told(&shown(wanted), &wanted.origin))));
    let mut open: HashMap<&str, isize> = HashMap::new();
    let texts = texts(asked);
    texts.iter().for_each(|text| *open.entry(text).or_default() += 1);
    // A channel that is said twice is answered once or twice.
    let mut seen: HashMap<&str, isize> = HashMap::new();
    answer.lines.iter().for_each(|line| *seen.entry(&line.from).or_default() += 1);
    for text in &texts {
        match (open.remove(text.as_str()), seen.remove(text.as_str())) {
            (Some(_), None) => faults.push(format!("no answer for {}", told(text, ""))),
            (Some(wanted), Some(given)) if given > wanted => faults.push(format!("{given} answers for `{text}`")),
            _ => {}
        }
    }
    faults.extend(
        answer
            .lines
            .iter()
            .map(|line| line.from.as_str())
            .filter(|from| seen.contains_key(from))
            .map(|from| format!("an answer for what was not asked: `{from}`")),
    );
    let requirements = given.iter().map(|it| (shown(&it.from), it.fate, it.reason.is_empty()));
    let lines = answer.lines.iter().map(|it| (it.from.to_string(), it.fate, it.reason.is_empty()));
    let silent = |(text, fate, no_reason): (String, Fate, bool)| {
        let says = FATES.contains(&fate) && (fate == Fate::CARRIED || !no_reason);
        (!says).then(|| format!("`{text}` is {fate}, and nothing says why"))
    };
    faults.extend(requirements.chain(lines).filter_map(silent));
    faults
}

fn told(text: &str, origin: &str) -> String {
    if origin.is_empty() { format!("`{text}`") } else { format!("`{text}` (`{origin}`)") }
}

/// A requirement as its own ecosystem would write it, more or less: for people.
fn shown(it: &Requirement) -> String {
    let extras: Vec<&str> = it.extras.iter().map(|extra| extra.as_str()).collect();
    if it.name.is_empty() {
        return format!("{}{}", if it.editable { "-e " } else { "" }, it.source);
    }
    let mut text = if it.editable { format!("-e {}", it.name) } else { it.name.to_string() };
    if !extras.is_empty() {
        text += &format!("[{}]", extras.join(","));
    }
    text += &it.constraint;
    if !it.build.is_empty() {
        text += &format!(" {}", it.build);
    }
    if !it.source.is_empty() {
        text += &format!(" @ {}", it.source);
    }
    if !it.platform.is_empty() {
        text += &format!(" [{}]", it.platform);
    }
    if !it.marker.is_empty() {
        text += &format!(" ; {}", it.marker);
    }
    if !it.hashes.is_empty() {
        text += &format!(" ({} hashes)", it.hashes.len());
    }
    text
}

/// The name at the beginning of what is written: `one` of `one =2.1`, of `[one >=2` and of `channel::one`.
fn name_of(written: &str) -> &str {
    let written = written.trim_start_matches("- ").trim_start_matches(['"', '\'', ' ']);
    let written = written.split_once("::").map_or(written, |(_, rest)| rest);
    let end = written.find(|letter: char| !(letter.is_ascii_alphanumeric() || "._-".contains(letter)));
    &written[..end.unwrap_or(written.len())]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::Volume;
    use pyve_plugin_api::{Adopted, AdoptedLine, Ecosystem, Variable};

    fn pypi(name: &str, constraint: &str, line: usize) -> Requirement {
        Requirement::new(Ecosystem::PYPI, name).constraint(constraint).origin(&format!("requirements.txt:{line}"))
    }

    fn asked() -> Requirements {
        let mut asked = Requirements::new()
            .requirement(pypi("flask", ">=3", 1))
            .requirement(pypi("torch", "==2.1", 2).locked("some.lock:7"));
        asked = asked.requirement(pypi("local", "", 3).source("./local"));
        asked.sources.push("requirements.txt:4: --index-url https://example.org/simple".into());
        asked.variables.push(Variable::new("KEY", "value"));
        asked.others.push("requirements.txt:5: --no-binary :all:".into());
        asked
    }

    fn answer() -> Adoption {
        let [flask, torch, local] = [0, 1, 2].map(|index| asked().requirements[index].clone());
        Adoption::new()
            .adopted(Adopted::carried(flask, "flask >=3"))
            .adopted(Adopted::changed(torch, "pytorch ==2.1", "its name on the channel"))
            .adopted(Adopted::impossible(local, "a path\u{1b}[31m has no counterpart"))
            .line(AdoptedLine::carried("KEY=value", "variables: KEY"))
            .line(AdoptedLine::impossible("requirements.txt:4: --index-url https://example.org/simple", "no index"))
            .line(AdoptedLine::impossible("requirements.txt:5: --no-binary :all:", "an option of another tool"))
    }

    #[test]
    fn every_line_is_in_the_account() {
        let account = Account::new(&asked(), &answer(), "reed").unwrap();
        let console = Console::new(Volume::Normal, anstream::ColorChoice::Never, true);
        let table = account.table(&console);
        let words = |line: &String| line.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(
            table.iter().map(words).collect::<Vec<_>>(),
            [
                "carried requirements.txt:1 flask>=3 → flask >=3",
                "changed requirements.txt:2 torch==2.1 → pytorch ==2.1 (locked in some.lock:7; its name on the channel)",
                "impossible requirements.txt:3 local @ ./local a path\\u{1b}[31m has no counterpart",
                "impossible requirements.txt:4 --index-url https://example.org/simple no index",
                "impossible requirements.txt:5 --no-binary :all: an option of another tool",
                "carried KEY=value → variables: KEY",
                "6 lines: 2 carried, 1 changed, 3 impossible"
            ]
        );
        assert!(table[0].starts_with("  carried     requirements.txt:1  flask>=3  "), "{}", table[0]);
        assert_eq!(account.packages(), ["flask", "flask", "torch", "pytorch"]);
        assert_eq!(account.counts(), json!({ "carried": 2, "changed": 1, "impossible": 3 }));
        assert_eq!(
            account.json()[1],
            json!({
                "place": "requirements.txt:2", "line": "torch==2.1", "fate": "changed", "written": "pytorch ==2.1",
                "reason": "its name on the channel", "locked": "some.lock:7"
            })
        );
        let nothing = Account::new(&Requirements::new(), &Adoption::new(), "reed").unwrap();
        assert_eq!(nothing.table(&console), ["nothing is required"]);
    }

    fn refused(answer: &Adoption) -> Vec<String> {
        let failure = Account::new(&asked(), answer, "reed").unwrap_err();
        assert_eq!(failure.message, "backend `reed` returned an invalid answer to `adopt`");
        assert_eq!(failure.remedy.to_string(), "report this to the author of the backend");
        failure.details
    }

    #[test]
    fn an_answer_that_leaves_something_out_is_none() {
        let mut short = answer();
        short.adopted.remove(0);
        short.lines.remove(2);
        assert_eq!(
            refused(&short),
            [
                "3 requirements have 2 answers",
                "no answer for `flask>=3` (`requirements.txt:1`)",
                "no answer for `requirements.txt:5: --no-binary :all:`"
            ]
        );
        let more = answer().line(AdoptedLine::carried("x", "x")).line(AdoptedLine::carried("KEY=value", "KEY"));
        assert_eq!(refused(&more), ["2 answers for `KEY=value`", "an answer for what was not asked: `x`"]);
        let mut silent = answer();
        silent.adopted[2].reason = "".into();
        silent.lines[0].fate = Fate::default();
        let wanted =
            ["`local @ ./local` is impossible, and nothing says why", "`KEY=value` is unknown, and nothing says why"];
        assert_eq!(refused(&silent), wanted);
    }

    #[test]
    fn names_and_places_are_found() {
        for (written, name) in [
            ("pytorch =2.1", "pytorch"),
            ("conda-forge::numpy>=1", "numpy"),
            ("- flask[async]>=2 ; x", "flask"),
            ("\"jax\"", "jax"),
            ("", ""),
        ] {
            assert_eq!(name_of(written), name, "{written}");
        }
        assert_eq!(placed("a b/requirements.txt:9: -c x: y"), ("a b/requirements.txt:9", "-c x: y"));
        assert_eq!(placed("conda-forge"), ("", "conda-forge"));
        assert_eq!(placed("KEY=a: b"), ("", "KEY=a: b"));
    }
}
