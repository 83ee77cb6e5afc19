//! Files of requirements, compared with what pip's own parser makes of them.
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use pep508_rs::{MarkerEnvironment, MarkerEnvironmentBuilder};
use pyve_formats::requirements::{self, Entry};
use serde_json::{Value, json};

const FILES: usize = 300;

const NAMES: [&str; 6] = ["six", "Zope.Interface", "a_b", "requests[socks, HTTP_2]", "requests [socks]", "x"];
const VERSIONS: [&str; 10] =
    ["", "", "==1.16", " >= 2, < 3", "~=1.4.2", "!=1.5", "==1.*", "(>=1)", "===1.0", ">=1.0rc1,!=1.1"];
const MARKERS: [&str; 7] = [
    "",
    "",
    " ; python_version < '3'",
    ";sys_platform == \"linux\"",
    "; extra == 'x'",
    " ; python_version >= '3' and (os_name == 'nt' or implementation_name=='cpython')",
    ";",
];
const OPTIONS: [&str; 6] = [
    "",
    "",
    " --hash=sha256:00ff",
    " --hash sha256:11 --hash 'sha256:22'",
    " --config-settings=\"a=b c\"",
    " --config-settings a=b",
];
const COMMENTS: [&str; 7] = ["", "", " # why", "\t# tab", " # ends in \\", "  #", " # \u{e9}\u{85}"];
const ENDS: [&str; 8] = ["\n", "\n", "\n", "\n", "\r\n", "\r", "\x0c", "\n\n"];
/// What goes on in the next line.
const TAILS: [&str; 6] =
    [" \\\n  --hash=sha256:33", "\\\r\n", " \\\n# why \\\nidna", "\\\\\n", " \\\r\\\r --hash sha256:44", "\\\n\n"];
/// `CHILD` is a file of its own for each, `HERE` the folder.
const INCLUDES: [&str; 13] = [
    "-r CHILD",
    "-rCHILD",
    "--requirement=CHILD",
    "--requirement CHILD",
    "--requirem CHILD",
    "-r './CHILD'",
    "-r \"sub/../CHILD\"",
    "--requirement='CHILD' --pre",
    "-c CHILD",
    "-cCHILD",
    "--constraint=CHILD",
    "-r HERE/CHILD",
    "-r ${THE_FOLDER}/CHILD",
];
const OTHERS: [&str; 29] = [
    "-r file://HERE/leaf.txt",
    "-e .",
    "-e './local'",
    "--editable=git+https://h/x#egg=foo",
    "-e ./a -e ./b",
    "-i https://h/simple",
    "--extra-index-url https://u:p@h/simple",
    "--pre",
    "--no-binary :all:",
    "--find-links wheels --prefer-binary",
    "# a comment",
    "# a comment that ends in \\",
    "  # indented",
    "   ",
    "./wheels/tiny-1.0-py3-none-any.whl",
    "./wheels/Tiny_Pkg-1.0-1-py3-none-any.whl[a]",
    "https://h/x-1.0-py3-none-any.whl#sha256=00",
    "https://h/x.zip",
    "git+https://h/x.git@main#egg=tiny",
    "tiny @ https://h/x.zip",
    "tiny@https://h/x.zip#sha256=00 ; python_version<'3'",
    "tiny @ file:///x-1.0-py3-none-any.whl",
    "${THE_FOLDER}/x-2.0-py3-none-any.whl",
    "six${NOT_SET}",
    "lib/pkg",
    "tiny-1.0.tar.gz",
    "six\t--hash=sha256:00",
    "six; nonsense",
    "six=1",
];
const FAULTS: [&str; 7] = ["--requir x", "--bogus", "-r 'open", "-r missing.txt", "-r", "--pre=1", "six --hash=sha256"];

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

/// Writes one file and those that it includes.
fn generate(folder: &Path, name: &str, depth: usize, random: &mut Random) {
    let mut text = String::new();
    for line in 0..1 + random.below(6) {
        match random.below(10) {
            0..=4 => {
                let parts: [&[&str]; 4] = [&NAMES, &VERSIONS, &MARKERS, &OPTIONS];
                parts.into_iter().for_each(|part| text.push_str(random.of(part)));
                if random.below(4) == 0 {
                    text.push_str(random.of(&TAILS));
                }
            }
            5..=6 if depth < 3 => {
                let child = format!("{line}-{name}");
                generate(folder, &child, depth + 1, random);
                let include = random.of(&INCLUDES).replace("CHILD", &child);
                text.push_str(&include.replace("HERE", folder.to_str().unwrap()));
            }
            9 if random.below(6) == 0 => text.push_str(random.of(&FAULTS)),
            _ => text.push_str(&random.of(&OTHERS).replace("HERE", folder.to_str().unwrap())),
        }
        text.push_str(random.of(&COMMENTS));
        text.push_str(random.of(&ENDS));
    }
    std::fs::write(folder.join(name), encoded(&text, random)).unwrap();
}

fn encoded(text: &str, random: &mut Random) -> Vec<u8> {
    let utf_16 = || text.encode_utf16().flat_map(u16::to_le_bytes);
    // Only signs that have one byte there.
    let latin_1 = || text.chars().filter_map(|letter| u8::try_from(letter).ok());
    match random.below(8) {
        0 => [&b"\xef\xbb\xbf"[..], text.as_bytes()].concat(),
        1 => b"\xff\xfe".iter().copied().chain(utf_16()).collect(),
        2 => b"# -*- coding: latin-1 -*-\n".iter().copied().chain(latin_1()).collect(),
        3 => b"\n# vim: set fileencoding=cp1252 :\n".iter().copied().chain(latin_1()).collect(),
        _ => text.as_bytes().to_vec(),
    }
}

fn environment() -> (Value, MarkerEnvironment) {
    let told = json!({
        "implementation_name": "cpython", "implementation_version": "3.11.2", "os_name": "posix",
        "platform_machine": "x86_64", "platform_python_implementation": "CPython", "platform_release": "",
        "platform_system": "Linux", "platform_version": "", "python_full_version": "3.11.2", "python_version": "3.11",
        "sys_platform": "linux",
    });
    let builder = MarkerEnvironmentBuilder {
        implementation_name: "cpython",
        implementation_version: "3.11.2",
        os_name: "posix",
        platform_machine: "x86_64",
        platform_python_implementation: "CPython",
        platform_release: "",
        platform_system: "Linux",
        platform_version: "",
        python_full_version: "3.11.2",
        python_version: "3.11",
        sys_platform: "linux",
    };
    (told, MarkerEnvironment::try_from(builder).unwrap())
}

/// The entry as the script prints those of pip.
fn told(entry: &Entry, environment: &MarkerEnvironment) -> Value {
    let mut hashes = entry.hashes.clone();
    hashes.sort();
    let meant = entry.requirement().filter(|_| !entry.editable).map(|it| {
        let versions = it.versions.iter().flat_map(|versions| versions.iter().map(ToString::to_string));
        let mut versions: Vec<String> = versions.collect();
        versions.sort();
        json!([it.name, it.extras, versions, it.applies(environment)])
    });
    let origin = format!("{} (line {})", entry.origin.file.canonicalize().unwrap().display(), entry.origin.line);
    json!([origin, entry.text, entry.editable, entry.constraint, hashes, meant])
}

fn by_pip(python: &Path, folder: &Path, names: &[String], markers: &Value) -> Vec<Vec<Value>> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/as_pip.py");
    let mut pip = Command::new(python)
        .args(["-X", "utf8", script, &markers.to_string()])
        .env("THE_FOLDER", folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let paths: String = names.iter().map(|name| format!("{}\n", folder.join(name).display())).collect();
    pip.stdin.take().unwrap().write_all(paths.as_bytes()).unwrap();
    let output = pip.wait_with_output().unwrap();
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn files_are_read_as_pip_reads_them() {
    let Some(python) = pyve_testkit::tools_python() else { return };
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().canonicalize().unwrap();
    std::fs::create_dir(root.join("sub")).unwrap();
    std::fs::write(root.join("leaf.txt"), "idna\n").unwrap();
    let mut random = Random(0x2545_f491_4f6c_dd1d);
    let names: Vec<String> = (0..FILES).map(|number| format!("{number}.txt")).collect();
    names.iter().for_each(|name| generate(&root, name, 0, &mut random));
    let (markers, environment) = environment();
    let variable = |name: &str| (name == "THE_FOLDER").then(|| root.to_str().unwrap().to_owned());
    let (mut entries, mut stopped) = (0, 0);
    for (name, mut expected) in names.iter().zip(by_pip(&python, &root, &names, &markers)) {
        let found = requirements::read(&root.join(name), &variable).unwrap().unwrap();
        let mut ours: Vec<Value> = found.entries.iter().map(|entry| told(entry, &environment)).collect();
        let stops = expected.pop_if(|entry| entry.is_null()).is_some();
        let content = String::from_utf8_lossy(&std::fs::read(root.join(name)).unwrap()).into_owned();
        assert_eq!(stops, !found.faults.is_empty(), "{name}: {:?}\n{content}", found.faults);
        if stops {
            stopped += 1;
            // Lines behind the fault are read all the same.
            ours.truncate(expected.len());
        }
        entries += expected.len();
        for (ours, expected) in ours.iter().zip(&expected) {
            assert_eq!(ours, expected, "{name}\n{content}");
        }
        assert_eq!(ours.len(), expected.len(), "{name}\n{content}");
    }
    assert!(entries > 500 && stopped > 10, "{entries} entries, {stopped} files with a fault");
}
