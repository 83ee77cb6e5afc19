//! The uv that is installed where none is found: its own wheel, pinned and hashed.

use std::path::{Path, PathBuf};

use pyve_plugin_api::{Command, Consent, Host, Recipe, Request, Scope, Step, Tool, ToolAnswer};

/// The version.
pub const PINNED: &str = "0.13.9";

/// The SHA-256 of each of its wheels; pip takes the one for the platform and refuses any other.
const HASHES: [&str; 7] = [
    "c16ed11e013557536b3e60065f1b912f6407bd6518e041b961e23ef9e6b4fbf5", // macOS, x86-64
    "66c512266d633bef48384a1f53003f41f2a8e7b36fe6e7fbfd3e0fd52d96fa63", // macOS, arm64
    "d7f459fe4fd247d830351c75686d3996ace3c6f3f728eb0e85a30b7ada0cef19", // Linux, x86-64
    "5435c5ce14a56431208ca0996416d310f1598e8c2c8ba707688985a16bb82dbe", // Linux, arm64
    "ecb6028d79dc96fbeafffe5c8af62a7099487ebc05a701e76714eebcffd06375", // Linux, arm64, newer
    "2c45530751517d6c3bbc69a19473f6effe47cce047bede01ffd8af7ea7b36b25", // musl, x86-64
    "6a44b2ed8111d2f60d2b92627c5dccda3f7ed7570b18ce115e569cd68c28246b", // Windows, x86-64
];

/// A folder that uv is installed into.
pub struct Sandbox {
    pub root: PathBuf,
    /// As `--bootstrap-to` names it.
    pub id: &'static str,
    label: &'static str,
}

impl Sandbox {
    /// The program in it.
    pub fn program(&self) -> PathBuf {
        self.folder().join(format!("uv{}", std::env::consts::EXE_SUFFIX))
    }

    /// The folder of its programs.
    pub fn folder(&self) -> PathBuf {
        self.root.join("bin")
    }
}

/// For the project, and for a user who has a home folder.
pub fn sandboxes(request: &Request) -> Vec<Sandbox> {
    let of = |scope, id, label| {
        let root = request.tools_dir(scope)?.join("uv");
        Some(Sandbox { root, id, label })
    };
    let project = of(Scope::PROJECT, "project", "Install to project sandbox: .pyve/bin/uv");
    project.into_iter().chain(of(Scope::USER, "user", "Install to user sandbox: ~/.pyve/bin/uv")).collect()
}

/// Adds the ways to it. The wheel is installed by any Python's pip, which checks the hash; it comes from an index.
pub fn with_recipes(mut answer: ToolAnswer, request: &Request, host: &dyn Host) -> ToolAnswer {
    let Some(python) = host.find_program("python3").into_iter().next().filter(|_| !request.offline) else {
        return answer;
    };
    for sandbox in sandboxes(request) {
        // Beside the sandbox, `.pyve/bin` takes nothing but downloads.
        let pins = match request.home() {
            Some(home) => home.join("cache/uv.requirements.txt"),
            None => request.in_project(".pyve/uv.requirements.txt"),
        };
        let recipe = Recipe::new(sandbox.id, sandbox.label, Consent::BOOTSTRAP)
            .step(Step::write_file("Pin uv", &pins, requirements()))
            .step(Step::run("Install uv", install(&python, &sandbox.root, &pins)))
            .provides(Tool::new(sandbox.program(), PINNED, sandbox.id));
        answer = answer.recipe(recipe);
    }
    answer.recipe(Recipe::manual("manual", "Abort and install manually", "pipx install uv"))
}

fn install(python: &Path, root: &Path, pins: &Path) -> Command {
    Command::new(python)
        .args(["-m", "pip", "install", "--quiet", "--require-hashes", "--no-deps", "--only-binary", ":all:"])
        .args(["--disable-pip-version-check", "--upgrade", "--target"])
        .arg(root)
        .arg("--requirement")
        .arg(pins)
        .env_remove("PYTHONHOME")
}

fn requirements() -> String {
    let hashes: String = HASHES.iter().map(|hash| format!(" \\\n    --hash=sha256:{hash}")).collect();
    format!("uv=={PINNED}{hashes}\n")
}
