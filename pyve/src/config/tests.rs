//! Tests of what a file may say: every message whole.

use pyve_plugin_api::{Description, Setting, SettingKind};

use super::*;

/// Two backends with a setting of every kind between them.
pub fn known() -> Vec<Description> {
    let moss = Description::new("moss", "1.0", "Mosses").setting(
        Setting::new("directory", SettingKind::PATH, "the directory")
            .default_value(".moss")
            .flag("directory")
            .positional(),
    );
    let reed = Description::new("reed", "1.0", "Reeds")
        .setting(Setting::new("env_name", SettingKind::TEXT, "the name").flag("env-name"))
        .setting(Setting::new("env_file", SettingKind::PATH, "the file").flag("env-file"))
        .setting(Setting::new("channels", SettingKind::LIST, "the channels").flag("channel"))
        .setting(Setting::new("offline", SettingKind::BOOL, "no network").flag("offline"));
    vec![moss, reed]
}

pub fn parse(text: impl AsRef<[u8]>) -> Result<Config, Failure> {
    let parsed = Config::parse(text.as_ref(), Path::new("/p"), &known());
    parsed.map_err(|problems| problem::failure(FILE, problems))
}

/// A failure as the user sees it.
pub fn refused(text: impl AsRef<[u8]>) -> String {
    let failure = parse(text).unwrap_err();
    assert_eq!(failure.code, 1);
    let lines = [vec![failure.message], failure.details, vec![format!("hint: {}", failure.remedy)]];
    lines.concat().join("\n")
}

fn values(config: &Config, id: &str, key: &str) -> Vec<String> {
    let section = config.section(id);
    let given = section.iter().find(|given| given.key == key).expect(key);
    given.values.iter().map(ToString::to_string).collect()
}

#[test]
fn every_key_is_read_with_its_line() {
    let config = parse(
        "# settings\nbackend: reed\npyve_version: 1.0.0\nreed:\n  env_name: \"my env\"\n  env_file: ./conf/environment.yml\n  \
         channels: [conda-forge, 'd e']\n  offline: TRUE\npython:\n  version: 3.10\nprompt:\n  show: false\n  \
         format: '<{env_name}>'\nmoss: {directory: /p/.moss dir/}\n",
    )
    .unwrap();
    let said =
        |value: &str, line: usize| Some(Sourced { value: value.to_owned(), origin: format!(".pyve/config:{line}") });
    assert_eq!(config.backend(), said("reed", 2));
    assert_eq!(config.layer.values.get(host::PYVE_VERSION), said("1.0.0", 3).as_ref());
    assert_eq!(config.python(), said("3.10", 10));
    assert_eq!(config.layer.values.get(host::PROMPT_SHOW), said("false", 12).as_ref());
    assert_eq!(config.layer.values.get(host::PROMPT_FORMAT), said("<{env_name}>", 13).as_ref());
    assert_eq!(config.prompt_format(), None);
    assert_eq!(Config::default().prompt_format(), Some("({backend}:{env_name})"));
    assert_eq!(values(&config, "reed", "env_name"), ["my env"]);
    assert_eq!(values(&config, "reed", "env_file"), ["conf/environment.yml"]);
    assert_eq!(values(&config, "reed", "channels"), ["conda-forge", "d e"]);
    assert_eq!(values(&config, "reed", "offline"), ["true"]);
    assert_eq!(values(&config, "moss", "directory"), [".moss dir"]);
    let origins: Vec<String> = config.section("reed").iter().map(|given| given.origin.to_string()).collect();
    assert_eq!(origins, [".pyve/config:5", ".pyve/config:6", ".pyve/config:7", ".pyve/config:8"]);
}

#[test]
fn an_environment_has_settings_of_its_own_and_the_rest_is_the_projects() {
    let config = parse(
        "backend: moss\npython: {version: 3.12}\ndefault_env: dev\nmoss: {directory: d}\nreed: {channels: [a], offline: true}\n\
         envs:\n  dev:\n  docs:\n    backend: reed\n    python: {version: 3.13}\n    reed: {channels: [b]}\n  \
         default: {prompt: {show: false}}\n",
    )
    .unwrap();
    let named = |name: &str| config.of_environment(&name.parse().unwrap(), &known());
    let origin = |name: &str| config.environments()[&name.parse().unwrap()].origin.clone();
    assert_eq!(config.default_env().unwrap().value.to_string(), "dev");
    assert_eq!((origin("dev"), origin("docs")), (".pyve/config:7".to_owned(), ".pyve/config:8".to_owned()));
    let docs = named("docs");
    assert_eq!(docs.backend().unwrap(), Sourced { value: "reed".to_owned(), origin: ".pyve/config:9".to_owned() });
    assert_eq!(docs.python().unwrap().value, "3.13");
    assert_eq!(
        (values(&docs, "reed", "channels"), values(&docs, "reed", "offline")),
        (vec!["b".into()], vec!["true".into()])
    );
    // The directory of the default environment is nobody else's.
    assert!(docs.section("moss").is_empty() && named("dev").section("moss").is_empty());
    assert_eq!(values(&named("default"), "moss", "directory"), ["d"]);
    let shows = |name: &str| named(name).prompt_format().is_some();
    assert_eq!((shows("default"), shows("dev"), shows("undeclared")), (false, true, true));
    assert_eq!(named("dev").backend().unwrap().value, "moss");
    assert_eq!(
        (config.backend_of(&"dev".parse().unwrap()), config.backend_of(&"docs".parse().unwrap())),
        (None, docs.backend())
    );
}

#[test]
fn what_is_wrong_below_an_environment_is_told_with_its_place() {
    insta::assert_snapshot!(refused(
        "default_env: ../x\nenvs:\n  a/b: {}\n  dev:\n    backned: reed\n    pyve_version: 1.0\n    reed: {chanels: [a]}\n  prod: reed\n"
    ), @"
    .pyve/config:1:14: invalid default_env `../x`
    .pyve/config:3:3: invalid environment name `a/b`
    .pyve/config:5:5: unknown key `backned` in envs.dev; did you mean `backend`?
    .pyve/config:6:5: unknown key `pyve_version` in envs.dev
    .pyve/config:7:12: unknown key `chanels` in reed; did you mean `channels`?
    .pyve/config:8:9: invalid envs.prod: must be a mapping of keys to values, not a single value
    hint: use letters, digits, `.`, `_`, `-`, at most 64, beginning with a letter or digit; did you mean `x`?
    ");
}

#[test]
fn nothing_said_is_nothing_set() {
    let empty = [
        "",
        "\n",
        "# only a comment\n",
        "---\n",
        "---\n...\n",
        "~",
        "\u{feff}",
        "backend:\npython:\nreed: ~\nprompt: {show: }\n",
    ];
    for text in empty {
        let config = parse(text).expect(text);
        let layer = Layer { sections: config.layer.sections.clone(), ..Layer::default() };
        let silent = Config { layer, ..Config::default() };
        assert_eq!(config, silent, "{text:?}");
        assert!(config.section("reed").is_empty(), "{text:?}");
    }
}

#[test]
fn yaml_may_be_written_as_yaml_allows() {
    let config = parse(
        "%YAML 1.2\n---\r\nreed: &all\r\n  env_name: >-\r\n    two\r\n    words\r\n  channels: &list\r\n    - a\r\n    - !!str 1\r\n? \
         moss\r\n: directory: &dir 'it''s'\r\n",
    )
    .unwrap();
    assert_eq!(values(&config, "reed", "env_name"), ["two words"]);
    assert_eq!(values(&config, "reed", "channels"), ["a", "1"]);
    assert_eq!(values(&config, "moss", "directory"), ["it's"]);
    let config = parse("python: {version: &v '>=3.11, <3.13'}\nreed: {env_name: *v}\n").unwrap();
    assert_eq!(values(&config, "reed", "env_name"), [">=3.11, <3.13"]);
    assert_eq!(config.section("reed")[0].origin, ".pyve/config:2");
    assert_eq!(parse("{\"backend\": \"reed\"}").unwrap().backend().unwrap().value, "reed");
}

#[test]
fn all_that_is_wrong_is_told_at_once() {
    insta::assert_snapshot!(refused(
        "bakend: reed\npython:\n  versoin: 3.12\n  version: [3, 12]\nprompt:\n  show: yes\n  format: '{user}'\nreed:\n  \
         channels: conda-forge\n  env_file: ../environment.yml\n  offline: \"true\"\nmosss: {}\nmoss:\n  prefix: x\n"
    ), @r"
    .pyve/config:1:1: unknown key `bakend`; did you mean `backend`?
    .pyve/config:3:3: unknown key `versoin` in python; did you mean `version`?
    .pyve/config:4:12: invalid python.version: must be a text, not a list
    .pyve/config:6:9: invalid prompt.show `yes`: must be `true` or `false`; did you mean `true`?
    .pyve/config:7:11: invalid prompt.format `{user}`: unknown placeholder `{user}`
    .pyve/config:9:13: invalid reed.channels `conda-forge`: must be a list
    .pyve/config:10:13: invalid reed.env_file `../environment.yml`: `..` may lead out of the project
    .pyve/config:11:12: invalid reed.offline `true`: must be `true` or `false`; did you mean `true` without quotes?
    .pyve/config:12:1: unknown key `mosss`; did you mean `moss`?
    .pyve/config:14:3: unknown key `prefix` in moss
    hint: correct or remove it; the keys are backend, pyve_version, default_env, python, run, prompt, plugins, envs, moss, reed
    ");
}

/// A file with one fault, and what is said of it.
#[test]
fn each_fault_has_its_own_words() {
    let cases: [(&str, &str); 24] = [
        (
            "backend: [reed]",
            ":1:10: invalid backend: must be a text, not a list\nhint: write one value: `backend: \"...\"`",
        ),
        ("backend: ''", ":1:10: backend is empty\nhint: set a value, or remove `backend`"),
        (
            "python: 3.12",
            ":1:9: invalid python: must be a mapping of keys to values, not a single value\nhint: indent the keys of python below it",
        ),
        (
            "- backend",
            ":1:1: invalid file: must be a mapping of keys to values, not a list\nhint: write keys and values, such as `backend: NAME`",
        ),
        (
            "just words",
            ":1:1: invalid file: must be a mapping of keys to values, not a single value\nhint: write keys and values, such as `backend: NAME`",
        ),
        (
            "reed:\n  env_name: a\n  env_name: b",
            ":3:3: duplicate key `env_name`, first in line 2\nhint: remove one of them",
        ),
        (
            "[a, b]: c",
            ":1:1: invalid key of file: must be a word, not a list\nhint: write a word and a colon before the value",
        ),
        (
            "prompt: {format: '{bakend}'}",
            ":1:18: invalid prompt.format `{bakend}`: unknown placeholder `{bakend}`; did you mean `backend`?\nhint: use {backend} and {env_name}, and no other braces",
        ),
        (
            "prompt: {format: '{'}",
            ":1:18: invalid prompt.format `{`: unmatched `{`\nhint: use {backend} and {env_name}, and no other braces",
        ),
        (
            "prompt: {show: [true]}",
            ":1:16: invalid prompt.show: must be `true` or `false`, not a list\nhint: write `show: true` or `show: false`",
        ),
        (
            "prompt: {show: ture}",
            ":1:16: invalid prompt.show `ture`: must be `true` or `false`; did you mean `true`?\nhint: write `show: true` or `show: false`",
        ),
        (
            "link_mode: copy",
            ":1:1: `link_mode` is a setting of the user, for all projects\nhint: move it to `~/.pyve/config`",
        ),
        (
            "envs: {dev: {link_mode: copy}}",
            ":1:14: `link_mode` is a setting of the user, for all projects\nhint: move it to `~/.pyve/config`",
        ),
        (
            "prompt: {colour: red}",
            ":1:10: unknown key `colour` in prompt\nhint: correct or remove it; the keys of prompt are show, format",
        ),
        (
            "moss: {directory: /etc}",
            ":1:19: invalid moss.directory `/etc`: outside of the project\nhint: use a path inside the project, such as `env`",
        ),
        (
            "moss: {directory: .}",
            ":1:19: invalid moss.directory `.`: the project itself\nhint: use a path inside the project, such as `env`",
        ),
        (
            "reed: {env_name: \"a\\nb\"}",
            ":1:18: invalid reed.env_name `a\\nb`: unprintable character U+000A\nhint: remove that character",
        ),
        ("reed: {channels: [a, ~]}", ":1:22: reed.channels has an empty entry\nhint: set a value, or remove the entry"),
        (
            "reed: {channels: [a, [b]]}",
            ":1:22: invalid entry of reed.channels: must be a text, not a list\nhint: write one value: `channels: \"...\"`",
        ),
        (
            "reed: {channels: {a: b}}",
            ":1:18: invalid reed.channels: must be a list, not a mapping\nhint: write `channels: [\"...\"]`",
        ),
        (
            "backend: a\n---\nbackend: b",
            ":2:1: a second document begins here; the settings are one document\nhint: remove the `---` and what does not belong to the settings",
        ),
        (
            "python:\n\tversion: 3.12",
            ":2:1: a tab indents this line; YAML allows only spaces there\nhint: replace the tab in line 2 by spaces",
        ),
        ("a: &a [*a]", ":1:8: a value refers to itself\nhint: write the value out in place of the '*'"),
        (
            "backend: \"reed\n",
            ":1:10: invalid YAML: while scanning a quoted scalar, found unexpected end of stream\nhint: correct line 1; a value with special characters needs quotes: key: \"value\"",
        ),
    ];
    for (text, words) in cases {
        assert_eq!(refused(text), format!("{FILE}{words}"), "{text}");
    }
}

#[test]
fn bytes_that_are_no_text_have_a_place() {
    assert_eq!(
        refused(b"backend: reed\nmoss: \xe9\xe9\n"),
        ".pyve/config:2:7: the byte 0xE9 is not UTF-8\nhint: save the file in the encoding UTF-8"
    );
    assert_eq!(
        refused(b"\xff\xfeb\0a\0"),
        ".pyve/config:1:1: the byte 0xFF is not UTF-8\nhint: save the file in the encoding UTF-8"
    );
}

#[test]
fn the_section_of_the_chosen_backend_is_left_to_the_choice() {
    assert_eq!(parse("backend: fern\nfern: {fronds: 3}\n").unwrap().backend().unwrap().value, "fern");
    assert_eq!(
        refused("backend: reed\nfern: {fronds: 3}\n"),
        ".pyve/config:2:1: unknown key `fern`\nhint: correct or remove it; the keys are backend, pyve_version, default_env, \
         python, run, prompt, plugins, envs, moss, reed"
    );
}

#[test]
fn hostile_files_cost_no_more_than_others() {
    let start = std::time::Instant::now();
    let mut bomb = "a: &a [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for (before, now) in ('a'..='y').zip('b'..='z') {
        bomb +=
            &format!("{now}: &{now} [*{before}, *{before}, *{before}, *{before}, *{before}, *{before}, *{before}]\n");
    }
    bomb += "reed: {channels: *z}\n";
    assert!(refused(&bomb).contains(": aliases stand for more than 256 KiB\nhint: write the values out"));
    let deep = "[".repeat(40) + &"]".repeat(40);
    assert_eq!(
        refused(&deep),
        ".pyve/config:1:17: values are nested more than 16 deep\nhint: remove the inner lists and mappings; settings need \
         no more than four levels"
    );
    for nested in ["- ", "? ", "[", "{a: ", "[{", "- - ? "] {
        let failure = parse(nested.repeat(40_000)).unwrap_err();
        assert!(failure.message.contains(": "), "{}", failure.message);
    }
    let wide: String = (0..5_000).map(|key| format!("k{key}: 1\n")).collect();
    assert_eq!(parse(&wide).unwrap_err().details.len(), 20);
    let same = "backend: x\n".repeat(20_000);
    assert_eq!(parse(&same).unwrap_err().details.last().unwrap(), "and 19979 more");
    assert!(start.elapsed().as_secs() < 10, "{:?}", start.elapsed());
}

#[test]
fn mangled_files_are_answered_without_a_panic() {
    let whole = b"%YAML 1.2\n---\n# c\nbackend: &a reed\nreed: {env_name: 'x', channels: [*a, \"\\u00e9\"]}\nmoss: |-\n  t\n...\n";
    let mut random = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = |below: usize| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        usize::try_from(random % below as u64).unwrap()
    };
    for _ in 0..5_000 {
        let mut bytes = whole.to_vec();
        for _ in 0..=next(4) {
            let at = next(bytes.len());
            match next(3) {
                0 => drop(bytes.remove(at)),
                1 => bytes[at] = b"\t\n -?:,[]{}#&*!|>'\"%@`\\~<\xc3\0"[next(27)],
                _ => bytes.insert(at, whole[next(whole.len())]),
            }
        }
        let _ = parse(&bytes);
        let _ = update_version_line(&bytes, "1.0.0");
    }
}

mod files {
    use super::*;

    fn project() -> (tempfile::TempDir, Layout) {
        let folder = tempfile::tempdir().unwrap();
        let layout = Layout::new(folder.path(), &Default::default());
        std::fs::create_dir(layout.folder()).unwrap();
        (folder, layout)
    }

    #[test]
    fn a_missing_file_says_nothing() {
        let (_folder, layout) = project();
        let config = Config::load(&layout, &known()).unwrap();
        assert!(!config.is_present());
        std::fs::write(layout.config(), "").unwrap();
        assert!(Config::load(&layout, &known()).unwrap().is_present());
    }

    #[test]
    fn what_is_no_file_of_settings_is_refused() {
        let (_folder, layout) = project();
        let path = layout.config();
        let refused = || {
            let failure = Config::load(&layout, &known()).unwrap_err();
            format!("{}; {}", failure.message, failure.remedy).replace(path.to_str().unwrap(), "PATH")
        };
        std::fs::create_dir(&path).unwrap();
        assert_eq!(refused(), "could not read `PATH`: it is a directory, not a regular file; rename or move `PATH`");
        std::fs::remove_dir(&path).unwrap();
        std::fs::write(&path, "#".repeat(256 * 1024 + 1)).unwrap();
        assert_eq!(
            refused(),
            "could not read `PATH`: it is larger than 256 KiB; reduce `PATH` to at most 256 KiB, or remove it"
        );
        std::fs::remove_file(&path).unwrap();
        std::fs::remove_dir(layout.folder()).unwrap();
        std::fs::write(layout.folder(), "").unwrap();
        assert_eq!(
            refused(),
            format!("could not read `PATH`: `{0}` is not a directory; rename or move `{0}`", layout.folder().display())
        );
    }
}
