//! Searching for packages that go together: what is locked stays, until the solver names what cannot.

use pyve_formats::conda_package::PackageFile;
use pyve_formats::match_spec::MatchSpec;
use pyve_plugin_api::{Command, Error, Host, LockRequest, Result, Solve, Tool};

use super::graph;
use super::project::{Project, Wish};
use super::solution::{self, Set};
use crate::create;

/// What a file of settings may say of JSON, said here.
const JSON: &str = "MAMBA_JSON";

/// Lines of an explanation; there are none longer that anybody reads.
const MOST_WORDS: usize = 40;

/// What is to move.
pub enum Goal<'a> {
    /// Nothing that need not.
    Keep,
    /// These, to their newest versions.
    Move(&'a [String]),
    /// Everything.
    All,
}

/// How far it is.
pub enum Progress {
    /// This has to be solved first.
    Ask(Box<Solve>),
    /// The packages of the platform.
    Done(Set),
}

/// The search for one platform.
pub struct Search<'a> {
    pub project: &'a Project<'a>,
    pub wish: &'a Wish,
    pub tool: &'a Tool,
    pub lock: &'a LockRequest,
    pub host: &'a dyn Host,
    /// What is locked for the platform.
    pub locked: &'a Set,
    /// Whether that is only what two sides of a merge agree on, so that nobody can tell what leads to it.
    pub is_merge: bool,
}

/// What an attempt gave.
enum Attempt {
    Ask(Box<Solve>),
    Found(Set),
    /// The words of the solver.
    Failed(Vec<String>),
}

impl Search<'_> {
    /// Goes on from the answers that are there.
    pub fn run(&self, goal: &Goal) -> Result<Progress> {
        let (pins, targets) = match goal {
            Goal::All => (Set::new(), Set::new()),
            Goal::Keep => (self.kept(), Set::new()),
            Goal::Move(names) => {
                let newest = match self.attempt("newest", &[])? {
                    Attempt::Ask(solve) => return Ok(Progress::Ask(solve)),
                    Attempt::Found(set) => set,
                    Attempt::Failed(words) => return self.failed(words),
                };
                let is_meant = |name: &String| names.contains(name);
                let mut pins = self.kept();
                pins.retain(|name, _| !is_meant(name));
                (pins, newest.into_iter().filter(|(name, _)| is_meant(name)).collect())
            }
        };
        self.with_pins(pins, &targets)
    }

    /// Tries with all pins, then without those that the solver names.
    fn with_pins(&self, mut pins: Set, targets: &Set) -> Result<Progress> {
        let (mut number, mut found): (u32, Option<Set>) = (0, None);
        loop {
            number += 1;
            let held: Vec<String> = pins.values().chain(targets.values()).map(|chosen| chosen.pin()).collect();
            match self.attempt(&number.to_string(), &held)? {
                Attempt::Ask(solve) => return Ok(Progress::Ask(solve)),
                Attempt::Found(set) => {
                    let set = self.needed(set);
                    if number == 1 && pins.is_empty() && targets.is_empty() {
                        return Ok(Progress::Done(set));
                    }
                    // What was released and need not have moved is held once more.
                    let forced = graph::forced(self.locked, &set, &self.wish.specs, |name| targets.contains_key(name));
                    let may_stay = |name: &String| {
                        !pins.contains_key(name) && !targets.contains_key(name) && !forced.contains_key(name)
                    };
                    let moved = |(name, old): &(&String, &solution::Chosen)| {
                        may_stay(name) && set.get(*name).is_some_and(|now| !now.is_same(old))
                    };
                    let again: Set =
                        self.kept().iter().filter(moved).map(|(name, old)| (name.clone(), old.clone())).collect();
                    if again.is_empty() {
                        return Ok(Progress::Done(set));
                    }
                    pins.extend(again);
                    found = Some(set);
                }
                Attempt::Failed(_) if found.is_some() => return Ok(Progress::Done(found.unwrap_or_default())),
                Attempt::Failed(words) if pins.is_empty() => return self.failed(words),
                Attempt::Failed(words) => {
                    let before = pins.len();
                    for name in named(&words, &pins) {
                        pins.remove(&name);
                    }
                    if pins.len() == before {
                        pins.clear();
                    }
                }
            }
        }
    }

    /// What is locked, still asked for, and what that leads to.
    fn kept(&self) -> Set {
        let wanted = graph::reached(self.roots(self.locked), self.locked);
        let fits = |name: &String, old: &solution::Chosen| {
            (self.is_merge || wanted.contains(name)) && graph::refusing(&self.wish.specs, old).is_none()
        };
        self.locked
            .iter()
            .filter(|(name, old)| fits(name, old))
            .map(|(name, old)| (name.clone(), old.clone()))
            .collect()
    }

    /// Without what was only held, and nothing leads to.
    fn needed(&self, set: Set) -> Set {
        let reached = graph::reached(self.roots(&set), &set);
        set.into_iter().filter(|(name, _)| reached.contains(name)).collect()
    }

    /// The names that are asked for; pip comes with python.
    fn roots(&self, set: &Set) -> Vec<&str> {
        let pip = set.contains_key("python").then_some("pip");
        self.wish.specs.iter().map(|spec| spec.name.as_str()).chain(pip).collect()
    }

    fn attempt(&self, step: &str, held: &[String]) -> Result<Attempt> {
        let key = format!("{} {step}", self.wish.platform);
        let Some(solved) = self.lock.answer(&key) else {
            return Ok(Attempt::Ask(Box::new(self.solve(&key, held)?)));
        };
        Ok(match solution::read(solved)? {
            Ok(set) => Attempt::Found(set),
            Err(words) => Attempt::Failed(words),
        })
    }

    fn solve(&self, key: &str, held: &[String]) -> Result<Solve> {
        let scratch = self.lock.scratch.path();
        let file = scratch.join(format!("{}.yml", key.replace(' ', "-")));
        let platform = &self.wish.platform;
        let mut command = Command::new(&self.tool.path)
            .args(["create", "-y", "--dry-run", "--json", "--platform", platform, "-p"])
            .arg(scratch.join("prefix"))
            .arg("-f")
            .arg(&file);
        if self.project.request.offline {
            command = command.arg("--offline");
        }
        command = create::shielded(command, self.project.request, self.host);
        command.env.retain(|variable| variable.name != JSON);
        command = command.env(JSON, "true");
        for (name, value) in self.project.overrides(platform) {
            command = command.env(&name, value.as_str());
        }
        let title = format!("Solve for {platform}");
        Ok(Solve::new(key, &title, command).file(&file, &self.file(held)?))
    }

    /// The environment file of a solve: this platform's packages, and what is held.
    fn file(&self, held: &[String]) -> Result<String> {
        let quoted = |text: &str| serde_json::Value::from(text).to_string();
        let mut text = String::new();
        let channels = &self.wish.asked.channels;
        text.push_str(if channels.is_empty() { "" } else { "channels:\n" });
        for channel in channels {
            text.push_str(&format!("  - {}\n", quoted(&super::secrets::filled(channel, self.host)?)));
        }
        text.push_str("dependencies:\n");
        let specs = self.wish.specs.iter().map(|spec: &MatchSpec| spec.text.as_str());
        specs.chain(held.iter().map(String::as_str)).for_each(|spec| text.push_str(&format!("  - {}\n", quoted(spec))));
        Ok(text)
    }

    /// Nothing goes together: the solver is asked once more, for people, since it explains little of that in JSON.
    fn failed(&self, words: Vec<String>) -> Result<Progress> {
        let key = format!("{} why", self.wish.platform);
        let Some(solved) = self.lock.answer(&key) else {
            let mut solve = self.solve(&key, &[])?;
            solve.command.args.retain(|arg| arg.display() != "--json");
            solve.command.env.retain(|variable| variable.name != JSON);
            solve.command = solve.command.env(JSON, "false");
            return Ok(Progress::Ask(Box::new(solve)));
        };
        let words = if solved.success() { words } else { solution::words(solved, Vec::new()) };
        let sources = self.wish.sources.join(", ");
        let error = Error::new(format!("could not solve {sources} for {}", self.wish.platform));
        let error = words.iter().take(MOST_WORDS).fold(error, Error::detail);
        Err(error
            .hint(format!("change what {sources} asks for, or its channels; {} was left as it is", self.project.file)))
    }
}

/// The pins that the solver names.
fn named(words: &[String], pins: &Set) -> Vec<String> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    let tokens = words.iter().flat_map(|line| line.split(|c| !is_part(c))).map(|token| token.trim_matches('.'));
    let name = |token: &str| {
        let token = token.to_ascii_lowercase();
        let of_file = || PackageFile::of(&token).map(|file| file.name).filter(|name| pins.contains_key(name));
        if pins.contains_key(&token) { Some(token) } else { of_file() }
    };
    let mut names: Vec<String> = tokens.filter_map(name).collect();
    names.sort();
    names.dedup();
    names
}
