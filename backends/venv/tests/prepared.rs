//! Which environments are cloned from a prepared tree, and when a tree no longer stands for what Python would make.

use std::path::{Path, PathBuf};

use crate::world::{World, newest, write};
use pyve_backend_venv::backend;
use pyve_plugin_api::{Backend, Step, StepKind, Tool};

/// A Python as far as `stat` goes, with the modules that make environments.
struct Installation {
    library: PathBuf,
    tool: Tool,
}

impl Installation {
    fn new(world: &World) -> Self {
        let prefix = world.home().join("python");
        let library = prefix.join("lib/python3.12");
        for file in [
            "venv/__init__.py",
            "venv/scripts/common/activate",
            "ensurepip/__init__.py",
            "ensurepip/_bundled/pip-24.0-py3-none-any.whl",
        ] {
            write(&library.join(file), "");
        }
        crate::world::executable(&prefix.join("bin/python3.12"), "#!/bin/sh\n");
        let mut tool = Tool::new(prefix.join("bin/python3.12"), "3.12.4", "PATH");
        tool.extension.set("venv", &serde_json::json!({ "library": library }));
        Self { library, tool }
    }

    fn step(&self, world: &World) -> Step {
        backend().create(&world.request(), &self.tool, &world.host()).unwrap().steps[0].clone()
    }

    fn source(&self, world: &World) -> PathBuf {
        let step = self.step(world);
        assert_eq!(step.kind, StepKind::CLONE_TREE);
        step.source.path().into_owned()
    }
}

#[test]
fn the_tree_is_what_the_same_command_makes_below_the_cache() {
    let world = World::new();
    let python = Installation::new(&world);
    let step = python.step(&world);
    let (source, program) = (step.source.path().into_owned(), python.tool.path.display());
    assert!(source.starts_with(world.home().join(".pyve/cache/venv")) && source.ends_with(".venv"));
    assert_eq!(step.path.path(), world.project().join(".venv"));
    let make = step.command.as_ref().unwrap().to_string();
    assert_eq!(make, format!("{program} -I -m venv {}", source.display()));
    let fast_path = step.fast_path.clone().unwrap();
    let words: Vec<String> = fast_path.argv().map(|word| word.display()).collect();
    assert_eq!(
        [&words[0], &words[1], &words[2], &words[4]],
        [&program.to_string(), "-I", "-c", &source.display().to_string()]
    );
    assert_eq!(fast_path.env_remove, step.command.as_ref().unwrap().env_remove);
}

#[test]
fn whatever_changes_the_outcome_changes_the_tree() {
    let world = World::new();
    let mut python = Installation::new(&world);
    let mut seen = vec![python.source(&world)];
    let mut another = |python: &Installation, world: &World, what: &str| {
        let source = python.source(world);
        assert!(!seen.contains(&source), "{what}");
        seen.push(source);
    };
    let change = |path: &Path| write(path, &format!("{}x", std::fs::read_to_string(path).unwrap_or_default()));
    change(&python.tool.path.path());
    another(&python, &world, "the interpreter");
    for file in ["venv/__init__.py", "venv/scripts/common/activate", "ensurepip/__init__.py"] {
        change(&python.library.join(file));
        another(&python, &world, file);
    }
    change(&python.library.join("venv/scripts/posix/activate.csh"));
    another(&python, &world, "a new script");
    let bundled = python.library.join("ensurepip/_bundled");
    std::fs::rename(bundled.join("pip-24.0-py3-none-any.whl"), bundled.join("pip-25.0-py3-none-any.whl")).unwrap();
    another(&python, &world, "another pip");
    python.tool.version = "3.12.5".into();
    another(&python, &world, "another version");
    let source = python.source(&world);
    let world = world.directory("env");
    assert_ne!(python.source(&world).parent(), source.parent(), "the name is in the prompt");
    assert_eq!(python.source(&world), python.source(&world));
}

#[test]
fn where_a_clone_could_differ_python_makes_it_itself() {
    let world = World::new();
    let python = Installation::new(&world);
    let mut request = world.request();
    let kind = |request: &pyve_plugin_api::Request, tool: &Tool| {
        backend().create(request, tool, &world.host()).unwrap().steps[0].kind
    };
    assert_eq!(kind(&request, &python.tool), StepKind::CLONE_TREE);
    for odd in ["it's", "a b", "$HOME", &"long".repeat(40)] {
        request.project = world.home().join(odd).into();
        assert_eq!(kind(&request, &python.tool), StepKind::RUN, "{odd}");
        request.project = world.project().into();
        request.home = world.home().join(odd).into();
        assert_eq!(kind(&request, &python.tool), StepKind::RUN, "a cache below {odd}");
        request.home = world.home().join(".pyve").into();
    }
    // A record from before, and a Python whose library is not in files.
    assert_eq!(kind(&request, &crate::world::tool(newest())), StepKind::RUN);
    std::fs::remove_file(python.library.join("venv/__init__.py")).unwrap();
    assert_eq!(kind(&request, &python.tool), StepKind::RUN);
}

#[test]
fn a_script_that_starts_a_python_is_no_python_to_clone_for() {
    let real = newest();
    let kind = |world: World| {
        let tool = backend().ensure_tool(&world.request(), &world.host()).unwrap().found.unwrap();
        backend().create(&world.request(), &tool, &world.host()).unwrap().steps[0].kind
    };
    assert_eq!(kind(World::new().on_path(real, "python3")), StepKind::CLONE_TREE);
    // One that starts what is in a version manager's folder would be taken for its shim.
    let world = World::new();
    let linked = world.home().join("python");
    crate::world::link(&real.python, &linked);
    let script = format!("#!/bin/sh\nexec '{}' \"$@\"\n", linked.display());
    assert_eq!(kind(world.program("python3", &script)), StepKind::RUN);
}
