//! Files that are no plugins are refused without being opened; each for its own reason.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use super::build::libraries;
use super::world::World;

/// What `plugin add` says of a file, without the frame that all its failures have.
fn refusal(world: &World, file: &Path) -> String {
    let said = world.pyve(&["plugin", "add", "--yes", file.to_str().unwrap()]);
    assert_eq!((said.code, said.stdout.as_str()), (Some(1), ""), "{}", said.stderr);
    assert!(!world.plugins().join("manifest.json").exists());
    said.stderr
}

fn written(world: &World, name: &str, contents: impl AsRef<[u8]>) -> String {
    let file = world.path(name);
    fs::write(&file, contents).unwrap();
    refusal(world, &file)
}

#[test]
fn files_that_are_no_libraries() {
    let world = World::new();
    assert_eq!(
        written(&world, "empty.so", ""),
        "error: `[ROOT]/empty.so` is no plugin: it is empty\nhint: give the path of a plugin's library\n"
    );
    assert_eq!(
        written(&world, "short.so", "\x7fELF"),
        "error: `[ROOT]/short.so` is no plugin for this pyve: 4 bytes are too few for a library\nhint: give the path of a plugin's library\n"
    );
    assert_eq!(
        written(&world, "text.so", "I am a library, honestly.\n"),
        "error: `[ROOT]/text.so` is no plugin for this pyve: it is not a library (ELF is expected)\nhint: give the path of a plugin's library\n"
    );
    let random: Vec<u8> = (0..10_000u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    assert_eq!(
        written(&world, "random.so", random),
        "error: `[ROOT]/random.so` is no plugin for this pyve: it is not a library (ELF is expected)\nhint: give the path of a plugin's library\n"
    );
    assert_eq!(
        refusal(&world, &world.path("nothing.so")),
        "error: `[ROOT]/nothing.so` does not exist\nhint: give the path of a plugin's library\n"
    );
    symlink(world.path("gone"), world.path("dangling.so")).unwrap();
    assert_eq!(
        refusal(&world, &world.path("dangling.so")),
        "error: `[ROOT]/dangling.so` is no plugin: it links to `[ROOT]/gone`, which does not exist\nhint: give the path of a plugin's library\n"
    );
    fs::create_dir(world.path("folder.so")).unwrap();
    assert_eq!(
        refusal(&world, &world.path("folder.so")),
        "error: no library (`*.so`) found in `[ROOT]/folder.so`\nhint: pass the path of a plugin's library\n"
    );
    assert_eq!(
        refusal(&world, Path::new("/dev/null")),
        "error: `/dev/null` is no plugin: it is not a regular file\nhint: give the path of a plugin's library\n"
    );
}

#[test]
fn libraries_that_are_no_plugins() {
    let world = World::new();
    let missing = |name: &str| {
        format!(
            "error: `[ROOT]/{name}.so` is no plugin for this pyve: it exports no backend (the symbol \
             `_1as_0lib_1header_0root_bmodule_bloader` is missing)\n\
             hint: a plugin is made with `export_backend!` of the crate pyve-plugin-api; see `pyve plugin new --help`\n"
        )
    };
    assert_eq!(refusal(&world, &world.bring(&libraries().path("plain"), "plain")), missing("plain"));
    assert_eq!(refusal(&world, &world.bring(&libz(), "libz")), missing("libz"));
    // The plugin with nothing but its program's kind changed: an executable is no library.
    let said = changed_byte(&world, "executable", 16, 2);
    assert_eq!(
        said,
        "error: `[ROOT]/executable.so` is no plugin for this pyve: it is not a shared library but of the kind executable\nhint: give the path of a plugin's library\n"
    );
}

/// The system's zlib, or the C library that the tests themselves use: a real library that is no plugin.
fn libz() -> std::path::PathBuf {
    let maps = fs::read_to_string("/proc/self/maps").unwrap();
    let libc = maps.lines().filter_map(|line| line.split_whitespace().nth(5)).find(|path| path.contains("libc.so"));
    let folder = Path::new(libc.expect("the tests use a C library")).parent().unwrap();
    let zlib = folder.join("libz.so.1");
    if zlib.exists() { zlib } else { Path::new(libc.unwrap()).to_owned() }
}

fn changed_byte(world: &World, name: &str, at: usize, value: u8) -> String {
    let file = world.bring(&libraries().path("frozen"), name);
    let mut bytes = fs::read(&file).unwrap();
    bytes[at] = value;
    fs::write(&file, bytes).unwrap();
    refusal(world, &file)
}

#[test]
fn libraries_for_another_machine() {
    let world = World::new();
    let other = |said: String, why: &str| assert!(said.contains(why), "{said}");
    // EM_S390 with a low byte of 22: no machine that the tests run on is one.
    let processor = changed_byte(&world, "processor", 18, 22);
    other(processor, "`[ROOT]/processor.so` is no plugin for this pyve: it is built for the processor ");
    other(changed_byte(&world, "class", 4, 1), "`[ROOT]/class.so` is no plugin for this pyve: ");
    other(changed_byte(&world, "order", 5, 2), "`[ROOT]/order.so` is no plugin for this pyve: ");
    let apple = b"\xcf\xfa\xed\xfe\x07\0\0\x01\x03\0\0\0\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";
    assert_eq!(
        written(&world, "apple.so", apple),
        format!(
            "error: `[ROOT]/apple.so` is no plugin for this pyve: it is built for another system (MachO; ELF is expected)\n\
             hint: get the one for linux on {}\n",
            std::env::consts::ARCH
        )
    );
}

#[test]
fn a_library_cut_at_any_length_is_refused_unopened() {
    let world = World::new();
    let file = world.bring(&libraries().path("frozen"), "cut");
    let length = file.metadata().unwrap().len();
    let mut lengths: Vec<u64> = (1..=40).map(|part| length * part / 41).collect();
    lengths.extend([
        1,
        4,
        15,
        16,
        17,
        63,
        64,
        65,
        120,
        1000,
        4095,
        4096,
        4097,
        8192,
        length - 4096,
        length - 64,
        length - 1,
    ]);
    lengths.sort_unstable();
    let handle = fs::OpenOptions::new().write(true).open(&file).unwrap();
    for length in lengths.into_iter().rev() {
        handle.set_len(length).unwrap();
        let said = refusal(&world, &file);
        let reason = if length < 16 { "bytes are too few for a library" } else { "it is damaged or cut short: " };
        assert!(said.contains(reason), "at {length}: {said}");
    }
}

#[test]
fn files_and_folders_that_others_could_write_to() {
    let world = World::new();
    let library = world.bring(&libraries().path("frozen"), "frozen");
    fs::set_permissions(&library, fs::Permissions::from_mode(0o666)).unwrap();
    assert_eq!(
        refusal(&world, &library),
        "error: [ROOT]/frozen.so is not opened: it can be changed by others (mode 666)\n\
         hint: run `chmod go-w [ROOT]/frozen.so`\n"
    );
    fs::set_permissions(&library, fs::Permissions::from_mode(0o644)).unwrap();
    fs::set_permissions(&world.root, fs::Permissions::from_mode(0o777)).unwrap();
    assert_eq!(
        refusal(&world, &library),
        "error: [ROOT]/frozen.so is not opened: the directory [ROOT] can be changed by others (mode 777)\n\
         hint: run `chmod go-w [ROOT]`\n"
    );
    // What only root's group may write to is not others'. Where this is not root, nothing can be given to that group.
    if std::os::unix::fs::chown(&world.root, None, Some(0)).is_ok() {
        fs::set_permissions(&world.root, fs::Permissions::from_mode(0o775)).unwrap();
        assert!(!refusal(&world, &world.bring(&libraries().path("plain"), "plain")).contains("is not opened"));
    }
    // Others may add files to a folder like /tmp, but not replace this one.
    fs::set_permissions(&world.root, fs::Permissions::from_mode(0o1777)).unwrap();
    world.add(&library);
    fs::set_permissions(world.plugins(), fs::Permissions::from_mode(0o777)).unwrap();
    let said = world.pyve(&["plugin", "try", "--added", "detect", "frozen"]);
    assert_eq!(
        said.stderr,
        "error: plugin `frozen` is not used: [ROOT]/home/.pyve/plugins is not opened: it can be changed by others (mode \
         777)\nhint: run `chmod go-w [ROOT]/home/.pyve/plugins`\n"
    );
}
