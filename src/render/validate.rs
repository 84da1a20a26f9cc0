//! Findings for people: a table, and Markdown.

use super::findings::{FindingView, FindingsView, Summary};
use super::grid::grid;
use super::text::{Page, Tone, count};

/// Titles of severities, most severe first.
const TITLES: [(&str, &str, Tone); 3] = [
    ("error", "Errors", Tone::Bad),
    ("warning", "Warnings", Tone::Warning),
    ("info", "Information", Tone::Strong),
];

/// Findings grouped by severity under a line that sums them up; then what is waived, what could
/// not be judged, and with a baseline what is gone.
#[must_use]
pub fn findings_table(view: &FindingsView, page: Page) -> String {
    let mut text = format!("{}\n", page.wrap(&summary(&view.summary, view.gone.is_some()), 0));
    for (severity, title, tone) in TITLES {
        let rows: Vec<Vec<String>> =
            view.findings.iter().filter(|it| it.severity == severity).map(row).collect();
        text += &group(title, tone, rows, page);
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
    let not_judged = view.not_judged.iter();
    let not_judged = not_judged.map(|it| vec![rule(it.code, it.name), it.reason.clone()]);
    text + &group("Not judged", Tone::Faint, not_judged.collect(), page)
}

fn summary(summary: &Summary, since: bool) -> String {
    let new = if since { "new " } else { "" };
    let verdict = match (summary.errors, summary.warnings, summary.infos) {
        (0, 0, 0) => format!("No {new}finding"),
        (errors, warnings, infos) => format!(
            "{}, {}, {}",
            count(errors, &format!("{new}error")),
            count(warnings, &format!("{new}warning")),
            format_args!("{infos} {new}for information")
        ),
    };
    format!(
        "{verdict}; {} passed, {} waived, {} not judged",
        count(summary.passed, "rule"),
        summary.waived,
        summary.not_judged
    )
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
        format!("{likely}{}\n-> {}", finding.message, finding.remedy),
    ]
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
    let mut text = format!("**{}**\n", summary(&view.summary, view.gone.is_some()));
    for (severity, title, _) in TITLES {
        let of = view.findings.iter().filter(|it| it.severity == severity);
        let rows = of.map(|it| {
            let what = [it.message.as_str(), it.remedy.as_str()];
            [&rule(it.code, it.name), &it.locus.words(), what[0], what[1]].map(cell).join(" | ")
        });
        text += &markdown_table(title, &["Rule", "Where", "What", "Remedy"], rows.collect());
    }
    let gone = view.gone.iter().flatten();
    let gone = gone.map(|it| {
        [&rule(&it.code, &it.name), &it.locus.words(), &it.message].map(|it| cell(it)).join(" | ")
    });
    text += &markdown_table("Gone since the baseline", &["Rule", "Where", "What"], gone.collect());
    let waived = view.waived.iter().map(|it| {
        let finding = &it.finding;
        [&rule(finding.code, finding.name), &finding.locus.words(), &finding.message, &it.reason]
            .map(|it| cell(it))
            .join(" | ")
    });
    text += &markdown_table("Waived", &["Rule", "Where", "What", "Reason"], waived.collect());
    let rows = view.not_judged.iter();
    let rows = rows.map(|it| [&rule(it.code, it.name), &it.reason].map(|it| cell(it)).join(" | "));
    text + &markdown_table("Not judged", &["Rule", "Reason"], rows.collect())
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ").replace('<', "&lt;")
}

fn markdown_table(title: &str, columns: &[&str], rows: Vec<String>) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let dashes = vec!["---"; columns.len()].join("|");
    let head = format!("\n### {title}\n\n| {} |\n|{dashes}|\n", columns.join(" | "));
    rows.into_iter().fold(head, |text, row| text + "| " + &row + " |\n")
}
