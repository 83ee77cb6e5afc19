//! An `init` that does nothing: how it chooses, and what it would do.

use anyhow::Result;
use serde::Serialize;

use super::options::Options;
use super::plan::Plan;
use crate::context::{ProjectContext, Session};
use crate::selection::Explanation;
use crate::steps::Action;

/// The format of the JSON.
const SCHEMA: u32 = 1;

#[derive(Serialize)]
struct Shown<'a> {
    schema: u32,
    project: String,
    meant: Meant<'a>,
    selection: Explanation,
    #[serde(skip_serializing_if = "Option::is_none")]
    environment: Option<Environment<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    actions: Option<Vec<Shape<'a>>>,
}

/// Which environment of the project, and why.
#[derive(Serialize)]
struct Meant<'a> {
    environment: &'a str,
    why: &'a str,
}

#[derive(Serialize)]
struct Environment<'a> {
    name: &'a str,
    prefix: String,
    state: &'a str,
    tool: pyve_plugin_api::Tool,
}

/// One action: its line, and the step itself where a backend planned it.
#[derive(Serialize)]
struct Shape<'a> {
    line: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    step: Option<&'a pyve_plugin_api::Step>,
}

/// `--explain`: every level, what it said, and why the winner won.
pub fn explanation(choice: &ProjectContext, options: &Options, session: &Session) -> Result<()> {
    let selection = Explanation::from(&choice.selection);
    if !options.json {
        session.console.result(&text(choice, &selection));
        selection.warnings.iter().for_each(|warning| session.console.warning(&warning.to_string()));
        return Ok(());
    }
    let project = choice.layout.root().display().to_string();
    let shown = Shown { schema: SCHEMA, project, meant: meant(choice), selection, environment: None, actions: None };
    session.console.result(&serde_json::to_string_pretty(&shown)?);
    Ok(())
}

fn meant(choice: &ProjectContext) -> Meant<'_> {
    Meant { environment: &choice.environment, why: &choice.meant }
}

/// The choice in lines; which environment only where it could be another one.
fn text(choice: &ProjectContext, selection: &Explanation) -> String {
    let named = !choice.is_default() || !choice.config.environments().is_empty();
    let line = named.then(|| format!("Environment: {} ({})\n", choice.environment, choice.meant));
    line.unwrap_or_default() + &selection.text()
}

/// `--dry-run`: the choice and every action, one line each.
pub fn plan(plan: &Plan<'_>, choice: &ProjectContext, options: &Options, session: &Session) -> Result<()> {
    let selection = Explanation::from(&choice.selection);
    let layout = &choice.layout;
    if !options.json {
        session.console.result(&text(choice, &selection));
        session.console.result(&format!("\nIn {}:", layout.root().display()));
        plan.actions.iter().for_each(|action| session.console.result(&format!("  {}", action.show(layout))));
        return Ok(());
    }
    let environment = Environment {
        name: &plan.creation.name,
        prefix: plan.creation.prefix.display(),
        state: plan.creation.state.as_str(),
        tool: plan.tool(),
    };
    let actions = plan.actions.iter().map(|action| Shape {
        line: action.show(layout),
        step: match action {
            Action::Backend(step) => Some(step),
            Action::Host(_) => None,
        },
    });
    let project = layout.root().display().to_string();
    let actions = Some(actions.collect());
    let shown =
        Shown { schema: SCHEMA, project, meant: meant(choice), selection, environment: Some(environment), actions };
    session.console.result(&serde_json::to_string_pretty(&shown)?);
    Ok(())
}
