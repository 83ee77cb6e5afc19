//! What was found wrong, or right.

use pyve_plugin_api::{Finding, Status};

use super::faults::{Faults, shown};
use super::{Answer, Subject, step};

impl Answer for Vec<Finding> {
    fn validate(&self, subject: &Subject<'_>, faults: &mut Faults) {
        let prefix = format!("{}.", subject.description.id);
        for finding in self {
            let id = &shown(&finding.id);
            let own = finding.id.strip_prefix(&*prefix).is_some_and(|rest| !rest.is_empty());
            faults.unless(own, || format!("the id of the finding {id} does not begin with `{prefix}`"));
            faults.line("the id of a finding", &finding.id);
            faults.unless(finding.status.is_known(), || format!("the finding {id} has an unknown status"));
            faults.words(&format!("the subject of the finding {id}"), &finding.subject);
            let told = finding.status != Status::ERROR || !finding.remedy.is_none() || !finding.detail.is_empty();
            faults.unless(told, || format!("the error {id} has neither a detail nor a remedy"));
            faults.remedy(&format!("the remedy of the finding {id}"), &finding.remedy);
            step::all(&finding.fix, faults);
        }
    }
}
