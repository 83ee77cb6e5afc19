//! Scripts as packages have them, sourced by the real bash.

use super::*;
use std::fs;

/// A project with an environment, and a home in which answers are kept.
struct Scene {
    folder: tempfile::TempDir,
}

impl Scene {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for name in ["home", "project/env", "elsewhere"] {
            fs::create_dir_all(folder.path().join(name)).unwrap();
        }
        Self { folder }
    }

    fn path(&self, below: &str) -> PathBuf {
        self.folder.path().canonicalize().unwrap().join(below)
    }

    fn write(&self, text: &str) {
        let count = "echo run >> \"$CONDA_PREFIX/runs\"\n";
        fs::write(self.path("project/env/a b.sh"), format!("{count}{text}")).unwrap();
        // Long enough for a further change to be told from this one.
        std::thread::sleep(std::time::Duration::from_millis(50));
    }

    /// What the scripts do with these variables, and how often they were sourced by now.
    fn effects(&self, variables: &[(&str, &str)]) -> (Vec<(String, String)>, usize) {
        self.effects_from("project", variables)
    }

    fn effects_from(&self, folder: &str, variables: &[(&str, &str)]) -> (Vec<(String, String)>, usize) {
        let prefix = self.path("project/env");
        let text = |path: PathBuf| path.into_os_string();
        let mut pairs = vec![
            ("PATH".into(), "/usr/bin:/bin".into()),
            ("HOME".into(), text(self.path("home"))),
            ("CONDA_PREFIX".into(), text(prefix.clone())),
        ];
        pairs.extend(variables.iter().map(|(name, value)| (OsString::from(name), OsString::from(value))));
        let caller = Caller::for_test(pairs.clone()).at(&self.path(folder));
        let layout = Layout::new(self.path("project"), caller.keyring());
        let scripts = [prefix.join("a b.sh")];
        let inputs = [prefix.join("history")];
        let (scripts, inputs) = (&scripts, &inputs);
        let scripts = Scripts { caller: &caller, layout: &layout, prefix: &prefix, scripts, inputs, silent: true };
        let effects = scripts.effects(&pairs).unwrap();
        let before = pairs.clone();
        let mut after = crate::launch::environment::Variables(pairs);
        effects.apply(&mut after);
        let changed = after.0.into_iter().filter(|pair| !before.contains(pair));
        let changed = changed.map(|(name, value)| (name.into_string().unwrap(), value.into_string().unwrap()));
        let runs = fs::read_to_string(prefix.join("runs")).unwrap_or_default().lines().count();
        (changed.collect(), runs)
    }
}

/// As libxml2 has it: put behind what the caller has, by ways that need a shell.
const CATALOGS: &str = r#"
if [ -n "${XML_CATALOG_FILES:-}" ]; then XML_CATALOG_FILES="${XML_CATALOG_FILES} "; else XML_CATALOG_FILES=""; fi
catalogs=""; ifs_before="${IFS}"; IFS=" "; rest="${CONDA_PREFIX}"
for part in ${rest}; do
    while test "${rest#"${part}"}" = "${rest}"; do catalogs="${catalogs}%20"; rest=${rest#" "}; done
    catalogs="${catalogs}${part}"; rest=${rest#"${part}"}
done
IFS="${ifs_before}"
export XML_CATALOG_FILES="${XML_CATALOG_FILES}file://${catalogs}/etc/xml/catalog"
unset catalogs ifs_before rest
"#;

/// As compilers have it: names that are put together, functions, and values by programs.
const COMPILERS: &str = r#"
_tc() {
    local thing newval old
    for thing in "$@"; do
        newval="${thing#*,}"; thing="${thing%%,*}"
        thing=$(echo ${thing} | tr 'a-z+-.' 'A-ZX__')
        eval old="\${$thing}"
        if [ -n "${old}" ]; then eval export "'CONDA_BACKUP_${thing}=${old}'"; else eval unset '"CONDA_BACKUP_${thing}"'; fi
        eval export "'${thing}=${newval}'"
    done
}
_tc "cc,x86_64-cc" "cflags,${CFLAGS:--O2}"
"#;

fn pair(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

#[test]
fn what_scripts_did_is_kept_for_each_set_of_values_that_they_read() {
    let scene = Scene::new();
    scene.write(CATALOGS);
    let own = format!("file://{}/etc/xml/catalog", scene.path("project/env").display());
    let alone = [pair("XML_CATALOG_FILES", &own)];
    let (effects, first) = scene.effects(&[]);
    assert_eq!((effects.as_slice(), first), (alone.as_slice(), 2), "once, and once more to see what counts");
    assert_eq!(scene.effects(&[("UNRELATED", "1")]), (alone.to_vec(), first));
    assert_eq!(scene.effects_from("elsewhere", &[]), (alone.to_vec(), first));
    let theirs = [("XML_CATALOG_FILES", "file:///mine")];
    let both = [pair("XML_CATALOG_FILES", &format!("file:///mine {own}"))];
    assert_eq!(scene.effects(&theirs), (both.to_vec(), first + 2));
    assert_eq!(scene.effects(&theirs), (both.to_vec(), first + 2));
    assert_eq!(scene.effects(&[]), (alone.to_vec(), first + 2));
    // Changed, it is asked again; so is a copy that nobody sealed.
    scene.write("export OTHER=1\n");
    assert_eq!(scene.effects(&[]), (vec![pair("OTHER", "1")], first + 4));
    let kept = scene.path("home/.pyve/cache/activations");
    let file = fs::read_dir(kept).unwrap().next().unwrap().unwrap().path();
    let text = fs::read_to_string(&file).unwrap().replace("\"OTHER\"", "\"LD_PRELOAD\"");
    fs::write(&file, text).unwrap();
    assert_eq!(scene.effects(&[]), (vec![pair("OTHER", "1")], first + 6));
}

#[test]
fn names_that_are_put_together_make_every_variable_count() {
    let scene = Scene::new();
    scene.write(COMPILERS);
    let own = vec![pair("CC", "x86_64-cc"), pair("CFLAGS", "-O2")];
    assert_eq!(scene.effects(&[]), (own.clone(), 2));
    assert_eq!(scene.effects_from("elsewhere", &[("SHLVL", "7")]), (own, 2));
    let (effects, runs) = scene.effects(&[("CC", "mine"), ("CFLAGS", "-g")]);
    let backups =
        ["CC", "CFLAGS"].map(|name| effects.iter().find(|(other, _)| *other == format!("CONDA_BACKUP_{name}")));
    assert_eq!((backups[0].unwrap().1.as_str(), backups[1].unwrap().1.as_str(), runs), ("mine", "-g", 4));
}

#[test]
fn what_depends_on_more_is_sourced_each_time() {
    for text in [
        "export A=$$\n",
        "export A=\"$PWD\"\n",
        "export A=$(date +%s%N)\n",
        "export A=$SECONDS\n",
        "export A=$(cat /proc/self/stat)\n",
        "read -r A < /etc/hostname; export A\n",
        "[ -f here ] && export A=1 || export A=2\n",
        "set +x; export A=1; set -x\n",
    ] {
        let scene = Scene::new();
        fs::write(scene.path("project/here"), "").unwrap();
        scene.write(text);
        let (first, runs) = scene.effects(&[]);
        assert_eq!(first.len(), 1, "{text}");
        let more = |count| scene.effects_from("elsewhere", &[]).1 == runs + count;
        assert!(more(1) && more(2), "{text}");
    }
}

#[test]
fn what_is_in_the_environment_counts_with_its_history() {
    let scene = Scene::new();
    scene.write("if [ -d \"$CONDA_PREFIX/share/data\" ]; then export DATA=\"$CONDA_PREFIX/share/data\"; fi\n");
    assert_eq!(scene.effects(&[]), (vec![], 2));
    assert_eq!(scene.effects(&[]), (vec![], 2));
    let data = scene.path("project/env/share/data");
    fs::create_dir_all(&data).unwrap();
    fs::write(scene.path("project/env/history"), "installed\n").unwrap();
    assert_eq!(scene.effects(&[]).0, [pair("DATA", &data.display().to_string())]);
}

#[test]
fn names_without_a_dollar_count() {
    for text in ["[[ -v low ]] && export A=1\n", "export A=$((low + 1))\n", "(( low )) && export A=1\n"] {
        let scene = Scene::new();
        scene.write(text);
        let before = scene.effects(&[]);
        let (with, runs) = scene.effects(&[("low", "5")]);
        assert!(runs > before.1 && with != before.0, "{text}: {with:?}");
    }
}

#[test]
fn files_that_scripts_look_at_count() {
    let scene = Scene::new();
    let other = scene.path("elsewhere/other.sh");
    fs::write(&other, "export A=\"$FROM\"\n").unwrap();
    let tool = scene.path("elsewhere/tool");
    scene.write(&format!(". '{}'\nif [ -d '{}' ]; then export TOOL=1; fi\n", other.display(), tool.display()));
    assert_eq!(scene.effects(&[("FROM", "x")]), (vec![pair("A", "x")], 2));
    assert_eq!(scene.effects(&[("FROM", "x")]), (vec![pair("A", "x")], 2));
    assert_eq!(scene.effects(&[("FROM", "y")]).0, [pair("A", "y")]);
    fs::create_dir(&tool).unwrap();
    assert_eq!(scene.effects(&[("FROM", "x")]).0, [pair("A", "x"), pair("TOOL", "1")]);
}
