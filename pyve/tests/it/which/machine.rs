//! A machine of a test's own: this one's programs under a root folder that may be written to, and a password database
//! that the test writes. It lasts as long as one command, in a mount namespace, so nothing of it is seen outside.

use std::fs;
use std::path::PathBuf;

use pyve_testkit::{Invocation, World, mount_namespace};

/// Enters the machine: `$1` is its root, `$2` a folder with its password database and where that is looked up, `$3` the working folder, then the command.
const ENTER: &str = r#"
set -e
root=$1 users=$2 folder=$3; shift 3
path=$PATH; PATH=/usr/sbin:/usr/bin:/sbin:/bin
for entry in /*; do
    place=$root/${entry#/}
    if [ -L "$entry" ]; then
        [ -L "$place" ] || cp -P "$entry" "$place"
    elif [ -d "$entry" ] && [ "$entry" != /.pyve ]; then
        mkdir -p "$place"; mount --rbind "$entry" "$place"
    fi
done
for file in passwd nsswitch.conf; do
    [ ! -e "$root/etc/$file" ] || mount --bind "$users/$file" "$root/etc/$file"
done
exec chroot "$root" sh -c 'cd "$1"; PATH=$2; shift 2; exec "$@"' sh "$folder" "$path" "$@"
"#;

/// A machine around a world.
pub struct Machine<'a> {
    pub world: &'a World,
    unshare: PathBuf,
    own_users: bool,
}

impl<'a> Machine<'a> {
    /// `None` where namespaces are not allowed: the test is left out and must return.
    #[track_caller]
    pub fn around(world: &'a World) -> Option<Self> {
        let unshare = mount_namespace()?;
        let machine = Self { world, unshare, own_users: !is_root() };
        for folder in ["machine", "users"] {
            fs::create_dir(world.root().join(folder)).unwrap();
        }
        // Elsewhere root has a home even if nobody wrote that down.
        fs::write(world.root().join("users/nsswitch.conf"), "passwd: files\n").unwrap();
        machine.users(&[("root", 0, &world.home())]);
        Some(machine)
    }

    /// What is `/` in the machine.
    pub fn root(&self) -> PathBuf {
        self.world.root().join("machine")
    }

    /// Writes the password database: names, numbers and home folders.
    pub fn users(&self, users: &[(&str, u32, &std::path::Path)]) {
        let line = |(name, number, home): &(&str, u32, &std::path::Path)| {
            format!("{name}:x:{number}:{number}::{}:/bin/sh\n", home.display())
        };
        fs::write(self.world.root().join("users/passwd"), users.iter().map(line).collect::<String>()).unwrap();
    }

    /// A command in the machine, as root of it, in the project.
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Invocation<'a> {
        self.command_in(self.world.project(), program)
    }

    /// A command in the machine, as root of it, in this folder.
    pub fn command_in(&self, folder: &std::path::Path, program: impl AsRef<std::ffi::OsStr>) -> Invocation<'a> {
        let mut enter = self.world.command(&self.unshare).arg("--mount");
        if self.own_users {
            enter = enter.arg("--map-root-user");
        }
        let enter = enter.args(["/bin/sh", "-c", ENTER, "sh"]).arg(self.root()).arg(self.world.root().join("users"));
        enter.arg(folder).arg(program)
    }

    /// pyve in the machine, with this line, in this folder.
    pub fn pyve(&self, folder: &std::path::Path, line: &str) -> Invocation<'a> {
        self.command_in(folder, env!("CARGO_BIN_EXE_pyve")).args(line.split_whitespace())
    }
}

/// Only root can make folders of other users.
pub fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0)
}
