//! Writing to standard output and standard error.
#![expect(
    clippy::disallowed_methods,
    reason = "this module asks the terminal, NO_COLOR and COLUMNS"
)]

use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

use super::args::Color;
use crate::render::Page;

/// How a command ended that was able to report by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// All is done.
    Done,
    /// There are findings at or above the level that fails, or a plan does not hold.
    Found,
    /// Something could not be done, and standard error says what.
    Failed,
}

/// Writes to standard output.
///
/// # Errors
/// When it can't be written; a closed pipe among them.
pub(super) fn print(text: &str) -> io::Result<()> {
    let mut output = io::stdout().lock();
    output.write_all(text.as_bytes())?;
    output.flush()
}

/// Standard output, for what is written piece by piece.
pub(super) fn writer() -> io::BufWriter<io::StdoutLock<'static>> {
    io::BufWriter::new(io::stdout().lock())
}

/// Writes a line to standard error; if that fails there is nobody left to tell.
pub(super) fn note(line: &str) {
    let _ = writeln!(io::stderr().lock(), "{line}");
}

/// What standard output is: its width on a terminal, and whether it shows colour.
pub(super) fn page(when: Color) -> Page {
    let terminal = io::stdout().is_terminal();
    let colour = match when {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => terminal && std::env::var_os("NO_COLOR").is_none_or(|it| it.is_empty()),
    };
    Page { width: width(terminal), colour }
}

/// `COLUMNS` where it is set, else the terminal's width; none for files and pipes.
fn width(terminal: bool) -> Option<usize> {
    let set = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    let measured = || terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
    let width = if terminal { set.or_else(measured) } else { set };
    width.filter(|width| *width > 0).map(|width| width.max(40))
}

pub(super) fn is_closed_pipe(error: &anyhow::Error) -> bool {
    let pipe = |cause: &(dyn std::error::Error + 'static)| {
        cause.downcast_ref::<io::Error>().is_some_and(|it| it.kind() == io::ErrorKind::BrokenPipe)
    };
    error.chain().any(pipe)
}

/// Prints an error with its causes; exit code 2.
pub(super) fn failure(error: &anyhow::Error) -> ExitCode {
    note(&format!("error: {}", chain(error.as_ref())));
    ExitCode::from(2)
}

/// An error with its causes in one line.
pub(super) fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(|cause| printable(&cause.to_string())).collect::<Vec<_>>().join(": ")
}

/// Text from outside without control characters, but with its line breaks.
fn printable(text: &str) -> String {
    text.split('\n').map(crate::render::escaped).collect::<Vec<_>>().join("\n")
}

/// Prints help (exit code 0) or what is wrong with the arguments (exit code 2).
pub(super) fn usage(error: &clap::Error) -> ExitCode {
    match (error.print(), error.use_stderr()) {
        (_, true) => ExitCode::from(2),
        (Err(failed), false) if failed.kind() != io::ErrorKind::BrokenPipe => ExitCode::from(2),
        (_, false) => ExitCode::SUCCESS,
    }
}
