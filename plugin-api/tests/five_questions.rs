//! A backend asked through the stable ABI answers as it would directly.

use std::path::Path;

use pyve_plugin_api::abi::BackendObject;
use pyve_plugin_api::testing::FakeHost;
use pyve_plugin_api::{
    Backend, Command, Creation, Description, Detection, Error, Finding, Host, Inspection, Launch, Level, Marker,
    Request, Result, Step, Strength, Tool, ToolAnswer,
};

struct Sample;

impl Backend for Sample {
    fn describe(&self) -> Description {
        Description::new("sample", "0.1.0", "for this test").marker(Marker::exclusive("sample.lock"))
    }

    fn detect(&self, project: &Path) -> Result<Vec<Detection>> {
        let lock = project.join("sample.lock");
        Ok(lock.is_file().then(|| Detection::new("sample.lock", Strength::EXCLUSIVE)).into_iter().collect())
    }

    fn ensure_tool(&self, _: &Request, host: &dyn Host) -> Result<ToolAnswer> {
        host.log(Level::INFO, "looking for sh");
        let home = host.variable("SAMPLE_HOME").unwrap_or_default();
        let Some(path) = host.find_program("sh").into_iter().next() else {
            return Ok(ToolAnswer::missing("there is no sh"));
        };
        let output = host.capture(&Command::new(&path).args(["-c", "echo $GREETING"]).env("GREETING", home))?;
        Ok(ToolAnswer::found(Tool::new(path, &output.text(), "PATH")))
    }

    fn create(&self, request: &Request, tool: &Tool, _: &dyn Host) -> Result<Creation> {
        let prefix = request.in_project(request.text("directory").unwrap_or(".sample"));
        let make = Command::new(&tool.path).arg("-c").arg("true");
        Ok(Creation::new("sample", prefix).step(Step::run("Make it", make)))
    }

    fn run(&self, _: &Request, _: &dyn Host) -> Result<Launch> {
        Err(Error::new("there is no environment").remedy("pyve init"))
    }

    fn diagnose(&self, _: &Request, _: &dyn Host) -> Result<Vec<Finding>> {
        panic!("out of order")
    }
}

#[test]
fn answers_cross_the_boundary_unchanged() {
    let project = tempfile::tempdir().unwrap();
    let backend = BackendObject::new(Sample);
    assert_eq!(backend.describe().unwrap(), Sample.describe());
    assert!(backend.detect(project.path()).unwrap().is_empty());
    std::fs::write(project.path().join("sample.lock"), "").unwrap();
    assert_eq!(backend.detect(project.path()).unwrap(), Sample.detect(project.path()).unwrap());

    let request = Request::new(project.path(), "/home/.pyve").with_setting("directory", [".other"], "init DIR");
    let host = FakeHost::new().path("/bin").variable("SAMPLE_HOME", "hello");
    let tool = backend.ensure_tool(&request, &host).unwrap().found.unwrap();
    assert_eq!(tool.version, "hello");
    assert_eq!(host.messages(), [(Level::INFO, "looking for sh".to_owned())]);
    let creation = backend.create(&request, &tool, &host).unwrap();
    assert_eq!(creation.prefix.path(), project.path().join(".other"));
}

#[test]
fn failures_and_panics_are_errors_of_the_backend() {
    let backend = BackendObject::new(Sample);
    let (request, host) = (Request::new("/p", "/h"), FakeHost::new());
    let error = backend.run(&request, &host).unwrap_err();
    assert_eq!((error.message.as_str(), error.remedy.as_str()), ("there is no environment", "pyve init"));
    let error = backend.diagnose(&request, &host).unwrap_err();
    assert_eq!(error.message, "the backend panicked in `diagnose`: out of order");
}

#[test]
fn a_backend_that_does_not_inspect_knows_nothing_that_stands() {
    let told = BackendObject::new(Sample).inspect(&Request::new("/p", "/h"), &FakeHost::new()).unwrap();
    assert_eq!((&told, told.requested()), (&Inspection::unknown(), None));
}
