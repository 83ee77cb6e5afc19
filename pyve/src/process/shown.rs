//! A command as it is shown: what is shown may be kept in a log.

use pyve_plugin_api::Command;

/// The command as one would type it.
pub fn command_line(command: &Command) -> String {
    without_passwords(&command.to_string())
}

/// A text in which addresses have no `user:password@` and no token of a channel (`/t/TOKEN`).
pub fn without_passwords(text: &str) -> String {
    let end_of = |part: &str| part.find(|letter: char| "/?# ,'".contains(letter) || letter.is_control());
    let mut shown = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("://") {
        let (before, address) = rest.split_at(at + 3);
        let (host, path) = address.split_at(end_of(address).unwrap_or(address.len()));
        let (hidden, host) = host.rfind('@').map_or(("", host), |user| ("***", &host[user..]));
        shown.extend([before, hidden, host]);
        rest = path;
        if let Some(token) = path.strip_prefix("/t/") {
            shown.push_str("/t/***");
            rest = &token[end_of(token).unwrap_or(token.len())..];
        }
    }
    shown + rest
}
