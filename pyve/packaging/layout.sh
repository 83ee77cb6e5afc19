# Sourced by the scripts that make packages: what is packed, and where it comes from.
# shellcheck shell=sh

repository=$(cd -- "$(dirname -- "$0")/../.." && pwd)

fail() {
    printf 'error: %s\n' "$1" >&2
    exit 1
}

# The version in the workspace's Cargo.toml.
version() {
    awk '/^\[workspace\.package\]/ { here = 1 } here && /^version = / { gsub(/[" ]/, "", $3); print $3; exit }' "$repository/Cargo.toml"
}

# PROGRAM FOLDER: the completions of each shell and the manual pages, written by the program itself.
written_by() {
    mkdir -p "$2/completions"
    home=$(mktemp -d)
    HOME=$home PYVE_HOME=$home/.pyve "$1" --quiet man --out "$2/man1"
    for shell in bash zsh fish; do
        case $shell in zsh) completion=_pyve ;; *) completion=pyve.$shell ;; esac
        HOME=$home PYVE_HOME=$home/.pyve "$1" completions "$shell" >"$2/completions/$completion"
    done
    rm -rf -- "$home"
}

hash_of() {
    if command -v sha256sum >/dev/null 2>&1; then sha256sum <"$1"; else shasum -a 256 <"$1"; fi | cut -d ' ' -f 1
}
