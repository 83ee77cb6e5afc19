//! Rows under a line that names their columns.

/// What stands where there is nothing to say.
pub const NOTHING: &str = "-";

/// A line for each row, under one that names the columns; a column that no row fills is left out.
pub fn table(head: &[&str], rows: Vec<Vec<String>>) -> Vec<String> {
    let mut lines = vec![head.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>()];
    lines.extend(rows);
    let filled = |column: &usize| lines[1..].iter().any(|line| line[*column] != NOTHING);
    let columns: Vec<usize> = (0..head.len()).filter(filled).collect();
    let width = |column: usize| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or_default();
    let shown = |line: &Vec<String>| {
        let cells = columns.iter().map(|column| format!("{:<1$}", line[*column], width(*column)));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    lines.iter().map(shown).collect()
}
