//! Which packages are needed, and which of those that moved had to.

use pyve_formats::sorted;
use std::collections::{BTreeMap, BTreeSet};

use pyve_formats::match_spec::MatchSpec;

use super::solution::{Chosen, Set};

/// The names that are reached from the roots.
pub fn reached<'a>(roots: impl IntoIterator<Item = &'a str>, set: &Set) -> BTreeSet<String> {
    let mut open: Vec<String> = roots.into_iter().map(str::to_owned).collect();
    let mut reached = BTreeSet::new();
    while let Some(name) = open.pop() {
        let Some(chosen) = set.get(&name).filter(|_| !reached.contains(&name)) else { continue };
        open.extend(chosen.depends.iter().map(|text| name_of(text)));
        reached.insert(name);
    }
    reached
}

/// `python` of `python >=3.9`.
pub fn name_of(depends: &str) -> String {
    let end = depends.find(|c: char| c.is_whitespace() || "<>=!~[".contains(c)).unwrap_or(depends.len());
    depends[..end].rsplit("::").next().unwrap_or_default().to_ascii_lowercase()
}

/// Whether a package is surely none that the spec accepts.
fn is_refused(spec: &MatchSpec, chosen: &Chosen) -> bool {
    spec.accepts(&chosen.version, &chosen.build) == Some(false)
}

/// The first of the specs that a package surely does not satisfy.
pub fn refusing<'a>(specs: &'a [MatchSpec], chosen: &Chosen) -> Option<&'a MatchSpec> {
    specs.iter().find(|spec| spec.name == chosen.name && is_refused(spec, chosen))
}

/// Of the packages that `before` has in another version or build than `now`, those that cannot stay, each with the reason:
/// the others of `now` do not go together with what it was. Those that are `meant` to move are not tried as they were.
pub fn forced(before: &Set, now: &Set, specs: &[MatchSpec], meant: impl Fn(&str) -> bool) -> BTreeMap<String, String> {
    let is_moved = |chosen: &&Chosen| before.get(&chosen.name).is_some_and(|old| !old.is_same(chosen));
    let moved = now.values().filter(is_moved).filter(|chosen| !meant(&chosen.name));
    let moved: Vec<String> = moved.map(|chosen| chosen.name.clone()).collect();
    let mut tried = now.clone();
    let mut stays: BTreeSet<&str> = sorted::set(moved.iter().map(String::as_str));
    for name in &moved {
        tried.extend(before.get(name).map(|old| (name.clone(), old.clone())));
    }
    let mut reasons = BTreeMap::new();
    while let Some((name, reason)) = contradiction(&tried, &stays, specs) {
        tried.extend(now.get(&name).map(|chosen| (name.clone(), chosen.clone())));
        stays.remove(name.as_str());
        reasons.insert(name, reason);
    }
    // What went because of another that had to go as well may still stay.
    while let Some(name) =
        moved.iter().find(|name| reasons.contains_key(*name) && stays_after_all(name, before, &tried, specs))
    {
        tried.extend(before.get(name).map(|old| (name.clone(), old.clone())));
        reasons.remove(name);
    }
    reasons
}

/// Whether a package as it was goes with all others as they are.
fn stays_after_all(name: &str, before: &Set, tried: &Set, specs: &[MatchSpec]) -> bool {
    let mut back = tried.clone();
    back.extend(before.get(name).map(|old| (name.to_owned(), old.clone())));
    contradiction(&back, &BTreeSet::from([name]), specs).is_none()
}

/// A package that stays and does not go with the others.
fn contradiction(set: &Set, stays: &BTreeSet<&str>, specs: &[MatchSpec]) -> Option<(String, String)> {
    let old = stays.iter().filter_map(|name| set.get(*name));
    if let Some((old, spec)) = old.clone().find_map(|old| Some((old, refusing(specs, old)?))) {
        return Some((old.name.clone(), format!("`{}` is asked for", spec.text)));
    }
    for holder in set.values() {
        let demands =
            holder.depends.iter().map(|text| (text, true)).chain(holder.constrains.iter().map(|it| (it, false)));
        for (text, is_needed) in demands {
            let Ok(spec) = MatchSpec::parse(text) else { continue };
            if spec.is_virtual() {
                continue;
            }
            let target = set.get(&spec.name);
            let fails = target.map_or(is_needed, |target| is_refused(&spec, target));
            if !fails {
                continue;
            }
            let holder_stays = stays.contains(holder.name.as_str());
            match target.filter(|target| stays.contains(target.name.as_str())) {
                Some(target) if !holder_stays => {
                    let verb = if is_needed { "required by" } else { "constrained by" };
                    return Some((
                        target.name.clone(),
                        format!("{verb} {} {} (`{text}`)", holder.name, holder.version),
                    ));
                }
                _ if holder_stays => {
                    return Some((
                        holder.name.clone(),
                        format!("{} {} requires `{text}`", holder.name, holder.version),
                    ));
                }
                _ => {}
            }
        }
    }
    None
}

/// Who requires a package.
pub fn requirer<'a>(name: &str, set: &'a Set) -> Option<&'a Chosen> {
    set.values().find(|chosen| chosen.depends.iter().any(|text| name_of(text) == name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(packages: &[(&str, &str, &[&str])]) -> Set {
        let one = |(name, version, depends): &(&str, &str, &[&str])| {
            let depends = depends.iter().map(|text| (*text).to_owned()).collect();
            let chosen = Chosen {
                name: (*name).to_owned(),
                version: (*version).to_owned(),
                build: "0".into(),
                depends,
                ..Chosen::default()
            };
            (chosen.name.clone(), chosen)
        };
        packages.iter().map(one).collect()
    }

    #[test]
    fn what_nothing_leads_to_is_not_reached() {
        let all = set(&[("a", "1", &["b >=1", "__glibc >=2"]), ("b", "1", &["a"]), ("c", "1", &["a"])]);
        let reached = reached(["a", "none"], &all);
        assert_eq!(reached.into_iter().collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(["c::A >=1", "a[b=c]", "a=1"].map(name_of), ["a", "a", "a"]);
    }

    #[test]
    fn only_what_cannot_stay_is_forced() {
        let before = set(&[
            ("app", "1", &["lib <2"]),
            ("lib", "1", &[]),
            ("other", "1", &["lib"]),
            ("free", "1", &[]),
            ("held", "1", &["lib <2"]),
        ]);
        let now = set(&[
            ("app", "2", &["lib >=2"]),
            ("lib", "2", &[]),
            ("other", "2", &["lib"]),
            ("free", "2", &[]),
            ("held", "2", &[]),
        ]);
        let specs = [MatchSpec::parse("app>=2").unwrap()];
        let forced = forced(&before, &now, &specs, |_| false);
        let told: Vec<String> = forced.iter().map(|(name, why)| format!("{name}: {why}")).collect();
        assert_eq!(
            told,
            ["app: `app>=2` is asked for", "held: held 1 requires `lib <2`", "lib: required by app 2 (`lib >=2`)"]
        );
        assert_eq!(requirer("lib", &now).unwrap().name, "app");
    }
}
