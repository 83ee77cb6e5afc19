//! An environment file that cannot be read, or does not mean what it seems to.

use super::{healthy, hinted, sound};

#[test]
fn a_file_that_cannot_be_read() {
    let Some(place) = healthy(&["python"]) else { return };
    let before = place.world.read("environment.yml");
    place.world.write("environment.yml", before.replace("  - python", "  - [python"));
    let hint = hinted(&place, "micromamba.environment-file");
    assert!(hint.starts_with("correct line ") && hint.ends_with(" of environment.yml"), "{hint}");
    place.world.write("environment.yml", before);
    sound(&place);
    std::fs::remove_file(place.project().join("environment.yml")).unwrap();
    assert_eq!(hinted(&place, "micromamba.environment-file"), "write environment.yml, then run: pyve init");
}

#[test]
fn words_that_micromamba_passes_over() {
    let Some(place) = healthy(&["python"]) else { return };
    let before = place.world.read("environment.yml");
    place.world.write("environment.yml", format!("{before}extra: 1\n"));
    let hint = hinted(&place, "micromamba.environment-file");
    assert_eq!(hint, "remove 'extra:', which begins on line 5, in environment.yml");
    place.world.write("environment.yml", format!("{before}variabels: {{}}\n"));
    let hint = hinted(&place, "micromamba.environment-file");
    assert_eq!(hint, "write 'variables:' in the place of 'variabels:' on line 5 in environment.yml");
    place.world.write("environment.yml", format!("{before}variables: {{}}\n"));
    sound(&place);
    place.world.write("environment.yml", before.replace("- python", "- python # [unix]"));
    let hint = hinted(&place, "micromamba.environment-file");
    assert_eq!(hint, "write '- sel(unix): python' as line 4 in environment.yml");
    place.world.write("environment.yml", before.replace("- python", "- sel(unix): python"));
    sound(&place);
}

#[test]
fn two_files_of_one_meaning() {
    let Some(place) = healthy(&["python"]) else { return };
    let other = place.world.write("environment.yaml", "dependencies: [python]\n");
    assert_eq!(hinted(&place, "micromamba.environment-file"), "remove environment.yaml, or rename it");
    std::fs::remove_file(other).unwrap();
    sound(&place);
}

#[test]
fn a_file_without_channels() {
    let Some(place) = healthy(&["python"]) else { return };
    let before = place.world.read("environment.yml");
    let after = before.split_once("dependencies").map(|(_, rest)| format!("dependencies{rest}")).unwrap();
    place.world.write("environment.yml", after);
    let seen = super::report(&place.world, "");
    let file = super::problems(&seen).into_iter().find(|check| check["id"] == "micromamba.environment-file");
    let hint = file.unwrap()["hint"].as_str().unwrap().to_owned();
    assert_eq!(hint, "add 'channels:' with '  - conda-forge' to environment.yml");
    place.world.write("environment.yml", before);
    sound(&place);
}
