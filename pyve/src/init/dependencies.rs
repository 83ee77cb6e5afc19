//! The project's dependencies: installed if a flag says so, asked about where somebody can answer, told of in any case.

use pyve_plugin_api::{Consent, FindingKind, Recipe, Request, Step};

use super::decision::Decision;
use super::making::Making;
use crate::doctor;
use crate::failure::Failure;
use crate::steps::Outcome;
use crate::ui::{Ask, Console, Reply};

/// What is done about them.
#[derive(Clone, Debug, Default)]
pub struct Dependencies {
    /// What is taken after the environment stands, a question before it where somebody is asked.
    pub steps: Vec<Step>,
    recipe: Option<Recipe>,
    /// Whether a flag asks for them.
    wanted: bool,
    /// Whether there are some, and nobody was asked about them.
    unasked: bool,
    /// Whether only the user can do it, and is told so.
    by_hand: bool,
}

impl Dependencies {
    /// Decides before anything is done: a dry run shows the same.
    pub fn decide(making: &Making, decided: &Decision, ask: &Ask<'_>) -> Result<Self, Failure> {
        let options = making.options;
        let Some(recipe) = making.creation.dependencies.clone().into_option() else { return Ok(Self::default()) };
        let wanted = match options.install_deps {
            Some(wanted) => wanted,
            None => options.update && (options.prune || decided.makes() || is_due(making)?),
        };
        let mut found = Self { wanted, ..Self::default() };
        let new = options.install_deps.is_none() && !options.update && decided.makes();
        found.by_hand = new && recipe.consent == Consent::MANUAL;
        let asks = new && !recipe.steps.is_empty();
        if wanted {
            found.steps = recipe.steps.to_vec();
        } else if asks && (making.session.caller.is_ci() || ask.has_nobody()) {
            found.unasked = true;
        } else if asks {
            found.steps.push(Step::confirm(&recipe.label, &format!("{}?", recipe.label)).default_yes());
            found.steps.extend(recipe.steps.iter().cloned());
        }
        found.recipe = Some(recipe).filter(|_| options.install_deps != Some(false));
        Ok(found)
    }

    /// Fails where a flag asks for what only the user can do.
    pub fn check(&self) -> Result<(), Failure> {
        let by_hand = self.recipe.as_ref().filter(|recipe| self.wanted && recipe.consent == Consent::MANUAL);
        by_hand.map_or(Ok(()), |recipe| Err(Failure::new(recipe.label.as_str()).remedy(recipe.instruction.as_str())))
    }

    /// Says what was read and what was left, or that nothing was installed.
    pub fn tell(&self, outcome: Outcome, console: &Console) {
        let Some(recipe) = &self.recipe else { return };
        let installed = !self.steps.is_empty() && outcome == Outcome::Done;
        let unanswered = matches!(outcome, Outcome::Declined(_, Reply::Unanswered));
        if installed {
            console.done(&format!("Dependencies: {} (installed)", recipe.reads.join(", ")));
        } else if self.unasked || unanswered {
            console.info("dependencies not installed; add `--install-deps`");
        } else if self.by_hand {
            console.info(&format!("{}; {}", recipe.label, recipe.instruction));
        } else if self.wanted && recipe.steps.is_empty() {
            console.info(&recipe.label);
        }
        if (installed || self.wanted) && !recipe.leaves.is_empty() {
            console.info(&format!("Not installed: {}", recipe.leaves.join(", ")));
        }
    }
}

/// Whether the backend finds that what stands lacks some of them.
fn is_due(making: &Making) -> Result<bool, Failure> {
    let host = making.session.hosting(&making.choice.layout);
    let host = if making.options.dry_run { host } else { host.for_environment() };
    let request = Request { recorded: Some(making.recorded()).into(), ..making.request.clone() };
    let findings = doctor::findings(making.choice, &host, &request)?;
    Ok(findings.iter().any(|finding| finding.kind == FindingKind::DEPENDENCIES))
}
