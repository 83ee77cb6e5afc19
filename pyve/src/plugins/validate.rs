//! What an answer must be like: the rules of the contract that its types cannot keep. Each fault is a sentence.

use std::path::Path;

use pyve_plugin_api::{
    Consent, Creation, Description, Detection, Finding, Inspection, Launch, OsText, PrefixState, Setting, SettingKind,
    Status, Step, StepKind, Strength, ToolAnswer,
};

/// Where an answer may point to.
pub struct Bounds<'a> {
    pub project: &'a Path,
    pub home: &'a Path,
}

impl Bounds<'_> {
    fn allow(&self, path: &Path) -> bool {
        let plain = !path.components().any(|part| part == std::path::Component::ParentDir);
        plain && (path.starts_with(self.project) || path.starts_with(self.home))
    }
}

/// Collects what is not so.
#[derive(Default)]
struct Faults(Vec<String>);

impl Faults {
    fn unless(&mut self, holds: bool, fault: impl FnOnce() -> String) {
        if !holds {
            self.0.push(fault());
        }
    }
}

/// Whether it is `[a-z][a-z0-9-]*` of at most 32 characters.
pub fn is_id(id: &str) -> bool {
    let rest = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    id.len() <= 32 && id.as_bytes().first().is_some_and(u8::is_ascii_lowercase) && id.bytes().all(rest)
}

/// The id that is nearest to some text.
pub fn as_id(text: &str) -> String {
    let plain = |letter: char| if letter.is_ascii_alphanumeric() { letter.to_ascii_lowercase() } else { '-' };
    let id: String = text.chars().map(plain).collect();
    let id: String = id.trim_matches(|letter: char| !letter.is_ascii_lowercase()).chars().take(32).collect();
    if is_id(&id) { id } else { "my-plugin".to_owned() }
}

pub fn description(description: &Description) -> Vec<String> {
    let mut faults = Faults::default();
    let id = description.id.as_str();
    faults.unless(is_id(id), || format!("its id {id:?} is not `[a-z][a-z0-9-]*` of at most 32 characters"));
    faults.unless(!description.version.trim().is_empty(), || "it has no version".to_owned());
    let printable = |text: &str| !text.chars().any(char::is_control);
    for (what, text) in
        [("version", &description.version), ("summary", &description.summary), ("tool", &description.tool)]
    {
        faults.unless(printable(text), || format!("its {what} is not one line of text: {:?}", text.as_str()));
    }
    for marker in &description.markers {
        let name = marker.file.as_str();
        let plain = !name.is_empty() && printable(name) && !name.contains(['/', '\\']) && name != "." && name != "..";
        faults.unless(plain, || format!("its marker {name:?} is not the name of a file"));
        let known = [Strength::GENERIC, Strength::EXCLUSIVE].contains(&marker.strength);
        faults.unless(known, || format!("its marker `{name}` has an unknown strength"));
    }
    for line in &description.ignores {
        let line = line.as_str();
        let safe = printable(line) && !line.trim().is_empty() && !line.starts_with('!');
        faults.unless(safe, || format!("its line for .gitignore {line:?} is not one pattern"));
    }
    settings(&mut faults, &description.settings);
    faults.0
}

fn settings(faults: &mut Faults, settings: &[Setting]) {
    let kinds = [SettingKind::TEXT, SettingKind::BOOL, SettingKind::LIST, SettingKind::PATH];
    for (index, setting) in settings.iter().enumerate() {
        let key = setting.key.as_str();
        let plain = !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte));
        faults.unless(plain, || format!("its setting {key:?} is not a plain key"));
        faults.unless(kinds.contains(&setting.kind), || format!("its setting `{key}` has an unknown kind"));
        let twice = |other: &Setting| other.key == key || (!setting.flag.is_empty() && other.flag == setting.flag);
        faults.unless(!settings[..index].iter().any(twice), || {
            format!("its setting `{key}`, or its flag, is there twice")
        });
        let flag = setting.flag.as_str();
        faults.unless(flag.is_empty() || is_id(flag), || format!("its flag {flag:?} is not `[a-z][a-z0-9-]*`"));
    }
    let positional = settings.iter().filter(|setting| setting.positional).count();
    faults.unless(positional <= 1, || format!("{positional} of its settings are positional; at most one can be"));
}

pub fn detections(detections: &[Detection], project: &Path, description: &Description) -> Vec<String> {
    let mut faults = Faults::default();
    for detection in detections {
        let file = detection.file.path();
        let shown = file.display();
        let inside = file.components().all(|part| matches!(part, std::path::Component::Normal(_)));
        faults.unless(inside && !detection.file.is_empty(), || format!("`{shown}` is not relative to the project"));
        faults.unless(project.join(&file).exists(), || format!("it saw `{shown}`, which is not there"));
        let announced = description.markers.iter().any(|marker| Path::new(marker.file.as_str()) == file);
        faults.unless(announced, || format!("it saw `{shown}`, which its description does not list as a marker"));
        let known = [Strength::GENERIC, Strength::EXCLUSIVE].contains(&detection.strength);
        faults.unless(known, || format!("`{shown}` speaks with an unknown strength"));
    }
    faults.0
}

pub fn tool(answer: &ToolAnswer, bounds: &Bounds<'_>) -> Vec<String> {
    let mut faults = Faults::default();
    match answer.found.as_ref().into_option() {
        Some(tool) => {
            let path = tool.path.path();
            faults.unless(path.is_absolute(), || format!("the tool's path `{}` is not absolute", path.display()));
            faults.unless(path.exists(), || format!("the tool {} is not there", path.display()));
        }
        None => faults.unless(!answer.missing.is_empty(), || "there is no tool, and no word why".to_owned()),
    }
    for recipe in &answer.recipes {
        let (id, manual) = (recipe.id.as_str(), recipe.consent == Consent::MANUAL);
        faults.unless(is_id(id), || format!("the recipe {id:?} has no plain name"));
        let known = [Consent::CONFIRM, Consent::BOOTSTRAP, Consent::MANUAL].contains(&recipe.consent);
        faults.unless(known, || format!("the recipe `{id}` needs an unknown consent"));
        faults.unless(!manual || recipe.steps.is_empty(), || format!("the recipe `{id}` is manual and has steps"));
        faults.unless(!manual || !recipe.instruction.is_empty(), || {
            format!("the recipe `{id}` is manual and says nothing")
        });
        faults.0.extend(recipe.steps.iter().flat_map(|planned| step(planned, bounds)));
    }
    faults.0.extend(answer.pins.iter().flat_map(|planned| step(planned, bounds)));
    faults.0
}

pub fn creation(creation: &Creation, bounds: &Bounds<'_>) -> Vec<String> {
    let mut faults = Faults::default();
    let prefix = creation.prefix.path();
    faults.unless(prefix.is_absolute(), || format!("the prefix `{}` is not absolute", prefix.display()));
    let inside = bounds.allow(&prefix) && prefix != bounds.project;
    faults.unless(inside || creation.external, || format!("the prefix {} is not inside the project", prefix.display()));
    faults.unless(!creation.name.is_empty(), || "the environment has no name".to_owned());
    let known =
        [PrefixState::ABSENT, PrefixState::USABLE, PrefixState::OUTDATED, PrefixState::BROKEN, PrefixState::FOREIGN];
    faults.unless(known.contains(&creation.state), || "what stands at the prefix has an unknown word".to_owned());
    let interpreter = creation.interpreter.path();
    let right = creation.interpreter.is_empty() || interpreter.is_absolute();
    faults.unless(right, || format!("the interpreter `{}` is not absolute", interpreter.display()));
    faults.0.extend(creation.steps.iter().flat_map(|planned| step(planned, bounds)));
    if let Some(recipe) = creation.dependencies.as_ref().into_option() {
        faults.0.extend(recipe.steps.iter().flat_map(|planned| step(planned, bounds)));
    }
    faults.0
}

/// A step that the host would refuse is a fault of the plan.
pub fn step(step: &Step, bounds: &Bounds<'_>) -> Vec<String> {
    let mut faults = Faults::default();
    let title = step.title.as_str();
    faults.unless(!title.is_empty(), || "a step has no title".to_owned());
    let (command, download) = (step.command.is_some(), step.download.as_ref().into_option());
    match step.kind {
        StepKind::RUN => faults.unless(command, || format!("the step `{title}` has no command")),
        StepKind::DOWNLOAD => {
            let hashed = download.is_some_and(|file| file.sha256.len() == 64 || !file.sha256_url.is_empty());
            faults.unless(hashed, || format!("the step `{title}` downloads something without a SHA-256"));
            let limited = download.is_some_and(|file| file.size_limit > 0 && !file.urls.is_empty());
            faults.unless(limited, || format!("the step `{title}` has no URL or no size limit"));
        }
        StepKind::CLONE_TREE => faults.unless(!step.source.is_empty(), || format!("the step `{title}` has no source")),
        StepKind::CONFIRM => faults.unless(!step.contents.is_empty(), || format!("the step `{title}` asks nothing")),
        StepKind::UNPACK => {
            let archive = step.archive.as_ref().into_option();
            let right = archive.is_some_and(|archive| archive.sha256.len() == 64 && archive.size_limit > 0);
            faults.unless(right, || format!("the step `{title}` unpacks something without a SHA-256 or a size limit"));
            faults.unless(!step.source.is_empty(), || format!("the step `{title}` names no archive"));
        }
        StepKind::CHOOSE => {
            let asks = !step.contents.is_empty() && !step.choices.is_empty();
            faults.unless(asks, || format!("the step `{title}` offers nothing to choose"));
            let inner = step.choices.iter().flat_map(|choice| &choice.steps);
            faults.0.extend(inner.flat_map(|planned| self::step(planned, bounds)));
        }
        StepKind::WRITE_FILE | StepKind::CREATE_DIR | StepKind::REMOVE_DIR | StepKind::SET_LINE => {}
        _ => faults.unless(false, || format!("the step `{title}` is of a kind that this pyve does not know")),
    }
    if ![StepKind::RUN, StepKind::CONFIRM, StepKind::CHOOSE].contains(&step.kind) {
        let path = bounds.project.join(step.path.path());
        let inside = !step.path.is_empty() && bounds.allow(&path);
        faults.unless(inside, || format!("the step `{title}` is about {}, outside of the project", path.display()));
    }
    faults.0
}

pub fn launch(launch: &Launch) -> Vec<String> {
    let mut faults = Faults::default();
    for entry in launch.path.iter().chain(&launch.path_append).filter(|entry| entry.variable.is_empty()) {
        let folder = entry.folder.path();
        faults.unless(folder.is_absolute(), || format!("the folder `{}` for PATH is not absolute", folder.display()));
    }
    for input in &launch.inputs {
        faults.unless(input.path().is_absolute(), || format!("the input `{}` is not absolute", input.display()));
    }
    let names = launch.env.iter().map(|variable| &variable.name).chain(&launch.env_remove).chain(&launch.deactivate);
    for name in names.map(|name| name.as_str()) {
        let plain = !name.is_empty() && !name.contains(['=', '\0']);
        faults.unless(plain, || format!("{name:?} is not the name of a variable"));
    }
    faults.unless(launch.wrapper.first().is_none_or(|word: &OsText| !word.is_empty()), || {
        "the wrapper is empty".to_owned()
    });
    faults.0
}

pub fn inspection(inspection: &Inspection, bounds: &Bounds<'_>) -> Vec<String> {
    let mut faults = Faults::default();
    let (meant, known) = (inspection.prefix.path(), [PrefixState::USABLE, PrefixState::BROKEN]);
    faults.unless(inspection.prefix.is_empty() || meant.is_absolute(), || {
        format!("the prefix `{}` is not absolute", meant.display())
    });
    for environment in &inspection.environments {
        let prefix = environment.prefix.path();
        let shown = prefix.display();
        faults.unless(prefix.is_dir() && bounds.allow(&prefix) && prefix != bounds.project, || {
            format!("it tells of an environment at {shown}, where no folder inside the project is")
        });
        faults.unless(known.contains(&environment.state), || format!("what stands at {shown} has an unknown word"));
        let interpreter = environment.interpreter.path();
        faults.unless(environment.interpreter.is_empty() || interpreter.is_absolute(), || {
            format!("the interpreter `{}` is not absolute", interpreter.display())
        });
    }
    faults.0
}

pub fn findings(findings: &[Finding], id: &str) -> Vec<String> {
    let mut faults = Faults::default();
    let prefix = format!("{id}.");
    for finding in findings {
        let name = finding.id.as_str();
        let own = name.strip_prefix(&prefix).is_some_and(|rest| !rest.is_empty());
        faults.unless(own, || format!("the finding {name:?} does not begin with `{prefix}`"));
        let known = [Status::OK, Status::INFO, Status::WARNING, Status::ERROR].contains(&finding.status);
        faults.unless(known, || format!("the finding `{name}` has an unknown status"));
        faults.unless(!finding.subject.is_empty(), || format!("the finding `{name}` has no subject"));
        let mended = finding.status != Status::ERROR || !finding.remedy.is_none() || !finding.detail.is_empty();
        faults.unless(mended, || format!("the error `{name}` says neither what was seen nor what mends it"));
    }
    faults.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use pyve_plugin_api::{Command, Download, ExistingEnvironment, Marker};

    const BOUNDS: fn() -> Bounds<'static> = || Bounds { project: Path::new("/p"), home: Path::new("/h") };

    #[test]
    fn ids_are_plain() {
        for (id, good) in [("acme", true), ("a-2", true), ("", false), ("2a", false), ("Acme", false), ("a/b", false)] {
            assert_eq!(is_id(id), good, "{id:?}");
        }
        assert!(!is_id(&"a".repeat(33)));
    }

    #[test]
    fn a_description_is_held_to_its_words() {
        let good = Description::new("acme", "0.1", "Environments of Acme").marker(Marker::exclusive("acme.lock"));
        assert!(description(&good).is_empty());
        let bad = Description::new("U v", "", "two\nlines").marker(Marker::generic("../x")).ignore("!all");
        assert_eq!(
            description(&bad),
            [
                r#"its id "U v" is not `[a-z][a-z0-9-]*` of at most 32 characters"#,
                "it has no version",
                r#"its summary is not one line of text: "two\nlines""#,
                r#"its marker "../x" is not the name of a file"#,
                r#"its line for .gitignore "!all" is not one pattern"#,
            ]
        );
    }

    #[test]
    fn plans_stay_inside_the_project() {
        let out = Creation::new("x", "/elsewhere").step(Step::remove_dir("Clean", "../up"));
        assert_eq!(
            creation(&out, &BOUNDS()),
            [
                "the prefix /elsewhere is not inside the project",
                "the step `Clean` is about /p/../up, outside of the project"
            ]
        );
        let fine = Creation::new("x", "/p/.env").step(Step::run("Make", Command::new("true")));
        assert!(creation(&fine, &BOUNDS()).is_empty());
    }

    #[test]
    fn downloads_have_a_hash() {
        let bare = Step::download("Fetch", Download::new("https://x", "", 10), "/h/bin/x");
        assert_eq!(step(&bare, &BOUNDS()), ["the step `Fetch` downloads something without a SHA-256"]);
    }

    #[test]
    fn environments_that_stand_are_folders_of_the_project() {
        let told =
            Inspection::at("rel").environment(ExistingEnvironment::new("x", "/elsewhere").interpreter("bin/python"));
        assert_eq!(
            inspection(&told, &BOUNDS()),
            [
                "the prefix `rel` is not absolute",
                "it tells of an environment at /elsewhere, where no folder inside the project is",
                "the interpreter `bin/python` is not absolute",
            ]
        );
        assert!(inspection(&Inspection::unknown(), &BOUNDS()).is_empty());
    }

    #[test]
    fn findings_carry_the_backend_in_their_name() {
        assert_eq!(
            findings(&[Finding::ok("tool", "Tool", "")], "acme"),
            [r#"the finding "tool" does not begin with `acme.`"#]
        );
    }
}
