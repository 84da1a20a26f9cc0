//! Findings as JUnit XML, for CI servers.

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::findings::{FindingView, FindingsView};
use super::unjudged;
use crate::model::Severity;

/// The findings as a JUnit report: a suite for each group of rules, a case for each rule. A rule
/// fails when it has a finding at or above `fail_on`; lesser findings are its output; one that
/// could not be judged, that is turned off, or whose findings are all waived, is skipped.
///
/// # Errors
/// Never in practice: it is written to memory.
pub fn junit(
    view: &FindingsView,
    fail_on: Severity,
) -> Result<String, quick_junit::SerializeError> {
    let mut report = Report::new("netplan-cluster validate");
    let mut rules: Vec<(&str, &str)> = view.passed.iter().map(|it| (it.code, it.name)).collect();
    rules.extend(view.not_judged.iter().map(|it| (it.code, it.name)));
    rules.extend(view.findings.iter().map(|it| (it.code, it.name)));
    rules.extend(unjudged::off(view).into_iter().flat_map(|group| group.rules));
    rules.extend(view.waived.iter().map(|it| (it.finding.code, it.finding.name)));
    rules.sort_unstable();
    rules.dedup();
    for group in rules.chunk_by(|(a, _), (b, _)| a.get(..3) == b.get(..3)) {
        let name = group.first().and_then(|(code, _)| code.get(..3)).unwrap_or_default();
        let mut suite = TestSuite::new(name);
        for (code, name) in group {
            suite.add_test_case(case(view, fail_on, (code, name)));
        }
        report.add_test_suite(suite);
    }
    report.to_string()
}

fn case(view: &FindingsView, fail_on: Severity, (code, name): (&str, &str)) -> TestCase {
    let findings: Vec<&FindingView> = view.findings.iter().filter(|it| it.code == code).collect();
    let lines = |findings: &[&FindingView]| {
        let line = |it: &&FindingView| {
            format!("{}: {}: {} -> {}", it.severity, it.locus.words(), it.message, it.remedy)
        };
        findings.iter().map(line).collect::<Vec<_>>().join("\n")
    };
    let fails = |it: &&FindingView| Severity::from_name(it.severity) >= Some(fail_on);
    let failing: Vec<&FindingView> = findings.iter().copied().filter(fails).collect();
    let status = if let Some(first) = failing.first() {
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
        status.set_type(first.severity);
        status.set_message(format!("{}: {}", first.locus.words(), first.message));
        status.set_description(lines(&failing));
        status
    } else if let Some(reason) = skipped(view, code).filter(|_| findings.is_empty()) {
        let mut status = TestCaseStatus::skipped();
        status.set_message(reason);
        status
    } else {
        TestCaseStatus::success()
    };
    let mut case = TestCase::new(format!("{code} {name}"), status);
    case.set_classname(format!("netplan-cluster.{}", code.get(..3).unwrap_or_default()));
    if failing.len() < findings.len() {
        case.set_system_out(lines(&findings));
    }
    case
}

fn skipped(view: &FindingsView, code: &str) -> Option<String> {
    let waived = view.waived.iter().find(|it| it.finding.code == code);
    let not_judged = view.not_judged.iter().find(|it| it.code == code);
    let off = view.off.iter().find(|it| it.code == code);
    let waived = waived.map(|it| format!("waived: {}", it.reason));
    waived
        .or_else(|| not_judged.map(|it| format!("not judged: {}", it.reason)))
        .or_else(|| off.map(|it| it.reason.to_owned()))
}
