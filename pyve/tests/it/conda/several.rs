//! Environments of two backends in one project, by the flags of the bash tool.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use pyve_testkit::interpreter;

use super::place::Place;
use crate::ready;

#[test]
fn a_project_has_one_to_develop_with_and_one_of_conda_for_production() {
    let Some(python) = interpreter(3, 11) else { return };
    let place = Place::new();
    ready::without_pip(&place.world, python);
    place.environment(&["hello"]);
    place.done("--init --env dev --backend venv --no-direnv");
    place.done("--init --env prod --backend micromamba --no-direnv");
    let pytest = place.project().join(".pyve/envs/dev/bin/pytest");
    fs::write(&pytest, "#!/bin/sh\nprintenv VIRTUAL_ENV\n").unwrap();
    fs::set_permissions(&pytest, fs::Permissions::from_mode(0o755)).unwrap();
    assert_eq!(place.done("run --env dev pytest").out(), "[PROJECT]/.pyve/envs/dev\n");
    assert_eq!(place.done("run --env prod printenv CONDA_PREFIX").out(), "[PROJECT]/.pyve/envs/prod\n");
    assert!(
        place
            .world
            .read(".pyve/config")
            .ends_with("\nenvs:\n  dev:\n    backend: venv\n  prod:\n    backend: micromamba\n")
    );
    // The default one is neither: its files ask for conda.
    assert!(place.told("init --explain").contains("Backend: micromamba (found `environment.yml`)"));
    let listed = place.done("envs").out();
    let backends: Vec<Vec<&str>> =
        listed.lines().skip(1).map(|line| line.split_whitespace().take(2).collect()).collect();
    assert_eq!(backends, [["default", "*"], ["dev", "venv"], ["prod", "micromamba"]], "{listed}");
    assert!(listed.lines().skip(2).all(|line| line.contains("  ready ")), "{listed}");
    place.done("purge --env prod --yes");
    assert!(!place.project().join(".pyve/envs/prod").exists() && pytest.exists());
}
