//! conda-forge and micromamba as the documents' readers find them: a channel with the packages of the examples, and a server
//! of this machine that micromamba is downloaded from.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use fs_err as fs;
use pyve_standin_micromamba::channel::{Channel, Package, platform};
use pyve_standin_micromamba::sample::{Python, pip_package, python_package};
use pyve_testkit::{World, interpreter, micromamba, offline_packages, prerequisite};
use sha2::{Digest, Sha256};

use crate::server::Server;

/// What the examples need, and what each of these needs by its recipe.
const PACKAGES: &[(&str, &[&str])] = &[
    ("exceptiongroup", &["typing_extensions"]),
    ("humanize", &[]),
    ("iniconfig", &[]),
    ("packaging", &[]),
    ("pluggy", &[]),
    ("pytest", &["exceptiongroup", "iniconfig", "packaging", "pluggy", "tomli"]),
    ("tabulate", &[]),
    ("tomli", &[]),
    ("typing_extensions", &[]),
];

/// Two releases of numpy, and the library that each is built with.
const NUMPY: &[(&str, &str)] = &[("2.2.0", "libopenblas >=0.3.28,<0.3.29"), ("2.3.1", "libopenblas >=0.3.29")];

/// The platforms of `docs/locks.md`.
const LOCKED_FOR: [&str; 2] = ["linux-64", "osx-arm64"];

const UNPACK: &str = "import sys, zipfile\nfor wheel in sys.argv[2:]: zipfile.ZipFile(wheel).extractall(sys.argv[1] + '/' + wheel.split('/')[-1])";

/// Lets micromamba be downloaded, and conda-forge be asked; the server, which counts.
#[track_caller]
pub fn provide(world: &World) -> Option<Server> {
    let channels = channels()?;
    // micromamba starts commands by a script of bash, and pyve looks with it what activation scripts do.
    world.link_as("bash", &prerequisite("bash")?);
    fs::write(world.home().join(".condarc"), format!("channel_alias: file://{}\n", channels.display())).unwrap();
    let bytes = fs::read(micromamba()).unwrap();
    let hash: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    world.set("PYVE_MICROMAMBA_SHA256", hash);
    let server = Server::of(bytes);
    world.set("PYVE_MICROMAMBA_URL", &server.url);
    Some(server)
}

/// A lock of what the reader's directory asks for, and of `tabulate` in the category `dev`.
#[track_caller]
pub fn lock_with_categories(world: &World) -> Option<()> {
    let channel = Channel::at(&channels()?.join("conda-forge"));
    let python = Python::find().unwrap();
    let entries =
        [("python", python.version.as_str()), ("numpy", "2.3.1"), ("libopenblas", "0.3.29"), ("tabulate", "0.9.0")];
    let entries = entries.map(|(name, version)| channel.entry(name, version).unwrap());
    let text = channel.lock(&entries, &platform());
    let (main, tabulate) = text.split_at(text.find("  - name: tabulate").unwrap());
    let here = fs::read_to_string(world.root().join("walk/folder")).unwrap();
    let lock = Path::new(here.trim_end()).join("conda-lock.yml");
    fs::write(lock, format!("{main}{}", tabulate.replace("category: main", "category: dev"))).unwrap();
    Some(())
}

/// The folder in which the channel is called `conda-forge`, made once for all pages.
#[track_caller]
fn channels() -> Option<&'static Path> {
    static MADE: OnceLock<PathBuf> = OnceLock::new();
    let (python, wheels) = (interpreter(3, 10)?, offline_packages()?);
    let made = MADE.get_or_init(|| {
        let folder = tempfile::Builder::new().prefix("channels-").tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        // A static is never dropped; what is left lies in the target folder.
        let folder = folder.keep();
        let world = World::new();
        let unpacked = world.root().join("wheels");
        let of_them = |name: &str| PACKAGES.iter().any(|(known, _)| name.starts_with(&format!("{known}-")));
        let named = fs::read_dir(wheels).unwrap().map(|entry| entry.unwrap().path());
        let wheels = named.filter(|path| path.file_name().is_some_and(|name| of_them(&name.to_string_lossy())));
        let _ = world.command(&python.path).args(["-I", "-c", UNPACK]).arg(&unpacked).args(wheels).run().success();
        make(&folder.join("conda-forge"), &unpacked);
        folder
    });
    Some(made)
}

fn make(channel: &Path, wheels: &Path) {
    let python = Python::find().unwrap();
    let mut packages = vec![python_package(&python), pip_package(&python).unwrap()];
    packages.extend(fs::read_dir(wheels).unwrap().map(|entry| repackaged(&entry.unwrap().path())));
    packages.extend(NUMPY.iter().map(|(version, library)| numpy(version).depends(library)));
    packages.extend(["0.3.28", "0.3.29"].map(|version| Package::new("libopenblas", version).noarch_generic()));
    Channel::make(channel, &packages).unwrap();
    // What other machines would get can be locked here, and not installed.
    for other in LOCKED_FOR.iter().filter(|other| **other != platform()) {
        let list = channel.with_extension("list");
        Channel::list(&list, &[(python_package(&python), &[other])]).unwrap();
        fs::rename(list.join(other), channel.join(other)).unwrap();
    }
}

/// The package of conda's that a wheel becomes.
fn repackaged(wheel: &Path) -> Package {
    let file = wheel.file_name().unwrap().to_string_lossy().into_owned();
    let [name, version, ..] = file.split('-').collect::<Vec<_>>()[..] else { panic!("{file} is no wheel") };
    let needs = PACKAGES.iter().find(|(known, _)| *known == name).unwrap().1;
    let package = needs
        .iter()
        .fold(Package::new(name, version).noarch_python().depends("python"), |package, need| package.depends(need));
    let package = files(wheel, wheel).into_iter().fold(package, |package, (path, bytes)| package.file(&path, bytes));
    let scripts =
        fs::read_to_string(wheel.join(format!("{name}-{version}.dist-info/entry_points.txt"))).unwrap_or_default();
    let scripts =
        scripts.lines().skip_while(|line| *line != "[console_scripts]").skip(1).take_while(|line| line.contains('='));
    scripts.fold(package, |package, script| package.entry_point(script))
}

fn files(wheel: &Path, folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if path.is_dir() {
            files.extend(self::files(wheel, &path));
        } else {
            let below = path.strip_prefix(wheel).unwrap().display();
            files.push((format!("site-packages/{below}"), fs::read(&path).unwrap()));
        }
    }
    files
}

/// As much of it as `examples/projects/conda-rivers` calls.
fn numpy(version: &str) -> Package {
    let code = format!("__version__ = \"{version}\"\n{}", include_str!("small_numpy.py"));
    Package::new("numpy", version).noarch_python().depends("python").file("site-packages/numpy/__init__.py", code)
}
