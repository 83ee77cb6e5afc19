//! Locks of conda's, compared with what conda-lock itself makes of the same files.
use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use pyve_formats::conda_lock::{Asked, AskingFile, CondaLock, LockedPackage, NewLock, VirtualPackages};
use pyve_formats::yaml;
use serde_json::{Value, json};

const SPECS: usize = 60;
const LOCKS: usize = 4;
const PLATFORMS: [&str; 5] = ["linux-64", "linux-aarch64", "osx-64", "osx-arm64", "win-64"];

const CHANNELS: [&str; 8] = [
    "conda-forge",
    "defaults",
    "nodefaults",
    "conda-forge/label/dev",
    "https://conda.anaconda.org/bioconda",
    "https://host.example/t/$MY_TOKEN/channel",
    "https://${MY_USER}:$MY_PASS@Host.example:8080/private",
    "file:///srv/chännel",
];
const NAMES: [&str; 8] = ["python", "numpy", "Cuda-Toolkit", "r-base", "_libgcc_mutex", "zlib", "a.b", "pip"];
const CONSTRAINTS: [&str; 34] = [
    "",
    "",
    "=1.26",
    "==1.26",
    " 1.26",
    " 1.26.*",
    "=1.26.*",
    "=1.2*",
    " 1.2*",
    ">=1.2,<3",
    " >=1.2, <3",
    " >= 1.2 , < 3",
    "!=1.5",
    "~=1.4",
    ">1.8,<2|==1.7",
    "=1.2|=1.3",
    " 1.2*|1.3*",
    "=1.2=py312h0_0",
    "==1.2=py312*",
    " 1.2 py312*",
    " * *mkl*",
    " >=1,<2 *_cpython",
    ">=1.2=h0_0",
    "=",
    " *",
    "=*",
    " (>=1.2)",
    "[version='>=1,<2']",
    "[version=1.2, build=py3*]",
    "[build=\"*mkl*\", channel=conda-forge]",
    "=1.2[channel='https://host.example/other']",
    "[version='1.2*',subdir=noarch]",
    "=2024a",
    " 1.0rc1",
];
const SOURCES: [&str; 8] = [
    "",
    "",
    "",
    "conda-forge::",
    "conda-forge/linux-64::",
    "pkgs/main::",
    "https://host.example/channel::",
    "https://conda.anaconda.org/bioconda/noarch::",
];
const COMMENTS: [&str; 14] = [
    "",
    "",
    "",
    "",
    "  # [linux]",
    "  # [osx]",
    " # [win]",
    "  # [unix]",
    "  # [linux64]",
    "  # [arm64]",
    "  # [aarch64]",
    "  # [py3k]",
    "  # why [osx] not (that)",
    "  # a comment",
];
const PIP: [&str; 27] = [
    "Requests",
    "zope.interface>=5",
    "a_b ==1.*",
    "uvicorn[standard, HTTP_2]>=0.20,<1",
    "torch (>=2,<3)",
    "six ~= 1.16",
    "x===1.0",
    "x !=1.5,>=1.0rc1",
    "colorama; sys_platform == 'win32'",
    "appnope ; platform_system=='Darwin'",
    "pexpect; os_name == 'posix' and python_version >= '3.8'",
    "tomli; python_version < '3.11'",
    "a; sys_platform != \"win32\" or python_version < '3'",
    "b; (os_name == 'nt' or sys_platform == 'darwin') and implementation_name == 'cpython'",
    "c; 'linux' in sys_platform",
    "d; sys_platform not in 'linux darwin'",
    "-e .",
    "-e ./local",
    "pinned ==1.0 --hash=sha256:00ff",
    "git+https://host.example/owner/My_Lib.git",
    "git+https://host.example/owner/lib.git@v1#subdirectory=src",
    "lib @ git+ssh://git@host.example/owner/lib@main",
    "https://host.example/pkg-1.0.zip",
    "pkg[extra] @ https://host.example/pkg-1.0.zip#sha256=00ff",
    "here @ file:///srv/./pkg",
    "numpy>=1.26",
    "quoted ; sys_platform == \"linux\"",
];

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

/// In single quotes, as YAML takes any text.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

fn environment(random: &mut Random) -> String {
    let mut text = "name: demo  # a name\n# channels: [none]\n".to_owned();
    if random.below(6) > 0 {
        text += "channels:\n";
        for _ in 0..=random.below(3) {
            let channel = format!("  - {}\n", quoted(random.of(&CHANNELS)));
            text += if text.contains(&channel) { "" } else { &channel };
        }
    }
    text += ["", "", "category: dev\n", "category:\n", "pip-repositories: ['https://$U:$P@host.example/simple']\n"]
        [random.below(5)];
    text += "platforms: [linux-64]\ndependencies:\n";
    for index in 0..2 + random.below(8) {
        let (source, name, constraint) = (random.of(&SOURCES), random.of(&NAMES), random.of(&CONSTRAINTS));
        // Of a platform without any dependency conda-lock takes no file.
        let comment = if index == 0 { "" } else { random.of(&COMMENTS) };
        text += &format!("  - {}{comment}\n", quoted(&format!("{source}{name}{constraint}")));
    }
    for _ in 0..random.below(2) {
        text += "  - https://conda.anaconda.org/conda-forge/linux-64/My-pkg-1.0-py3_0.conda  # [linux64]\n";
    }
    if random.below(3) > 0 {
        text += "  - pip:\n";
        for _ in 0..random.below(6) {
            text += &format!("    - {}{}\n", quoted(random.of(&PIP)), random.of(&COMMENTS));
        }
    }
    text
}

/// What conda-lock answers; `None` where it is not there.
fn by_conda_lock(folder: &Path, requests: &[Value]) -> Option<Vec<Value>> {
    let python = pyve_testkit::conda_lock_python()?;
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/as_conda_lock.py");
    let mut program = Command::new(python)
        .arg(script)
        .arg(folder.join("mapping.json"))
        .current_dir(folder)
        .env("HOME", folder)
        .env("TMPDIR", folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let lines: String = requests.iter().map(|request| format!("{request}\n")).collect();
    program.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
    let output = program.wait_with_output().unwrap();
    assert!(output.status.success());
    let answers: Vec<Value> =
        String::from_utf8(output.stdout).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(answers.len(), requests.len());
    Some(answers)
}

/// The files of one project each, and the machine that its packages are locked for.
fn projects(folder: &Path) -> Vec<(std::path::PathBuf, String, VirtualPackages)> {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let make = |index: usize| {
        let project = folder.join(index.to_string());
        fs::create_dir(&project).unwrap();
        let text = environment(&mut random);
        fs::write(project.join("environment.yml"), &text).unwrap();
        let mut machine = VirtualPackages::defaults();
        if random.below(5) == 0 {
            let own = "subdirs:\n  linux-64:\n    packages:\n      __glibc: \"2.17\"\n      __archspec: \"1 skylake\"\n  osx-64:\n    packages: {__osx: \"11.0\"}\n";
            fs::write(project.join("virtual-packages.yml"), own).unwrap();
            machine = VirtualPackages::read(&yaml::parse(own).unwrap().root.unwrap()).unwrap();
        }
        (project.join("environment.yml"), text, machine)
    };
    (0..SPECS).map(make).collect()
}

/// A lock of the project, with packages of all kinds of names and versions.
fn lock(random: &mut Random, text: &str, hashes: BTreeMap<String, String>) -> NewLock {
    let platforms: Vec<String> = hashes.keys().cloned().collect();
    let package = |random: &mut Random| {
        let name = random.of(&["numpy", "_libgcc_mutex", "y", "a.b-c", "null", "r-base", "1st"]);
        let by_pip = random.below(3) == 0;
        let hex = |length| (0..length).map(|at| char::from_digit((at * 7 + 1) % 16, 16).unwrap()).collect::<String>();
        LockedPackage {
            name: Some(name.to_owned()),
            version: Some(random.of(&["1.10", "2024a", "1!2.0", "3", "0x1f", "1e3"]).to_owned()),
            platform: Some(platforms[random.below(platforms.len())].clone()),
            manager: Some(if by_pip { "pip" } else { "conda" }.to_owned()),
            category: Some(random.of(&["main", "main", "dev"]).to_owned()),
            url: Some(format!("https://host.example/${{T}}/x y/{name}-1-0.conda")),
            md5: (!by_pip).then(|| hex(32)),
            sha256: Some(hex(64)),
            source: (by_pip && random.below(2) == 0).then(|| "git+https://host.example/x@v1".to_owned()),
            dependencies: (0..random.below(4))
                .map(|_| (random.of(&NAMES).to_owned(), random.of(&CONSTRAINTS).trim().to_owned()))
                .collect(),
            ..LockedPackage::default()
        }
    };
    let asked = Asked::read(&[AskingFile { path: Path::new("environment.yml"), text }], "linux-64").unwrap();
    NewLock {
        heading: vec!["A test.".to_owned()],
        content_hash: hashes,
        channels: asked.channels,
        sources: vec!["environment.yml".to_owned()],
        custom: [("linux-64".to_owned(), "a\nb".to_owned())].into(),
        packages: (0..20).map(|_| package(random)).collect(),
    }
}

#[test]
fn conda_lock_computes_the_same_hashes_and_takes_what_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let projects = projects(folder.path());
    let mut random = Random(0x0123_4567_89ab_cdef);
    let (mut specs, mut locks, mut computed) = (Vec::new(), Vec::new(), Vec::new());
    for (path, text, machine) in &projects {
        let hash = |platform: &str| {
            let asked = Asked::read(&[AskingFile { path, text }], platform).unwrap();
            assert!(asked.is_for_conda_lock, "{text}");
            (platform.to_owned(), asked.content_hash(platform, machine))
        };
        let hashes: BTreeMap<String, String> = PLATFORMS.into_iter().map(hash).collect();
        let file = path.with_file_name("conda-lock.yml");
        let lock = lock(&mut random, text, hashes.clone()).text();
        fs::write(&file, &lock).unwrap();
        let read = CondaLock::read(&yaml::parse(&lock).unwrap().root.unwrap()).packages.unwrap();
        assert_eq!(lock.matches("\n- name: ").count(), read.len(), "{lock}");
        specs.push(json!({ "spec": path, "platforms": PLATFORMS }));
        locks.push(json!({ "lock": file, "specs": [path], "platforms": PLATFORMS }));
        computed.push(hashes);
    }
    // The way of its command takes a second for a file.
    locks.truncate(LOCKS);
    let requests = [specs, locks].concat();
    let Some(answers) = by_conda_lock(folder.path(), &requests) else { return };
    let all: Vec<String> = PLATFORMS.iter().map(|platform| format!("'{platform}'")).collect();
    let skipped = format!("Spec hash already locked for [{}]. Skipping solve.", all.join(", "));
    let (hashes, said) = answers.split_at(SPECS);
    for (((_, text, _), computed), hashes) in projects.iter().zip(computed).zip(hashes) {
        assert_eq!(*hashes, json!(computed), "{text}");
    }
    for said in said {
        assert!(said.as_str().unwrap().contains(&skipped), "{said}");
    }
}

#[test]
fn what_conda_lock_does_not_take_is_known() {
    let folder = tempfile::tempdir().unwrap();
    let texts = [
        "dependencies: [a, {pip: [-r more.txt]}]\n",
        "dependencies: [a, {pip: ['./here']}]\n",
        "dependencies:\n  - a  # [win]\n",
        "channels: [nodefaults, nodefaults]\ndependencies: [a]\n",
        "dependencies: ['a ==']\n",
    ];
    let path = |index: usize| folder.path().join(format!("{index}.yml"));
    let request = |(index, text): (usize, &&str)| {
        fs::write(path(index), text).unwrap();
        json!({ "spec": path(index), "platforms": ["linux-64"] })
    };
    let requests: Vec<Value> = texts.iter().enumerate().map(request).collect();
    let Some(answers) = by_conda_lock(folder.path(), &requests) else { return };
    for ((index, text), answer) in texts.iter().enumerate().zip(answers) {
        let asked = Asked::read(&[AskingFile { path: &path(index), text }], "linux-64").unwrap();
        assert!(!asked.is_for_conda_lock && answer.is_string(), "{text}: {answer}");
    }
}
