//! Choosing packages: the newest that go together.

use crate::record::{Record, Spec};

/// What is chosen from, and for which machine.
#[derive(Clone, Copy)]
pub struct Solver<'a> {
    pub repo: &'a [Record],
    pub platform: &'a str,
}

impl Solver<'_> {
    /// The packages in the order in which they can be linked; `None` where none go together. An error is what micromamba
    /// says of a specification in the index.
    pub fn solve(&self, specs: &[Spec]) -> Result<Option<Vec<Record>>, Vec<String>> {
        let mut chosen = Vec::new();
        // What is asked for first is chosen first.
        let open: Vec<Spec> = specs.iter().rev().cloned().collect();
        Ok(self.satisfy(open, &mut chosen)?.then(|| in_order(chosen)))
    }

    /// Whether some go together.
    pub fn can(&self, specs: Vec<Spec>) -> bool {
        self.solve(&specs).is_ok_and(|found| found.is_some())
    }

    /// Satisfies the last open requirement in every possible way, newest first.
    fn satisfy(&self, mut open: Vec<Spec>, chosen: &mut Vec<Record>) -> Result<bool, Vec<String>> {
        // Where one package can fulfil a requirement, no choice has to be undone for it.
        let fixed = open.iter().position(|spec| {
            !spec.is_virtual() && self.repo.iter().filter(|record| spec.accepts(record)).take(2).count() < 2
        });
        let Some(spec) = fixed.map(|at| open.remove(at)).or_else(|| open.pop()) else {
            return Ok(true);
        };
        if spec.is_virtual() {
            return Ok(spec.is_of_machine(self.platform) && self.satisfy(open, chosen)?);
        }
        if let Some(taken) = chosen.iter().find(|record| record.name == spec.name) {
            return if spec.accepts(taken) { self.satisfy(open, chosen) } else { Ok(false) };
        }
        let mut candidates: Vec<&Record> = self.repo.iter().filter(|record| spec.accepts(record)).collect();
        candidates.sort_by_key(|record| std::cmp::Reverse(record.parsed_version()));
        for candidate in candidates {
            if !goes_with(candidate, chosen)? {
                continue;
            }
            let mut next = open.clone();
            next.extend(specs(&candidate.depends)?);
            let before = chosen.len();
            chosen.push(candidate.clone());
            if self.satisfy(next, chosen)? {
                return Ok(true);
            }
            chosen.truncate(before);
        }
        Ok(false)
    }
}

fn specs(texts: &[String]) -> Result<Vec<Spec>, Vec<String>> {
    texts.iter().map(|text| Spec::parse(text).map_err(|why| vec![why])).collect()
}

/// Whether neither of them constrains the other to something else.
fn goes_with(candidate: &Record, chosen: &[Record]) -> Result<bool, Vec<String>> {
    for taken in chosen {
        let clashes = |texts: &[String], other: &Record| {
            Ok::<_, Vec<String>>(specs(texts)?.iter().any(|spec| spec.name == other.name && !spec.accepts(other)))
        };
        if clashes(&candidate.constrains, taken)? || clashes(&taken.constrains, candidate)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// What others need comes first.
fn in_order(mut open: Vec<Record>) -> Vec<Record> {
    let mut order: Vec<Record> = Vec::new();
    while !open.is_empty() {
        let ready = |record: &&Record| {
            let names = record.depends.iter().filter_map(|text| Spec::parse(text).ok());
            names.into_iter().all(|need| need.is_virtual() || order.iter().any(|done| done.name == need.name))
        };
        let at = open.iter().position(|record| ready(&record)).unwrap_or(0);
        order.push(open.remove(at));
    }
    order
}
