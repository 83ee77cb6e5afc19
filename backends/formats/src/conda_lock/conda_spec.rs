//! A package of conda's as conda's own `MatchSpec` takes it apart, which is what a lock's hash is made of.
//!
//! [`crate::match_spec`] follows micromamba and says what is meant; this says how it is written, letter by letter.

use super::dependency::{Dependency, Manager, Wanted};

/// The subdirectories of a channel that may stand behind its name.
const SUBDIRS: [&str; 9] = [
    "noarch",
    "linux-64",
    "linux-32",
    "linux-aarch64",
    "linux-ppc64le",
    "linux-s390x",
    "osx-64",
    "osx-arm64",
    "win-64",
];

/// The channels that `defaults` stands for.
const DEFAULTS: [&str; 3] = ["pkgs/main", "pkgs/r", "pkgs/msys2"];

/// `None` for what conda-lock does not take.
pub(super) fn parse(text: &str, category: &str) -> Option<Dependency> {
    let plain = text.split('#').next().unwrap_or(text);
    let plain = plain.split(" if ").next().unwrap_or(plain);
    if text.ends_with('@') {
        return None;
    }
    let (name, wanted) = if is_archive(plain) { of_archive(plain)? } else { of_text(plain)? };
    let dependency = Dependency::new(Manager::Conda, &name.to_lowercase(), category);
    Some(Dependency { wanted, ..dependency })
}

fn is_archive(text: &str) -> bool {
    text.ends_with(".conda") || text.ends_with(".tar.bz2")
}

/// The address of a package's file in a channel.
fn of_archive(text: &str) -> Option<(String, Wanted)> {
    let (place, file) = text.rsplit_once('/').filter(|(place, _)| place.contains("://"))?;
    let (channel, _) = place.rsplit_once('/').filter(|(_, subdir)| SUBDIRS.contains(subdir))?;
    let stem = file.strip_suffix(".conda").or_else(|| file.strip_suffix(".tar.bz2"))?;
    let mut parts = stem.rsplitn(3, '-');
    let (build, version, name) = (parts.next()?, parts.next()?, parts.next()?);
    let wanted = Wanted::Version {
        version: normalized(version),
        build: Some(build.to_owned()),
        channel: Some(channel_of_archive(channel)),
        hash: None,
    };
    Some((name.to_owned(), wanted))
}

fn of_text(text: &str) -> Option<(String, Wanted)> {
    let (text, in_brackets) = without(text, '[', ']');
    let (text, _) = without(&text, '(', ')');
    let mut pairs = in_brackets.map(|inside| pairs(&inside)).unwrap_or_default();
    let mut take = |key: &str| {
        let at = pairs.iter().position(|(name, _)| name == key)?;
        Some(pairs.remove(at).1)
    };
    let mut parts = text.rsplitn(3, ':');
    let (text, _, channel) = (parts.next().unwrap_or_default(), parts.next(), parts.next());
    let channel = take("channel").or_else(|| channel.filter(|it| !it.is_empty()).map(str::to_owned));
    let end = text.find([' ', '=', '<', '>', '!', '~']).unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    if name.is_empty() {
        return None;
    }
    // A single sign behind the name says nothing.
    let rest = if rest.chars().count() > 1 { rest.trim() } else { "" };
    let (version, build) = if rest.is_empty() { (None, None) } else { version_and_build(rest)? };
    let version = take("version").or(version).unwrap_or_default();
    let wanted = Wanted::Version {
        version: normalized(&version),
        build: take("build").or(build),
        channel: channel.map(|channel| channel_name(&channel)),
        hash: None,
    };
    Some((name.to_owned(), wanted))
}

/// The text without the last bracketed part, and what stands in it.
fn without(text: &str, open: char, close: char) -> (String, Option<String>) {
    let found = text.rmatch_indices(open).find_map(|(from, _)| {
        let to = text.rfind(close).filter(|to| *to > from)?;
        Some((from, to))
    });
    match found {
        Some((from, to)) => (text.replace(&text[from..=to], ""), Some(text[from + 1..to].to_owned())),
        None => (text.to_owned(), None),
    }
}

/// `version='>=1,<2', build=py*`: what is not of that form is passed over.
fn pairs(inside: &str) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    let mut rest = inside;
    while let Some(at) = rest.find('=') {
        let key = &rest[..at];
        let begin = key.rfind(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_')).map_or(0, |at| at + 1);
        let (key, value) = (&key[begin..], &rest[at + 1..]);
        let quote = value.chars().next().filter(|c| matches!(c, '\'' | '"'));
        let (value, left) = match quote {
            Some(quote) => value[1..].split_once(quote).unwrap_or((&value[1..], "")),
            None => value.split_at(value.find([',', ' ']).unwrap_or(value.len())),
        };
        if !key.is_empty() && !value.is_empty() {
            pairs.push((key.to_owned(), value.to_owned()));
        }
        rest = left;
    }
    pairs
}

/// `>=1.0 , <2.0 py34_0`: the version without spaces, and the build where there is one.
fn version_and_build(text: &str) -> Option<(Option<String>, Option<String>)> {
    let split = text.char_indices().skip(1).find(|(at, letter)| {
        let rest = &text[at + 1..];
        matches!(letter, ' ' | '=')
            && !text[..*at].ends_with(['=', '!', '|', ',', '<', '>', '~'])
            && !rest.is_empty()
            && !rest.contains(['-', '=', ',', '|', '<', '>', '~'])
    });
    let (version, build) = split.map_or((text, None), |(at, _)| (&text[..at], Some(text[at + 1..].trim())));
    let version = version.replace(' ', "");
    if version == "=" || version == "==" {
        return None;
    }
    let Some(behind) = version.strip_prefix('=') else { return Some((Some(version), build.map(str::to_owned))) };
    let version = match behind.strip_prefix('=') {
        Some(exact) if build.is_none() => exact.to_owned(),
        _ if behind.contains(['=', ',', '|']) => version,
        _ if build.is_none() && !behind.ends_with('*') => format!("{behind}*"),
        _ => behind.to_owned(),
    };
    Some((Some(version), build.map(str::to_owned)))
}

/// `3.11*` is written as `3.11.*`, in every part of a range.
fn normalized(version: &str) -> String {
    if version.starts_with('^') || version.ends_with('$') {
        return version.to_owned();
    }
    let one = |part: &str| match part.strip_suffix('*') {
        Some(stem)
            if !part.starts_with(['=', '<', '>', '!', '~'])
                && !stem.is_empty()
                && !stem.ends_with('.')
                && !stem.trim_end_matches('*').contains('*') =>
        {
            format!("{stem}.*")
        }
        _ => part.to_owned(),
    };
    let or = |any: &str| any.split(',').map(one).collect::<Vec<_>>().join(",");
    version.split('|').map(or).collect::<Vec<_>>().join("|")
}

/// The hosts whose channels conda calls by their names.
const HOSTS: [&str; 2] = ["conda.anaconda.org", "repo.anaconda.com"];

/// The name of a channel that stands before a package, without the place where it lies.
fn channel_name(channel: &str) -> String {
    let bare = without_subdir(channel);
    let name = match bare.split_once("://") {
        Some(("file", path)) => last_part(path).to_owned(),
        Some((_, rest)) => match rest.split_once('/') {
            Some((_, path)) => without_token(path),
            None => bare.to_owned(),
        },
        None if bare.starts_with(['/', '.']) => last_part(bare).to_owned(),
        None => bare.to_owned(),
    };
    of_defaults(name)
}

/// The channel that a package's file lies in: by its name where conda knows the host, else by its address.
fn channel_of_archive(channel: &str) -> String {
    let bare = without_subdir(channel);
    let Some((scheme, (host, path))) = bare.split_once("://").and_then(|(it, rest)| Some((it, rest.split_once('/')?)))
    else {
        return bare.to_owned();
    };
    let path = without_token(path);
    if HOSTS.contains(&host) { of_defaults(path) } else { format!("{scheme}://{host}/{path}") }
}

fn without_subdir(channel: &str) -> &str {
    let channel = channel.trim_end_matches('/');
    channel.rsplit_once('/').filter(|(_, last)| SUBDIRS.contains(last)).map_or(channel, |(bare, _)| bare)
}

/// Without the secret of `t/TOKEN/channel`.
fn without_token(path: &str) -> String {
    let behind = path.strip_prefix("t/").and_then(|rest| rest.split_once('/'));
    behind.map_or(path, |(_, path)| path).to_owned()
}

fn last_part(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn of_defaults(name: String) -> String {
    if DEFAULTS.contains(&name.as_str()) { "defaults".to_owned() } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> String {
        let Some(Dependency { name, wanted: Wanted::Version { version, build, channel, .. }, .. }) =
            parse(text, "main")
        else {
            return "none".to_owned();
        };
        format!("{name} {version} {} {}", build.as_deref().unwrap_or("-"), channel.as_deref().unwrap_or("-"))
    }

    #[test]
    fn each_part_is_written_as_conda_writes_it() {
        for (text, parts) in [
            ("NumPy", "numpy  - -"),
            ("numpy=", "numpy  - -"),
            ("python=3.11", "python 3.11.* - -"),
            ("python==3.11", "python 3.11 - -"),
            ("python 3.11", "python 3.11 - -"),
            ("python=1.2=b", "python 1.2 b -"),
            ("python==1.2=b", "python ==1.2 b -"),
            ("numpy >= 1.0 , < 2.0 py34_0", "numpy >=1.0,<2.0 py34_0 -"),
            ("numpy * *mkl*", "numpy * *mkl* -"),
            ("numpy=1.2|=1.3", "numpy =1.2|=1.3 - -"),
            ("numpy 1.2*|1.3", "numpy 1.2.*|1.3 - -"),
            ("conda-forge/linux-64::a>1", "a >1 - conda-forge"),
            ("https://conda.anaconda.org/x/label/y::a", "a  - x/label/y"),
            ("a[version='>=1,<2', build=h0*, channel=pkgs/main]", "a >=1,<2 h0* defaults"),
            ("a (>=1)", "a  - -"),
            ("https://h/t/token/b/ch/noarch::a", "a  - b/ch"),
            ("file:///srv/ch::a", "a  - ch"),
            ("https://h/t/token/ch/linux-64/my-pkg-1.0-0.conda", "my-pkg 1.0 0 https://h/ch"),
            ("https://repo.anaconda.com/pkgs/main/noarch/a-1-0.tar.bz2#00", "a 1 0 defaults"),
            ("=1", "none"),
            ("a ==", "none"),
            ("feature@", "none"),
        ] {
            assert_eq!(told(text), parts, "{text}");
        }
    }
}
