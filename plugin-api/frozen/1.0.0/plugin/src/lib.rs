//! A plugin as it was written for version 1.0 of the API: every question, every kind of step. It stands for all the plugins that
//! were built before, and must never be changed.
#![forbid(unsafe_code)]

use std::path::{Path, PathBuf};
use std::time::Duration;

use pyve_plugin_api::{
    Adopted, AdoptedLine, Adoption, Archive, ArchiveKind, Backend, Caution, Command, Consent, Creation,
    DeclaredEnvironment, Description, Detection, Download, Ecosystem, Error, ErrorKind, ExistingEnvironment, Finding,
    FindingKind, Host, Inspection, Interpreter, Launch, Level, Lock, LockChange, LockRequest, LockState, Marker,
    Nesting, Outer, OutputFilter, OwnCommand, Package, PrefixState, PythonSpec, Recipe, Remedy, Request, Requirement,
    Requirements, Result, Scope, Setting, SettingKind, Solve, Spec, Status, Step, Strength, Tool, ToolAnswer, Update,
    export_backend,
};

const LOCK: &str = "frozen.lock";
const LOCKED: &str = "ice 1.0\n";
const HELLO: &str = "#!/bin/sh\necho \"frozen hello: $FROZEN_LEVEL ${THAW-cold} $*\"\n";

struct Frozen;

impl Backend for Frozen {
    fn describe(&self) -> Description {
        let directory = Setting::new("directory", SettingKind::PATH, "where").default_value(".frozen");
        let layers = Setting::new("layers", SettingKind::LIST, "what is on top").flag("frozen-layer").remembered();
        Description::new("frozen", "1.0.0", "As it was at 1.0")
            .tool("Frozen")
            .marker(Marker::exclusive(LOCK))
            .marker(Marker::generic("frozen.toml").table("tool.frozen").workspace("tool.frozen.floe"))
            .marker_of_environment(Marker::exclusive("{env}.frozen"))
            .setting(directory.flag("frozen-dir").positional())
            .setting(layers)
            .setting(Setting::new("salted", SettingKind::BOOL, "whether it is salted").per_environment())
            .setting(Setting::new("depth", SettingKind::TEXT, "how deep").default_value("1"))
            .ignore("/.frozen/")
    }

    fn detect(&self, project: &Path) -> Result<Vec<Detection>> {
        let sight = |file: &str, strength| project.join(file).is_file().then(|| Detection::new(file, strength).line(1));
        let seen = [sight(LOCK, Strength::EXCLUSIVE), sight("frozen.toml", Strength::GENERIC)];
        Ok(seen.into_iter().flatten().collect())
    }

    fn ensure_tool(&self, request: &Request, host: &dyn Host) -> Result<ToolAnswer> {
        host.log(Level::DEBUG, "looking for sh");
        host.progress("still looking");
        if let Some(sh) = host.find_program("sh").into_iter().next() {
            let ask = Command::new(&sh).args(["-c", "echo 1.2.3"]).depends_on(&sh).pinned(&"0".repeat(64));
            let output = host.capture(&ask.timeout(Duration::from_secs(5)))?;
            if !output.success() {
                return Err(Error::new("sh does not work").detail(output.error_text()).recipe(by_hand()));
            }
            return Ok(ToolAnswer::found(Tool::new(sh, &output.text(), "PATH")).seen("sh"));
        }
        let python = host.find_python(&PythonSpec::of(request).module("venv"))?;
        let seen = python.found.into_option().map_or("no Python", |_: Interpreter| "a Python");
        Ok(ToolAnswer::missing("there is no sh")
            .seen(seen)
            .required_by(LOCK)
            .recipe(downloaded(request))
            .recipe(unpacked(request))
            .recipe(by_hand())
            .pin(Step::set_line("Pin it", ".tool-versions", "frozen", "frozen 1.0"))
            .remedy(&Command::new("apt").args(["install", "dash"]))
            .hint("install sh"))
    }

    fn create(&self, request: &Request, tool: &Tool, host: &dyn Host) -> Result<Creation> {
        let prefix = prefix(request);
        let fill = "echo ice > \"$FROZEN/ice\" && printf '%s\\n' \"error nothing\" >&2";
        let fill = Command::new(&tool.path).args(["-c", fill]).env("FROZEN", &prefix).env_remove("THAW");
        let filter = OutputFilter::new("fill").failure("it did not freeze").relay(["frozen "]).keep(["error "]);
        let filter = filter.drop(["nothing"]).strip(["error "]).max_lines(4).hint("thaw", Remedy::text("keep it cold"));
        let hardness = |id: &str| Step::write_file("Write the hardness", prefix.join("hardness"), id);
        let choices = ["hard", "soft"].map(|id| Recipe::new(id, id, Consent::CONFIRM).step(hardness(id)));
        let install = Command::new(&tool.path).args(["-c", "echo installed > installed"]).current_dir(&prefix);
        let mut creation = Creation::new("frozen", &prefix)
            .spec_of_part("frozen.toml", &"0".repeat(64))
            .step(Step::create_dir("Make the directory", prefix.join("bin")))
            .step(Step::confirm("Freeze", "Freeze it?").default_yes())
            .step(Step::choose("Hardness", "How hard?", choices))
            .step(Step::write_file("Write a command", prefix.join("bin/frozen-hello"), HELLO).mode(0o755))
            .step(Step::set_line("Set the depth", prefix.join("depth"), "depth", "depth 1"))
            .step(Step::create_dir("Melt some", prefix.join("melt")))
            .step(Step::remove_dir("Freeze it again", prefix.join("melt")))
            .step(Step::create_dir("Make the modules", "frozen_modules"))
            .step(Step::run("Fill it", fill).output_filter(filter))
            .also_creates("frozen_modules")
            .dependencies(
                Recipe::new("dependencies", "Install the layers", Consent::CONFIRM)
                    .reads(LOCK)
                    .leaves("layer soft (`--frozen-layer soft`)")
                    .step(Step::run("Install the layers", install)),
            );
        let lock = request.in_project(LOCK);
        if lock.is_file() {
            creation = creation.spec(LOCK, &host.sha256(&lock)?);
        }
        creation.extension.set("frozen", "deep");
        let recorded = request.recorded();
        let kept = recorded.and_then(|recorded| recorded.extension.get::<String>("frozen")).unwrap_or_default();
        let changed = |was: &Spec| creation.specs.iter().any(|spec| spec.file == was.file && spec.sha256 != was.sha256);
        let is_outdated = recorded.is_some_and(|recorded| recorded.specs.iter().any(changed));
        Ok(match (prefix.join("ice").is_file(), prefix.exists()) {
            (true, _) if is_outdated => {
                creation.state(PrefixState::OUTDATED, &format!("frozen {kept} from another lock"))
            }
            (true, _) => creation.state(PrefixState::USABLE, &format!("frozen {kept}")).made_with(tool.clone()),
            (false, true) => creation.state(PrefixState::FOREIGN, "has no ice"),
            (false, false) => creation.state(PrefixState::ABSENT, ""),
        })
    }

    fn run(&self, request: &Request, host: &dyn Host) -> Result<Launch> {
        let prefix = prefix(request);
        if !prefix.join("ice").is_file() {
            return Err(Error::of_kind(ErrorKind::NO_ENVIRONMENT, "there is no environment")
                .detail("frozen")
                .remedy(&Command::new("pyve").arg("init")));
        }
        if host.variable("FROZEN_FORBIDDEN").is_some() {
            return Err(Error::new("FROZEN_FORBIDDEN is set").usage());
        }
        let launch = Launch::new()
            .path(prefix.join("bin"))
            .path_below("FROZEN_HOME", "bin")
            .append_path("/opt/frozen")
            .env("FROZEN", &prefix)
            .env("FROZEN_LEVEL", "1")
            .env_remove("THAW")
            .deactivate("VIRTUAL_ENV")
            .nesting(Nesting::new("FROZEN_LEVEL", "FROZEN"))
            .outer(Outer::conda())
            .own_command(OwnCommand::new("frozen-pip", Remedy::text("freeze it")))
            .missing(Remedy::text("freeze it first"))
            .caution(Caution::new(["thaw"], "it melts").hint("do not"))
            .input(prefix.join("ice"));
        Ok(launch.clone().shell(launch))
    }

    fn diagnose(&self, request: &Request, _: &dyn Host) -> Result<Vec<Finding>> {
        let prefix = prefix(request);
        let again = Command::new("pyve").arg("init");
        let age = Finding::warning("frozen.age", "Age", "old").remedy(&again);
        let ice = match prefix.join("ice").is_file() {
            true => Finding::ok("frozen.ice", "Ice", "1.0"),
            false => Finding::error("frozen.ice", "Ice", "gone")
                .with_remedy(Remedy::command(&again))
                .fix(Step::create_dir("Make the directory", prefix)),
        };
        let depth = Finding::new("frozen.depth", Status::INFO, "Depth", "1").kind(FindingKind::ASKED).hint("look down");
        Ok(vec![age, ice, depth])
    }

    fn inspect(&self, request: &Request, _: &dyn Host) -> Result<Inspection> {
        let prefix = prefix(request);
        let existing = || {
            let existing = ExistingEnvironment::new("frozen", &prefix).detail("frozen before");
            match std::fs::read_to_string(prefix.join("moved")) {
                Ok(from) => existing.moved_from(from),
                Err(_) if !prefix.join("ice").is_file() => existing.broken("its ice is gone"),
                Err(_) => existing,
            }
        };
        let standing = prefix.is_dir().then(existing);
        Ok(standing.into_iter().fold(Inspection::at(&prefix), Inspection::environment))
    }

    fn update(&self, request: &Request, _: &Tool, _: &dyn Host) -> Result<Update> {
        if request.flag("salted") == Some(true) {
            return Ok(Update::recreate("salt does not go away"));
        }
        let again = Command::new("/bin/sh").args(["-c", "echo again > \"$0\""]).arg(prefix(request).join("again"));
        Ok(Update::new().step(Step::run("Freeze again", again)))
    }

    /// In two rounds: what `cat` says is the lock.
    fn lock(&self, request: &Request, asked: &LockRequest, _: &dyn Host) -> Result<Lock> {
        let text = std::fs::read_to_string(request.in_project(LOCK)).ok();
        let state = match text.as_deref() {
            None => LockState::MISSING,
            Some(LOCKED) => LockState::FRESH,
            Some(text) if text.contains("<<<<<<<") => LockState::CONFLICT,
            Some(_) => LockState::STALE,
        };
        let lock = Lock::new(LOCK, state).reason("it is frozen");
        let scratch = asked.scratch.path();
        Ok(match asked.answer("all") {
            _ if asked.is_check() => lock,
            None if state == LockState::CONFLICT => {
                let freeze = Command::new("/bin/sh").args(["-c", "echo 'ice 1.0' > \"$0\"", LOCK]);
                lock.content("ice\n").step(Step::run("Freeze the lock", freeze))
            }
            None => {
                let cat = Command::new("/bin/sh").args(["-c", "cat > \"$0\""]).arg(scratch.join("out.txt"));
                let solve =
                    Solve::new("all", "Solve for all", cat).stdin(LOCKED).file(scratch.join("pins.txt"), "ice\n");
                lock.solve(solve.output_file(scratch.join("out.txt")))
            }
            Some(solved) if !solved.success() => return Err(Error::new("no solution").detail(&solved.errors)),
            Some(solved) => lock
                .content(&solved.output)
                .change(LockChange::new("ice", "", "1.0").reason("requested"))
                .summary("1 package")
                .warning("for this climate only"),
        })
    }

    fn requirements(&self, _: &Request, _: &dyn Host) -> Result<Requirements> {
        let ice = Requirement::new(Ecosystem::PYPI, "ice").constraint(">=1").origin("frozen.toml:2").extra("dry");
        let ice = ice.marker("os_name == 'posix'").comment("cold").comment_above("colder");
        let snow =
            Requirement::new(Ecosystem::CONDA, "snow").platform("linux-64").source("frost").locked("frozen.lock:1");
        let mut all = Requirements::new().requirement(ice).requirement(snow);
        all.others.push("frozen.toml:9: salt".into());
        Ok(all)
    }

    fn adopt(&self, _: &Request, requirements: &Requirements, _: &dyn Host) -> Result<Adoption> {
        let adopted = requirements.requirements.iter().cloned().map(|from| match from.counterpart_names() {
            Some(names) if !names.is_empty() => Adopted::changed(from.clone(), names[0], "it has another name"),
            _ if from.name == "snow" => Adopted::carried(from, "snow"),
            _ => Adopted::impossible(from, "it would melt"),
        });
        let lines = requirements.others.iter().map(|line| AdoptedLine::impossible(line, "it would melt"));
        let adoption = lines.fold(adopted.fold(Adoption::new(), Adoption::adopted), Adoption::line);
        Ok(adoption.write_file("Write", "frozen.toml", "[tool.frozen]\n"))
    }

    fn packages(&self, _: &Request, _: &dyn Host) -> Result<Vec<Package>> {
        Ok(vec![Package::new(Ecosystem::CONDA, "ice", "1.0").build("h_0").source("frost").installer("frozen")])
    }

    fn environments(&self, _: &Request, _: &dyn Host) -> Result<Vec<DeclaredEnvironment>> {
        Ok(vec![DeclaredEnvironment::new("winter", "frozen.toml").line(3)])
    }
}

/// Each environment has a directory of its own.
fn prefix(request: &Request) -> PathBuf {
    match request.text("directory") {
        Some(directory) if !request.is_named() => request.in_project(directory),
        _ => request.environment_dir(".frozen"),
    }
}

fn downloaded(request: &Request) -> Recipe {
    let tools = request.tools_dir(Scope::USER).or_else(|| request.tools_dir(Scope::PROJECT)).unwrap_or_default();
    let target = tools.join("frozen");
    let file = Download::new("https://example.org/frozen", &"0".repeat(64), 1000);
    Recipe::new("user", "Install it", Consent::BOOTSTRAP)
        .step(Step::download("Fetch", file.executable().mirror_variable("FROZEN_MIRROR"), &target))
        .provides(Tool::new(target, "1.0", "user"))
}

fn unpacked(request: &Request) -> Recipe {
    let tools = request.tools_dir(Scope::PROJECT).unwrap_or_default();
    let archive = Archive::new(ArchiveKind::TAR_GZ, &"0".repeat(64), 1000).strip_components(1);
    let file =
        Download::new("https://example.org/frozen.tar.gz", "", 1000).sha256_url("https://example.org/frozen.sha256");
    let settle = Command::new("bin/settle").arg(&*tools);
    let make = Command::new("/bin/sh").args(["-c", "true"]);
    Recipe::new("project", "Unpack it", Consent::BOOTSTRAP)
        .step(Step::unpack("Unpack", tools.join("f.tar.gz"), archive, tools.join("f")).fetched(file).settled_by(settle))
        .step(Step::clone_tree("Clone", tools.join("f"), make.clone(), tools.join("g")).fast_path(make))
        .provides(Tool::new(tools.join("g/frozen"), "1.0", "project"))
}

fn by_hand() -> Recipe {
    Recipe::manual("hand", "Freeze it by hand", "put it outside")
}

export_backend!(Frozen);
