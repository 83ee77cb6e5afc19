#!/bin/sh
# In the place of cargo where documents are tried: what cargo built for the tests is not built again.
set -eu
real=$PYVE_DOCS_CARGO
built=$PYVE_DOCS_PYVE

refuse() {
    echo "cargo $*: the documents' tests do not know how to try this; teach them in pyve/testkit/src/reader_cargo.sh" >&2
    exit 1
}

# Fails, as cargo would, where there is no valid Cargo.toml.
manifest() {
    "$real" metadata --offline --no-deps --format-version 1 --manifest-path "$1"
}

here() {
    manifest "$("$real" locate-project --message-format plain)" >/dev/null
}

give() {
    mkdir -p "$1"
    rm -f "$1/pyve"
    ln "$built" "$1/pyve" 2>/dev/null || cp "$built" "$1/pyve"
}

install() {
    path='' root=${CARGO_INSTALL_ROOT:-${CARGO_HOME:-$HOME/.cargo}}
    shift
    while [ $# -gt 0 ]; do
        case $1 in
            --path) path=$2; shift ;;
            --path=*) path=${1#--path=} ;;
            --root) root=$2; shift ;;
            --root=*) root=${1#--root=} ;;
            --locked | --force | --debug | --quiet | -q | -f) ;;
            *) refuse install "$@" ;;
        esac
        shift
    done
    [ -n "$path" ] || refuse install without --path
    manifest "$path/Cargo.toml" | grep -q "\"manifest_path\":\"$(cd -- "$path" && pwd)/Cargo.toml\"" || {
        echo "cargo install: $path is no package" >&2
        exit 1
    }
    give "$root/bin"
}

build() {
    profile=debug package=pyve
    while [ $# -gt 0 ]; do
        case $1 in
            --release | -r) profile=release ;;
            --profile) profile=$2; shift ;;
            -p | --package) package=$2; shift ;;
        esac
        shift
    done
    here
    folder=${CARGO_TARGET_DIR:-target}/$profile
    [ "$package" = pyve ] || {
        library "$package" "$folder"
        return
    }
    case $profile in
        # Its size is looked at; that of one with all that a debugger needs says nothing.
        release)
            mkdir -p "$folder"
            printf '#!/bin/sh\nexec "$PYVE_DOCS_PYVE" "$@"\n' >"$folder/pyve"
            chmod 755 "$folder/pyve"
            ;;
        *) give "$folder" ;;
    esac
}

# An example plugin; pages name its library as Linux does.
library() {
    file=lib$(printf %s "$1" | tr - _)
    mkdir -p "$2"
    for built in "${PYVE_DOCS_EXAMPLES-}/$file".so "${PYVE_DOCS_EXAMPLES-}/$file".dylib; do
        [ ! -f "$built" ] || cp "$built" "$2/$file.so"
    done
    [ -f "$2/$file.so" ] || refuse build -p "$1"
}

case ${1-} in
    --version | -V | locate-project | metadata) exec "$real" "$@" ;;
    install) install "$@" ;;
    build) build "$@" ;;
    run)
        here
        while [ $# -gt 0 ] && [ "$1" != -- ]; do shift; done
        [ $# -eq 0 ] || shift
        exec "$built" "$@"
        ;;
    # That the workspace builds and passes is shown by the tests that run now.
    test | check | fmt | clippy | doc) here ;;
    *) refuse "$@" ;;
esac
