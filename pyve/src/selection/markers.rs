//! Marker files looked for without asking the backend that they speak for.

use std::path::Path;

use pyve_formats::read::{self, Limit, Links, Problem, ReadError};
use pyve_formats::toml_file::TomlFile;
use pyve_plugin_api::{Detection, Marker};

/// The markers that are there.
pub fn detections(root: &Path, markers: &[Marker]) -> Vec<Detection> {
    markers.iter().filter_map(|marker| detection(root, marker)).collect()
}

/// Those in whose place something lies that is no file, so that nobody can tell what they ask for.
pub fn unfit<'a>(root: &Path, markers: impl Iterator<Item = &'a Marker>) -> Vec<ReadError> {
    let mut files: Vec<&str> = markers.map(|marker| marker.file.as_str()).collect();
    files.sort_unstable();
    files.dedup();
    let opened = files.iter().filter_map(|file| read::open(root.join(file), Limit::ANY_SIZE, Links::Follow).err());
    opened.filter(|error| matches!(error.problem(), Problem::NotRegular(_))).collect()
}

fn detection(root: &Path, marker: &Marker) -> Option<Detection> {
    let file = root.join(marker.file.as_str());
    let seen = Detection::new(marker.file.as_str(), marker.strength);
    if marker.table.is_empty() {
        return file.is_file().then_some(seen);
    }
    // A file that is no TOML has no tables; what is wrong with it is not for the choice to say.
    let text = read::text(file, Limit::PROJECT).ok()??;
    let line = TomlFile::parse(&text).ok()?.line(&marker.table)?;
    Some(u32::try_from(line).map_or(seen.clone(), |line| seen.line(line)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use pyve_plugin_api::Strength;

    #[test]
    fn a_table_counts_only_where_it_is() {
        let root = tempfile::tempdir().unwrap();
        let markers = [Marker::exclusive("fern.lock"), Marker::exclusive("pyproject.toml").table("tool.fern")];
        let write = |text: &str| std::fs::write(root.path().join("pyproject.toml"), text).unwrap();
        assert_eq!(detections(root.path(), &markers), []);
        write("[tool]\nferns = 1\n");
        assert_eq!(detections(root.path(), &markers), []);
        write("[project]\nname = \"a\"\n\n[tool.fern.frond]\n");
        let seen = Detection::new("pyproject.toml", Strength::EXCLUSIVE).line(4);
        assert_eq!(detections(root.path(), &markers), [seen]);
        write("[tool.fern");
        std::fs::write(root.path().join("fern.lock"), "").unwrap();
        assert_eq!(detections(root.path(), &markers), [Detection::new("fern.lock", Strength::EXCLUSIVE)]);
    }
}
