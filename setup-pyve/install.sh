#!/bin/sh
# Installs pyve: downloads the archive of a release, compares its SHA-256, and puts the program into a directory.
#
#   install.sh [--version V] [--sha256 HASH] [--to DIR] [--server URL]
#
# PYVE_INSTALL_VERSION, PYVE_INSTALL_SHA256, PYVE_INSTALL_DIR and PYVE_INSTALL_SERVER say the same; PYVE_RELEASES names a
# mirror of the releases, as for `pyve self update`. Nothing is changed but DIR/pyve (~/.local/bin/pyve), and that only when
# the hash is the one that was expected; ~/.pyve/installed notes the path, for `pyve self update`.
#
# All is done by the last line: of a script that came only in part nothing is run.
set -eu

version=${PYVE_INSTALL_VERSION:-4.0.0}
sha256=${PYVE_INSTALL_SHA256:-}
server=${PYVE_INSTALL_SERVER:-${PYVE_RELEASES:-https://github.com/pointmatic/pyve/releases}/download}
to=${PYVE_INSTALL_DIR:-${HOME:-}/.local/bin}
build='build it: cargo install --git https://github.com/pointmatic/pyve --locked pyve'

# VERSION TARGET SHA256, a line each, written when a release is published.
known() {
    cat <<'TABLE'
TABLE
}

fail() {
    printf 'error: %s\n' "$1" >&2
    [ -z "${2:-}" ] || printf 'hint: %s\n' "$2" >&2
    exit 1
}

has() { command -v "$1" >/dev/null 2>&1; }

read_arguments() {
    while [ $# -gt 0 ]; do
        case $1 in
            --version | --sha256 | --to | --server) [ $# -gt 1 ] || fail "\`$1\` requires a value" ;;
            *) fail "unexpected argument \`$1\`" "use --version, --sha256, --to or --server" ;;
        esac
        case $1 in
            --version) version=$2 ;;
            --sha256) sha256=$2 ;;
            --to) to=$2 ;;
            --server) server=$2 ;;
        esac
        shift 2
    done
    version=${version#v}
    case $version in
        *[!0-9A-Za-z.+-]* | '') fail "invalid version \`$version\`" "write it as 4.0.0" ;;
    esac
    [ "$to" != /.local/bin ] || fail "HOME is not set" "name a directory: --to DIR"
    case $to in /*) ;; *) to=$PWD/$to ;; esac
}

# The name that Rust has for this machine.
find_target() {
    case $(uname -m) in
        x86_64 | amd64) machine=x86_64 ;;
        aarch64 | arm64) machine=aarch64 ;;
        *) fail "there is no release for $(uname -m)" "$build" ;;
    esac
    case $(uname -s) in
        Linux) target=$machine-unknown-linux-gnu ;;
        Darwin) target=$machine-apple-darwin ;;
        *) fail "there is no release for $(uname -s)" "$build" ;;
    esac
    # Alpine has an `ldconfig`, too: the loaders tell.
    if [ "$(uname -s)" = Linux ] && is_there /lib/ld-musl-* && ! is_there /lib/ld-linux* /lib64/ld-linux*; then
        fail "there is no release for musl" "$build"
    fi
}

# Whether one of these files is there: a pattern that fits none is left as it is.
is_there() {
    for file; do
        [ ! -e "$file" ] || return 0
    done
    return 1
}

expected_hash() {
    [ -n "$sha256" ] || sha256=$(known | awk -v v="$version" -v t="$target" '$1 == v && $2 == t { print $3 }')
    sha256=$(printf '%s\n' "$sha256" | awk '{ print tolower($0) }')
    case $sha256 in
        *[!0-9a-f]*) fail "invalid SHA-256 \`$sha256\`" "write 64 hexadecimal digits" ;;
    esac
    [ ${#sha256} -eq 64 ] ||
        fail "the SHA-256 of pyve $version for $target is not known" "give it: --sha256 HASH"
}

download() {
    url=$1
    file=$2
    if has curl; then
        set -- --fail --silent --show-error --location --retry 3 --connect-timeout 30 --max-time 600
        # An encrypted address leads to no other.
        case $url in https:*) set -- "$@" --proto '=https' --tlsv1.2 ;; esac
        curl "$@" --output "$file" "$url"
    elif has wget; then
        # That of busybox, too, has these.
        wget -q -O "$file" "$url"
    else
        fail "neither curl nor wget is installed" "install one of them"
    fi || fail "could not download \`$url\`" "look at the version and at the network"
}

hash_of() {
    if has sha256sum; then sha256sum <"$1"; elif has shasum; then shasum -a 256 <"$1"; else openssl dgst -sha256 -r <"$1"; fi |
        cut -d ' ' -f 1
}

# Without a home directory there is nobody to update it for.
note() {
    pyve_home=${PYVE_HOME:-${HOME:+$HOME/.pyve}}
    [ -n "$pyve_home" ] || return 0
    if mkdir -p -- "$pyve_home" && printf '%s\n' "$(cd -- "$to" && pwd)/pyve" >"$part/installed" &&
        mv -f -- "$part/installed" "$pyve_home/installed"; then
        return 0
    fi
    printf 'it is not noted in %s, so "pyve self update" leaves it alone\n' "$pyve_home" >&2
}

main() {
    read_arguments "$@"
    find_target
    expected_hash
    has sha256sum || has shasum || has openssl || fail "no program computes a SHA-256 here" "install coreutils"
    # Others can change nothing of what is created, whatever the mask lets them.
    umask go-w
    mkdir -p -- "$to"
    [ ! -d "$to/pyve" ] || fail "could not install \`$to/pyve\`: it is a directory" "move it away"
    # Beside its place, so that one rename puts it there.
    part=$(mktemp -d "$to/.pyve.XXXXXX")
    trap 'rm -rf -- "$part"' EXIT
    trap 'exit 130' INT
    trap 'exit 143' HUP TERM

    archive=pyve-$version-$target.tar.gz
    download "$server/v$version/$archive" "$part/archive"
    found=$(hash_of "$part/archive")
    [ "$found" = "$sha256" ] ||
        fail "\`$server/v$version/$archive\` is not the file that was expected: its SHA-256 is $found, not $sha256"
    # Whoever runs this owns it, root as well.
    tar -xozf "$part/archive" -C "$part" pyve
    chmod 755 "$part/pyve"
    said=$("$part/pyve" --version) || said=
    [ "$said" = "pyve $version" ] || fail "the program in \`$archive\` does not run on this machine" "$build"
    mv -f -- "$part/pyve" "$to/pyve"
    note
    printf 'pyve %s is installed: %s\n' "$version" "$to/pyve"
    case :$PATH: in
        *":$to:"*) ;;
        *) printf '%s is not on PATH: add it in the start-up file of your shell\n' "$to" >&2 ;;
    esac
}

{ main "$@"; }
