//! Findings for people: a table, and Markdown.

use super::findings::{FindingView, FindingsView, Unchanged};
use super::grid::grid;
use super::text::{Page, Tone, count};
use crate::rules::ONE_NODE;

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
    let mut text = format!("{}\n", page.wrap(&summary(view), 0));
    text += &alone(view).map_or(String::new(), |line| page.wrap(&line, 0) + "\n");
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
    let not_judged = view.not_judged.iter().filter(|it| it.reason != ONE_NODE);
    let not_judged = not_judged.map(|it| vec![rule(it.code, it.name), it.reason.clone()]);
    text + &group("Not judged", Tone::Faint, not_judged.collect(), page)
}

fn summary(view: &FindingsView) -> String {
    let summary = &view.summary;
    let new = match (&view.gone, view.findings.iter().any(|it| it.was.is_some())) {
        (None, _) => "",
        (Some(_), false) => "new ",
        (Some(_), true) => "new or changed ",
    };
    let verdict = match (summary.errors, summary.warnings, summary.infos) {
        (0, 0, 0) => format!("No {new}finding"),
        (errors, warnings, infos) => format!(
            "{}, {}, {}",
            count(errors, &format!("{new}error")),
            count(warnings, &format!("{new}warning")),
            format_args!("{infos} {new}for information")
        ),
    };
    let same = summary.unchanged.filter(|it| *it != Unchanged::default());
    let same = same.map_or(String::new(), |same| {
        let (errors, warnings) = (count(same.errors, "error"), count(same.warnings, "warning"));
        format!(" ({errors}, {warnings}, {} for information unchanged)", same.infos)
    });
    format!(
        "{verdict}{same}; {} passed, {} waived, {} not judged",
        count(summary.passed, "rule"),
        summary.waived,
        summary.not_judged
    )
}

/// What a single node leaves open, in one line.
fn alone(view: &FindingsView) -> Option<String> {
    let compare = view.not_judged.iter().filter(|it| it.reason == ONE_NODE);
    let codes: Vec<&str> = compare.map(|it| it.code).collect();
    (!codes.is_empty()).then(|| {
        format!("Only one node is known; what compares nodes is not judged: {}", codes.join(", "))
    })
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
    for (severity, title, _) in TITLES {
        let of = view.findings.iter().filter(|it| it.severity == severity);
        let rows = of.map(|it| {
            let what = it.message.clone() + &was(it, "; ");
            [&rule(it.code, it.name), &it.locus.words(), &what, &it.remedy]
                .map(|it| cell(it))
                .join(" | ")
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
    let rows = view.not_judged.iter().filter(|it| it.reason != ONE_NODE);
    let rows = rows.map(|it| [&rule(it.code, it.name), &it.reason].map(|it| cell(it)).join(" | "));
    text + &markdown_table("Not judged", &["Rule", "Reason"], rows.collect())
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
