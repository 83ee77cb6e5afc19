//! The list for people.

use std::time::{SystemTime, UNIX_EPOCH};

use super::row::{NO_LOCK, Row};
use crate::ui::table::{NOTHING, table};

const HEAD: [&str; 8] = ["NAME", "BACKEND", "PYTHON", "PACKAGES", "STATUS", "LOCK", "SIZE", "LAST USED"];

/// A line for each, under one that names the columns; one that nobody fills is left out.
pub fn lines(rows: &[Row]) -> Vec<String> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    table(&HEAD, rows.iter().map(|row| cells(row, now)).collect())
}

fn cells(row: &Row, now: u64) -> Vec<String> {
    let or_none = |text: Option<String>| text.unwrap_or_else(|| NOTHING.to_owned());
    vec![
        format!("{}{}", row.name, if row.is_default { " *" } else { "" }),
        or_none(row.backend.clone()),
        or_none(row.python.clone()),
        or_none(row.packages.map(|count| count.to_string())),
        row.status.to_owned(),
        or_none(Some(row.lock).filter(|lock| *lock != NO_LOCK).map(str::to_owned)),
        or_none(row.size.map(|bytes| format!("{:.1} MiB", bytes as f64 / f64::from(1 << 20)))),
        or_none(row.last_used.map(|then| ago(now.saturating_sub(then)))),
    ]
}

/// How long something is ago.
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
    }
}
