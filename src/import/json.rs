//! JSON text into types, fast when it is right and with its place when it is wrong.

use serde::Deserialize;

use super::ImportError;

/// Largest text that is read.
pub(super) const LARGEST_BYTES: u64 = 64 << 20;

/// A whole file or standard input.
#[derive(Clone, Copy, Debug)]
pub(super) struct Source<'a> {
    pub(super) origin: &'a str,
    pub(super) text: &'a str,
}

impl<'a> Source<'a> {
    /// # Errors
    /// Text that is too large or not UTF-8. A byte order mark is skipped.
    pub(super) fn new(origin: &'a str, bytes: &'a [u8]) -> Result<Self, ImportError> {
        Self::up_to(origin, bytes, LARGEST_BYTES)
    }

    /// The same with another limit.
    pub(super) fn up_to(
        origin: &'a str,
        bytes: &'a [u8],
        largest: u64,
    ) -> Result<Self, ImportError> {
        if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > largest {
            return Err(ImportError::TooLarge { origin: origin.to_owned(), mib: largest >> 20 });
        }
        let text = std::str::from_utf8(bytes).map_err(|error| ImportError::NotText {
            origin: origin.to_owned(),
            offset: error.valid_up_to(),
        })?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        Ok(Self { origin, text })
    }

    /// All of it.
    pub(super) fn whole(self) -> Part<'a> {
        Part { source: self, start: 0, text: self.text, path: String::new() }
    }
}

/// A JSON value in a source.
#[derive(Clone, Debug)]
pub(super) struct Part<'a> {
    pub(super) source: Source<'a>,
    /// Place of the first byte in the source.
    pub(super) start: usize,
    pub(super) text: &'a str,
    /// Path in the source; empty when the value is a document of its own.
    pub(super) path: String,
}

impl<'a> Part<'a> {
    pub(super) fn origin(&self) -> String {
        self.source.origin.to_owned()
    }

    /// A part of this part's text, at a path in it.
    pub(super) fn inner(&self, text: &'a str, path: &str) -> Self {
        let start = text.as_ptr().addr() - self.text.as_ptr().addr() + self.start;
        Self { source: self.source, start, text, path: self.path_of(path) }
    }

    /// Line of the first byte, from 1.
    pub(super) fn line(&self) -> usize {
        1 + self.before().matches('\n').count()
    }

    /// Path in the source of a value inside.
    pub(super) fn path_of(&self, inner: &str) -> String {
        join(&self.path, inner)
    }

    fn before(&self) -> &'a str {
        self.source.text.get(..self.start).unwrap_or_default()
    }

    /// Reads the value; only when that fails it is read again, to tell where.
    ///
    /// # Errors
    /// JSON that is broken or of another shape than `T`, with path, line and column.
    pub(super) fn read<T: Deserialize<'a>>(&self) -> Result<T, ImportError> {
        serde_json::from_str(self.text).map_err(|error| self.explain::<T>(&error))
    }

    fn explain<T: Deserialize<'a>>(&self, error: &serde_json::Error) -> ImportError {
        let mut reader = serde_json::Deserializer::from_str(self.text);
        match serde_path_to_error::deserialize::<_, T>(&mut reader) {
            Ok(_) => self.error("", error),
            Err(error) => {
                let path = error.path().to_string();
                let path = if path == "." { "" } else { &path };
                self.error(path, error.inner())
            }
        }
    }

    /// The error with its place in the source instead of its place in this part.
    pub(super) fn error(&self, path: &str, error: &serde_json::Error) -> ImportError {
        let at = format!(" at line {} column {}", error.line(), error.column());
        let message = error.to_string();
        let message = message.strip_suffix(&at).unwrap_or(&message);
        let first_line = error.line() <= 1;
        let indent = self.before().rsplit('\n').next().map_or(0, str::len);
        ImportError::Json {
            origin: self.origin(),
            path: self.path_of(path),
            message: message.to_owned(),
            line: error.line().max(1) + self.line() - 1,
            column: error.column() + if first_line { indent } else { 0 },
        }
    }
}

fn join(outer: &str, inner: &str) -> String {
    match (outer, inner) {
        ("", path) | (path, "") => path.to_owned(),
        (outer, inner) if inner.starts_with('[') => format!("{outer}{inner}"),
        (outer, inner) => format!("{outer}.{inner}"),
    }
}
