//! The matrix of failures and systems.

use serde::Serialize;
use textwrap::core::display_width;

use super::rows::rows as indented;
use super::view::IntervalView;
use super::words;
use crate::model::service::{Downtime, FailureMode, MatrixRow, SecondFailure, Verdict};
use crate::render::forecast::thousandths;
use crate::render::grid::grid;
use crate::render::measure;
use crate::render::text::{Page, Tone, count, escaped};

/// Schema of the matrix.
pub const MATRIX_SCHEMA: &str = "netplan-cluster/failover-matrix/1";

/// What a matrix is printed from.
#[derive(Clone, Copy, Debug)]
pub struct MatrixReport<'a> {
    /// Every failure of every system.
    pub rows: &'a [MatrixRow],
    /// Yearly downtimes, where rates are given.
    pub downtimes: &'a [Downtime],
    /// A second failure during repair, where rates and a time of repair are given.
    pub second: Option<SecondFailure>,
}

/// The matrix.
#[derive(Clone, Debug, Serialize)]
pub struct MatrixView {
    /// Always [`MATRIX_SCHEMA`].
    pub schema: &'static str,
    /// Every failure of every system.
    pub matrix: Vec<RowView>,
    /// Yearly downtime, where rates are given.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub downtime: Vec<DowntimeView>,
    /// A second failure during repair, where rates and a time of repair are given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub second_failure: Option<SecondFailureView>,
}

/// How likely a further host fails while the first is being mended.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct SecondFailureView {
    /// Until the first is mended.
    pub repair_s: f64,
    /// Mean time between failures of a host.
    pub mtbf_s: f64,
    /// The chance, from 0 to 1.
    pub chance: f64,
}

/// A failure of a system.
#[derive(Clone, Debug, Serialize)]
pub struct RowView {
    /// The profile.
    pub profile: String,
    /// The service, where one is declared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// The failure.
    pub mode: &'static str,
    /// `takeover`, `restart`, `never`, `stays`, `false-takeover`, `split` or `not-applicable`.
    pub verdict: &'static str,
    /// How long after the failure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latency_s: Option<IntervalView>,
    /// How long clients are without the service, where it comes back by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outage_s: Option<IntervalView>,
    /// Skew from which it holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from_skew_s: Option<f64>,
    /// Only if.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub condition: Option<String>,
    /// Why.
    pub reason: String,
    /// Where that is told.
    pub source: String,
}

/// Yearly downtime of a system.
#[derive(Clone, Debug, Serialize)]
pub struct DowntimeView {
    /// The profile.
    pub profile: String,
    /// The service, where one is declared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// Seconds a year; null where failures that nobody mends have no time of repair.
    pub seconds_a_year: Option<f64>,
    /// Failures that nobody takes over.
    pub unmended: Vec<&'static str>,
}

/// The view of the matrix.
#[must_use]
pub fn matrix(report: &MatrixReport<'_>) -> MatrixView {
    let row = |row: &MatrixRow| RowView {
        profile: escaped(&row.profile),
        service: row.service.as_deref().map(escaped),
        mode: row.mode.name(),
        verdict: row.ruling.verdict.name(),
        latency_s: row.ruling.latency_s.map(Into::into),
        outage_s: row.outage_s.map(Into::into),
        from_skew_s: row.ruling.from_s.map(thousandths),
        condition: row.ruling.condition.as_deref().map(escaped),
        reason: escaped(&row.ruling.reason),
        source: escaped(&row.ruling.source),
    };
    let downtime = |it: &Downtime| DowntimeView {
        profile: escaped(&it.profile),
        service: it.service.as_deref().map(escaped),
        seconds_a_year: it.seconds_a_year.map(thousandths),
        unmended: it.unmended.iter().map(|mode| mode.name()).collect(),
    };
    MatrixView {
        schema: MATRIX_SCHEMA,
        matrix: report.rows.iter().map(row).collect(),
        downtime: report.downtimes.iter().map(downtime).collect(),
        second_failure: report.second.map(|it| SecondFailureView {
            repair_s: thousandths(it.repair_s),
            mtbf_s: thousandths(it.mtbf_s),
            chance: (it.chance * 1e6).round() / 1e6,
        }),
    }
}

/// The matrix for people: a row for each system, a column for each failure of a kind, and below it
/// the conditions and reasons; `explain` gives all reasons with their sources.
#[must_use]
pub fn matrix_table(report: &MatrixReport<'_>, explain: bool, page: Page) -> String {
    let rows = report.rows;
    let mut text = summary(rows, page) + "\n\n";
    let systems: Vec<&MatrixRow> =
        rows.iter().filter(|row| row.mode == FailureMode::Crash).collect();
    let header = FailureMode::ALL.iter().map(|mode| page.paint(mode.title(), Tone::Strong));
    let mut table = vec![std::iter::once(String::new()).chain(header).collect::<Vec<_>>()];
    for system in systems {
        let own = rows.iter().filter(|row| is_of(row, system));
        let cells = own.map(|row| painted(row, page));
        table.push(std::iter::once(title(system)).chain(cells).collect());
    }
    text += &transposed(&table, page);
    text += &conditions(rows, explain, page);
    text + &downtime_lines(report.downtimes, page) + &second_line(report.second, page)
}

fn is_of(row: &MatrixRow, system: &MatrixRow) -> bool {
    (&row.profile, &row.service) == (&system.profile, &system.service)
}

fn title(row: &MatrixRow) -> String {
    match &row.service {
        Some(service) => format!("{} ({})", escaped(service), escaped(&row.profile)),
        None => escaped(&row.profile),
    }
}

/// Few systems are columns beside failures, as the literature has it; many are rows where they fit,
/// else columns in as many tables as it takes.
fn transposed(table: &[Vec<String>], page: Page) -> String {
    const COLUMNS: usize = 6;
    let fits = |lines: &[Vec<String>]| page.width.is_none_or(|width| extent(lines) <= width);
    if table.len() > COLUMNS + 1 && fits(table) {
        return grid(table.to_vec(), &[], page);
    }
    let Some((header, systems)) = table.split_first() else { return String::new() };
    let mut blocks: Vec<Vec<Vec<String>>> = Vec::new();
    for system in systems {
        let last = blocks.last_mut();
        let wider =
            last.as_ref().map(|block| [block.as_slice(), std::slice::from_ref(system)].concat());
        match (last, wider) {
            (Some(block), Some(wider)) if fits(&columns(&wider)) => *block = wider,
            _ => blocks.push(vec![header.clone(), system.clone()]),
        }
    }
    let texts: Vec<String> = blocks.iter().map(|block| grid(columns(block), &[], page)).collect();
    texts.join("\n")
}

/// Rows as columns.
fn columns(table: &[Vec<String>]) -> Vec<Vec<String>> {
    let width = table.first().map_or(0, Vec::len);
    let column = |at: usize| table.iter().filter_map(move |row| row.get(at).cloned()).collect();
    (0..width).map(column).collect()
}

/// Width of a table whose cells are not wrapped.
fn extent(table: &[Vec<String>]) -> usize {
    const GAP: usize = 2;
    let widest = |column: Vec<String>| column.iter().map(|it| display_width(it)).max();
    let widths = columns(table).into_iter().filter_map(widest);
    widths.map(|width| width + GAP).sum::<usize>().saturating_sub(GAP)
}

fn painted(row: &MatrixRow, page: Page) -> String {
    let tone = match row.ruling.verdict {
        Verdict::Takeover | Verdict::Restart | Verdict::Stays => Tone::Good,
        Verdict::NotApplicable => Tone::Faint,
        Verdict::Never | Verdict::FalseTakeover | Verdict::Split => Tone::Bad,
    };
    let mark = if row.ruling.condition.is_some() { " *" } else { "" };
    page.paint(&words::cell(&row.ruling), tone) + mark
}

fn summary(rows: &[MatrixRow], page: Page) -> String {
    let systems = rows.iter().filter(|row| row.mode == FailureMode::Crash).count();
    let hung = rows.iter().filter(|row| row.mode == FailureMode::Hang);
    let blind = hung.filter(|row| row.ruling.verdict == Verdict::Never).count();
    let split = rows.iter().filter(|it| it.ruling.verdict == Verdict::Split).count();
    let wrong = rows.iter().filter(|it| it.ruling.verdict == Verdict::FalseTakeover).count();
    let line = format!(
        "A hung server is never replaced in {blind} of {}; several are active after {}, and a \
         server that is well is replaced after {}",
        count(systems, "system"),
        count(split, "failure"),
        count(wrong, "failure")
    );
    page.wrap(&line, 0)
}

fn conditions(rows: &[MatrixRow], explain: bool, page: Page) -> String {
    let mut text = String::new();
    for row in rows.iter().filter(|row| explain || row.ruling.condition.is_some()) {
        let ruling = &row.ruling;
        let mut line = format!("  {}, {}: ", title(row), row.mode.title());
        match (&ruling.condition, explain) {
            (Some(condition), false) => line += &escaped(condition),
            (None, _) => line += &escaped(&ruling.reason),
            (Some(condition), true) => {
                line += &format!("{}; {}", escaped(&ruling.reason), escaped(condition));
            }
        }
        if explain {
            line += &format!(" [{}]", escaped(&ruling.source));
        }
        text += &(page.wrap(&line, 4) + "\n");
    }
    if text.is_empty() {
        return text;
    }
    let title = if explain { "Reasons" } else { "* Only" };
    format!("\n{}\n{text}", page.paint(title, Tone::Strong))
}

fn downtime_lines(downtimes: &[Downtime], page: Page) -> String {
    if downtimes.is_empty() {
        return String::new();
    }
    let lines = downtimes.iter().map(|it| {
        let system = it.service.as_deref().unwrap_or(&it.profile);
        let time = it.seconds_a_year.map(|seconds| measure::time(seconds * 1000.0));
        let unmended: Vec<&str> = it.unmended.iter().map(|mode| mode.title()).collect();
        let note = match (unmended.is_empty(), it.seconds_a_year.is_some()) {
            (true, _) => String::new(),
            (false, true) => format!("{} last until mended", unmended.join(", ")),
            (false, false) => {
                format!("nobody takes over after {}: --repair says how long", unmended.join(", "))
            }
        };
        let time = time.unwrap_or_else(|| "not known".to_owned());
        vec![escaped(system), time, note]
    });
    let title = page.paint("Downtime a year", Tone::Strong);
    format!("\n{title}\n{}", indented(lines.collect(), &[0, 1], page))
}

fn second_line(second: Option<SecondFailure>, page: Page) -> String {
    let Some(SecondFailure { repair_s, mtbf_s, chance }) = second else { return String::new() };
    let line = format!(
        "A second host fails while the first is mended for {}: {:.2} % (each fails every {})",
        words::moment(repair_s),
        chance * 100.0,
        words::moment(mtbf_s)
    );
    format!("\n{}\n", page.wrap(&line, 2))
}
