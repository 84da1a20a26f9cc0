//! A restore for people: the verdict first, then jobs, events, advice and the runbook.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::runbook::numbered;
use super::view::{RestoreReport, time};
use super::words;
use crate::model::{Fate, JobAdvice, JobFate, LogComparison, RestoreClass, RestorePlan};
use crate::render::grid::grid;
use crate::render::text::{Page, Tone, escaped, list};
use crate::restore::line;

/// Jobs that the advice lists.
const ROWS: usize = 40;
/// Events that are shown in full.
const EVENTS: usize = 40;

/// The report as text.
#[must_use]
pub fn restore_table(report: &RestoreReport<'_>, page: Page) -> String {
    let plan = report.plan;
    let tone = if plan.stopped.tasks > 0 { Tone::Bad } else { Tone::Strong };
    let mut text = page.paint(&page.wrap(&words::verdict(plan), 0), tone) + "\n";
    text += &report.log.map_or(String::new(), |log| verification(log, page));
    text += &section("Jobs", &classes(plan, page), page);
    text += &section("Events, in this order", &events(plan, page), page);
    text += &section("May run twice", &duplicates(plan, page), page);
    text += &section("Advice, by owner, priority and age", &advice(plan, page), page);
    text += &section("Runbook", &numbered(&plan.runbook, page), page);
    text + &section("Notes", &notes(report, page), page)
}

fn section(title: &str, body: &str, page: Page) -> String {
    if body.is_empty() {
        return String::new();
    }
    format!("\n{}\n{body}", page.paint(title, Tone::Strong))
}

/// The comparison with a real log.
pub(super) fn verification(log: &LogComparison, page: Page) -> String {
    let verdict = words::compared(log);
    if log.differences.is_empty() {
        return page.paint(&verdict, Tone::Good) + "\n";
    }
    let mut text = page.paint(&verdict, Tone::Bad) + "\n";
    let row = |kind: &str, line: Option<usize>, words: String| {
        vec![format!("  {kind}"), line.map_or(String::new(), |it| format!("line {it}")), words]
    };
    let shown = log.differences.iter().take(ROWS).map(words::difference);
    let rows = shown.map(|(kind, line, words)| row(kind, line, words)).collect();
    text += &grid(rows, &[], page);
    text + &more(log.differences.len(), ROWS, "differences")
}

/// Classes, and within them fates.
pub(super) fn class_rows(plan: &RestorePlan) -> Vec<Vec<String>> {
    let mut counts: BTreeMap<(RestoreClass, Fate), usize> = BTreeMap::new();
    for job in &plan.jobs {
        *counts.entry((job.class, job.fate)).or_default() += 1;
    }
    let row = |((class, fate), count): ((RestoreClass, Fate), usize)| {
        let class_words = class.name().replace('_', " ");
        let cells = [&class_words, &count.to_string(), words::fate(fate), words::reason(class)];
        cells.map(str::to_owned).to_vec()
    };
    counts.into_iter().map(row).collect()
}

fn classes(plan: &RestorePlan, page: Page) -> String {
    let rows = class_rows(plan);
    if rows.is_empty() {
        return "none\n".to_owned();
    }
    let header = ["Class", "Jobs", "What happens", "Because"].map(str::to_owned).to_vec();
    grid(std::iter::once(header).chain(rows).collect(), &[], page)
}

/// The lines, which are to be compared by eye, are not wrapped.
fn events(plan: &RestorePlan, page: Page) -> String {
    let shown = plan.events.iter().take(EVENTS).map(|it| escaped(&line(it)) + "\n");
    let text: String = shown.collect();
    let last = plan.events.last().filter(|_| plan.events.len() > EVENTS);
    let last = last.map_or(String::new(), |it| {
        let left = plan.events.len() - EVENTS - 1;
        page.paint(&format!("… {left} more lines (--format json)\n"), Tone::Faint)
            + &escaped(&line(it))
            + "\n"
    });
    text + &last
}

fn duplicates(plan: &RestorePlan, page: Page) -> String {
    let mut text = String::new();
    for (is_certain, what) in [(true, "finished since"), (false, "may have finished")] {
        let of = plan.duplicates.iter().filter(|job| job.is_certain == is_certain);
        let ids: Vec<String> = of.map(|job| escaped(&job.id)).collect();
        if !ids.is_empty() {
            text += &(page.wrap(&format!("  {what}: {}", list(&ids, 20)), 4) + "\n");
        }
    }
    text
}

/// Jobs about which something is to be done: by owner, then highest priority, then oldest first.
pub(super) fn advised(plan: &RestorePlan) -> Vec<&JobFate> {
    let mut jobs: Vec<&JobFate> =
        plan.jobs.iter().filter(|job| job.advice != JobAdvice::Nothing).collect();
    jobs.sort_by_key(|job| {
        let rank = job.priority.as_ref().map_or(i64::MIN, |it| it.rank);
        (job.owner.is_none(), &job.owner, Reverse(rank), job.submitted.unwrap_or(i64::MAX))
    });
    jobs
}

/// The cells of a job that something is advised about.
pub(super) fn advice_row(job: &JobFate) -> Vec<String> {
    let dash = || "-".to_owned();
    let submitted = job.submitted.and_then(time);
    vec![
        job.owner.as_deref().map_or_else(dash, escaped),
        job.priority.as_ref().map_or_else(dash, |it| escaped(&it.word)),
        submitted.unwrap_or_else(dash),
        escaped(&job.id),
        words::advice(job.advice).map_or_else(dash, |(_, words)| words.to_owned()),
    ]
}

/// Columns of the advice.
pub(super) const ADVICE: [&str; 5] = ["Owner", "Priority", "Submitted", "Job", "Advice"];

fn advice(plan: &RestorePlan, page: Page) -> String {
    let jobs = advised(plan);
    if jobs.is_empty() {
        return String::new();
    }
    let header = ADVICE.map(str::to_owned).to_vec();
    let rows = jobs.iter().take(ROWS).map(|job| advice_row(job));
    let text = grid(std::iter::once(header).chain(rows).collect(), &[2, 1], page);
    text + &more(jobs.len(), ROWS, "jobs")
}

fn more(all: usize, shown: usize, what: &str) -> String {
    match all.checked_sub(shown).filter(|left| *left > 0) {
        Some(left) => format!("… {left} more {what} (--format json)\n"),
        None => String::new(),
    }
}

/// What must be known before trusting it.
pub(super) fn note_lines(report: &RestoreReport<'_>) -> Vec<String> {
    let plan = report.plan;
    let mut lines: Vec<String> = report.notes.iter().map(|it| escaped(it)).collect();
    if let Some((recorded, given)) = plan.reused_ids {
        lines.push(format!(
            "job numbers up to {given} were given out, the backup ends at {recorded}: new jobs may \
             get numbers of old ones"
        ));
    }
    if plan.is_older_than_all_work() {
        lines.push(
            "nothing that runs now ran by the backup: it is older than the oldest running job; look \
             for a later one"
                .to_owned(),
        );
    }
    if plan.stopped.unmeasured > 0 {
        lines.push(format!(
            "cores or time of {} stopped tasks are not known and count nothing",
            plan.stopped.unmeasured
        ));
    }
    if let Some(log) = report.log {
        if log.runs > 1 {
            lines.push(format!("the log tells of {} restores; the last one is compared", log.runs));
        }
        if log.newest_first {
            lines.push("the log has its newest line first and was read from its end".to_owned());
        }
    }
    lines
}

fn notes(report: &RestoreReport<'_>, page: Page) -> String {
    let lines = note_lines(report);
    lines.iter().map(|it| page.wrap(&format!("  {it}"), 4) + "\n").collect()
}
