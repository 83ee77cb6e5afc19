//! The list for people.

use super::row::{NO_LOCK, Row};
use crate::ui::ago;
use crate::ui::table::{NOTHING, table};

const HEAD: [&str; 8] = ["NAME", "BACKEND", "PYTHON", "PACKAGES", "STATUS", "LOCK", "SIZE", "LAST USED"];

/// A line for each, under one that names the columns; one that nobody fills is left out.
pub fn lines(rows: &[Row]) -> Vec<String> {
    table(&HEAD, rows.iter().map(cells).collect())
}

fn cells(row: &Row) -> Vec<String> {
    let or_none = |text: Option<String>| text.unwrap_or_else(|| NOTHING.to_owned());
    vec![
        format!("{}{}", row.name, if row.is_default { " *" } else { "" }),
        or_none(row.backend.clone()),
        or_none(row.python.clone()),
        or_none(row.packages.map(|count| count.to_string())),
        row.status.to_owned(),
        or_none(Some(row.lock).filter(|lock| *lock != NO_LOCK).map(str::to_owned)),
        or_none(row.size.map(|bytes| format!("{:.1} MiB", bytes as f64 / f64::from(1 << 20)))),
        or_none(row.last_used.map(ago::since)),
    ]
}
