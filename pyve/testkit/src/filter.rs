//! Replaces what differs from run to run and machine to machine by a name.

use std::path::Path;

use regex::bytes::{NoExpand, Regex};

use crate::interpreter::Interpreter;

/// Patterns and what stands for them, applied in order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Filters(Vec<(Regex, String)>);

impl Filters {
    /// The folders of a world, the longer path before the shorter one that it starts with.
    pub fn for_world(root: &Path, project: &Path) -> Self {
        let mut filters = Self::default();
        filters.path(project, "[PROJECT]");
        filters.path(&root.join("home"), "[HOME]");
        filters.path(&root.join("tmp"), "[TMP]");
        filters.path(&root.join("bin"), "[BIN]");
        filters.path(root, "[ROOT]");
        filters.path(&crate::repository::pyve_place(), "[PYVE]");
        filters
    }

    /// An interpreter by its path, by its folder and by its full version.
    pub fn interpreter(&mut self, interpreter: &Interpreter) {
        self.path(&interpreter.path, "[PYTHON]");
        self.push(&format!(r"\b{}\b", regex::escape(&interpreter.version)), "[VERSION]");
    }

    pub fn push(&mut self, pattern: &str, replacement: &str) {
        // Not Unicode, so that text which is not UTF-8 can be matched.
        let pattern = Regex::new(pattern).unwrap_or_else(|error| panic!("a filter's pattern: {error}"));
        self.0.push((pattern, replacement.to_owned()));
    }

    fn path(&mut self, path: &Path, name: &str) {
        let bytes = path.as_os_str().as_encoded_bytes();
        let pattern: String = bytes.iter().map(|byte| format!(r"\x{byte:02x}")).collect();
        self.push(&format!("(?-u:{pattern})"), name);
    }

    pub fn apply(&self, bytes: &[u8]) -> String {
        let mut text = bytes.to_owned();
        for (pattern, replacement) in &self.0 {
            text = pattern.replace_all(&text, NoExpand(replacement.as_bytes())).into_owned();
        }
        String::from_utf8_lossy(&text).into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_that_is_a_pattern_is_taken_as_it_is() {
        let filters = Filters::for_world(Path::new("/tmp/w"), Path::new("/tmp/w/a (b)* $HOME [c]"));
        assert_eq!(filters.apply(b"at /tmp/w/a (b)* $HOME [c]/x, /tmp/w/home/y"), "at [PROJECT]/x, [HOME]/y");
    }

    #[cfg(unix)]
    #[test]
    fn a_path_need_not_be_utf8() {
        use std::os::unix::ffi::OsStrExt;
        let project = Path::new(std::ffi::OsStr::from_bytes(b"/tmp/w/caf\xe9"));
        let filters = Filters::for_world(Path::new("/tmp/w"), project);
        assert_eq!(filters.apply(b"/tmp/w/caf\xe9/x \xff"), "[PROJECT]/x \u{fffd}");
    }
}
