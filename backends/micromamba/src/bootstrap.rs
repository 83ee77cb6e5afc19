//! The recipes for getting a micromamba where there is none: the menu, and the pins behind it.

use std::path::{Path, PathBuf};

use pyve_formats::conda_platform;
use pyve_plugin_api::{Command, Consent, Download, Host, Recipe, Request, Step, Tool};

pub const VERSION: &str = "2.9.0";
const TAG: &str = "2.9.0-0";
const RELEASES: &str = "https://github.com/mamba-org/micromamba-releases/releases/download";
const MIRROR_VARIABLE: &str = "PYVE_MICROMAMBA_URL";
/// What the file of a mirror must have for a hash, by the rule of [`Download::mirror_variable`].
const MIRROR_HASH: &str = "PYVE_MICROMAMBA_SHA256";

/// Real ones have 11 to 22 MB; anything far bigger is something else.
const SIZE_LIMIT: u64 = 64 << 20;

/// The program's file name. Under any other name it runs commands without activating anything, and exits 0.
pub const PROGRAM: &str = if cfg!(windows) { "micromamba.exe" } else { "micromamba" };

/// The platforms that releases are made for, with the SHA-256 of the pinned one where a trusted record of it exists.
const PINS: [(&str, &str); 6] = [
    ("linux-64", "366cd9cd8be14df1ab8ed50352a82111082a36686b2d389fdb79a92c3fafb3e3"),
    ("linux-aarch64", "9f93b974adcb4d166996af969b6cd371287d1a3e52733704727884d9b74cb7a7"),
    ("linux-ppc64le", ""),
    ("osx-64", "1e71054bb3ac9a076e21f7ec48acfef536f9b3f1408f371a942784bf5ef83d8a"),
    ("osx-arm64", "ec2a072f028e1a7cf20f3e2e74d5a8127cf5a5f27636375b5359811565f4e5be"),
    ("win-64", "a6d804394b2418991c4e29562853eaace2f2ce9d9da661a98e74e02e8dbb44b0"),
];

pub fn project_sandbox(request: &Request) -> PathBuf {
    request.in_project(".pyve/bin").join(PROGRAM)
}

/// None for a user without a home folder.
pub fn user_sandbox(request: &Request) -> Option<PathBuf> {
    request.home().map(|home| home.join("bin").join(PROGRAM))
}

/// The SHA-256 of releases for this platform that are pinned here, or that the user vouches for.
pub fn known_hashes(host: &dyn Host) -> Vec<String> {
    let platform = conda_platform::current();
    let pinned = PINS.iter().filter(|(name, sha256)| *name == platform && !sha256.is_empty());
    let said = host.variable(MIRROR_HASH).and_then(|sha256| sha256.into_string().ok());
    pinned.map(|(_, sha256)| (*sha256).to_owned()).chain(said.filter(|sha256| !sha256.is_empty())).collect()
}

/// The menu, best recipe first.
pub fn recipes(request: &Request, host: &dyn Host) -> Vec<Recipe> {
    let platform = conda_platform::current();
    let project = project_sandbox(request);
    let user = user_sandbox(request);
    let sandboxes = [
        Some(("project", "Install to project sandbox: .pyve/bin/micromamba", project.as_path())),
        user.as_deref().map(|path| ("user", "Install to user sandbox: ~/.pyve/bin/micromamba", path)),
    ];
    let sandboxes = sandboxes.into_iter().flatten();
    let mut recipes: Vec<Recipe> =
        sandboxes.filter_map(|(id, label, path)| download(id, label, path, &platform)).collect();
    recipes.push(package_manager(request, host));
    recipes.push(Recipe::manual(
        "abort",
        "Abort and install manually",
        &format!(
            "fetch the file for your platform ({platform}) from \
             https://github.com/mamba-org/micromamba-releases/releases/tag/{TAG}, save it as {}, \
             make it executable, and run: pyve init",
            user.as_deref().unwrap_or(&project).display()
        ),
    ));
    recipes
}

/// None where no release is made for the platform.
fn download(id: &str, label: &str, path: &Path, platform: &str) -> Option<Recipe> {
    let (_, sha256) = PINS.iter().find(|(name, _)| *name == platform)?;
    let suffix = if platform.starts_with("win-") { ".exe" } else { "" };
    let url = format!("{RELEASES}/{TAG}/micromamba-{platform}{suffix}");
    let mut download = Download::new(&url, sha256, SIZE_LIMIT).executable().mirror_variable(MIRROR_VARIABLE);
    let mut title = format!("Download micromamba {VERSION}");
    if sha256.is_empty() {
        download = download.sha256_url(&format!("{url}.sha256"));
        title.push_str(&format!(" (no hash is pinned for {platform}: checked against the one published beside it)"));
    }
    let step = Step::download(&title, download, path).mode(0o755);
    Some(Recipe::new(id, label, Consent::BOOTSTRAP).step(step).provides(Tool::new(path, VERSION, id)))
}

/// Nothing is said offline to a package manager, whose every way leads to the network.
fn package_manager(request: &Request, host: &dyn Host) -> Recipe {
    let (id, label) = ("package-manager", "Install via system package manager (brew/apt)");
    match host.find_program("brew").into_iter().next().filter(|_| !request.offline) {
        Some(brew) => {
            let install = Command::new(brew).args(["install", "micromamba"]);
            Recipe::new(id, label, Consent::BOOTSTRAP).step(Step::run("Install micromamba with Homebrew", install))
        }
        None => Recipe::manual(
            id,
            label,
            "install micromamba with your package manager (with Homebrew: brew install micromamba), then run: pyve init",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pinned_platform_has_its_own_asset() {
        for (platform, sha256) in PINS {
            let recipe = download("user", "label", Path::new("/h/bin/micromamba"), platform).unwrap();
            let fetched = recipe.steps[0].download.as_ref().unwrap();
            assert!(fetched.urls[0].contains(&format!("/{TAG}/micromamba-{platform}")), "{fetched:?}");
            assert_eq!(fetched.urls[0].ends_with(".exe"), platform == "win-64");
            assert_eq!((fetched.sha256.as_str(), fetched.size_limit), (sha256, 67_108_864));
            assert_eq!(sha256.is_empty(), !fetched.sha256_url.is_empty(), "a pin or a sidecar, never neither");
        }
    }

    #[test]
    fn without_a_pin_the_message_says_what_is_trusted() {
        let recipe = download("user", "label", Path::new("/h/bin/micromamba"), "linux-ppc64le").unwrap();
        assert_eq!(
            recipe.steps[0].title,
            "Download micromamba 2.9.0 (no hash is pinned for linux-ppc64le: checked against the one published beside it)"
        );
        assert_eq!(
            recipe.steps[0].download.as_ref().unwrap().sha256_url,
            "https://github.com/mamba-org/micromamba-releases/releases/download/2.9.0-0/micromamba-linux-ppc64le.sha256"
        );
    }

    #[test]
    fn a_platform_without_releases_has_no_download() {
        assert!(download("user", "label", Path::new("/h/bin/micromamba"), "freebsd-64").is_none());
    }
}
