//! Choosing packages: the newest that go together, or why there are none.

use crate::record::{Record, Spec};

/// The packages in the order in which they can be linked, or the lines that explain the failure.
pub fn solve(specs: &[Spec], repo: &[Record]) -> Result<Vec<Record>, Vec<String>> {
    let mut chosen = Vec::new();
    if choose(specs.to_vec(), repo, &mut chosen)? {
        return Ok(in_order(chosen));
    }
    Err(explained(specs, repo))
}

/// The tree in which the real one says why nothing fits.
fn explained(specs: &[Spec], repo: &[Record]) -> Vec<String> {
    let nothing = |spec: &Spec| !spec.is_virtual() && !repo.iter().any(|record| spec.accepts(record));
    let mut culprits: Vec<&Spec> = specs.iter().collect();
    culprits.sort_by_key(ToString::to_string);
    // Each of those is for itself a reason; else what is left is one together.
    let alone = |spec: &&Spec| !choose(vec![(*spec).clone()], repo, &mut Vec::new()).is_ok_and(|done| done);
    if culprits.iter().any(alone) {
        culprits.retain(alone);
    } else {
        for spec in specs {
            let others = culprits.iter().filter(|other| other.to_string() != spec.to_string());
            let others: Vec<&Spec> = others.copied().collect();
            let rest = others.iter().map(|spec| (*spec).clone()).collect();
            if !choose(rest, repo, &mut Vec::new()).is_ok_and(|done| done) {
                culprits = others;
            }
        }
    }
    let mut lines = Vec::new();
    for (index, spec) in culprits.iter().enumerate() {
        let is_last = index + 1 == culprits.len();
        let (branch, below, end) = if is_last { ("└─", "   ", '.') } else { ("├─", "│  ", ';') };
        let needs = repo.iter().filter(|record| spec.accepts(record)).flat_map(|record| &record.depends);
        let mut needs = needs.filter_map(|text| Spec::parse(text).ok());
        if nothing(spec) {
            lines.push(format!("{branch} {spec} does not exist (perhaps a typo or a missing channel){end}"));
        } else if let Some(lacking) = needs.by_ref().find(nothing) {
            lines.push(format!("{branch} {spec} is not installable because it requires"));
            lines.push(format!("{below}└─ {lacking}, which does not exist (perhaps a missing channel){end}"));
        } else if index > 0 {
            let conflict = "conflicts with any installable versions previously reported";
            lines.push(format!("{branch} {spec} is not installable because it {conflict}{end}"));
        } else if let Some(need) = repo.iter().find(|record| spec.accepts(record)).and_then(|it| it.depends.first()) {
            let need = Spec::parse(need).map(|need| need.to_string()).unwrap_or_default();
            lines.push(format!("{branch} {spec} is installable and it requires"));
            lines.push(format!("{below}└─ {need}, which can be installed{end}"));
        } else {
            lines.push(format!("{branch} {spec} is requested and can be installed{end}"));
        }
    }
    let head = if culprits.len() > 1 { "packages are incompatible" } else { "package could not be installed" };
    lines.insert(0, format!("The following {head}"));
    lines
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
