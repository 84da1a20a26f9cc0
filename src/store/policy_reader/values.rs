//! Values of a policy file by their types; what does not fit becomes a problem with its place.

use std::ops::Range;

use toml_edit::{Item, TableLike};

use super::Reader;
use crate::model::{Place, Problem, ProblemKind, QuantityError};

impl Reader<'_> {
    /// A word that `read` knows.
    pub(super) fn word<T>(
        &mut self,
        item: &Item,
        path: &str,
        known: &[&'static str],
        read: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        let value = self.string(item, path)?;
        let meant = read(&value);
        if meant.is_none() {
            let known = known.to_vec();
            self.problem(item.span(), path, ProblemKind::UnknownWord { value, known });
        }
        meant
    }

    /// Whether the text is a day of the calendar.
    pub(super) fn day(&mut self, item: &Item, path: &str, text: &str) -> bool {
        let is_day = text.len() == 10 && text.parse::<jiff::civil::Date>().is_ok();
        if !is_day {
            self.problem(item.span(), path, ProblemKind::Day(text.to_owned()));
        }
        is_day
    }

    /// Calls `read` with every known key of a table, its path and its value.
    pub(super) fn each(
        &mut self,
        item: &Item,
        path: &str,
        known: &[&'static str],
        mut read: impl FnMut(&mut Self, &str, &str, &Item),
    ) {
        let Some(table) = item.as_table_like() else {
            self.wrong_type(item, path, "a table");
            return;
        };
        for (key, item) in table.iter() {
            let path = format!("{path}.{key}");
            self.note_place(table, key, &path);
            if known.contains(&key) {
                read(self, key, &path, item);
            } else {
                self.unknown(table, key, &path, known);
            }
        }
    }

    pub(super) fn unknown(
        &mut self,
        table: &dyn TableLike,
        key: &str,
        path: &str,
        known: &[&'static str],
    ) {
        let span = table.key(key).and_then(toml_edit::Key::span);
        let known = known.to_vec();
        self.problem(span, path, ProblemKind::UnknownKey { known });
    }

    pub(super) fn list<T, E: Into<ProblemKind>>(
        &mut self,
        item: &Item,
        path: &str,
        read: impl Fn(&str) -> Result<T, E>,
    ) -> Vec<T> {
        let Some(array) = item.as_array() else {
            self.wrong_type(item, path, "a list of strings");
            return Vec::new();
        };
        let mut values = Vec::new();
        for (number, value) in array.iter().enumerate() {
            let path = format!("{path}[{number}]");
            match value.as_str().map(&read) {
                Some(Ok(value)) => values.push(value),
                Some(Err(error)) => self.problem(value.span(), &path, error.into()),
                None => self.wrong_type(&Item::Value(value.clone()), &path, "a string"),
            }
        }
        values
    }

    pub(super) fn string(&mut self, item: &Item, path: &str) -> Option<String> {
        let value = item.as_str().map(str::to_owned);
        if value.is_none() {
            self.wrong_type(item, path, "a string");
        }
        value
    }

    pub(super) fn boolean(&mut self, item: &Item, path: &str) -> Option<bool> {
        if item.as_bool().is_none() {
            self.wrong_type(item, path, "true or false");
        }
        item.as_bool()
    }

    pub(super) fn integer(
        &mut self,
        item: &Item,
        path: &str,
        expected: &'static str,
    ) -> Option<i64> {
        if item.as_integer().is_none() {
            self.wrong_type(item, path, expected);
        }
        item.as_integer()
    }

    pub(super) fn number(&mut self, item: &Item, path: &str, low: u32) -> Option<u32> {
        let value = self.integer(item, path, "a number")?;
        let number = u32::try_from(value).ok().filter(|number| *number >= low);
        if number.is_none() {
            let (low, high) = (i64::from(low), i64::from(u32::MAX));
            self.problem(item.span(), path, ProblemKind::OutOfRange { value, low, high });
        }
        number
    }

    pub(super) fn checked<T, E: Into<ProblemKind>>(
        &mut self,
        item: &Item,
        path: &str,
        value: Option<Result<T, E>>,
    ) -> Option<T> {
        match value? {
            Ok(value) => Some(value),
            Err(error) => {
                self.problem(item.span(), path, error.into());
                None
            }
        }
    }

    pub(super) fn wrong_type(&mut self, item: &Item, path: &str, expected: &'static str) {
        let value = item.to_string().trim().chars().take(60).collect();
        let kind = ProblemKind::WrongType { expected, found: item.type_name(), value };
        self.problem(item.span(), path, kind);
    }

    pub(super) fn note_place(&mut self, table: &dyn TableLike, key: &str, path: &str) {
        let of_value = || table.get(key).and_then(Item::span);
        let place = self.place(table.key(key).and_then(toml_edit::Key::span).or_else(of_value));
        self.found.places.insert(path.to_owned(), place);
    }

    pub(super) fn place(&self, span: Option<Range<usize>>) -> Place {
        Place::of(self.text, span.map_or(0, |span| span.start))
    }

    pub(super) fn problem(&mut self, span: Option<Range<usize>>, key: &str, kind: ProblemKind) {
        let place = self.place(span);
        self.found.problems.push(Problem { place, key: key.to_owned(), kind });
    }

    /// A size, rate or time as people write it.
    pub(super) fn quantity<T>(
        &mut self,
        item: &Item,
        path: &str,
        read: impl Fn(&str) -> Result<T, QuantityError>,
    ) -> Option<T> {
        let value = self.string(item, path)?;
        match read(&value) {
            Ok(quantity) => Some(quantity),
            Err(error) => {
                self.problem(item.span(), path, ProblemKind::Quantity { value, error });
                None
            }
        }
    }
}

/// A measure as a whole number.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "quantities are not negative; the largest are cut to what 64 bits hold"
)]
pub(super) fn whole(measure: f64) -> u64 {
    measure.round() as u64
}
