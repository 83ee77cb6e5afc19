# Sourced by the scripts that build: makes sure that cargo works.

need_rust() {
    if command -v cargo >/dev/null 2>&1 && command -v rustc >/dev/null 2>&1; then
        # rustup looks for its toolchains in the home folder. Where HOME is another one than it was installed in, they
        # are still beside the cargo on PATH.
        cargo_home=$(dirname -- "$(dirname -- "$(command -v cargo)")")
        rustup=$(dirname -- "$cargo_home")/.rustup
        if ! cargo --version >/dev/null 2>&1 && [ -d "$rustup" ]; then export RUSTUP_HOME="$rustup"; fi
        # So are the packages that were downloaded already.
        if [ -z "${CARGO_HOME:-}" ] && [ ! -d "${HOME:-}/.cargo" ] && [ -w "$cargo_home/registry" ]; then
            export CARGO_HOME="$cargo_home"
        fi
        cargo --version >/dev/null && return
        echo "error: $(command -v cargo) does not run, for the reason above" >&2
        exit 1
    fi
    echo "error: cargo and rustc are not on PATH; install Rust 1.89 or newer from https://rustup.rs" >&2
    exit 1
}
