//! Workspaces: whether a folder is a member of the one around it, whose root then is its project.

use std::fs::Metadata;
use std::path::{Path, PathBuf};

use pyve_formats::toml_file::TomlFile;
use pyve_formats::workspace::Workspace;

/// A file that names the members of a workspace, and the table that does.
pub type Root<'a> = (&'a str, &'a str);

/// What the files above say of a folder.
pub enum Around {
    /// It is a member of the workspace with this root.
    MemberOf(PathBuf),
    /// It is the root of a workspace itself, or lies in one that does not name it.
    Apart,
    /// There is no workspace.
    None,
}

/// Asks the nearest folder `above` that has the file, if `folder` has one as well: what lies between two projects is nobody's
/// to tell. `counts` says whose files are listened to. Files are read, and nothing else is asked.
pub fn around(folder: &Path, above: &[&Path], roots: &[Root<'_>], counts: &dyn Fn(&Path, &Metadata) -> bool) -> Around {
    for (file, table) in roots {
        if !folder.join(file).is_file() {
            continue;
        }
        if read(folder, file, table).is_some() {
            return Around::Apart;
        }
        let has_file = |above: &Path| above.join(file).metadata().ok().filter(Metadata::is_file);
        let found = above.iter().find_map(|above| Some((*above, has_file(above)?)));
        let Some((root, _)) = found.filter(|(root, metadata)| counts(root, metadata)) else { continue };
        let Some(workspace) = read(root, file, table) else { continue };
        return match folder.strip_prefix(root).is_ok_and(|inside| workspace.has(inside)) {
            true => Around::MemberOf(root.to_owned()),
            false => Around::Apart,
        };
    }
    Around::None
}

/// What is wrong with the file is for its backend to say.
fn read(root: &Path, file: &str, table: &str) -> Option<Workspace> {
    let file = TomlFile::read(&root.join(file)).ok()??;
    Workspace::of(&file, table).ok()?
}
