//! A line of requirements in its parts, as they are written.

use super::Entry;

/// What a line says. Variables stay variables: what they stand for may be a secret.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parts {
    /// As indexes compare it; empty for a path or an address whose name only its builder knows.
    pub name: String,
    /// As indexes compare them, in order.
    pub extras: Vec<String>,
    /// The versions that fit, without spaces: `>=1.2,<2`; empty for any.
    pub constraint: String,
    /// The path or the address that it comes from; empty for an index.
    pub source: String,
    /// Where it applies, as a marker of PEP 508; empty for everywhere.
    pub marker: String,
    /// `sha256:…`, those that its files may have.
    pub hashes: Vec<String>,
}

impl Entry {
    /// The parts of the line.
    pub fn parts(&self) -> Parts {
        let entry = &Self { text: self.without_option().to_owned(), ..self.clone() };
        let Some(read) = entry.requirement() else {
            return Parts { source: entry.text.clone(), ..Parts::default() };
        };
        let versions = read.versions.filter(|_| read.url.is_none());
        Parts {
            name: read.name,
            extras: read.extras,
            constraint: versions.map(|it| it.to_string().split_whitespace().collect()).unwrap_or_default(),
            source: read.url.unwrap_or_default(),
            marker: read.marker.try_to_string().unwrap_or_default(),
            hashes: self.hashes.clone(),
        }
    }

    /// What is asked for as it is written; of a project that is installed as it stands without the `-e`, in whichever way that
    /// is written.
    pub fn without_option(&self) -> &str {
        let option = ["--editable", "-e"].iter().find_map(|option| self.written.strip_prefix(option));
        option.filter(|_| self.editable).map_or(&self.written, |rest| rest.trim_start_matches(['=', ' ']))
    }
}
