//! `pyve self install` and back, with nothing of the user's changed in between.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::process::Command;

use crate::home::{Home, Said};

fn with_shell(home: &Home, line: &str, shell: &str) -> Said {
    let mut command: Command = home.command(env!("CARGO_BIN_EXE_pyve"));
    home.said(command.args(line.split(' ')).env("SHELL", shell))
}

#[test]
fn it_comes_and_goes_without_a_trace() {
    let home = Home::new();
    fs::write(home.home.join(".profile"), "umask 022").unwrap();
    let said = with_shell(&home, "self install", "/bin/bash");
    insta::assert_snapshot!(said.whole(), @r#"
    0
    --- stdout
    --- stderr
    ✓ installed `[HOME]/.local/bin/pyve`
    ✓ created the empty template `[HOME]/.local/.env`
    ✓ added `[HOME]/.local/bin` to PATH in `[HOME]/.profile`
    restart your shell to use `pyve`
    to show the environment in the prompt, add this line to `[HOME]/.bashrc`: eval "$(pyve shell-hook bash)"
    "#);
    let program = home.home.join(".local/bin/pyve");
    assert_eq!(home.said(home.command(&program).arg("--version")).stdout, "pyve 4.0.0\n");
    assert_eq!(fs::metadata(&program).unwrap().permissions().mode() & 0o777, 0o755);
    assert!(!home.home.join(".bash_profile").exists());
    let login = home.said(home.command("bash").args(["-l", "-c", "command -v pyve"]));
    assert_eq!(login.stdout, "[HOME]/.local/bin/pyve\n");
    let template = home.home.join(".local/.env");
    assert_eq!(fs::metadata(&template).unwrap().permissions().mode() & 0o777, 0o600);

    let again = home.said(home.command(&program).args(["self", "install"]).env("SHELL", "/bin/bash"));
    insta::assert_snapshot!(again.whole(), @r#"
    0
    --- stdout
    --- stderr
    `[HOME]/.local/bin/pyve` is up to date
    restart your shell to use `pyve`
    to show the environment in the prompt, add this line to `[HOME]/.bashrc`: eval "$(pyve shell-hook bash)"
    "#);

    let gone = with_shell(&home, "--uninstall", "/bin/bash");
    insta::assert_snapshot!(gone.whole(), @"
    0
    --- stdout
    --- stderr
    ✓ removed `[HOME]/.local/bin/pyve`
    ✓ removed pyve's lines from `[HOME]/.profile`
    ✓ removed the empty template `[HOME]/.local/.env`
    ");
    assert_eq!(fs::read_to_string(home.home.join(".profile")).unwrap(), "umask 022");
    assert!(!program.exists() && !template.exists());
    insta::assert_snapshot!(with_shell(&home, "self uninstall", "/bin/bash").whole(), @"
    0
    --- stdout
    --- stderr
    nothing to uninstall
    ");
}

/// What the bash tool's `--install` leaves, of a version that brought most along.
fn install_bash_tool(home: &Home) {
    let script = "#!/usr/bin/env bash\n# pyve\nVERSION=\"3.2.1\"\nTARGET_SYMLINK_PATH=\"$TARGET_BIN_DIR/pyve\"\n";
    let path = "export PATH=\"$HOME/.local/bin:$PATH\"  # Added by pyve installer\n";
    let prompt = format!("source \"{}/.local/.pyve_prompt.sh\"  # Added by pyve installer\n", home.home.display());
    let files = [
        (".local/bin/pyve.sh", script),
        (".local/bin/lib/utils.sh", "# pyve\n"),
        (".local/bin/lib/ui/core.sh", "# Pyve\n"),
        (".local/bin/lib/completion/_pyve", "#compdef pyve\n"),
        (".local/bin/lib/plugins/python/plugin.sh", "# pyve\n"),
        (".local/bin/lib/__pycache__/pyve_toml_helper.cpython-312.pyc", "x"),
        (".local/.pyve_source", "/home/u/src/pyve\n"),
        (".local/.pyve_prompt.sh", "_pyve_prompt_update() { :; }\n"),
        (".local/share/pyve/toolchain/3.14.4/venv/pyvenv.cfg", "home = /usr/bin\n"),
        (".bash_profile", &format!("\n{path}")),
        (".bashrc", &format!("alias l=ls\n\n{prompt}")),
        (".zprofile", &format!("umask 022\n\n{path}")),
        (".profile", "umask 022\n"),
    ];
    for (file, text) in files {
        let file = home.home.join(file);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }
    let bin = home.home.join(".local/bin");
    symlink(bin.join("pyve.sh"), bin.join("pyve")).unwrap();
    let toolchain = home.home.join(".local/share/pyve/toolchain/3.14.4/venv/bin/project-guide");
    symlink(toolchain, bin.join("project-guide")).unwrap();
}

#[test]
fn the_bash_tool_makes_place_with_all_that_it_installed() {
    let home = Home::new();
    install_bash_tool(&home);
    let mut command = home.command(env!("CARGO_BIN_EXE_pyve"));
    let path = format!("{}/.local/bin:/usr/bin:/bin", home.home.display());
    let said = home.said(command.arg("--install").env("SHELL", "/bin/bash").env("PATH", path));
    insta::assert_snapshot!(said.whole(), @r#"
    0
    --- stdout
    --- stderr
    ✓ installed `[HOME]/.local/bin/pyve`
    The bash tool is installed here:
      remove  [HOME]/.local/bin/pyve.sh
      remove  [HOME]/.local/.pyve_source
      remove  [HOME]/.local/.pyve_prompt.sh
      remove  [HOME]/.local/bin/project-guide
      remove  [HOME]/.local/bin/lib/ (5 files)
      remove  [HOME]/.local/share/pyve/toolchain/
      remove  1 line of [HOME]/.zprofile
      remove  1 line of [HOME]/.bash_profile
      remove  1 line of [HOME]/.bashrc
    ✓ removed the bash tool
    ✓ created the empty template `[HOME]/.local/.env`
    ✓ added `[HOME]/.local/bin` to PATH in `[HOME]/.profile`
    restart your shell to use `pyve`
    to show the environment in the prompt, add this line to `[HOME]/.bashrc`: eval "$(pyve shell-hook bash)"
    "#);
    insta::assert_snapshot!(pyve_testkit::tree(&home.home, &[]), @"
    0644 .bashrc
    0755 .local/
    0600 .local/.env
    0755 .local/bin/
    0755 .local/bin/pyve
    0755 .local/share/
    0755 .local/share/pyve/
    0644 .profile
    0755 .pyve/
    0644 .pyve/installed
    0644 .zprofile
    ");
    assert_eq!(fs::read_to_string(home.home.join(".bashrc")).unwrap(), "alias l=ls\n");
    assert_eq!(fs::read_to_string(home.home.join(".zprofile")).unwrap(), "umask 022\n");
    let login = home.said(home.command("bash").args(["-l", "-c", "command -v pyve; pyve --version"]));
    assert_eq!(login.stdout, "[HOME]/.local/bin/pyve\npyve 4.0.0\n");
}

#[test]
fn what_only_looks_like_the_bash_tool_stays() {
    let home = Home::new();
    install_bash_tool(&home);
    let mine = [".local/bin/lib/mine.sh", ".local/bin/lib/ui/notes.txt", ".local/share/pyve/toolchain.txt"];
    mine.iter().for_each(|file| fs::write(home.home.join(file), "mine\n").unwrap());
    fs::write(home.home.join(".local/bin/pyve.sh"), "#!/bin/sh\nexec /opt/pyve\n").unwrap();
    with_shell(&home, "self install --yes", "/bin/bash");
    assert!(mine.iter().all(|file| home.home.join(file).exists()));
    assert!(home.home.join(".local/bin/pyve.sh").exists() && !home.home.join(".local/bin/lib/utils.sh").exists());
    assert!(!home.home.join(".local/bin/lib/plugins").exists());
}

#[test]
fn at_a_terminal_it_asks() {
    let world = pyve_testkit::World::new();
    world.set("SHELL", "/bin/bash");
    let script = world.home().join(".local/bin/pyve.sh");
    fs::create_dir_all(script.parent().unwrap()).unwrap();
    fs::write(&script, "TARGET_SYMLINK_PATH=\"$TARGET_BIN_DIR/pyve\"\n").unwrap();
    let mut terminal = world.pyve().args(["self", "install"]).terminal();
    terminal.expect("pyve.sh").expect("Remove it? [Y/n]: ").type_line("n");
    terminal.expect("kept the bash tool's files").expect("Show the environment in the prompt").type_line("y");
    let (code, screen) = terminal.end();
    assert!(code == 0 && script.exists(), "{screen}");
    let rc = fs::read_to_string(world.home().join(".bashrc")).unwrap();
    assert!(rc.contains("\n  eval \"$(pyve shell-hook bash)\"\n"), "{rc}");
    // Who has it is not asked again, and it is taken back.
    let again = world.pyve().args(["self", "install", "--yes"]).run().success();
    assert!(again.err().contains("removed the bash tool") && !again.err().contains("prompt"), "{again}");
    let _ = world.pyve().args(["self", "uninstall"]).run().success();
    assert!(!world.home().join(".bashrc").exists() && !script.exists());
}

#[test]
fn a_template_with_something_in_it_stays() {
    let home = Home::new();
    with_shell(&home, "--install", "/bin/zsh");
    fs::write(home.home.join(".local/.env"), "TOKEN=1\n").unwrap();
    assert!(home.home.join(".zprofile").exists());
    with_shell(&home, "--install", "/bin/zsh");
    let said = with_shell(&home, "self uninstall", "/bin/zsh");
    assert!(said.stderr.contains("kept `[HOME]/.local/.env`, which is not empty\n"), "{}", said.stderr);
    assert_eq!(fs::read_to_string(home.home.join(".local/.env")).unwrap(), "TOKEN=1\n");
    assert!(!home.home.join(".zprofile").exists());
}

#[test]
fn a_folder_on_path_already_needs_no_line() {
    let home = Home::new();
    let path = format!("{}/.local/bin:/usr/bin:/bin", home.home.display());
    let mut command = home.command(env!("CARGO_BIN_EXE_pyve"));
    let said = home.said(command.args(["self", "install"]).env("SHELL", "/bin/zsh").env("PATH", path));
    assert_eq!(said.code, 0);
    assert!(!home.home.join(".zprofile").exists());
}

#[test]
fn an_unknown_shell_is_told_what_to_do() {
    let said = with_shell(&Home::new(), "self install", "/bin/tcsh");
    let wanted = "warning: `[HOME]/.local/bin` is not on PATH; add it in the startup file of your shell\n";
    assert!(said.code == 0 && said.stderr.contains(wanted), "{}", said.stderr);
}

#[test]
fn a_link_to_a_checkout_makes_place_and_the_checkout_stays() {
    let home = Home::new();
    let (bin, script) = (home.home.join(".local/bin"), home.home.join("pyve.sh"));
    fs::create_dir_all(&bin).unwrap();
    fs::write(&script, "#!/bin/sh\n").unwrap();
    symlink(&script, bin.join("pyve")).unwrap();
    assert_eq!(with_shell(&home, "self install", "/bin/bash").code, 0);
    assert_eq!(fs::read_to_string(&script).unwrap(), "#!/bin/sh\n");
    assert!(!bin.join("pyve").is_symlink());
}

#[test]
fn what_a_package_manager_looks_after_is_left_to_it() {
    let home = Home::new();
    let cellar = home.home.join("Cellar/pyve/1.0/bin");
    let bin = home.home.join(".local/bin");
    fs::create_dir_all(&cellar).unwrap();
    fs::create_dir_all(&bin).unwrap();
    fs::copy(env!("CARGO_BIN_EXE_pyve"), cellar.join("pyve")).unwrap();
    let from = home.said(home.command(cellar.join("pyve")).args(["self", "install"]));
    insta::assert_snapshot!(from.whole(), @"
    1
    --- stdout
    --- stderr
    error: could not install, update or remove `[HOME]/Cellar/pyve/1.0/bin/pyve`: it is managed by Homebrew
    hint: run `brew upgrade pyve`
    ");
    symlink(cellar.join("pyve"), bin.join("pyve")).unwrap();
    let over = with_shell(&home, "self install", "/bin/bash");
    insta::assert_snapshot!(over.whole(), @"
    1
    --- stdout
    --- stderr
    error: could not install, update or remove `[HOME]/.local/bin/pyve`: it is managed by Homebrew
      it is a link to `[HOME]/Cellar/pyve/1.0/bin/pyve`
    hint: run `brew upgrade pyve`
    ");
    assert_eq!(with_shell(&home, "self uninstall", "/bin/bash").code, 1);
    assert!(bin.join("pyve").exists() && !home.home.join(".profile").exists());
}

#[test]
fn without_a_home_there_is_no_place() {
    let home = Home::new();
    let mut command = home.command(env!("CARGO_BIN_EXE_pyve"));
    let said = home.said(command.args(["self", "install"]).env("HOME", home.home.join("missing")));
    insta::assert_snapshot!(said.whole(), @"
    1
    --- stdout
    --- stderr
    error: could not find `~/.local/bin`: `HOME` is `[HOME]/missing`, which is not a directory
    hint: set `HOME` to your home directory
    ");
}
