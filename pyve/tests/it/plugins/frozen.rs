//! A plugin of version 1.0 of the API as it was published: built from the committed source, and the very library that was built
//! then. Both are added, and create, run, update, lock and purge an environment.

use std::fs;
use std::path::Path;

use super::build::libraries;
use super::world::World;

#[test]
fn one_built_from_the_committed_source_does_all_of_it() {
    does_all_of_it(&World::new(), &libraries().path("frozen"));
}

/// On the machines that it was built for.
#[cfg(all(target_os = "linux", target_arch = "x86_64", target_env = "gnu"))]
mod as_it_was_built {
    use std::fs;
    use std::io::Read;
    use std::path::PathBuf;

    use flate2::read::GzDecoder;

    use super::does_all_of_it;
    use crate::plugins::build::frozen;
    use crate::plugins::world::World;

    #[test]
    fn the_library_that_was_built_then_does_all_of_it() {
        /// The oldest C library that has what it needs.
        const GLIBC: (u32, u32) = (2, 34);
        let (major, minor) = glibc();
        if (major, minor) < GLIBC {
            let reason = format!("the committed library needs glibc {}.{}; this is {major}.{minor}", GLIBC.0, GLIBC.1);
            return pyve_testkit::left_out(&reason);
        }
        let world = World::new();
        let library = committed(&world);
        let listed = world.pyve(&["plugin", "list"]).stdout;
        assert!(listed.starts_with("libfrozen.so  1.0.0     not added    crate frozen\n"), "{listed}");
        does_all_of_it(&world, &library);
    }

    /// The committed library in the directory of plugins.
    fn committed(world: &World) -> PathBuf {
        let packed = fs::File::open(frozen().join("libfrozen-x86_64-unknown-linux-gnu.so.gz")).unwrap();
        let mut bytes = Vec::new();
        GzDecoder::new(packed).read_to_end(&mut bytes).unwrap();
        let library = world.plugins().join("libfrozen.so");
        fs::create_dir_all(world.plugins()).unwrap();
        fs::write(&library, bytes).unwrap();
        library
    }

    /// The version of the C library: `glibc 2.36`.
    fn glibc() -> (u32, u32) {
        let output = std::process::Command::new("getconf").arg("GNU_LIBC_VERSION").output().expect("glibc has getconf");
        let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        let version = text.strip_prefix("glibc ").and_then(|version| version.split_once('.'));
        let (major, minor) = version.unwrap_or_else(|| panic!("getconf said {text}"));
        (major.parse().unwrap(), minor.split('.').next().unwrap().parse().unwrap())
    }
}

fn does_all_of_it(world: &World, library: &Path) {
    let done = |arguments: &[&str]| {
        let said = world.pyve(arguments);
        assert_eq!(said.code, Some(0), "{arguments:?}: {}{}", said.stdout, said.stderr);
        said
    };
    let project = world.path("project");
    let names = || {
        let mut names: Vec<String> =
            fs::read_dir(&project).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    };
    world.add(library);
    fs::write(project.join("frozen.lock"), "ice 0.9\n").unwrap();

    done(&["init", "--no-direnv", "--yes"]);
    assert!(project.join("frozen_modules").is_dir());
    assert_eq!(fs::read_to_string(project.join(".frozen/hardness")).unwrap(), "hard");
    assert_eq!(done(&["run", "frozen-hello", "there"]).stdout, "frozen hello: 1 cold there\n");

    let stale = world.pyve(&["lock", "--check"]);
    assert_eq!(stale.code, Some(1), "{}", stale.stderr);
    done(&["lock"]);
    assert_eq!(fs::read_to_string(project.join("frozen.lock")).unwrap(), "ice 1.0\n");
    done(&["lock", "--check"]);
    fs::write(project.join("frozen.lock"), "<<<<<<< ours\n=======\n>>>>>>> theirs\n").unwrap();
    done(&["lock"]);
    assert_eq!(fs::read_to_string(project.join("frozen.lock")).unwrap(), "ice 1.0\n");

    done(&["init", "--no-direnv", "--yes", "--update"]);
    assert_eq!(fs::read_to_string(project.join(".frozen/again")).unwrap(), "again\n");
    done(&["init", "--no-direnv", "--yes", "--install-deps"]);
    assert_eq!(fs::read_to_string(project.join(".frozen/installed")).unwrap(), "installed\n");
    let doctor = world.pyve(&["doctor", "--json"]).stdout;
    assert!(["frozen.age", "frozen.ice", "frozen.depth"].iter().all(|id| doctor.contains(id)), "{doctor}");
    assert!(done(&["envs"]).stdout.contains("winter"));

    done(&["purge", "--yes"]);
    assert_eq!(names(), ["frozen.lock"]);
}
