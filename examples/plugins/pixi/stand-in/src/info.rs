//! `pixi info --json`.

use pyve_formats::conda_platform;
use serde_json::{Value, json};

use crate::channel::CHANNEL;
use crate::program::VERSION;
use crate::workspace::{Environment, Workspace};

/// Without a workspace there are no environments, and that is no error.
pub fn json(workspace: Option<&Workspace>) -> String {
    let platforms = |environment: &Environment| -> Vec<Value> {
        environment.dependencies.keys().map(|name| json!({"name": name, "subdir": name})).collect()
    };
    let environments: Vec<Value> = workspace.map_or_else(Vec::new, |workspace| {
        let one = |environment: &Environment| {
            json!({
                "name": environment.name,
                "features": environment.features,
                "solve_group": null,
                "environment_size": null,
                "dependencies": [],
                "pypi_dependencies": [],
                "platforms": platforms(environment),
                "tasks": [],
                "channels": [CHANNEL],
                "prefix": workspace.prefix(environment),
            })
        };
        workspace.environments.iter().map(one).collect()
    });
    let project = workspace.map(
        |workspace| json!({"name": workspace.name, "manifest_path": workspace.manifest, "version": workspace.version}),
    );
    let info = json!({
        "platform": conda_platform::current(),
        "virtual_packages": [],
        "version": VERSION,
        "project_info": project,
        "environments_info": environments,
        "config_locations": [],
    });
    format!("{info:#}")
}
