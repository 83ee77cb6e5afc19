//! The machine of a person who reads the documents: git, Python, Rust, an empty home, perhaps pyve.

use std::path::{Path, PathBuf};

use crate::document::Start;
use crate::interpreter::interpreter;
use crate::prerequisite::{offline_packages, prerequisite};
use crate::repository::{clean_copy, test_tools};
use crate::world::World;

/// Answers cargo commands without building again what cargo built for this test.
const CARGO: &str = include_str!("reader_cargo.sh");

const REPOSITORY: &str = env!("CARGO_PKG_REPOSITORY");

/// Makes the machine for [`walk`](crate::walk); `None` where a part of it is missing on this one.
///
/// `pyve` is the program that cargo built. Cloning the public repository gives a clean copy of this one.
/// Packages come from the wheels that the test command prepared.
#[track_caller]
pub fn reader(start: Start, pyve: &Path) -> Option<World> {
    let (git, python, wheels) = (prerequisite("git")?, interpreter(3, 10)?, offline_packages()?);
    let (cargo, rustc) = (rust("cargo")?, rust("rustc")?);
    let world = World::named(if start == Start::Clone { "pyve" } else { "somewhere" })
        .python(python)
        .link(&git)
        .packages(&wheels);
    let clone = if start == Start::Clone { world.project().to_owned() } else { world.root().join("upstream") };
    fs_err::create_dir_all(&clone).expect("a new directory in the world");
    clean_copy(&git, &clone);
    publish(&world, &clone);

    world.stand_in("cargo", CARGO);
    world.link_as("rustc", &rustc);
    world.set("PYVE_DOCS_CARGO", cargo);
    world.set("PYVE_DOCS_PYVE", pyve);
    world.set("PYVE_TEST_TOOLS", test_tools());
    world.append_path(world.home().join(".cargo/bin"));
    world.append_path(world.home().join(".local/bin"));
    if start != Start::Newcomer {
        give(&world.bin(), pyve);
    }
    Some(world)
}

/// The cargo that runs this test and its rustc, not rustup's, which look into the home folder.
#[track_caller]
fn rust(program: &str) -> Option<PathBuf> {
    let beside_cargo = std::env::var_os("CARGO").map(|cargo| Path::new(&cargo).with_file_name(program));
    beside_cargo.filter(|path| path.is_file()).or_else(|| prerequisite(program))
}

fn publish(world: &World, clone: &Path) {
    let upstream = clone.display();
    let config = format!(
        "[user]\n\tname = A Reader\n\temail = reader@example.org\n[init]\n\tdefaultBranch = main\n\
         [url \"file://{upstream}\"]\n\tinsteadOf = {REPOSITORY}\n\tinsteadOf = {REPOSITORY}.git\n"
    );
    fs_err::write(world.home().join(".gitconfig"), config).expect("a new file in the world");
    for arguments in [&["init", "--quiet"][..], &["add", "--all"], &["commit", "--quiet", "--message", "A clean copy"]]
    {
        let _ = world.command("git").current_dir(clone).args(arguments).run().success();
    }
}

/// A program of its own for the world, not a link: pyve asks where it lies.
fn give(folder: &Path, pyve: &Path) {
    let given = folder.join("pyve").with_extension(std::env::consts::EXE_EXTENSION);
    if fs_err::hard_link(pyve, &given).is_err() {
        fs_err::copy(pyve, &given).expect("a copy of pyve in the world");
    }
}
