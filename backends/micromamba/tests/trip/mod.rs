//! Requirements on their way to another backend and back.

// Every test binary uses another part of it.
#![allow(dead_code)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use pyve_formats::translation::applies::of_marker;
use pyve_plugin_api::testing::FakeHost;
use pyve_plugin_api::{Adoption, Backend, Fate, Request, Requirement, Requirements};

/// A project in a folder of its own.
pub struct Project(tempfile::TempDir);

impl Project {
    pub fn new(files: &[(&str, &str)]) -> Self {
        let project = Self(tempfile::tempdir().unwrap());
        files.iter().for_each(|(name, text)| fs::write(project.path().join(name), text).unwrap());
        project
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    pub fn request(&self) -> Request {
        Request::new(self.path(), self.path().join(".pyve"))
    }

    pub fn asked(&self, backend: &dyn Backend) -> Requirements {
        let asked = backend.requirements(&self.request(), &FakeHost::new());
        asked.unwrap_or_else(|error| panic!("{}: {:?}", error.message, error.details))
    }

    /// Where requirements come to: a project without any files yet, and the account of their way.
    pub fn moved(asked: &Requirements, backend: &dyn Backend) -> (Self, Adoption) {
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

    pub fn text(&self, file: &str) -> String {
        fs::read_to_string(self.path().join(file)).unwrap_or_default()
    }
}

pub fn venv() -> impl Backend {
    pyve_backend_venv::backend()
}

/// As sets are compared: without the place, in one spelling of what means the same; with the comments if they are to be the
/// same as well.
fn shown(one: &Requirement, noted: bool) -> String {
    let Requirement { ecosystem, name, constraint, build, marker, platform, source, .. } = one;
    let exact = constraint.starts_with(|letter: char| letter.is_ascii_digit()) && !constraint.contains('*');
    let equals = if exact { "==" } else { "" };
    let applies = of_marker(marker, "").map_or_else(|_| marker.to_string(), |applies| format!("{applies:?}"));
    // What is before an address need not be behind it, too.
    let source = source.replace(&format!("egg={name}&"), "").replace(&format!("#egg={name}"), "");
    let comments =
        (!one.comments_above.is_empty() || !one.comment.is_empty()).then_some((&one.comments_above, &one.comment));
    let noted = comments.filter(|_| noted).map(|comments| format!(" {comments:?}")).unwrap_or_default();
    format!("{ecosystem:?} {name} {:?} {equals}{constraint} {build} {applies} {platform} {source}{noted}", one.extras)
}

/// What was carried without a word.
fn carried(adoption: &Adoption, noted: bool) -> BTreeSet<String> {
    adoption
        .adopted
        .iter()
        .filter(|it| it.fate == Fate::CARRIED && it.from.name != "python")
        .map(|it| shown(&it.from, noted))
        .collect()
}

fn all(asked: &Requirements, noted: bool) -> BTreeSet<String> {
    asked.requirements.iter().filter(|one| one.name != "python").map(|one| shown(one, noted)).collect()
}

/// There and back again: what was carried both times is the same, and a second time nothing changes at all.
pub fn there_and_back(first: &Project, home: &dyn Backend, abroad: &dyn Backend, of: &str) -> usize {
    all_the_way(first, home, abroad, of, false)
}

/// The same, and comments and the order of the lines stay.
pub fn noted_there_and_back(first: &Project, home: &dyn Backend, abroad: &dyn Backend, of: &str) -> usize {
    all_the_way(first, home, abroad, of, true)
}

fn all_the_way(first: &Project, home: &dyn Backend, abroad: &dyn Backend, of: &str, noted: bool) -> usize {
    let asked = first.asked(home);
    let (there, out) = Project::moved(&asked, abroad);
    let asked_there = there.asked(abroad);
    let (back, home_again) = Project::moved(&asked_there, home);
    let came = all(&back.asked(home), noted);
    let told: Vec<String> =
        home_again.adopted.iter().filter(|it| it.fate != Fate::CARRIED).map(|it| shown(&it.from, noted)).collect();
    for one in carried(&out, noted).into_iter().filter(|one| !told.contains(one)) {
        assert!(came.contains(&one), "{of}: {one} is lost: {came:#?}\n{}", there.text("environment.yml"));
    }
    // What came back and was never asked for would be of our making.
    let known = all(&asked, noted);
    let reported = |one: &String| {
        let changed = out.adopted.iter().chain(&home_again.adopted).filter(|it| it.fate != Fate::CARRIED);
        let name = one.split(' ').nth(1).unwrap_or_default();
        changed.into_iter().any(|it| it.from.name == name || it.written.contains(name))
    };
    let added: Vec<&String> = came.iter().filter(|one| !known.contains(*one) && !reported(one)).collect();
    assert_eq!(added, Vec::<&String>::new(), "{of}");
    let (again, _) = Project::moved(&back.asked(home), abroad);
    let (last, _) = Project::moved(&again.asked(abroad), home);
    for file in ["environment.yml", "requirements.txt", "pyproject.toml"] {
        let (one, other) = if file == "environment.yml" { (&there, &again) } else { (&back, &last) };
        // A Python that is asked for is asked for once more; and a project is called as its directory.
        let pinned = |line: &&str| line.trim_start().starts_with("- python") || line.starts_with("name = ");
        let lines = |project: &Project| {
            let text = project.text(file);
            let mut lines: Vec<String> = text.lines().filter(|line| !pinned(line)).map(str::to_owned).collect();
            if !noted {
                lines.sort();
                lines.dedup();
            }
            lines
        };
        let (one, other) = (lines(one), lines(other));
        assert_eq!(one, other, "{of}: the second time nothing changes in {file}");
    }
    asked.requirements.len()
}

/// Those of real files, each by the name of its file.
pub fn real_projects() -> Vec<(String, Project)> {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../venv/tests/real");
    let requirements = files(&data.join("requirements")).into_iter().map(|file| {
        let text = format!("-r {}\n", file.display());
        (file.display().to_string(), Project::new(&[("requirements.txt", &text)]))
    });
    let pyprojects = files(&data.join("pyproject")).into_iter().filter(|file| file.ends_with("pyproject.toml"));
    let pyprojects = pyprojects.map(|file| {
        let text = fs::read_to_string(&file).unwrap();
        (file.display().to_string(), Project::new(&[("pyproject.toml", &text)]))
    });
    requirements.chain(pyprojects).collect()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<PathBuf> = folder.read_dir().unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    entries.into_iter().flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// Environment files of all that they can say, put together by a fixed rule.
pub fn generated(number: usize) -> String {
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
    text.extend(chosen.map(|(at, spec)| match (number + at) % 5 {
        0 => format!("  # part {at}: it's \"here\"\n  #\n  - {spec}\n"),
        1 => format!("# {at}\n  - {spec}  # see #{at} \\\n"),
        2 if !spec.starts_with("sel") => format!("\n  - '{spec}' # quoted\n"),
        _ => format!("  - {spec}\n"),
    }));
    if number.is_multiple_of(2) {
        text += "  - pip\n  - pip:\n    # for notebooks\n    - rich[jupyter]>=13 # not 12\n    - -e .\n";
    }
    if number.is_multiple_of(5) {
        text += "variables:\n  PROJ_DATA: a b\n";
    }
    text
}

/// Each line of the account: where from, what became of it, why.
pub fn account(adoption: &Adoption) -> String {
    let requirements = adoption.adopted.iter().map(|it| {
        let Requirement { origin, .. } = &it.from;
        format!("{origin} {:?} `{}` {}", it.fate, it.written, it.reason)
    });
    let lines = adoption.lines.iter().map(|it| format!("{} {:?} `{}` {}", it.from, it.fate, it.written, it.reason));
    requirements.chain(lines).map(|line| line.trim_end().to_owned()).collect::<Vec<_>>().join("\n")
}
