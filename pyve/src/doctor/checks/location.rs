//! Where the project lies: a folder that a service copies to other machines.

use std::path::Path;

use pyve_plugin_api::OsText;

use crate::doctor::check::Check;
use crate::doctor::context::Context;

pub fn checks(context: &Context) -> Vec<Check> {
    synced(context).into_iter().collect()
}

/// Such services copy half of an environment while it is made, and replace its links.
fn synced(context: &Context) -> Option<Check> {
    let root = context.layout.root();
    let real = root.canonicalize().unwrap_or_else(|_| root.to_owned());
    let service = [root, &real].into_iter().find_map(service)?;
    let detail = format!("{}: {service} copies this directory, which damages environments in it", root.display());
    let check = Check::warning("pyve.synced-folder", "Location", detail);
    let target = context.home.as_ref().zip(root.file_name()).map(|(home, name)| home.join(name));
    Some(match target.filter(|target| target.symlink_metadata().is_err()) {
        Some(target) => check.remedy([OsText::from("mv"), root.into(), target.into()]),
        None => check.hint("move the project to a directory that is not synchronised"),
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
}
