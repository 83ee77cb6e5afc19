//! `pyve migrate --name-map`: a file or a URL, what is kept of it, and what is refused.

use std::fs;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::conda::place::Place;
use crate::conda::server::Server;

const MAP: &str = r#"{"oddly-named": ["six"], "numpy": ["numpy"], "graphviz": ["graphviz"], "r-base": null}"#;

/// What is asked for in pip's words.
fn place() -> Place {
    let place = Place::new();
    place.world.write("requirements.txt", "six>=1\nnumpy\ngraphviz\nidna\n");
    place.world.write("map.json", MAP);
    place
}

fn planned(place: &Place, map: &str) -> Value {
    let line = format!("migrate --to micromamba --dry-run --offline --json --name-map {map}");
    serde_json::from_str(&place.done(&line).out()).unwrap()
}

fn hash(text: &str) -> String {
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[track_caller]
fn refused(place: &Place, map: &str, told: &str) {
    let said = place.refused(&format!("migrate --to micromamba --dry-run --name-map {map}"));
    assert_eq!(said, told);
}

#[test]
fn a_file_names_what_the_tables_leave_open_and_traps_stay_traps() {
    let place = place();
    let json = planned(&place, "map.json");
    assert_eq!(json["name_map"], json!({ "source": "map.json", "sha256": hash(MAP), "downloaded": null }));
    let lines: Vec<[&str; 3]> = (json["account"].as_array().unwrap().iter())
        .map(|line| ["line", "written", "reason"].map(|key| line[key].as_str().unwrap_or_default()))
        .collect();
    let trap = "conda-forge calls it `python-graphviz`; its `graphviz` is the programs of Graphviz";
    assert_eq!(
        lines,
        [
            ["six>=1", "oddly-named >=1", "the name map calls it `oddly-named`"],
            ["numpy", "numpy", "the name map has it"],
            ["graphviz", "python-graphviz", trap],
            ["idna", "idna", "not verified"],
        ]
    );
    let told = place.done("migrate --to micromamba --dry-run --offline --name-map map.json").out();
    let first = format!("Name map: map.json (SHA-256 {})\nMigration of ", hash(MAP));
    assert!(told.starts_with(&first), "{told}");
    let without = place.done("migrate --to micromamba --dry-run --offline --json").out();
    assert_eq!(serde_json::from_str::<Value>(&without).unwrap()["name_map"], Value::Null);

    let right = hash(MAP);
    assert_eq!(planned(&place, &format!("map.json --name-map-sha256 {right}"))["name_map"]["sha256"], right);
    let wrong = "0".repeat(64);
    let told = format!(
        "1\nerror: unexpected SHA-256 of the name map `map.json`\n  expected: {wrong}\n  found:    {right}\n\
         hint: do not use that file, or correct `--name-map-sha256`\n"
    );
    refused(&place, &format!("map.json --name-map-sha256 {wrong}"), &told);
    refused(&place, "map.json --name-map-sha256 00", "2\nerror: invalid SHA-256 `00`: use 64 hexadecimal digits\n");
    let shape = "hint: give a JSON object of package names, each with a list of names or `null`\n";
    for (text, why) in [
        ("{\"six\": [\n", "no valid JSON: EOF while parsing a list at line 2 column 0"),
        ("[1]", "no object of names"),
        ("{\"six\": [\"--yes\"]}", "`six` has \"--yes\", which is not the name of a package"),
    ] {
        place.world.write("broken.json", text);
        refused(&place, "broken.json", &format!("1\nerror: could not use the name map `broken.json`: {why}\n{shape}"));
    }
    let missing = "1\nerror: could not read the name map `[PROJECT]/none.json`: it does not exist\n\
                   hint: correct the path behind `--name-map`\n";
    refused(&place, "none.json", missing);
    std::os::unix::fs::symlink("map.json", place.project().join("link.json")).unwrap();
    let link = place.refused("migrate --to micromamba --dry-run --name-map link.json");
    assert!(link.contains("link.json`: it is a symbolic link, and links are not followed there\nhint: "), "{link}");
    let large = fs::File::create(place.project().join("large.json")).unwrap();
    large.set_len((16 << 20) + 1).unwrap();
    let large = place.refused("migrate --to micromamba --dry-run --name-map large.json");
    assert!(large.contains("large.json`: it is larger than 16 MiB\nhint: "), "{large}");
    let folder = place.refused("migrate --to micromamba --dry-run --name-map .");
    assert!(folder.contains("it is a directory, not a regular file\nhint: "), "{folder}");
}

#[test]
fn a_table_of_a_server_is_kept_for_times_without_a_network() {
    let place = place();
    let server = Server::of(MAP.as_bytes().to_vec());
    let url = server.url.clone();
    let offline = format!("migrate --to micromamba --dry-run --offline --name-map {url}");
    let none = format!(
        "1\nerror: no copy of the name map `{url}` is kept, and pyve is offline\n\
         hint: run the same command once without `--offline`, or give the path of a file\n"
    );
    assert_eq!(place.refused(&offline), none);
    assert_eq!(server.asked(), 0);
    let online = |more: &str| {
        let line = format!("migrate --to micromamba --dry-run --json --name-map {url} {more}");
        serde_json::from_str::<Value>(&place.done(&line).out()).unwrap()["name_map"].clone()
    };
    assert_eq!(online(""), json!({ "source": url, "sha256": hash(MAP), "downloaded": null }));
    assert_eq!(server.asked(), 1);
    let copied = planned(&place, &url);
    assert_eq!(copied["name_map"]["sha256"], hash(MAP));
    let when = copied["name_map"]["downloaded"].as_u64().unwrap();
    assert!(when > 1_700_000_000, "seconds since 1970: {when}");
    let told = place.done(&offline).out();
    assert!(
        told.starts_with(&format!("Name map: {url} (SHA-256 {}, a copy downloaded just now)\n", hash(MAP))),
        "{told}"
    );
    // One that must be this very file need not be fetched again.
    online(&format!("--name-map-sha256 {}", hash(MAP)));
    assert_eq!(server.asked(), 1);

    // What cannot be used does not take the place of what can.
    let folder = place.world.home().join(".pyve/cache/name-maps");
    let kept: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(kept.len(), 1);
    let broken = Server::of(b"[]".to_vec());
    let said = place.refused(&format!("migrate --to micromamba --dry-run --name-map {}", broken.url));
    assert!(said.contains(&format!("could not use the name map `{}`: no object of names\n", broken.url)), "{said}");
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
    let wrong = place
        .refused(&format!("migrate --to micromamba --dry-run --name-map {url} --name-map-sha256 {}", "0".repeat(64)));
    assert!(wrong.contains(": it is not the file that was expected\n"), "{wrong}");
    // Nor is a link in its place followed.
    fs::rename(&kept[0], place.project().join("elsewhere.json")).unwrap();
    std::os::unix::fs::symlink(place.project().join("elsewhere.json"), &kept[0]).unwrap();
    let link = place.refused(&offline);
    assert!(link.contains("it is a symbolic link"), "{link}");
    let plain = place.refused("migrate --to micromamba --dry-run --name-map http://example.org/map.json");
    assert!(
        plain.contains("could not trust `http://example.org/map.json`: the connection is not encrypted\n"),
        "{plain}"
    );
}
