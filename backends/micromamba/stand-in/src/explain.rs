//! Why no packages go together: as a tree for people, and in JSON, which says less.

use crate::record::{Record, Spec};
use crate::solve::Solver;

/// What the real one says where it has no better word.
const UNSUPPORTED: &str = "unsupported request";

impl Solver<'_> {
    /// The tree in which the real one says why nothing fits.
    pub fn explained(&self, specs: &[Spec]) -> Vec<String> {
        let repo = self.repo;
        let nothing = |spec: &Spec| !spec.is_virtual() && !repo.iter().any(|record| spec.accepts(record));
        let mut culprits: Vec<&Spec> = specs.iter().collect();
        culprits.sort_by_key(ToString::to_string);
        // Each of those is for itself a reason; else what is left is one together.
        let alone = |spec: &&Spec| !self.can(vec![(*spec).clone()]);
        if culprits.iter().any(alone) {
            culprits.retain(alone);
        } else {
            for spec in specs {
                let others = culprits.iter().filter(|other| other.to_string() != spec.to_string());
                let others: Vec<&Spec> = others.copied().collect();
                let rest = others.iter().map(|spec| (*spec).clone()).collect();
                if !self.can(rest) {
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
            } else if let Some(need) = repo.iter().find(|record| spec.accepts(record)).and_then(|it| it.depends.first())
            {
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

    /// The same where JSON was asked for: a rule of the index that cannot be kept.
    pub fn problems(&self, specs: &[Spec]) -> Vec<String> {
        let is_unknown = |spec: &&Spec| !spec.is_virtual() && !self.repo.iter().any(|record| spec.accepts(record));
        let core = if specs.iter().any(|spec| is_unknown(&spec)) { Vec::new() } else { self.core(specs) };
        let mut problems = Vec::new();
        for record in core.iter().flat_map(|spec| self.repo.iter().find(|record| spec.accepts(record))) {
            let stem = format!("{}-{}-{}", record.name, record.version, record.build);
            for need in record.depends.iter().filter_map(|text| Spec::parse(text).ok()).filter(|it| !it.is_virtual()) {
                let text = need.to_string().trim_end_matches(" *").replace(" =*", "");
                let mut provided = self.repo.iter().filter(|other| need.accepts(other)).peekable();
                let fits = |other: &Record| core.iter().all(|spec| spec.name != other.name || spec.accepts(other));
                if provided.peek().is_none() {
                    problems.push(format!("nothing provides {text} needed by {stem}"));
                } else if !provided.any(fits) {
                    let what = "but none of the providers can be installed";
                    problems.push(format!("package {stem} requires {text}, {what}"));
                }
            }
        }
        if problems.is_empty() {
            problems.push(UNSUPPORTED.to_owned());
        }
        problems
    }

    /// Requirements that do not go together, none of which can be left out of that.
    fn core(&self, specs: &[Spec]) -> Vec<Spec> {
        let mut core = specs.to_vec();
        let mut at = 0;
        while at < core.len() {
            let mut without = core.clone();
            without.remove(at);
            if self.can(without.clone()) {
                at += 1;
            } else {
                core = without;
            }
        }
        core
    }
}
