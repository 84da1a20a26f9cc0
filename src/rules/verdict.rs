//! From rules and a site to findings, with the severities and waivers of the policy.

use super::doubt::is_doubtful;
use super::report::Draft;
use super::selection::{Selection, severity};
use super::{Report, Rule, Site, config, needs, registry, waivers};
use crate::model::{Confidence, Finding, Findings, Locus, NotJudged, Off, Waived, Waiver};

/// Judges a site by every rule that the selection and the policy leave on.
///
/// Findings stand with the most severe first, then by code, place and message. A waiver takes a
/// finding, or the places of it that it means, out of them but never out of sight; one that holds
/// no more has no effect, and is a finding of its own rule.
#[must_use]
pub fn judge(site: &Site<'_>, selection: &Selection) -> Findings {
    let networks = site.layout.networks.iter();
    let networks = networks.map(|network| (network.name.clone(), network.subnets.clone()));
    let mut all = Findings { networks: networks.collect(), ..Findings::default() };
    all.off = off(site, selection);
    let is_judged = |rule: &Rule| selection.off(rule, site).is_none();
    let after_all = &config::WAIVER_UNMATCHED;
    for rule in registry::all().filter(|rule| is_judged(rule) && rule.code != after_all.code) {
        let mut report = Report::waived_at(waivers::scopes(rule, site));
        (rule.check)(site, &mut report);
        needs::tell(site, rule, &mut report);
        take(&mut all, site, rule, report);
    }
    if is_judged(after_all) {
        judge_waivers(&mut all, site, is_judged);
    }
    all.findings.sort_by(|a, b| order(a).cmp(&order(b)));
    all.waived.sort_by(|a, b| order(&a.finding).cmp(&order(&b.finding)));
    all.not_judged.sort();
    all.passed.sort_unstable();
    all
}

/// Rules that are not to be judged, and why.
fn off(site: &Site<'_>, selection: &Selection) -> Vec<Off> {
    let off = |rule: &'static Rule| {
        let why = selection.off(rule, site)?;
        Some(Off { code: rule.code, name: rule.name, why })
    };
    registry::all().filter_map(off).collect()
}

/// Puts what a rule told where it belongs.
fn take(all: &mut Findings, site: &Site<'_>, rule: &Rule, report: Report) {
    for reason in &report.missing {
        let (code, name) = (rule.code, rule.name);
        all.not_judged.push(NotJudged { code, name, reason: reason.clone() });
    }
    if report.drafts.is_empty() && report.missing.is_empty() {
        all.passed.push((rule.code, rule.name));
    }
    for (finding, waiver) in findings(rule, site, report) {
        match waiver.and_then(|number| site.policy.waivers.get(number)) {
            Some(waiver) => all.waived.push(waived(finding, waiver)),
            None => all.findings.push(finding),
        }
    }
}

/// Judges waivers by the findings of all other rules. Those of this rule itself can waive what it
/// says of the others, and are judged by that.
fn judge_waivers(all: &mut Findings, site: &Site<'_>, is_judged: impl Fn(&Rule) -> bool) {
    let rule = &config::WAIVER_UNMATCHED;
    let (own, others): (Vec<&Waiver>, Vec<&Waiver>) =
        site.policy.waivers.iter().partition(|waiver| waivers::names(waiver, rule));
    let mut report = Report::waived_at(waivers::scopes(rule, site));
    for waiver in others.into_iter().filter(|it| waivers::is_idle(it, all, site, &is_judged)) {
        config::draft_unmatched(waiver, site, &mut report);
    }
    let own: Vec<&Waiver> =
        own.into_iter().filter(|waiver| waivers::is_current(waiver, site.today)).collect();
    if own.is_empty() || !report.drafts.is_empty() {
        take(all, site, rule, report);
    }
    let mut report = Report::default();
    for waiver in own.into_iter().filter(|waiver| !waivers::has_match(waiver, all, site)) {
        config::draft_unmatched(waiver, site, &mut report);
    }
    all.findings.extend(findings(rule, site, report).into_iter().map(|(finding, _)| finding));
}

/// The findings of a rule, each with the waiver that accepts it. They are only likely while a fact
/// that they rest on is hidden.
fn findings(rule: &Rule, site: &Site<'_>, report: Report) -> Vec<(Finding, Option<usize>)> {
    let (set, severity, code, name) = (severity(rule, site), rule.severity, rule.code, rule.name);
    let doubtful = |locus: &Locus| is_doubtful(site, rule, locus);
    let finding = |draft: Draft| Finding {
        code,
        name,
        severity: set.or(draft.severity).unwrap_or(severity),
        confidence: if doubtful(&draft.locus) { Confidence::Likely } else { draft.confidence },
        locus: draft.locus,
        spots: draft.spots,
        message: draft.message,
        remedy: draft.remedy,
        place: draft.place,
    };
    let each = report.drafts.into_iter().map(|draft| {
        let waiver = draft.waiver;
        (finding(draft), waiver)
    });
    each.collect()
}

fn waived(finding: Finding, waiver: &Waiver) -> Waived {
    Waived { finding, reason: waiver.reason.clone(), expires: waiver.expires.clone() }
}

fn order(finding: &Finding) -> impl Ord + '_ {
    let severity = std::cmp::Reverse(finding.severity);
    (severity, finding.code, &finding.locus, &finding.message, finding.place)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Fact, NodeInventory, OffReason, Place, Policy, PolicyText, Severity};
    use crate::rules::testing::{gap, waiver};
    use crate::testkit::healthy;

    /// n2's eth1 has an MTU of its own: LNK003 finds it.
    fn mismatched() -> Vec<NodeInventory> {
        let mut nodes = healthy(3);
        nodes[1].interfaces[1].mtu = 1400;
        nodes
    }

    fn judged(nodes: &[NodeInventory], policy: &Policy, select: &[&str]) -> Findings {
        let layout = crate::layout::form(nodes, policy);
        let assignment = crate::policy::assign(&layout, policy);
        let text = PolicyText::default();
        let site = Site::new(
            nodes.iter().collect(),
            (policy, &text),
            (&layout, &assignment),
            "2026-11-01",
        );
        let select = select.iter().map(|word| (*word).to_owned()).collect();
        judge(&site, &Selection { select, ignore: Vec::new() })
    }

    fn waiving(rules: &[&str]) -> Policy {
        let waiver = |(number, rule): (usize, &&str)| Waiver {
            place: Place { line: number + 1, column: 1 },
            ..waiver(rule)
        };
        let waivers = rules.iter().enumerate().map(waiver).collect();
        Policy { waivers, ..Policy::default() }
    }

    fn unmatched(findings: &Findings) -> Vec<String> {
        let found = findings.findings.iter().filter(|finding| finding.code == "CFG005");
        found.map(|finding| finding.message.clone()).collect()
    }

    const BOTH: [&str; 2] = ["LNK003", "CFG005"];

    #[test]
    fn a_waiver_that_matches_waives_and_passes() {
        let findings = judged(&mismatched(), &waiving(&["mtu-mismatch"]), &BOTH);
        assert_eq!((findings.findings.len(), findings.waived.len()), (0, 1));
        assert_eq!(findings.passed, [("CFG005", "waiver-unmatched")]);
    }

    #[test]
    fn a_waiver_that_matches_nothing_is_a_finding_at_its_place() {
        let findings = judged(&healthy(2), &waiving(&["LNK003"]), &BOTH);
        assert_eq!(unmatched(&findings), ["the waiver of LNK003 matches no finding: known"]);
        assert_eq!(findings.findings[0].place, Some(Place { line: 1, column: 1 }));
        assert_eq!(findings.passed, [("LNK003", "mtu-mismatch")]);
    }

    #[test]
    fn a_waiver_at_another_place_matches_nothing() {
        let mut policy = waiving(&["LNK003"]);
        policy.waivers[0].node = Some("n1".into());
        assert_eq!(unmatched(&judged(&mismatched(), &policy, &BOTH)).len(), 1);
        policy.waivers[0].node = Some("n2".into());
        assert!(unmatched(&judged(&mismatched(), &policy, &BOTH)).is_empty());
    }

    #[test]
    fn a_place_that_is_not_there_comes_with_the_nearest() {
        let said = |change: fn(&mut Waiver)| {
            let mut policy = waiving(&["LNK003"]);
            change(&mut policy.waivers[0]);
            let mut nodes = mismatched();
            nodes[0].node = "head".into();
            let all = judged(&nodes, &policy, &["CFG005", "LNK003"]).findings;
            let found = all.into_iter().find(|it| it.code == "CFG005").unwrap();
            let what = found.message.strip_prefix("the waiver of LNK003 is for ").unwrap();
            (what.to_owned(), found.remedy)
        };
        let mistyped = said(|it| it.node = Some("haed".into()));
        assert_eq!(mistyped.0, "node haed, which is not there: known");
        assert_eq!(mistyped.1, "write head if that is meant, or take the waiver out");
        let (what, remedy) = said(|it| it.network = Some("Cluser Network 2".into()));
        assert!(what.starts_with("network Cluser Network 2, which"), "{what}");
        assert!(remedy.starts_with("write Cluster Network 2 if"), "{remedy}");
        let (_, remedy) = said(|it| it.network = Some("10.0.11.0/24".into()));
        assert!(remedy.starts_with("write 10.0.1.0/24 if"), "{remedy}");
        let (what, remedy) = said(|it| it.interface = Some("wlan0".into()));
        assert!(what.starts_with("interface wlan0, which"), "{what}");
        assert_eq!(remedy, "take the waiver out, or correct its place");
    }

    /// n2 and n3 have a slow link on the same network: one finding.
    fn slow() -> Vec<NodeInventory> {
        let mut nodes = healthy(5);
        nodes[1].interfaces[1].speed_mbps = Some(1000);
        nodes[2].interfaces[1].speed_mbps = Some(1000);
        nodes
    }

    #[test]
    fn a_waiver_of_one_node_leaves_the_others_of_a_finding() {
        let mut policy = waiving(&["LNK008"]);
        policy.waivers[0].node = Some("n3".into());
        let findings = judged(&slow(), &policy, &["LNK008", "CFG005"]);
        let spots = |finding: &Finding| -> Vec<String> {
            let nodes = finding.spots.iter().filter_map(|spot| spot.node.as_ref());
            nodes.map(ToString::to_string).collect()
        };
        let [left] = findings.findings.as_slice() else { panic!("{:?}", findings.findings) };
        assert_eq!((left.code, spots(left)), ("LNK008", vec!["n2".to_owned()]));
        assert_eq!(left.locus, left.spots[0]);
        let [waived] = findings.waived.as_slice() else { panic!("{:?}", findings.waived) };
        assert_eq!(spots(&waived.finding), ["n3"]);
        policy.waivers.push(Waiver { node: Some("n2".into()), ..policy.waivers[0].clone() });
        let findings = judged(&slow(), &policy, &["LNK008", "CFG005"]);
        assert_eq!((findings.findings.len(), findings.waived.len()), (0, 2));
        policy.waivers[1].node = Some("n1".into());
        assert_eq!(unmatched(&judged(&slow(), &policy, &["LNK008", "CFG005"])).len(), 1);
    }

    #[test]
    fn a_waiver_of_a_network_takes_all_its_spots() {
        let mut policy = waiving(&["LNK008"]);
        policy.waivers[0].network = Some("10.0.1.0/24".into());
        let findings = judged(&slow(), &policy, &["LNK008", "CFG005"]);
        assert_eq!((findings.findings.len(), findings.waived[0].finding.spots.len()), (0, 2));
        policy.waivers[0].network = Some("10.0.0.0/24".into());
        let findings = judged(&slow(), &policy, &["LNK008", "CFG005"]);
        assert_eq!((findings.findings.len(), findings.waived.len()), (2, 0));
    }

    #[test]
    fn a_waiver_of_no_rule_is_told_also_when_it_is_over() {
        let mut policy = waiving(&["mtu-mismatsch", "LNK003"]);
        policy.waivers.iter_mut().for_each(|it| it.expires = Some("2026-10-31".to_owned()));
        let findings = judged(&healthy(2), &policy, &["LNK003", "CFG004", "CFG005"]);
        assert_eq!(unmatched(&findings), ["the waiver names mtu-mismatsch, which is no rule"]);
        assert_eq!(findings.findings.len(), 3);
    }

    #[test]
    fn the_second_of_two_waivers_that_match_is_no_finding() {
        let findings = judged(&mismatched(), &waiving(&["LNK003", "mtu-mismatch"]), &BOTH);
        assert!(unmatched(&findings).is_empty());
    }

    #[test]
    fn a_rule_that_does_not_exist_comes_with_the_nearest() {
        let findings = judged(&healthy(2), &waiving(&["mtu-mismatsch"]), &BOTH);
        assert_eq!(unmatched(&findings), ["the waiver names mtu-mismatsch, which is no rule"]);
        assert!(findings.findings[0].remedy.starts_with("write mtu-mismatch if"));
        let findings = judged(&healthy(2), &waiving(&["lnk"]), &BOTH);
        assert_eq!(unmatched(&findings), ["the waiver names lnk, which is a group of rules"]);
    }

    #[test]
    fn a_waiver_of_a_rule_that_was_not_judged_is_no_finding() {
        assert!(unmatched(&judged(&healthy(2), &waiving(&["LNK003"]), &["CFG005"])).is_empty());
        let mut policy = waiving(&["LNK003"]);
        policy.severities.insert("mtu-mismatch".to_owned(), None);
        assert!(unmatched(&judged(&healthy(2), &policy, &BOTH)).is_empty());
        let mut nodes = healthy(2);
        nodes[0].interfaces[0].speed_mbps = None;
        nodes[0].gaps.push(gap(None, Fact::Speed));
        let select = ["LNK008", "CFG005"];
        assert!(unmatched(&judged(&nodes, &waiving(&["LNK008"]), &select)).is_empty());
    }

    #[test]
    fn an_expired_waiver_is_another_rules_finding() {
        let mut policy = waiving(&["LNK003"]);
        policy.waivers[0].expires = Some("2026-10-31".to_owned());
        let findings = judged(&mismatched(), &policy, &["LNK003", "CFG004", "CFG005"]);
        let codes: Vec<&str> = findings.findings.iter().map(|finding| finding.code).collect();
        assert_eq!(codes, ["LNK003", "CFG004"]);
    }

    #[test]
    fn waivers_of_unmatched_waivers_are_judged_by_those() {
        let findings = judged(&healthy(2), &waiving(&["LNK003", "CFG005"]), &BOTH);
        assert!(unmatched(&findings).is_empty());
        assert_eq!(findings.waived.len(), 1);
        let findings = judged(&healthy(2), &waiving(&["waiver-unmatched"]), &BOTH);
        assert_eq!(
            unmatched(&findings),
            ["the waiver of waiver-unmatched matches no finding: known"]
        );
        assert!(findings.passed.iter().all(|(code, _)| *code != "CFG005"));
    }

    #[test]
    fn the_severity_of_the_policy_applies() {
        let mut policy = waiving(&["LNK003"]);
        policy.severities.insert("CFG005".to_owned(), Some(Severity::Error));
        let findings = judged(&healthy(2), &policy, &BOTH);
        assert_eq!(findings.findings[0].severity, Severity::Error);
        policy.severities.insert("CFG005".to_owned(), None);
        let findings = judged(&healthy(2), &policy, &BOTH);
        assert!(findings.findings.is_empty());
        assert_eq!(findings.passed.len(), 1);
    }

    #[test]
    fn rules_that_are_not_judged_say_who_wanted_it() {
        let mut policy = Policy::default();
        policy.severities.insert("mtu-mismatch".to_owned(), None);
        let mut findings = judged(&healthy(2), &policy, &[]);
        findings.off.retain(|it| it.why != OffReason::NoService);
        let off = |code, name, why| Off { code, name, why };
        assert_eq!(findings.off, [off("LNK003", "mtu-mismatch", OffReason::Policy)]);
        let few = judged(&healthy(2), &policy, &BOTH);
        assert_eq!(few.off.len(), registry::all().count() - 1);
        let of = |why| few.off.iter().filter(|it| it.why == why).count();
        assert_eq!(of(OffReason::Policy), 1);
        assert_eq!(of(OffReason::NotSelected), few.off.len() - 1);
    }
}
