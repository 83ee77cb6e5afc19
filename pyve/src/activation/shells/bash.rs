//! bash, from 3.2 on, which macOS has.

use super::posix::Dialect;

pub const BASH: Dialect = Dialect {
    name: "bash",
    hook: include_str!("hook.bash"),
    auto_hook: include_str!("auto.bash"),
    startup_file: "~/.bashrc",
    // Where `set +h` forbids to remember commands there is nothing to forget.
    rehash: "\\hash -r 2>/dev/null || \\:",
    source: include_str!("source.bash"),
};
