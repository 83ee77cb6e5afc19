//! Where a file is to be had: the plan's addresses, or the user's mirror in their place.

use std::ffi::OsStr;
use std::fmt;
use std::path::{Path, PathBuf};

use percent_encoding::percent_decode_str;
use pyve_formats::sha256;
use pyve_plugin_api::Download;
use url::Url;

use super::terms::Terms;
use crate::failure::Failure;

/// An address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    File(PathBuf),
    Web(Url),
}

/// How a variable ends that names what addresses begin with, instead of one address.
const MIRROR: &str = "_MIRROR";

/// The addresses of a download, in order.
pub struct Sources {
    pub list: Vec<Source>,
    pub mirror: Option<Mirror>,
}

/// The variable that can name a mirror.
pub struct Mirror {
    variable: String,
    used: bool,
}

impl Mirror {
    /// The remedy, with what the mirror can do for it.
    pub fn remedy(&self, remedy: &str) -> String {
        let variable = &self.variable;
        match self.used {
            true => format!("{remedy}; the address is from {variable}: correct or unset it"),
            false => format!("{remedy}, or set {variable} to a mirror's URL or to {}", self.copy()),
        }
    }

    /// What the variable may name without a network.
    fn copy(&self) -> &'static str {
        if self.variable.ends_with(MIRROR) { "the directory of local copies" } else { "the path of a local copy" }
    }
}

impl Sources {
    pub fn for_download(download: &Download, terms: &Terms) -> Result<Self, Failure> {
        let variable = download.mirror_variable.as_str();
        let value = (!variable.is_empty()).then(|| terms.caller.nonempty(variable)).flatten();
        let mirror = (!variable.is_empty()).then(|| Mirror { variable: variable.to_owned(), used: value.is_some() });
        let list = match value {
            Some(value) if variable.ends_with(MIRROR) => below(&of_user(variable, value)?, download)?,
            Some(value) => vec![of_user(variable, value)?],
            None => download.urls.iter().map(|url| Source::parse(url)).collect::<Result<_, _>>()?,
        };
        if list.is_empty() {
            return Err(Failure::new("could not download: the plan names no address")
                .remedy("report this to the author of the backend: a download needs `urls`"));
        }
        let sources = Self { list, mirror };
        match offline(terms) {
            Some(why) => sources.without_network(why),
            None => Ok(sources),
        }
    }

    /// The hash that the user vouches for: of a mirror that has another version than the plan.
    pub fn hash_of_user(download: &Download, terms: &Terms) -> Result<Option<String>, Failure> {
        let Some(stem) = download.mirror_variable.strip_suffix("_URL") else { return Ok(None) };
        let (variable, mirror) = (format!("{stem}_SHA256"), &download.mirror_variable);
        let Some(value) = terms.caller.nonempty(&variable) else { return Ok(None) };
        if terms.caller.nonempty(mirror).is_none() {
            return Err(Failure::usage(format!("{variable} is set, but {mirror} is not"))
                .detail("a hash of your own counts for an address of your own only")
                .remedy(format!("set {mirror} as well, or unset {variable}")));
        }
        let value = value.to_string_lossy();
        match sha256::parse(value.trim()) {
            Some(sha256) => Ok(Some(sha256)),
            None => Err(Failure::usage(format!("{variable} is no SHA-256: {}", show_control(&value)))
                .remedy(format!("set {variable} to the 64 hexadecimal digits that `sha256sum FILE` prints"))),
        }
    }

    /// Keeps what can be had without a network.
    fn without_network(mut self, why: &str) -> Result<Self, Failure> {
        let first = self.list.first().map(ToString::to_string).unwrap_or_default();
        self.list.retain(|source| matches!(source, Source::File(_)));
        if !self.list.is_empty() {
            return Ok(self);
        }
        let again = match why {
            "--offline" => "run the same command without --offline".to_owned(),
            variable => format!("unset {variable}"),
        };
        let remedy = match &self.mirror {
            Some(mirror) => format!("{again}, or set {} to {}", mirror.variable, mirror.copy()),
            None => again,
        };
        Err(Failure::new(format!("could not download `{first}`: pyve is offline ({why})")).remedy(remedy))
    }
}

/// What says that the network must not be used.
pub fn offline(terms: &Terms) -> Option<&'static str> {
    let said = terms.caller.nonempty("PYVE_OFFLINE").is_some_and(|value| value != "0" && value != "false");
    if terms.offline { Some("--offline") } else { said.then_some("PYVE_OFFLINE") }
}

fn of_user(variable: &str, value: &OsStr) -> Result<Source, Failure> {
    let path = Path::new(value);
    if path.is_absolute() {
        return Ok(Source::File(path.to_owned()));
    }
    value.to_str().and_then(|text| Source::parse(text).ok()).ok_or_else(|| {
        let said = without_secrets(&value.to_string_lossy());
        Failure::usage(format!("{variable} is neither a URL nor an absolute path: {said}"))
            .remedy(format!("set {variable} to an http, https or file URL, or to the absolute path of a local copy"))
    })
}

/// The same files at a mirror: as `RELEASE/FILE`, which is how releases are copied, or all in one directory.
fn below(mirror: &Source, download: &Download) -> Result<Vec<Source>, Failure> {
    let mut sources = Vec::new();
    for url in &download.urls {
        let url = Url::parse(url).map_err(|error| no_address(url, &error.to_string()))?;
        let parts: Vec<&str> = url.path_segments().into_iter().flatten().filter(|part| !part.is_empty()).collect();
        for count in [2, 1].into_iter().filter(|count| *count <= parts.len()) {
            let tail = &parts[parts.len() - count..];
            sources.push(match mirror {
                Source::File(folder) => {
                    let names = tail.iter().map(|part| percent_decode_str(part).decode_utf8_lossy().into_owned());
                    Source::File(names.fold(folder.clone(), |path, name| path.join(name)))
                }
                Source::Web(base) => {
                    let mut url = base.clone();
                    url.set_path(&format!("{}/{}", base.path().trim_end_matches('/'), tail.join("/")));
                    Source::Web(url)
                }
            });
        }
    }
    Ok(sources)
}

fn no_address(url: &str, why: &str) -> Failure {
    let url = without_secrets(url);
    Failure::new(format!("could not download `{url}`: {why}")).remedy("give an http, https or file URL instead")
}

impl Source {
    pub fn parse(text: &str) -> Result<Self, Failure> {
        let wrong = |why: &str| no_address(text, why);
        let url = Url::parse(text).map_err(|error| wrong(&error.to_string()))?;
        match url.scheme() {
            "http" | "https" if url.has_host() => Ok(Self::Web(url)),
            "file" => url.to_file_path().map(Self::File).map_err(|()| wrong("the URL is no path on this computer")),
            other => Err(wrong(&format!("pyve does not know {other} URLs"))),
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Web(url) => f.write_str(&shown(url)),
        }
    }
}

fn show_control(text: &str) -> String {
    text.chars().flat_map(|letter| letter.escape_debug()).collect()
}

/// Whether a text that may be a path, too, is a web address.
pub fn is_url(text: &str) -> bool {
    text.starts_with("https://") || text.starts_with("http://")
}

/// A text that may be a URL, as it can be told: of one that cannot be read, and may hold a password, no more than its scheme.
pub fn without_secrets(text: &str) -> String {
    let Some((scheme, rest)) = text.split_once("://") else { return text.to_owned() };
    match Url::parse(text) {
        Ok(url) if url.has_host() && url.scheme() != "file" => shown(&url),
        Err(_) if rest.contains('@') => format!("{scheme}://…"),
        _ => text.to_owned(),
    }
}

/// A URL without what may be secret: the password, and the query that signs it.
pub fn shown(url: &Url) -> String {
    let mut url = url.clone();
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.set_query(None);
    url.set_fragment(None);
    url.into()
}
