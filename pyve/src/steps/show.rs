//! A step in one line: the same for a dry run and while it is done.

use std::path::Path;

use pyve_plugin_api::{Command, OsText, Recipe, Step, StepKind};

use crate::download::without_secrets;
use crate::process::{command_line, without_passwords};
use crate::project::Layout;
use crate::ui::printable;

/// What the step does.
pub fn step(step: &Step, project: &Layout) -> String {
    let target = path(&step.path, project);
    let text = match step.kind {
        StepKind::RUN => format!("run: {}", step.command.as_ref().map(command).unwrap_or_default()),
        StepKind::DOWNLOAD => format!("download {} to {target}", source(step)),
        StepKind::WRITE_FILE if step.mode != 0 => format!("write {target} (mode {:o})", step.mode),
        StepKind::WRITE_FILE => format!("write {target}"),
        StepKind::CREATE_DIR => format!("create directory {target}"),
        StepKind::REMOVE_DIR => format!("remove directory {target}"),
        StepKind::CLONE_TREE => format!("clone {} to {target}", path(&step.source, project)),
        StepKind::SET_LINE => format!("set in {target}: {}", step.text()),
        StepKind::CONFIRM => format!("ask: {}", step.text()),
        StepKind::UNPACK if step.download.is_some() => format!("download {} and unpack it to {target}", source(step)),
        StepKind::UNPACK => format!("unpack {} (sha256 {}) to {target}", path(&step.source, project), hash(step)),
        StepKind::CHOOSE => format!("ask: {} ({})", step.text(), choices(step, project)),
        _ => format!("unknown step: {}", step.title),
    };
    printable(&text)
}

/// A path as it is shown: below the project relative to it.
pub fn path(path: &OsText, project: &Layout) -> String {
    place(&path.path(), project)
}

/// Like [`path`].
pub fn place(path: &Path, project: &Layout) -> String {
    project.show(path)
}

/// The command as one would type it, with the variables that are set for it.
fn command(command: &Command) -> String {
    let set = command.env.iter().map(|variable| {
        // A command of one word is that word, quoted where a shell would change it.
        format!("{}={} ", variable.name, Command::new(without_passwords(&variable.value.display())))
    });
    let folder =
        if command.current_dir.is_empty() { String::new() } else { format!(" (in {})", command.current_dir.display()) };
    format!("{}{}{folder}", set.collect::<String>(), command_line(command))
}

fn hash(step: &Step) -> &str {
    step.archive.as_ref().into_option().map(|archive| archive.sha256.as_str()).unwrap_or_default()
}

/// Each choice with what it does: `Small: write a; Large: write b, write c`.
fn choices(planned: &Step, project: &Layout) -> String {
    let one = |choice: &Recipe| {
        let steps: Vec<String> = choice.steps.iter().map(|inner| step(inner, project)).collect();
        if steps.is_empty() { choice.label.to_string() } else { format!("{}: {}", choice.label, steps.join(", ")) }
    };
    planned.choices.iter().map(one).collect::<Vec<_>>().join("; ")
}

fn source(step: &Step) -> String {
    let Some(download) = step.download.as_ref().into_option() else { return String::new() };
    let url = download.urls.first().map(|url| without_secrets(url)).unwrap_or_default();
    if download.sha256.is_empty() { url } else { format!("{url} (sha256 {})", download.sha256) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pyve_plugin_api::{Archive, Consent, Download};

    fn shown(planned: Step) -> String {
        step(&planned, &Layout::new("/p", &Default::default()))
    }

    #[test]
    fn every_kind_has_its_line() {
        let python = Command::new("/usr/bin/python3.11").args(["-m", "x", "/p/my env"]);
        assert_eq!(shown(Step::run("t", python.clone())), "run: /usr/bin/python3.11 -m x '/p/my env'");
        let more = python.clone().env("A", "b c").current_dir("/f");
        assert_eq!(shown(Step::run("t", more)), "run: A='b c' /usr/bin/python3.11 -m x '/p/my env' (in /f)");
        let download = Download::new("https://x/y", "abc", 1);
        assert_eq!(
            shown(Step::download("t", download, "/p/.pyve/bin/y")),
            "download https://x/y (sha256 abc) to .pyve/bin/y"
        );
        assert_eq!(shown(Step::write_file("t", "a", b"").mode(0o600)), "write a (mode 600)");
        assert_eq!(shown(Step::write_file("t", "/h/a", b"")), "write /h/a");
        assert_eq!(shown(Step::create_dir("t", "/p/a")), "create directory a");
        assert_eq!(shown(Step::remove_dir("t", "/p/a")), "remove directory a");
        assert_eq!(shown(Step::clone_tree("t", "/h/c", python, "/p/.e")), "clone /h/c to .e");
        assert_eq!(
            shown(Step::set_line("t", ".tool-versions", "python", "python 3")),
            "set in .tool-versions: python 3"
        );
        assert_eq!(shown(Step::confirm("t", "Really?")), "ask: Really?");
        let archive = Archive::tar_gz("abc", 1);
        assert_eq!(
            shown(Step::unpack("t", ".pyve/bin/n.tgz", archive, "n")),
            "unpack .pyve/bin/n.tgz (sha256 abc) to n"
        );
        let fetched = Step::unpack("t", "/h/cache/n.tgz", Archive::tar_gz("abc", 1), "/h/pythons/n");
        assert_eq!(
            shown(fetched.fetched(Download::new("https://x/n.tgz", "abc", 1))),
            "download https://x/n.tgz (sha256 abc) and unpack it to /h/pythons/n"
        );
        let small = Recipe::new("small", "Small", Consent::CONFIRM);
        let large = Recipe::new("large", "Large", Consent::CONFIRM).step(Step::create_dir("t", "a"));
        assert_eq!(
            shown(Step::choose("t", "Which?", [small, large])),
            "ask: Which? (Small; Large: create directory a)"
        );
        assert_eq!(shown(Step::default()), "unknown step: ");
    }

    #[test]
    fn passwords_in_addresses_are_not_shown() {
        let command = Command::new("tool").env("A", "https://me:secret@h/simple https://h/x@y").env("B", "a@b://c");
        assert_eq!(shown(Step::run("t", command)), "run: A='https://***@h/simple https://h/x@y' B=a@b://c tool");
        let command =
            Command::new("tool").args(["-c", "https://me:secret@h/a b", "-c", "https://h/t/to-ken/a", "/t/x"]);
        assert_eq!(shown(Step::run("t", command)), "run: tool -c 'https://***@h/a b' -c https://h/t/***/a /t/x");
    }

    #[test]
    fn a_line_stays_one_line() {
        assert_eq!(shown(Step::create_dir("t", "a\nb\x1b[0m")), "create directory a\\nb\\u{1b}[0m");
    }
}
