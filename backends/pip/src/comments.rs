//! What people noted of a requirement: it goes along when the project moves.

use pyve_formats::comments::{self, Comments};
use pyve_plugin_api::Requirement;

/// The requirement with what is noted of it.
pub fn commented(mut requirement: Requirement, comments: &Comments) -> Requirement {
    requirement.comments_above = comments.above.iter().map(|text| text.as_str().into()).collect();
    requirement.comment = comments.behind.as_str().into();
    requirement
}

/// The line of a file that says it, with the comments above it and behind it. They are a stranger's, and may be a plugin's.
pub fn block(requirement: &Requirement, indent: &str, line: &str) -> String {
    let above: Vec<&str> = requirement.comments_above.iter().map(|text| text.as_str()).collect();
    comments::block(&above, &requirement.comment, indent, line)
}

#[cfg(test)]
mod tests {
    use super::*;
    use pyve_plugin_api::Ecosystem;

    #[test]
    fn comments_stay_comments_wherever_they_come_from() {
        let six =
            Requirement::new(Ecosystem::PYPI, "six").comment_above(" why\n-r evil").comment_above("").comment(" a \\");
        assert_eq!(block(&six, "  ", "- six"), "  # why -r evil\n  #\n  - six  # a\n");
        let plain = Requirement::new(Ecosystem::PYPI, "six").comment_above(" coding: utf-7");
        assert_eq!(block(&plain, "", "six"), "six\n");
    }
}
