//! A Python that is not there: whether one is installed or downloaded, which the user is asked.

use pyve_plugin_api::{Consent, Description, Recipe, ToolAnswer};

use super::tool::{self, Terms};
use crate::download;
use crate::failure::Failure;
use crate::ui::Answers;

/// The recipe that somebody agreed to. `--yes` agrees to what a version manager does, and never to a download.
pub fn agreed<'a>(
    answer: &'a ToolAnswer,
    backend: &Description,
    terms: &Terms,
    network: &download::Terms,
) -> Result<&'a Recipe, Failure> {
    let missing = || tool::missing(answer, backend, &terms.agreeing);
    let first = answer.recipes.iter().find(|recipe| recipe.consent == Consent::CONFIRM);
    if terms.dry_run || terms.ask.answers() != Answers::Asked || terms.ask.has_nobody() {
        let agreed = first.filter(|_| terms.dry_run || terms.ask.answers() == Answers::Yes);
        return agreed.ok_or_else(missing);
    }
    if answer.recipes.is_empty() {
        return Err(missing());
    }
    terms.console.info(&format!("{}.", answer.missing));
    let labels = answer.recipes.iter().map(|recipe| label(recipe, network)).collect::<Result<Vec<_>, _>>()?;
    let cancelled = || Failure::cancelled(format!("{} was not installed", backend.tool));
    let chosen = match (answer.recipes.as_slice(), labels.as_slice()) {
        ([recipe], [label]) if recipe.consent != Consent::MANUAL => {
            match terms.ask.confirm(&format!("{label}?"), true, false) {
                reply if reply.is_yes() => recipe,
                reply => return Err(reply.failure(&format!("{} was not installed", backend.tool), missing)),
            }
        }
        (recipes, labels) => {
            let options = labels.iter().map(String::as_str).chain(["Abort"]);
            terms.console.note("\nInstallation options:");
            options.enumerate().for_each(|(index, label)| terms.console.note(&format!("  {}. {label}", index + 1)));
            terms.console.note("");
            match terms.ask.choose(labels.len() + 1) {
                Some(index) => recipes.get(index).ok_or_else(cancelled)?,
                None if terms.ask.at_terminal() => return Err(cancelled()),
                None => return Err(missing()),
            }
        }
    };
    match chosen.consent {
        Consent::MANUAL => Err(cancelled().remedy(chosen.instruction.as_str())),
        _ => Ok(chosen),
    }
}

/// What it does, with the size of a download where that is known: `Download CPython 3.13.15, 30 MB`.
fn label(recipe: &Recipe, network: &download::Terms) -> Result<String, Failure> {
    let downloads = recipe.steps.iter().filter_map(|step| step.download.as_ref().into_option());
    let mut size = None;
    for download in downloads {
        size = download::size_of(download, network)?.map(|bytes| bytes + size.unwrap_or(0));
    }
    let size = size.map(|bytes| match bytes {
        0..10_000_000 => download::size_in_words(bytes),
        _ => format!("{} MB", (bytes + 500_000) / 1_000_000),
    });
    Ok(size.map_or(recipe.label.to_string(), |size| format!("{}, {size}", recipe.label)))
}
