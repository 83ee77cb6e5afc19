//! How the project's own dependencies are put in, and the files that name them.

use std::path::Path;

use pyve_formats::dependencies::{Dependency, Fault, PIPFILE};
use pyve_formats::pylock::Local;
use pyve_formats::pyproject;
use pyve_formats::read::{self, Limit};
use pyve_formats::sha256;
use pyve_pip::Pip;
use pyve_plugin_api::{Command, Consent, OsText, Recipe, Result, Step};

use crate::lock::Locked;
use crate::wanted::Wanted;
use crate::{asdf, layout};

/// The file in the environment that pip reads what is locked from.
const LIST: &str = "pylock-requirements.txt";

/// What the dependencies are put into.
pub struct Target<'a> {
    pub project: &'a Path,
    pub prefix: &'a Path,
    /// An environment that was made without pip gets it first.
    pub without_pip: bool,
    /// One of a Python that is asdf's keeps its programs to itself.
    pub asdfs: bool,
    pub pip: &'a Pip,
    /// The lock file that is installed from, if there is one.
    pub locked: Option<&'a Locked>,
}

/// Installs the files of requirements first, whose pins then hold for the project itself, which follows editable if it is
/// a package, or without it what it depends on.
pub fn recipe(target: &Target, wanted: &Wanted) -> Recipe {
    if let Some(locked) = target.locked {
        return of_lock(target, wanted, locked);
    }
    let file = wanted.declaring.unwrap_or(pyproject::NAME);
    let (told, fault) = match wanted.told() {
        Ok(told) => (told, None),
        Err(fault) => (Vec::new(), Some(fault)),
    };
    // What nobody chose by name may be left where others can be installed.
    let chosen = !wanted.extras.is_empty() || !wanted.groups.is_empty();
    if let Some(fault) = fault.filter(|_| chosen || wanted.files.is_empty() && wanted.package.is_none()) {
        let why = format!("pip cannot install the dependencies of `{file}`: {}", described(fault, file));
        return Recipe::manual("dependencies", &why, &by_hand(fault, file, wanted));
    }
    let names: Vec<String> = wanted.files.iter().map(|file| file.name.clone()).collect();
    let tables = wanted.package.is_none() && !told.is_empty();
    let read: Vec<String> = names.iter().cloned().chain(tables.then(|| format!("{file}{}", wanted.with()))).collect();
    let label = label(&read, wanted);
    let mut recipe = Recipe::new("dependencies", &label, Consent::CONFIRM);
    recipe.reads = read.iter().map(|name| name.as_str().into()).collect();
    if let Some(package) = wanted.package {
        recipe = recipe.reads(&format!("{package}{}", wanted.with()));
    }
    recipe.leaves = wanted.left.iter().map(|left| left.as_str().into()).collect();
    if let Some(fault) = fault {
        recipe = recipe.leaves(&format!("{file} ({})", described(fault, file)));
    }
    if recipe.reads.is_empty() {
        return recipe;
    }
    recipe = target.pip_first(recipe);
    let asked = wanted.names();
    let install =
        |title: &str, what: &str, file: &str, words: Vec<OsText>| target.install(title, what, file, &asked, words);
    for names in together(wanted) {
        let title = format!("Install the dependencies of {}", names.join(", "));
        let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
        let words = names.iter().flat_map(|name| ["-r", name]).map(OsText::from).collect();
        recipe = recipe.step(install(&title, &quoted.join(", "), names[0], words));
    }
    let told = told.into_iter().flat_map(words);
    if let Some(package) = wanted.package {
        let place = match wanted.extras.as_slice() {
            [] => ".".to_owned(),
            extras => format!(".[{}]", extras.join(",")),
        };
        let (title, what) =
            (format!("Install the project, editable{}", wanted.with()), format!("the project (`{package}`)"));
        let words = ["-e".into(), OsText::from(place.as_str())].into_iter().chain(told).collect();
        return recipe.step(install(&title, &what, package, words));
    }
    match tables {
        true => {
            let title = format!("Install the dependencies of {file}{}", wanted.with());
            recipe.step(install(&title, &format!("the dependencies of `{file}`"), file, told.collect()))
        }
        false => recipe,
    }
}

/// Everything that has a hash is held to it and to its version; what has none, and the project itself, brings nothing along.
fn of_lock(target: &Target, wanted: &Wanted, locked: &Locked) -> Recipe {
    let Locked { file, installation, extra, .. } = locked;
    let project = wanted.package.map(|package| format!(" and the project from {package}")).unwrap_or_default();
    let mut recipe = Recipe::new("dependencies", &format!("Install what {file} locks{project}"), Consent::CONFIRM);
    recipe = recipe.reads(file);
    if let Some(package) = wanted.package {
        recipe = recipe.reads(package);
    }
    recipe.leaves = wanted.left.iter().map(|left| left.as_str().into()).collect();
    recipe = target.pip_first(recipe);
    if !extra.is_empty() {
        let words = ["-I", "-m", "pip", "uninstall", "--yes"].into_iter().chain(extra.iter().map(String::as_str));
        let uninstall = target.pip.shielded(Command::new(layout::interpreter(target.prefix)).args(words));
        recipe =
            recipe.step(Step::run(&format!("Remove what {file} does not lock"), of_environment(uninstall, target)));
    }
    let asked = wanted.names();
    let what = format!("what `{file}` locks");
    if !installation.requirements.is_empty() {
        let list = target.prefix.join(LIST);
        let words: Vec<OsText> = ["--require-hashes", "--no-deps", "-r"].into_iter().map(OsText::from).collect();
        let words = words.into_iter().chain([list.as_path().into()]).collect();
        recipe = recipe
            .step(Step::write_file(&format!("Write what {file} locks for pip"), &list, &installation.requirements))
            .step(target.install(&format!("Install what {file} locks"), &what, file, &asked, words));
    }
    let own = wanted.package.map(|_| Local { text: ".".to_owned(), editable: true });
    for local in installation.local.iter().chain(&own) {
        let editable = local.editable.then(|| OsText::from("-e"));
        let words =
            [OsText::from("--no-deps")].into_iter().chain(editable).chain([local.text.as_str().into()]).collect();
        let (title, what) = match local.text.as_str() {
            "." => ("Install the project, editable, without dependencies".to_owned(), "the project".to_owned()),
            text => (format!("Install {text}"), format!("`{text}`")),
        };
        recipe = recipe.step(target.install(&title, &what, file, &asked, words));
    }
    recipe
}

impl Target<'_> {
    /// An environment that has none gets pip before anything else.
    fn pip_first(&self, recipe: Recipe) -> Recipe {
        if !self.without_pip {
            return recipe;
        }
        let ensure = Command::new(layout::interpreter(self.prefix)).args(["-I", "-m", "ensurepip", "--default-pip"]);
        recipe.step(Step::run("Put pip into the environment", of_environment(self.pip.shielded(ensure), self)))
    }

    fn install(&self, title: &str, what: &str, file: &str, asked: &[String], words: Vec<OsText>) -> Step {
        let command = of_environment(self.pip.install(std::iter::empty()).args(words), self);
        Step::run(title, command).output_filter(self.pip.output_filter(what, file, asked))
    }
}

fn label(read: &[String], wanted: &Wanted) -> String {
    match (read, wanted.package) {
        ([], None) => "no dependencies found to install".to_owned(),
        (read, None) => format!("Install the dependencies of {}", read.join(", ")),
        ([], Some(file)) => format!("Install the project and its dependencies from {file}{}", wanted.with()),
        (read, Some(file)) => {
            format!("Install the dependencies of {} and the project from {file}{}", read.join(", "), wanted.with())
        }
    }
}

/// The files that pip takes at once, so that it finds versions that fit all of them. Where one has hashes, pip wants one of
/// everything beside it, so that others come for themselves.
fn together(wanted: &Wanted) -> Vec<Vec<&str>> {
    let names = |hashed: bool| -> Vec<&str> {
        let files = wanted.files.iter().filter(|file| file.has_hashes() == hashed);
        files.map(|file| file.name.as_str()).collect()
    };
    [names(true), names(false)].into_iter().filter(|names| !names.is_empty()).collect()
}

/// As pip takes it on its command line.
fn words(dependency: &Dependency) -> Vec<OsText> {
    let text = OsText::from(dependency.text.as_str());
    if dependency.editable { vec!["-e".into(), text] } else { vec![text] }
}

fn described(fault: &Fault, file: &str) -> String {
    format!("{file}:{}: {}", fault.origin.line, fault.why)
}

/// What the user can do where pip cannot.
fn by_hand(fault: &Fault, file: &str, wanted: &Wanted) -> String {
    let flags = |flag: &str, names: &[String]| names.iter().map(|name| format!(" {flag} {name}")).collect::<String>();
    match fault.tool {
        Some(tool @ "Poetry") => {
            let flags = flags("--extras", &wanted.extras) + &flags("--with", &wanted.groups);
            format!("install them with {tool}: pyve run poetry install{flags}")
        }
        Some(tool) => {
            let dev = if wanted.groups.iter().any(|group| group == "dev") { " --dev" } else { "" };
            format!("install them with {tool}: pyve run pipenv install{dev}")
        }
        None => format!("correct line {} of `{file}`", fault.origin.line),
    }
}

/// In the project, with the environment as its `activate` script would set it.
fn of_environment(command: Command, target: &Target) -> Command {
    let command = command.current_dir(target.project).env("VIRTUAL_ENV", target.prefix);
    if target.asdfs { command.env(asdf::NO_RESHIM.0, asdf::NO_RESHIM.1) } else { command }
}

/// The files that are there, each with the SHA-256 of its content.
pub fn specs(project: &Path, wanted: &Wanted) -> Result<Vec<(String, String)>> {
    let mut specs = Vec::new();
    let names = wanted.files.iter().map(|file| file.name.as_str());
    let declaring = wanted.declaring.filter(|name| *name == PIPFILE);
    for name in names.chain([pyproject::NAME]).chain(declaring) {
        let file = project.join(name);
        let Some(content) = read::bytes(&file, Limit::PROJECT).map_err(crate::unreadable)? else { continue };
        specs.push((name.to_owned(), sha256::of(content)));
    }
    Ok(specs)
}
