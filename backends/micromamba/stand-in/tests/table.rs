//! What micromamba does, case by case. With `PYVE_TEST_MICROMAMBA` set the real one is held against the same table.

#![cfg(unix)]

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use pyve_standin_micromamba::channel::{Channel, platform};
use pyve_standin_micromamba::{program, sample};

/// A folder of the test's own, and the program in it.
struct Bench {
    folder: tempfile::TempDir,
}

struct Said {
    code: i32,
    out: String,
    err: String,
}

fn channel() -> &'static Channel {
    sample::shared(Path::new(env!("CARGO_TARGET_TMPDIR")))
}

impl Bench {
    fn new() -> Self {
        let bench = Self { folder: tempfile::tempdir().unwrap() };
        copy(&pyve_testkit::micromamba(), &bench.at("micromamba"));
        bench
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn prefix(&self) -> PathBuf {
        self.at("env")
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.at(name), text).unwrap();
    }

    fn environment(&self, dependencies: &str) {
        self.write("environment.yml", &format!("channels: ['{}']\ndependencies: {dependencies}\n", channel().url()));
    }

    fn lock(&self, name: &str, edit: impl Fn(String) -> String, platform: &str) {
        let entry = channel().entry("hello", "1.0").unwrap();
        self.write(name, &edit(channel().lock(&[entry], platform)));
    }

    fn start(&self, program: &Path, args: &[&str]) -> Said {
        self.started(program, &[], args)
    }

    fn started(&self, program: &Path, variables: &[(&str, &str)], args: &[&str]) -> Said {
        let mut command = Command::new(program);
        command
            .args(args)
            .env_clear()
            .envs(variables.iter().copied())
            .env("PATH", "/usr/bin:/bin")
            .env("HOME", self.folder.path());
        command.env("MAMBA_ROOT_PREFIX", self.at("root")).current_dir(self.folder.path());
        let output = command.stdin(Stdio::null()).output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Said { code: output.status.code().unwrap_or(-1), out: text(&output.stdout), err: text(&output.stderr) }
    }

    fn with(&self, variables: &[(&str, &str)], args: &[&str]) -> Said {
        self.started(&self.at("micromamba"), variables, args)
    }

    fn mamba(&self, args: &[&str]) -> Said {
        self.start(&self.at("micromamba"), args)
    }

    fn create(&self, file: &str) -> Said {
        let (prefix, file) = (self.prefix().display().to_string(), self.at(file).display().to_string());
        self.mamba(&["create", "-y", "-p", &prefix, "-f", &file])
    }

    fn run(&self, command: &[&str]) -> Said {
        let prefix = self.prefix().display().to_string();
        self.mamba(&[&["run", "-p", &prefix], command].concat())
    }

    fn packages(&self) -> Vec<String> {
        let entries = fs::read_dir(self.prefix().join("conda-meta")).unwrap();
        let names = entries.flatten().filter_map(|entry| entry.file_name().into_string().ok());
        let mut names: Vec<String> = names.filter(|name| name.ends_with(".json")).collect();
        names.sort();
        names
    }
}

fn copy(from: &Path, to: &Path) {
    fs::hard_link(from, to).or_else(|_| fs::copy(from, to).map(drop)).unwrap();
}

#[test]
fn an_existing_environment_is_deleted_whole_even_if_the_solve_then_fails() {
    let bench = Bench::new();
    bench.environment("[hello=1.0]");
    let said = bench.create("environment.yml");
    assert_eq!(said.code, 0, "{}", said.err);
    let warned = "warning  libmamba Security Warning: This transaction includes executing package scripts \
                  (pre/post-link/unlink) if present. These scripts can contain arbitrary code. Please ensure you trust the \
                  package sources.\n";
    assert_eq!(said.err, warned);
    assert_eq!(bench.packages(), ["hello-1.0-0.json"]);
    fs::write(bench.prefix().join("stray"), "").unwrap();
    bench.environment("[hello]");
    assert_eq!(bench.create("environment.yml").code, 0);
    assert!(!bench.prefix().join("stray").exists());
    assert_eq!(bench.packages(), ["hello-2.0-0.json"]);
    bench.environment("[nosuchpkg]");
    assert_eq!(bench.create("environment.yml").code, 1);
    assert!(!bench.prefix().join("conda-meta/hello-2.0-0.json").exists(), "the old environment is gone");
}

#[test]
fn what_stands_in_the_way_aborts() {
    let bench = Bench::new();
    bench.environment("[hello]");
    fs::create_dir(bench.prefix()).unwrap();
    fs::write(bench.prefix().join("stray"), "").unwrap();
    let said = bench.create("environment.yml");
    assert!(said.code == 1 && said.err.contains("Non-conda folder exists at prefix - aborting."), "{}", said.err);
    fs::remove_dir_all(bench.prefix()).unwrap();
    fs::write(bench.prefix(), "").unwrap();
    let said = bench.create("environment.yml");
    assert_eq!(said.code, 1);
    assert!((said.err + &said.out).contains("Target prefix already exists and is not a folder - aborting."));
    fs::remove_file(bench.prefix()).unwrap();
    bench.create("environment.yml");
    let (prefix, file) = (bench.prefix().display().to_string(), bench.at("environment.yml").display().to_string());
    let said = bench.mamba(&["create", "-p", &prefix, "-f", &file]);
    assert!(said.code == 1 && said.out.contains("Overwrite?: [y/N] Aborted."), "{}", said.out);
}

#[test]
fn failures_say_so_and_exit_1() {
    let bench = Bench::new();
    let failing = |text: &str, said: &[&str]| {
        bench.write("environment.yml", text);
        let got = bench.create("environment.yml");
        assert_eq!(got.code, 1, "{text}");
        said.iter().for_each(|line| assert!(got.err.contains(line), "{line} in {}", got.err));
        assert!(!bench.prefix().join("conda-meta/history").exists());
    };
    let url = channel().url();
    failing(
        &format!("channels: ['{url}']\ndependencies: [nosuchpkg]\n"),
        &[
            "error    libmamba Could not solve for environment specs",
            "└─ nosuchpkg =* * does not exist (perhaps a typo or a missing channel).",
        ],
    );
    failing(
        &format!("channels: ['{url}']\ndependencies: [hello=2.0, clash]\n"),
        &["Could not solve for environment specs"],
    );
    failing(
        "channels: ['file:///nowhere']\ndependencies: [hello]\n",
        &["critical libmamba Multiple errors occurred:", "Download error (37) Couldn't read a file:// file"],
    );
    failing(
        "channels: [a\ndependencies: x\n",
        &["error    libmamba YAML error in spec file", "critical libmamba yaml-cpp: error at line"],
    );
    failing(
        &format!("channels: ['{url}']\ndependencies: [hello=>=]\n"),
        &["critical libmamba Error parsing version \">\""],
    );
    assert!(bench.create("nofile.yml").err.contains("nofile.yml' not found"));
    bench.environment("[\"hello=>=\"]");
    let (prefix, file) = (bench.prefix().display().to_string(), bench.at("environment.yml").display().to_string());
    let said = bench.mamba(&["create", "-q", "-y", "-p", &prefix, "-f", &file]);
    assert_eq!((said.code, said.err.as_str()), (1, ""), "-q mutes the reason too");
}

#[test]
fn specs_are_read_as_the_solver_reads_them() {
    let bench = Bench::new();
    let url = channel().url();
    let solved = |spec: &str| {
        bench.write("environment.yml", &format!("channels: ['{url}']\ndependencies: [\"{spec}\"]\n"));
        let said = bench.create("environment.yml");
        (said.code == 0).then(|| bench.packages().join(" "))
    };
    let of = |version: &str| Some(format!("hello-{version}-0.json"));
    assert_eq!(solved("hello=1=0"), of("1.0"), "with a build the version is a beginning");
    assert_eq!(solved("python 3 *"), None, "without a sign it is exact");
    assert_eq!(solved("hello>=1=0"), of("2.0"));
    assert_eq!(solved("hello >=1, <2"), of("1.0"));
    assert_eq!(solved("hello >=1 , <2"), None, "a space before the comma");
    assert_eq!(solved(&format!("{url}::hello")), of("2.0"));
    assert_eq!(solved(&format!("hello[channel={url}]")), of("2.0"));
    assert_eq!(solved("__unix"), Some(String::new()), "what the machine has is not installed");
    bench.environment("[hello, null, {pip: []}]");
    assert_eq!(bench.create("environment.yml").code, 0, "an empty entry is passed over");
}

#[test]
fn settings_of_the_user_count() {
    let bench = Bench::new();
    bench.environment("[nosuchpkg]");
    let with = |file: &str, variables: &[(&str, &str)]| {
        bench.write(".condarc", file);
        let (prefix, spec) = (bench.prefix().display().to_string(), bench.at("environment.yml").display().to_string());
        bench.with(variables, &["create", "-y", "-p", &prefix, "-f", &spec])
    };
    assert!(with("{}\n", &[]).err.contains("nosuchpkg"));
    let muted = with("quiet: true\n", &[]);
    assert_eq!((muted.code, muted.err.contains("nosuchpkg")), (1, false), "{}", muted.err);
    assert!(with("json: true\n", &[]).out.trim_start().starts_with('{'));
    let heard = with("quiet: true\njson: true\n", &[("MAMBA_QUIET", "false"), ("MAMBA_JSON", "false")]);
    assert!(heard.err.contains("└─ nosuchpkg"), "a variable counts more: {}", heard.err);
    assert_eq!(with("{}\n", &[("MAMBA_QUIET", "0")]).code, 1);
    bench.write("environment.yml", "name: a/b\nchannels: []\ndependencies: []\n");
    assert_eq!(with("{}\n", &[]).code, 1, "no name with a slash");
}

#[test]
fn an_environment_among_others_has_a_short_name_and_packages_are_described_over_several_lines() {
    let bench = Bench::new();
    bench.environment("[hello]");
    let (prefix, file) = (bench.at("envs/short"), bench.at("environment.yml").display().to_string());
    let shown = prefix.display().to_string();
    assert_eq!(bench.mamba(&["create", "-y", "-p", &shown, "-f", &file]).code, 0);
    let said =
        bench.mamba(&["run", "-p", &shown, "sh", "-c", "echo $CONDA_DEFAULT_ENV; echo \"$CONDA_PROMPT_MODIFIER\""]);
    assert_eq!(said.out, "short\n(short) \n");
    assert!(fs::read_to_string(prefix.join("conda-meta/hello-2.0-0.json")).unwrap().lines().count() > 5);
}

#[test]
fn the_level_goes_up_in_another_environment_and_down_where_that_was_entered_from_this_one() {
    let bench = Bench::new();
    bench.environment("[hello]");
    assert_eq!(bench.create("environment.yml").code, 0);
    let prefix = bench.prefix().display().to_string();
    let script = "echo $CONDA_SHLVL ${CONDA_PREFIX_1-none} ${CONDA_PREFIX_2-none}";
    let said = |level: &str, first: &str, second: &str| {
        let outer =
            [("CONDA_PREFIX", "/o"), ("CONDA_SHLVL", level), ("CONDA_PREFIX_1", first), ("CONDA_PREFIX_2", second)];
        let outer: Vec<_> = outer.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        bench.with(&outer, &["run", "-p", &prefix, "sh", "-c", script]).out
    };
    assert_eq!(said("1", "", ""), "2 /o none\n");
    assert_eq!(said("2", "/first", ""), "3 /first /o\n");
    assert_eq!(said("2", &prefix, ""), "1 none none\n");
    assert_eq!(said("3", "/first", &prefix), "2 /first none\n");
}

#[test]
fn some_successes_are_empty_environments() {
    let bench = Bench::new();
    for text in ["", "name: x\n", "dependencies: hello\n"] {
        bench.write("environment.yml", text);
        assert_eq!(bench.create("environment.yml").code, 0, "{text:?}");
        assert!(bench.packages().is_empty());
    }
    bench.lock("conda-lock.yml", |text| text, "plan9-64");
    let said = bench.create("conda-lock.yml");
    assert!(said.code == 0 && bench.packages().is_empty());
    let expected = format!("The lockfile might not be resolved for your platform ({}).", platform());
    assert!(said.err.contains(&expected), "{}", said.err);
    bench.lock("my.lock.yml", |text| text, &platform());
    assert_eq!(bench.create("my.lock.yml").code, 0);
    assert!(bench.packages().is_empty(), "only a name that ends in -lock.yml is a lock's");
}

#[test]
fn locks_are_installed_as_they_are_or_not_at_all() {
    let bench = Bench::new();
    bench.lock("conda-lock.yml", |text| text, &platform());
    assert_eq!(bench.create("conda-lock.yml").code, 0);
    assert_eq!(bench.packages(), ["hello-1.0-0.json"]);
    bench.lock("conda-lock.yml", |text| text.replace("version: 1\n", "version: 9\n"), &platform());
    let said = bench.create("conda-lock.yml");
    assert!(said.code == 1 && said.err.contains("unknown version '9'"), "{}", said.err);
    fs::remove_dir_all(bench.prefix()).unwrap();
    fs::remove_dir_all(bench.at("root")).ok();
    let sha256 = channel().entry("hello", "1.0").unwrap().sha256;
    bench.lock("conda-lock.yml", |text| text.replace(&sha256, &"0".repeat(64)), &platform());
    let said = bench.create("conda-lock.yml");
    assert!(said.code == 1 && said.err.contains("File not valid: SHA256 doesn't match expectation"), "{}", said.err);
    assert!(said.err.contains("hello-1.0-0.tar.bz2") && said.err.contains("Found incorrect downloads. Aborting"));
    let left: Vec<_> = fs::read_dir(bench.prefix()).unwrap().flatten().map(|entry| entry.file_name()).collect();
    assert_eq!(left, ["conda-meta"]);
}

#[test]
fn run_hands_on_what_the_command_ends_with() {
    let bench = Bench::new();
    bench.environment("[hello, activated]");
    assert_eq!(bench.create("environment.yml").code, 0);
    assert_eq!(bench.run(&["hello", "you"]).out, "hello 2.0 you\n");
    assert_eq!(
        bench.run(&["sh", "-c", "echo $SAMPLE_HOME"]).out,
        format!("{}/share/sample\n", bench.prefix().display())
    );
    let said = bench.run(&["sh", "-c", "exit 7"]);
    assert_eq!((said.code, said.err.as_str()), (7, ""));
    let said = bench.run(&["nosuchcmd"]);
    assert!(said.code == 127 && said.err.contains("line 5: exec: nosuchcmd: not found"), "{}", said.err);
    assert_eq!(bench.run(&[&bench.at("environment.yml").display().to_string()]).code, 126);
    assert_eq!(bench.run(&["sh", "-c", "kill -TERM $$"]).code, 143);
    assert_eq!(bench.run(&["sh", "-c", "kill -KILL $$"]).code, 137);
    let gone = bench.at("gone").display().to_string();
    let said = bench.mamba(&["run", "-p", &gone, "true"]);
    assert!(said.code == 1 && said.err.contains("critical libmamba The given prefix does not exist"), "{}", said.err);
    fs::create_dir(bench.at("gone")).unwrap();
    assert_eq!(bench.mamba(&["run", "-p", &gone, "true"]).code, 0);
}

#[test]
fn a_renamed_copy_activates_nothing_and_a_link_of_any_name_works() {
    let bench = Bench::new();
    bench.environment("[hello]");
    assert_eq!(bench.create("environment.yml").code, 0);
    let prefix = bench.prefix().display().to_string();
    let ask = ["run", "-p", &prefix, "sh", "-c", "echo \"[$CONDA_PREFIX]\""];
    copy(&pyve_testkit::micromamba(), &bench.at("micromamba-linux-64"));
    let said = bench.start(&bench.at("micromamba-linux-64"), &ask);
    assert_eq!((said.code, said.out.as_str()), (0, "[]\n"));
    assert!(said.err.contains("filename must be mamba or micromamba"), "{}", said.err);
    symlink(bench.at("micromamba"), bench.at("mm")).unwrap();
    assert_eq!(bench.start(&bench.at("mm"), &ask).out, format!("[{prefix}]\n"));
}

#[test]
fn questions_are_answered_without_making_anything() {
    let bench = Bench::new();
    let version = bench.mamba(&["--version"]);
    assert!(version.out.trim_end().chars().all(|c| c.is_ascii_digit() || c == '.'), "{}", version.out);
    bench.environment("[python, purelib]");
    let (prefix, file) = (bench.prefix().display().to_string(), bench.at("environment.yml").display().to_string());
    let said = bench.mamba(&["create", "--dry-run", "--json", "-p", &prefix, "-f", &file]);
    let answer: serde_json::Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(answer["success"], true);
    let names: Vec<&str> =
        answer["actions"]["LINK"].as_array().unwrap().iter().filter_map(|package| package["name"].as_str()).collect();
    assert!(["python", "pip", "purelib"].iter().all(|name| names.contains(name)), "pip comes with python: {names:?}");
    assert!(!bench.prefix().exists());
    assert_eq!(bench.create("environment.yml").code, 0);
    let listed: serde_json::Value = serde_json::from_str(&bench.mamba(&["list", "-p", &prefix, "--json"]).out).unwrap();
    let listed = listed.as_array().or(listed["packages"].as_array()).unwrap().len();
    assert_eq!(listed, 3);
    assert_eq!(bench.run(&["purelib"]).out, "pure\n");
    assert_eq!(bench.run(&["python", "-c", "import sys; print(sys.prefix)"]).out, format!("{prefix}\n"));
    assert!(bench.run(&["python", "-m", "pip", "--version"]).out.starts_with("pip "));
    let shown = bench.mamba(&["shell", "activate", "-s", "bash", "-p", &prefix]).out;
    assert!(shown.contains(&format!("export CONDA_PREFIX='{prefix}'\nexport CONDA_SHLVL='1'\n")), "{shown}");
}

#[test]
fn how_it_was_called_can_be_read() {
    if program::is_real() {
        return;
    }
    let bench = Bench::new();
    let log = bench.at("log");
    let mut command = Command::new(bench.at("micromamba"));
    command.args(["--version"]).env("PYVE_STANDIN_LOG", &log).output().unwrap();
    assert_eq!(fs::read_to_string(log).unwrap(), "[\"--version\"]\n");
}
