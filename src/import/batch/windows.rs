//! Jobs and tasks of Windows HPC Server as `Export-Csv` writes them.
//!
//! The first line names the columns; one that begins with `#TYPE` may stand before it. Columns are
//! parted by commas, or by semicolons or tabs as the culture has it. Letter case and order of the
//! columns are free, and further ones are skipped.

use csv::{ReaderBuilder, StringRecord};

use super::unique::Unique;
use super::windows_rows::{Row, job, task};
use super::{BatchError, Reading};
use crate::import::json::Source;
use crate::model::{BatchDump, BatchFormat};

/// Columns that jobs must have, and those of tasks.
const JOB: [&str; 2] = ["id", "state"];
const TASK: [&str; 4] = ["jobid", "taskid", "node", "state"];

/// Reads the table; nothing if the text is none.
///
/// # Errors
/// A line that is broken, a column that is missing, and the first value that is wrong.
pub(super) fn read(source: Source<'_>, reading: &Reading) -> Result<Option<BatchDump>, BatchError> {
    let Some((skipped, delimiter)) = header(source.text) else { return Ok(None) };
    let body: &str = source.text.get(skipped.bytes..).unwrap_or_default();
    let mut reader =
        ReaderBuilder::new().delimiter(delimiter).has_headers(false).from_reader(body.as_bytes());
    let mut records = reader.records();
    let broken = |error: csv::Error| {
        let line = error.position().map_or(0, csv::Position::line) + skipped.lines;
        let what = match error.kind() {
            csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
                format!("{len} values where the first line names {expected_len} columns")
            }
            _ => error.to_string(),
        };
        BatchError::Line { origin: source.origin.to_owned(), line, what }
    };
    let Some(columns) = records.next().transpose().map_err(broken)? else { return Ok(None) };
    let columns = names(&columns);
    let format = format(&columns, source.origin, skipped.lines + 1)?;
    let mut dump = BatchDump::new(source.origin, format);
    let mut ids = Unique::default();
    for record in records {
        let record = record.map_err(broken)?;
        let line = record.position().map_or(0, csv::Position::line) + skipped.lines;
        let row = Row { columns: &columns, record: &record, origin: source.origin, line };
        add(&mut dump, &row, reading, &mut ids)?;
    }
    Ok(Some(dump))
}

fn add(
    dump: &mut BatchDump,
    row: &Row<'_>,
    reading: &Reading,
    ids: &mut Unique,
) -> Result<(), BatchError> {
    let path = row.path();
    if dump.format == BatchFormat::WindowsTasks {
        let task = task(row)?;
        let id = task.task.as_deref().unwrap_or_default();
        let node = task.node.as_ref().map_or("no node", |node| node.as_str());
        ids.once(row.origin, &format!("{}.{id} on {node}", task.job), &path)?;
        dump.tasks.push(task);
        return Ok(());
    }
    let (job, assumed) = job(row, reading)?;
    if assumed {
        dump.note(format!("times without a zone are taken as {}", reading.zone_name));
    }
    ids.once(row.origin, &job.id, &path)?;
    dump.jobs.push(job);
    Ok(())
}

/// What stands before the line of columns.
#[derive(Clone, Copy)]
struct Skipped {
    bytes: usize,
    lines: u64,
}

/// Where the line of columns begins, and what parts them; nothing where there is no such line.
fn header(text: &str) -> Option<(Skipped, u8)> {
    let mut skipped = Skipped { bytes: 0, lines: 0 };
    for line in text.split_inclusive('\n').take(8) {
        let blank = line.trim().is_empty() || line.trim_start().starts_with("#TYPE");
        if blank {
            skipped = Skipped { bytes: skipped.bytes + line.len(), lines: skipped.lines + 1 };
            continue;
        }
        let is_known = |delimiter: &u8| {
            let found: Vec<String> = line.split(char::from(*delimiter)).map(plain).collect();
            let has = |name: &str| found.iter().any(|it| it == name);
            found.len() > 1 && has("state") && (has("id") || has("jobid") || has("taskid"))
        };
        return [b',', b';', b'\t'].into_iter().find(is_known).map(|it| (skipped, it));
    }
    None
}

/// A column's name in lower case, without quotes and blanks; `Host` is another word for `Node`.
fn plain(name: &str) -> String {
    let name = name.trim().trim_matches('"').replace(' ', "").to_ascii_lowercase();
    match name.as_str() {
        "host" | "nodename" => "node".to_owned(),
        "numcores" | "corecount" => "cores".to_owned(),
        "errormessage" => "error".to_owned(),
        _ => name,
    }
}

fn names(record: &StringRecord) -> Vec<String> {
    record.iter().map(plain).collect()
}

/// Jobs or tasks, by the columns.
fn format(columns: &[String], origin: &str, line: u64) -> Result<BatchFormat, BatchError> {
    let wrong = |what: String| BatchError::Line { origin: origin.to_owned(), line, what };
    let mut seen = std::collections::BTreeSet::new();
    if let Some(twice) = columns.iter().find(|it| !it.is_empty() && !seen.insert(it.as_str())) {
        return Err(wrong(format!("the column {twice} stands there twice")));
    }
    let lacking = |needed: &[&str]| -> Vec<String> {
        let lacking = needed.iter().filter(|it| !columns.iter().any(|name| name == *it));
        lacking.map(|it| (*it).to_owned()).collect()
    };
    let is_task = columns.iter().any(|it| it == "jobid" || it == "taskid");
    let (needed, what): (&[&str], _) = if is_task { (&TASK, "tasks") } else { (&JOB, "jobs") };
    match lacking(needed).as_slice() {
        [] if is_task => Ok(BatchFormat::WindowsTasks),
        [] => Ok(BatchFormat::WindowsJobs),
        some => Err(wrong(format!("{what} without the column {}", some.join(", ")))),
    }
}
