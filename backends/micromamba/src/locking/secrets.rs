//! Channels with secrets: filled in for the solver, and taken out of what it answers.

use pyve_formats::conda_lock::Channel;
use pyve_plugin_api::{Error, Host, Result};

/// Shorter values may stand anywhere by chance.
const SHORTEST: usize = 4;

/// The address with the values of its variables.
pub fn filled(channel: &Channel, host: &dyn Host) -> Result<String> {
    let mut url = channel.url.clone();
    for name in &channel.used_env_vars {
        let value = value(name, host).ok_or_else(|| {
            Error::new(format!("the channel `{}` needs the variable {name}, which is not set", channel.url))
                .hint(format!("set {name}, then run the same command again"))
        })?;
        url = url.replace(&format!("${{{name}}}"), &value);
    }
    Ok(url)
}

fn value(name: &str, host: &dyn Host) -> Option<String> {
    host.variable(name)?.into_string().ok().filter(|value| !value.is_empty())
}

/// The address of a package with the variables of its channel in the place of their values; or the error that one of them
/// would be written.
pub fn taken_out(url: &str, channels: &[Channel], host: &dyn Host) -> Result<String> {
    let mut shown = url.to_owned();
    for channel in channels.iter().filter(|channel| !channel.used_env_vars.is_empty()) {
        let filled = filled(channel, host)?;
        let ends = |rest: &str| rest.is_empty() || rest.starts_with('/');
        let known = forms(channel, &filled);
        let rest = known.iter().find_map(|form| url.strip_prefix(form.as_str()).filter(|rest| ends(rest)));
        if let Some(rest) = rest {
            shown = format!("{}{rest}", channel.url);
            break;
        }
    }
    let secrets = channels.iter().flat_map(|channel| &channel.used_env_vars).filter_map(|name| value(name, host));
    let plain = shown.split("://").nth(1).unwrap_or_default().split('/').next().unwrap_or_default();
    let has_user = plain.contains('@') && !plain.starts_with('$');
    if has_user || secrets.into_iter().any(|secret| secret.len() >= SHORTEST && shown.contains(&secret)) {
        let place = shown.rsplit('/').next().unwrap_or_default();
        return Err(Error::new(format!("the address of `{place}` has a secret in it, which the lock file would tell"))
            .hint("write the channel with `$NAME` in the place of its secret"));
    }
    Ok(shown)
}

/// The forms in which micromamba may print it: as it is, without its user, and with its token hidden.
fn forms(channel: &Channel, filled: &str) -> Vec<String> {
    let without_user = |url: &str| match url.split_once("://") {
        Some((scheme, rest)) => {
            let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
            format!("{scheme}://{}{path}", authority.rsplit('@').next().unwrap_or(authority))
        }
        None => url.to_owned(),
    };
    let hidden = ["**********", "*****", "<TOKEN>"].map(|token| {
        let names = channel.used_env_vars.iter();
        names.fold(channel.url.clone(), |url, name| url.replace(&format!("/t/${{{name}}}"), &format!("/t/{token}")))
    });
    let mut forms = vec![filled.trim_end_matches('/').to_owned()];
    forms.extend(hidden.into_iter().filter(|form| !form.contains("${")));
    let bare: Vec<String> = forms.iter().map(|form| without_user(form)).collect();
    forms.extend(bare);
    forms
}

#[cfg(test)]
mod tests {
    use super::*;
    use pyve_plugin_api::testing::FakeHost;

    #[test]
    fn values_become_names_again() {
        let host = FakeHost::new().variable("TOK", "tk-12345").variable("U", "me").variable("P", "word");
        let channels =
            [Channel::of("https://h/t/$TOK/ch"), Channel::of("https://$U:$P@h/private"), Channel::of("conda-forge")];
        assert_eq!(filled(&channels[1], &host).unwrap(), "https://me:word@h/private");
        for (url, shown) in [
            ("https://h/t/tk-12345/ch/noarch/a-1-0.conda", "https://h/t/${TOK}/ch/noarch/a-1-0.conda"),
            ("https://h/t/*****/ch/noarch/a-1-0.conda", "https://h/t/${TOK}/ch/noarch/a-1-0.conda"),
            ("https://me:word@h/private/noarch/a-1-0.conda", "https://${U}:${P}@h/private/noarch/a-1-0.conda"),
            ("https://h/private/noarch/a-1-0.conda", "https://${U}:${P}@h/private/noarch/a-1-0.conda"),
            ("https://h/private2/noarch/a-1-0.conda", "https://h/private2/noarch/a-1-0.conda"),
        ] {
            assert_eq!(taken_out(url, &channels, &host).unwrap(), shown);
        }
        for url in ["https://other/t/tk-12345/x/a-1-0.conda", "https://you:pass@other/x/a-1-0.conda"] {
            insta::allow_duplicates! {
                insta::assert_snapshot!(crate::shown(&taken_out(url, &channels, &host).unwrap_err()), @"
                the address of `a-1-0.conda` has a secret in it, which the lock file would tell
                => write the channel with `$NAME` in the place of its secret
                ");
            }
        }
        insta::assert_snapshot!(crate::shown(&filled(&channels[0], &FakeHost::new()).unwrap_err()), @"
        the channel `https://h/t/${TOK}/ch` needs the variable TOK, which is not set
        => set TOK, then run the same command again
        ");
    }
}
