//! Recipes: steps under a name.

use pyve_plugin_api::{Consent, Recipe};

use super::faults::{Faults, shown};
use super::{id, step, tool};

pub fn validate(recipe: &Recipe, faults: &mut Faults) {
    let (name, manual) = (recipe.id.as_str(), recipe.consent == Consent::MANUAL);
    faults.unless(id::is_id(name), || format!("the recipe {} is not named `[a-z][a-z0-9-]*`", shown(name)));
    faults.unless(recipe.consent.is_known(), || format!("the recipe {} needs an unknown consent", shown(name)));
    faults.unless(!manual || recipe.steps.is_empty(), || format!("the recipe {} is manual and has steps", shown(name)));
    let says = !manual || !recipe.instruction.is_empty();
    faults.unless(says, || format!("the recipe {} is manual and has no instruction", shown(name)));
    faults.words(&format!("the label of {}", shown(name)), &recipe.label);
    recipe.reads.iter().chain(&recipe.leaves).for_each(|what| faults.words("`reads` or `leaves`", what));
    faults.line(&format!("the instruction of {}", shown(name)), &recipe.instruction);
    if let Some(provided) = recipe.provides.as_ref().into_option() {
        tool::tool("`provides`", provided, faults);
    }
    step::all(&recipe.steps, faults);
}
