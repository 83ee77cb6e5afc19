//! A backend asked through the stable ABI answers as it would directly.

use std::path::Path;

use pyve_plugin_api::abi::BackendObject;
use pyve_plugin_api::testing::FakeHost;
use pyve_plugin_api::{
    Adopted, Adoption, Archive, Backend, Caution, Command, Consent, Creation, DeclaredEnvironment, Description,
    Detection, Ecosystem, Error, ErrorKind, Finding, FindingKind, Host, Inspection, Interpreter, Launch, Level, Lock,
    LockRequest, LockState, Marker, OutputFilter, Package, PythonSpec, Question, Recipe, Remedy, Request, Requirement,
    Requirements, Result, Scope, Step, Strength, Tool, ToolAnswer, Update,
};

/// Answers what it must, and no more.
struct Plain;

impl Backend for Plain {
    fn describe(&self) -> Description {
        let description = Description::new("plain", "0.1.0", "for this test").marker(Marker::exclusive("plain.lock"));
        Description { capabilities: vec!["lock".into()].into(), ..description }
    }

    fn ensure_tool(&self, request: &Request, host: &dyn Host) -> Result<ToolAnswer> {
        host.log(Level::INFO, "looking for sh");
        let home = host.variable("PLAIN_HOME").unwrap_or_default();
        let Some(path) = host.find_program("sh").into_iter().next() else {
            return Ok(host.find_python(&PythonSpec::of(request))?.into());
        };
        let output = host.capture(&Command::new(&path).args(["-c", "echo $GREETING"]).env("GREETING", home))?;
        let tool = Tool::new(&path, &output.text(), &host.sha256(&path)?);
        Ok(ToolAnswer::found(tool))
    }

    fn create(&self, request: &Request, tool: &Tool, _: &dyn Host) -> Result<Creation> {
        let prefix = request.in_project(request.text("directory").unwrap_or(".plain"));
        let make = Command::new(&tool.path).arg("-c").arg("true");
        let filter = OutputFilter::new("make").keep(["error "]).hint("No space left", Remedy::text("free some space"));
        let variants = [Recipe::new("small", "Small", Consent::CONFIRM).step(Step::create_dir("Make", "x"))];
        Ok(Creation::new("plain", prefix)
            .step(Step::run("Make it", make.clone()).output_filter(filter))
            .step(Step::clone_tree("Clone it", "/h/tree", make.clone(), "x").fast_path(make))
            .step(Step::unpack("Unpack it", "x.tar.gz", Archive::tar_gz("00", 9).strip_components(1), "y"))
            .step(Step::choose("Variant", "Which?", variants))
            .also_creates("node_modules"))
    }

    fn run(&self, _: &Request, _: &dyn Host) -> Result<Launch> {
        let launch = Launch::new().path("/p/.plain/bin").append_path("/p/more");
        Ok(launch.clone().shell(launch).caution(Caution::new(["pip"], "it harms").hint("use conda")))
    }

    fn diagnose(&self, _: &Request, _: &dyn Host) -> Result<Vec<Finding>> {
        let fixed = Finding::warning("plain.age", "Age", "old").remedy(&Command::new("pyve").arg("init"));
        Ok(vec![fixed.kind(FindingKind::DEPENDENCIES), Finding::error("plain.x", "X", "gone").hint("put it back")])
    }
}

/// Answers the optional questions, or panics at them.
struct Full;

impl Backend for Full {
    fn describe(&self) -> Description {
        Description::new("full", "0.1.0", "for this test")
    }

    fn detect(&self, project: &Path) -> Result<Vec<Detection>> {
        Err(Error::new(format!("{} is not looked at", project.display())).usage())
    }

    fn ensure_tool(&self, _: &Request, _: &dyn Host) -> Result<ToolAnswer> {
        Ok(ToolAnswer::missing("there is none").hint("make one"))
    }

    fn create(&self, _: &Request, _: &Tool, _: &dyn Host) -> Result<Creation> {
        Ok(Creation::new("full", "/elsewhere").external())
    }

    fn run(&self, _: &Request, _: &dyn Host) -> Result<Launch> {
        Err(Error::of_kind(ErrorKind::NO_ENVIRONMENT, "there is no environment")
            .remedy(&Command::new("pyve").arg("init")))
    }

    fn diagnose(&self, _: &Request, _: &dyn Host) -> Result<Vec<Finding>> {
        panic!("out of order")
    }

    fn inspect(&self, _: &Request, _: &dyn Host) -> Result<Inspection> {
        Ok(Inspection::at("/p/.full"))
    }

    fn update(&self, request: &Request, tool: &Tool, _: &dyn Host) -> Result<Update> {
        let tools = request.tools_dir(Scope::PROJECT).unwrap();
        Ok(Update::new().step(Step::run("Sync", Command::new(&tool.path).arg(&*tools))))
    }

    fn lock(&self, _: &Request, lock: &LockRequest, _: &dyn Host) -> Result<Lock> {
        let state = if lock.tool.is_some() { LockState::STALE } else { LockState::MISSING };
        Ok(Lock::new("full.lock", state).reason("it is older"))
    }

    fn requirements(&self, _: &Request, _: &dyn Host) -> Result<Requirements> {
        Ok(Requirements::new().requirement(Requirement::new(Ecosystem::PYPI, "numpy").constraint(">=2").extra("mkl")))
    }

    fn adopt(&self, _: &Request, requirements: &Requirements, _: &dyn Host) -> Result<Adoption> {
        let adopted = requirements.requirements.iter().cloned().map(|from| Adopted::carried(from, "numpy >=2"));
        Ok(adopted.fold(Adoption::new(), Adoption::adopted).write_file("Write", "full.toml", "numpy >=2"))
    }

    fn packages(&self, _: &Request, _: &dyn Host) -> Result<Vec<Package>> {
        panic!("out of paper")
    }

    fn environments(&self, _: &Request, _: &dyn Host) -> Result<Vec<DeclaredEnvironment>> {
        Ok(vec![DeclaredEnvironment::new("test", "full.toml").line(4)])
    }
}

const SH: &str = "/bin/sh";

#[test]
fn answers_cross_the_boundary_unchanged() {
    let project = tempfile::tempdir().unwrap();
    let backend = BackendObject::new(Plain);
    assert!(backend.detect(project.path()).unwrap().is_empty());
    std::fs::write(project.path().join("plain.lock"), "").unwrap();
    assert_eq!(backend.detect(project.path()).unwrap(), [Detection::new("plain.lock", Strength::EXCLUSIVE)]);

    let request = Request::new(project.path(), "/home/.pyve").with_setting("directory", [".other"], "init DIR");
    let host = FakeHost::new().path("/bin").variable("PLAIN_HOME", "hello").hash(SH, "ab12");
    let tool = backend.ensure_tool(&request, &host).unwrap().found.unwrap();
    assert_eq!((tool.version.as_str(), tool.origin.as_str()), ("hello", "ab12"));
    assert_eq!(host.messages(), [(Level::INFO, "looking for sh".to_owned())]);
    let creation = backend.create(&request, &tool, &host).unwrap();
    assert_eq!(creation, Plain.create(&request, &tool, &host).unwrap());
    assert_eq!(creation.prefix.path(), project.path().join(".other"));
    assert_eq!(creation.steps[3].with_inner().len(), 2);
    assert_eq!(backend.run(&request, &host).unwrap(), Plain.run(&request, &host).unwrap());
    assert_eq!(backend.diagnose(&request, &host).unwrap(), Plain.diagnose(&request, &host).unwrap());
}

#[test]
fn the_host_finds_pythons_for_a_backend() {
    let request = Request::new("/p", "/h");
    let host = FakeHost::new().python(Interpreter::new("/opt/python3.12", "3.12.4", "PATH"));
    let answer = BackendObject::new(Plain).ensure_tool(&request, &host).unwrap();
    assert_eq!(answer.found.unwrap(), Tool::new("/opt/python3.12", "3.12.4", "PATH"));
    let none = BackendObject::new(Plain).ensure_tool(&request, &FakeHost::new()).unwrap();
    assert_eq!((none.found.into_option(), none.missing.as_str()), (None, "Python is not installed"));
}

#[test]
fn optional_answers_cross_it_as_well() {
    let (backend, request, host) = (BackendObject::new(Full), Request::new("/p", "/h"), FakeHost::new());
    let tool = Tool::new("/bin/full", "1", "PATH");
    let update = backend.update(&request, &tool, &host).unwrap();
    assert_eq!(update.steps[0].command.as_ref().unwrap().to_string(), "/bin/full /p/.pyve/bin");
    let lock = |lock: &LockRequest| backend.lock(&request, lock, &host).unwrap().state;
    assert_eq!(
        (lock(&LockRequest::check()), lock(&LockRequest::with_tool(tool))),
        (LockState::MISSING, LockState::STALE)
    );
    let requirements = backend.requirements(&request, &host).unwrap();
    assert_eq!(requirements.requirements[0].extras, ["mkl"]);
    let adoption = backend.adopt(&request, &requirements, &host).unwrap();
    assert_eq!((adoption.adopted[0].written.as_str(), adoption.steps[0].text()), ("numpy >=2", "numpy >=2".to_owned()));
    assert_eq!(backend.environments(&request, &host).unwrap()[0].line, 4);
    assert!(backend.packages(&request, &host).unwrap_err().is(ErrorKind::PANICKED));
}

#[test]
fn capabilities_are_what_is_answered() {
    let told = |description: Description| description.capabilities.iter().map(ToString::to_string).collect::<Vec<_>>();
    // What it says of itself does not count.
    assert!(told(BackendObject::new(Plain).describe().unwrap()).is_empty());
    let full = BackendObject::new(Full).describe().unwrap();
    assert!(full.can(Question::Packages) && !full.can(Question::Run));
    assert_eq!(told(full), ["update", "lock", "requirements", "adopt", "packages", "environments"]);
    let error = BackendObject::new(Plain).lock(&Request::new("/p", "/h"), &LockRequest::check(), &FakeHost::new());
    assert_eq!(error.unwrap_err(), Error::unsupported(Question::Lock));
}

#[test]
fn failures_and_panics_are_errors_of_the_backend() {
    let backend = BackendObject::new(Full);
    let (request, host) = (Request::new("/p", "/h"), FakeHost::new());
    let error = backend.run(&request, &host).unwrap_err();
    assert_eq!((error.kind, error.message.as_str()), (ErrorKind::NO_ENVIRONMENT, "there is no environment"));
    assert_eq!(error.remedy.typed().as_deref(), Some("pyve init"));
    assert!(backend.detect(Path::new("/p")).unwrap_err().is(ErrorKind::USAGE));
    let error = backend.diagnose(&request, &host).unwrap_err();
    assert_eq!(error.message, "panicked in `diagnose`: out of order");
    assert!(error.is(ErrorKind::PANICKED) && error.details[0].starts_with("at plugin-api/tests/it/questions.rs"));
}

#[test]
fn a_backend_that_does_not_inspect_knows_nothing_that_stands() {
    let told = BackendObject::new(Plain).inspect(&Request::new("/p", "/h"), &FakeHost::new()).unwrap();
    assert_eq!((&told, told.requested()), (&Inspection::unknown(), None));
}

#[test]
fn tools_are_put_where_the_host_says() {
    let request = Request::new("/p", "/home/.pyve");
    assert_eq!(request.tools_dir(Scope::PROJECT).unwrap(), Path::new("/p/.pyve/bin"));
    assert_eq!(request.tools_dir(Scope::USER).unwrap(), Path::new("/home/.pyve/bin"));
    assert_eq!(Request::new("/p", "").tools_dir(Scope::USER), None);
    assert_eq!(request.tools_dir(Scope::default()), None);
}
