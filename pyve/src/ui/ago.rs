//! How long something is ago, in the unit that suits.

use std::time::{SystemTime, UNIX_EPOCH};

/// How long the time `then`, in seconds since 1970, is ago.
pub fn since(then: u64) -> String {
    ago(now().saturating_sub(then))
}

/// The present, in seconds since 1970.
pub fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

fn ago(seconds: u64) -> String {
    let (count, unit) = match seconds {
        0..60 => return "just now".to_owned(),
        60..3600 => (seconds / 60, "minute"),
        3600..86_400 => (seconds / 3600, "hour"),
        _ => (seconds / 86_400, "day"),
    };
    format!("{count} {unit}{} ago", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_told_in_the_unit_that_suits() {
        assert_eq!(
            [5, 61, 7200, 90_000, 900_000].map(ago),
            ["just now", "1 minute ago", "2 hours ago", "1 day ago", "10 days ago"]
        );
        assert_eq!(since(now() - 3700), "1 hour ago");
    }
}
