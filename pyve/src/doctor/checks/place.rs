//! Where the project lies: a folder that a service copies to other machines, and how much room is left.

use std::path::Path;

use pyve_plugin_api::OsText;

use crate::doctor::check::Check;
use crate::doctor::ground::Ground;

/// Less is too little to make any environment.
const LEAST: u64 = 200 << 20;
/// Less is soon too little.
const SCARCE: u64 = 1 << 30;

pub fn checks(ground: &Ground) -> Vec<Check> {
    [synced(ground), room(ground)].into_iter().flatten().collect()
}

/// Such services copy half of an environment while it is made, and replace its links.
pub fn synced(ground: &Ground) -> Option<Check> {
    let root = ground.layout.root();
    let real = root.canonicalize().unwrap_or_else(|_| root.to_owned());
    let service = [root, &real].into_iter().find_map(service)?;
    let detail = format!("{}: {service} copies this folder, which damages environments in it", root.display());
    let check = Check::warning("pyve.synced-folder", "Place", detail);
    let target = ground.home.as_ref().zip(root.file_name()).map(|(home, name)| home.join(name));
    Some(match target.filter(|target| target.symlink_metadata().is_err()) {
        Some(target) => check.remedy([OsText::from("mv"), root.into(), target.into()]),
        None => check.hint("move the project to a folder that is not synchronised, then type `pyve doctor` in it"),
    })
}

fn service(root: &Path) -> Option<&'static str> {
    let names: Vec<String> = root.iter().map(|name| name.to_string_lossy().to_ascii_lowercase()).collect();
    let after = |parent: &str, name: &str| names.windows(2).any(|pair| pair[0] == parent && pair[1] == name);
    let begins = |name: &String, with: &str| {
        name.strip_prefix(with).is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '-', '(']))
    };
    if after("library", "mobile documents") || names.iter().any(|name| name == "iclouddrive") {
        return Some("iCloud");
    }
    let of_name = |name: &String| {
        [
            ("dropbox", "Dropbox"),
            ("onedrive", "OneDrive"),
            ("google drive", "Google Drive"),
            ("googledrive", "Google Drive"),
        ]
        .into_iter()
        .find_map(|(with, service)| begins(name, with).then_some(service))
    };
    let by_name = names.iter().find_map(of_name);
    by_name.or_else(|| after("library", "cloudstorage").then_some("a cloud service"))
}

fn room(ground: &Ground) -> Option<Check> {
    let root = ground.layout.root();
    Some(judged(free(root)?, &root.display().to_string()))
}

fn judged(free: u64, place: &str) -> Check {
    let (subject, shown) = ("Disk space", in_words(free));
    let help = "remove what is not needed; `pyve purge` takes back the environments of a project";
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

/// The bytes that the user may still write there.
#[cfg(unix)]
fn free(folder: &Path) -> Option<u64> {
    let system = rustix::fs::statvfs(folder).ok()?;
    // One that knows no size, as some over a network, knows no room either.
    if system.f_blocks == 0 {
        return None;
    }
    system.f_bavail.checked_mul(system.f_frsize)
}

#[cfg(not(unix))]
fn free(_: &Path) -> Option<u64> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn services_are_known_by_their_folders() {
        for (path, expected) in [
            ("/Users/a/Library/Mobile Documents/com~apple~CloudDocs/p", Some("iCloud")),
            ("/Users/a/Library/CloudStorage/GoogleDrive-a@b.c/My Drive/p", Some("Google Drive")),
            ("/Users/a/Library/CloudStorage/Box-Box/p", Some("a cloud service")),
            ("/home/a/Dropbox (Work)/p", Some("Dropbox")),
            ("/home/a/OneDrive - Contoso/p", Some("OneDrive")),
            ("/home/a/dropbox-client/p", Some("Dropbox")),
            ("/home/a/dropboxes/p", None),
            ("/home/a/src/p", None),
        ] {
            assert_eq!(service(Path::new(path)), expected, "{path}");
        }
    }

    #[test]
    #[cfg(unix)]
    fn what_is_measured_is_what_df_says() {
        let folder = tempfile::tempdir().unwrap();
        let told = std::process::Command::new("df").arg("-Pk").arg(folder.path()).output().unwrap();
        let told = String::from_utf8(told.stdout).unwrap();
        let kilobytes: u64 = told.lines().nth(1).unwrap().split_whitespace().nth(3).unwrap().parse().unwrap();
        let (said, measured) = (kilobytes << 10, free(folder.path()).unwrap());
        // Others write at the same time.
        assert!(said.abs_diff(measured) < 1 << 30, "df: {said}, measured: {measured}");
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_file_system_that_knows_no_size_is_not_full() {
        assert_eq!(free(Path::new("/proc")), None);
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
