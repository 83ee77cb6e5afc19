//! Requirements that are moved to conda's files and back, and the other way round: what comes back is what went, but for
//! what was reported.
#![cfg(unix)]

mod world;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use pyve_backend_micromamba::MicromambaBackend;
use pyve_formats::translation::applies::of_marker;
use pyve_plugin_api::testing::FakeHost;
use pyve_plugin_api::{Adoption, Backend, Ecosystem, Fate, Interpreter, Request, Requirement, Requirements};
use world::World;

/// A project in a folder of its own.
struct Project(tempfile::TempDir);

impl Project {
    fn new(files: &[(&str, &str)]) -> Self {
        let project = Self(tempfile::tempdir().unwrap());
        files.iter().for_each(|(name, text)| fs::write(project.path().join(name), text).unwrap());
        project
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn request(&self) -> Request {
        Request::new(self.path(), self.path().join(".pyve"))
    }

    fn asked(&self, backend: &dyn Backend) -> Requirements {
        let asked = backend.requirements(&self.request(), &FakeHost::new());
        asked.unwrap_or_else(|error| panic!("{}: {:?}", error.message, error.details))
    }

    /// Where requirements come to: a project without any files yet, and the account of their way.
    fn moved(asked: &Requirements, backend: &dyn Backend) -> (Self, Adoption) {
        let project = Self::new(&[]);
        let adoption = backend.adopt(&project.request(), asked, &FakeHost::new());
        let adoption = adoption.unwrap_or_else(|error| panic!("{}: {:?}", error.message, error.details));
        let each: Vec<&Requirement> = adoption.adopted.iter().map(|adopted| &adopted.from).collect();
        assert_eq!(each, asked.requirements.iter().collect::<Vec<_>>(), "one account for every line");
        let beside = asked.sources.len() + asked.others.len() + asked.variables.len();
        assert_eq!(adoption.lines.len(), beside, "and for every other one: {:?}", adoption.lines);
        for step in &adoption.steps {
            fs::write(project.path().join(step.path.path()), &step.contents[..]).unwrap();
        }
        (project, adoption)
    }

    fn text(&self, file: &str) -> String {
        fs::read_to_string(self.path().join(file)).unwrap_or_default()
    }
}

fn venv() -> impl Backend {
    pyve_backend_venv::backend()
}

/// As sets are compared: without the place, in one spelling of what means the same.
fn shown(one: &Requirement) -> String {
    let Requirement { ecosystem, name, constraint, build, marker, platform, source, .. } = one;
    let exact = constraint.starts_with(|letter: char| letter.is_ascii_digit()) && !constraint.contains('*');
    let equals = if exact { "==" } else { "" };
    let applies = of_marker(marker, "").map_or_else(|_| marker.to_string(), |applies| format!("{applies:?}"));
    format!("{ecosystem:?} {name} {:?} {equals}{constraint} {build} {applies} {platform} {source}", one.extras)
}

/// What was carried without a word.
fn carried(adoption: &Adoption) -> BTreeSet<String> {
    adoption
        .adopted
        .iter()
        .filter(|it| it.fate == Fate::CARRIED && it.from.name != "python")
        .map(|it| shown(&it.from))
        .collect()
}

fn all(asked: &Requirements) -> BTreeSet<String> {
    asked.requirements.iter().filter(|one| one.name != "python").map(shown).collect()
}

/// There and back again: what was carried both times is the same, and a second time nothing changes at all.
fn there_and_back(first: &Project, home: &dyn Backend, abroad: &dyn Backend, of: &str) -> usize {
    let asked = first.asked(home);
    let (there, out) = Project::moved(&asked, abroad);
    let asked_there = there.asked(abroad);
    let (back, home_again) = Project::moved(&asked_there, home);
    let came = all(&back.asked(home));
    for one in carried(&out) {
        assert!(came.contains(&one), "{of}: {one} is lost: {came:#?}\n{}", there.text("environment.yml"));
    }
    // What came back and was never asked for would be of our making.
    let known = all(&asked);
    let reported = |one: &String| {
        let changed = out.adopted.iter().chain(&home_again.adopted).filter(|it| it.fate != Fate::CARRIED);
        let name = one.split(' ').nth(1).unwrap_or_default();
        changed.into_iter().any(|it| it.from.name == name || it.written.contains(name))
    };
    let added: Vec<&String> = came.iter().filter(|one| !known.contains(*one) && !reported(one)).collect();
    assert_eq!(added, Vec::<&String>::new(), "{of}");
    let (again, _) = Project::moved(&back.asked(home), abroad);
    let (last, _) = Project::moved(&again.asked(abroad), home);
    for file in ["environment.yml", "requirements.txt"] {
        let (one, other) = if file == "environment.yml" { (&there, &again) } else { (&back, &last) };
        let lines = |project: &Project| project.text(file).lines().map(str::to_owned).collect::<BTreeSet<_>>();
        let pinned = |line: &String| line.trim_start().starts_with("- python");
        let (one, other): (BTreeSet<_>, BTreeSet<_>) = (
            lines(one).into_iter().filter(|line| !pinned(line)).collect(),
            lines(other).into_iter().filter(|line| !pinned(line)).collect(),
        );
        assert_eq!(one, other, "{of}: the second time nothing changes in {file}");
    }
    asked.requirements.len()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<PathBuf> = folder.read_dir().unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    entries.into_iter().flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

#[test]
fn real_files_come_back_as_they_went() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../venv/tests/real");
    let (mut projects, mut lines) = (0, 0);
    for file in files(&data.join("requirements")) {
        let project = Project::new(&[("requirements.txt", &format!("-r {}\n", file.display()))]);
        lines += there_and_back(&project, &venv(), &MicromambaBackend, file.to_str().unwrap());
        projects += 1;
    }
    for file in files(&data.join("pyproject")).into_iter().filter(|file| file.ends_with("pyproject.toml")) {
        let project = Project::new(&[("pyproject.toml", &fs::read_to_string(&file).unwrap())]);
        lines += there_and_back(&project, &venv(), &MicromambaBackend, file.to_str().unwrap());
        projects += 1;
    }
    assert!(projects >= 50 && lines >= 300, "{projects} files, {lines} lines");
}

/// Environment files of all that they can say, put together by a fixed rule.
fn generated(number: usize) -> String {
    let specs = [
        "numpy =1.26",
        "pandas >=2,<3",
        "scipy",
        "pytorch =2.1",
        "ruamel.yaml >=0.17",
        "conda-forge::requests ==2.31.0",
        "pytables !=3.8",
        "flask ~=3.0.1",
        "sel(linux): uvloop >=0.19",
        "sel(win): pywin32",
        "sel(osx-arm64): pyobjc-core",
        "scikit-learn =1.3=py312*",
        "matplotlib-base",
        "httpx =0.27|=0.28",
        "nodejs =20",
        "graphviz",
        "tzdata",
        "click 8.1.7",
    ];
    let mut text = "channels: [conda-forge]\ndependencies:\n".to_owned();
    text += ["  - python =3.12\n", "  - python >=3.10\n", "", "  - python\n"][number % 4];
    let chosen = specs.iter().enumerate().filter(|(at, _)| !(number * 7 + at * at).is_multiple_of(3));
    text.extend(chosen.map(|(_, spec)| format!("  - {spec}\n")));
    if number.is_multiple_of(2) {
        text += "  - pip\n  - pip:\n    - rich[jupyter]>=13\n    - -e .\n";
    }
    if number.is_multiple_of(5) {
        text += "variables:\n  PROJ_DATA: a b\n";
    }
    text
}

#[test]
fn generated_environment_files_come_back_as_they_went() {
    let mut lines = 0;
    for number in 0..40 {
        let text = generated(number);
        let project = Project::new(&[("environment.yml", &text)]);
        lines += there_and_back(&project, &MicromambaBackend, &venv(), &text);
    }
    assert!(lines >= 400, "{lines}");
}

/// Each line of the account: where from, what became of it, why.
fn account(adoption: &Adoption) -> String {
    let requirements = adoption.adopted.iter().map(|it| {
        let Requirement { origin, .. } = &it.from;
        format!("{origin} {:?} `{}` {}", it.fate, it.written, it.reason)
    });
    let lines = adoption.lines.iter().map(|it| format!("{} {:?} `{}` {}", it.from, it.fate, it.written, it.reason));
    requirements.chain(lines).map(|line| line.trim_end().to_owned()).collect::<Vec<_>>().join("\n")
}

#[test]
fn from_pip_to_conda_each_line_has_its_account() {
    let project = Project::new(&[
        (
            "requirements.txt",
            "--extra-index-url https://h/simple\n-c limits.txt\nnumpy==1.26.*\ntorch>=2\ngraphviz\nsnappy\nflask[async]>=3\n\
         six @ https://h/six.zip\n-e .\nuvloop; sys_platform != 'win32'\ntomli; python_version < '3.11'\n\
         enum34; python_version < '3'\npywin32>=1; os_name == 'nt' and python_version > '3.6'\nrich==13.7.1 --hash=sha256:00\n\
         jax==0.4+cuda\n",
        ),
        ("limits.txt", "six<2\n"),
    ]);
    let (there, adoption) = Project::moved(&project.asked(&venv()), &MicromambaBackend);
    insta::assert_snapshot!(account(&adoption), @r"
    requirements.txt:3 carried `numpy =1.26` not verified
    requirements.txt:4 changed `pytorch >=2` conda-forge calls it `pytorch`
    requirements.txt:5 changed `python-graphviz` conda-forge calls it `python-graphviz`; its `graphviz` is the programs of Graphviz
    requirements.txt:6 changed `snappy below pip:` pip installs it: conda-forge does not have it; its `snappy` is Google's compression library in C++
    requirements.txt:7 changed `flask[async]>=3 below pip:` pip installs it: conda's packages have no extras
    requirements.txt:8 changed `six @ https://h/six.zip below pip:` pip installs it: it is taken from an address or a directory
    requirements.txt:9 changed `-e . below pip:` pip installs it: it is taken from an address or a directory
    requirements.txt:10 carried `sel(unix): uvloop` not verified
    requirements.txt:11 changed `tomli ; python_full_version < '3.11' below pip:` pip installs it: it depends on the version of Python, which conda's environment files cannot ask for
    requirements.txt:12 changed `` it applies to no platform and Python that this project has
    requirements.txt:13 carried `sel(win): pywin32 >=1` not verified
    requirements.txt:14 changed `rich ==13.7.1` hashes are kept by a lock file: `pyve lock`
    requirements.txt:15 changed `jax ==0.4` conda has no local versions, so that `0.4+cuda` is any build of it
    limits.txt:1: six<2 (a constraint) impossible `` an environment file has nothing like it
    requirements.txt:1: --extra-index-url https://h/simple carried `--extra-index-url https://h/simple below pip:`
    ");
    insta::assert_snapshot!(there.text("environment.yml"), @r"
    channels:
      - conda-forge
    dependencies:
      - python
      - numpy =1.26
      - pytorch >=2
      - python-graphviz
      - sel(unix): uvloop
      - sel(win): pywin32 >=1
      - rich ==13.7.1
      - jax ==0.4
      - pip
      - pip:
          - '--extra-index-url https://h/simple'
          - snappy
          - 'flask[async]>=3'
          - 'six @ https://h/six.zip'
          - '-e .'
          - 'tomli ; python_full_version < ''3.11'''
    ");
}

#[test]
fn from_conda_to_pip_each_line_has_its_account() {
    let project = Project::new(&[(
        "environment.yml",
        "name: demo\nchannels: [conda-forge, bioconda]\ndependencies:\n  - python =3.12\n  - numpy =1.26\n  - pytorch\n  - graphviz\n  \
         - iris\n  - r-base\n  - httpx =0.27|=0.28\n  - bioconda::samtools 1.20\n  - scikit-learn =1.5=py312*\n  - __glibc >=2.28\n  \
         - openssl 1.1.1w_x\n  - sel(linux): uvloop >=0.19\n  - pip\n  - pip:\n      - '--no-binary :all:'\n      - rich[jupyter]\nvariables:\n  \
         GREETING: it's me\n",
    )]);
    let (there, adoption) = Project::moved(&project.asked(&MicromambaBackend), &venv());
    insta::assert_snapshot!(account(&adoption), @r"
    environment.yml:4 carried `3.12 in .python-version`
    environment.yml:5 carried `numpy==1.26.*` not verified
    environment.yml:6 changed `torch` PyPI calls it `torch`
    environment.yml:7 impossible `` PyPI has no programs of Graphviz; its `graphviz` is their Python interface
    environment.yml:8 changed `scitools-iris` PyPI calls it `scitools-iris`; its `iris` is an unrelated small package
    environment.yml:9 impossible `` PyPI does not have it, only conda's channels do
    environment.yml:10 impossible `` PEP 440 has no `|`, for one or the other
    environment.yml:11 changed `samtools==1.20` PyPI has no channels such as `bioconda`
    environment.yml:12 changed `scikit-learn==1.5.*` PyPI has no builds, so that `py312*` is left out
    environment.yml:13 impossible `` it is about the machine, which no file of pip's asks about
    environment.yml:14 impossible `` PyPI does not have it, only conda's channels do
    environment.yml:15 carried `uvloop>=0.19 ; sys_platform == 'linux'` not verified
    environment.yml:16 changed `` each environment has pip
    environment.yml:19 carried `rich[jupyter]`
    conda-forge changed `` packages come from PyPI, or the index that pip is set to
    bioconda changed `` packages come from PyPI, or the index that pip is set to
    environment.yml:18: --no-binary :all: carried `--no-binary :all:`
    GREETING=it's me carried `GREETING='it'\''s me' in .env`
    ");
    insta::assert_snapshot!(there.text("requirements.txt"), @r"
    --no-binary :all:
    numpy==1.26.*
    torch
    scitools-iris
    samtools==1.20
    scikit-learn==1.5.*
    uvloop>=0.19 ; sys_platform == 'linux'
    rich[jupyter]
    ");
    insta::assert_snapshot!(there.text(".env") + &there.text(".python-version"), @r"
    GREETING='it'\''s me'
    3.12
    ");
}

#[test]
fn nothing_that_is_there_is_written_over() {
    let asked = Project::new(&[("requirements.txt", "six\n")]).asked(&venv());
    let refused = |file: &str, text: &str, asked: &Requirements, backend: &dyn Backend| {
        let project = Project::new(&[(file, text)]);
        let error = backend.adopt(&project.request(), asked, &FakeHost::new()).unwrap_err();
        let details = error.details.iter().map(|detail| format!("\n  {detail}")).collect::<String>();
        format!("{}{details}\n=> {}", error.message, error.remedy)
    };
    insta::assert_snapshot!(refused("environment.yml", "dependencies: [hello]\n", &asked, &MicromambaBackend), @r"
    `environment.yml` is there already, and says something else than would be written
      would be written: python
      would be written: six
    => rename environment.yml, or use it as it is: pyve init --backend micromamba
    ");
    let conda = Project::new(&[("environment.yml", "dependencies: [six, tabulate]\n")]).asked(&MicromambaBackend);
    insta::assert_snapshot!(refused("requirements.txt", "six\n", &conda, &venv()), @r"
    `requirements.txt` is there already, and does not say all that would be written
      not in it: tabulate
    => add these lines to requirements.txt, or rename it, then run the same command again
    ");
    // What says the same already need not be written.
    let known = Project::new(&[("requirements.txt", "tabulate\nsix\n")]);
    let adoption = venv().adopt(&known.request(), &conda, &FakeHost::new()).unwrap();
    assert!(adoption.steps.is_empty() && adoption.adopted.iter().all(|it| it.fate == Fate::CARRIED));
}

fn named(ecosystem: Ecosystem, names: &[&str]) -> Requirements {
    names.iter().fold(Requirements::new(), |all, name| all.requirement(Requirement::new(ecosystem, name)))
}

#[test]
fn channels_are_asked_for_packages_by_the_solver_itself() {
    let world = World::new();
    let mut asked = named(Ecosystem::PYPI, &["hello", "none-such", "torch"]);
    asked.sources.push(World::channel().url().as_str().into());
    let adoption = MicromambaBackend.adopt(&world.request(), &asked, &world.host).unwrap();
    let told: String = account(&adoption).lines().take(3).collect::<Vec<_>>().join("\n");
    insta::assert_snapshot!(told, @r"
    carried `hello`
    changed `none-such below pip:` pip installs it: no channel has a package `none-such`
    changed `torch below pip:` pip installs it: no channel has a package `pytorch`
    ");
    let offline = Request { offline: true, ..world.request() };
    let adoption = MicromambaBackend.adopt(&offline, &asked, &world.host).unwrap();
    assert_eq!(adoption.adopted[0].reason, "not verified");
}

#[test]
fn an_index_is_asked_for_packages_with_uv_and_with_pip() {
    let Some(wheels) = pyve_testkit::offline_packages() else { return };
    let Some(tools) = pyve_testkit::tools_python() else { return };
    let python = pyve_testkit::interpreter(3, 10).unwrap();
    let home = tempfile::tempdir().unwrap();
    let settings = home.path().join("uv.toml");
    fs::write(&settings, "no-index = true\n").unwrap();
    let host = || {
        let python = Interpreter::new(&tools, &python.version, "PATH");
        let host = FakeHost::new().python(python).variable("UV_CONFIG_FILE", &settings).variable("PIP_NO_INDEX", "1");
        let host = host.variable("UV_FIND_LINKS", &wheels).variable("PIP_FIND_LINKS", &wheels);
        host.variable("HOME", home.path())
    };
    let asked = named(Ecosystem::CONDA, &["tabulate", "none-such", "nor-this"]);
    let told = [host().path(tools.parent().unwrap()), host()].map(|host| {
        let project = Project::new(&[]);
        let adoption = venv().adopt(&project.request(), &asked, &host).unwrap();
        assert!(host.captured().len() >= 3, "once more for each that is missing");
        account(&adoption)
    });
    insta::assert_snapshot!(told[0], @r"
    carried `tabulate`
    impossible `` no index has a package `none-such`
    impossible `` no index has a package `nor-this`
    ");
    assert_eq!(told[0], told[1]);
}

#[test]
fn no_name_of_a_file_becomes_an_option_of_who_is_asked() {
    let Some(tools) = pyve_testkit::tools_python() else { return };
    let python = pyve_testkit::interpreter(3, 10).unwrap();
    let host = FakeHost::new().python(Interpreter::new(&tools, &python.version, "PATH"));
    let project = Project::new(&[("environment.yml", "dependencies: [_e, _r, 'libblas*']\n")]);
    let asked = project.asked(&MicromambaBackend);
    let adoption = venv().adopt(&Project::new(&[]).request(), &asked, &host).unwrap();
    insta::assert_snapshot!(account(&adoption), @r"
    environment.yml:1 impossible `` no package of PyPI can be called `_e`
    environment.yml:1 impossible `` no package of PyPI can be called `_r`
    environment.yml:1 impossible `` no package of PyPI can be called `libblas*`
    ");
    let asked_pip = host.captured().iter().any(|command| command.to_string().contains("pip install"));
    assert!(!asked_pip, "{:?}", host.captured());
}

#[test]
fn a_channel_is_no_index_for_its_name() {
    let mut asked = named(Ecosystem::PYPI, &["six"]);
    asked.sources = ["simple-channel", "https://h/simple/"].map(Into::into).to_vec().into();
    let (there, _) = Project::moved(&asked, &MicromambaBackend);
    assert!(there.text("environment.yml").starts_with("channels:\n  - simple-channel\ndependencies:\n"));
}
