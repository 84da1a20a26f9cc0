//! The page `docs/accuracy.md`.

use crate::figures::{Figures, Row, Said, Share, Spread};
use crate::notes;

const HEAD: &str = "\
# How true forecasts are

Made by `UPDATE_ACCURACY=1 cargo test --test accuracy` from the real migrations in
`fixtures/qemu-7.2`; `cargo test` fails when a figure no longer holds or this page is stale.

Every case is a migration between two QEMU 7.2 processes that was really run, most of them two to
four times. *Measured* is the median of the repetitions. *Replay* is the default engine, *geometric*
the textbook series for comparison. Errors are forecast minus measured.

To try it with a migration of your own: `tools/real-migration/run`.

";

/// The whole page.
pub(crate) fn render(guest: &[Row], bare: &[Row]) -> String {
    let judged: Vec<&Row> = guest.iter().filter(|it| it.is_judged()).collect();
    let mut page = HEAD.to_owned();
    page += &summary(&judged);
    page += &outside(&judged);
    page += "## Transferred bytes and total time\n\n";
    page += &volumes(&judged);
    page += "## Bitmap syncs and downtime\n\n";
    page += &stops(&judged);
    page += "## Migrations that never converge\n\n";
    page += "Pages known to be dirty after a sync, median over the last two thirds of the run.\n\n";
    page += &plateaus(&judged);
    page += "## Bare guest\n\n";
    page += "Single runs of a page writer without an operating system, not among the figures above.\n\n";
    let bare: Vec<&Row> = bare.iter().collect();
    page += &[volumes(&bare), stops(&bare), plateaus(&bare)].concat();
    page += "## Not judged\n\n";
    page += "Near the edge of convergence: repetitions disagree, or the plateau wanders.\n\n";
    page += &unstable(guest);
    page
}

fn summary(rows: &[&Row]) -> String {
    let replay = Figures::new(rows.iter().copied(), |it| &it.replay);
    let geometric = Figures::new(rows.iter().copied(), |it| &it.geometric);
    let spread = |of: fn(&Figures) -> Spread| {
        let text = |it: Spread| format!("{:.2} %, {:.2} %", it.median, it.p90);
        [text(of(&replay)), text(of(&geometric))]
    };
    let share = |of: fn(&Figures) -> Share| {
        let text = |it: Share| format!("{} of {} ({:.0} %)", it.met, it.of, it.percent());
        [text(of(&replay)), text(of(&geometric))]
    };
    let rows = [
        ("Verdict", "all", share(|it| it.verdicts)),
        ("Bytes, median and 90th percentile of the error", "2 %, 5 %", spread(|it| it.bytes)),
        ("Total time, the same", "3 %, 8 %", spread(|it| it.time)),
        ("Syncs: the median of the repetitions", "70 %", share(|it| it.syncs_exact)),
        ("Syncs: within 1 of it", "90 %", share(|it| it.syncs_near)),
        ("Syncs: the count of some repetition", "–", share(|it| it.syncs_seen)),
        ("Downtime within 10 ms or 25 %", "90 %", share(|it| it.downtime)),
        ("Plateau within 4 %", "75 %", share(|it| it.plateau_near)),
        ("Plateau within 10 % or 100 pages", "all", share(|it| it.plateau_within)),
    ];
    let body = rows.map(|(figure, asked, [replay, geometric])| {
        [figure.to_owned(), asked.to_owned(), replay, geometric]
    });
    let mut text = format!("## Figures over {} cases\n\n", replay.verdicts.of);
    text += &table(["Figure", "Asked", "Replay", "Geometric"], &body);
    text + SUMMARY_NOTES
}

const SUMMARY_NOTES: &str = "
Bytes, time, syncs and downtime are compared where both the migration and the forecast converge, so
the series is judged by fewer cases than the replay. The 90th percentile is the least error that nine
in ten cases do not exceed. Where the repetitions' median lies between two counts of syncs, the count
of a repetition next to it is exact.

";

fn outside(rows: &[&Row]) -> String {
    let rows: Vec<[String; 3]> = rows
        .iter()
        .filter_map(|row| {
            let faults = row.faults(&row.replay);
            let name = &row.case.spec.name;
            let note = notes::note(name).unwrap_or("not explained yet");
            (!faults.is_empty()).then(|| [name.clone(), faults.join(", "), note.to_owned()])
        })
        .collect();
    let head = "## What falls outside, and why\n\nBeyond 5 % in bytes, 8 % in time, one sync, 10 ms and 25 % \
                in downtime, or 100 pages and 10 % in the plateau.\n\n";
    if rows.is_empty() {
        return format!("{head}Nothing does.\n\n");
    }
    format!("{head}{}\n", table(["Case", "What", "Why"], &rows))
}

fn volumes(rows: &[&Row]) -> String {
    let body: Vec<[String; 11]> = rows
        .iter()
        .filter_map(|row| {
            let median = row.median()?;
            let [replay, geometric] = [&row.replay, &row.geometric];
            Some([
                row.case.spec.name.clone(),
                scaled(median.transferred_bytes, 1e6),
                when(replay, replay.bytes / 1e6, 1),
                error(row.bytes_error(replay), "%"),
                when(geometric, geometric.bytes / 1e6, 1),
                error(row.bytes_error(geometric), "%"),
                scaled(median.total_ms, 1e3),
                when(replay, replay.total_ms / 1e3, 2),
                error(row.time_error(replay), "%"),
                when(geometric, geometric.total_ms / 1e3, 2),
                error(row.time_error(geometric), "%"),
            ])
        })
        .collect();
    table(head("MB", "s"), &body) + "\n"
}

/// Two measured values, each beside what both models say and how far off they are.
fn head<'a>(first: &'a str, second: &'a str) -> [&'a str; 11] {
    let [a, b, c, d] = ["Replay", "Error", "Geometric", "Error"];
    ["Case", first, a, b, c, d, second, a, b, c, d]
}

fn stops(rows: &[&Row]) -> String {
    let body: Vec<[String; 11]> = rows
        .iter()
        .filter_map(|row| {
            let median = row.median()?;
            let [replay, geometric] = [&row.replay, &row.geometric];
            Some([
                row.case.spec.name.clone(),
                counted(row, median.dirty_sync_count),
                when(replay, replay.syncs, 0),
                error(row.sync_error(replay), ""),
                when(geometric, geometric.syncs, 0),
                error(row.sync_error(geometric), ""),
                scaled(median.downtime_ms, 1.0),
                when(replay, replay.downtime_ms, 1),
                error(row.downtime_error(replay), "ms"),
                when(geometric, geometric.downtime_ms, 1),
                error(row.downtime_error(geometric), "ms"),
            ])
        })
        .collect();
    table(head("Syncs", "Downtime ms"), &body) + "\n"
}

fn plateaus(rows: &[&Row]) -> String {
    let body: Vec<[String; 6]> = rows
        .iter()
        .filter_map(|row| {
            let measured = row.case.measured.plateau_pages?;
            let says = |said: &Said| {
                said.plateau.map_or_else(|| "converges".to_owned(), |it| format!("{it:.0}"))
            };
            Some([
                row.case.spec.name.clone(),
                format!("{measured:.0}"),
                says(&row.replay),
                error(row.plateau_error(&row.replay), "%"),
                says(&row.geometric),
                error(row.plateau_error(&row.geometric), "%"),
            ])
        })
        .collect();
    table(["Case", "Pages", "Replay", "Error", "Geometric", "Error"], &body) + "\n"
}

fn unstable(rows: &[Row]) -> String {
    let body: Vec<[String; 3]> = rows
        .iter()
        .filter(|it| it.case.unstable)
        .map(|row| {
            let measured = &row.case.measured;
            [
                row.case.spec.name.clone(),
                format!("{} of {} converged", measured.converged, measured.repetitions),
                if row.replay.converged { "converges" } else { "does not converge" }.to_owned(),
            ]
        })
        .collect();
    table(["Case", "Measured", "Replay"], &body)
}

/// The median of the syncs, with all counts where repetitions differ.
fn counted(row: &Row, median: Option<f64>) -> String {
    let mut counts: Vec<f64> =
        row.case.measured.per_repetition.iter().filter_map(|it| it.dirty_sync_count).collect();
    counts.sort_by(f64::total_cmp);
    let median = scaled(median, 1.0);
    match (counts.first(), counts.last()) {
        (Some(first), Some(last)) if last - first > 0.5 => format!("{median} ({first}–{last})"),
        _ => median,
    }
}

fn scaled(value: Option<f64>, unit: f64) -> String {
    let digits = if unit > 1e5 { 1 } else { 2 };
    match value {
        None => "–".to_owned(),
        Some(value) if unit > 1.0 => format!("{:.digits$}", value / unit),
        Some(value) => value.to_string(),
    }
}

fn when(said: &Said, value: f64, digits: usize) -> String {
    if said.converged { format!("{value:.digits$}") } else { "never".to_owned() }
}

/// With its sign; what rounds to nothing has none.
fn error(error: Option<f64>, unit: &str) -> String {
    let Some(error) = error else { return "–".to_owned() };
    let digits = match unit {
        "%" if error.abs() >= 100.0 => 0,
        "%" => 2,
        "ms" => 1,
        _ => usize::from(error.fract() != 0.0),
    };
    let text = format!("{error:+.digits$}");
    let is_nothing = text.chars().all(|it| matches!(it, '+' | '-' | '0' | '.'));
    let text = if is_nothing { text[1..].to_owned() } else { text };
    if unit.is_empty() { text } else { format!("{text} {unit}") }
}

fn table<const N: usize>(head: [&str; N], rows: &[[String; N]]) -> String {
    let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
    let mut text = line(&head.map(str::to_owned));
    text += &format!("|{}\n", "---|".repeat(N));
    text + &rows.iter().map(|row| line(row)).collect::<String>()
}
