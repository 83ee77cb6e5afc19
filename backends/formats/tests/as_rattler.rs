//! Specs of conda packages, compared with what rattler makes of them.
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use pyve_formats::match_spec::MatchSpec;
use serde_json::json;

const SPECS: usize = 4000;

const VERSIONS: [&str; 14] = [
    "1.2",
    "1.2.0",
    "1.20",
    "1.26.4",
    "2",
    "2.0",
    "2.0.1",
    "2.1",
    "3.0rc1",
    "1.1.1w",
    "0.4.1.post1",
    "2024.7.4",
    "1_2",
    "10",
];
const BUILDS: [&str; 4] = ["py312h0_0", "py311_1", "mkl_2", "0"];
const CHANNELS: [&str; 8] = [
    "",
    "",
    "",
    "conda-forge::",
    "file:///a/b::",
    "conda-forge/linux-64::",
    "https://host/t/token/channel::",
    "https://conda.anaconda.org/conda-forge/linux-64::",
];
/// What may stand in brackets and says nothing of version or build.
const ASIDE: [&str; 4] =
    ["channel=file:///a/b", "channel='https://host/a b'", "channel=\"conda-forge\"", "channel=conda-forge"];
const OPERATORS: [&str; 7] = ["==", ">=", "<=", ">", "<", "!=", "~="];
const JOINTS: [&str; 4] = [",", ", ", "|", " | "];
const PATTERNS: [&str; 7] = ["py312*", "*", "*_0", "py311_1", "py*_1", "*mkl*", "0"];

struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % bound as u64).unwrap()
    }

    fn of<'a>(&mut self, all: &[&'a str]) -> &'a str {
        all[self.below(all.len())]
    }
}

fn range(random: &mut Random) -> String {
    let space = |random: &mut Random| if random.below(3) == 0 { " " } else { "" };
    let mut range = format!("{}{}{}", random.of(&OPERATORS), space(random), random.of(&VERSIONS));
    for _ in 0..random.below(3) {
        range += &format!("{}{}{}", random.of(&JOINTS), random.of(&OPERATORS), random.of(&VERSIONS));
    }
    range
}

/// A spec and, where rattler reads that one otherwise than micromamba, another that means to rattler what it means there.
struct Form {
    text: String,
    to_rattler: String,
}

fn spec(random: &mut Random) -> Form {
    let (channel, name) = (random.of(&CHANNELS), random.of(&["numpy", "NumPy", "numpy"]));
    let constraint = constraint(random);
    let text = format!("{channel}{name}{constraint}");
    // In `name=version=build` micromamba takes the version as a beginning, and rattler as a whole.
    let fuzzy = constraint.strip_prefix('=').and_then(|rest| rest.split_once('=')).filter(|(version, _)| {
        !version.is_empty() && version.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._".contains(&byte))
    });
    let to_rattler = match fuzzy {
        Some((version, build)) => format!("{channel}{name} {version}.* {build}"),
        None => text.clone(),
    };
    Form { text, to_rattler }
}

fn constraint(random: &mut Random) -> String {
    let (version, pattern) = (random.of(&VERSIONS), random.of(&PATTERNS));
    // rattler takes no space behind a sign in brackets, nor before a build behind `=`.
    let tight = |random: &mut Random| range(random).replace(' ', "");
    let space = random.of(&["", " "]);
    match random.below(20) {
        0 => String::new(),
        1 => format!("={version}"),
        2 => format!(" {version}"),
        3 => format!("={version}.*"),
        4 => format!(" {version}.*"),
        5 => format!(" {version} {pattern}"),
        6 => format!(" {} {pattern}", range(random)),
        7 => format!("=={version}={pattern}"),
        8 => format!("[version='{}', build={pattern}]", tight(random)),
        9 => format!("[version=\"{version}.*\",{}]", random.of(&ASIDE)),
        10 => format!(" ={version}|={}", random.of(&VERSIONS)),
        11 | 12 => format!("={version}={pattern}"),
        13 => format!("={version}.*={pattern}"),
        14 => format!("{space}{}={pattern}", tight(random)),
        15 => format!("{space}{},(<2|>{version})", tight(random)),
        16 => format!("[{}]", random.of(&ASIDE)),
        17 => format!("={version}[{}, build='{pattern}']", random.of(&ASIDE)),
        18 => format!(" ({})|=={version}", tight(random)),
        _ => format!("{space}{}", range(random)),
    }
}

fn by_rattler(python: &Path, specs: &[String], packages: &[(&str, &str)]) -> Vec<Option<Vec<bool>>> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/as_rattler.py");
    let mut rattler = Command::new(python)
        .args([script, &json!(packages).to_string()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    rattler.stdin.take().unwrap().write_all(specs.join("\n").as_bytes()).unwrap();
    let output = rattler.wait_with_output().unwrap();
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn specs_accept_what_rattler_accepts() {
    let Some(python) = pyve_testkit::tools_python() else { return };
    let mut random = Random(0x2545_f491_4f6c_dd1d);
    let forms: Vec<Form> = (0..SPECS).map(|_| spec(&mut random)).collect();
    let asked: Vec<String> = forms.iter().map(|form| form.to_rattler.clone()).collect();
    let packages: Vec<(&str, &str)> =
        VERSIONS.iter().flat_map(|version| BUILDS.iter().map(move |build| (*version, *build))).collect();
    for (Form { text, to_rattler }, expected) in forms.iter().zip(by_rattler(&python, &asked, &packages)) {
        let spec = MatchSpec::parse(text).unwrap_or_else(|why| panic!("{text}: {why}"));
        assert_eq!(spec.name, "numpy", "{text}");
        let expected = expected.unwrap_or_else(|| panic!("rattler does not read {to_rattler}"));
        for ((version, build), expected) in packages.iter().zip(expected) {
            assert_eq!(spec.accepts(version, build), Some(expected), "{text}: {version} {build}");
        }
    }
}
