//! Where uv is, and how it is had where it is missing: its own wheel, pinned and hashed.

use std::path::{Path, PathBuf};

use pyve_plugin_api::{Command, Consent, Host, Recipe, Request, Result, Step, Tool, ToolAnswer};

/// The version that is installed where none is found.
const PINNED: &str = "0.13.8";

/// The SHA-256 of each of its wheels; pip takes the one for the platform and refuses any other.
const HASHES: &[&str] = &[
    "b7124ca1956ec2e476a1003ea5715a15f0266afaec37f4dc9c6972ba8183e6d1", // macOS, x86-64
    "62b6943c7fd64fac6854f780bea6e0359e5a5bc3241f83ee357bb38276afac49", // macOS, arm64
    "e18a57b8b352eb7c8feb317b9f6f533c8f0ad9673fd6cf34bbe3cf1a9f6a8984", // Linux, x86-64
    "0b3e8b1a4f5e405e31e2ff33de8af4744831e9f7338539671efbd8c3c94e791d", // Linux, arm64
    "5337c30bb893b4f9ce0ceb921ba2da0d13f649da644f40ad3bef84083bef0203", // Linux, arm64, newer
    "29451c60f5e8b07403e0a175d5229efc36b0289b34143ff4aaa499a5dd52553a", // musl, x86-64
    "cfbc13020a64cdf2f116d2936824c38edbf41e5c07f1ea291baf02e31ebf3ed0", // Windows, x86-64
];

/// Looks in the project's sandbox, the user's, and PATH.
pub fn find(request: &Request, host: &dyn Host) -> Result<ToolAnswer> {
    let mut answer = ToolAnswer::default();
    let on_path = host.find_program("uv").into_iter().map(|path| (path, "PATH"));
    let in_sandboxes = sandboxes(request).map(|(root, origin, _)| (program(&root), origin));
    for (path, origin) in in_sandboxes.chain(on_path) {
        if !path.exists() {
            continue;
        }
        match version(&path, host) {
            Some(version) => {
                answer.found = Some(Tool::new(path, &version, origin)).into();
                return Ok(answer);
            }
            None => answer = answer.seen(&format!("{} does not say its version", path.display())),
        }
    }
    Ok(with_ways(answer, request, host))
}

/// The folders that uv is installed into: for the project, and for a user who has a home folder.
fn sandboxes(request: &Request) -> impl Iterator<Item = (PathBuf, &'static str, &'static str)> {
    let project = (request.in_project(".pyve/bin/uv"), "project", "Install to project sandbox: .pyve/bin/uv");
    let user = request.home().map(|home| (home.join("bin/uv"), "user", "Install to user sandbox: ~/.pyve/bin/uv"));
    std::iter::once(project).chain(user)
}

fn program(root: &Path) -> PathBuf {
    root.join("bin").join(format!("uv{}", std::env::consts::EXE_SUFFIX))
}

/// `uv 0.13.8 (…)`: the second word.
fn version(uv: &Path, host: &dyn Host) -> Option<String> {
    let output = host.capture(&Command::new(uv).arg("--version")).ok().filter(|output| output.success())?;
    output.text().split_whitespace().nth(1).map(str::to_owned)
}

/// The wheel of uv is installed by any Python's pip, which checks the hash.
fn with_ways(mut answer: ToolAnswer, request: &Request, host: &dyn Host) -> ToolAnswer {
    answer.missing = "uv is not installed".into();
    answer.required_by = if request.in_project("uv.lock").is_file() { "uv.lock" } else { "" }.into();
    answer = answer.hint("install uv and try again: https://docs.astral.sh/uv/getting-started/installation");
    // Its wheel comes from an index.
    let python = host.find_program("python3").into_iter().next().filter(|_| !request.offline);
    let Some(python) = python else { return answer };
    for (root, id, label) in sandboxes(request) {
        // Beside the sandbox, `.pyve/bin` takes nothing but downloads.
        let pins = match request.home() {
            Some(home) => home.join("cache/uv.requirements.txt"),
            None => request.in_project(".pyve/uv.requirements.txt"),
        };
        let install = Command::new(&python)
            .args(["-m", "pip", "install", "--quiet", "--require-hashes", "--no-deps", "--only-binary", ":all:"])
            .args(["--disable-pip-version-check", "--upgrade", "--target"])
            .arg(&root)
            .arg("--requirement")
            .arg(&pins)
            .env_remove("PYTHONHOME");
        let recipe = Recipe::new(id, label, Consent::BOOTSTRAP)
            .step(Step::write_file("Pin uv", &pins, requirements()))
            .step(Step::run("Install uv", install))
            .provides(Tool::new(program(&root), PINNED, id));
        answer = answer.recipe(recipe);
    }
    answer.recipe(Recipe::manual("manual", "Abort and install manually", "pipx install uv"))
}

fn requirements() -> String {
    let hashes: String = HASHES.iter().map(|hash| format!(" \\\n    --hash=sha256:{hash}")).collect();
    format!("uv=={PINNED}{hashes}\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use pyve_plugin_api::testing::FakeHost;

    #[test]
    fn a_missing_uv_can_be_had_for_the_project_and_the_user() {
        let folder = tempfile::tempdir().unwrap();
        let python = folder.path().join("python3");
        std::fs::write(&python, "").unwrap();
        let request = Request::new(folder.path().join("p"), folder.path().join("home"));
        let answer = find(&request, &FakeHost::new().path(folder.path())).unwrap();
        let ids: Vec<&str> = answer.recipes.iter().map(|recipe| recipe.id.as_str()).collect();
        assert_eq!(ids, ["project", "user", "manual"]);
        let first = answer.recipes[0].provides.clone().unwrap();
        assert_eq!(first.path.path(), program(&folder.path().join("p/.pyve/bin/uv")));
        assert!(answer.recipes[0].steps[0].text().starts_with("uv==0.13.8 \\\n    --hash=sha256:"));
    }
}
