//! Choosing packages: the newest that go together, or why there are none.

use crate::record::{Record, Spec};

/// The packages in the order in which they can be linked, or the lines that explain the failure.
pub fn solve(specs: &[Spec], repo: &[Record]) -> Result<Vec<Record>, Vec<String>> {
    for spec in specs.iter().filter(|spec| !spec.is_virtual()) {
        if !repo.iter().any(|record| spec.accepts(record)) {
            return Err(vec![
                "The following package could not be found".to_owned(),
                format!("└─ {spec} does not exist (perhaps a typo or a missing channel)."),
            ]);
        }
    }
    let mut chosen = Vec::new();
    if choose(specs.to_vec(), repo, &mut chosen)? {
        return Ok(in_order(chosen));
    }
    let mut lines = vec!["The following packages are incompatible".to_owned()];
    for (index, spec) in specs.iter().enumerate() {
        let branch = if index + 1 == specs.len() { "└─" } else { "├─" };
        lines.push(format!("{branch} {spec} is requested and cannot be installed with the others."));
    }
    Err(lines)
}

/// Satisfies the first open requirement in every possible way, newest first.
fn choose(mut open: Vec<Spec>, repo: &[Record], chosen: &mut Vec<Record>) -> Result<bool, Vec<String>> {
    let Some(spec) = open.pop() else {
        return Ok(true);
    };
    if spec.is_virtual() {
        return choose(open, repo, chosen);
    }
    if let Some(taken) = chosen.iter().find(|record| record.name == spec.name) {
        return if spec.accepts(taken) { choose(open, repo, chosen) } else { Ok(false) };
    }
    let mut candidates: Vec<&Record> = repo.iter().filter(|record| spec.accepts(record)).collect();
    candidates.sort_by_key(|record| std::cmp::Reverse(record.parsed_version()));
    for candidate in candidates {
        let needs = candidate.depends.iter().map(|text| Spec::parse(text)).collect::<Result<Vec<_>, _>>();
        let mut next = open.clone();
        next.extend(needs.map_err(|why| vec![why])?);
        let before = chosen.clone();
        chosen.push(candidate.clone());
        if choose(next, repo, chosen)? {
            return Ok(true);
        }
        *chosen = before;
    }
    Ok(false)
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
