//! Findings for people: a table, and Markdown.

use super::findings::{FindingView, FindingsView};
use super::grid::grid;
use super::summary::Counts;
use super::text::{Page, Tone, count};
use super::unjudged::{alone, not_judged, off, off_count};

/// Titles of severities, most severe first.
const TITLES: [(&str, &str, Tone); 3] = [
    ("error", "Errors", Tone::Bad),
    ("warning", "Warnings", Tone::Warning),
    ("info", "Information", Tone::Strong),
];

/// Findings grouped by severity under a line that sums them up; then what is waived, what was not
/// judged, and with a baseline what is gone.
#[must_use]
pub fn findings_table(view: &FindingsView, page: Page) -> String {
    let mut text = format!("{}\n", page.wrap(&summary(view), 0));
    text += &alone(view).map_or(String::new(), |line| page.wrap(&line, 0) + "\n");
    for (title, tone, findings) in sections(view) {
        text += &group(&title, tone, findings.into_iter().map(row).collect(), page);
    }
    let gone = view.gone.iter().flatten();
    let gone = gone.map(|it| vec![rule(&it.code, &it.name), it.locus.words(), it.message.clone()]);
    text += &group("Gone since the baseline", Tone::Good, gone.collect(), page);
    let waived = view.waived.iter().map(|it| {
        let until = it.expires.as_ref().map_or(String::new(), |day| format!(" (until {day})"));
        let finding = &it.finding;
        let what = format!("{}\nwaived: {}{until}", finding.message, it.reason);
        vec![rule(finding.code, finding.name), finding.locus.words(), what]
    });
    text += &group("Waived", Tone::Faint, waived.collect(), page);
    for (title, groups) in [("Not judged", not_judged(view)), ("Off", off(view))] {
        let rows = groups.iter().map(|it| vec![it.who(), it.what("\n")]);
        text += &group(title, Tone::Faint, rows.collect(), page);
    }
    text
}

/// Findings by severity; those of which the baseline could not tell stand apart.
fn sections(view: &FindingsView) -> Vec<(String, Tone, Vec<&FindingView>)> {
    let apart = [(false, ""), (true, " of rules that the baseline did not judge")];
    let all = apart.into_iter().flat_map(|kind| TITLES.map(|title| (kind, title)));
    let section = |((apart, of), (severity, title, tone)): ((bool, &str), (&str, &str, Tone))| {
        let findings = view.findings.iter().filter(|it| it.severity == severity);
        let findings = findings.filter(|it| it.is_of_rule_not_judged_then() == apart);
        (format!("{title}{of}"), tone, findings.collect())
    };
    all.map(section).collect()
}

/// The verdict in one line.
fn summary(view: &FindingsView) -> String {
    let summary = &view.summary;
    let new = match (&view.gone, view.findings.iter().any(|it| it.was.is_some())) {
        (None, _) => "",
        (Some(_), false) => "new ",
        (Some(_), true) => "new or changed ",
    };
    let then = summary.not_judged_then.unwrap_or_default();
    let found = summary.found.without(then);
    let verdict = if found.is_zero() { format!("No {new}finding") } else { counted(found, new) };
    let then = format!(", and {} of rules that the baseline did not judge", counted(then, ""));
    let then = Some(then).filter(|_| summary.not_judged_then.is_some_and(|it| !it.is_zero()));
    let same = summary.unchanged.filter(|it| !it.is_zero());
    let same = same.map(|same| format!(" ({} unchanged)", counted(same, "")));
    let off = Some(off_count(view)).filter(|off| *off > 0).map(|off| format!(", {off} off"));
    format!(
        "{verdict}{}{}; {} passed, {} waived, {} not judged{}",
        then.unwrap_or_default(),
        same.unwrap_or_default(),
        count(summary.passed, "rule"),
        summary.waived,
        summary.not_judged,
        off.unwrap_or_default(),
    )
}

fn counted(counts: Counts, new: &str) -> String {
    let errors = count(counts.errors, &format!("{new}error"));
    let warnings = count(counts.warnings, &format!("{new}warning"));
    format!("{errors}, {warnings}, {} {new}for information", counts.infos)
}

fn rule(code: &str, name: &str) -> String {
    format!("{code} {name}")
}

fn row(finding: &FindingView) -> Vec<String> {
    let likely = if finding.confidence == "likely" { "likely: " } else { "" };
    let place = finding.policy.as_ref();
    let place = place.map(|it| format!("\n{}:{}:{}", it.file, it.line, it.column));
    vec![
        rule(finding.code, finding.name),
        finding.locus.words() + &place.unwrap_or_default(),
        format!("{likely}{}{}\n-> {}", finding.message, was(finding, "\n"), finding.remedy),
    ]
}

/// What the finding was in the baseline, after a `gap`.
fn was(finding: &FindingView, gap: &str) -> String {
    let was = finding.was.as_ref();
    was.map_or(String::new(), |was| format!("{gap}was {}: {}", was.severity, was.message))
}

fn group(title: &str, tone: Tone, rows: Vec<Vec<String>>, page: Page) -> String {
    if rows.is_empty() {
        return String::new();
    }
    format!("\n{}\n{}", page.paint(title, tone), grid(rows, &[], page))
}

/// Findings as Markdown, for a change review.
#[must_use]
pub fn findings_markdown(view: &FindingsView) -> String {
    let mut text = format!("**{}**\n", summary(view));
    text += &alone(view).map_or(String::new(), |line| format!("\n{line}\n"));
    for (title, _, findings) in sections(view) {
        let rows = findings.into_iter().map(|it| {
            let what = it.message.clone() + &was(it, "; ");
            cells([&rule(it.code, it.name), &it.locus.words(), &what, &it.remedy])
        });
        text += &markdown_table(&title, &["Rule", "Where", "What", "Remedy"], rows.collect());
    }
    let gone = view.gone.iter().flatten();
    let gone = gone.map(|it| cells([&rule(&it.code, &it.name), &it.locus.words(), &it.message]));
    text += &markdown_table("Gone since the baseline", &["Rule", "Where", "What"], gone.collect());
    let waived = view.waived.iter().map(|it| {
        let (finding, place) = (&it.finding, it.finding.locus.words());
        cells([&rule(finding.code, finding.name), &place, &finding.message, &it.reason])
    });
    text += &markdown_table("Waived", &["Rule", "Where", "What", "Reason"], waived.collect());
    for (title, groups) in [("Not judged", not_judged(view)), ("Off", off(view))] {
        let rows = groups.iter().map(|it| cells([&it.who(), &it.what(": ")]));
        text += &markdown_table(title, &["Rule", "Reason"], rows.collect());
    }
    text
}

/// A row of a Markdown table.
fn cells<const N: usize>(texts: [&str; N]) -> String {
    texts.map(cell).join(" | ")
}

/// Text in a cell of a Markdown table, with what would be formatting escaped.
pub(super) fn cell(text: &str) -> String {
    let escape = |character: char| match character {
        '&' => "&amp;".to_owned(),
        '<' => "&lt;".to_owned(),
        '>' => "&gt;".to_owned(),
        '\n' | '\r' => " ".to_owned(),
        '\\' | '*' | '_' | '[' | ']' | '`' | '|' | '~' => format!("\\{character}"),
        plain => plain.to_string(),
    };
    text.chars().map(escape).collect()
}

/// A table under a heading; nothing where there is no row.
pub(super) fn markdown_table(title: &str, columns: &[&str], rows: Vec<String>) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let dashes = vec!["---"; columns.len()].join("|");
    let head = format!("\n### {title}\n\n| {} |\n|{dashes}|\n", columns.join(" | "));
    rows.into_iter().fold(head, |text, row| text + "| " + &row + " |\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_hold_no_formatting() {
        assert_eq!(
            cell("a_b *c* [d](e) `f` <g> & h|i\nj \\ ~k~"),
            r"a\_b \*c\* \[d\](e) \`f\` &lt;g&gt; &amp; h\|i j \\ \~k\~"
        );
    }
}
