#!/bin/sh
# In the place of cargo for maturin: what cargo built for the tests is not built again.
set -eu
real=$PYVE_DOCS_CARGO
case ${1-} in
    rustc) ;;
    *) exec "$real" "$@" ;;
esac
while [ "$1" != --manifest-path ]; do shift; done
manifest=$2
id=path+file://${manifest%/Cargo.toml}#$(sed -n "s/^version = \"\(.*\)\"/\1/p" "${manifest%/pyve/Cargo.toml}/Cargo.toml" | head -n 1)
target='{"kind":["bin"],"crate_types":["bin"],"name":"pyve","src_path":"main.rs","edition":"2024","doc":true,"doctest":false,"test":true}'
profile='{"opt_level":"0","debuginfo":0,"debug_assertions":true,"overflow_checks":true,"test":false}'
printf '{"reason":"compiler-artifact","package_id":"%s","manifest_path":"%s","target":%s,"profile":%s,"features":[],"filenames":["%s"],"executable":"%s","fresh":true}\n' \
    "$id" "$manifest" "$target" "$profile" "$PYVE_DOCS_PYVE" "$PYVE_DOCS_PYVE"
printf '{"reason":"build-finished","success":true}\n'
