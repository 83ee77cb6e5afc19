//! What is looked at after each blow.

use std::fs;
use std::path::Path;

use pyve_testkit::tracer::{Blow, Traced, traced};
use pyve_testkit::{Outcome, tree};

use super::scene::{After, RC, SEED, Scene};

const PREFIX: &str = "import sys; print(sys.prefix)";

impl Scene<'_> {
    /// Kills the command at the point, or lets its call fail; says what is wrong then.
    pub fn faults_after(&self, point: usize, blow: Blow) -> Vec<String> {
        self.reset();
        let traced = match traced(self.command(), Some((point, blow))) {
            Ok(traced) => traced,
            Err(error) => return vec![format!("at {point}: {error}")],
        };
        let mut faults = Vec::new();
        if blow != Blow::Kill && (traced.code.is_none() || traced.code == Some(101)) {
            faults.push(format!("it crashed: {}", traced.said));
        }
        // Before `run`, which keeps a key, too.
        let unsealed = self.was_not_sealed(&traced, point, blow);
        faults.extend(self.lost());
        faults.extend(self.wrongly_run(self.scenario.after == After::Always));
        let next = self.what_next(point);
        if unsealed && next.starts_with("purge") {
            faults.extend(self.not_purged());
            faults.extend(self.next("purge --yes --unrecorded"));
        } else {
            faults.extend(self.next(next));
        }
        let hit = traced.hit.as_deref().unwrap_or("nothing").replace(&*self.world.root().to_string_lossy(), "");
        faults.into_iter().map(|fault| format!("at {point} ({hit}): {fault}")).collect()
    }

    /// The same command where it changes the home folder; else `init`, and now and then `purge`.
    fn what_next(&self, point: usize) -> &str {
        match self.scenario.after {
            After::Leaves if point.is_multiple_of(2) => "purge --yes",
            After::None | After::Always if point.is_multiple_of(3) => "purge --yes",
            After::Always if ["plugin", "self"].iter().any(|word| self.scenario.line.starts_with(word)) => {
                self.scenario.line
            }
            _ => "init",
        }
    }

    /// The key could not be kept, so that it sealed for that one command only: all that was made is unrecorded since.
    fn was_not_sealed(&self, traced: &Traced, point: usize, blow: Blow) -> bool {
        let own = self.world.home().join(".pyve");
        // What is written to a file comes after the call that opens it.
        let about = traced.calls.iter().take(point).rev().find_map(|call| call.split_once(' '));
        let is_key =
            about.is_some_and(|(_, path)| [Some(Path::new(path)), Path::new(path).parent()].contains(&Some(&own)));
        is_key && blow != Blow::Kill && traced.code == Some(0) && !own.join("key").exists()
    }

    /// What no record tells of stays where nobody said that it may go.
    fn not_purged(&self) -> Option<String> {
        let before = tree(self.world.project(), &[]);
        let ended = self.said("purge --yes");
        let refused = ended.code == Some(1) && ended.err().contains("pyve purge --yes --unrecorded");
        (!refused || tree(self.world.project(), &[]) != before).then(|| format!("purge of what is unrecorded: {ended}"))
    }

    /// The user's own lines and files.
    fn lost(&self) -> Vec<String> {
        let project = SEED.iter().map(|(file, text)| (self.world.project().join(file), *text));
        let all = project.chain([(self.world.home().join(RC.0), RC.1)]);
        let lost = all.filter_map(|(path, text)| {
            let now = fs::read_to_string(&path).unwrap_or_else(|error| error.to_string());
            (own_lines(&now) != own_lines(text)).then(|| format!("{} is {now:?}", path.display()))
        });
        lost.collect()
    }

    /// A command runs in a whole environment of the project, or not at all.
    fn wrongly_run(&self, always: bool) -> Option<String> {
        let ran = self.python();
        let prefix = self.world.project().join(".venv");
        match ran.code {
            Some(0) if ran.stdout == format!("{}\n", prefix.display()).into_bytes() => None,
            Some(125) if !always => None,
            _ => Some(format!("run: {ran}")),
        }
    }

    fn python(&self) -> Outcome {
        self.world.pyve().args(["run", "python", "-I", "-c", PREFIX]).run()
    }

    /// The next command copes, and leaves nothing over.
    fn next(&self, line: &str) -> Vec<String> {
        let ended = self.said(line);
        if ended.code != Some(0) {
            return vec![format!("next {line}: {ended}")];
        }
        let mut faults = self.lost();
        let [project, home] = self.folders();
        // What is written into the home folder is written by commands that know of no project's lock.
        faults.extend(left_over(&project, &[".pyve-old-", ".pyve-new-", ".tmp"]));
        faults.extend(left_over(&home, &[".pyve-old-", ".pyve-new-"]));
        if line.starts_with("purge") {
            faults.extend(self.not_as_seeded());
        } else {
            faults.extend(self.wrongly_run(true));
        }
        faults.into_iter().map(|fault| format!("after {line}: {fault}")).collect()
    }

    fn not_as_seeded(&self) -> Option<String> {
        let mut left: Vec<String> = tree(self.world.project(), &[]).lines().map(|line| line[5..].to_owned()).collect();
        left.retain(|path| path != ".pyve/" && !SEED.iter().any(|(file, _)| file == path));
        (!left.is_empty()).then(|| format!("still there: {left:?}"))
    }
}

/// Without pyve's blocks, the lines of versions that it is asked to write, and empty lines.
fn own_lines(text: &str) -> Vec<&str> {
    let mut within = false;
    let own = text.lines().filter(|line| {
        within |= line.starts_with("# >>> pyve");
        let own = !within;
        within &= !line.starts_with("# <<< pyve");
        own && !line.is_empty() && !["python ", "pyve_version: "].iter().any(|start| line.starts_with(start))
    });
    own.collect()
}

/// What has a name that pyve gives only to what is not finished.
fn left_over(folder: &Path, marks: &[&str]) -> Vec<String> {
    let is_left = |line: &str| line.contains(".pyve-") && marks.iter().any(|mark| line.contains(mark));
    tree(folder, &[]).lines().filter(|line| is_left(line)).map(|line| format!("left over: {line}")).collect()
}
