//! Distributions that are there twice, and those of the `pip:` list that are not there at all.

use pyve_formats::dist_info::{Distribution, SitePackages};
use pyve_plugin_api::Finding;

use super::sight::Sight;
use super::{listed, rebuild};
use crate::installed;

/// A distribution of which there are two.
struct Doubled {
    name: String,
    versions: String,
    /// Whether the environment file has pip do it, so that a new environment would be the same.
    by_file: bool,
}

/// Which of the two is imported nobody can tell, and neither conda nor pip can remove either cleanly.
pub fn doubled(sight: &Sight) -> Option<Finding> {
    let pip = sight.pip_list();
    let doubled: Vec<Doubled> = sight.sites.iter().flat_map(|site| in_folder(site, sight, pip.as_deref())).collect();
    let names: Vec<String> = doubled.iter().map(|it| format!("{} {}", it.name, it.versions)).collect();
    let detail = format!("installed more than once: {}", listed(&names));
    let finding = Finding::warning("micromamba.package-doubled", "Packages", &detail);
    let of_file = doubled.iter().find(|it| it.by_file);
    Some(match (doubled.is_empty(), of_file) {
        (true, _) => return None,
        (false, None) => finding.remedy(&rebuild()),
        (false, Some(Doubled { name, .. })) => finding.hint(format!(
            "let one of conda and pip install {name}: in {}, move what needs it from '- pip:' to 'dependencies:', then run: pyve init --update",
            sight.spec_file()
        )),
    })
}

fn in_folder(site: &SitePackages, sight: &Sight, pip: Option<&[String]>) -> Vec<Doubled> {
    let by_name = site.distributions.chunk_by(|a, b| a.name == b.name);
    let one = |same: &[Distribution]| {
        let versions = match same {
            [single] => format!("{} of conda, and {} of pip over it", replaced(site, sight, single)?, single.version),
            several => several.iter().map(|it| it.version.as_str()).collect::<Vec<_>>().join(" and "),
        };
        let copy = same.iter().find(|it| installed::pip_installer(site, it).is_some());
        let names_it = |names: &[String], copy: &Distribution| names.contains(&copy.name) || !site.is_requested(copy);
        let by_file = pip.zip(copy).is_some_and(|(names, copy)| names_it(names, copy));
        Some(Doubled { name: same[0].name.clone(), versions, by_file })
    };
    by_name.filter_map(one).collect()
}

/// The version that conda believes to be there, where pip has put another one over it.
fn replaced<'a>(site: &SitePackages, sight: &'a Sight, single: &Distribution) -> Option<&'a str> {
    sight
        .of_conda(single)
        .filter(|version| **version != single.version && installed::pip_installer(site, single).is_some())
}

/// What the `pip:` list names and Python does not know of, a half sentence each.
pub fn not_installed(sight: &Sight) -> Vec<String> {
    // A lock decides by itself; what it holds is compared with it.
    if sight.source.is_none_or(|source| source.lock.is_some()) {
        return Vec::new();
    }
    let known = |name: &String| sight.sites.iter().any(|site| site.named(name).next().is_some());
    let absent = sight.pip_list().unwrap_or_default().into_iter().filter(|name| !known(name));
    let file = sight.spec_file();
    absent.map(|name| format!("{name} is not installed, though the 'pip:' list of {file} names it")).collect()
}
