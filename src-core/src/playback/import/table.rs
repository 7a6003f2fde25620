//! Curves written as rows of numbers.

use super::Curve;

/// Columns of an AutoEq CSV that hold the deviation from a target, best first, then what was measured.
const COLUMNS: [&str; 4] = ["error_smoothed", "error", "smoothed", "raw"];

fn cells(line: &str) -> impl Iterator<Item = &str> {
    line.split(',').map(|cell| cell.trim().trim_matches('"'))
}

/// Whether the first line names columns.
pub(super) fn has_heading(text: &str) -> bool {
    text.lines()
        .next()
        .is_some_and(|line| cells(line.trim_start_matches('\u{feff}')).next().is_some_and(|c| c.eq_ignore_ascii_case("frequency")))
}

/// Reads comma-separated values by their heading.
pub(super) fn read_csv(text: &str) -> Result<Curve, String> {
    let mut lines = text.trim_start_matches('\u{feff}').lines();
    let heading: Vec<String> = cells(lines.next().unwrap_or_default()).map(str::to_ascii_lowercase).collect();
    let filled = |column: usize| text.lines().nth(1).and_then(|l| cells(l).nth(column)).is_some_and(|c| c.parse::<f64>().is_ok());
    let column = COLUMNS.iter().find_map(|name| heading.iter().position(|h| h == name).filter(|c| filled(*c)));
    let column = column.ok_or_else(|| format!("it has none of the columns {}", COLUMNS.join(", ")))?;
    let row = |line: &str| {
        let hz: f64 = cells(line).next()?.parse().ok()?;
        let db: f64 = cells(line).nth(column)?.parse().ok()?;
        sound(hz, db)
    };
    Ok(lines.filter_map(row).collect())
}

/// Reads rows of frequency, level and perhaps more, divided by spaces, tabs, commas or semicolons. Lines that begin otherwise are comments.
pub(super) fn read_rows(text: &str) -> Result<Curve, String> {
    let row = |line: &str| {
        let mut numbers = line.split([' ', '\t', ',', ';']).filter(|c| !c.is_empty()).map(str::parse::<f64>);
        match (numbers.next(), numbers.next()) {
            (Some(Ok(hz)), Some(Ok(db))) => sound(hz, db),
            _ => None,
        }
    };
    let curve: Curve = text.lines().map(str::trim).filter_map(row).collect();
    if curve.is_empty() { Err("it holds no rows of frequency and level".into()) } else { Ok(curve) }
}

fn sound(hz: f64, db: f64) -> Option<(f64, f64)> {
    ((0.1..=1e6).contains(&hz) && (-400.0..=400.0).contains(&db)).then_some((hz, db))
}
