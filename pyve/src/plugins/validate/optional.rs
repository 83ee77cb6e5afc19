//! Answers to the questions that a backend need not answer.

use pyve_plugin_api::{
    Adoption, DeclaredEnvironment, Ecosystem, Lock, LockChange, Package, Requirement, Requirements, Solve, Update,
};

use super::faults::{Faults, shown};
use super::{Answer, Subject, step};

impl Answer for Update {
    fn validate(&self, _: &Subject<'_>, faults: &mut Faults) {
        step::all(&self.steps, faults);
        faults.line("`recreate`", &self.recreate);
        let one = self.steps.is_empty() || self.recreate.is_empty();
        faults.unless(one, || "there are steps, and `recreate` says that they do not do it".to_owned());
    }
}

impl Answer for Lock {
    fn validate(&self, _: &Subject<'_>, faults: &mut Faults) {
        faults.unless(!self.file.is_empty(), || "`file` is empty".to_owned());
        faults.unless(self.state.is_known(), || "`state` is not a known state".to_owned());
        self.reasons.iter().for_each(|reason| faults.line("`reasons`", reason));
        self.warnings.iter().for_each(|warning| faults.line("`warnings`", warning));
        faults.line("`summary`", &self.summary);
        self.solves.iter().for_each(|one| solve(one, faults));
        self.changes.iter().for_each(|one| change(one, faults));
        let is_last = self.content.is_some() || !self.steps.is_empty();
        faults.unless(self.solves.is_empty() || !is_last, || "it has `solves` beside `content` or `steps`".to_owned());
        step::all(&self.steps, faults);
    }
}

fn solve(solve: &Solve, faults: &mut Faults) {
    faults.words("the key of a solve", &solve.key);
    faults.words("the title of a solve", &solve.title);
    step::command("solve", &solve.title, &solve.command, faults);
}

fn change(change: &LockChange, faults: &mut Faults) {
    faults.words("the name of a changed package", &change.package);
    [&change.before, &change.after, &change.platform, &change.reason]
        .into_iter()
        .for_each(|text| faults.line("`changes`", text));
}

impl Answer for Requirements {
    fn validate(&self, _: &Subject<'_>, faults: &mut Faults) {
        self.requirements.iter().for_each(|one| requirement(one, faults));
        faults.line("`python`", &self.python);
        self.sources.iter().for_each(|source| faults.line("`sources`", source));
        self.variables.iter().for_each(|variable| faults.variable("`variables`", &variable.name));
    }
}

impl Answer for Adoption {
    fn validate(&self, _: &Subject<'_>, faults: &mut Faults) {
        self.adopted.iter().for_each(|adopted| requirement(&adopted.from, faults));
        step::all(&self.steps, faults);
        self.files.iter().for_each(|file| faults.unless(!file.is_empty(), || "`files` has an empty path".to_owned()));
    }
}

impl Answer for Vec<Package> {
    fn validate(&self, _: &Subject<'_>, faults: &mut Faults) {
        for package in self {
            faults.words("the name of a package", &package.name);
            faults.line("the version of a package", &package.version);
            ecosystem(&package.name, package.ecosystem, faults);
        }
    }
}

impl Answer for Vec<DeclaredEnvironment> {
    fn validate(&self, _: &Subject<'_>, faults: &mut Faults) {
        for environment in self {
            faults.words("the name of an environment", &environment.name);
            faults.unless(!environment.file.is_empty(), || {
                format!("the environment {} has no file", shown(&environment.name))
            });
            faults.line("the summary of an environment", &environment.summary);
        }
    }
}

fn requirement(requirement: &Requirement, faults: &mut Faults) {
    // What is taken from an address or a directory need not have one.
    match requirement.source.is_empty() {
        true => faults.words("the name of a requirement", &requirement.name),
        false => faults.line("the name of a requirement", &requirement.name),
    }
    ecosystem(&requirement.name, requirement.ecosystem, faults);
    faults.line("`locked`", &requirement.locked);
}

fn ecosystem(name: &str, ecosystem: Ecosystem, faults: &mut Faults) {
    faults.unless(ecosystem.is_known(), || format!("{} is of an unknown ecosystem", shown(name)));
}
