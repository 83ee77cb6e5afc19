//! What is read without clap is what clap reads.

use super::*;

/// The words that lines are put together from; `clap` and this module must agree on every one of them.
const WORDS: &[&str] = &[
    "-C",
    "run",
    "--backend",
    "--backend=x",
    "--env",
    "--env=e",
    "--env=",
    "--",
    "-",
    "",
    "cmd",
    "-q",
    "--help",
    "--x=y",
    "-5",
];

fn words(line: &[&str]) -> Vec<OsString> {
    std::iter::once(&"pyve").chain(line).map(OsString::from).collect()
}

fn by_clap(words: &[OsString]) -> Option<RunLine> {
    let matches = crate::commands::tree(Some("run")).try_get_matches_from(words).ok()?;
    let (name, arguments) = matches.subcommand()?;
    let directories = matches.get_many("directory").unwrap_or_default().cloned().collect();
    (name == "run").then(|| RunLine { directories, asked: Asked::from(arguments) })
}

#[test]
fn every_short_line_that_is_accepted_means_the_same_to_clap() {
    let mut lines: Vec<Vec<&str>> = vec![vec![]];
    let (mut accepted, mut seen) = (0, 0);
    for _ in 0..3 {
        lines = lines.iter().flat_map(|line| WORDS.iter().map(|word| [line.clone(), vec![*word]].concat())).collect();
        for line in &lines {
            for line in
                [line.clone(), [vec!["run"], line.clone()].concat(), [vec!["-C", "d", "run"], line.clone()].concat()]
            {
                let words = words(&line);
                seen += 1;
                if let Some(read) = read(&words) {
                    accepted += 1;
                    assert_eq!(Some(read), by_clap(&words), "{line:?}");
                }
            }
        }
    }
    assert!(accepted > 500 && accepted < seen, "{accepted} of {seen}");
}

#[test]
fn the_usual_lines_are_read_here() {
    for line in [
        "run cmd",
        "run -- cmd",
        "run -- --cmd",
        "run cmd -- x --backend y -C z --help",
        "run --backend x cmd",
        "run --backend=x --env e -- cmd -x",
        "-C d -C e run --env=e cmd run",
        "run cmd -q --color never --version",
    ] {
        let words = words(&line.split(' ').collect::<Vec<_>>());
        let read = read(&words);
        assert!(read.is_some(), "{line}");
        assert_eq!(read, by_clap(&words), "{line}");
    }
}

#[test]
fn the_rest_is_left_to_clap() {
    for line in [
        "run",
        "run --",
        "run --help",
        "run -q cmd",
        "-q run cmd",
        "init",
        "run --backend",
        "run --env -- cmd",
        "--run cmd",
    ] {
        assert_eq!(read(&words(&line.split(' ').collect::<Vec<_>>())), None, "{line}");
    }
}

#[cfg(unix)]
#[test]
fn arguments_need_not_be_unicode() {
    use std::os::unix::ffi::OsStringExt;
    let odd = OsString::from_vec(b"\xff\n".to_vec());
    let line = [words(&["run", "cmd"]), vec![odd.clone()]].concat();
    assert_eq!(read(&line).unwrap().asked.command[1], odd);
    assert_eq!(read(&line), by_clap(&line));
    let line = [words(&["run", "--env"]), vec![odd, "cmd".into()]].concat();
    assert_eq!(read(&line), None);
    assert_eq!(by_clap(&line), None);
}
