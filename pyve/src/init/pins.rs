//! Versions that are pinned in files of the project: what purge has to know of them.

use pyve_plugin_api::{Step, StepKind};

use crate::failure::Failure;
use crate::files::line_edit;
use crate::project::Layout;
use crate::records::{Artifact, Record};

/// Notes what the steps are about to write, and what stands in its place now.
pub fn remember(record: &mut Record, pins: &[Step], layout: &Layout) -> Result<(), Failure> {
    pins.iter().filter(|pin| pin.kind == StepKind::SET_LINE).try_for_each(|pin| remember_one(record, pin, layout))
}

/// What stood there before pyve's first pin is what comes back, unless the user changed the line since.
fn remember_one(record: &mut Record, pin: &Step, layout: &Layout) -> Result<(), Failure> {
    let file = layout.root().join(pin.path.path());
    let earlier = record.made.iter().position(|made| matches!(made, Artifact::Line { path, .. } if *path == pin.path));
    let (created, before) = match earlier.map(|index| record.made.remove(index)) {
        Some(Artifact::Line { key, line, created, before, .. }) if line_edit::holds(&file, &key, &line) => {
            (created, before)
        }
        _ => (!file.exists(), line_edit::replaced_by(&file, &pin.key)?),
    };
    let (path, key, line) = (pin.path.clone(), pin.key.to_string(), pin.text());
    record.remember(Artifact::Line { path, key, line, created, before });
    Ok(())
}
