//! The picture of the README: a real session, drawn as SVG, and stale as soon as pyve says something else.
//!
//! `PYVE_UPDATE_DOCS=1 cargo test -p pyve --test docs picture` draws it again.

use std::fmt::Write as _;
use std::path::Path;

use fs_err as fs;
use pyve_testkit::document::Start;
use pyve_testkit::{World, reader, workspace_root};

const PICTURE: &str = "docs/session.svg";

const SESSION: &[&str] = &[
    "pyve init --install-deps --no-direnv",
    "pyve run python app.py --today 2026-05-01",
    "pyve run pytest -q",
    "pyve purge --yes",
];

/// What depends on the machine, and what stands in its place in the picture. The world's own filters have put the names in brackets.
const MACHINE: &[(&str, &str)] = &[
    ("[VERSION]", "3.13.1"),
    ("[PYTHON]", "/usr/bin/python3"),
    ("[BIN]/python3", "/usr/bin/python3"),
    ("[PROJECT]/examples/projects/greeter-requirements", "~/greeter"),
];

const LINE: usize = 19;
const LETTER: f32 = 8.43;
const MARGIN: usize = 16;

#[test]
fn the_picture_is_a_session_of_this_pyve() {
    let Some(world) = reader(Start::Clone, Path::new(env!("CARGO_BIN_EXE_pyve"))) else { return };
    let now = draw(&session(&world));
    let path = workspace_root().join(PICTURE);
    if std::env::var_os("PYVE_UPDATE_DOCS").is_some() {
        fs::write(&path, &now).unwrap();
    }
    let there = fs::read_to_string(&path).unwrap_or_default();
    assert!(there == now, "{PICTURE} is stale: PYVE_UPDATE_DOCS=1 cargo test -p pyve --test docs picture\n{now}");
}

/// What a terminal shows, with its colours.
fn session(world: &World) -> Vec<String> {
    world.set("CLICOLOR_FORCE", "1");
    world.filter(r" in \d+\.\d+s", " in 0.04s");
    // Older Pythons need more of them.
    world.filter(r" installed .*-\d.*", " installed humanize-4.12.3 pytest-8.3.5 tabulate-0.9.0 …");
    let folder = world.project().join("examples/projects/greeter-requirements");
    let mut lines = Vec::new();
    for command in SESSION {
        lines.push(format!("\u{1b}[1m$ {command}\u{1b}[0m"));
        let script = format!("{command} 2>&1");
        let outcome = world.command("sh").args(["-c", &script]).current_dir(&folder).run().success();
        let text = MACHINE.iter().fold(outcome.out(), |text, (machine, shown)| text.replace(machine, shown));
        lines.extend(text.trim_end().lines().map(|line| line.trim_end().to_owned()));
        lines.push(String::new());
    }
    lines.pop();
    lines
}

fn draw(lines: &[String]) -> String {
    let columns =
        lines.iter().map(|line| parts(line).iter().map(|(_, text)| text.chars().count()).sum::<usize>()).max();
    #[expect(clippy::cast_precision_loss, reason = "a few hundred at most")]
    let width = (columns.unwrap_or_default() as f32 * LETTER).ceil();
    let height = lines.len() * LINE + 2 * MARGIN;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{}\" height=\"{height}\" xml:space=\"preserve\" role=\"img\" aria-label=\"A session of pyve in a terminal\">\n\
         <style>text{{font:14px ui-monospace,Menlo,Consolas,'DejaVu Sans Mono',monospace;fill:#d6deeb;white-space:pre}}.b{{font-weight:bold;fill:#fff}}\
         .g{{fill:#7ee787}}.y{{fill:#e3b341}}.r{{fill:#ff7b72}}</style>\n<rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"#0d1117\"/>\n",
        width + 2.0 * 16.0
    );
    for (number, line) in lines.iter().enumerate().filter(|(_, line)| !line.is_empty()) {
        write!(svg, "<text x=\"{MARGIN}\" y=\"{}\">", MARGIN + number * LINE + 14).unwrap();
        for (class, text) in parts(line) {
            let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
            match class {
                "" => svg.push_str(&text),
                class => write!(svg, "<tspan class=\"{class}\">{text}</tspan>").unwrap(),
            }
        }
        svg.push_str("</text>\n");
    }
    svg.push_str("</svg>\n");
    svg
}

/// The parts of a line by their colour, as a class of the picture.
fn parts(line: &str) -> Vec<(&'static str, String)> {
    let mut parts = Vec::new();
    let mut class = "";
    for (number, piece) in line.split("\u{1b}[").enumerate() {
        let text = match piece.split_once('m').filter(|_| number > 0) {
            Some((code, text)) => {
                class = match code {
                    "1" => "b",
                    "31" => "r",
                    "32" => "g",
                    "33" => "y",
                    _ => "",
                };
                text
            }
            None => piece,
        };
        if !text.is_empty() {
            parts.push((class, text.to_owned()));
        }
    }
    parts
}
