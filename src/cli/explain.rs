//! `explain`.

use anyhow::bail;

use super::args::{Common, Explain, ExplainFormat};
use super::output::{self, Outcome};
use crate::render::{self, RuleText};
use crate::rules::{self, Rule};

pub(super) fn run(common: &Common, arguments: &Explain) -> anyhow::Result<Outcome> {
    let rules: Vec<RuleText> = match &arguments.rule {
        Some(word) => vec![text(named(word)?)],
        None => rules::all().map(text).collect(),
    };
    output::print(&match arguments.format {
        ExplainFormat::Text => render::rules_text(&rules, output::page(common.color)),
        ExplainFormat::Json if arguments.all => render::json(&rules)?,
        ExplainFormat::Json => render::json(&rules.first())?,
        ExplainFormat::Markdown => render::rules_markdown(&rules),
    })?;
    Ok(Outcome::Done)
}

/// The rule of that code or name; an error that suggests the nearest.
fn named(word: &str) -> anyhow::Result<&'static Rule> {
    if let Some(rule) = rules::find(word) {
        return Ok(rule);
    }
    let distance = |rule: &&'static Rule| {
        let to = |known: &str| strsim::damerau_levenshtein(&word.to_lowercase(), known);
        to(rule.name).min(to(&rule.code.to_lowercase()))
    };
    match rules::all().min_by_key(distance) {
        Some(near) => {
            bail!("no rule is called \"{word}\"; the nearest: {} {}", near.code, near.name)
        }
        None => bail!("no rule is called \"{word}\""),
    }
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
