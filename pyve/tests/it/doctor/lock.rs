//! Lock files, as the doctor finds them.

use serde_json::json;

use super::{check, healthy, problems, report};

const HEAD: &str = "lock-version = \"1.0\"\ncreated-by = \"x\"\n\n";

fn package(name: &str, version: &str) -> String {
    let file = format!("{{ url = \"https://h/{name}.whl\", hashes = {{ sha256 = \"{}\" }} }}", "0".repeat(64));
    format!("[[packages]]\nname = \"{name}\"\nversion = \"{version}\"\nwheels = [{file}]\n\n")
}

#[test]
fn each_state_of_a_lock_has_its_name() {
    let Some(world) = healthy() else { return };
    let own = |inputs: &str| format!("[tool.pyve]\ninputs = [{inputs}]\n");
    let lock = |text: &str| {
        world.write("pylock.toml", format!("{HEAD}{text}"));
        report(&world, "")
    };
    world.write("requirements.txt", "six>=2\n");
    let told = lock(&format!("{}{}", package("six", "2.0"), own("\"six>=2\"")));
    assert_eq!(check(&told, "venv.lock")["detail"], "pylock.toml is fresh");
    let missing = check(&told, "venv.package-missing");
    assert_eq!(missing["detail"], "not installed: six==2.0 (pylock.toml:4)");

    let told = lock(&format!("{}{}", package("six", "1.0"), own("\"six<2\"")));
    let stale = check(&told, "venv.lock-stale");
    assert_eq!(stale["detail"], "pylock.toml: requirements.txt:1 asks for `six>=2`, but `six<2` is locked");
    assert_eq!((&stale["status"], &stale["remedy"]), (&json!("warning"), &json!(["pyve", "lock"])));

    // What another program wrote is compared as far as that can be done.
    let told = lock(&package("six", "1.0"));
    assert_eq!(
        check(&told, "venv.lock-stale")["detail"],
        "pylock.toml: requirements.txt:1 asks for `six>=2`, but 1.0 is locked"
    );
    world.write("requirements.txt", "six>=2\n./local\n");
    let told = lock(&package("six", "2.0"));
    let unknown = "pylock.toml was not written by pyve, and requirements.txt:2 cannot be compared with it";
    assert_eq!(
        (&check(&told, "venv.lock")["detail"], &check(&told, "venv.lock")["status"]),
        (&json!(unknown), &json!("info"))
    );
    world.write("requirements.txt", "six>=2\n");
    assert_eq!(check(&lock(&package("six", "2.0")), "venv.lock")["status"], "ok");

    let both = format!("<<<<<<< HEAD\n{}=======\n{}>>>>>>> theirs\n", package("six", "1.0"), package("six", "2.0"));
    let conflict = check(&lock(&both), "venv.lock-conflict");
    assert_eq!(
        (&conflict["detail"], &conflict["remedy"]),
        (&json!("pylock.toml:4: merge conflict"), &json!(["pyve", "lock"]))
    );
    let broken = check(&lock("[[packages]]\nname = \n"), "venv.lock-unreadable");
    assert!(broken["detail"].as_str().unwrap().starts_with("pylock.toml:5: "), "{broken}");
    assert_eq!(broken["status"], "error");
}

#[test]
fn what_is_installed_beside_the_lock_is_named_and_other_locks_are() {
    let Some(world) = healthy() else { return };
    let lib = std::fs::read_dir(world.project().join(".venv/lib")).unwrap().next().unwrap().unwrap().path();
    for name in ["stray", "six"] {
        let folder = lib.join(format!("site-packages/{name}-2.0.dist-info"));
        std::fs::create_dir(&folder).unwrap();
        std::fs::write(folder.join("METADATA"), format!("Name: {name}\nVersion: 2.0\n")).unwrap();
    }
    world.write("requirements.txt", "six\n");
    world.write("pylock.toml", format!("{HEAD}{}[tool.pyve]\ninputs = [\"six\"]\n", package("six", "2.0")));
    world.write("poetry.lock", "");
    let told = report(&world, "");
    let extra = check(&told, "venv.package-not-locked");
    assert_eq!(extra["detail"], "not in pylock.toml: stray");
    assert_eq!(extra["remedy"], json!(["pyve", "init", "--update", "--prune"]));
    assert_eq!(
        check(&told, "venv.foreign-lock")["detail"],
        "poetry.lock is not read; `poetry install` installs from it"
    );
    assert_eq!(problems(&told).len(), 1, "{told:#}");
    world.write("pylock.toml", format!("{HEAD}{}{}", package("six", "2.0"), package("stray", "2.0")));
    assert_eq!(problems(&report(&world, "")).len(), 0);
}
