//! What a backend says of itself.

use pyve_plugin_api::{Description, Marker, Setting};

use super::faults::{Faults, shown};
use super::id::is_id;

pub fn validate(description: &Description, faults: &mut Faults) {
    let id = description.id.as_str();
    faults.unless(is_id(id), || format!("`id` is not `[a-z][a-z0-9-]*` of at most 32 characters: {}", shown(id)));
    faults.words("`version`", &description.version);
    faults.line("`summary`", &description.summary);
    faults.line("`tool`", &description.tool);
    description.capabilities.iter().for_each(|capability| faults.words("`capabilities`", capability));
    description.markers.iter().for_each(|one| marker(one, faults));
    description.environment_markers.iter().for_each(|one| marker_of_environment(one, faults));
    for line in &description.ignores {
        let safe = !line.trim().is_empty() && !line.starts_with('!');
        faults.unless(safe, || format!("`ignores` has {}, which is not a pattern to ignore", shown(line)));
        faults.line("`ignores`", line);
    }
    settings(&description.settings, faults);
}

fn marker(marker: &Marker, faults: &mut Faults) {
    let name = marker.file.as_str();
    let plain = !name.is_empty() && !name.contains(['/', '\\']) && name != "." && name != "..";
    faults.unless(plain, || format!("the marker {} is not a file name", shown(name)));
    faults.line("the name of a marker", name);
    faults.line("`table`", &marker.table);
    faults.line("the table of a workspace", &marker.workspace);
    faults.unless(marker.strength.is_known(), || format!("the marker {} has an unknown strength", shown(name)));
}

/// It may lie in a folder of the project, and must tell environments apart.
fn marker_of_environment(named: &Marker, faults: &mut Faults) {
    let name = named.file.as_str();
    let inside = |part: &str| !part.is_empty() && part != "." && part != ".." && !part.contains('\\');
    faults.unless(name.split('/').all(inside), || format!("the marker {} is not a path in the project", shown(name)));
    let told = name.contains("{env}") || named.table.contains("{env}");
    faults.unless(told, || format!("the marker of an environment {} does not have {{env}}", shown(name)));
    faults.line("the name of a marker", name);
    faults.line("`table`", &named.table);
    faults.unless(named.strength.is_known(), || format!("the marker {} has an unknown strength", shown(name)));
}

fn settings(settings: &[Setting], faults: &mut Faults) {
    for (index, setting) in settings.iter().enumerate() {
        let (key, flag) = (setting.key.as_str(), setting.flag.as_str());
        let plain = !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte));
        faults.unless(plain, || format!("the setting {} is not a plain key", shown(key)));
        faults.unless(setting.kind.is_known(), || format!("the setting {} has an unknown kind", shown(key)));
        let is_twice = |other: &Setting| other.key == key || (!flag.is_empty() && other.flag == flag);
        let twice = settings[..index].iter().any(is_twice);
        faults.unless(!twice, || format!("the setting {} or its flag is declared twice", shown(key)));
        faults.unless(flag.is_empty() || is_id(flag), || format!("the flag {} is not `[a-z][a-z0-9-]*`", shown(flag)));
        faults.line("the summary of a setting", &setting.summary);
        faults.line("the default of a setting", &setting.default);
    }
    let positional = settings.iter().filter(|setting| setting.positional).count();
    faults.unless(positional <= 1, || format!("{positional} settings are positional; at most one can be"));
}
