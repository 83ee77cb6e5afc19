//! Entering environments: alone, from within others, and with odd values.

use super::*;
use pyve_plugin_api::ROption;
use std::os::unix::ffi::OsStrExt;

fn caller(pairs: &[(&str, &str)]) -> Vec<(OsString, OsString)> {
    pairs.iter().map(|(name, value)| (name.into(), value.into())).collect()
}

fn value(inside: &Inside, name: &str) -> Option<String> {
    Variables::find(&inside.variables, name).map(|value| value.to_str().unwrap().to_owned())
}

/// As `activate` of a virtual environment does.
fn venv() -> Launch {
    Launch::new()
        .path("/p/.venv/bin")
        .env("VIRTUAL_ENV", "/p/.venv")
        .env_remove("PYTHONHOME")
        .deactivate("VIRTUAL_ENV")
        .deactivate("CONDA_PREFIX")
}

/// As `micromamba run` does.
fn conda() -> Launch {
    let nesting = Nesting::new("CONDA_SHLVL", "CONDA_PREFIX");
    Launch {
        nesting: ROption::RSome(nesting),
        ..Launch::new()
            .path("/p/env/bin")
            .path_below("MAMBA_ROOT_PREFIX", "condabin")
            .env("CONDA_PREFIX", "/p/env")
            .env("CONDA_SHLVL", "1")
            .deactivate("VIRTUAL_ENV")
    }
}

#[test]
fn a_plain_caller_gets_the_environment_in_front() {
    let inside = inside(&caller(&[("A", "1"), ("PATH", "/usr/bin:/bin"), ("PYTHONHOME", "/x"), ("Z", "")]), &venv());
    let expected =
        caller(&[("A", "1"), ("PATH", "/p/.venv/bin:/usr/bin:/bin"), ("Z", ""), ("VIRTUAL_ENV", "/p/.venv")]);
    assert_eq!(inside.variables, expected);
    assert_eq!(inside.own, [PathBuf::from("/p/.venv/bin")]);
    assert_eq!(inside.others, [PathBuf::from("/usr/bin"), PathBuf::from("/bin")]);
}

#[test]
fn an_outer_environment_does_not_leak_in() {
    let outer = caller(&[
        ("VIRTUAL_ENV", "/other/.venv/"),
        ("CONDA_PREFIX", "/opt/conda"),
        ("PATH", "/other/.venv/bin:/opt/conda/bin:/opt/conda-tools:/opt/conda/condabin:/bin"),
    ]);
    let inside = inside(&outer, &venv());
    assert_eq!(value(&inside, "PATH").unwrap(), "/p/.venv/bin:/opt/conda-tools:/bin");
    assert_eq!(value(&inside, "VIRTUAL_ENV").unwrap(), "/p/.venv");
    assert_eq!(value(&inside, "CONDA_PREFIX"), None);
}

#[test]
fn a_shared_prefix_keeps_its_folders_on_path() {
    for prefix in ["/usr/local", "/usr", "/", "/home/me", "relative", ""] {
        let path = "/usr/local/bin:/usr/bin:/home/me/bin:relative/bin";
        let outer = caller(&[("VIRTUAL_ENV", prefix), ("HOME", "/home/me"), ("PATH", path)]);
        assert_eq!(value(&inside(&outer, &venv()), "PATH").unwrap(), format!("/p/.venv/bin:{path}"), "{prefix}");
    }
}

#[test]
fn inside_the_same_environment_nothing_is_stacked() {
    let plain = caller(&[("PATH", "/usr/bin")]);
    let once = inside(&plain, &venv());
    assert_eq!(inside(&once.variables, &venv()).variables, once.variables);
    let plain = caller(&[("PATH", "/usr/bin"), ("MAMBA_ROOT_PREFIX", "/root/mamba")]);
    let once = inside(&plain, &conda());
    assert_eq!(value(&once, "PATH").unwrap(), "/p/env/bin:/root/mamba/condabin:/usr/bin");
    assert_eq!(inside(&once.variables, &conda()).variables, once.variables);
}

#[test]
fn inside_the_same_environment_the_level_stays() {
    let outer = caller(&[("CONDA_PREFIX", "/p/env"), ("CONDA_SHLVL", "3"), ("PATH", "/p/env/bin:/bin")]);
    let again = inside(&outer, &conda());
    assert_eq!(again.variables, outer);
}

#[test]
fn inside_another_environment_of_the_kind_the_level_goes_up() {
    let outer = caller(&[
        ("CONDA_PREFIX", "/opt/a"),
        ("CONDA_SHLVL", "1"),
        ("MAMBA_ROOT_PREFIX", "/root/mamba"),
        ("PATH", "/opt/a/bin:/root/mamba/condabin:/usr/bin"),
    ]);
    let inside = inside(&outer, &conda());
    assert_eq!(value(&inside, "CONDA_SHLVL").unwrap(), "2");
    assert_eq!(value(&inside, "CONDA_PREFIX").unwrap(), "/p/env");
    assert_eq!(value(&inside, "CONDA_PREFIX_1").unwrap(), "/opt/a");
    assert_eq!(value(&inside, "PATH").unwrap(), "/p/env/bin:/root/mamba/condabin:/usr/bin");
}

#[test]
fn out_of_an_environment_that_was_entered_from_this_one_the_level_goes_down() {
    let outer = caller(&[
        ("CONDA_PREFIX", "/opt/a"),
        ("CONDA_PREFIX_1", "/opt/first"),
        ("CONDA_PREFIX_2", "/p/env"),
        ("CONDA_SHLVL", "3"),
        ("PATH", "/opt/a/bin:/usr/bin"),
    ]);
    let inside = inside(&outer, &conda());
    let seen = ["CONDA_SHLVL", "CONDA_PREFIX", "CONDA_PREFIX_1", "CONDA_PREFIX_2", "CONDA_PREFIX_3", "PATH"];
    let seen = seen.map(|name| value(&inside, name).unwrap_or_else(|| "not set".into()));
    assert_eq!(seen, ["2", "/p/env", "/opt/first", "not set", "not set", "/p/env/bin:/usr/bin"]);
}

#[test]
fn a_level_that_is_missing_or_no_number_counts_as_one() {
    for level in [None, Some("0"), Some(""), Some("many")] {
        let mut outer = caller(&[("CONDA_PREFIX", "/opt/a"), ("PATH", "/bin")]);
        outer.extend(level.map(|level| ("CONDA_SHLVL".into(), level.into())));
        let inside = inside(&outer, &conda());
        assert_eq!(value(&inside, "CONDA_SHLVL").unwrap(), "2", "{level:?}");
        assert_eq!(value(&inside, "CONDA_PREFIX_1").unwrap(), "/opt/a");
    }
}

#[test]
fn after_deactivate_the_level_is_one() {
    let outer = caller(&[("CONDA_SHLVL", "0"), ("PATH", "/bin")]);
    let inside = inside(&outer, &conda());
    assert_eq!(value(&inside, "CONDA_SHLVL").unwrap(), "1");
    assert_eq!(value(&inside, "CONDA_PREFIX_0"), None);
}

#[test]
fn a_folder_below_an_unset_variable_is_left_out() {
    for root in [None, Some("")] {
        let mut outer = caller(&[("PATH", "/bin")]);
        outer.extend(root.map(|root| ("MAMBA_ROOT_PREFIX".into(), root.into())));
        assert_eq!(value(&inside(&outer, &conda()), "PATH").unwrap(), "/p/env/bin:/bin");
    }
}

#[test]
fn folders_behind_path_leave_the_callers_first() {
    let launch = venv().append_path("/p/more").append_path("/usr/bin").append_path("/p/.venv/bin");
    let inside = inside(&caller(&[("PATH", "/usr/bin:/bin")]), &launch);
    assert_eq!(value(&inside, "PATH").unwrap(), "/p/.venv/bin:/usr/bin:/bin:/p/more");
    assert_eq!(inside.own, [PathBuf::from("/p/.venv/bin")]);
    assert!(!inside.owns(Path::new("/p/more/tool")) && inside.others.contains(&PathBuf::from("/p/more")));
    // In another one of the same kind nothing is stacked.
    let again = super::inside(&inside.variables, &launch);
    assert_eq!(value(&again, "PATH").unwrap(), "/p/.venv/bin:/usr/bin:/bin:/p/more");
}

#[test]
fn path_unset_means_the_systems_own() {
    assert_eq!(value(&inside(&[], &venv()), "PATH").unwrap(), "/p/.venv/bin:/usr/bin:/bin");
    assert_eq!(value(&inside(&caller(&[("PATH", "")]), &venv()), "PATH").unwrap(), "/p/.venv/bin");
}

#[test]
fn empty_and_repeated_entries_of_path_stay() {
    let outer = caller(&[("PATH", ":/bin::/bin/:~/bin:")]);
    assert_eq!(value(&inside(&outer, &venv()), "PATH").unwrap(), "/p/.venv/bin::/bin::/bin/:~/bin:");
}

#[test]
fn a_launch_may_set_path_as_a_whole() {
    let launch = venv().env("PATH", "/only/this");
    assert_eq!(value(&inside(&caller(&[("PATH", "/bin")]), &launch), "PATH").unwrap(), "/p/.venv/bin:/only/this");
}

#[test]
fn bytes_that_are_no_unicode_pass_through() {
    let odd = OsStr::from_bytes(b"/caf\xe9/bin");
    let outer = [("PATH".into(), odd.to_owned()), ("ODD".into(), odd.to_owned())];
    let prefix = pyve_plugin_api::OsText::from(OsStr::from_bytes(b"/p/\xff/bin"));
    let inside = inside(&outer, &Launch::new().path(&prefix).env("P", &prefix));
    assert_eq!(Variables::find(&inside.variables, "PATH").unwrap().as_bytes(), b"/p/\xff/bin:/caf\xe9/bin");
    assert_eq!(Variables::find(&inside.variables, "P").unwrap().as_bytes(), b"/p/\xff/bin");
    assert_eq!(Variables::find(&inside.variables, "ODD").unwrap().as_bytes(), odd.as_bytes());
}

#[test]
fn a_variable_that_is_there_twice_is_gone_or_replaced_whole() {
    let outer = caller(&[("PYTHONHOME", "/a"), ("X", "1"), ("PYTHONHOME", "/b"), ("X", "2"), ("PATH", "/bin")]);
    let inside = inside(&outer, &venv().env("X", "3"));
    assert_eq!(value(&inside, "PYTHONHOME"), None);
    let all: Vec<_> = inside.variables.iter().filter(|(name, _)| name == "X").collect();
    assert_eq!(all, [&("X".into(), "3".into())]);
}

#[test]
fn what_scripts_put_in_front_of_path_is_the_environment_s() {
    let entered = inside(&caller(&[("PATH", "/usr/bin:/bin")]), &conda());
    let mut after = entered.variables.clone();
    let path = after.iter_mut().find(|(name, _)| name == "PATH").unwrap();
    path.1 = "/p/env/tools:/p/env/bin:/usr/bin:/bin:/late".into();
    after.push(("SET".into(), "1".into()));
    let effects = Effects::between(&entered.variables, &after);
    let entered = entered.after(&effects);
    let paths = |folders: &[&str]| folders.iter().map(PathBuf::from).collect::<Vec<_>>();
    assert_eq!(entered.own, paths(&["/p/env/tools", "/p/env/bin"]));
    assert_eq!(entered.others, paths(&["/usr/bin", "/bin", "/late"]));
    assert_eq!(value(&entered, "SET").as_deref(), Some("1"));
    assert!(entered.owns(Path::new("/p/env/tools/x")) && !entered.owns(Path::new("/late/x")));
}
