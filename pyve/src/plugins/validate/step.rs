//! Steps, and the commands, downloads and archives in them.

use pyve_plugin_api::{Command, Download, Step, StepKind};

use super::faults::{Faults, shown};
use super::recipe;

/// The longest that a command may take, in milliseconds: a day.
const TIMEOUT: u64 = 24 * 60 * 60 * 1000;

/// The permission bits that a file may get.
const MODE: u32 = 0o777;

/// Steps that need no path.
const WITHOUT_PATH: [StepKind; 3] = [StepKind::RUN, StepKind::CONFIRM, StepKind::CHOOSE];

pub fn all(steps: &[Step], faults: &mut Faults) {
    steps.iter().for_each(|step| one(step, faults));
}

fn one(step: &Step, faults: &mut Faults) {
    let title = &shown(&step.title);
    faults.words("the title of a step", &step.title);
    parts(step, title, faults);
    let placed = WITHOUT_PATH.contains(&step.kind) || !step.path.is_empty();
    faults.unless(placed, || format!("the step {title} has no path"));
    faults.unless(step.mode <= MODE, || {
        format!("the mode of the step {title} is {:o}; at most 777 is allowed", step.mode)
    });
    faults.line("`key`", &step.key);
    let commands = [&step.command, &step.fast_path];
    for command in commands.into_iter().filter_map(|command| command.as_ref().into_option()) {
        self::command("step", &step.title, command, faults);
    }
    if let Some(download) = step.download.as_ref().into_option() {
        self::download(title, download, faults);
    }
    if let Some(archive) = step.archive.as_ref().into_option() {
        faults.sha256(&format!("the hash of the step {title}"), &archive.sha256);
        faults.size(&format!("the size limit of the step {title}"), archive.size_limit);
    }
    step.choices.iter().for_each(|choice| recipe::validate(choice, faults));
}

/// What a step of its kind must have.
fn parts(step: &Step, title: &str, faults: &mut Faults) {
    let mut has = |there: bool, what: &str| faults.unless(there, || format!("the step {title} has no {what}"));
    match step.kind {
        StepKind::RUN => has(step.command.is_some(), "command"),
        StepKind::DOWNLOAD => has(step.download.is_some(), "download"),
        StepKind::CLONE_TREE => {
            has(step.command.is_some(), "command");
            has(!step.source.is_empty(), "source");
        }
        StepKind::UNPACK => {
            has(step.archive.is_some(), "archive");
            has(!step.source.is_empty(), "source");
        }
        StepKind::CONFIRM => has(!step.contents.is_empty(), "question"),
        StepKind::CHOOSE => {
            has(!step.contents.is_empty(), "question");
            has(!step.choices.is_empty(), "choices");
        }
        StepKind::WRITE_FILE | StepKind::CREATE_DIR | StepKind::REMOVE_DIR | StepKind::SET_LINE => {}
        _ => faults.unless(false, || format!("the step {title} is of an unknown kind")),
    }
}

/// The command of a `what`, a step for instance, with this title.
pub fn command(what: &str, title: &str, command: &Command, faults: &mut Faults) {
    let title = shown(title);
    faults.unless(!command.program.is_empty(), || format!("the command of the {what} {title} has no program"));
    let names = command.env.iter().map(|variable| &variable.name).chain(&command.env_remove);
    names.for_each(|name| faults.variable(&format!("the command of the {what} {title}"), name));
    faults.unless(command.timeout <= TIMEOUT, || {
        format!("the timeout of the {what} {title} is {} ms; at most {TIMEOUT} are allowed", command.timeout)
    });
}

fn download(title: &str, download: &Download, faults: &mut Faults) {
    if !download.sha256.is_empty() || download.sha256_url.is_empty() {
        faults.sha256(&format!("the hash of the step {title}"), &download.sha256);
    }
    faults.unless(!download.urls.is_empty(), || format!("the step {title} has no URL"));
    faults.size(&format!("the size limit of the step {title}"), download.size_limit);
    let urls = download.urls.iter().chain([&download.sha256_url, &download.mirror_variable]);
    urls.for_each(|text| faults.line("a URL", text));
}
