//! Which environments stand.

use pyve_plugin_api::{Inspection, PrefixState};

use super::faults::{Faults, shown_path};
use super::{Answer, Subject};

impl Answer for Inspection {
    fn validate(&self, _: &Subject<'_>, faults: &mut Faults) {
        faults.absolute_if_any("`prefix`", &self.prefix);
        for environment in &self.environments {
            faults.absolute("the prefix of an environment", &environment.prefix);
            let prefix = environment.prefix.path();
            let name = || shown_path(&prefix);
            faults.unless(!prefix.is_absolute() || prefix.is_dir(), || {
                format!("the environment {} does not exist", name())
            });
            faults.words(&format!("the name of the environment {}", name()), &environment.name);
            let known = [PrefixState::USABLE, PrefixState::BROKEN].contains(&environment.state);
            faults.unless(known, || format!("the environment {} is neither usable nor broken", name()));
            faults.line(&format!("the detail of the environment {}", name()), &environment.detail);
            faults.absolute_if_any("`interpreter`", &environment.interpreter);
            faults.absolute_if_any("`moved_from`", &environment.moved_from);
            environment.scripts.iter().for_each(|script| faults.absolute("a script", script));
        }
    }
}
