//! The environment inside is what the tool's own activation makes.

use std::collections::BTreeMap;
use std::process::{Command, Output};

use super::place::{Place, real_python, text};

fn variables(output: &Output) -> BTreeMap<String, String> {
    assert!(output.status.success(), "{}", text(&output.stderr));
    let pairs = text(&output.stdout);
    let pairs = pairs.split('\0').filter_map(|pair| pair.split_once('='));
    // What every shell sets for itself, and the prompt, which is for those who sit at one.
    let pairs = pairs.filter(|(name, _)| !["PS1", "_", "SHLVL", "PWD", "OLDPWD"].contains(name));
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

#[test]
fn it_is_what_activate_makes() {
    let place = Place::real();
    let mut shell = Command::new("/bin/sh");
    shell.args(["-c", ". .venv/bin/activate && env -0"]).current_dir(&place.project).env_clear();
    shell.env("PATH", "/usr/bin:/bin").env("HOME", "/nowhere").env("PYTHONHOME", "/wrong").env("KEPT", "a\nb");
    let mut pyve = place.pyve(&["run", "env", "-0"]);
    pyve.env_remove("LANG").env("HOME", "/nowhere").env("PYTHONHOME", "/wrong").env("KEPT", "a\nb");
    for command in [&mut shell, &mut pyve] {
        command.env("PYVE_HOME", place.top.join("home/.pyve"));
    }
    let (mut activated, mut inside) = (variables(&shell.output().unwrap()), variables(&pyve.output().unwrap()));
    // Python before 3.12 sets it as `(name) `, later ones as the name; the record of this test says which.
    assert!(activated.remove("VIRTUAL_ENV_PROMPT").is_none_or(|prompt| prompt.contains(".venv")));
    assert_eq!(inside.remove("VIRTUAL_ENV_PROMPT").unwrap(), "my project");
    assert_eq!(inside, activated);
}

#[test]
fn python_is_the_environments_even_inside_another_one() {
    let (place, outer) = (Place::real(), Place::real());
    let bin = outer.project.join(".venv/bin");
    let mut command = place.pyve(&["run", "python", "-c", "import sys; print(sys.prefix)"]);
    command.env("VIRTUAL_ENV", outer.project.join(".venv")).env("PATH", format!("{}:/usr/bin:/bin", bin.display()));
    let output = command.output().unwrap();
    assert_eq!(text(&output.stdout), format!("{}\n", place.project.join(".venv").display()));
    assert_eq!(text(&output.stderr), "");
    let mut command = place.pyve(&["run", "sh", "-c", "echo $VIRTUAL_ENV; echo $PATH; command -v python"]);
    command.env("VIRTUAL_ENV", outer.project.join(".venv")).env("PATH", format!("{}:/usr/bin:/bin", bin.display()));
    let prefix = place.project.join(".venv").display().to_string();
    let expected = format!("{prefix}\n{prefix}/bin:/usr/bin:/bin\n{prefix}/bin/python\n");
    assert_eq!(text(&command.output().unwrap().stdout), expected);
}

/// `conda activate` in the shell from which a virtual environment's command is run.
#[test]
fn an_outer_conda_environment_is_left_as_its_own_files_say() {
    let place = Place::real();
    let outer = place.top.join("it's outer");
    let write = |file: &str, text: &str| {
        let path = outer.join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    write("conda-meta/state", r#"{"env_vars": {"JAVA_HOME": "/j"}}"#);
    write("etc/conda/deactivate.d/gdal.sh", "unset GDAL_DATA\nexport GDAL_BEFORE=\"$CONDA_PREFIX\"\n");
    let mut command = place.pyve(&[
        "run",
        "sh",
        "-c",
        "echo \"${JAVA_HOME-none} ${GDAL_DATA-none} ${CONDA_PREFIX-none} $GDAL_BEFORE $PATH\"",
    ]);
    command.env("CONDA_PREFIX", &outer).env("CONDA_SHLVL", "1").env("JAVA_HOME", "/j").env("GDAL_DATA", "/g");
    command.env("PATH", format!("{}/bin:/usr/bin:/bin", outer.display()));
    let output = command.output().unwrap();
    let expected = format!("none none none {} {}/.venv/bin:/usr/bin:/bin\n", outer.display(), place.project.display());
    assert_eq!((text(&output.stdout), text(&output.stderr)), (expected, String::new()));
}

#[test]
fn pyve_in_pyve_changes_nothing_more() {
    let place = Place::real();
    let once = variables(&place.run(&["env", "-0"]));
    let twice = variables(&place.run(&[env!("CARGO_BIN_EXE_pyve"), "run", "env", "-0"]));
    assert_eq!(once, twice);
}

#[test]
fn no_path_at_all_is_no_trouble() {
    let place = Place::real();
    let output = place.pyve(&["run", "sh", "-c", "command -v ls; python -c 'print(1)'"]).env_remove("PATH").output();
    let output = output.unwrap();
    assert_eq!((text(&output.stdout), text(&output.stderr)), ("/usr/bin/ls\n1\n".to_owned(), String::new()));
}

#[test]
fn a_moved_environments_scripts_are_named_as_dead() {
    let place = Place::real();
    let script = place.program("tool", "#!/old/place/.venv/bin/python\nprint('never')\n");
    let output = place.run(&["tool"]);
    let expected = format!(
        "126\nerror: could not execute `{}`: its interpreter does not exist\n  \
         its first line names `/old/place/.venv/bin/python`, which does not exist\n  \
         the environment at .venv was created elsewhere, or what it was created from was removed\n\
         hint: recreate the environment: `pyve init --force`",
        script.display()
    );
    assert_eq!(place.told(output), expected.replace(place.top.to_str().unwrap(), "<top>"));
}

#[test]
fn an_interpreter_that_was_removed_is_not_replaced_by_the_systems() {
    let place = Place::real();
    let python = place.project.join(".venv/bin/python");
    std::fs::remove_file(&python).unwrap();
    std::os::unix::fs::symlink("/gone/bin/python3", &python).unwrap();
    place.write_records();
    assert_eq!(
        place.refused(&["run", "python", "-V"]),
        "126\nerror: broken symbolic link: `<top>/my project/.venv/bin/python`\n  \
         its target `/gone/bin/python3` does not exist\n\
         hint: recreate the environment: `pyve init --force`"
    );
    assert!(real_python().exists());
}
