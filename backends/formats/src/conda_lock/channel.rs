//! A channel as a lock file names it: secrets only by the names of the variables that hold them.

use super::json::Json;

/// A channel.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Channel {
    /// A name, or an address with `${VARIABLE}` in the place of secrets.
    pub url: String,
    /// The variables in it, sorted.
    pub used_env_vars: Vec<String>,
    /// Whether a secret stands in the address itself.
    pub has_secret: bool,
}

impl Channel {
    /// Reads a channel as an environment file writes it: `$NAME` and `${NAME}` are variables where a user, a password or a
    /// token may stand.
    pub fn of(text: &str) -> Self {
        let Some((scheme, rest)) = text.split_once("://") else {
            return Self { url: text.to_owned(), ..Self::default() };
        };
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, place) = rest.split_at(end);
        let mut found = Secrets::default();
        let authority = found.in_authority(authority);
        let place = found.in_path(place);
        found.variables.sort();
        found.variables.dedup();
        let scheme = scheme.to_ascii_lowercase();
        // The path of a directory may look like a token's, and nobody is asked for a password there.
        let has_secret = found.is_open && scheme != "file";
        Self { url: format!("{scheme}://{authority}{place}"), used_env_vars: found.variables, has_secret }
    }

    pub(super) fn to_json(&self) -> Json {
        let names = self.used_env_vars.iter().map(|name| Json::text(name)).collect();
        Json::map([("url", Json::text(&self.url)), ("used_env_vars", Json::List(names))])
    }
}

#[derive(Default)]
struct Secrets {
    variables: Vec<String>,
    is_open: bool,
}

impl Secrets {
    fn in_authority(&mut self, authority: &str) -> String {
        let Some((user, host)) = authority.rsplit_once('@') else { return authority.to_owned() };
        let (name, password) = user.split_once(':').map_or((user, None), |(name, password)| (name, Some(password)));
        let before = self.variables.len();
        let name = self.one(name);
        let password = password.map(|password| self.one(password));
        // Where nothing is exchanged the address stays as it is written.
        let host = if self.variables.len() == before { host.to_owned() } else { host.to_ascii_lowercase() };
        match password {
            Some(password) => format!("{name}:{password}@{host}"),
            None => format!("{name}@{host}"),
        }
    }

    /// `/t/TOKEN/` in a path.
    fn in_path(&mut self, path: &str) -> String {
        let token = path.rmatch_indices("/t/").find_map(|(at, _)| {
            let rest = &path[at + 3..];
            let end = rest.find('/')?;
            let is_token = rest[..end].chars().all(|c| c.is_ascii_alphanumeric() || "-_${}".contains(c));
            is_token.then_some((at + 3, at + 3 + end))
        });
        match token {
            Some((from, to)) if from < to => format!("{}{}{}", &path[..from], self.one(&path[from..to]), &path[to..]),
            _ => path.to_owned(),
        }
    }

    fn one(&mut self, text: &str) -> String {
        match text.strip_prefix('$') {
            Some(name) => {
                let name = name.trim_matches(['{', '}']).to_owned();
                let filled = format!("${{{name}}}");
                self.variables.push(name);
                filled
            }
            None => {
                self.is_open |= !text.is_empty();
                text.to_owned()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_named_and_never_written() {
        let told = |text: &str| {
            let Channel { url, used_env_vars, has_secret } = Channel::of(text);
            format!("{url} [{}]{}", used_env_vars.join(" "), if has_secret { " open" } else { "" })
        };
        assert_eq!(told("conda-forge/label/dev"), "conda-forge/label/dev []");
        assert_eq!(told("https://host.com/t/$MY_TOKEN/ch"), "https://host.com/t/${MY_TOKEN}/ch [MY_TOKEN]");
        assert_eq!(told("https://$U:${P}@Host.com:8080/ch"), "https://${U}:${P}@host.com:8080/ch [P U]");
        assert_eq!(told("https://me:word@Host/ch"), "https://me:word@Host/ch [] open");
        assert_eq!(told("https://host/t/tk-1-2/ch"), "https://host/t/tk-1-2/ch [] open");
        assert_eq!(told("https://host/t/ch"), "https://host/t/ch []");
        assert_eq!(told("file:///srv/channel"), "file:///srv/channel []");
        assert_eq!(told("file:///srv/t/build-7/channel"), "file:///srv/t/build-7/channel []");
    }
}
