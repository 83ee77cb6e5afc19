//! `--update`: what was asked for moves, and what that forces, and nothing else.

use std::collections::{BTreeMap, BTreeSet};

use pyve_testkit::{World, tools_python};

use super::{TREE, done, locked, told, with_pip, with_uv};
use crate::ready::pyve;

/// As many generated projects are tried where nobody asks for all.
const SLICE: usize = 3;
const ALL: usize = 50;

#[test]
fn the_table_says_what_moved_and_why() {
    let Some(world) = with_uv(TREE) else { return };
    world.write("requirements.txt", "top<2\nother<1.5\nleaf<2\n");
    done(&world, "lock");
    world.write("requirements.txt", "top\nother\nleaf>1.1\n");
    insta::assert_snapshot!(told(&world, "lock --update top --dry-run"), @"
    exit code: 0
    ----- stdout -----
    run: UV_PYTHON_DOWNLOADS=never UV_FIND_LINKS=[ROOT]/wheels [BIN]/uv pip compile --universal --no-header --no-progress --python [BIN]/python3 requirements.txt --no-index --output-file [TMP]/pyve-lock-[KEY]/lock/pylock.toml --upgrade-package top
    run: UV_PYTHON_DOWNLOADS=never UV_FIND_LINKS=[ROOT]/wheels [BIN]/uv pip compile --universal --no-header --no-progress --python [BIN]/python3 requirements.txt --no-index --output-file [TMP]/pyve-lock-[KEY]/parents/requirements.txt
      leaf  1.1 → 2.0  requirements.txt:3 asks for leaf>1.1
      mid   1.0 → 2.0  required by top 2.0
      top   1.0 → 2.0  requested
      win   1.0 (new)  required by top 2.0
    ----- stderr -----
    pylock.toml would be written: 5 packages for all platforms
    ");
    insta::assert_snapshot!(told(&world, "lock --update top"), @"
    exit code: 0
    ----- stdout -----
      leaf  1.1 → 2.0  requirements.txt:3 asks for leaf>1.1
      mid   1.0 → 2.0  required by top 2.0
      top   1.0 → 2.0  requested
      win   1.0 (new)  required by top 2.0
    ----- stderr -----
    ✓ pylock.toml written: 5 packages for all platforms
    ");
    assert_eq!(locked(&world, "pylock.toml"), ["leaf 2.0", "mid 2.0", "other 1.0", "top 2.0", "win 1.0"]);
    insta::assert_snapshot!(told(&world, "lock --update Tpo"), @"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: `Tpo` is not locked in `pylock.toml`; did you mean `top`?
    hint: use one of leaf, mid, other, top, win
    ");
    world.write("requirements.txt", "top<2\nother\n");
    insta::assert_snapshot!(told(&world, "lock"), @"
    exit code: 0
    ----- stdout -----
      leaf  2.0 → 1.1      required by mid 1.0
      mid   2.0 → 1.0      required by top 1.0
      top   2.0 → 1.0      requirements.txt:1 asks for top<2
      win   1.0 (removed)  no longer required
    ----- stderr -----
    ✓ pylock.toml written: 4 packages for all platforms
    ");
    insta::assert_snapshot!(told(&world, "lock --upgrade"), @"
    exit code: 0
    ----- stdout -----
      other  1.0 → 1.5  upgraded
    ----- stderr -----
    ✓ pylock.toml written: 4 packages for all platforms
    ");
    insta::assert_snapshot!(told(&world, "lock --upgrade --update top"), @"
    exit code: 2
    ----- stdout -----
    ----- stderr -----
    error: `--upgrade` cannot be used with `--update <PACKAGE>`
      Usage: pyve lock --upgrade
    hint: run `pyve lock --help`
    ");
}

/// Numbers that are the same in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % most
    }
}

/// By name and version what a package requires: a name, and the versions of it that fit.
type Universe = BTreeMap<(String, usize), Vec<(String, usize, usize)>>;

/// Packages of a few versions each, which require ranges of those behind them.
fn universe(numbers: &mut Numbers) -> Universe {
    let count = 6 + numbers.below(8);
    let name = |number: usize| format!("p{number}");
    let mut universe = Universe::new();
    for number in 0..count {
        for version in 1..=2 + numbers.below(3) {
            let mut requires = Vec::new();
            for other in number + 1..count {
                if numbers.below(3) == 0 {
                    // The first versions of all fit together, and so do the newest ones often.
                    let low = if version > 1 && numbers.below(2) == 0 { 2 } else { 1 };
                    let high = if numbers.below(4) == 0 { low } else { 9 };
                    requires.push((name(other), low, high));
                }
            }
            universe.insert((name(number), version), requires);
        }
    }
    universe
}

fn lines(universe: &Universe) -> String {
    let required = |(name, low, high): &(String, usize, usize)| format!("{name}>={low},<={high}");
    let one = |((name, version), requires): (&(String, usize), &Vec<_>)| {
        let requires: Vec<String> = requires.iter().map(required).collect();
        format!("{name} {version} {}", requires.join(" & ")).trim_end().to_owned() + "\n"
    };
    universe.iter().map(one).collect()
}

fn versions(world: &World) -> BTreeMap<String, usize> {
    let pairs = locked(world, "pylock.toml");
    pairs
        .iter()
        .filter_map(|pair| pair.split_once(' '))
        .map(|(name, it)| (name.to_owned(), it.parse().unwrap()))
        .collect()
}

/// What moved without need: neither asked for, nor kept from its version by another package as it is now, nor does its old
/// version exclude one.
fn unrelated(
    universe: &Universe,
    before: &BTreeMap<String, usize>,
    after: &BTreeMap<String, usize>,
    asked: &str,
    roots: &BTreeSet<String>,
) -> Vec<String> {
    let requirements = || after.iter().flat_map(|(name, version)| &universe[&(name.clone(), *version)]);
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let needless = |name: &&&String| {
        let (old, new) = (before.get(**name), after.get(**name));
        match (old, new) {
            (old, new) if old == new || ***name == asked => false,
            (Some(old), Some(_)) => {
                let excluded = requirements().any(|(other, low, high)| other == **name && !(low..=high).contains(&old));
                let own = &universe[&((**name).clone(), *old)];
                let excludes = own
                    .iter()
                    .any(|(other, low, high)| after.get(other).is_none_or(|version| !(low..=high).contains(&version)));
                !excluded && !excludes
            }
            (None, Some(_)) => !requirements().any(|(other, ..)| other == **name),
            _ => roots.contains(**name) || requirements().any(|(other, ..)| other == **name),
        }
    };
    names
        .iter()
        .filter(needless)
        .map(|name| format!("{name}: {:?} → {:?}", before.get(*name), after.get(*name)))
        .collect()
}

/// How many updates of generated projects moved anything; `world` has the solver that `with` names.
fn updated(world: impl Fn(&str) -> Option<World>, with: &str, count: usize) -> Option<usize> {
    let mut numbers = Numbers(20);
    let (mut tried, mut moved) = (0, 0);
    while tried < count {
        let universe = universe(&mut numbers);
        let world = world(&lines(&universe))?;
        let names: BTreeSet<&String> = universe.keys().map(|(name, _)| name).collect();
        let roots: BTreeSet<String> = names.iter().filter(|_| numbers.below(2) == 0).map(ToString::to_string).collect();
        let roots = if roots.is_empty() { BTreeSet::from(["p0".to_owned()]) } else { roots };
        let write = |bound: &str| {
            let lines: String = roots.iter().map(|name| format!("{name}{bound}\n")).collect();
            world.write("requirements.txt", lines);
        };
        // The oldest versions first; then nothing holds them any more.
        write("==1");
        if pyve(&world, &format!("lock {with}")).code != Some(0) {
            continue;
        }
        write("");
        let before = versions(&world);
        let has_newer = |(name, version): &(&String, &usize)| universe.contains_key(&((*name).clone(), *version + 1));
        let all: Vec<&String> = before.iter().filter(has_newer).map(|(name, _)| name).collect();
        let asked = all[numbers.below(all.len())].clone();
        let outcome = pyve(&world, &format!("lock {with} --update {asked}"));
        let after = versions(&world);
        let unrelated = unrelated(&universe, &before, &after, &asked, &roots);
        assert!(unrelated.is_empty(), "case {tried}, --update {asked}: {unrelated:?}\n{}{outcome}", lines(&universe));
        moved += usize::from(before != after);
        tried += 1;
    }
    Some(moved)
}

fn is_long() -> bool {
    std::env::var_os("PYVE_TEST_LONG").is_some()
}

#[test]
fn generated_updates_by_uv_move_nothing_unrelated() {
    let count = if is_long() { ALL } else { SLICE };
    let Some(moved) = updated(with_uv, "", count) else { return };
    assert!(moved * 2 >= count, "{moved} of {count}");
}

#[test]
fn generated_updates_by_pip_move_nothing_unrelated() {
    let Some(tools) = tools_python() else { return };
    let world = |packages: &str| {
        let world = with_pip(packages)?;
        world.link_as("pip", &tools.with_file_name("pip"));
        Some(world)
    };
    // Each takes seconds.
    let count = if is_long() { ALL } else { 1 };
    let Some(moved) = updated(world, "--with pip", count) else { return };
    assert!(moved * 2 >= count, "{moved} of {count}");
}
