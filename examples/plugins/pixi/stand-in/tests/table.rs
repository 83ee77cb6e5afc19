//! What pixi does, case by case, each with the file of its sources (0.77, and rattler_shell 0.27) that it was read from.
//!
//! No pixi was at hand to hold against the same table: what is here is read, not measured.

#![cfg(unix)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use pyve_formats::conda_platform;
use serde_json::Value;

/// A project, a home folder, and the program.
struct Bench {
    folder: tempfile::TempDir,
    root: PathBuf,
}

struct Said {
    code: Option<i32>,
    out: String,
    err: String,
}

impl Bench {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let root = fs::canonicalize(folder.path()).unwrap().join("demo");
        fs::create_dir(&root).unwrap();
        let bench = Self { folder, root };
        bench.manifest("", "python = \"3.12.*\"\n", "");
        bench
    }

    fn at(&self, path: &str) -> PathBuf {
        self.root.join(path)
    }

    fn manifest(&self, workspace: &str, dependencies: &str, rest: &str) {
        let platform = conda_platform::current();
        let head = format!("[workspace]\nchannels = [\"conda-forge\"]\nplatforms = [\"{platform}\"]\n{workspace}");
        fs::write(self.at("pixi.toml"), format!("{head}[dependencies]\n{dependencies}{rest}")).unwrap();
    }

    fn with(&self, variables: &[(&str, &str)], words: &str) -> Said {
        let mut command = Command::new(env!("CARGO_BIN_EXE_pixi"));
        command.args(words.split(' ')).current_dir(&self.root).env_clear().env("PATH", "/usr/bin:/bin");
        command.env("HOME", self.folder.path()).envs(variables.iter().copied());
        let output = command.stdin(Stdio::null()).output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Said { code: output.status.code(), out: text(&output.stdout), err: text(&output.stderr) }
    }

    /// The exit code, and the first line of what was said.
    fn told(&self, words: &str) -> String {
        let said = self.with(&[], words);
        let first = said.out.lines().chain(said.err.lines()).next().unwrap_or_default().to_owned();
        format!("{} {first}", said.code.unwrap())
    }

    fn json(&self, variables: &[(&str, &str)], words: &str) -> Value {
        let said = self.with(variables, words);
        assert_eq!(said.code, Some(0), "{}", said.err);
        serde_json::from_str(&said.out).unwrap()
    }
}

/// Errors are `Error:` and a line that begins with `×`, help below it, on standard error, with exit code 1 (what `main` of
/// `pixi/src/main.rs` returns, printed by miette); wrong words have exit code 2 (clap).
#[test]
fn answers_in_words() {
    let bench = Bench::new();
    let rows = [
        // pixi_cli/src/lib.rs: `version(consts::PIXI_VERSION)`
        ("--version", "0 pixi 0.77.0"),
        // pixi_manifest/src/discovery.rs: ExplicitManifestError::MissingManifest
        ("install --manifest-path /none/pixi.toml", "1 Error:   × could not find '/none/pixi.toml'"),
        // pixi_core/src/workspace/mod.rs: environment_from_name_or_env_var
        ("install --environment test", "1 Error:   × unknown environment 'test'"),
        // pixi_manifest/src/environment.rs: ParseEnvironmentNameError
        (
            "install --environment Test",
            "1 Error:   × Failed to parse environment name 'Test', please use only lowercase letters, numbers and dashes",
        ),
        // clap, by pixi_cli/src/install.rs: it knows no `--as-is`
        ("install --as-is", "2 error: unexpected argument '--as-is' found"),
        // pixi_core/src/lock_file/update.rs: update_lock_file, of a lock that is not there
        ("install --locked", "1 Error:   × lock file not up-to-date with the workspace"),
        // pixi_core/src/lock_file/update.rs: UpdateError::LockFileMissingEnv
        ("install --frozen", "1 Error:   × the lock file is not up-to-date with requested environment: 'default'"),
        // pixi_cli/src/lock.rs: execute; a check writes the file as well
        ("lock --dry-run", "0 i Dry-run: lock file would be updated (not written to disk)"),
        ("lock --check", "1 ✔ Updated lock file"),
        ("lock --check", "0 ✔ Lock-file was already up-to-date"),
        ("lock --dry-run", "0 i Dry-run: lock file would not change"),
        // pixi_cli/src/install.rs: execute
        ("install --locked", "0 ✔ The default environment has been installed."),
        // pixi_cli/src/update.rs: execute, ensure_package_exists
        ("update", "0 ✔ Lock-file was already up-to-date"),
        ("update nope", "1 Error:   × could not find a package named 'nope'"),
    ];
    for (words, told) in rows {
        assert_eq!(bench.told(words), told, "{words}");
    }
    // pixi_core/src/lock_file/update.rs: SolveCondaEnvironmentError::SolveFailed
    bench.manifest("", "numpy = \">=9\"\n", "");
    let platform = conda_platform::current();
    let failed =
        format!("1 Error:   × failed to solve requirements of environment 'default' for platform '{platform}'");
    assert_eq!(bench.told("lock"), failed);
    // pixi_cli/src/offline.rs: OFFLINE_HINT
    bench.manifest("", "numpy = \"*\"\n", "");
    let said = bench.with(&[("PIXI_OFFLINE", "1")], "lock");
    assert_eq!(said.code, Some(1));
    assert!(
        said.err.contains("help: pixi is running in offline mode and only uses locally cached data."),
        "{}",
        said.err
    );
    // pixi_core/src/lock_file/update.rs: load_lock_file
    fs::write(bench.at("pixi.lock"), "<<<<<<< ours\n").unwrap();
    let path = bench.at("pixi.lock");
    assert_eq!(bench.told("install"), format!("1 Error:   × Failed to load lock file from `{}`", path.display()));
    // pixi_manifest/src/discovery.rs: PixiVersionMismatchError
    bench.manifest("requires-pixi = \">=9\"\n", "", "");
    assert_eq!(bench.told("install"), "1 Error:   × this project requires pixi '>=9', but you have pixi 0.77.0");
}

/// pixi_cli/src/shell_hook.rs (ShellEnv, generate_environment_json), pixi_core/src/activation.rs (the metadata, their order),
/// and rattler_shell's activation.rs (what is set, in which order, and that only what differs is told).
#[test]
fn an_activation_tells_what_changes() {
    let bench = Bench::new();
    let rest = "[activation]\nscripts = [\"setup.sh\", \"none.sh\"]\n[activation.env]\nMODE = \"$STAGE/x\"\nLAST = \"manifest\"\n\
                [target.win.activation]\nscripts = [\"setup.bat\"]\n[feature.t.activation.env]\nONLY = \"t\"\n\
                [environments]\nt = [\"t\"]\n";
    bench.manifest("version = \"1.2\"\n", "gdal = \"*\"\n", rest);
    fs::write(bench.at("setup.sh"), "export LAST=script STAGE=two\n").unwrap();
    assert_eq!(bench.told("install"), "0 ✔ The default environment has been installed.");
    let hook = bench.json(&[("STAGE", "one")], "shell-hook --json --as-is");
    let keys: Vec<&String> = hook.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["activation_scripts", "environment_variables"]);
    assert_eq!(
        hook["activation_scripts"],
        Value::from(vec![bench.at("setup.sh").to_str().unwrap()]),
        "those that are there"
    );
    let prefix = bench.at(".pixi/envs/default").display().to_string();
    let told = |name: &str| hook["environment_variables"][name].as_str().unwrap_or("(not told)").to_owned();
    let rows = [
        ("CONDA_DEFAULT_ENV", "demo"),
        ("CONDA_PREFIX", prefix.as_str()),
        ("CONDA_SHLVL", "1"),
        ("GDAL_DATA", &format!("{prefix}/share/gdal")),
        ("HOME", "(not told)"),
        // Behind the scripts, filled in by the shell.
        ("LAST", "manifest"),
        ("MODE", "two/x"),
        ("PATH", &format!("{prefix}/bin:/usr/bin:/bin:{prefix}/share/gdal/tools")),
        ("PIXI_ENVIRONMENT_NAME", "default"),
        ("PIXI_IN_SHELL", "1"),
        ("PIXI_PROJECT_VERSION", "1.2"),
        ("PIXI_PROMPT", "(demo) "),
        ("PROJ_NETWORK", "OFF"),
        ("STAGE", "two"),
    ];
    for (name, value) in rows {
        assert_eq!(told(name), value, "{name}");
    }
    // Of an outer environment: the level goes up, what is replaced is kept, and what is the same is not told.
    let outer = [("CONDA_SHLVL", "1"), ("CONDA_PREFIX", "/outer"), ("PIXI_IN_SHELL", "1"), ("MODE", "mine")];
    let hook = bench.json(&outer, "shell-hook --json --as-is");
    let told = &hook["environment_variables"];
    assert_eq!((&told["CONDA_SHLVL"], &told["PIXI_IN_SHELL"]), (&"2".into(), &Value::Null));
    assert_eq!(
        (&told["CONDA_ENV_SHLVL_2_CONDA_PREFIX"], &told["CONDA_ENV_SHLVL_2_MODE"]),
        (&"/outer".into(), &"mine".into())
    );
    // pixi_manifest/src/environment.rs: from_arg_or_env_var
    let inherited = [("PIXI_IN_SHELL", "1"), ("PIXI_ENVIRONMENT_NAME", "t")];
    let hook = bench.json(&inherited, "shell-hook --json --as-is");
    assert_eq!(hook["environment_variables"]["CONDA_DEFAULT_ENV"], "demo:t");
    assert_eq!(hook["environment_variables"]["ONLY"], "t");
    // `--as-is` installs nothing, and needs nothing to be installed: pixi_cli/src/cli_config.rs (LockAndInstallConfig).
    assert!(!bench.at(".pixi/envs/t").exists());
    // pixi_core/src/environment/mod.rs: ensure_pixi_directory_and_gitignore
    assert_eq!(fs::read_to_string(bench.at(".pixi/.gitignore")).unwrap(), "*\n!config.toml\n");
    bench.json(&[], "shell-hook --json --environment t");
    assert!(bench.at(".pixi/envs/t/conda-meta/history").is_file(), "without it, it is installed");
}

/// pixi_core/src/workspace/mod.rs (environments_dir, detached_environments_path, create_symlink), pixi_config/src/lib.rs
/// (DetachedEnvironments, config_path_global, load_with), pixi_cli/src/info.rs (Info, EnvironmentInfo). The hash in the name is
/// xxh3 of the root in pixi; here it is another one of 64 bits.
#[test]
fn detached_environments_are_linked_from_the_project() {
    let bench = Bench::new();
    let info = bench.json(&[], "info --json");
    assert_eq!(info["environments_info"][0]["prefix"], bench.at(".pixi/envs/default").to_str().unwrap());
    assert_eq!(info["project_info"]["name"], "demo");
    fs::create_dir_all(bench.folder.path().join(".pixi")).unwrap();
    fs::write(bench.folder.path().join(".pixi/config.toml"), "detached-environments = \"/never\"\n").unwrap();
    fs::create_dir(bench.at(".pixi")).unwrap();
    let detached = bench.root.parent().unwrap().join("detached");
    fs::write(bench.at(".pixi/config.toml"), format!("detached-environments = {detached:?}\n")).unwrap();
    let info = bench.json(&[], "info --json");
    let prefix = PathBuf::from(info["environments_info"][0]["prefix"].as_str().unwrap());
    let folder = prefix.parent().and_then(Path::parent).unwrap();
    let name = folder.file_name().unwrap().to_str().unwrap();
    assert!(folder.parent() == Some(&detached) && prefix.ends_with("envs/default"), "{prefix:?}");
    assert!(name.strip_prefix("demo-").is_some_and(|hash| hash.parse::<u64>().is_ok()), "{name}");
    assert_eq!(fs::read_link(bench.at(".pixi/envs")).unwrap(), folder.join("envs"));
    let said = bench.with(&[], "install");
    assert!(said.err.contains(&format!("has been installed in '{}'.", folder.display())), "{}", said.err);
    // pixi_core/src/environment/conda_metadata.rs, environment/mod.rs (EnvironmentFile)
    let noted = fs::read_to_string(prefix.join("conda-meta/pixi_env_prefix")).unwrap();
    assert_eq!(Path::new(&noted), prefix.join("conda-meta"));
    let marker: Value = serde_json::from_slice(&fs::read(prefix.join("conda-meta/pixi")).unwrap()).unwrap();
    assert_eq!((&marker["environment_name"], &marker["pixi_version"]), (&"default".into(), &"0.77.0".into()));
    // Without a workspace there are none, and that is no error.
    let info = bench.json(&[], "info --json --manifest-path /none");
    assert_eq!((&info["environments_info"], &info["project_info"]), (&Value::Array(vec![]), &Value::Null));
}

/// pixi_core/src/lock_file/update.rs: what is locked stays as long as it fits; rattler_lock's format 7.
#[test]
fn what_is_locked_stays_until_it_is_to_move() {
    let bench = Bench::new();
    bench.manifest("", "numpy = \"<2\"\n", "[feature.t.dependencies]\npytest = \"*\"\n[environments]\nt = [\"t\"]\n");
    assert_eq!(bench.told("lock"), "0 ✔ Updated lock file");
    let lock = || fs::read_to_string(bench.at("pixi.lock")).unwrap();
    let text = lock();
    assert!(text.starts_with("version: 7\nplatforms:\n- name: ") && text.contains("\n  t:\n    channels:\n"), "{text}");
    assert!(
        text.contains("/numpy-1.26.4-h0_0.conda\n") && text.contains("\n  depends:\n  - python >=3.12\n"),
        "{text}"
    );
    bench.manifest("", "numpy = \"*\"\n", "[feature.t.dependencies]\npytest = \"*\"\n[environments]\nt = [\"t\"]\n");
    assert_eq!(bench.told("install --locked"), "0 ✔ The default environment has been installed.");
    assert_eq!((bench.told("lock --check"), lock()), ("0 ✔ Lock-file was already up-to-date".to_owned(), text));
    assert_eq!(bench.told("update numpy"), "0   ~ conda numpy  1.26.4 -> 2.1.0");
    assert!(lock().contains("/numpy-2.1.0-h0_0.conda\n"), "{}", lock());
    // An environment has what is locked, no more.
    assert_eq!(bench.told("install --frozen"), "0 ✔ The default environment has been installed.");
    let meta = |stem: &str| bench.at(&format!(".pixi/envs/default/conda-meta/{stem}-h0_0.json")).exists();
    assert_eq!((meta("numpy-1.26.4"), meta("numpy-2.1.0"), meta("pytest-8.3.2")), (false, true, false));
}
