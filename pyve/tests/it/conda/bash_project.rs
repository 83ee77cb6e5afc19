//! Conda environments that the bash tool created, with relative paths and in its own places.

use std::fs;

use super::place::Place;

#[test]
fn they_run_and_are_taken_over() {
    let place = Place::new();
    place.environment(&["python", "hello=1.0"]);
    // Version 3 declared which backend it is; other files of the project may ask for another one.
    let manifest = "pyve_schema = \"3.0\"\n[env.root]\nbackend = \"micromamba\"\n[env.testenv]\nbackend = \"venv\"\n";
    let envrc = "# pyve-managed direnv configuration\n# Activates micromamba environment and loads .env\n\n\
                 ENV_NAME=\"demo\"\nENV_PATH=\".pyve/envs/demo\"\n\n# Activate micromamba environment\n\
                 if [[ -d \"$ENV_PATH\" ]]; then\n    # Add environment bin to PATH\n    export PATH=\"$ENV_PATH/bin:$PATH\"\n    \
                 export PYVE_BACKEND=\"micromamba\"\n    export PYVE_ENV_NAME=\"$ENV_NAME\"\n    \
                 export PYVE_ENV_PATH=\"$ENV_PATH\"\n    export PYVE_PROMPT_PREFIX=\"(micromamba:$ENV_NAME) \"\nfi\n\n\
                 if [[ -f \".env\" ]]; then\n    dotenv\nfi\n";
    let config = "pyve_version: \"1.5.4\"\nbackend: micromamba\nmicromamba:\n  env_name: demo\n";
    let versions: [(&str, &[(&str, &str)]); 2] = [
        (".pyve/envs/demo", &[(".pyve/config", config), (".envrc", envrc)]),
        (".pyve/envs/root/conda", &[("pyve.toml", manifest)]),
    ];
    for (prefix, files) in versions {
        // As the tool itself creates it, without anything of pyve's beside it.
        place.world.write(".pyve/config", format!("micromamba:\n  prefix: {prefix}\n"));
        place.done("init --no-direnv");
        fs::remove_dir_all(place.project().join(".pyve/state")).unwrap();
        for file in [".pyve/config", ".gitignore", ".env"] {
            fs::remove_file(place.project().join(file)).unwrap();
        }
        files.iter().for_each(|(file, text)| drop(place.world.write(file, text)));
        assert_eq!(place.run(&["hello"]), "hello 1.0\n", "{prefix}");
        let said = place.done("init --update").err();
        assert!(said.contains(&format!("Environment: {prefix} (kept)")), "{said}");
        assert_eq!(place.run(&["hello"]), "hello 1.0\n", "{prefix}");
        let envrc = place.world.read(".envrc");
        assert!(envrc.starts_with("# >>> pyve >>>\n") && envrc.ends_with("# <<< pyve <<<\n"), "{envrc}");
        let purged = place.done("purge --yes").out();
        assert!(purged.contains(&format!("  remove  {prefix}/\n")), "{purged}");
        let _ = fs::remove_dir_all(place.project().join(".pyve"));
    }
}
