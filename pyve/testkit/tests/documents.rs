//! Pages are read as their readers read them, and a page that says something wrong is caught.

use std::panic::catch_unwind;

use pyve_testkit::document::{Act, Left, Script, Start, read};
use pyve_testkit::{World, prerequisite, reader};

fn here(_: Start) -> Option<World> {
    Some(World::new())
}

/// No pyve is built for the tests of this crate, so `true` takes its part: what is tried is how it gets there.
fn reader_of_true(start: Start) -> Option<World> {
    reader(start, &prerequisite("true")?)
}

/// Everything that a page needs is a program of this machine.
fn walk(name: &str, markdown: &str, machine: impl Fn(Start) -> Option<World>) -> Option<usize> {
    let program = |world: &World, name: &str| {
        world.link_as(name, &prerequisite(name)?);
        Some(())
    };
    pyve_testkit::walk(name, markdown, machine, program)
}

/// What `walk` panics with.
fn complaint(markdown: &str) -> String {
    let panic = catch_unwind(|| walk("page.md", markdown, here)).expect_err("this page is wrong");
    panic.downcast_ref::<String>().cloned().unwrap_or_default()
}

#[test]
fn a_console_block_is_commands_and_what_they_write() {
    let page = "# Title\n\n<!-- needs: fish, git -->\n<!-- exit: 2 -->\n<!-- answer: y -->\n```console\n$ one \\\n    --more\nout\n\n$ two <<X\n> X\n$ three\n```\n";
    let script = |text: &str, expected: Option<&str>, exit| {
        let needs = vec!["fish".to_owned(), "git".to_owned()];
        let (shell, text, expected) = ("sh".into(), text.into(), expected.map(str::to_owned));
        Act::Run(Script { shell, text, expected, exit, needs, input: "y\n".into() })
    };
    let acts = read(page).unwrap();
    assert_eq!(acts[0], (7, script("one \\\n    --more", Some("out\n\n"), 0)));
    assert_eq!(acts[1], (11, script("two <<X\nX", None, 0)));
    assert_eq!(acts[2], (13, script("three", None, 2)));
}

#[test]
fn a_comment_reaches_only_the_block_below_it() {
    let page = "<!-- exit: 1 -->\nText between.\n\n```sh\ntrue\n```\n\n<!-- not run: why -->\n```sh\nno\n```\n\n```sh\nyes\n```\n";
    let texts: Vec<_> = read(page).unwrap().into_iter().collect();
    let [(_, Act::Run(first)), (9, Act::Leave(left)), (_, Act::Run(second))] = &texts[..] else { panic!("{texts:#?}") };
    assert_eq!(left, &Left::NotRun("why".to_owned()));
    assert_eq!((first.text.as_str(), first.exit), ("true\n", 0));
    assert_eq!(second.text, "yes\n");
}

#[test]
fn what_nobody_would_run_is_an_error_with_its_line() {
    let wrong = |page: &str| read(page).unwrap_err();
    insta::assert_snapshot!(wrong("Text.\n\n```text\n$ pyve init\n```\n"), @"line 3: a `text` block shows commands; make it a `console` block");
    insta::assert_snapshot!(wrong("```console\nno prompt\n```\n"), @"line 2: a console block begins with a command, after `$ `");
    insta::assert_snapshot!(wrong("\n<!-- not run -->\n```sh\nx\n```\n"), @"line 2: say why: <!-- not run: reason -->");
    insta::assert_snapshot!(wrong("<!-- exit: two -->\n```sh\nx\n```\n"), @"line 1: `two` is no exit code");
    insta::assert_snapshot!(wrong("<!-- fresh: air -->\n"), @"line 1: no start is called `air`");
    insta::assert_snapshot!(wrong("<!-- need: fish -->\n```sh\nx\n```\n"), @"line 2: the comment `need: fish` above this block means nothing");
}

#[test]
fn folder_and_variables_last_from_command_to_command() {
    let page = "```console\n$ mkdir -p a/b && cd a/b\n$ export NAME='a  b'\n```\n\n\
                <!-- file: sub/hello.txt -->\n```text\nHello\n```\n\n\
                ```console\n$ cat sub/hello.txt\nHello\n$ echo \"$NAME\"; pwd\na  b\n…/a/b\n```\n\n\
                ```sh\ncd ..\ntest -d b\n```\n\n```console\n$ pwd\n[PROJECT]/a\n```\n";
    assert_eq!(walk("page.md", page, here), Some(6));
}

#[test]
fn a_fresh_start_is_another_machine() {
    let page =
        "```console\n$ touch made\n$ ls\nmade\n```\n\n<!-- fresh: empty -->\n```console\n$ test ! -e made\n```\n";
    assert_eq!(walk("page.md", page, here), Some(3));
}

#[test]
fn a_command_that_fails_or_says_something_else_is_shown() {
    insta::assert_snapshot!(complaint("```console\n$ true\n$ echo no; exit 7\n```\n"), @r"
    assertion `left == right` failed: 
    page.md:3: `echo no; exit 7`
    exit code: 7
    ----- stdout -----
    no
    ----- stderr -----

      left: Some(7)
     right: Some(0)
    ");
    insta::assert_snapshot!(complaint("```console\n$ echo one\ntwo\n```\n"), @r"

    page.md:2: `echo one` shall write
    two
    ----- but wrote -----
    one
    ");
    // A script stops at its first failure.
    assert!(complaint("```sh\nfalse\ntrue\n```\n").contains("exit code: 1"));
    // A wanted failure that does not happen is one, too.
    assert!(complaint("<!-- exit: 2 -->\n```sh\ntrue\n```\n").contains("exit code: 0"));
}

#[test]
fn another_shell_runs_its_own_block() {
    let Some(_) = prerequisite("bash") else { return };
    let page = "```console\n$ mkdir x && cd x\n```\n\n```bash\n[[ $PWD == */x ]]\n```\n";
    assert_eq!(walk("page.md", page, here), Some(2));
}

#[test]
fn a_newcomer_clones_builds_and_installs() {
    let url = env!("CARGO_PKG_REPOSITORY");
    let page = format!(
        "<!-- fresh: newcomer -->\n```console\n$ command -v pyve || echo none\nnone\n$ git clone {url}\n...\n$ cd pyve\n\
         $ git status --short\n$ cargo install --path pyve\n$ command -v pyve\n[HOME]/.cargo/bin/pyve\n\
         $ cargo build --release\n$ test -x target/release/pyve\n$ cargo test\n```\n"
    );
    assert!(matches!(walk("page.md", &page, reader_of_true), Some(9) | None));
}

#[test]
fn a_wrong_cargo_command_fails_as_it_would_for_a_reader() {
    for wrong in ["cargo install --path nowhere", "cargo frobnicate", "cd / && cargo build"] {
        let page = format!("```console\n$ {wrong}\n```\n");
        let result = catch_unwind(|| walk("page.md", &page, reader_of_true));
        assert!(matches!(result, Err(_) | Ok(None)), "`{wrong}` passed");
    }
}
