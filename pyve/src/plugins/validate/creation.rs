//! How the environment is made, and where.

use pyve_plugin_api::Creation;

use super::faults::Faults;
use super::tool::tool;
use super::{Answer, Subject, recipe, step};

impl Answer for Creation {
    fn validate(&self, _: &Subject<'_>, faults: &mut Faults) {
        faults.absolute("`prefix`", &self.prefix);
        faults.words("`name`", &self.name);
        faults.unless(self.state.is_known(), || "`state` is not a known state".to_owned());
        faults.line("`state_detail`", &self.state_detail);
        faults.absolute_if_any("`interpreter`", &self.interpreter);
        step::all(&self.steps, faults);
        for spec in &self.specs {
            faults.unless(!spec.file.is_empty(), || "a spec has no file".to_owned());
            faults.line("the SHA-256 of a spec", &spec.sha256);
        }
        for path in &self.also_creates {
            faults.unless(!path.is_empty(), || "`also_creates` has an empty path".to_owned());
        }
        if let Some(other) = self.made_with.as_ref().into_option() {
            tool("`made_with`", other, faults);
        }
        if let Some(recipe) = self.dependencies.as_ref().into_option() {
            recipe::validate(recipe, faults);
        }
    }
}
