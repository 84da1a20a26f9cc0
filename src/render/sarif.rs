//! Findings as SARIF 2.1.0, the interchange format of code scanning.

use serde_json::{Value, json};

use super::baseline::{BaselineFinding, BaselineState};
use super::findings::{FindingView, FindingsView, LocusView};
use super::identity::{Renaming, fingerprint};

/// Documentation of a rule, as SARIF carries it.
#[derive(Clone, Copy, Debug, serde::Serialize)]
pub struct RuleText {
    /// Code.
    pub code: &'static str,
    /// Name in kebab case.
    pub name: &'static str,
    /// `error`, `warning` or `info`.
    pub severity: &'static str,
    /// What it checks.
    pub what: &'static str,
    /// Why it matters.
    pub why: &'static str,
    /// A layout on which it fires.
    pub example: &'static str,
    /// What to do.
    pub remedy: &'static str,
    /// Where the rule comes from.
    pub source: &'static str,
}

/// The findings as a SARIF log: one run, all rules, waived findings as suppressed results, and
/// rules that could not be judged as notifications. Findings that no place in the policy causes
/// are put to the `artifact` as a whole, a file that they were made from: code scanning takes no
/// result without one.
#[must_use]
pub fn sarif(view: &FindingsView, rules: &[RuleText], artifact: &str) -> Value {
    let renaming = Renaming::to_subnets(&view.networks);
    let result = |finding: &FindingView| {
        let index = index(rules, finding.code);
        result(finding, index, artifact, &fingerprint(finding, &renaming))
    };
    let findings = view.findings.iter().chain(&view.unchanged);
    let mut results: Vec<Value> = findings.map(result).collect();
    results.extend(view.waived.iter().map(|it| {
        let mut result = result(&it.finding);
        result["suppressions"] = json!([{ "kind": "external", "justification": it.reason }]);
        result
    }));
    results.extend(view.gone.iter().flatten().map(|it| absent(it, rules, artifact)));
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "netplan-cluster",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules.iter().map(rule).collect::<Vec<_>>(),
            }},
            "columnKind": "unicodeCodePoints",
            "invocations": [{
                "executionSuccessful": true,
                "toolExecutionNotifications": notifications(view),
                "ruleConfigurationOverrides": overrides(view, rules),
            }],
            "results": results,
        }],
    })
}

fn rule(rule: &RuleText) -> Value {
    json!({
        "id": rule.code,
        "name": rule.name,
        "shortDescription": { "text": rule.what },
        "fullDescription": { "text": rule.why },
        "help": { "text": format!("{}\n\nExample: {}\n\nSource: {}", rule.remedy, rule.example, rule.source) },
        "defaultConfiguration": { "level": level(rule.severity) },
    })
}

fn level(severity: &str) -> &str {
    if severity == "info" { "note" } else { severity }
}

/// Code scanning tells results apart by the hash of their line, which several results without a
/// line would share: the fingerprint stands for it too.
fn result(finding: &FindingView, rule: Option<usize>, artifact: &str, fingerprint: &str) -> Value {
    let mut result = json!({
        "ruleId": finding.code,
        "level": level(finding.severity),
        "message": { "text": format!("{}: {}. {}", finding.locus.words(), finding.message, finding.remedy) },
        "locations": [location(finding, artifact)],
        "partialFingerprints": {
            "primaryLocationLineHash": format!("{fingerprint}:1"),
            "finding/v1": fingerprint,
        },
        "properties": { "confidence": finding.confidence },
    });
    if let Some(rule) = rule {
        result["ruleIndex"] = rule.into();
    }
    if let Some(state) = finding.baseline {
        result["baselineState"] = baseline_state(state).into();
    }
    if finding.is_of_rule_not_judged_then() {
        result["properties"]["baseline"] = "the rule was not judged".into();
    }
    result
}

fn baseline_state(state: BaselineState) -> &'static str {
    match state {
        BaselineState::New | BaselineState::NotJudgedThen => "new",
        BaselineState::Changed => "updated",
        BaselineState::Unchanged => "unchanged",
    }
}

/// A finding of the baseline that is there no more.
fn absent(finding: &BaselineFinding, rules: &[RuleText], artifact: &str) -> Value {
    let mut result = json!({
        "ruleId": finding.code,
        "level": level(&finding.severity),
        "baselineState": "absent",
        "message": { "text": format!("{}: {}", finding.locus.words(), finding.message) },
        "locations": [{
            "physicalLocation": { "artifactLocation": { "uri": uri(artifact) } },
            "logicalLocations": finding.places().iter().map(logical).collect::<Vec<_>>(),
        }],
    });
    if let Some(rule) = index(rules, &finding.code) {
        result["ruleIndex"] = rule.into();
    }
    result
}

fn index(rules: &[RuleText], code: &str) -> Option<usize> {
    rules.iter().position(|rule| rule.code == code)
}

fn location(finding: &FindingView, artifact: &str) -> Value {
    let places: Vec<Value> = finding.places().iter().map(logical).collect();
    let physical = match &finding.policy {
        Some(place) => json!({
            "artifactLocation": { "uri": uri(&place.file) },
            "region": { "startLine": place.line, "startColumn": place.column },
        }),
        None => json!({ "artifactLocation": { "uri": uri(artifact) } }),
    };
    json!({ "physicalLocation": physical, "logicalLocations": places })
}

fn logical(locus: &LocusView) -> Value {
    let parts = [&locus.network, &locus.node, &locus.interface];
    let parts: Vec<&str> = parts.into_iter().flatten().map(String::as_str).collect();
    json!({
        "name": parts.last().copied().unwrap_or("cluster"),
        "fullyQualifiedName": if parts.is_empty() { "cluster".to_owned() } else { parts.join("/") },
        "kind": "resource",
    })
}

/// A path as a relative or file URI, with what a URI can't hold escaped.
fn uri(path: &str) -> String {
    let escape = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' | b'~' => {
            char::from(byte).to_string()
        }
        other => format!("%{other:02X}"),
    };
    let escaped: String = path.bytes().map(escape).collect();
    if path.starts_with('/') { format!("file://{escaped}") } else { escaped }
}

fn notifications(view: &FindingsView) -> Vec<Value> {
    let one = |code: &str, name: &str, reason: &str| {
        json!({
            "level": "note",
            "associatedRule": { "id": code },
            "message": { "text": format!("{code} {name} not judged: {reason}") },
        })
    };
    view.not_judged.iter().map(|it| one(it.code, it.name, &it.reason)).collect()
}

/// Rules that were not to be judged.
fn overrides(view: &FindingsView, rules: &[RuleText]) -> Vec<Value> {
    let one = |code: &str, reason: &str| {
        let mut descriptor = json!({ "id": code });
        if let Some(rule) = index(rules, code) {
            descriptor["index"] = rule.into();
        }
        let configuration = json!({ "enabled": false, "properties": { "reason": reason } });
        json!({ "descriptor": descriptor, "configuration": configuration })
    };
    view.off.iter().map(|it| one(it.code, it.reason)).collect()
}
