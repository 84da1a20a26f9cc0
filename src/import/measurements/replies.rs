//! Replies of QEMU's monitor, alone or among others.

use std::borrow::Cow;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use super::told::Told;
use super::{MeasurementError, dirty_rate, migrate};
use crate::import::json::{Part, Source};

/// How deep replies may stand inside lists and other documents.
const DEEPEST: usize = 6;

/// What tells documents apart.
#[derive(Deserialize)]
struct Outline<'a> {
    #[serde(borrow)]
    status: Option<Cow<'a, str>>,
    #[serde(borrow, rename = "return")]
    answer: Option<&'a RawValue>,
    #[serde(borrow)]
    error: Option<&'a RawValue>,
    /// A record of several measurements, each a question and its replies.
    #[serde(borrow)]
    measurements: Option<&'a RawValue>,
    #[serde(borrow)]
    responses: Option<&'a RawValue>,
    /// A record of a migration: replies during it, at its time limit and at its end.
    #[serde(borrow)]
    during: Option<&'a RawValue>,
    #[serde(borrow)]
    at_cap: Option<&'a RawValue>,
    #[serde(borrow)]
    completed: Option<&'a RawValue>,
    /// What else a monitor says.
    #[serde(rename = "QMP")]
    greeting: Option<IgnoredAny>,
    event: Option<IgnoredAny>,
}

/// Reads JSON documents, one after the other.
///
/// # Errors
/// Text that is no JSON or of something else, and replies that are not measurements.
pub(super) fn read(source: Source<'_>) -> Result<Told, MeasurementError> {
    let whole = source.whole();
    let mut reader = Reader::new(source.origin);
    for value in serde_json::Deserializer::from_str(source.text).into_iter::<&RawValue>() {
        let value = value.map_err(|error| whole.error("", &error))?;
        reader.document(&child(&whole, value, ""), 0)?;
    }
    reader.finish()?;
    Ok(reader.told)
}

/// Puts together what replies tell.
pub(super) struct Reader {
    pub(super) told: Told,
    /// A measurement that is not over: an error unless a later reply of it is.
    pub(super) unfinished: Option<MeasurementError>,
    /// What the last reply of each kind said that stays the same when it is asked for again.
    pub(super) last: Option<String>,
}

impl Reader {
    fn new(origin: &str) -> Self {
        Self { told: Told::new(origin), unfinished: None, last: None }
    }

    fn finish(&mut self) -> Result<(), MeasurementError> {
        self.unfinished.take().map_or(Ok(()), Err)
    }

    fn document(&mut self, part: &Part<'_>, depth: usize) -> Result<(), MeasurementError> {
        if depth > DEEPEST || !part.text.starts_with(['{', '[']) {
            return Err(unknown(part));
        }
        if part.text.starts_with('[') {
            return self.list(part, depth);
        }
        let outline: Outline<'_> = part.read()?;
        if outline.greeting.is_some() || outline.event.is_some() || is_empty(part.text) {
            return Ok(());
        }
        if let Some(status) = &outline.status {
            return self.reply(part, status);
        }
        if let Some(error) = outline.error.filter(|_| outline.answer.is_none()) {
            return self.refusal(part, error, depth);
        }
        self.inside(part, &outline, depth)
    }

    fn list(&mut self, part: &Part<'_>, depth: usize) -> Result<(), MeasurementError> {
        let elements: Vec<&RawValue> = part.read()?;
        for (place, element) in elements.into_iter().enumerate() {
            self.document(&child(part, element, &format!("[{place}]")), depth + 1)?;
        }
        Ok(())
    }

    /// Documents inside a document.
    fn inside(
        &mut self,
        part: &Part<'_>,
        outline: &Outline<'_>,
        depth: usize,
    ) -> Result<(), MeasurementError> {
        let inner = [
            ("return", outline.answer),
            ("measurements", outline.measurements),
            ("responses", outline.responses),
            ("during", outline.during),
            ("at_cap", outline.at_cap),
            ("completed", outline.completed),
        ];
        let mut inner = inner.into_iter().filter_map(|(key, it)| it.map(|it| (key, it))).peekable();
        if inner.peek().is_none() {
            return Err(unknown(part));
        }
        for (key, value) in inner {
            // Many commands answer with a text, a number or a list of their own; those with none.
            if key != "return" || value.get().starts_with('{') {
                self.document(&child(part, value, key), depth + 1)?;
            }
        }
        if outline.responses.is_some() { self.finish() } else { Ok(()) }
    }

    fn reply(&mut self, part: &Part<'_>, status: &str) -> Result<(), MeasurementError> {
        if dirty_rate::STATUSES.contains(&status) {
            return dirty_rate::read(part, self);
        }
        if migrate::STATUSES.contains(&status) {
            return migrate::read(part, self);
        }
        let expected = "a status of a measurement (measured) or of a migration (active, completed)";
        let at = (part.source.origin, part.path_of("status"));
        Err(MeasurementError::value(at, &format!("{status:?}"), expected))
    }

    /// An error of the monitor; inside a record of measurements it costs only its own.
    fn refusal(
        &mut self,
        part: &Part<'_>,
        error: &RawValue,
        depth: usize,
    ) -> Result<(), MeasurementError> {
        #[derive(Deserialize)]
        struct Refusal {
            desc: String,
        }
        let desc = serde_json::from_str::<Refusal>(error.get()).map(|it| it.desc);
        let message = desc.unwrap_or_else(|_| error.get().chars().take(200).collect());
        if depth == 0 {
            let (origin, path) = (part.origin(), part.path.clone());
            return Err(MeasurementError::Refused { origin, path, message });
        }
        let origin = &self.told.origin;
        self.told.note(format!("{origin}: {}: left out, it failed: {message}", part.path));
        Ok(())
    }

    /// Whether a reply says the same as the one before it, which was asked for too early.
    pub(super) fn is_repeated(&mut self, said: String) -> bool {
        let is_same = self.last.as_ref() == Some(&said);
        self.last = Some(said);
        is_same
    }
}

fn is_empty(object: &str) -> bool {
    object.trim_start_matches('{').trim_start().starts_with('}')
}

fn unknown(part: &Part<'_>) -> MeasurementError {
    MeasurementError::Unknown { origin: part.origin(), path: part.path.clone() }
}

/// A value inside a part.
fn child<'a>(part: &Part<'a>, value: &'a RawValue, key: &str) -> Part<'a> {
    let text = value.get();
    let start = part.start + (text.as_ptr().addr() - part.text.as_ptr().addr());
    Part { source: part.source, start, text, path: part.path_of(key) }
}
