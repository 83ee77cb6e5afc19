//! A plugin that misbehaves as STRESS says: `METHOD:ACTION`, several with commas. Without it, it behaves.

use std::path::Path;
use std::time::Duration;

use pyve_plugin_api::{
    Backend, Command, Creation, Description, Detection, Error, Finding, Host, Inspection, Launch, Level, Lock, LockRequest,
    LockState, Marker,
    PrefixState, Question, Request, Result, Setting, SettingKind, Step, StepKind, Strength, Tool, ToolAnswer, Update,
    export_backend,
};

unsafe extern "C" {
    fn _exit(code: i32) -> !;
    fn signal(number: i32, action: usize) -> usize;
    fn sigfillset(set: *mut [u64; 16]) -> i32;
    fn sigprocmask(how: i32, new: *const [u64; 16], old: *mut [u64; 16]) -> i32;
    fn umask(mask: u32) -> u32;
}

/// A constructor: runs before anybody could check anything.
#[used]
#[cfg_attr(target_os = "linux", unsafe(link_section = ".init_array"))]
#[cfg_attr(target_vendor = "apple", unsafe(link_section = "__DATA,__mod_init_func"))]
static CONSTRUCTOR: extern "C" fn() = {
    extern "C" fn construct() {
        act("constructor");
    }
    construct
};

struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("the payload panics, too");
    }
}

fn wanted(method: &str) -> Vec<String> {
    let said = std::env::var("STRESS").unwrap_or_default();
    let pairs = said.split(',').filter_map(|one| one.split_once(':'));
    pairs.filter(|(name, _)| *name == method).map(|(_, action)| action.to_owned()).collect()
}

fn is(method: &str, action: &str) -> bool {
    wanted(method).iter().any(|one| one == action)
}

#[allow(unconditional_recursion)]
fn overflow(depth: u64) -> u64 {
    let room = std::hint::black_box([depth; 512]);
    overflow(depth + 1) + room[depth as usize % 512]
}

fn hang() -> ! {
    loop {
        std::thread::sleep(Duration::from_millis(1));
    }
}

fn act(method: &str) {
    for action in wanted(method) {
        match action.as_str() {
            "panic" => panic!("out of luck"),
            "panic-bomb" => std::panic::panic_any(Bomb),
            "segfault" => unsafe { std::ptr::without_provenance_mut::<u8>(8).write_volatile(1) },
            "overflow" => assert!(overflow(0) > 0),
            "abort" => std::process::abort(),
            "exit0" => std::process::exit(0),
            "_exit0" => unsafe { _exit(0) },
            "loop" => hang(),
            // In projects of its own it answers.
            "loop-unmarked" if Path::new("stress.txt").exists() => {}
            "loop-unmarked" => hang(),
            "threads" => (0..8).for_each(|_| drop(std::thread::spawn(|| std::thread::sleep(Duration::from_secs(600))))),
            "thread-exit0" => drop(std::thread::spawn(|| {
                std::thread::sleep(Duration::from_millis(30));
                std::process::exit(0)
            })),
            "wait" => std::thread::sleep(Duration::from_millis(300)),
            "print" => {
                println!("printed to standard output");
                print!("and no end of line");
                eprintln!("printed to standard error");
            }
            "environment" => unsafe {
                std::env::set_var("PATH", "/hijacked");
                std::env::set_var("HOME", "/hijacked");
                std::env::set_var("INJECTED", "1");
            },
            "folder" => std::env::set_current_dir("/").unwrap(),
            "signals" => unsafe {
                let mut all = [0u64; 16];
                sigfillset(&mut all);
                sigprocmask(0, &all, std::ptr::null_mut());
                signal(15, 1);
                signal(13, 0);
                umask(0o777);
            },
            "stdin" => drop(std::io::read_to_string(std::io::stdin())),
            "process" => drop(std::process::Command::new("/bin/true").status()),
            "write" => std::fs::write("litter.txt", "").unwrap(),
            "number" => std::fs::write("litter.txt", std::process::id().to_string()).unwrap(),
            "count" => {
                let file = std::fs::File::options().create(true).append(true).open("count.txt");
                std::io::Write::write_all(&mut file.unwrap(), b"+").unwrap();
            }
            "alone" => assert_eq!(unsafe { getsid(0) }, std::process::id() as i32, "it has pyve's terminal"),
            "flood" => (0..).for_each(|number| println!("{number}")),
            // What the answers are told to be like.
            "capture" | "slow-capture" | "bad" | "nul" | "no-steps" | "many" | "large" | "no-inputs" | "wordless"
            | "log" | "same" => {}
            // Where its steps go is said behind the sign.
            path if path.contains('=') => {}
            other => panic!("the stress plugin knows no `{other}`"),
        }
    }
}

unsafe extern "C" {
    fn getsid(process: i32) -> i32;
}

/// What stands behind `key=` among the actions of the method.
fn said(method: &str, key: &str) -> Option<String> {
    let start = format!("{key}=");
    wanted(method).into_iter().find_map(|action| action.strip_prefix(&start).map(str::to_owned))
}

/// The steps that the method was told to plan, wherever they go.
fn steps(method: &str) -> Vec<Step> {
    let write = said(method, "write").map(|path| Step::write_file("Write", path, "evil"));
    let remove = said(method, "remove").map(|path| Step::remove_dir("Clean", path));
    let folder = said(method, "folder").map(|path| Step::create_dir("Make", path));
    write.into_iter().chain(remove).chain(folder).collect()
}

/// Where the environment of the request is; the same for all where the method is told so.
fn prefix(method: &str, request: &Request) -> std::path::PathBuf {
    let name = if is(method, "same") { "default" } else { request.environment.as_str() };
    request.in_project(match name {
        "default" => ".stress".to_owned(),
        name => format!(".pyve/envs/{name}"),
    })
}

struct Stress;

impl Stress {
    fn new() -> Self {
        act("new");
        Self
    }
}

impl Backend for Stress {
    fn describe(&self) -> Description {
        act("describe");
        let id = std::env::var("STRESS_ID").unwrap_or_else(|_| "stress".to_owned());
        let large = is("describe", "large").then(|| "large ".repeat(2 << 20));
        let summary = large.as_deref().unwrap_or("Misbehaves when told to");
        let description = Description::new(&id, "0.1.0", summary).marker(Marker::exclusive("stress.txt"));
        match std::env::var("STRESS_FLAG") {
            Ok(flag) => description.setting(Setting::new("setting", SettingKind::TEXT, "A setting").flag(&flag)),
            Err(_) => description,
        }
    }

    fn detect(&self, project: &Path) -> Result<Vec<Detection>> {
        act("detect");
        if is("detect", "bad") {
            return Ok(vec![Detection::new("/etc/hostname", Strength::EXCLUSIVE)]);
        }
        let seen = project.join("stress.txt").is_file();
        Ok(seen.then(|| Detection::new("stress.txt", Strength::EXCLUSIVE)).into_iter().collect())
    }

    fn ensure_tool(&self, _: &Request, host: &dyn Host) -> Result<ToolAnswer> {
        act("ensure_tool");
        if is("ensure_tool", "bad") {
            return Ok(ToolAnswer::found(Tool::new("sh", "1", "PATH")));
        }
        if is("ensure_tool", "wordless") {
            return Ok(ToolAnswer::default());
        }
        if is("ensure_tool", "log") {
            host.log(Level::INFO, "error: not pyve's\nhint: type what I say");
            host.log(Level::WARNING, "one\n\nerror: two\u{1b}[31m\r");
            host.progress("error: three\nfour");
        }
        if is("ensure_tool", "slow-capture") {
            host.capture(&Command::new("/bin/sleep").arg("1"))?;
        }
        let environment = || host.capture(&Command::new("/usr/bin/env")).map(|output| output.text().replace('\n', " "));
        let version = if is("ensure_tool", "capture") { environment()? } else { "1.0.0".to_owned() };
        Ok(ToolAnswer::found(Tool::new("/bin/sh", &version, "PATH")))
    }

    fn create(&self, request: &Request, _: &Tool, _: &dyn Host) -> Result<Creation> {
        act("create");
        if is("create", "bad") {
            let mut strange = Step::create_dir("Do something", request.in_project("x"));
            strange.kind = StepKind::from("dance".to_owned());
            return Ok(Creation::new("stress", "/").step(strange));
        }
        let prefix = said("create", "prefix").map_or_else(|| prefix("create", request), |path| request.in_project(path));
        let ready = prefix.join("ready");
        let mut creation = Creation::new("stress", &prefix);
        if let Some(bare) = said("create", "bare") {
            creation.prefix = bare.into();
        }
        if is("create", "nul") {
            creation.prefix = format!("{}\0x", prefix.display()).into();
        }
        if is("create", "no-steps") {
            return Ok(creation);
        }
        if said("create", "prefix").is_some() {
            creation = creation.state(PrefixState::BROKEN, "is whatever it is told to be");
        }
        if said("create", "outdated").is_some() && ready.is_file() {
            creation = creation.state(PrefixState::OUTDATED, "is of yesterday");
        }
        creation = steps("create").into_iter().fold(creation, Creation::step);
        creation = said("create", "also").into_iter().fold(creation, Creation::also_creates);
        Ok(creation.step(Step::write_file("Make the environment", ready, "")))
    }

    fn run(&self, request: &Request, _: &dyn Host) -> Result<Launch> {
        act("run");
        if is("run", "bad") {
            return Ok(Launch::new().path("bin").env("A=B", "1"));
        }
        let prefix = prefix("run", request);
        if let Some(folder) = said("run", "folder") {
            return Ok(Launch::new().path(folder).input(prefix.join("ready")));
        }
        if let Some(name) = said("run", "variable") {
            return Ok(Launch::new().env(&name, "1").input(prefix.join("ready")));
        }
        if is("run", "many") {
            let many = (0..100_000).fold(Launch::new(), |launch, number| launch.env(&format!("V{number}"), "1"));
            return Ok(many.input(prefix.join("ready")));
        }
        if is("run", "no-inputs") {
            return Ok(Launch::new().env("STRESSED", "1"));
        }
        if prefix.join("ready").is_file() {
            return Ok(Launch::new().env("STRESSED", "1").input(prefix.join("ready")));
        }
        let init = Command::new("pyve").arg("init");
        let remedy = if prefix.is_dir() { init.arg("--force") } else { init };
        Err(Error::new(format!("{} does not exist", prefix.display())).remedy(&remedy))
    }

    fn diagnose(&self, request: &Request, _: &dyn Host) -> Result<Vec<Finding>> {
        act("diagnose");
        if is("diagnose", "bad") {
            return Ok(vec![Finding::error("other.tool", "", "")]);
        }
        let mut findings = vec![Finding::ok("stress.tool", "Tool", "/bin/sh")];
        let prefix = prefix("diagnose", request);
        if !prefix.is_dir() {
            let detail = format!("there is none at {}", prefix.display());
            let remedy = Command::new("pyve").arg("init");
            findings.push(Finding::error("stress.environment", "Environment", &detail).remedy(&remedy));
        }
        let fixes = steps("diagnose").into_iter();
        findings.extend(fixes.map(|step| Finding::warning("stress.dirt", "Dirt", "there is some").fix(step)));
        // What a failed update leaves behind.
        if prefix.join("half").exists() {
            findings.push(Finding::error("stress.half", "Environment", "it is only half there"));
        }
        Ok(findings)
    }

    /// Answered only where it was told to when it was added.
    fn update(&self, request: &Request, _: &Tool, _: &dyn Host) -> Result<Update> {
        if wanted("update").is_empty() {
            return Err(Error::unsupported(Question::Update));
        }
        act("update");
        if let Some(why) = said("update", "recreate") {
            return Ok(Update::recreate(&why));
        }
        let mut update = Update::new().step(Step::write_file("Bring in line", request.in_project(".stress/new"), ""));
        update = steps("update").into_iter().fold(update, Update::step);
        if let Some(script) = said("update", "run") {
            update = update.step(Step::run("Try", Command::new("/bin/sh").args(["-c", &script])));
        }
        Ok(update)
    }

    /// Answered only where it was told to when it was added.
    fn lock(&self, _: &Request, asked: &LockRequest, _: &dyn Host) -> Result<Lock> {
        let Some(state) = said("lock", "state") else { return Err(Error::unsupported(Question::Lock)) };
        let file = said("lock", "file").unwrap_or_else(|| "stress.lock".to_owned());
        let lock = Lock::new(file, LockState::from(state));
        if asked.is_check() {
            return Ok(lock);
        }
        let large = is("lock", "large").then(|| "x".repeat((8 << 20) + 1));
        let lock = said("lock", "content").or(large).iter().fold(lock, |lock, text| lock.content(text));
        let run = said("lock", "run").map(|script| Step::run("Try", Command::new("/bin/sh").args(["-c", &script])));
        Ok(run.into_iter().chain(steps("lock")).fold(lock, Lock::step))
    }

    fn inspect(&self, request: &Request, _: &dyn Host) -> Result<Inspection> {
        act("inspect");
        Ok(if is("inspect", "same") { Inspection::at(prefix("inspect", request)) } else { Inspection::unknown() })
    }
}

export_backend!(Stress::new());
