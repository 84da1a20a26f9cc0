//! `explain`.

use anyhow::bail;

use super::args::{Common, Explain, ExplainFormat};
use super::output::{self, Outcome};
use crate::render::{self, RuleText};
use crate::rules::{self, Rule};

pub(super) fn run(common: &Common, arguments: &Explain) -> anyhow::Result<Outcome> {
    let meant: Vec<&Rule> = match &arguments.rule {
        Some(word) => named(word)?,
        None => rules::all().collect(),
    };
    let is_group =
        !arguments.all && arguments.rule.as_deref().map(str::trim).and_then(rules::find).is_none();
    let rules: Vec<RuleText> = meant.into_iter().map(text).collect();
    let page = output::page(common.color);
    output::print(&match arguments.format {
        ExplainFormat::Text if is_group => render::rules_list(&rules, page),
        ExplainFormat::Text => render::rules_text(&rules, page),
        ExplainFormat::Json if is_group || arguments.all => render::json(&rules)?,
        ExplainFormat::Json => render::json(&rules.first())?,
        ExplainFormat::Markdown => render::rules_markdown(&rules),
    })?;
    Ok(Outcome::Done)
}

/// The rules that a code, a name or a group means.
///
/// # Errors
/// When there is none; it tells the word that comes nearest.
pub(super) fn named(word: &str) -> anyhow::Result<Vec<&'static Rule>> {
    let meant = rules::meant(word.trim());
    if !meant.is_empty() {
        return Ok(meant);
    }
    let nearest = rules::nearest(word).map(|near| match rules::find(near) {
        Some(rule) => format!("; the nearest: {} {}", rule.code, rule.name),
        None => format!("; the nearest: the group {near}"),
    });
    let hint = nearest.unwrap_or_else(|| ": `explain --all` lists them".to_owned());
    bail!("\"{word}\" is no rule and no group of rules{hint}")
}

/// Documentation of a rule as it is rendered.
pub(super) fn text(rule: &Rule) -> RuleText {
    RuleText {
        code: rule.code,
        name: rule.name,
        severity: rule.severity.name(),
        what: rule.docs.what,
        why: rule.docs.why,
        example: rule.docs.example,
        remedy: rule.docs.remedy,
        source: rule.docs.source,
    }
}
