//! Requirements that are moved to conda's files and back, and the other way round: what comes back is what went, but for
//! what was reported.

use std::fs;

use crate::trip::{Project, account, generated, noted_there_and_back, real_projects, venv};
use crate::world::World;
use pyve_backend_micromamba::MicromambaBackend;
use pyve_plugin_api::testing::FakeHost;
use pyve_plugin_api::{Backend, Ecosystem, Fate, Interpreter, Request, Requirement, Requirements};

#[test]
fn real_files_come_back_as_they_went() {
    let projects = real_projects();
    let lines: usize =
        projects.iter().map(|(name, project)| noted_there_and_back(project, &venv(), &MicromambaBackend, name)).sum();
    assert!(projects.len() >= 60 && lines >= 350, "{} files, {lines} lines", projects.len());
}

#[test]
fn generated_environment_files_come_back_as_they_went() {
    let mut lines = 0;
    for number in 0..40 {
        let text = generated(number);
        let project = Project::new(&[("environment.yml", &text)]);
        lines += noted_there_and_back(&project, &MicromambaBackend, &venv(), &text);
    }
    assert!(lines >= 400, "{lines}");
}

#[test]
fn what_people_noted_goes_along_in_both_directions() {
    let project = Project::new(&[(
        "requirements.txt",
        "# -*- coding: utf-8 -*-\n# Tools of the lab, see the wiki.\n\n# numbers\n#: and arrays\nnumpy>=1.26  # pinned by #42\n\
         six==1.16.0 \\\n    --hash=sha256:00\n    # via\n    #   python-dateutil\npandas\n\
         uvloop; sys_platform != 'win32'\t# not there\n# of the web\nflask[async]>=3#no comment\n-e .  # ourselves \\\n# the end\n",
    )]);
    let (there, _) = Project::moved(&project.asked(&venv()), &MicromambaBackend);
    insta::assert_snapshot!(there.text("environment.yml"), @"
    channels:
      - conda-forge
    dependencies:
      - python
      # numbers
      #: and arrays
      - numpy >=1.26  # pinned by #42
      - six ==1.16.0
      - pandas
      - sel(unix): uvloop  # not there
      - pip
      - pip:
          # of the web
          - 'flask[async]>=3#no comment'
          - '-e .'  # ourselves
    ");
    let (back, _) = Project::moved(&there.asked(&MicromambaBackend), &venv());
    insta::assert_snapshot!(back.text("requirements.txt"), @"
    # numbers
    #: and arrays
    numpy>=1.26  # pinned by #42
    six==1.16.0
    pandas
    uvloop ; sys_platform != 'win32'  # not there
    # of the web
    flask[async]>=3#no comment
    -e .  # ourselves
    ");

    let tables = "[project]\nname = 'x'\nversion = '1'\nrequires-python = '>=3.11' # ours\ndependencies = [ # all\n  # why\n  \
                  \"numpy>=1.26\", # two\n  'six', 'idna', # three\n]\n";
    let project = Project::new(&[("pyproject.toml", tables)]);
    let (there, _) = Project::moved(&project.asked(&venv()), &MicromambaBackend);
    insta::assert_snapshot!(there.text("environment.yml"), @"
    channels:
      - conda-forge
    dependencies:
      # why
      - numpy >=1.26  # two
      - six
      - idna
      - python >=3.11
      - pip
      - pip:
          - '-e .'
    ");
    // Of several in one line nobody knows which is meant.
    let flow = Project::new(&[("environment.yml", "# what we need\ndependencies: [six, idna]  # all\n")]);
    let (back, _) = Project::moved(&flow.asked(&MicromambaBackend), &venv());
    assert_eq!(back.text("requirements.txt"), "six\nidna\n");
}

#[test]
fn a_table_of_the_users_names_what_the_tables_of_traps_leave_open() {
    let listed = |ecosystem, names: &[(&str, &[&str])]| {
        names.iter().fold(Requirements::new(), |all, (name, names)| {
            all.requirement(Requirement::new(ecosystem, name).counterparts(names.iter().copied()))
        })
    };
    let asked = listed(
        Ecosystem::PYPI,
        &[
            ("numpy", &["numpy"]),
            ("oddly-named", &["other", "other-gpu"]),
            ("graphviz", &["graphviz"]),
            ("opencv-python", &["libopencv", "py-opencv"]),
            ("taken", &[]),
        ],
    );
    let (_, adoption) =
        Project::moved(&asked.requirement(Requirement::new(Ecosystem::PYPI, "six")), &MicromambaBackend);
    insta::assert_snapshot!(account(&adoption), @"
    carried `numpy` the name map has it
    changed `other` the name map calls it `other`, or `other-gpu`
    changed `python-graphviz` conda-forge calls it `python-graphviz`; its `graphviz` is the programs of Graphviz
    changed `py-opencv` conda-forge calls it `py-opencv`
    changed `taken below pip:` pip installs it: by the name map conda-forge's `taken` is something else
    carried `six` not verified
    ");
    let asked = listed(
        Ecosystem::CONDA,
        &[
            ("numpy", &["Numpy"]),
            ("other", &["oddly_named"]),
            ("graphviz", &["graphviz"]),
            ("r-base", &["r-base"]),
            ("pytorch", &["pytorch", "torch"]),
            ("nowhere", &[]),
        ],
    );
    let (there, adoption) = Project::moved(&asked, &venv());
    insta::assert_snapshot!(account(&adoption), @"
    carried `numpy` the name map has it
    changed `oddly-named` the name map calls it `oddly_named`
    impossible `` PyPI has no programs of Graphviz; its `graphviz` is their Python interface
    impossible `` PyPI does not have it, only conda's channels do
    changed `torch` PyPI calls it `torch`
    changed `nowhere` the name map knows of none on PyPI; the same name is taken
    ");
    assert!(there.text("requirements.txt").starts_with("numpy\noddly-named\ntorch\nnowhere\n"));
}

/// Each with its version and where that is locked.
fn pinned(asked: &Requirements) -> String {
    let one = |it: &Requirement| {
        let at = if it.locked.is_empty() { "declared".to_owned() } else { format!("locked in {}", it.locked) };
        format!("{} {}{} [{}{}] {at}", it.origin, it.name, it.constraint, it.platform, it.marker)
    };
    asked.requirements.iter().map(one).collect::<Vec<_>>().join("\n")
}

impl Project {
    /// What is asked for in the versions that are locked.
    fn locked(&self, backend: &dyn Backend) -> pyve_plugin_api::Result<Requirements> {
        backend.requirements(&Request { from_lock: true, ..self.request() }, &FakeHost::new())
    }
}

#[test]
fn what_is_asked_for_comes_in_the_versions_that_are_locked() {
    let index = |name: &str, version: &str, more: &str| {
        let file =
            format!("{{url = 'https://h/{name}-{version}-py3-none-any.whl', hashes = {{sha256 = '{:064}'}}}}", 0);
        format!("[[packages]]\nname = '{name}'\nversion = '{version}'\n{more}wheels = [{file}]\n")
    };
    let lock = [
        "lock-version = '1.0'\ncreated-by = 'us'\n".to_owned(),
        index("flask", "3.0.3", ""),
        index("jinja2", "3.1.4", ""),
        index("numpy", "1.26.4", "marker = \"python_full_version < '3.12'\"\n"),
        index("numpy", "2.1.0", "marker = \"python_full_version >= '3.12'\"\n"),
        "[[packages]]\nname = 'tiny'\nvcs = {type = 'git', url = 'https://h/tiny', commit-id = 'abc'}\n".to_owned(),
    ]
    .concat();
    let asked = "Flask[async]>=3  # web\nnumpy ; os_name == 'posix'\ntiny @ git+https://h/tiny@main\nsix ; os_name == 'nt'\n-e .\n";
    let project = Project::new(&[("requirements.txt", asked), ("pylock.toml", &lock)]);
    let found = project.locked(&venv()).unwrap();
    assert_eq!(found.lock.display().to_string(), "pylock.toml");
    insta::assert_snapshot!(pinned(&found), @"
    requirements.txt:1 flask==3.0.3 [] locked in pylock.toml:3
    requirements.txt:2 numpy==1.26.4 [(os_name == 'posix') and (python_full_version < '3.12')] locked in pylock.toml:11
    requirements.txt:2 numpy==2.1.0 [(os_name == 'posix') and (python_full_version >= '3.12')] locked in pylock.toml:16
    requirements.txt:3 tiny [] locked in pylock.toml:21
    requirements.txt:4 six [os_name == 'nt'] declared
    requirements.txt:5  [] declared
    ");
    let sources: Vec<&str> =
        found.requirements.iter().map(|one| one.source.as_str()).filter(|it| !it.is_empty()).collect();
    assert_eq!(sources, ["git+https://h/tiny@abc", "."]);
    assert_eq!(project.asked(&venv()).lock.display().to_string(), "");
    let (there, _) = Project::moved(&found, &MicromambaBackend);
    insta::assert_snapshot!(there.text("environment.yml"), @"
    channels:
      - conda-forge
    dependencies:
      - python
      - sel(win): six
      - pip
      - pip:
          - 'flask[async]==3.0.3'  # web
          - 'numpy==1.26.4 ; (os_name == ''posix'') and (python_full_version < ''3.12'')'
          - 'numpy==2.1.0 ; (os_name == ''posix'') and (python_full_version >= ''3.12'')'
          - 'tiny @ git+https://h/tiny@abc'
          - '-e .'
    ");
    let refused = |files: &[(&str, &str)], backend: &dyn Backend| {
        let error = Project::new(files).locked(backend).unwrap_err();
        format!("{} => {}", error.message, error.remedy)
    };
    let missing = refused(&[("requirements.txt", "six\n")], &venv());
    assert_eq!(missing, "`pylock.toml` does not exist => lock first: `pyve lock`");

    let on = |name: &str, version: &str, platform: &str, manager: &str| {
        format!(
            "- {{name: {name}, version: '{version}', platform: {platform}, manager: {manager}, url: u, hash: {{sha256: {:064}}}}}\n",
            0
        )
    };
    let lock = [
        "version: 1\nmetadata: {platforms: [linux-64, osx-arm64]}\npackage:\n".to_owned(),
        on("python", "3.12.4", "linux-64", "conda"),
        on("numpy", "1.26.4", "linux-64", "conda"),
        on("numpy", "1.26.4", "osx-arm64", "conda"),
        on("pandas", "2.2.1", "linux-64", "conda"),
        on("pandas", "2.2.2", "osx-arm64", "conda"),
        on("uvloop", "0.19.0", "linux-64", "conda"),
        on("rich", "13.7.1", "linux-64", "pip"),
        on("Attr.s", "1", "linux-64", "pip"),
        on("Attr.s", "2", "osx-arm64", "pip"),
        on("libblas", "3.9.0", "linux-64", "conda"),
    ]
    .concat();
    let asked = "dependencies:\n  - python =3.12\n  - numpy >=1.26\n  # frames\n  - conda-forge::pandas =2=py312*\n  - sel(linux): uvloop\n  - sel(win): \
                 pywin32 >=3\n  - pip:\n    - rich[jupyter]>=13\n    - attr-s ; python_version > '3'  # a\n    - -e .\n";
    let project = Project::new(&[("environment.yml", asked), ("conda-lock.yml", &lock)]);
    let found = project.locked(&MicromambaBackend).unwrap();
    assert_eq!(found.lock.display().to_string(), "conda-lock.yml");
    insta::assert_snapshot!(pinned(&found), @"
    environment.yml:2 python=3.12 [] declared
    environment.yml:3 numpy==1.26.4 [] locked in conda-lock.yml:5
    environment.yml:5 pandas==2.2.1 [linux-64] locked in conda-lock.yml:7
    environment.yml:5 pandas==2.2.2 [osx-arm64] locked in conda-lock.yml:8
    environment.yml:6 uvloop==0.19.0 [linux] locked in conda-lock.yml:9
    environment.yml:7 pywin32>=3 [win] declared
    environment.yml:9 rich==13.7.1 [] locked in conda-lock.yml:10
    environment.yml:10 attr-s==1 [(python_full_version >= '3.1') and sys_platform == 'linux' and platform_machine == 'x86_64'] locked in conda-lock.yml:11
    environment.yml:10 attr-s==2 [(python_full_version >= '3.1') and sys_platform == 'darwin' and platform_machine == 'arm64'] locked in conda-lock.yml:12
    environment.yml:11  [] declared
    ");
    let (there, _) = Project::moved(&found, &venv());
    insta::assert_snapshot!(there.text("requirements.txt"), @"
    numpy==1.26.4
    # frames
    pandas==2.2.1 ; sys_platform == 'linux' and platform_machine == 'x86_64'
    pandas==2.2.2 ; sys_platform == 'darwin' and platform_machine == 'arm64'
    uvloop==0.19.0 ; sys_platform == 'linux'
    pywin32>=3 ; sys_platform == 'win32'
    rich[jupyter]==13.7.1
    attr-s==1 ; (python_full_version >= '3.1') and sys_platform == 'linux' and platform_machine == 'x86_64'  # a
    attr-s==2 ; (python_full_version >= '3.1') and sys_platform == 'darwin' and platform_machine == 'arm64'
    -e .
    ");
    let missing = refused(&[("environment.yml", "dependencies: [six]\n")], &MicromambaBackend);
    assert_eq!(missing, "`conda-lock.yml` does not exist => lock first: `pyve lock`");
    let broken = lock.replacen("hash: {sha256: ", "hash: {sha256: x", 1);
    let broken =
        refused(&[("environment.yml", "dependencies: [six]\n"), ("conda-lock.yml", &broken)], &MicromambaBackend);
    assert_eq!(
        broken,
        "conda-lock.yml:4: the locked 'python' has no sha256, so its download could not be verified => run `pyve lock`"
    );
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
