//! The sample channel: a python that is the machine's own, a command, activation scripts, a noarch package.

use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use crate::channel::{Channel, Package};

/// The machine's python, as the sample's `python` package wraps it.
#[derive(Clone, Debug)]
pub struct Python {
    pub path: PathBuf,
    /// `3.11.7`.
    pub version: String,
}

impl Python {
    /// The first `python3` of `PYVE_TEST_PYTHONS` and PATH that has a pip to give; a version manager's shim only where
    /// there is no other. Looked for once.
    pub fn find() -> io::Result<Self> {
        static FOUND: OnceLock<Result<Python, String>> = OnceLock::new();
        let found = FOUND.get_or_init(|| {
            let (shims, real): (Vec<_>, Vec<_>) = candidates().into_iter().partition(|path| is_shim(path));
            let usable = |path: &PathBuf| Self::ask(path).ok().filter(|python| python.bundled_pip().is_ok());
            let found = real.iter().chain(&shims).find_map(usable);
            found.ok_or_else(|| "no python3 with ensurepip was found; install python3 and python3-venv".to_owned())
        });
        found.clone().map_err(io::Error::other)
    }

    fn ask(program: &Path) -> io::Result<Self> {
        let ask = "import os, sys; print(os.path.realpath(sys.executable)); print('%d.%d.%d' % sys.version_info[:3])";
        let output = Command::new(program).args(["-I", "-c", ask]).output()?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        match text.lines().collect::<Vec<_>>()[..] {
            [path, version] => Ok(Self { path: path.into(), version: version.to_owned() }),
            _ => Err(io::Error::other(format!("python3 does not answer: {}", String::from_utf8_lossy(&output.stderr)))),
        }
    }

    /// `3.11`.
    pub fn series(&self) -> &str {
        self.version.rsplit_once('.').map_or(&self.version, |(series, _)| series)
    }

    /// pip as it comes with the interpreter, in a wheel that python can import from.
    fn bundled_pip(&self) -> io::Result<(String, PathBuf)> {
        // Debian keeps its wheels in a folder of the system.
        let ask = "import ensurepip, os, glob\n\
                   own = os.path.join(os.path.dirname(ensurepip.__file__), '_bundled')\n\
                   folders = [own, getattr(ensurepip, '_WHEEL_PKG_DIR', None) or own]\n\
                   print([wheel for it in folders for wheel in glob.glob(os.path.join(it, 'pip-*.whl'))][0])";
        let output = Command::new(&self.path).args(["-I", "-c", ask]).output()?;
        let path = PathBuf::from(String::from_utf8_lossy(&output.stdout).trim());
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        match name.split('-').nth(1) {
            Some(version) => Ok((version.to_owned(), path)),
            None => Err(io::Error::other(format!("{} has no ensurepip with a pip", self.path.display()))),
        }
    }
}

fn candidates() -> Vec<PathBuf> {
    let variables = ["PYVE_TEST_PYTHONS", "PATH"].into_iter().filter_map(std::env::var_os);
    let folders = variables.flat_map(|folders| std::env::split_paths(&folders).collect::<Vec<_>>());
    folders.map(|folder| folder.join("python3")).filter(|path| path.is_file()).collect()
}

fn is_shim(path: &Path) -> bool {
    path.parent().is_some_and(|folder| folder.ends_with("shims"))
}

/// Makes the sample channel in `folder`.
///
/// `python` (the machine's), `pip`, `hello` 1.0 and 2.0 (a command that prints its version), `activated`
/// 1.0 (scripts and variables), `purelib` 1.0 (noarch python with the script `purelib`), `clash` 1.0
/// (needs `hello` below 2), `llvm-openmp` and `intel-openmp` (files of these names, not libraries).
pub fn channel(folder: &Path) -> io::Result<Channel> {
    let python = Python::find()?;
    let packages =
        [python_package(&python), pip_package(&python)?, hello("1.0"), hello("2.0"), activated(), purelib(), clash()];
    Channel::make(folder, &[&packages[..], &[llvm_openmp(), intel_openmp()]].concat())
}

/// The sample channel below `folder`, which is to be Cargo's for tests: made once for all tests of a process, or for all
/// processes where nextest gives each test its own. Nobody removes it.
pub fn shared(folder: &Path) -> &'static Channel {
    static CHANNEL: OnceLock<Channel> = OnceLock::new();
    CHANNEL.get_or_init(|| {
        let of_run = std::env::var_os("NEXTEST_RUN_ID").map(|run| folder.join(run));
        if let Some(made) = of_run.as_deref().filter(|made| made.is_dir()) {
            return Channel::at(made);
        }
        let made = tempfile::Builder::new().prefix("channel-").tempdir_in(folder).expect("a new directory").keep();
        let here = channel(&made).expect("a channel in a new directory");
        match of_run {
            // Whoever comes later uses this one. Where another test was faster, one is as good as the other.
            Some(of_run) if std::fs::rename(&made, &of_run).is_ok() => Channel::at(&of_run),
            _ => here,
        }
    })
}

/// `python`: a virtual environment's layout makes the machine's interpreter take the prefix for its own.
pub fn python_package(python: &Python) -> Package {
    let home = python.path.parent().unwrap_or(Path::new("/")).display().to_string();
    let config = format!("home = {home}\ninclude-system-site-packages = false\nversion = {}\n", python.version);
    Package::new("python", &python.version)
        .file("pyvenv.cfg", config)
        .file(&format!("lib/python{}/site-packages/README.txt", python.series()), "packages go here\n")
        .link("bin/python", &python.path)
        .link("bin/python3", Path::new("python"))
        .link(&format!("bin/python{}", python.series()), Path::new("python"))
}

/// `pip`, as it comes with the interpreter.
pub fn pip_package(python: &Python) -> io::Result<Package> {
    let (version, wheel) = python.bundled_pip()?;
    Ok(Package::new("pip", &version)
        .noarch_python()
        .depends("python")
        .file("site-packages/bundled-pip.pth", format!("{}\n", wheel.display()))
        .entry_point("pip = pip._internal.cli.main:main"))
}

fn hello(version: &str) -> Package {
    Package::new("hello", version).program("bin/hello", format!("#!/bin/sh\necho hello {version} \"$@\"\n"))
}

fn activated() -> Package {
    let script = "export SAMPLE_HOME=\"$CONDA_PREFIX/share/sample\"\n\
                  export SAMPLE_TEXT='two words; $(not run)'\n\
                  export PATH=\"$CONDA_PREFIX/tools:$PATH\"\n";
    Package::new("activated", "1.0")
        .file("etc/conda/activate.d/activated.sh", script)
        .file("etc/conda/deactivate.d/activated.sh", "unset SAMPLE_HOME SAMPLE_TEXT\n")
        .file("etc/conda/env_vars.d/activated.json", "{\"SAMPLE_JSON\": \"from json\"}")
        .program("tools/sample-tool", "#!/bin/sh\necho sample tool\n")
}

fn purelib() -> Package {
    let code = "def main():\n    print('pure')\n";
    Package::new("purelib", "1.0")
        .noarch_python()
        .depends("python >=3.6")
        .file("site-packages/purelib/__init__.py", code)
        .entry_point("purelib = purelib:main")
}

/// As conda-forge has it: under the GNU library's name, too.
fn llvm_openmp() -> Package {
    Package::new("llvm-openmp", "17.0").file("lib/libomp.so", "llvm\n").link("lib/libgomp.so.1", Path::new("libomp.so"))
}

fn intel_openmp() -> Package {
    Package::new("intel-openmp", "2024.0").file("lib/libiomp5.so", "intel\n")
}

fn clash() -> Package {
    Package::new("clash", "1.0").noarch_generic().depends("hello <2").file("share/clash.txt", "clash\n")
}
