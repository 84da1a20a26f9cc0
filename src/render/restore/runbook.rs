//! The runbook as plain text.

use super::table::verification;
use super::view::RestoreReport;
use super::words;
use crate::model::Step;
use crate::render::text::{Page, Tone, escaped};

/// The verdict and the runbook, to print and tick off.
#[must_use]
pub fn restore_text(report: &RestoreReport<'_>, page: Page) -> String {
    let verdict = page.wrap(&words::verdict(report.plan), 0);
    let log = report.log.map_or(String::new(), |log| verification(log, page));
    format!("{verdict}\n{log}\n{}", numbered(&report.plan.runbook, page))
}

/// Steps with their numbers. Commands stand on lines of their own and are never wrapped, so that they
/// can be copied.
pub(super) fn numbered(steps: &[Step], page: Page) -> String {
    let mut text = String::new();
    for (number, step) in (1..).zip(steps) {
        let place = page.paint(&escaped(&step.place), Tone::Strong);
        text += &(page.wrap(&format!("{number:>2}. {place}: {}", escaped(&step.text)), 4) + "\n");
        if let Some(guard) = &step.guard {
            let mark = page.paint("only if", Tone::Warning);
            text += &(page.wrap(&format!("    {mark} {}", escaped(guard)), 12) + "\n");
        }
        for line in step.command.iter().flat_map(|command| command.lines()) {
            text += &format!("      {}\n", escaped(line));
        }
    }
    text
}
