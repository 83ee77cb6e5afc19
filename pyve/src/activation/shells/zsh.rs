//! zsh, from 5.0 on.

use super::posix::Dialect;

pub const ZSH: Dialect = Dialect {
    name: "zsh",
    hook: include_str!("hook.zsh"),
    auto_hook: include_str!("auto.zsh"),
    startup_file: "~/.zshrc",
    rehash: "\\rehash",
    source: include_str!("source.zsh"),
};
