//! What the backend answers, with a host whose interpreters the test decides.

use pyve_plugin_api::testing::FakeHost;
use pyve_plugin_api::{Backend, Interpreter, Request};

use super::Minimal;

#[test]
fn the_environment_is_made_with_the_python_that_the_host_finds() {
    let request = Request::new("/p", "/home/me/.pyve");
    let host = FakeHost::new().python(Interpreter::new("/opt/python/3.12", "3.12.4", "pyenv"));
    let tool = Minimal.ensure_tool(&request, &host).unwrap().found.unwrap();
    assert_eq!((tool.version.as_str(), tool.origin.as_str()), ("3.12.4", "pyenv"));
    let creation = Minimal.create(&request, &tool, &host).unwrap();
    let command = creation.steps[0].command.as_ref().unwrap();
    assert_eq!(command.to_string(), "/opt/python/3.12 -m venv --without-pip /p/.minimal");
    let none = Minimal.ensure_tool(&request, &FakeHost::new()).unwrap();
    assert!(none.found.is_none() && !none.missing.is_empty());
}

#[test]
fn each_environment_has_a_folder_of_its_own() {
    let default = Request::new("/p", "/home/me/.pyve");
    let named = default.clone().with_environment("test");
    let prefix = |request| Minimal.inspect(request, &FakeHost::new()).unwrap().prefix;
    assert_ne!(prefix(&default), prefix(&named));
}
