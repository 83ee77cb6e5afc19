//! OpenMP libraries of which a process must not load two.
//!
//! LLVM's libomp and Intel's libiomp5 are the same code. Its second copy in a process notices the first, and ends the
//! process: "OMP: Error #15: Initializing libiomp5, but found libomp already initialized"; `KMP_DUPLICATE_LIB_OK` lets
//! it go on at the risk of wrong results, and threadpoolctl calls the mix of the two the one combination that crashes or
//! deadlocks. Two files of that family are therefore a warning, be they conda's own (intel-openmp beside llvm-openmp,
//! of different channels) or bundled by packages of pip.
//!
//! GNU's libgomp lives beside either; each has threads of its own, which costs time at worst. As every conda environment on
//! Linux has one and every wheel of torch or scikit-learn bundles another, that is only told.
//!
//! Names that are links to one file are one library: conda-forge makes `libgomp.so.1` and `libiomp5.so` links to
//! `libomp.so`.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use pyve_formats::python_name::normalized;
use pyve_plugin_api::{Finding, Status};

use super::sight::Sight;
use super::{listed, rebuild};

const SUBJECT: &str = "OpenMP";

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Family {
    Llvm,
    Gnu,
}

/// A library, and whose it is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Library {
    family: Family,
    /// The file itself, behind all links.
    file: PathBuf,
    /// The folder of `site-packages` that it came in; none for conda's own.
    bundled: Option<String>,
}

pub fn of(sight: &Sight) -> Option<Finding> {
    let libraries = found(sight);
    let shown = |libraries: &[&Library]| {
        let files: Vec<String> = libraries.iter().map(|library| sight.show(&library.file)).collect();
        listed(&files)
    };
    let clashing: Vec<&Library> = libraries.iter().filter(|library| library.family == Family::Llvm).collect();
    if clashing.len() > 1 {
        let detail = format!("a process that loads two of these ends with OMP error 15: {}", shown(&clashing));
        let finding = Finding::warning("micromamba.openmp-clash", SUBJECT, &detail);
        return Some(with_remedy(finding, &clashing, sight));
    }
    let bundled: Vec<&Library> = libraries.iter().filter(|library| library.bundled.is_some()).collect();
    if libraries.len() < 2 || bundled.is_empty() {
        return None;
    }
    let all: Vec<&Library> = libraries.iter().collect();
    let detail = format!("each with threads of its own, which costs time only: {}", shown(&all));
    Some(Finding::new("micromamba.openmp-mixed", Status::INFO, SUBJECT, &detail))
}

/// A package that no file asks for goes with the next environment; what the files ask for is theirs to say.
fn with_remedy(finding: Finding, clashing: &[&Library], sight: &Sight) -> Finding {
    let file = sight.spec_file();
    let bundled: Vec<&str> = clashing.iter().filter_map(|library| library.bundled.as_deref()).collect();
    let Some(first) = bundled.first() else {
        return finding.hint(format!(
            "in {file}, take all packages from one channel, or leave out what brings the second one, then run: pyve init --update"
        ));
    };
    if sight.pip_list().is_none() {
        return finding.remedy(&rebuild());
    }
    finding.hint(format!(
        "have conda install {first}: in {file}, move it from '- pip:' to 'dependencies:', then run: pyve init --update"
    ))
}

/// Every OpenMP library that programs of the environment may load, each once.
fn found(sight: &Sight) -> Vec<Library> {
    let own = if cfg!(windows) { sight.prefix.join("Library/bin") } else { sight.prefix.join("lib") };
    let mut libraries: Vec<Library> = in_folder(&own, None).collect();
    for site in &sight.sites {
        for name in &site.folders {
            let package = site.folder.join(name);
            let owner = owner(name);
            // auditwheel, delocate, older wheels, and torch, each put theirs in another place.
            let folders = match name.ends_with(".libs") {
                true => vec![package],
                false => vec![package.join(".dylibs"), package.join(".libs"), package.join("lib")],
            };
            libraries.extend(folders.iter().flat_map(|folder| in_folder(folder, Some(&owner))));
        }
    }
    // A bundled name may lead to conda's own library.
    let mut seen = BTreeSet::new();
    libraries.retain(|library| seen.insert(library.file.clone()));
    libraries.sort();
    libraries
}

/// `scikit_learn.libs` is scikit-learn's.
fn owner(folder: &str) -> String {
    normalized(folder.trim_end_matches(".libs"))
}

fn in_folder(folder: &Path, bundled: Option<&str>) -> impl Iterator<Item = Library> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let named = entries.filter(|entry| entry.file_name().to_str().and_then(family).is_some());
    let files = named.filter_map(|entry| fs::canonicalize(entry.path()).ok());
    files.filter_map(move |file| {
        let family = family(file.file_name()?.to_str()?)?;
        Some(Library { family, file, bundled: bundled.map(str::to_owned) })
    })
}

/// By the file's name: `libgomp.so.1`, `libgomp-a34b3233.so.1.0.0`, `libiomp5md.dll`, but not `libompd.so`.
fn family(file: &str) -> Option<Family> {
    let stem = file.strip_suffix(".dylib").or_else(|| file.strip_suffix(".dll"));
    let stem = match stem {
        Some(stem) => stem,
        None => file.split_once(".so").filter(|(_, rest)| rest.is_empty() || rest.starts_with('.'))?.0,
    };
    match stem.split(['-', '.']).next()? {
        "libomp" | "libomp140" | "libiomp5" | "libiomp5md" => Some(Family::Llvm),
        "libgomp" => Some(Family::Gnu),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_the_family() {
        for file in
            ["libomp.so", "libomp.dylib", "libiomp5.so", "libiomp5md.dll", "libomp-1a2b.so.5", "libomp140.x86_64.dll"]
        {
            assert_eq!(family(file), Some(Family::Llvm), "{file}");
        }
        for file in ["libgomp.so", "libgomp.so.1", "libgomp-a34b3233.so.1.0.0", "libgomp.1.dylib"] {
            assert_eq!(family(file), Some(Family::Gnu), "{file}");
        }
        for file in ["libompd.so", "libomptarget.so.17", "libiompstubs5.so", "libomp.a", "libgomp.spec", "libomp.sold"]
        {
            assert_eq!(family(file), None, "{file}");
        }
    }
}
