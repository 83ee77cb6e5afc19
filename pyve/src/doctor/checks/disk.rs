//! How much free space is left where the project lies.

use crate::doctor::check::Check;
use crate::doctor::context::Context;
use crate::sys::free_space;

/// Less is too little to make any environment.
const LEAST: u64 = 200 << 20;
/// Less is soon too little.
const SCARCE: u64 = 1 << 30;

pub fn checks(context: &Context) -> Vec<Check> {
    let root = context.layout.root();
    free_space(root).map(|free| judged(free, &root.display().to_string())).into_iter().collect()
}

fn judged(free: u64, place: &str) -> Check {
    let (subject, shown) = ("Disk space", in_words(free));
    let help = "remove what is not needed; `pyve purge` removes the environments of a project";
    let left = format!("{shown} left at {place}");
    if free < LEAST {
        return Check::error("pyve.disk-full", subject, left).hint(help);
    }
    if free < SCARCE {
        return Check::warning("pyve.disk-scarce", subject, left).hint(help);
    }
    Check::ok("pyve.disk", subject, format!("{shown} left"))
}

fn in_words(bytes: u64) -> String {
    match bytes {
        SCARCE.. => format!("{:.1} GiB", bytes as f64 / SCARCE as f64),
        _ => format!("{} MiB", bytes >> 20),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_os = "linux")]
    use std::path::Path;

    #[test]
    #[cfg(unix)]
    fn what_is_measured_is_what_df_says() {
        let folder = tempfile::tempdir().unwrap();
        let told = std::process::Command::new("df").arg("-Pk").arg(folder.path()).output().unwrap();
        let told = String::from_utf8(told.stdout).unwrap();
        let kilobytes: u64 = told.lines().nth(1).unwrap().split_whitespace().nth(3).unwrap().parse().unwrap();
        let (said, measured) = (kilobytes << 10, free_space(folder.path()).unwrap());
        // Others write at the same time.
        assert!(said.abs_diff(measured) < 1 << 30, "df: {said}, measured: {measured}");
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_file_system_that_knows_no_size_is_not_full() {
        assert_eq!(free_space(Path::new("/proc")), None);
    }

    #[test]
    fn little_room_is_told_before_there_is_none() {
        let told = |free| {
            let check = judged(free, "/p");
            (check.id, check.detail)
        };
        assert_eq!(told(5 << 30), ("pyve.disk".to_owned(), "5.0 GiB left".to_owned()));
        assert_eq!(told(500 << 20), ("pyve.disk-scarce".to_owned(), "500 MiB left at /p".to_owned()));
        assert_eq!(told(1 << 20), ("pyve.disk-full".to_owned(), "1 MiB left at /p".to_owned()));
    }
}
