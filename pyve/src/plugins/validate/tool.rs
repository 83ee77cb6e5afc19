//! The tool, or the recipes for getting one.

use pyve_plugin_api::{Tool, ToolAnswer};

use super::faults::{Faults, shown_path};
use super::{Answer, Subject, recipe, step};

impl Answer for ToolAnswer {
    fn validate(&self, _: &Subject<'_>, faults: &mut Faults) {
        match self.found.as_ref().into_option() {
            Some(found) => {
                tool("`found`", found, faults);
                let path = found.path.path();
                faults.unless(!path.is_absolute() || path.exists(), || {
                    format!("the tool {} does not exist", shown_path(&path))
                });
            }
            None => faults.unless(!self.missing.trim().is_empty(), || {
                "no tool was found, and `missing` does not say why".to_owned()
            }),
        }
        faults.line("`missing`", &self.missing);
        self.seen.iter().for_each(|line| faults.line("`seen`", line));
        faults.line("`required_by`", &self.required_by);
        faults.remedy("`remedy`", &self.remedy);
        self.recipes.iter().for_each(|one| recipe::validate(one, faults));
        step::all(&self.pins, faults);
    }
}

pub fn tool(field: &str, tool: &Tool, faults: &mut Faults) {
    faults.absolute(&format!("the path of {field}"), &tool.path);
    faults.line(&format!("the version of {field}"), &tool.version);
    faults.line(&format!("the origin of {field}"), &tool.origin);
}
