//! What holds for one invocation: the command line before the config, each value with who said it.

use std::path::{Path, PathBuf};

use pyve_plugin_api::{Description, PythonRequest, RString, Recorded, Request, Setting, SettingKind, SettingValue};

use super::{CommandLine, Config, Sourced, host, value};
use crate::failure::Failure;
use crate::project::Layout;

/// The settings of `chosen`: those of the command line, of the config those that they leave, and of `recorded` those that
/// are remembered. `known` are all backends, to say whose flag it is that `chosen` does not have.
pub fn merge(
    chosen: &Description,
    known: &[Description],
    line: &CommandLine,
    config: &Config,
    recorded: Option<&Recorded>,
    project: &Layout,
) -> Result<Vec<SettingValue>, Failure> {
    refuse_foreign(chosen, known, line)?;
    let mut merged = Vec::new();
    for setting in &chosen.settings {
        merged.extend(from_line(setting, line, project.root())?);
    }
    let left = config.section(&chosen.id).into_iter().filter(|given| merged.iter().all(|said| said.key != given.key));
    let left: Vec<SettingValue> = left.collect();
    let remembered = recorded.map(|recorded| remembered(chosen, &merged, &left, recorded)).unwrap_or_default();
    merged.extend(left);
    merged.extend(remembered);
    Ok(merged)
}

/// What flags said when the environment was made, and is a choice of this one environment. A new word on any of it is a
/// new choice as a whole; what only the config said is no longer asked for once the config does not say it.
fn remembered(
    chosen: &Description,
    line: &[SettingValue],
    config: &[SettingValue],
    recorded: &Recorded,
) -> Vec<SettingValue> {
    let remembers = |said: &&SettingValue| chosen.remembers(&said.key);
    if line.iter().any(|said| remembers(&said)) {
        return Vec::new();
    }
    let of_flag = recorded.settings.iter().filter(|said| remembers(said) && said.origin.starts_with("--"));
    let left = of_flag.filter(|said| config.iter().all(|given| given.key != said.key));
    left.map(|said| SettingValue { remembered: true, ..said.clone() }).collect()
}

/// What the command line says of one setting, by its flag or by the positional `DIR`.
fn from_line(setting: &Setting, line: &CommandLine, root: &Path) -> Result<Option<SettingValue>, Failure> {
    let flag = (!setting.flag.is_empty()).then(|| line.flags.get(setting.flag.as_str())).flatten();
    let positional = line.positional.as_ref().filter(|_| setting.positional);
    let (origin, values) = match (flag, positional) {
        (None, None) => return Ok(None),
        (Some(_), Some(directory)) => {
            return Err(Failure::usage(format!(
                "{} cannot be used with `--{}`: both set the same value",
                super::quoted(directory),
                setting.flag
            ))
            .remedy("remove one of them"));
        }
        (Some(values), None) => (format!("--{}", setting.flag), values.clone()),
        (None, Some(directory)) => ("command line".to_owned(), vec![directory.clone()]),
    };
    let name = if positional.is_some() { "DIR" } else { &origin };
    let values = checked(name, setting.kind, values, root)?;
    Ok(Some(SettingValue::new(&setting.key, values, &origin)))
}

fn checked(
    name: &str,
    kind: SettingKind,
    mut values: Vec<String>,
    root: &Path,
) -> Result<pyve_plugin_api::RVec<RString>, Failure> {
    let refused = |(text, edit): value::Refusal| Failure::usage(text).remedy(edit);
    if kind == SettingKind::BOOL {
        return match values.last().map(String::as_str) {
            None | Some("true") => Ok(vec!["true".into()].into()),
            Some("false") => Ok(vec!["false".into()].into()),
            Some(other) => Err(Failure::usage(format!(
                "invalid value {} for `{name}`: must be `true` or `false`",
                super::quoted(other)
            ))
            .remedy(format!("use `{name}` or `{name}=false`"))),
        };
    }
    // Of a setting that holds one value, the last word counts, as everywhere on command lines.
    if kind != SettingKind::LIST {
        values = values.pop().into_iter().collect();
    }
    if values.is_empty() {
        return Err(Failure::usage(format!("`{name}` requires a value")).remedy(format!("use `{name} VALUE`")));
    }
    for value in &mut values {
        if kind == SettingKind::PATH {
            *value = value::path(name, value, root).map_err(refused)?;
        } else {
            value::printable(name, value).map_err(refused)?;
        }
    }
    Ok(values.into_iter().map(RString::from).collect())
}

/// A flag of another backend, or a `DIR` for one that takes none, would be passed over in silence.
fn refuse_foreign(chosen: &Description, known: &[Description], line: &CommandLine) -> Result<(), Failure> {
    let has = |description: &Description, flag: &str| description.settings.iter().any(|setting| setting.flag == flag);
    if let Some(flag) = line.flags.keys().find(|flag| !has(chosen, flag)) {
        let owners: Vec<&str> = known.iter().filter(|other| has(other, flag)).map(|other| other.id.as_str()).collect();
        let failure = Failure::usage(format!("backend `{}` has no option `--{flag}`", chosen.id));
        return Err(match owners.first() {
            Some(owner) => failure
                .detail(format!("it is an option of {}", owners.join(", ")))
                .remedy(format!("add `--backend {owner}` or remove `--{flag}`")),
            None => failure.remedy(format!("remove `--{flag}`")),
        });
    }
    match &line.positional {
        Some(directory) if chosen.positional().is_none() => Err(Failure::usage(format!(
            "unexpected DIR {1}: backend `{0}` takes none",
            chosen.id,
            super::quoted(directory)
        ))
        .remedy("remove it, or select another backend with `--backend`")),
        _ => Ok(()),
    }
}

/// The Python that was asked for: by the flag, else by the config.
pub fn python(flag: Option<&str>, config: &Config) -> Result<Option<PythonRequest>, Failure> {
    let request = |said: Sourced<String>| PythonRequest::new(&said.value, &said.origin);
    let setting = host::SETTINGS.iter().find(|setting| setting.key == host::PYTHON_VERSION);
    let Some((setting, name, text)) = setting.and_then(|setting| Some((setting, setting.flag?, flag?))) else {
        return Ok(config.python().map(request));
    };
    let remedy = format!("write a version: {name} {}", setting.sample);
    let said = setting.said(name, text).map_err(|(what, _)| Failure::usage(what).remedy(remedy))?;
    Ok(Some(request(said).explicit()))
}

/// All that a request to a backend is made of.
pub struct RequestParts<'a> {
    pub project: &'a Layout,
    pub environment: &'a str,
    /// Where one with a name is put.
    pub environment_dir: Option<PathBuf>,
    /// pyve's own folder.
    pub home: Option<&'a Path>,
    pub settings: Vec<SettingValue>,
    pub python: Option<PythonRequest>,
    pub recorded: Option<Recorded>,
    pub strict: bool,
    pub offline: bool,
}

impl RequestParts<'_> {
    /// The request.
    pub fn request(self) -> Request {
        Request {
            environment: self.environment.into(),
            environment_dir: self.environment_dir.map(Into::into).unwrap_or_default(),
            settings: self.settings.into(),
            python: self.python.into(),
            recorded: self.recorded.into(),
            strict: self.strict,
            offline: self.offline,
            project_tools: self.project.folder().join("bin").into(),
            ..Request::new(self.project.root(), self.home.unwrap_or(Path::new("")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{known, parse};
    use super::*;

    fn line(flags: &[(&str, &[&str])], positional: Option<&str>) -> CommandLine {
        let flags = flags.iter().map(|(flag, values)| {
            ((*flag).to_owned(), values.iter().map(|value| (*value).to_owned()).collect::<Vec<_>>())
        });
        CommandLine { flags: flags.collect(), positional: positional.map(str::to_owned) }
    }

    fn merged(id: &str, line: &CommandLine, config: &str) -> Result<Vec<String>, String> {
        let known = known();
        let chosen = known.iter().find(|description| description.id == id).unwrap();
        let config = parse(config).unwrap();
        let merged = merge(chosen, &known, line, &config, None, &Layout::new("/p", &Default::default()));
        let told = |given: SettingValue| format!("{}={} ({})", given.key, given.values.join("|"), given.origin);
        merged.map(|settings| settings.into_iter().map(told).collect()).map_err(|failure| {
            assert_eq!(failure.code, 2);
            [vec![failure.message], failure.details, vec![failure.remedy.to_string()]].concat().join(" / ")
        })
    }

    const CONFIG: &str = "reed:\n  env_name: a\n  channels: [x]\nmoss: {directory: m}\n";

    #[test]
    fn the_command_line_comes_before_the_config() {
        let said = line(&[("env-name", &["b"]), ("channel", &["y", "z"]), ("offline", &[])], None);
        assert_eq!(
            merged("reed", &said, CONFIG).unwrap(),
            ["env_name=b (--env-name)", "channels=y|z (--channel)", "offline=true (--offline)"]
        );
        assert_eq!(
            merged("reed", &line(&[("env-file", &["a.yml", "./b.yml"])], None), CONFIG).unwrap(),
            ["env_file=b.yml (--env-file)", "env_name=a (.pyve/config:2)", "channels=x (.pyve/config:3)"]
        );
        assert_eq!(merged("moss", &line(&[], Some("./d/")), CONFIG).unwrap(), ["directory=d (command line)"]);
        assert_eq!(merged("moss", &line(&[], None), CONFIG).unwrap(), ["directory=m (.pyve/config:4)"]);
    }

    #[test]
    fn wrong_words_are_refused() {
        let refused =
            |id: &str, flags: &[(&str, &[&str])], positional| merged(id, &line(flags, positional), "").unwrap_err();
        assert_eq!(
            refused("moss", &[("env-name", &["x"])], None),
            "backend `moss` has no option `--env-name` / it is an option of reed / add `--backend reed` or remove `--env-name`"
        );
        assert_eq!(refused("moss", &[("zzz", &["x"])], None), "backend `moss` has no option `--zzz` / remove `--zzz`");
        assert_eq!(
            refused("reed", &[], Some("x")),
            "unexpected DIR `x`: backend `reed` takes none / remove it, or select another backend with `--backend`"
        );
        assert_eq!(
            refused("moss", &[], Some("../victim")),
            "invalid DIR `../victim`: `..` may lead out of the project / use a path inside the project, such as `env`"
        );
        assert_eq!(
            refused("moss", &[("directory", &["a"])], Some("b")),
            "`b` cannot be used with `--directory`: both set the same value / remove one of them"
        );
        assert_eq!(
            refused("reed", &[("env-name", &[])], None),
            "`--env-name` requires a value / use `--env-name VALUE`"
        );
        assert_eq!(
            refused("reed", &[("offline", &["maybe"])], None),
            "invalid value `maybe` for `--offline`: must be `true` or `false` / use `--offline` or `--offline=false`"
        );
        assert_eq!(
            refused("reed", &[("channel", &["a", ""])], None),
            "--channel is empty / set a value, or remove `--channel`"
        );
    }

    #[test]
    fn a_choice_by_flag_holds_until_another_is_made() {
        let list = |key: &str, flag: &str| Setting::new(key, SettingKind::LIST, key).flag(flag).remembered();
        let rush =
            Description::new("rush", "1", "Rushes").setting(list("groups", "group")).setting(list("extras", "extra"));
        let rush = rush.setting(Setting::new("name", SettingKind::TEXT, "name").flag("name"));
        let told = |flags: &[(&str, &[&str])], config: &str, recorded: &[SettingValue]| {
            let config = Config::parse(config.as_bytes(), Path::new("/p"), std::slice::from_ref(&rush)).unwrap();
            let recorded = Recorded { settings: recorded.to_vec().into(), ..Recorded::default() };
            let project = Layout::new("/p", &Default::default());
            let merged = merge(&rush, &[], &line(flags, None), &config, Some(&recorded), &project).unwrap();
            let told = |it: &SettingValue| {
                let before = if it.remembered { ", before" } else { "" };
                format!("{}={} ({}{before})", it.key, it.values.join("|"), it.origin)
            };
            merged.iter().map(told).collect::<Vec<_>>()
        };
        let said = |key: &str, value: &str, origin: &str| SettingValue::new(key, [value], origin);
        let before = [said("groups", "dev", "--group"), said("name", "a", "--name"), said("extras", "x", "--extra")];
        assert_eq!(told(&[], "", &before), ["groups=dev (--group, before)", "extras=x (--extra, before)"]);
        assert_eq!(told(&[("extra", &["y"])], "", &before), ["extras=y (--extra)"]);
        let named = ["name=b (--name)", "groups=dev (--group, before)", "extras=x (--extra, before)"];
        assert_eq!(told(&[("name", &["b"])], "", &before), named);
        let config = "rush: {groups: [docs]}\n";
        assert_eq!(told(&[], config, &before), ["groups=docs (.pyve/config:1)", "extras=x (--extra, before)"]);
        let by_config = [said("groups", "dev", ".pyve/config:3")];
        assert_eq!(told(&[], "", &by_config), [""; 0]);
    }

    #[test]
    fn a_python_by_flag_is_explicit() {
        let config = parse("python: {version: ' 3.10 '}").unwrap();
        let by_flag = python(Some(" >=3.11"), &config).unwrap().unwrap();
        assert_eq!((&*by_flag.version, &*by_flag.origin, by_flag.explicit), (">=3.11", "--python-version", true));
        let by_config = python(None, &config).unwrap().unwrap();
        assert_eq!((&*by_config.version, &*by_config.origin, by_config.explicit), ("3.10", ".pyve/config:1", false));
        assert_eq!(python(None, &Config::default()).unwrap(), None);
        let failure = python(Some(""), &config).unwrap_err();
        assert_eq!((failure.message.as_str(), failure.code), ("--python-version is empty", 2));
    }

    #[test]
    fn a_question_becomes_a_request() {
        let project = Layout::new("/p", &Default::default());
        let config = parse(CONFIG).unwrap();
        let parts = RequestParts {
            project: &project,
            environment: "dev",
            environment_dir: Some(PathBuf::from("/p/.pyve/envs/dev")),
            home: Some(Path::new("/h/.pyve")),
            settings: config.section("reed"),
            python: None,
            recorded: Some(Recorded { ready: true, ..Recorded::default() }),
            strict: true,
            offline: true,
        };
        let request = parts.request();
        assert_eq!((request.project(), request.home()), (Path::new("/p").into(), Some(Path::new("/h/.pyve").into())));
        assert_eq!((&*request.environment, request.strict, request.offline), ("dev", true, true));
        assert_eq!((request.text("env_name"), request.is_named()), (Some("a"), true));
        assert!(request.recorded().unwrap().ready && request.python().is_none());
    }
}
