//! An environment on its way to another backend.

use std::os::unix::process::CommandExt;
use std::process::Stdio;

use super::{check, give_pyve, ids, report, type_remedy};
use crate::migrate::{files, place};
use crate::ready::{signal, until};

#[test]
fn one_that_was_interrupted_is_named_and_undone() {
    let Some(place) = place() else { return };
    give_pyve(&place.world);
    let before = files(&place);
    let hanging = place.world.root().join("hanging");
    let script = "#!/bin/sh\ncase \"$*\" in *\"-m venv\"*) : > 'HANGING'; exec sleep 60 ;; esac\nexec \"${0%/*}/../base/python3\" \"$@\"\n";
    place.world.stand_in("python3", &script.replace("HANGING", &hanging.to_string_lossy()));
    let mut command = place.pyve("migrate --to venv --offline --allow-loss").into_command();
    command.process_group(0).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = until(&hanging, command.spawn().unwrap());
    let detail = check(&report(&place.world, ""), "pyve.migration")["detail"].as_str().unwrap().to_owned();
    assert!(detail.starts_with("the environment moves from micromamba to venv right now by "), "{detail}");
    let now = place.refused("migrate --to venv");
    let told =
        "error: the migration of `default` from `micromamba` to `venv` is done right now by pyve migrate (process ";
    assert!(now.contains(told) && now.ends_with("\nhint: wait until it has ended\n"), "{now}");
    let _ = signal(child, "KILL");

    assert_eq!(place.run(&["hello"]), "hello 1.0\n", "the old one is in use");
    let seen = report(&place.world, "");
    assert_eq!(check(&seen, "pyve.migration-interrupted")["remedy"], serde_json::json!(["pyve", "migrate", "--undo"]));
    let again = place.refused("migrate --to venv");
    assert!(
        again.contains("error: the migration of `default` from `micromamba` to `venv` was interrupted\n"),
        "{again}"
    );
    assert!(place.refused("migrate --finish").contains("hint: go back to how it was before: `pyve migrate --undo`"));
    type_remedy(&place.world, &check(&seen, "pyve.migration-interrupted"));
    assert!(!ids(&report(&place.world, "")).contains("pyve.migration-interrupted"));
    assert_eq!(files(&place), before);
}
