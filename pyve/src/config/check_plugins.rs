//! `plugins` of `.pyve/config`: from its part of the tree to the plugins that a project needs.

use pyve_formats::sha256;
use pyve_formats::yaml::{Node, Position, Value};

use super::check::{Check, Key};
use super::host::PLUGINS;
use super::needed_plugins::{NeededPlugin, PluginSource, TARGET, TARGETS};
use super::problem::{Problem, quoted};
use super::value;
use crate::registry;
use crate::ui::suggest::did_you_mean;

/// Stands in a source for [`TARGET`].
const PLACEHOLDER: &str = "{target}";

/// The keys of an entry.
const KEYS: [&str; 3] = ["id", "source", "sha256"];

impl Check<'_> {
    /// The list, each entry an id or a mapping with one.
    pub(super) fn plugins(&mut self, node: &Node) {
        if node.is_null() {
            return;
        }
        let Value::List(items) = &node.value else {
            let text = format!("invalid {PLUGINS}: must be a list, not {}", node.kind());
            self.problems.push(Problem::new(node.position, text, "write `- id: NAME` below it"));
            return;
        };
        for item in items {
            let Some(plugin) = self.plugin(item) else { continue };
            match self.config.plugins.iter().find(|other| other.id == plugin.id) {
                None => self.config.plugins.push(plugin),
                Some(first) => {
                    let text = format!("duplicate plugin `{}`, first in `{}`", plugin.id, first.origin);
                    self.problems.push(Problem::new(item.position, text, "remove one of them"));
                }
            }
        }
    }

    fn plugin(&mut self, item: &Node) -> Option<NeededPlugin> {
        let origin = self.origin(item.position);
        let named = |id| NeededPlugin { id, origin, source: None, sha256: None };
        if !item.is_null() && matches!(item.value, Value::Scalar { .. }) {
            return self.plugin_id(item).map(named);
        }
        let before = self.problems.len();
        let entries = self.entries(&format!("entry of {PLUGINS}"), item, "write the name of a plugin, or `id: NAME`");
        let (mut id, mut source, mut sha256) = (None, None, None);
        for (key, node) in &entries {
            match key.text.as_str() {
                "id" => id = self.plugin_id(node),
                "source" if !node.is_null() => source = self.source(node),
                "sha256" if !node.is_null() => sha256 = self.hash(node),
                "source" | "sha256" => {}
                _ => self.unknown(PLUGINS, key, &KEYS),
            }
        }
        if id.is_none() && self.problems.len() == before {
            let text = format!("entry of {PLUGINS} has no id");
            self.problems.push(Problem::new(item.position, text, "add `id: NAME`"));
        }
        id.map(named).map(|named| NeededPlugin { source, sha256, ..named })
    }

    /// What was read, or nothing and one problem more.
    fn kept<T>(&mut self, read: Result<T, Problem>) -> Option<T> {
        read.map_err(|problem| self.problems.push(problem)).ok()
    }

    fn plugin_id(&mut self, node: &Node) -> Option<String> {
        let id = value::text("id", node).and_then(|id| match registry::is_id(&id) {
            true => Ok(id),
            false => {
                let edit = "use letters from a to z, digits and `-`, at most 32, beginning with a letter";
                Err(Problem::new(node.position, format!("invalid plugin id {}", quoted(&id)), edit))
            }
        });
        self.kept(id)
    }

    /// A URL, or a path that stays below the project: a checkout has nothing to say about files elsewhere.
    fn source(&mut self, node: &Node) -> Option<PluginSource> {
        let refused = |what: String| {
            let edit = "use an https URL, or a path inside the project, such as `tools/libNAME.so`";
            Problem::new(node.position, what, edit)
        };
        let read = value::text("source", node).map(|source| source.replace(PLACEHOLDER, TARGET)).and_then(|source| {
            let invalid = |why: &str| Err(refused(format!("invalid source {}: {why}", quoted(&source))));
            match source.split_once("://") {
                Some(("https" | "http", rest)) if rest.is_empty() || rest.starts_with(['/', '?', '#']) => {
                    invalid("the URL names no host")
                }
                Some(("https" | "http", _)) => Ok(PluginSource::Url(source)),
                Some(_) => invalid("pyve does not know such URLs"),
                None => match value::path("source", &source, self.root) {
                    Ok(path) => Ok(PluginSource::File(self.root.join(path))),
                    Err((what, _)) => Err(refused(what)),
                },
            }
        });
        self.kept(read)
    }

    /// The hash for this target. All are looked at: whoever has another machine finds no mistake later.
    fn hash(&mut self, node: &Node) -> Option<String> {
        if !matches!(node.value, Value::Map(_)) {
            let hash = hash(node);
            return self.kept(hash);
        }
        let mut ours = None;
        for (key, node) in self.entries("sha256", node, "") {
            let name = key.text.as_str();
            if name != TARGET && !TARGETS.contains(&name) {
                self.problems.push(unknown_target(&key));
            }
            let read = hash(&node);
            let read = self.kept(read);
            if name == TARGET {
                ours = read;
            }
        }
        ours
    }
}

fn hash(node: &Node) -> Result<String, Problem> {
    let text = value::text("sha256", node)?;
    sha256::parse(&text).ok_or_else(|| {
        let edit = "write the 64 hexadecimal digits that `sha256sum FILE` prints";
        Problem::new(node.position, format!("invalid sha256 {}", quoted(&text)), edit)
    })
}

fn unknown_target(key: &Key) -> Problem {
    let (name, position): (&str, Position) = (&key.text, key.position);
    let near = did_you_mean(name, TARGETS);
    let edit = format!("use the name of a target in Rust; this machine's is `{TARGET}`");
    Problem::new(position, format!("unknown target {}{near}", quoted(name)), edit)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{parse, refused};
    use super::*;

    const HASH: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    fn needed(text: &str) -> Vec<NeededPlugin> {
        parse(text).unwrap().plugins().to_vec()
    }

    fn plugin(id: &str, line: usize, source: Option<PluginSource>, sha256: Option<&str>) -> NeededPlugin {
        let origin = format!(".pyve/config:{line}");
        NeededPlugin { id: id.to_owned(), origin, source, sha256: sha256.map(str::to_owned) }
    }

    #[test]
    fn each_entry_is_read_with_its_line() {
        let upper = HASH.to_uppercase();
        let said = needed(&format!(
            "plugins:\n  - fern\n  - id: moss-2\n    source: https://example.org/{{target}}/libmoss.so\n    sha256: {upper}\n  \
             - id: reed\n    source: ./tools//libreed.so\n    sha256:\n      {TARGET}: {HASH}\n      s390x-unknown-linux-gnu: \
             {}\n  - {{id: sedge, source: , sha256: {{s390x-unknown-linux-gnu: {HASH}}}}}\n",
            "0".repeat(64)
        ));
        let url = PluginSource::Url(format!("https://example.org/{TARGET}/libmoss.so"));
        let file = PluginSource::File("/p/tools/libreed.so".into());
        let expected = [
            plugin("fern", 2, None, None),
            plugin("moss-2", 3, Some(url), Some(HASH)),
            plugin("reed", 6, Some(file), Some(HASH)),
            plugin("sedge", 11, None, None),
        ];
        assert_eq!(said, expected);
        assert!(needed("plugins:").is_empty() && needed("plugins: []").is_empty());
    }

    #[test]
    fn its_section_may_stand_there_before_it_is_added() {
        let config = parse("fern: {frond: 3}\nplugins: [fern]\nenvs: {dev: {fern: {frond: 4}}}\n").unwrap();
        assert!(config.section("fern").is_empty());
        assert!(config.asks_for("fern").is_none());
        let config = parse("plugins: [fern]\nenvs: {dev: {backend: fern}}\n").unwrap();
        assert_eq!(config.asks_for("fern").unwrap().origin, ".pyve/config:2");
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        insta::assert_snapshot!(refused("plugins: fern"), @"
        .pyve/config:1:10: invalid plugins: must be a list, not a single value
        hint: write `- id: NAME` below it
        ");
        insta::assert_snapshot!(refused(
            "plugins:\n  - {source: x}\n  - [fern]\n  -\n  - Fern\n  - {id: 7}\n  - {id: a, sorce: x}\n  - a\n"
        ), @"
        .pyve/config:2:5: entry of plugins has no id
        .pyve/config:3:5: invalid entry of plugins: must be a mapping of keys to values, not a list
        .pyve/config:4:4: invalid entry of plugins: must be a mapping of keys to values, not empty
        .pyve/config:5:5: invalid plugin id `Fern`
        .pyve/config:6:10: invalid plugin id `7`
        .pyve/config:7:13: unknown key `sorce` in plugins; did you mean `source`?
        .pyve/config:8:5: duplicate plugin `a`, first in `.pyve/config:7`
        hint: add `id: NAME`
        ");
    }

    #[test]
    fn a_wrong_hash_is_told_whatever_the_machine() {
        assert_eq!(
            refused(format!("plugins:\n  - id: c\n    sha256: {{x86_64-unknown-linux-gnuu: {HASH}}}\n")),
            format!(
                ".pyve/config:3:14: unknown target `x86_64-unknown-linux-gnuu`; did you mean `x86_64-unknown-linux-gnu`?\n\
                 hint: use the name of a target in Rust; this machine's is `{TARGET}`"
            )
        );
        let text = format!(
            "plugins:\n  - {{id: a, sha256: abc}}\n  - id: b\n    sha256:\n      s390x-unknown-linux-gnu: {HASH}0\n      {TARGET}:\n        \
             no\n  - {{id: c, sha256: [x]}}\n"
        );
        insta::assert_snapshot!(refused(text), @"
        .pyve/config:2:21: invalid sha256 `abc`
        .pyve/config:5:32: invalid sha256 `ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f200…`
        .pyve/config:7:9: invalid sha256 `no`
        .pyve/config:8:21: invalid sha256: must be a text, not a list
        hint: write the 64 hexadecimal digits that `sha256sum FILE` prints
        ");
    }

    #[test]
    fn a_source_is_a_url_or_lies_in_the_project() {
        insta::assert_snapshot!(refused(
            "plugins:\n- {id: a, source: /etc/x.so}\n- {id: b, source: ../x.so}\n- {id: c, source: 'ftp://h/x.so'}\n\
             - {id: d, source: 'https:///x.so'}\n- {id: e, source: [x]}\n- {id: f, source: \"a\\u001bb\"}\n- {id: g, source: ~/x.so}\n"
        ), @r"
        .pyve/config:2:19: invalid source `/etc/x.so`: outside of the project
        .pyve/config:3:19: invalid source `../x.so`: `..` may lead out of the project
        .pyve/config:4:19: invalid source `ftp://h/x.so`: pyve does not know such URLs
        .pyve/config:5:19: invalid source `https:///x.so`: the URL names no host
        .pyve/config:6:19: invalid source: must be a text, not a list
        .pyve/config:7:19: invalid source `a\u{1b}b`: unprintable character U+001B
        .pyve/config:8:19: invalid source `~/x.so`: `~` is outside of the project
        hint: use an https URL, or a path inside the project, such as `tools/libNAME.so`
        ");
    }
}
