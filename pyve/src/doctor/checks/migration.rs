//! An environment on its way to another backend: interrupted, or with the old one still there.

use crate::doctor::check::Check;
use crate::doctor::context::Context;
use crate::records::{Migration, Stage, lock};

const SUBJECT: &str = "Migration";

pub fn checks(context: &Context) -> Vec<Check> {
    // Of a folder that cannot be read the record, which is in it, too, is told.
    let Ok(Some(Migration { from, to, stage, .. })) = Migration::load(&context.layout, &context.environment) else {
        return Vec::new();
    };
    let typed = |flag: &str| context.target.typed.at(["pyve", "migrate", flag].map(Into::into).to_vec());
    let check = match (stage, lock::holder(&context.layout)) {
        (_, Some(holder)) => Check::info(
            "pyve.migration",
            SUBJECT,
            format!("the environment moves from {from} to {to} right now by {holder}"),
        ),
        (Stage::Begun, None) => {
            let detail = format!("the migration from {from} to {to} was interrupted; the {from} environment is kept");
            Check::warning("pyve.migration-interrupted", SUBJECT, detail).remedy(typed("--undo"))
        }
        (Stage::Switched | Stage::Finishing, None) => {
            let detail = format!("the environment moved from {from} to {to}; what {from} used is still there");
            Check::info("pyve.migration", SUBJECT, detail).remedy(typed("--finish"))
        }
    };
    vec![check]
}
