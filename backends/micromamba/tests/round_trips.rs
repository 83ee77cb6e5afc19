//! Requirements that are moved to conda's files and back, and the other way round: what comes back is what went, but for
//! what was reported.

use std::fs;

use crate::trip::{Project, account, generated, real_projects, there_and_back, venv};
use crate::world::World;
use pyve_backend_micromamba::MicromambaBackend;
use pyve_plugin_api::testing::FakeHost;
use pyve_plugin_api::{Backend, Ecosystem, Fate, Interpreter, Request, Requirement, Requirements};

#[test]
fn real_files_come_back_as_they_went() {
    let projects = real_projects();
    let lines: usize =
        projects.iter().map(|(name, project)| there_and_back(project, &venv(), &MicromambaBackend, name)).sum();
    assert!(projects.len() >= 60 && lines >= 350, "{} files, {lines} lines", projects.len());
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
    insta::assert_snapshot!(account(&adoption), @r#"
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
    GREETING=it's me carried `GREETING='it'"'"'s me' in .env`
    "#);
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
    insta::assert_snapshot!(there.text(".env") + &there.text(".python-version"), @r#"
    GREETING='it'"'"'s me'
    3.12
    "#);
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
        assert!(!project.path().join(".pyve/envs").exists(), "asking leaves nothing in the project");
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
    asked.sources.clear();
    let request = Project::new(&[]).request().with_setting("channels", ["ours"], ".pyve/config:3");
    let adoption = MicromambaBackend.adopt(&request, &asked, &FakeHost::new()).unwrap();
    assert!(adoption.steps[0].text().starts_with("channels:\n  - ours\n"), "{}", adoption.steps[0].text());
}
