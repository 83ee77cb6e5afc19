//! What a manifest asks for, and what of it cannot be compared.

use super::*;
use pyve_plugin_api::Request;

fn asked(text: &str) -> Asked {
    let root = tempfile::tempdir().unwrap();
    std::fs::write(root.path().join("pixi.toml"), text).unwrap();
    Asked::of(&Manifest::of(&Request::new(root.path(), "/home/.pyve")).unwrap())
}

fn told(asked: &Asked) -> Vec<String> {
    let line = |it: &Requirement| format!("{} {}", it.name, it.spec).trim_end().to_owned();
    let all = asked.environments.iter().flat_map(|environment| {
        environment.platforms.iter().map(move |(platform, wanted)| {
            let wanted: Vec<String> = wanted.iter().map(line).collect();
            format!("{} {platform}: {}", environment.name, wanted.join(", "))
        })
    });
    all.collect()
}

#[test]
fn an_environment_has_what_its_features_ask_for_on_each_platform() {
    let told_of = asked(
        "[workspace]\nchannels = [\"conda-forge\"]\nplatforms = [\"linux-64\", \"osx-64\"]\n\
         [dependencies]\npython = \"3.12.*\"\nnumpy = \"*\"\n[target.osx.dependencies]\nappnope = \"*\"\n\
         [feature.test]\nplatforms = [\"linux-64\"]\n[feature.test.dependencies]\npytest = {version = \">=8\", build = \"py*\"}\n\
         [environments]\ntest = [\"test\"]\nbare = {features = [\"test\"], no-default-feature = true}\n",
    );
    assert_eq!(
        told(&told_of),
        [
            "default linux-64: python 3.12.*, numpy",
            "default osx-64: python 3.12.*, numpy, appnope",
            "test linux-64: pytest >=8 py*, python 3.12.*, numpy",
            "bare linux-64: pytest >=8 py*",
        ]
    );
    assert_eq!(told_of.environments[0].channels, ["conda-forge"]);
    assert_eq!(told_of.unclear, Vec::<String>::new());
}

#[test]
fn what_only_pixi_can_compare_is_named_with_its_line() {
    let told = asked(
        "[workspace]\nchannels = [{channel = \"x\", priority = 1}]\nplatforms = [\"linux-64\"]\nexclude-newer = \"7d\"\n\
         [pypi-options]\nno-build = true\n[dependencies]\nmine = {path = \"mine\"}\n[pypi-dependencies]\nsix = \"*\"\n\
         [target.amiga.dependencies]\na = \"*\"\n[environments]\ndefault = {dependencies = {}}\n",
    );
    assert_eq!(
        told.unclear,
        [
            "pixi.toml:4: `workspace.exclude-newer` is not compared",
            "pixi.toml:5: `pypi-options` is not compared",
            "pixi.toml:14: `environments.default.dependencies` is not compared",
            "pixi.toml:2: `channels` that say more than names are not compared",
            "pixi.toml:8: what is asked for of `mine` is not compared",
            "pixi.toml:10: what is asked for of `six` is not compared",
            "pixi.toml:11: the target `amiga` is not known here",
        ]
    );
}
