//! What a package is called in the other of the two worlds, conda-forge's and PyPI's.
//!
//! Most have one name in both. The tables beside this file are facts written by hand of those that people meet: packages
//! that [differ](Counterpart::Named), names that mean [something else](Counterpart::Trap), and what
//! [only conda has](Counterpart::OnlyConda). Of any other name nothing is known; that it is the same one is a guess
//! which the other world's solver can confirm.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::python_name::normalized;

/// What is known of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counterpart<'a> {
    /// It is called so.
    Named(&'static str),
    /// It is called so by the [table](crate::name_map) that the user named.
    Listed(&'a str),
    /// That table knows of nothing that it is called there.
    Unlisted,
    /// The other world has something else under this name.
    Trap(&'static Trap),
    /// Only conda's channels have it, as compilers and libraries of other languages.
    OnlyConda,
    /// Nothing: the same name can be tried.
    Unknown,
}

/// A name that means different things.
#[derive(Debug, PartialEq, Eq)]
pub struct Trap {
    /// The name.
    pub name: &'static str,
    /// What conda-forge has under it, as half a sentence: `the programs of Graphviz`.
    pub on_conda: &'static str,
    /// What PyPI has under it.
    pub on_pypi: &'static str,
    /// What PyPI's thing is called on conda-forge, if it is there.
    pub pypi_in_conda: Option<&'static str>,
    /// What conda-forge's thing is called on PyPI, if it is there.
    pub conda_in_pypi: Option<&'static str>,
}

/// What a package of conda-forge is on PyPI; `name` as conda writes it, in any case.
///
/// ```
/// use pyve_formats::package_names::{Counterpart, of_conda};
/// assert_eq!(of_conda("pytorch"), Counterpart::Named("torch"));
/// assert_eq!(of_conda("r-base"), Counterpart::OnlyConda);
/// assert_eq!(of_conda("numpy"), Counterpart::Unknown);
/// ```
pub fn of_conda(name: &str) -> Counterpart<'static> {
    let name = name.to_ascii_lowercase();
    if let Some(trap) = TABLES.traps.get(name.as_str()) {
        return Counterpart::Trap(trap);
    }
    match TABLES.on_pypi.get(name.as_str()) {
        Some(found) => Counterpart::Named(found),
        None if is_only_conda(&name) => Counterpart::OnlyConda,
        None => Counterpart::Unknown,
    }
}

/// What a package of PyPI is on conda-forge; `name` in any spelling that pip takes.
///
/// ```
/// use pyve_formats::package_names::{Counterpart, of_pypi};
/// assert_eq!(of_pypi("Ruamel_YAML"), Counterpart::Named("ruamel.yaml"));
/// assert!(matches!(of_pypi("graphviz"), Counterpart::Trap(trap) if trap.pypi_in_conda == Some("python-graphviz")));
/// ```
pub fn of_pypi(name: &str) -> Counterpart<'static> {
    let name = normalized(name);
    if let Some(trap) = TABLES.traps.get(name.as_str()) {
        return Counterpart::Trap(trap);
    }
    TABLES.on_conda.get(name.as_str()).map_or(Counterpart::Unknown, |found| Counterpart::Named(found))
}

impl Counterpart<'static> {
    /// The same, beside what a [table](crate::name_map) says that the user named: no name where it knows of none, `None` where
    /// it does not tell.
    ///
    /// A trap, and what only conda has, count for more than any table that a program made: it cannot tell things of one name
    /// apart. Of several names that it lists the one that was written by hand is the right one.
    ///
    /// ```
    /// use pyve_formats::package_names::{Counterpart, of_conda, of_pypi};
    /// assert_eq!(of_conda("mine").or_listed(Some(&["ours", "theirs"])), Counterpart::Listed("ours"));
    /// assert_eq!(of_pypi("opencv-python").or_listed(Some(&["libopencv", "py-opencv"])), Counterpart::Named("py-opencv"));
    /// assert!(matches!(of_pypi("graphviz").or_listed(Some(&["graphviz"])), Counterpart::Trap(_)));
    /// ```
    pub fn or_listed<'a>(self, listed: Option<&[&'a str]>) -> Counterpart<'a> {
        match (self, listed) {
            (Self::Trap(_) | Self::OnlyConda, _) | (_, None) => self,
            (Self::Named(known), Some(names)) if names.is_empty() || names.contains(&known) => self,
            (_, Some([likeliest, ..])) => Counterpart::Listed(likeliest),
            (_, Some([])) => Counterpart::Unlisted,
        }
    }
}

fn is_only_conda(name: &str) -> bool {
    lines(include_str!("only_conda.txt")).any(|line| match line.strip_suffix('*') {
        Some(start) => name.starts_with(start),
        None => name == line,
    })
}

/// The tables, by the name that is looked for.
struct Tables {
    on_pypi: HashMap<&'static str, &'static str>,
    on_conda: HashMap<&'static str, &'static str>,
    traps: HashMap<&'static str, Trap>,
}

static TABLES: LazyLock<Tables> = LazyLock::new(|| {
    let differing = || lines(include_str!("differing.txt")).filter_map(three);
    let forth = differing().filter(|(_, way, _)| *way != "<").map(|(conda, _, pypi)| (conda, pypi));
    let back = differing().filter(|(_, way, _)| *way != ">").map(|(conda, _, pypi)| (pypi, conda));
    let traps = lines(include_str!("traps.txt")).filter_map(trap).map(|trap| (trap.name, trap));
    Tables { on_pypi: forth.collect(), on_conda: back.collect(), traps: traps.collect() }
});

fn lines(table: &'static str) -> impl Iterator<Item = &'static str> {
    table.lines().filter(|line| !line.is_empty() && !line.starts_with('#'))
}

fn three(line: &'static str) -> Option<(&'static str, &'static str, &'static str)> {
    let mut words = line.split(' ');
    Some((words.next()?, words.next()?, words.next()?))
}

fn trap(line: &'static str) -> Option<Trap> {
    let mut parts = line.split(" | ");
    let (name, on_conda, on_pypi) = (parts.next()?, parts.next()?, parts.next()?);
    let mut there = || parts.next().map(|name| Some(name).filter(|name| *name != "-"));
    Some(Trap { name, on_conda, on_pypi, pypi_in_conda: there()?, conda_in_pypi: there()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_line_of_what_differs_is_read_both_ways_as_it_says() {
        let mut count = 0;
        for line in lines(include_str!("differing.txt")) {
            let (conda, way, pypi) = three(line).unwrap_or_else(|| panic!("{line}"));
            assert!(line.split(' ').count() == 3 && ["=", "<", ">"].contains(&way), "{line}");
            assert_eq!(normalized(pypi), pypi, "{line}: as PEP 503 writes it");
            if way != "<" {
                match of_conda(conda) {
                    Counterpart::Trap(trap) => {
                        assert_eq!(trap.conda_in_pypi, Some(pypi), "{line}: the trap leads to it")
                    }
                    known => assert_eq!(known, Counterpart::Named(pypi), "{line}"),
                }
            }
            if way != ">" {
                match of_pypi(pypi) {
                    Counterpart::Trap(trap) => {
                        assert_eq!(trap.pypi_in_conda, Some(conda), "{line}: the trap leads to it")
                    }
                    known => assert_eq!(known, Counterpart::Named(conda), "{line}"),
                }
            }
            count += 1;
        }
        assert!(count >= 300, "{count}");
    }

    #[test]
    fn no_name_stands_for_two_things() {
        let differing = || lines(include_str!("differing.txt")).filter_map(three);
        let forth = differing().filter(|(_, way, _)| *way != "<").count();
        let back = differing().filter(|(_, way, _)| *way != ">").count();
        assert_eq!((TABLES.on_pypi.len(), TABLES.on_conda.len()), (forth, back));
        assert_eq!(TABLES.traps.len(), lines(include_str!("traps.txt")).count());
        for name in lines(include_str!("only_conda.txt")) {
            assert!(!TABLES.on_pypi.contains_key(name) && !TABLES.traps.contains_key(name), "{name}");
        }
        for (conda, pypi) in &TABLES.on_pypi {
            assert!(!is_only_conda(conda), "{conda} is {pypi}");
        }
    }

    #[test]
    fn each_trap_is_one_from_both_sides() {
        for line in lines(include_str!("traps.txt")) {
            let read = trap(line).unwrap_or_else(|| panic!("{line}"));
            assert_eq!(line.split(" | ").count(), 5, "{line}");
            assert!(matches!(of_conda(read.name), Counterpart::Trap(it) if *it == read), "{line}");
            assert!(matches!(of_pypi(read.name), Counterpart::Trap(it) if *it == read), "{line}");
            assert_ne!(read.pypi_in_conda, Some(read.name), "{line}");
            assert_ne!(read.conda_in_pypi, Some(read.name), "{line}");
        }
    }

    #[test]
    fn what_was_written_by_hand_stands_beside_a_table_of_the_users() {
        for (known, listed, wanted) in [
            (of_conda("pytorch"), None, Counterpart::Named("torch")),
            (of_conda("pytorch"), Some(&[][..]), Counterpart::Named("torch")),
            (of_conda("pytorch"), Some(&["a", "torch"]), Counterpart::Named("torch")),
            (of_conda("pytorch"), Some(&["pytorch", "a"]), Counterpart::Listed("pytorch")),
            (of_conda("r-base"), Some(&["r-base"]), Counterpart::OnlyConda),
            (of_conda("numpy"), Some(&["numpy"]), Counterpart::Listed("numpy")),
            (of_conda("cmake-like"), Some(&[]), Counterpart::Unlisted),
            (of_pypi("numpy"), None, Counterpart::Unknown),
        ] {
            assert_eq!(known.or_listed(listed), wanted, "{known:?} {listed:?}");
        }
        assert!(matches!(of_conda("graphviz").or_listed(Some(&["graphviz"])), Counterpart::Trap(_)));
    }

    #[test]
    fn spellings_of_pypi_are_one_name_and_those_of_conda_are_not() {
        assert_eq!(of_pypi("Zope.Interface"), Counterpart::Named("zope.interface"));
        assert_eq!(of_pypi("opencv_python_headless"), Counterpart::Named("py-opencv"));
        assert_eq!(of_conda("PyTorch"), Counterpart::Named("torch"));
        assert_eq!(of_conda("zope-interface"), Counterpart::Unknown);
        assert_eq!(of_conda("libgcc-ng"), Counterpart::OnlyConda);
    }
}
