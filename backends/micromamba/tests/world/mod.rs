//! A project, a home and a host of a test's own, and a stand-in for what the real host does with steps and launches.

// Every test binary uses another part of it.
#![allow(dead_code)]

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use pyve_backend_micromamba::MicromambaBackend;
use pyve_plugin_api::testing::FakeHost;
use pyve_plugin_api::{
    Backend, Creation, Error, Finding, Launch, Lock, LockRequest, PythonRequest, ROption, Recorded, Request, Solved,
    Step, StepKind, Tool,
};
use pyve_standin_micromamba::channel::Channel;
use pyve_standin_micromamba::{program, sample};

pub type Variables = BTreeMap<String, OsString>;

pub struct World {
    folder: tempfile::TempDir,
    pub host: FakeHost,
}

/// What a finished process said.
#[derive(Debug)]
pub struct Said {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl World {
    /// A project called `demo`, and micromamba in the user's sandbox.
    pub fn new() -> Self {
        let world = Self::without_tool();
        let place = world.tool().path.path().into_owned();
        fs::create_dir_all(place.parent().unwrap()).unwrap();
        let real = pyve_testkit::micromamba();
        fs::hard_link(&real, &place).or_else(|_| fs::copy(&real, &place).map(drop)).unwrap();
        world
    }

    pub fn without_tool() -> Self {
        let folder = tempfile::Builder::new().prefix("pyve").tempdir().unwrap();
        for name in ["demo", "home"] {
            fs::create_dir_all(folder.path().join(name)).unwrap();
        }
        let host = FakeHost::new().path("/usr/bin").path("/bin").variable("HOME", folder.path().join("home"));
        Self { folder, host }
    }

    /// The sample channel.
    pub fn channel() -> &'static Channel {
        sample::shared(Path::new(env!("CARGO_TARGET_TMPDIR")))
    }

    pub fn project(&self) -> PathBuf {
        self.folder.path().join("demo")
    }

    pub fn home(&self) -> PathBuf {
        self.folder.path().join("home/.pyve")
    }

    pub fn prefix(&self) -> PathBuf {
        self.project().join(".pyve/envs/demo")
    }

    pub fn tool(&self) -> Tool {
        Tool::new(self.home().join("bin/micromamba"), program::VERSION, "user")
    }

    pub fn request(&self) -> Request {
        Request::new(self.project(), self.home())
    }

    pub fn write(&self, file: &str, text: &str) {
        let path = self.project().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// An `environment.yml` of the sample channel with these dependencies.
    pub fn environment(&self, dependencies: &[&str]) {
        let mut text = format!("channels:\n  - {}\ndependencies:\n", Self::channel().url());
        dependencies.iter().for_each(|line| text.push_str(&format!("  - {line}\n")));
        self.write("environment.yml", &text);
    }

    pub fn plan(&self, request: &Request) -> Creation {
        MicromambaBackend.create(request, &self.tool(), &self.host).unwrap_or_else(|error| panic!("{error:?}"))
    }

    /// The error of a plan that must fail, as the user reads it.
    pub fn refused(&self, request: &Request) -> String {
        self.shown(&MicromambaBackend.create(request, &self.tool(), &self.host).expect_err("must be refused"))
    }

    /// Plans and makes, as `pyve init` would, and says what is recorded afterwards.
    pub fn make(&self, request: Request) -> Request {
        let creation = self.plan(&request);
        for step in &creation.steps {
            let said = self.act(step);
            assert_eq!(said.code, 0, "{}: {}", step.title, said.err);
        }
        self.with_record(request, &creation)
    }

    pub fn with_record(&self, mut request: Request, creation: &Creation) -> Request {
        request.recorded = ROption::RSome(Recorded {
            prefix: creation.prefix.clone(),
            name: creation.name.clone(),
            tool: self.tool(),
            interpreter: creation.interpreter.clone(),
            specs: creation.specs.clone(),
            settings: request.settings.clone(),
            ready: true,
            extension: creation.extension.clone(),
        });
        request
    }

    /// Takes a step, with less care than the host; a question is answered with yes.
    pub fn act(&self, step: &Step) -> Said {
        if step.kind == StepKind::CONFIRM {
            return Said { code: 0, out: String::new(), err: String::new() };
        }
        if step.kind == StepKind::WRITE_FILE {
            let path = step.path.path();
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, &step.contents[..]).unwrap();
            return Said { code: 0, out: String::new(), err: String::new() };
        }
        assert_eq!(step.kind, StepKind::RUN, "{step:?}");
        let command = step.command.as_ref().unwrap();
        let mut process = std::process::Command::new(command.program.os_str());
        process.args(command.args.iter().map(|arg| arg.os_str().into_owned()));
        process.env_clear().env("PATH", "/usr/bin:/bin").env("HOME", self.folder.path().join("home"));
        process.current_dir(self.project());
        process.envs(command.env.iter().map(|v| (v.name.to_string(), v.value.os_str().into_owned())));
        finish(process)
    }

    /// Locks as the host does: solves what the backend asks for until it has the content. Adds what was run to `ran`.
    pub fn lock(&self, request: &Request, asked: &LockRequest, ran: &mut Vec<String>) -> Result<Lock, Error> {
        let scratch = tempfile::tempdir().unwrap();
        let tool = ROption::RSome(self.tool());
        let mut asked = LockRequest { tool, scratch: scratch.path().into(), ..asked.clone() };
        loop {
            let lock = MicromambaBackend.lock(request, &asked, &self.host)?;
            if lock.solves.is_empty() {
                return Ok(lock);
            }
            for solve in &lock.solves {
                ran.push(solve.key.to_string());
                for file in &solve.files {
                    fs::write(file.path.path(), file.content.as_bytes()).unwrap();
                }
                // uv needs some Python to run with.
                let python = sample::Python::find().unwrap().path;
                let path = std::env::join_paths([python.parent().unwrap(), Path::new("/usr/bin"), Path::new("/bin")]);
                let command = solve.command.clone().env("PATH", path.unwrap());
                let said = self.act(&Step::run(&solve.title, command));
                asked.answers.push(Solved::new(&solve.key, said.code, &said.out).errors(&said.err));
            }
        }
    }

    /// How the lock is, and why.
    pub fn lock_state(&self, request: &Request) -> String {
        match MicromambaBackend.lock(request, &LockRequest::check(), &self.host) {
            Ok(lock) => {
                let reasons = lock.reasons.iter().map(|line| format!("\n  {line}"));
                self.tidy(&std::iter::once(lock.state.to_string()).chain(reasons).collect::<String>())
            }
            Err(error) => self.shown(&error),
        }
    }

    /// A command of the test's own.
    pub fn start(&self, program: &Path, args: &[&str], variables: &Variables) -> Said {
        let mut process = std::process::Command::new(program);
        process.args(args).env_clear().envs(variables).current_dir(self.project());
        finish(process)
    }

    pub fn launch(&self, request: &Request) -> Launch {
        MicromambaBackend.run(request, &self.host).unwrap_or_else(|error| panic!("{error:?}"))
    }

    pub fn findings(&self, request: &Request) -> Vec<Finding> {
        MicromambaBackend.diagnose(request, &self.host).unwrap()
    }

    /// A line for each finding: status, id, subject, detail, remedy.
    pub fn diagnosis(&self, request: &Request) -> String {
        let line = |finding: &Finding| {
            let mut line = format!("{} {} | {}: {}", finding.status, finding.id, finding.subject, finding.detail);
            line.extend(finding.remedy.typed().map(|command| format!(" => {command}")));
            line.extend(finding.hint_text().map(|edit| format!(" -> {edit}")));
            self.tidy(&line)
        };
        self.findings(request).iter().map(line).collect::<Vec<_>>().join("\n")
    }

    /// Message, details, remedy.
    pub fn shown(&self, error: &Error) -> String {
        let mut lines = vec![error.message.to_string()];
        lines.extend(error.details.iter().map(|detail| format!("  {detail}")));
        lines.push(format!("=> {}", error.remedy));
        self.tidy(&lines.join("\n"))
    }

    /// Without the names that differ from run to run and from machine to machine.
    pub fn tidy(&self, text: &str) -> String {
        let platform = pyve_standin_micromamba::channel::platform();
        let python = sample::Python::find().unwrap().version;
        text.replace(&self.project().display().to_string(), "[PROJECT]")
            .replace(&self.home().display().to_string(), "[HOME]")
            .replace(&Self::channel().url(), "[CHANNEL]")
            .replace(&platform, "[PLATFORM]")
            .replace(&python, "[PYTHON]")
    }
}

fn finish(mut process: std::process::Command) -> Said {
    let output = process.stdin(std::process::Stdio::null()).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Said { code: output.status.code().unwrap_or(-1), out: text(&output.stdout), err: text(&output.stderr) }
}

/// The request with a Python asked for on the command line.
pub fn with_python(mut request: Request, version: &str) -> Request {
    let asked = PythonRequest::new(version, "--python-version").explicit();
    request.python = ROption::RSome(asked);
    request
}

/// The variables of a command started by `launch` where the caller has `caller`, by the rules of the contract.
pub fn enter(launch: &Launch, caller: &Variables) -> Variables {
    let mut inside = caller.clone();
    let text = |name: &str| caller.get(name).and_then(|value| value.to_str()).unwrap_or_default().to_owned();
    let mut path: Vec<PathBuf> = std::env::split_paths(&text("PATH")).collect();
    let mut leave: Vec<String> = launch.deactivate.iter().map(|name| name.to_string()).collect();
    for name in &launch.env_remove {
        inside.remove(name.as_str());
    }
    for variable in &launch.env {
        inside.insert(variable.name.to_string(), variable.value.os_str().into_owned());
    }
    if let ROption::RSome(nesting) = &launch.nesting {
        let level: u32 = text(&nesting.level).parse().unwrap_or(0);
        if level > 0 {
            inside.insert(format!("{}_{level}", nesting.prefix), text(&nesting.prefix).into());
            inside.insert(nesting.level.to_string(), (level + 1).to_string().into());
            leave.push(nesting.prefix.to_string());
        }
    }
    for name in leave.iter().filter(|name| caller.contains_key(*name)) {
        let outer = PathBuf::from(text(name));
        path.retain(|folder| *folder != outer.join("bin"));
        if !launch.env.iter().any(|variable| variable.name == *name) {
            inside.remove(name);
        }
    }
    let own = launch.path.iter().filter_map(|entry| match entry.variable.as_str() {
        "" => Some(entry.directory.path().into_owned()),
        name => caller.get(name).map(|parent| Path::new(parent).join(entry.directory.path())),
    });
    let path: Vec<PathBuf> = own.chain(path).collect();
    inside.insert("PATH".to_owned(), std::env::join_paths(path).unwrap());
    inside
}
