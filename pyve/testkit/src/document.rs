//! Reads the commands of a markdown page: what is run, in which shell, and what it shall say.
//!
//! - ```` ```console ````: lines that begin with `$ ` are commands for `sh`, run one by one; a line that ends
//!   with `\` goes on in the next, and lines that begin with `> ` belong to the command above. Lines below a
//!   command are what it shall write; a line `...` stands for any lines, `…` within a line for any text. A
//!   command with nothing below it may write what it likes.
//! - ```` ```sh ````, `bash`, `zsh`, `fish`: one script for that shell.
//! - Other blocks are not run; but none of them may show a command after `$ `.
//!
//! A comment just above a block changes that:
//!
//! - `<!-- needs: fish, direnv -->` what the block needs on the machine: programs, or what the tests of the documents provide
//! - `<!-- answer: y -->` the line that each of its commands is answered with, where it asks
//! - `<!-- exit: 2 -->` the code that its last command ends with
//! - `<!-- file: src/app.py -->` the block is a file, written where the reader stands
//! - `<!-- not run: it needs a terminal -->` the block is for reading
//! - `<!-- run by: tests/author.rs -->` the test in that file runs the block, from the page
//! - `<!-- fresh: clone -->` from here on a new machine, in a clean clone; `empty` in an empty folder
//!   with pyve on PATH; `newcomer` in an empty folder without pyve

use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag, TagEnd};

/// Something that a page makes its reader do.
#[derive(Debug, PartialEq, Eq)]
pub enum Act {
    /// Begin on another machine.
    Fresh(Start),
    /// Write a file.
    File {
        /// Relative to where the reader stands.
        path: String,
        /// The whole text.
        text: String,
    },
    /// Run a command or a script.
    Run(Script),
    /// Leave a block to the reader: nothing runs it, or a test of its own.
    Leave(Left),
}

/// Why a block is not run with its page.
#[derive(Debug, PartialEq, Eq)]
pub enum Left {
    /// Nothing runs it, for this reason.
    NotRun(String),
    /// The test in this file does.
    RunBy(String),
}

/// Where a reader begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// In a clean clone of this repository, pyve on PATH.
    Clone,
    /// In an empty folder, pyve on PATH.
    Empty,
    /// In an empty folder, without pyve.
    Newcomer,
}

/// A command with what it needs and what it shall do.
#[derive(Debug, PartialEq, Eq)]
pub struct Script {
    /// The shell's name.
    pub shell: String,
    /// The script's text.
    pub text: String,
    /// What it shall write, if the page shows it.
    pub expected: Option<String>,
    /// The code it shall end with.
    pub exit: i32,
    /// Programs and other things that it needs beside the usual ones.
    pub needs: Vec<String>,
    /// What its standard input is.
    pub input: String,
}

/// An act and its line in the page, counted from 1.
pub type Placed = (usize, Act);

const SHELLS: &[&str] = &["sh", "bash", "zsh", "fish"];

#[derive(Default)]
struct Notes {
    needs: Vec<String>,
    exit: i32,
    file: Option<String>,
    input: String,
    left: Option<Left>,
    unknown: Option<String>,
}

/// Reads a page.
///
/// # Errors
/// The line and what is wrong there: a command nobody runs, a comment that means nothing.
pub fn read(markdown: &str) -> Result<Vec<Placed>, String> {
    let mut acts = Vec::new();
    let mut notes = Notes::default();
    let mut open: Option<(usize, String, String)> = None;
    for (event, range) in Parser::new(markdown).into_offset_iter() {
        let line = 1 + markdown[..range.start].matches('\n').count();
        match event {
            Event::Start(Tag::HtmlBlock) | Event::End(TagEnd::HtmlBlock) => {}
            Event::Html(html) => note(&html, line, &mut notes, &mut acts)?,
            Event::Start(Tag::CodeBlock(kind)) => open = Some((line, language(&kind), String::new())),
            Event::Text(text) if open.is_some() => open.iter_mut().for_each(|(_, _, all)| all.push_str(&text)),
            Event::End(TagEnd::CodeBlock) => {
                if let Some((line, language, text)) = open.take() {
                    block(line, &language, &text, std::mem::take(&mut notes), &mut acts)?;
                }
            }
            _ => notes = Notes::default(),
        }
    }
    Ok(acts)
}

fn language(kind: &CodeBlockKind<'_>) -> String {
    match kind {
        CodeBlockKind::Fenced(info) => info.split([' ', ',']).next().unwrap_or_default().to_owned(),
        CodeBlockKind::Indented => String::new(),
    }
}

fn note(html: &str, line: usize, notes: &mut Notes, acts: &mut Vec<Placed>) -> Result<(), String> {
    let Some(comment) = html.trim().strip_prefix("<!--").and_then(|rest| rest.strip_suffix("-->")) else {
        return Ok(());
    };
    let (name, value) = comment.split_once(':').unwrap_or((comment, ""));
    let value = value.trim();
    match name.trim() {
        "needs" => notes.needs.extend(value.split(',').map(|program| program.trim().to_owned())),
        "exit" => notes.exit = value.parse().map_err(|_| format!("line {line}: `{value}` is no exit code"))?,
        "file" => notes.file = Some(value.to_owned()),
        "not run" if value.is_empty() => return Err(format!("line {line}: say why: <!-- not run: reason -->")),
        "not run" => notes.left = Some(Left::NotRun(value.to_owned())),
        "run by" => notes.left = Some(Left::RunBy(value.to_owned())),
        "answer" => notes.input = format!("{value}\n"),
        "fresh" => {
            acts.push((line, Act::Fresh(start(value).ok_or(format!("line {line}: no start is called `{value}`"))?)))
        }
        _ => notes.unknown = Some(comment.trim().to_owned()),
    }
    Ok(())
}

fn start(name: &str) -> Option<Start> {
    match name {
        "clone" => Some(Start::Clone),
        "empty" => Some(Start::Empty),
        "newcomer" => Some(Start::Newcomer),
        _ => None,
    }
}

fn block(line: usize, language: &str, text: &str, notes: Notes, acts: &mut Vec<Placed>) -> Result<(), String> {
    if let Some(left) = notes.left {
        acts.push((line, Act::Leave(left)));
        return Ok(());
    }
    if let Some(path) = notes.file {
        acts.push((line, Act::File { path, text: text.to_owned() }));
        return Ok(());
    }
    let runs = language == "console" || SHELLS.contains(&language);
    if let Some(unknown) = notes.unknown.filter(|_| runs) {
        return Err(format!("line {line}: the comment `{unknown}` above this block means nothing"));
    }
    if !runs && text.lines().any(|shown| shown.starts_with("$ ")) {
        return Err(format!("line {line}: a `{language}` block shows commands; make it a `console` block"));
    }
    if language == "console" {
        let commands = console(line, text)?;
        let last = commands.len().saturating_sub(1);
        for (index, (line, text, expected)) in commands.into_iter().enumerate() {
            let exit = if index == last { notes.exit } else { 0 };
            let (needs, input) = (notes.needs.clone(), notes.input.clone());
            let script = Script { shell: "sh".to_owned(), text, expected, exit, needs, input };
            acts.push((line, Act::Run(script)));
        }
    } else if runs {
        let (shell, text) = (language.to_owned(), text.to_owned());
        let (needs, input) = (notes.needs, notes.input);
        acts.push((line, Act::Run(Script { shell, text, expected: None, exit: notes.exit, needs, input })));
    }
    Ok(())
}

type Shown = (usize, String, Option<String>);

/// Splits a console block into commands and what stands below each.
fn console(line: usize, text: &str) -> Result<Vec<Shown>, String> {
    let mut commands: Vec<Shown> = Vec::new();
    for (number, shown) in (line + 1..).zip(text.lines()) {
        if let Some(command) = shown.strip_prefix("$ ") {
            commands.push((number, command.to_owned(), None));
            continue;
        }
        let (_, command, expected) = commands
            .last_mut()
            .ok_or_else(|| format!("line {number}: a console block begins with a command, after `$ `"))?;
        let continued = shown.strip_prefix("> ").or(command.ends_with('\\').then_some(shown));
        match (continued, &mut *expected) {
            (Some(more), None) => *command = format!("{command}\n{more}"),
            _ => *expected.get_or_insert_default() += &format!("{shown}\n"),
        }
    }
    Ok(commands)
}
