//! The report as Markdown, for a change ticket.

use super::table::{ADVICE, advice_row, advised, class_rows, note_lines};
use super::view::RestoreReport;
use super::words;
use crate::model::Step;
use crate::render::text::escaped;
use crate::render::validate::{cell, markdown_table};
use crate::restore::line;

/// The whole report as Markdown.
#[must_use]
pub fn restore_markdown(report: &RestoreReport<'_>) -> String {
    let plan = report.plan;
    let mut text = format!("**{}**\n", cell(&words::verdict(plan)));
    if let Some(log) = report.log {
        text += &format!("\n**{}**\n", cell(&words::compared(log)));
        let rows = log.differences.iter().map(|it| {
            let (kind, line, words) = words::difference(it);
            row(&[kind.to_owned(), line.map_or(String::new(), |it| it.to_string()), words])
        });
        text += &markdown_table("Differences", &["Kind", "Line", "What"], rows.collect());
    }
    let rows = class_rows(plan).iter().map(|cells| row(cells)).collect();
    text += &markdown_table("Jobs", &["Class", "Jobs", "What happens", "Because"], rows);
    if !plan.events.is_empty() {
        let lines: String = plan.events.iter().map(|it| escaped(&line(it)) + "\n").collect();
        text += &format!("\n### Events, in this order\n\n```text\n{lines}```\n");
    }
    let rows = advised(plan).iter().map(|job| row(&advice_row(job))).collect();
    text += &markdown_table("Advice", &ADVICE, rows);
    text += "\n### Runbook\n\n";
    text += &(1..).zip(&plan.runbook).map(|(number, it)| step(number, it)).collect::<String>();
    let notes = note_lines(report);
    if !notes.is_empty() {
        text += "\n### Notes\n\n";
    }
    notes.iter().fold(text, |text, note| text + "- " + &cell(note) + "\n")
}

fn row(cells: &[String]) -> String {
    cells.iter().map(|it| cell(it)).collect::<Vec<_>>().join(" | ")
}

fn step(number: usize, step: &Step) -> String {
    let mut text = format!("{number}. **{}**: {}\n", cell(&step.place), cell(&step.text));
    if let Some(guard) = &step.guard {
        text += &format!("    - [ ] only if {}\n", cell(guard));
    }
    if let Some(command) = &step.command {
        text += "\n    ```text\n";
        for line in command.lines() {
            text += &format!("    {}\n", escaped(line));
        }
        text += "    ```\n";
    }
    text + "\n"
}
