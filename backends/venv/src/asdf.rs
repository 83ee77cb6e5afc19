//! asdf writes its shims again after every `pip install` of a Python that it manages, also of one in an environment, whose
//! commands are none of its own.

use std::path::Path;

use pyve_plugin_api::{Request, Tool};

use crate::environment::Environment;

/// The variable that keeps it from that, with its value.
pub const NO_RESHIM: (&str, &str) = ("ASDF_PYTHON_PLUGIN_DISABLE_RESHIM", "1");

/// Whether asdf manages this Python.
pub fn manages(python: &Tool) -> bool {
    python.origin == "asdf" || is_below(&python.path.path())
}

/// Whether asdf manages the Python that the environment was made with.
pub fn manages_base(environment: &Environment, request: &Request) -> bool {
    let home = environment.cfg.home.as_deref();
    let is_recorded = |python: &Tool| python.origin == "asdf" && python.version == environment.version();
    home.is_some_and(is_below) || request.recorded().is_some_and(|recorded| is_recorded(&recorded.tool))
}

/// Whether the path is one of asdf's own installations. mise has folders of these names, too, and no plugin for Python.
fn is_below(path: &Path) -> bool {
    let installs = path.ancestors().filter(|folder| folder.ends_with("installs/python"));
    let mut roots = installs.filter_map(|installs| installs.parent()?.parent());
    roots.any(|root| root.ends_with(".asdf") || root.join("plugins/python").is_dir())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn its_installations_are_known_wherever_its_data_is() {
        let data = tempfile::tempdir().unwrap();
        let python = data.path().join("installs/python/3.12.4/bin/python3");
        assert!(!is_below(&python), "mise");
        std::fs::create_dir_all(data.path().join("plugins/python")).unwrap();
        assert!(is_below(&python) && is_below(python.parent().unwrap()));
        assert!(is_below(Path::new("/home/me/.asdf/installs/python/3.12.4/bin")));
        assert!(!is_below(Path::new("/home/me/.asdf/installs/ruby/3.3.0/bin")));
        assert!(!is_below(Path::new("/usr/bin/python3")));
        assert!(manages(&Tool::new("/opt/python3", "3.12.4", "asdf")) && !manages(&Tool::new("/a", "3.12.4", "PATH")));
    }
}
