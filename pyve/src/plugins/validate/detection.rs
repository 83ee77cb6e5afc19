//! Marker files that were found.

use std::path::{Component, Path};

use pyve_plugin_api::Detection;

use super::faults::{Faults, shown_path};
use super::{Answer, Subject};

impl Answer for Vec<Detection> {
    fn validate(&self, subject: &Subject<'_>, faults: &mut Faults) {
        for found in self {
            let file = found.file.path();
            let name = || shown_path(&file);
            let inside = !found.file.is_empty() && file.components().all(|part| matches!(part, Component::Normal(_)));
            faults.unless(inside, || format!("the file {} is not relative to the project", name()));
            faults.unless(subject.project.join(&file).exists(), || format!("the file {} does not exist", name()));
            let markers = &subject.description.markers;
            let announced = markers.iter().any(|marker| Path::new(marker.file.as_str()) == file);
            faults.unless(announced, || format!("the file {} is not one of its markers", name()));
            faults.unless(found.strength.is_known(), || format!("the file {} has an unknown strength", name()));
        }
    }
}
