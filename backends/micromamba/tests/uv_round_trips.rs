//! Requirements that are moved to uv's files and back, from pip's and from conda's.

use crate::trip::{Project, account, generated, noted_there_and_back, real_projects, venv};
use pyve_backend_micromamba::MicromambaBackend;
use pyve_plugin_api::testing::FakeHost;
use pyve_plugin_api::{Adoption, Backend, Interpreter, Request};
use pyve_uv::Uv;

#[test]
fn real_files_come_back_from_uv_as_they_went() {
    let projects = real_projects();
    let both = |(name, project): &(String, Project)| {
        noted_there_and_back(project, &venv(), &Uv, name) + noted_there_and_back(project, &Uv, &venv(), name)
    };
    let lines: usize = projects.iter().map(both).sum();
    assert!(projects.len() >= 60 && lines >= 700, "{} files, {lines} lines", projects.len());
}

#[test]
fn generated_environment_files_come_back_from_uv_as_they_went() {
    for number in 0..40 {
        let text = generated(number);
        noted_there_and_back(&Project::new(&[("environment.yml", &text)]), &MicromambaBackend, &Uv, &text);
    }
}

#[test]
fn from_pip_to_uv_each_line_has_its_account() {
    let text = "--extra-index-url https://h/simple\n--pre\n--prefer-binary\n--require-hashes\n-c limits.txt\nnumpy==1.26.*\n\
                flask[async]>=3 ; python_version < '3.14'\nsix @ https://h/six.zip#egg=six\n-e ./lib[x]\n./wheels/tiny-1.0-py3-none-any.whl\n\
                -e git+https://h/x.git@main#egg=own&subdirectory=a\nhg+https://h/y#egg=old\nrich==13.7.1 --hash=sha256:00\n";
    let project = Project::new(&[("requirements.txt", text), ("limits.txt", "six<2\n")]);
    std::fs::create_dir(project.path().join("lib")).unwrap();
    let lib = "[project]\nname = \"My.Lib\"\n";
    std::fs::write(project.path().join("lib/pyproject.toml"), lib).unwrap();
    let asked = project.asked(&venv());
    let adoption = Uv.adopt(&project.request(), &asked, &FakeHost::new()).unwrap();
    insta::assert_snapshot!(account(&adoption), @r#"
    requirements.txt:6 carried `numpy==1.26.*`
    requirements.txt:7 carried `flask[async]>=3 ; python_full_version < '3.14'`
    requirements.txt:8 carried `six @ https://h/six.zip`
    requirements.txt:9 carried `my-lib[x]`
    requirements.txt:10 carried `tiny`
    requirements.txt:11 changed `own @ git+https://h/x.git@main#subdirectory=a` uv installs what is in a repository, and keeps no checkout to be edited
    requirements.txt:12 impossible `` uv takes no packages from repositories of hg
    requirements.txt:13 changed `rich==13.7.1` hashes are kept by `uv.lock`
    limits.txt:1: six<2 (a constraint) carried `six<2 in constraint-dependencies`
    requirements.txt:1: --extra-index-url https://h/simple changed `https://h/simple in [[tool.uv.index]]` uv takes a package from the first index that has it
    requirements.txt:2: --pre carried `prerelease = "allow"`
    requirements.txt:3: --prefer-binary impossible `` uv has no setting like it
    requirements.txt:4: --require-hashes changed `` `uv.lock` has the hash of every file
    "#);
    let text = String::from_utf8(adoption.steps[0].contents.to_vec()).unwrap();
    insta::assert_snapshot!(text, @r#"
    [project]
    name = "project"
    version = "0"
    dependencies = [
        "numpy==1.26.*",
        "flask[async]>=3 ; python_full_version < '3.14'",
        "six @ https://h/six.zip",
        "my-lib[x]",
        "tiny",
        "own @ git+https://h/x.git@main#subdirectory=a",
        "rich==13.7.1",
    ]

    [tool.uv]
    package = false
    prerelease = "allow"
    constraint-dependencies = [
        "six<2",
    ]

    [tool.uv.sources]
    my-lib = { path = "./lib", editable = true }
    tiny = { path = "./wheels/tiny-1.0-py3-none-any.whl" }

    [[tool.uv.index]]
    url = "https://h/simple"
    "#);
}

#[test]
fn what_uvs_own_file_says_as_uv_takes_it_is_left_there() {
    let moved = |text: &str| {
        let project = Project::new(&[("requirements.txt", text), ("limits.txt", "six<2\n")]);
        let adoption = Uv.adopt(&project.request(), &project.asked(&venv()), &FakeHost::new()).unwrap();
        let files: Vec<String> = adoption.files.iter().map(|file| file.display()).collect();
        (files.join(" "), account(&adoption))
    };
    let (files, account) =
        moved("-c limits.txt\n-i https://h/simple\nhttps://h/six.zip\n-e ./lib\nrich --hash=sha256:00\n");
    assert_eq!(files, "");
    insta::assert_snapshot!(account, @r"
    requirements.txt:3 carried `https://h/six.zip`
    requirements.txt:4 carried `-e ./lib`
    requirements.txt:5 carried `rich --hash=sha256:00`
    limits.txt:1: six<2 (a constraint) carried `six<2 (a constraint)`
    requirements.txt:2: -i https://h/simple carried `-i https://h/simple`
    ");
    // `uv pip` would only warn of the option, and refuse the repository.
    for text in ["--pre\nsix\n", "six\n-e git+https://h/x.git#egg=own\n"] {
        assert_eq!(moved(text).0, "pyproject.toml uv.lock", "{text}");
    }
    let (files, account) = moved("--pre\nhttps://h/six.zip\n-e git+https://h/x.git#egg=own\n--require-hashes\n");
    assert_eq!(files, "");
    insta::assert_snapshot!(account, @r"
    requirements.txt:2 carried `https://h/six.zip`
    requirements.txt:3 impossible `` `uv pip` refuses `-e` before a repository
    requirements.txt:1: --pre impossible `` `uv pip` does not heed it in a file of requirements
    requirements.txt:4: --require-hashes changed `` uv compares the hashes wherever some are said
    ");
}

#[test]
fn what_has_no_name_stays_in_a_file_of_requirements() {
    let project = Project::new(&[(
        "requirements.txt",
        "--pre\n-i https://h/simple\nhttps://h/x.zip\nsix @ https://${TOKEN}@h/six.zip\n-e git+https://h/x#egg=own\n",
    )]);
    let (there, adoption) = Project::moved(&project.asked(&venv()), &Uv);
    insta::assert_snapshot!(account(&adoption), @r"
    requirements.txt:3 carried `https://h/x.zip`
    requirements.txt:4 carried `six @ https://${TOKEN}@h/six.zip`
    requirements.txt:5 changed `git+https://h/x#egg=own` uv installs what is in a repository, and keeps no checkout to be edited
    requirements.txt:1: --pre impossible `` `uv pip` does not heed it in a file of requirements
    requirements.txt:2: -i https://h/simple carried `-i https://h/simple`
    ");
    insta::assert_snapshot!(there.text("requirements.txt"), @r"
    -i https://h/simple
    https://h/x.zip
    six @ https://${TOKEN}@h/six.zip
    git+https://h/x#egg=own
    ");
    assert_eq!(there.text("pyproject.toml"), "");
}

#[test]
fn where_there_can_be_no_project_of_uvs_a_file_of_requirements_is_written() {
    let conda = Project::new(&[("environment.yml", "dependencies: [python =3.12, tabulate]\n")]);
    let asked = conda.asked(&MicromambaBackend);
    let written = |files: &[(&str, &str)], environment: &str| {
        let project = Project::new(files);
        let request = project.request().with_environment(environment);
        match Uv.adopt(&request, &asked, &FakeHost::new()) {
            Ok(adoption) => {
                let files = adoption.steps.iter().map(|step| format!("{}: {}", step.path.display(), step.text()));
                files.collect::<Vec<_>>().concat()
            }
            Err(error) => format!("{} {:?} => {}", error.message, error.details, error.remedy),
        }
    };
    let pinned = ".python-version: 3.12\nrequirements.txt: tabulate\n";
    let build = ("pyproject.toml", "[build-system]\nrequires = []\n");
    for file in [("setup.py", ""), build] {
        assert_eq!(written(&[file], "default"), pinned, "{file:?}");
    }
    let built = Project::new(&[("setup.py", "")]);
    let adoption = Uv.adopt(&built.request(), &built.asked(&venv()), &FakeHost::new()).unwrap();
    assert_eq!(adoption.steps[0].text(), "-e .\n", "which `uv pip` installs");
    assert_eq!(written(&[], "test"), pinned.replace("requirements", "requirements-test"));
    assert_eq!(
        written(&[build, ("requirements.txt", "six\n")], "default"),
        "`requirements.txt` is there already, and does not say all that would be written [\"not in it: tabulate\"] \
         => add these lines to requirements.txt, or rename it, then run the same command again"
    );
    // A project that is called as a package would ask for itself.
    let folder = Project::new(&[]);
    let request = Request::new(folder.path().join("Tabulate"), folder.path());
    let adoption = Uv.adopt(&request, &asked, &FakeHost::new()).unwrap();
    assert!(adoption.steps[0].text().starts_with("[project]\nname = \"tabulate-project\"\n"));
    // Beside a file that says something else a new project says all.
    assert!(written(&[("requirements.txt", "six\n")], "default").starts_with("pyproject.toml: [project]\n"));
}

#[test]
fn from_conda_to_uv_each_line_has_its_account() {
    let project = Project::new(&[(
        "environment.yml",
        "name: demo\nchannels: [conda-forge]\ndependencies:\n  - python >=3.10,<3.13\n  - numpy =1.26\n  - pytorch\n  - graphviz\n  \
         - r-base\n  - sel(linux): uvloop >=0.19\n  - pip\n  - pip:\n      - '--no-binary :all:'\n      - rich[jupyter]\nvariables:\n  \
         GREETING: it's me\n",
    )]);
    let (there, adoption) = Project::moved(&project.asked(&MicromambaBackend), &Uv);
    insta::assert_snapshot!(account(&adoption), @r#"
    environment.yml:4 carried `requires-python >=3.10,<3.13`
    environment.yml:5 carried `numpy==1.26.*` not verified
    environment.yml:6 changed `torch` PyPI calls it `torch`
    environment.yml:7 impossible `` PyPI has no programs of Graphviz; its `graphviz` is their Python interface
    environment.yml:8 impossible `` PyPI does not have it, only conda's channels do
    environment.yml:9 carried `uvloop>=0.19 ; sys_platform == 'linux'` not verified
    environment.yml:10 changed `` uv installs packages itself
    environment.yml:13 carried `rich[jupyter]`
    conda-forge changed `` packages come from PyPI, or the index that uv is set to
    environment.yml:12: --no-binary :all: carried `no-binary = true`
    GREETING=it's me carried `GREETING='it'"'"'s me' in .env`
    "#);
    insta::assert_snapshot!(there.text("pyproject.toml") + &there.text(".env"), @r#"
    [project]
    name = "project"
    version = "0"
    requires-python = ">=3.10,<3.13"
    dependencies = [
        "numpy==1.26.*",
        "torch",
        "uvloop>=0.19 ; sys_platform == 'linux'",
        "rich[jupyter]",
    ]

    [tool.uv]
    package = false
    no-binary = true
    GREETING='it'"'"'s me'
    "#);
}

const PROJECT: &str = "[project]
name = 'demo'
version = '1'
requires-python = '>=3.10'
dependencies = [
    'lib>=1',
    'torch',
    'six',
]
[project.optional-dependencies]
docs = ['sphinx']
[dependency-groups]
dev = ['pytest', {include-group = 'lint'}]
lint = ['ruff']
other = ['nose']
[build-system]
requires = ['hatchling']
build-backend = 'hatchling.build'
[tool.uv]
dev-dependencies = ['coverage']
constraint-dependencies = ['six<2']
exclude-newer = '2026-01-01'
[tool.uv.sources]
lib = {git = 'https://h/lib', tag = '1'}
torch = {index = 'cpu'}
[[tool.uv.index]]
name = 'cpu'
url = 'https://h/cpu'
explicit = true
[[tool.uv.index]]
url = 'https://h/own/simple'
";

#[test]
fn from_uv_to_others_each_line_has_its_account() {
    let project = Project::new(&[("pyproject.toml", PROJECT)]);
    let (there, adoption) = Project::moved(&project.asked(&Uv), &MicromambaBackend);
    insta::assert_snapshot!(account(&adoption), @r#"
    pyproject.toml:6 changed `lib @ git+https://h/lib@1 below pip:` pip installs it: it is taken from an address or a directory
    pyproject.toml:7 changed `pytorch` conda-forge calls it `pytorch`
    pyproject.toml:8 carried `six` not verified
    pyproject.toml:13 carried `pytest` not verified
    pyproject.toml:14 carried `ruff` not verified
    pyproject.toml:20 carried `coverage` not verified
    pyproject.toml changed `-e . below pip:` pip installs it: it is taken from an address or a directory
    pyproject.toml:4 carried `python >=3.10`
    pyproject.toml:7: torch: only the index `cpu` is asked for it impossible `` an environment file has nothing like it
    pyproject.toml:21: six<2 (a constraint) impossible `` an environment file has nothing like it
    pyproject.toml:22: tool.uv.exclude-newer = "2026-01-01" impossible `` an environment file has nothing like it
    pyproject.toml:28: the index cpu https://h/cpu for packages that name it impossible `` an environment file has nothing like it
    pyproject.toml:31: --extra-index-url https://h/own/simple carried `--extra-index-url https://h/own/simple below pip:`
    "#);
    insta::assert_snapshot!(there.text("environment.yml"), @r"
    channels:
      - conda-forge
    dependencies:
      - pytorch
      - six
      - pytest
      - ruff
      - coverage
      - python >=3.10
      - pip
      - pip:
          - '--extra-index-url https://h/own/simple'
          - 'lib @ git+https://h/lib@1'
          - '-e .'
    ");
    let (there, adoption) = Project::moved(&project.asked(&Uv), &venv());
    insta::assert_snapshot!(account(&adoption), @r#"
    pyproject.toml:6 carried `lib @ git+https://h/lib@1`
    pyproject.toml:7 carried `torch`
    pyproject.toml:8 carried `six`
    pyproject.toml:13 carried `pytest`
    pyproject.toml:14 carried `ruff`
    pyproject.toml:20 carried `coverage`
    pyproject.toml carried `-e .`
    pyproject.toml:4 changed `` the Python that is found is recorded, and not asked for again
    pyproject.toml:7: torch: only the index `cpu` is asked for it impossible `` it means nothing to pip
    pyproject.toml:21: six<2 (a constraint) impossible `` it means nothing to pip
    pyproject.toml:22: tool.uv.exclude-newer = "2026-01-01" impossible `` it means nothing to pip
    pyproject.toml:28: the index cpu https://h/cpu for packages that name it impossible `` it means nothing to pip
    pyproject.toml:31: --extra-index-url https://h/own/simple carried `--extra-index-url https://h/own/simple`
    "#);
    insta::assert_snapshot!(there.text("requirements.txt"), @r"
    --extra-index-url https://h/own/simple
    lib @ git+https://h/lib@1
    torch
    six
    pytest
    ruff
    coverage
    -e .
    ");
    // In the same project venv reads most of it from the file itself.
    let adoption = venv().adopt(&project.request(), &project.asked(&Uv), &FakeHost::new()).unwrap();
    insta::assert_snapshot!(String::from_utf8(adoption.steps[0].contents.to_vec()).unwrap(), @r"
    --extra-index-url https://h/own/simple
    lib @ git+https://h/lib@1
    pytest
    ruff
    coverage
    ");
}

#[test]
fn a_project_that_is_there_is_not_written_to() {
    let project = Project::new(&[("pyproject.toml", PROJECT)]);
    let adoption = Uv.adopt(&project.request(), &project.asked(&venv()), &FakeHost::new()).unwrap();
    assert!(adoption.steps.is_empty());
    insta::assert_snapshot!(account(&adoption), @r"
    pyproject.toml:6 changed `lib>=1` `[tool.uv.sources]` says where it comes from
    pyproject.toml:7 carried `torch`
    pyproject.toml:8 carried `six`
    pyproject.toml carried `-e .`
    pyproject.toml:4 carried `requires-python >=3.10`
    ");
    let conda = Project::new(&[("environment.yml", "dependencies: [python =3.12, six, tabulate, scipy >=1]\n")]);
    let error = Uv.adopt(&project.request(), &conda.asked(&MicromambaBackend), &FakeHost::new()).unwrap_err();
    insta::assert_snapshot!(format!("{}\n{:?}\n=> {}", error.message, error.details, error.remedy), @r#"
    `pyproject.toml` is there already, and does not say all that would be written
    ["not in it: tabulate", "not in it: scipy>=1"]
    => run `uv add --frozen tabulate 'scipy>=1'`
    "#);
    let tested = Project::new(&[("requirements.txt", "pytest\nruff\nnose\n")]).asked(&venv());
    let error = Uv.adopt(&project.request(), &tested, &FakeHost::new()).unwrap_err();
    insta::assert_snapshot!(format!("{}\n{:?}\n=> {}", error.message, error.details, error.remedy), @r#"
    `pyproject.toml` says in groups or extras what would be written, and uv is not told which
    ["nose is in the group `other`"]
    => choose them below `uv:` in .pyve/config, such as `groups: [test]`, then run the same command again
    "#);
}

#[test]
fn locked_versions_of_a_project_that_is_there_need_uv_and_no_lock() {
    let text = "[project]\nname = 'demo'\ndependencies = [\n    'six', # why\n]\n";
    let project = Project::new(&[("pyproject.toml", text)]);
    let mut asked = project.asked(&venv());
    asked.lock = "pylock.toml".into();
    for one in asked.requirements.iter_mut().filter(|one| one.name == "six") {
        *one = one.clone().constraint("==1.16").locked("pylock.toml:3");
    }
    let of_six = |adoption: &Adoption| account(adoption).lines().next().unwrap().to_owned();
    let told = |request: &Request| of_six(&Uv.adopt(request, &asked, &FakeHost::new()).unwrap());
    let line = "pyproject.toml:4 changed `six`";
    let missing = format!("{line} uv is not installed yet: it locks the newest version that fits");
    assert_eq!(told(&project.request()), missing);
    std::fs::write(project.path().join("uv.lock"), "").unwrap();
    let there = format!("{line} `uv.lock` is there already, and keeps the version that it has");
    assert_eq!(told(&project.request()), there);
    // Elsewhere it becomes a new project, which says them.
    let (new, adoption) = Project::moved(&asked, &Uv);
    assert_eq!(of_six(&adoption), "pyproject.toml:4 carried `six==1.16`");
    assert!(new.text("pyproject.toml").contains("\n    \"six==1.16\",  # why\n"), "{}", new.text("pyproject.toml"));
}

#[test]
fn an_index_is_asked_for_packages_of_conda() {
    let Some(wheels) = pyve_testkit::offline_packages() else { return };
    let Some(tools) = pyve_testkit::tools_python() else { return };
    let home = tempfile::tempdir().unwrap();
    let host = FakeHost::new().path(tools.parent().unwrap()).variable("UV_FIND_LINKS", &wheels);
    let python = pyve_testkit::interpreter(3, 10).unwrap();
    let host = host.python(Interpreter::new(&tools, &python.version, "PATH"));
    let settings = home.path().join("uv.toml");
    std::fs::write(&settings, "no-index = true\n").unwrap();
    let host = host.variable("UV_CONFIG_FILE", &settings).variable("HOME", home.path());
    let conda = Project::new(&[("environment.yml", "dependencies: [python, tabulate, none-such, nor-this]\n")]);
    let project = Project::new(&[]);
    let adoption = Uv.adopt(&project.request(), &conda.asked(&MicromambaBackend), &host).unwrap();
    insta::assert_snapshot!(account(&adoption), @r"
    environment.yml:1 carried ``
    environment.yml:1 carried `tabulate`
    environment.yml:1 impossible `` no index has a package `none-such`
    environment.yml:1 impossible `` no index has a package `nor-this`
    ");
    assert!(!project.path().join(".venv").exists() && !project.path().join(".pyve/envs").exists());
}

#[test]
fn groups_and_extras_are_those_that_uv_would_sync() {
    let names = |text: &str, key: &str, values: &[&str], environment: &str| {
        let project = Project::new(&[("pyproject.toml", text)]);
        let request = project.request().with_setting(key, values, ".pyve/config:2").with_environment(environment);
        let asked = Uv.requirements(&request, &FakeHost::new()).unwrap();
        let names = asked.requirements.iter().map(|one| one.name.to_string());
        names
            .filter(|name| !["", "python", "lib", "torch", "six"].contains(&name.as_str()))
            .collect::<Vec<_>>()
            .join(" ")
    };
    assert_eq!(names(PROJECT, "groups", &["Other"], "default"), "pytest ruff coverage nose");
    assert_eq!(names(PROJECT, "extras", &["docs"], "default"), "sphinx pytest ruff coverage");
    assert_eq!(names(PROJECT, "all_extras", &["true"], "lint"), "sphinx pytest ruff coverage ruff");
    assert_eq!(names(PROJECT, "no_default_groups", &["true"], "default"), "");
    assert_eq!(names(PROJECT, "no_dev", &["true"], "default"), "");
    let chosen = PROJECT.replace("[tool.uv]\n", "[tool.uv]\ndefault-groups = ['lint']\n");
    assert_eq!(names(&chosen, "groups", &[], "default"), "ruff");
    let all = PROJECT.replace("[tool.uv]\n", "[tool.uv]\ndefault-groups = 'all'\n");
    assert_eq!(names(&all, "groups", &[], "default"), "pytest ruff coverage ruff nose");
}
