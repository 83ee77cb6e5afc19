//! Whether the environment's Python can be started. Files tell: no process is.

use std::fs;
use std::path::Path;

use pyve_formats::conda_package::PackageFile;
use pyve_formats::conda_platform;
use pyve_formats::read::{self, Limit};
use pyve_plugin_api::Finding;
use serde::Deserialize;

use super::rebuild;
use super::sight::Sight;
use crate::{installed, tool};

/// An environment whose files ask for a Python that is not installed is told as one that lacks a package.
pub fn of(sight: &Sight) -> Option<Finding> {
    let package = sight.package("python")?;
    let (id, subject) = ("micromamba.python", "Python");
    let path = installed::interpreter(&sight.prefix);
    let fault = unusable(&path).or_else(|| foreign(&sight.prefix, package));
    Some(match fault {
        Some(why) => Finding::error(id, subject, &format!("{} {why}", path.display())).remedy(&rebuild()),
        None => Finding::ok(id, subject, &package.version),
    })
}

fn unusable(path: &Path) -> Option<String> {
    let Ok(data) = fs::metadata(path) else {
        return Some(match fs::read_link(path) {
            Ok(target) => format!("leads to {}, which does not exist", target.display()),
            Err(_) => "does not exist".to_owned(),
        });
    };
    if !data.is_file() {
        Some("is not a file".to_owned())
    } else if data.len() == 0 {
        Some("is empty".to_owned())
    } else {
        (!tool::executable(path)).then(|| "is not executable".to_owned())
    }
}

/// The little that is needed of a package's description; its lists of files are passed over unread.
#[derive(Deserialize)]
struct Description {
    #[serde(default)]
    subdir: String,
}

/// Whether it was made for another machine: in a home folder that two share, or a folder copied between them.
fn foreign(prefix: &Path, package: &PackageFile) -> Option<String> {
    let bytes = read::bytes(installed::description(package, prefix), Limit::METADATA).ok()??;
    let description: Description = pyve_formats::json::read(&bytes).ok()?;
    let here = conda_platform::current();
    let fits = description.subdir.is_empty() || conda_platform::runs(&description.subdir, &here);
    (!fits).then(|| format!("is for {}, and this machine is {here}", description.subdir))
}
