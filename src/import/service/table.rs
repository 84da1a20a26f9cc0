//! Comma-separated tables with named columns.

use csv::{ReaderBuilder, StringRecord, Trim};

use super::ImportError;
use crate::import::json::Source;

/// A cell with its place.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cell<'a> {
    pub(super) text: &'a str,
    origin: &'a str,
    line: u64,
    column: &'static str,
}

impl Cell<'_> {
    /// The error that this cell is something else.
    pub(super) fn wrong(&self, expected: &'static str) -> ImportError {
        ImportError::Value {
            origin: self.origin.to_owned(),
            path: format!("line {}, {}", self.line, self.column),
            value: format!("{:?}", self.text),
            expected,
        }
    }

    /// A finite number that is not negative.
    pub(super) fn number(&self, expected: &'static str) -> Result<f64, ImportError> {
        let number = self.text.parse::<f64>().ok().filter(|it| it.is_finite() && *it >= 0.0);
        number.ok_or_else(|| self.wrong(expected))
    }

    /// Text that is not empty.
    pub(super) fn name(&self, expected: &'static str) -> Result<&str, ImportError> {
        if self.text.is_empty() { Err(self.wrong(expected)) } else { Ok(self.text) }
    }
}

/// Calls `read` with the cells of `columns` of every row. Columns are found by the names in the
/// first row, in any letter case and order; others are skipped. Lines that are empty or begin with
/// `#` are no rows.
///
/// # Errors
/// A text that is too large or not UTF-8, a column that is missing, a row that is too short, and
/// what `read` finds.
pub(super) fn rows<const N: usize>(
    (bytes, origin): (&[u8], &str),
    columns: [&'static str; N],
    mut read: impl FnMut([Cell<'_>; N]) -> Result<(), ImportError>,
) -> Result<(), ImportError> {
    let source = Source::new(origin, bytes)?;
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .trim(Trim::All)
        .comment(Some(b'#'))
        .from_reader(source.text.as_bytes());
    let mut record = StringRecord::new();
    let broken = |error: &csv::Error| ImportError::Value {
        origin: origin.to_owned(),
        path: error.position().map_or_else(String::new, |at| format!("line {}", at.line())),
        value: error.to_string(),
        expected: "a row of a comma-separated table",
    };
    if !reader.read_record(&mut record).map_err(|error| broken(&error))? {
        return Err(ImportError::Empty { origin: origin.to_owned() });
    }
    let places = places(&record, columns, origin)?;
    while reader.read_record(&mut record).map_err(|error| broken(&error))? {
        let line = record.position().map_or(0, csv::Position::line);
        let cell = |(column, place): (&'static str, usize)| Cell {
            text: record.get(place).unwrap_or_default(),
            origin,
            line,
            column,
        };
        let mut numbered = columns.into_iter().zip(places);
        read(std::array::from_fn(|_| cell(numbered.next().unwrap_or(("", usize::MAX)))))?;
    }
    Ok(())
}

fn places<const N: usize>(
    header: &StringRecord,
    columns: [&'static str; N],
    origin: &str,
) -> Result<[usize; N], ImportError> {
    let mut places = [0; N];
    for (place, column) in places.iter_mut().zip(columns) {
        let found = header.iter().position(|name| name.eq_ignore_ascii_case(column));
        *place = found.ok_or_else(|| ImportError::Column {
            origin: origin.to_owned(),
            column,
            found: header.iter().take(8).collect::<Vec<_>>().join(","),
        })?;
    }
    Ok(places)
}
