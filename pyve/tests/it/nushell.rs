//! `pyve activate` and `pyve deactivate` in a real nushell.

use std::fs;
use std::path::Path;

use pyve_testkit::{Outcome, prerequisite};

use crate::by_directory::scene::variables;
use crate::ready::quick;

const SCRIPT: &str = r#"source hook.nu
source hook.nu
let project = ($env.PWD | path join project)
^env -0 | save -f before
$env.OWN = 'kept'
try { pyve activate } catch {|e| print $"failed: ($e.msg)" }
cd $project
pyve activate
print ($env.PATH | first) ($env.PATH | describe) $env.SECRET $env.VIRTUAL_ENV
print (do $env.PROMPT_COMMAND | str starts-with '(venv:project) ')
$env.VIRTUAL_ENV_DISABLE_PROMPT = '1'
print (do $env.PROMPT_COMMAND | str starts-with '(venv:project) ')
hide-env VIRTUAL_ENV_DISABLE_PROMPT
print (^python3 -c 'import sys; print(sys.prefix)') (pyve run printenv VIRTUAL_ENV)
print ('through a pipe' | pyve run cat) (pyve run printf '%s,' true null 3.10 1e3 'a b' --x=3.10)
print (pyve activate --help | lines | first)
$env.PATH = ($env.PATH | prepend '/mine')
pyve activate default
cd ..
pyve deactivate
print ($env.PATH | first) $env.OWN ('VIRTUAL_ENV' in $env) (do $env.PROMPT_COMMAND | str starts-with '(')
$env.PATH = ($env.PATH | skip 1)
hide-env OWN
^env -0 | save -f after
"#;

#[test]
fn nushell_enters_and_leaves_and_has_its_variables_back() {
    let (Some(nu), Some(world)) = (prerequisite("nu"), quick("project")) else { return };
    world.link_as("nu", &nu);
    world.link_as("pyve", Path::new(env!("CARGO_BIN_EXE_pyve")));
    world.write(".env", "SECRET=\"it's $(x) é\"\n");
    let _ = world.pyve().args(["init", "--no-direnv", "--no-install-deps"]).run().success();
    let hook = world.pyve().args(["shell-hook", "nushell"]).run().success();
    fs::write(world.root().join("hook.nu"), hook.stdout).unwrap();
    fs::write(world.root().join("script.nu"), SCRIPT).unwrap();
    let nu = world.command("nu").args(["--no-config-file", "script.nu"]).current_dir(world.root());
    let said: Outcome = nu.run().success();
    insta::assert_snapshot!(said, @"
    exit code: 0
    ----- stdout -----
    failed: pyve activate failed with exit code 1
    [PROJECT]/.venv/bin
    list<string>
    it's $(x) é
    [PROJECT]/.venv
    true
    false
    [PROJECT]/.venv
    [PROJECT]/.venv
    through a pipe
    true,null,3.10,1e3,a b,--x=3.10,
    Activate an environment in this shell
    /mine
    kept
    false
    false
    ----- stderr -----
    error: no pyve project found in `[ROOT]` or any parent directory
    hint: run `pyve init` in the project's directory, or name a project with `-C DIR`
    ");
    assert_eq!(variables(&world, "before"), variables(&world, "after"));
}
