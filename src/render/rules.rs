//! Documentation of rules: for a terminal, and as the Markdown page `docs/rules.md`.

use super::grid::grid;
use super::sarif::RuleText;
use super::text::{Page, Tone};

/// Rules explained on a terminal.
#[must_use]
pub fn rules_text(rules: &[RuleText], page: Page) -> String {
    let text = |rule: &RuleText| {
        let title = format!("{} {} ({})", rule.code, rule.name, rule.severity);
        let parts = [
            ("checks", rule.what),
            ("why", rule.why),
            ("example", rule.example),
            ("remedy", rule.remedy),
            ("source", rule.source),
        ];
        let lines =
            parts.map(|(label, words)| page.wrap(&format!("  {label:<8}{words}"), 10) + "\n");
        page.paint(&title, Tone::Strong) + "\n" + &lines.concat()
    };
    rules.iter().map(text).collect::<Vec<_>>().join("\n")
}

/// Rules in a line each: what they check.
#[must_use]
pub fn rules_list(rules: &[RuleText], page: Page) -> String {
    let row = |rule: &RuleText| {
        let title = format!("{} {}", rule.code, rule.name);
        vec![title, rule.severity.to_owned(), rule.what.to_owned()]
    };
    grid(rules.iter().map(row).collect(), &[], page)
}

/// Rules as a page of Markdown.
#[must_use]
pub fn rules_markdown(rules: &[RuleText]) -> String {
    let mut text = "# Rules\n\nMade by `netplan-cluster explain --all --format markdown`.\n\n\
                    | Code | Name | Severity | Checks |\n|---|---|---|---|\n"
        .to_owned();
    for rule in rules {
        let anchor = format!("{}-{}", rule.code.to_lowercase(), rule.name);
        let RuleText { code, name, severity, what, .. } = rule;
        text += &format!("| [{code}](#{anchor}) | {name} | {severity} | {what} |\n");
    }
    for rule in rules {
        text += &format!(
            "\n## {} {}\n\n{} {}\n\n- Severity: {}\n- Example: {}\n- Remedy: {}\n- Source: {}\n",
            rule.code,
            rule.name,
            rule.what,
            rule.why,
            rule.severity,
            rule.example,
            rule.remedy,
            rule.source
        );
    }
    text
}
