//! `pyve migrate --from-lock`: the versions that are locked move, if the lock is one to go by.

use serde_json::Value;

use crate::conda::place::Place;

const MOVE: &str = "migrate --to micromamba --dry-run --offline --from-lock";

/// A lock as pyve notes it, of what is asked for in `inputs`.
fn lock(inputs: &str) -> String {
    let package = |name: &str, version: &str| {
        let file =
            format!("{{url = 'https://h/{name}-{version}-py3-none-any.whl', hashes = {{sha256 = '{:064}'}}}}", 0);
        format!("\n[[packages]]\nname = '{name}'\nversion = '{version}'\nwheels = [{file}]\n")
    };
    let head = format!(
        "lock-version = '1.0'\ncreated-by = 'pyve'\n{}{}",
        package("flask", "3.0.3"),
        package("jinja2", "3.1.4")
    );
    format!("{head}\n[tool.pyve]\ninputs = [{inputs}]\n")
}

fn account(place: &Place, line: &str) -> (Value, Vec<String>) {
    let json: Value = serde_json::from_str(&place.done(line).out()).unwrap();
    let told = |line: &Value| format!("{} {} {}", line["place"], line["written"], line["locked"]).replace('"', "");
    let lines = json["account"].as_array().unwrap().iter().map(told).collect();
    (json, lines)
}

#[test]
fn locked_versions_move_in_both_directions_and_a_lock_to_doubt_stops_it() {
    let place = Place::new();
    place.world.write("requirements.txt", "flask>=3\n-e ./local\n");
    let missing = "1\nerror: could not take versions from `pylock.toml`: it does not exist\nhint: run `pyve lock`\n";
    assert_eq!(place.refused(MOVE), missing);
    place.world.write("pylock.toml", lock("'-e ./local', 'flask>=2'"));
    let stale = "1\nerror: could not take versions from `pylock.toml`: it is stale\n  \
                 requirements.txt:1 asks for `flask>=3`, but `flask>=2` is locked\nhint: run `pyve lock`\n";
    assert_eq!(place.refused(MOVE), stale);
    let side = lock("'-e ./local', 'flask>=3'");
    place.world.write("pylock.toml", format!("<<<<<<< ours\n{side}=======\n{side}>>>>>>> theirs\n"));
    let conflict = "1\nerror: could not take versions from `pylock.toml`: it has a merge conflict\n  \
                    pylock.toml:1: merge conflict\nhint: run `pyve lock`\n";
    assert_eq!(place.refused(MOVE), conflict);

    place.world.write("pylock.toml", side);
    let (json, lines) = account(&place, &format!("{MOVE} --json"));
    assert_eq!(json["lock"], "pylock.toml");
    assert_eq!(
        lines,
        ["requirements.txt:1 flask ==3.0.3 pylock.toml:4", "requirements.txt:2 -e ./local below pip: null"],
        "what only flask requires is not asked for"
    );
    let told = place.done(MOVE).out();
    assert!(
        told.starts_with("Migration of `default` from venv to micromamba, with the versions of pylock.toml:\n"),
        "{told}"
    );
    assert!(told.contains("→ flask ==3.0.3 (locked in pylock.toml:4; not verified)\n"), "{told}");
    // Without the flag a lock says nothing.
    let (json, lines) = account(&place, "migrate --to micromamba --dry-run --offline --json");
    assert_eq!((&json["lock"], lines[0].as_str()), (&Value::Null, "requirements.txt:1 flask >=3 null"));

    let place = Place::new();
    place.environment(&["python", "hello", "purelib  # pure"]);
    place.done("lock");
    let back = "migrate --to venv --dry-run --offline --from-lock --json";
    let (json, lines) = account(&place, back);
    assert_eq!(json["lock"], "conda-lock.yml");
    let text = place.world.read("conda-lock.yml");
    let line = |name: &str| text.lines().position(|line| line.contains(&format!("name: {name}"))).unwrap() + 1;
    assert_eq!(
        lines[..3],
        [
            "environment.yml:4  null".replace("  ", " null "),
            format!("environment.yml:5 hello==2.0 conda-lock.yml:{}", line("hello")),
            format!("environment.yml:6 purelib==1.0 conda-lock.yml:{}", line("purelib")),
        ]
    );
    place.environment(&["python", "hello<2", "purelib"]);
    let stale = "1\nerror: could not take versions from `conda-lock.yml`: it is stale\n  \
                 hello changed to hello <2 in environment.yml\nhint: run `pyve lock`\n";
    assert_eq!(place.refused(back), stale);
}
