# Sourced by the scripts of this repository: makes sure that `cargo` works.
#
# rustup's `cargo` looks for its toolchains below HOME. Where HOME is another one than at the time
# rustup was installed (a test's, a container's), they are still where they were: beside the program.

if ! command -v cargo >/dev/null 2>&1; then
    echo "ERROR: cargo is not on PATH" >&2
    echo "hint: install Rust 1.85 or newer from https://rustup.rs" >&2
    exit 1
fi
if ! cargo --version >/dev/null 2>&1; then
    bin=$(cd "$(dirname "$(command -v cargo)")" && pwd)
    rustup_home=$(dirname "$(dirname "$bin")")/.rustup
    if [ -d "$rustup_home/toolchains" ]; then
        RUSTUP_HOME=$rustup_home
        export RUSTUP_HOME
    fi
fi
if ! cargo --version >/dev/null 2>&1; then
    echo "ERROR: cargo does not work: rustup has no toolchain for it" >&2
    echo "hint: rustup default stable" >&2
    exit 1
fi
