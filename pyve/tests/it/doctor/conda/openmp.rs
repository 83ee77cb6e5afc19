//! Two OpenMP libraries in one environment.

use std::fs;

use super::{Place, check, fixed, healthy, hinted, put, report, set_up, site_packages, sound, type_after, wheel};

/// What torch brought along in its folder, before it used the GNU library.
const BUNDLED: &str = "torch/lib/libiomp5.so";

fn seen(place: &Place, id: &str) -> String {
    let detail = check(&report(&place.world, ""), id)["detail"].as_str().unwrap().to_owned();
    detail.replace(python_folder().as_str(), "[SITE]")
}

fn python_folder() -> String {
    format!("lib/python{}/site-packages", crate::conda::place::python().series())
}

#[test]
fn names_that_lead_to_one_library_are_no_clash() {
    let Some(place) = healthy(&["python", "llvm-openmp"]) else { return };
    std::os::unix::fs::symlink("libomp.so", place.prefix().join("lib/libiomp5.so")).unwrap();
    put(&place, "lib/libomptarget.so", "");
    sound(&place);
    let ids = report(&place.world, "").to_string();
    assert!(!ids.contains("micromamba.openmp"), "{ids}");
}

#[test]
fn a_bundled_one_beside_conda_s() {
    let Some(place) = healthy(&["python", "llvm-openmp"]) else { return };
    fs::create_dir_all(site_packages(&place).join("torch/lib")).unwrap();
    fs::write(site_packages(&place).join(BUNDLED), "intel").unwrap();
    assert_eq!(
        seen(&place, "micromamba.openmp-clash"),
        "a process that loads two of these ends with OMP error 15: lib/libomp.so, [SITE]/torch/lib/libiomp5.so"
    );
    fixed(&place.world, "micromamba.openmp-clash");
}

#[test]
fn two_bundled_ones() {
    let Some(place) = healthy(&["python"]) else { return };
    for file in ["sklearn/.dylibs/libomp.dylib", "faiss_cpu.libs/libomp-1a2b3c4d.so.5"] {
        let path = site_packages(&place).join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "llvm").unwrap();
    }
    fixed(&place.world, "micromamba.openmp-clash");
}

#[test]
fn the_gnu_library_beside_another_costs_time_only() {
    let Some(place) = healthy(&["python", "llvm-openmp"]) else { return };
    let path = site_packages(&place).join("scikit_learn.libs/libgomp-a34b3233.so.1.0.0");
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, "gnu").unwrap();
    sound(&place);
    assert_eq!(
        seen(&place, "micromamba.openmp-mixed"),
        "each with threads of its own, which costs time only: lib/libomp.so, \
         [SITE]/scikit_learn.libs/libgomp-a34b3233.so.1.0.0"
    );
}

#[test]
fn one_of_a_package_that_the_file_has_pip_install() {
    let place = Place::new();
    let list = format!("pip: [./{}]", wheel(&place, "torch", "1.0", &[(BUNDLED, "intel")]));
    place.environment(&["python", "pip", &list]);
    let Some(place) = set_up(place) else { return };
    place.environment(&["python", "pip", "llvm-openmp", &list]);
    crate::ready::done(&place.world, "init --update");
    super::allow(&place.world);
    let hint = hinted(&place, "micromamba.openmp-clash");
    assert_eq!(
        hint,
        "have conda install torch: in environment.yml, move it from '- pip:' to 'dependencies:', then run: pyve init --update"
    );
    // The channel has no torch; what stands for it here is hello.
    place.environment(&["python", "pip", "llvm-openmp", "hello"]);
    type_after(&place, &hint);
    sound(&place);
}

#[test]
fn two_of_conda_s_own() {
    let Some(place) = healthy(&["python", "llvm-openmp"]) else { return };
    place.environment(&["python", "llvm-openmp", "intel-openmp"]);
    crate::ready::done(&place.world, "init --update");
    super::allow(&place.world);
    let hint = hinted(&place, "micromamba.openmp-clash");
    assert!(hint.starts_with("in environment.yml, take all packages from one channel, or leave out"), "{hint}");
    place.environment(&["python", "llvm-openmp"]);
    type_after(&place, &hint);
    sound(&place);
}
