//! Each failure of micromamba, and each of its silent successes, with what pyve says instead.

use std::fs;

use insta::assert_snapshot;

use super::place::{Place, channel, lock};

/// What pyve says where the project has this `environment.yml`; nothing may be left behind.
#[track_caller]
fn refused(text: &str) -> String {
    let place = Place::new();
    place.world.write("environment.yml", text);
    let said = place.refused("init");
    place.assert_no_environment();
    assert!(!place.project().join(".envrc").exists() && !place.project().join(".pyve/config").exists());
    said
}

#[test]
fn what_cannot_be_solved() {
    let place = Place::new();
    place.environment(&["nosuchpkg"]);
    assert_snapshot!(place.refused("init"), @"
    1
    no lock file; for the same packages everywhere run: pyve lock
    Create the environment 'demo' from environment.yml
    error: could not create the environment 'demo' from environment.yml: [HOME]/.pyve/bin/micromamba failed with exit code 1
      Could not solve for environment specs
      └─ nosuchpkg =* * does not exist (perhaps a typo or a missing channel).
      all it said is in [PROJECT]/.pyve/state/create.log
    hint: correct the package's name in environment.yml, or add the channel that has it below 'channels:'
    ");
    place.assert_no_environment();
    place.environment(&["hello=2.0", "clash"]);
    assert_snapshot!(place.refused("init"), @"
    1
    no lock file; for the same packages everywhere run: pyve lock
    Create the environment 'demo' from environment.yml
    error: could not create the environment 'demo' from environment.yml: [HOME]/.pyve/bin/micromamba failed with exit code 1
      Could not solve for environment specs
      ├─ clash =* * is installable and it requires
      │  └─ hello <2 *, which can be installed;
      └─ hello =2.0 * is not installable because it conflicts with any installable versions previously reported.
      all it said is in [PROJECT]/.pyve/state/create.log
    hint: loosen the versions that exclude each other in environment.yml
    ");
    place.assert_no_environment();
    let log = place.world.read(".pyve/state/create.log");
    assert!(log.starts_with("$ ") && log.contains("Could not solve for environment specs"), "{log}");
}

#[test]
fn a_channel_that_is_not_there() {
    let said = refused("channels: ['file:///nowhere/at/all']\ndependencies: [hello]\n");
    let begins = "1\n\
        no lock file; for the same packages everywhere run: pyve lock\n\
        Create the environment 'demo' from environment.yml\n\
        error: could not create the environment 'demo' from environment.yml: [HOME]/.pyve/bin/micromamba failed with exit code 1\n";
    assert!(said.starts_with(begins), "{said}");
    assert!(said.contains("Download error (37) Couldn't read a file:// file [file:///nowhere/at/all/"), "{said}");
    let ends = "  all it said is in [PROJECT]/.pyve/state/create.log\nhint: correct the address of the channel in environment.yml\n";
    assert!(said.ends_with(ends), "{said}");
}

#[test]
fn files_from_which_micromamba_would_make_an_empty_environment() {
    assert_snapshot!(refused(""), @"
    1
    error: environment.yml is empty, so the environment would be empty too
      the least that it can hold:
        channels:
          - conda-forge
        dependencies:
          - python=3.12
    hint: list the packages you need in environment.yml
    ");
    assert_snapshot!(refused("channels: [conda-forge]\n"), @"
    1
    error: environment.yml has no list 'dependencies', so the environment would be empty
    hint: add 'dependencies:' and below it '  - python=3.12' to environment.yml
    ");
    assert_snapshot!(refused("channels: [conda-forge]\ndependencies: hello\n"), @"
    1
    error: environment.yml:2:15: 'dependencies' must be a list, not the text 'hello'
      micromamba would make an empty environment of it without a word
    hint: write it as '  - hello' on a line of its own below 'dependencies:'
    ");
}

#[test]
fn files_on_which_micromamba_would_end_in_a_backtrace() {
    assert_snapshot!(refused("name: x\nchannels: [a, b\ndependencies:\n  - c\n"), @"
    1
    error: environment.yml:3:13 is not valid YAML: illegal placement of ':' indicator
    hint: correct line 3 of environment.yml
    ");
    assert_snapshot!(refused("channels: [conda-forge]\ndependencies:\n  - hello=>=\n"), @"
    1
    error: environment.yml:3:5: 'hello=>=' is not a package specification: '=>=' is not a version or a range of versions
    hint: write line 3 like 'numpy', 'numpy=1.26' or 'numpy>=1.26,<3'
    ");
}

#[test]
fn a_file_that_is_not_there() {
    let place = Place::new();
    assert_snapshot!(place.refused("init --backend micromamba"), @"
    1
    error: there is no environment.yml and no conda-lock.yml to make the environment from
      looked in [PROJECT]
      a minimal environment.yml:
        channels:
          - conda-forge
        dependencies:
          - python=3.12
    hint: write environment.yml, then run: pyve init
    ");
    assert_snapshot!(place.refused("init --backend micromamba --env-file envs/dev.yml"), @"
    2
    error: the environment file 'envs/dev.yml' does not exist
      --env-file names it; it would be [PROJECT]/envs/dev.yml
    hint: correct --env-file, or write envs/dev.yml
    ");
    assert_eq!(pyve_testkit::tree(place.project(), &[]), "");
}

#[test]
fn locks_for_another_machine_of_another_version_or_of_another_name() {
    let place = Place::new();
    place.world.write("conda-lock.yml", lock(&[("hello", "1.0")], "zos-z"));
    assert_snapshot!(place.refused("init"), @"
    1
    error: conda-lock.yml locks nothing for [PLATFORM]; the platforms it is made for: zos-z
      micromamba would make an empty environment of it and call that a success
    hint: run `conda-lock -f environment.yml -p zos-z -p [PLATFORM]`
    ");
    place.world.write("conda-lock.yml", lock(&[("hello", "1.0")], "zos-z").replace("version: 1\n", "version: 9\n"));
    assert_snapshot!(place.refused("init"), @"
    1
    error: conda-lock.yml:1: lock files of version '9' cannot be read, only those of 1
    hint: run `conda-lock -f environment.yml -p zos-z -p [PLATFORM]`
    ");
    fs::remove_file(place.project().join("conda-lock.yml")).unwrap();
    place.lock(&[("hello", "1.0")]);
    fs::rename(place.project().join("conda-lock.yml"), place.project().join("my.lock.yml")).unwrap();
    assert_snapshot!(place.refused("init --backend micromamba --env-file my.lock.yml"), @"
    1
    error: my.lock.yml is a lock file, but micromamba knows one only by a name that ends in -lock.yml
      under its own name it would be read as an environment file, and the environment would be empty
    hint: mv my.lock.yml my-lock.yml && pyve init --env-file my-lock.yml
    ");
    assert_eq!(place.calls(&["create"]), 0, "micromamba would have succeeded");
    place.assert_no_environment();
}

#[test]
fn a_lock_whose_hash_is_wrong_leaves_nothing_behind() {
    let place = Place::new();
    let right = channel().entry("hello", "1.0").unwrap().sha256;
    place.lock(&[("hello", "1.0")]);
    let text = place.world.read("conda-lock.yml").replace(&right, &"0".repeat(64));
    place.world.write("conda-lock.yml", text);
    let said = place.refused("init");
    let expected = format!("/hello-1.0-0.tar.bz2\"\n  Expected: {}\n  Actual: {right}\n", "0".repeat(64));
    assert!(
        said.contains("\n  File not valid: SHA256 doesn't match expectation \"") && said.contains(&expected),
        "{said}"
    );
    let ends = "  Found incorrect downloads. Aborting\n  all it said is in [PROJECT]/.pyve/state/create.log\n  the incomplete .pyve/envs/demo was removed\n\
                hint: run `conda-lock -f environment.yml -p [PLATFORM]`\n";
    assert!(said.ends_with(ends), "{said}");
    place.assert_no_environment();
}

#[test]
fn what_stands_in_the_way_is_not_touched() {
    let place = Place::new();
    place.environment(&["hello"]);
    place.world.write(".pyve/config", "micromamba:\n  prefix: theirs\n");
    place.world.write("theirs/file", "precious");
    assert_snapshot!(place.refused("init --force"), @"
    1
    no lock file; for the same packages everywhere run: pyve lock
    error: theirs exists and is not an environment of pyve's: it is not a conda environment
      it was not touched
    hint: move it away, then run `pyve init` again
    ");
    fs::create_dir(place.project().join("theirs/conda-meta")).unwrap();
    assert_snapshot!(place.refused("init --force"), @"
    1
    no lock file; for the same packages everywhere run: pyve lock
    error: theirs exists and is not an environment of pyve's: it is a conda environment that pyve did not make
      it was not touched
    hint: move it away, then run `pyve init` again
    ");
    fs::remove_dir_all(place.project().join("theirs")).unwrap();
    place.world.write("theirs", "precious");
    assert_snapshot!(place.refused("init --force"), @"
    1
    no lock file; for the same packages everywhere run: pyve lock
    error: theirs exists and is not an environment of pyve's: it is not a folder
      it was not touched
    hint: move it away, then run `pyve init` again
    ");
    assert_eq!(place.world.read("theirs"), "precious");
}

#[test]
fn a_python_that_contradicts_the_file() {
    let place = Place::new();
    place.environment(&["python=3.11"]);
    assert_snapshot!(place.refused("init --python-version 3.12"), @"
    1
    error: Python 3.12 was asked for (--python-version), but environment.yml says 'python=3.11'
    hint: ask for the same Python in environment.yml and --python-version, or in only one of them
    ");
    place.assert_no_environment();
}

#[test]
fn a_pip_list_that_cannot_be_installed() {
    let place = Place::new();
    place.environment(&["python", "pip: ['./absent-1.0-py3-none-any.whl']"]);
    let said = place.refused("init");
    // What pip itself says differs from version to version.
    assert!(said.starts_with("1\n") && said.contains("\nhint: correct the 'pip:' list in environment.yml\n"), "{said}");
    assert!(said.contains("the incomplete .pyve/envs/demo was removed"), "{said}");
    place.assert_no_environment();
}
