//! Judging small clusters in the tests of rules.

use super::{Report, Rule, Site, needs, waivers};
use crate::model::service::{DeclaredService, Profile, StoreKind, StorePlace};
use crate::model::{
    Fact, Gap, InterfaceName, NodeInventory, NodeName, Place, Policy, PolicyText, Waiver,
};
use crate::testkit::healthy;
use crate::{layout, policy, service};

/// What one rule says of a cluster.
pub(super) struct Said {
    /// Messages of its findings that are not waived, each after its place: `n1/eth0@Cluster Network 1: message`.
    pub(super) found: Vec<String>,
    /// Their remedies.
    pub(super) remedies: Vec<String>,
    /// Names of their severities; the rule's own where a finding does not say.
    pub(super) severities: Vec<&'static str>,
    /// Places in the policy file that its findings name.
    pub(super) places: Vec<Option<Place>>,
    /// Reasons why it could not judge.
    pub(super) missing: Vec<String>,
}

/// Judges by one rule, without a policy, on 2026-11-01.
pub(super) fn say(rule: &Rule, inventories: &[NodeInventory]) -> Said {
    say_with(rule, inventories, &Policy::default())
}

/// Judges by one rule under a policy, on 2026-11-01.
pub(super) fn say_with(rule: &Rule, inventories: &[NodeInventory], policy: &Policy) -> Said {
    say_of_text(rule, inventories, (policy, &PolicyText::default()))
}

/// Judges by one rule under a policy with its text, on 2026-11-01.
pub(super) fn say_of_text(
    rule: &Rule,
    inventories: &[NodeInventory],
    (policy, text): (&Policy, &PolicyText),
) -> Said {
    let layout = layout::form(inventories, policy);
    let assignment = policy::assign(&layout, policy);
    let mut chosen: Vec<&NodeInventory> = inventories.iter().collect();
    chosen.sort_by(|a, b| a.node.cmp(&b.node));
    let services = services(policy);
    let site = Site::new(chosen, (policy, text), (&layout, &assignment), "2026-11-01");
    let site = site.with_services(&services);
    let mut report = Report::waived_at(waivers::scopes(rule, &site));
    (rule.check)(&site, &mut report);
    needs::tell_facts(&site, rule, &mut report);
    report.drafts.retain(|draft| draft.waiver.is_none());
    let place = |draft: &super::report::Draft| {
        let part = |mark: &str, name: Option<String>| {
            name.map_or(String::new(), |it| mark.to_owned() + &it)
        };
        let locus = &draft.locus;
        part("", locus.node.as_ref().map(ToString::to_string))
            + &part("/", locus.interface.as_ref().map(ToString::to_string))
            + &part("@", locus.network.as_ref().map(ToString::to_string))
    };
    Said {
        found: report.drafts.iter().map(|it| format!("{}: {}", place(it), it.message)).collect(),
        remedies: report.drafts.iter().map(|it| it.remedy.clone()).collect(),
        severities: report
            .drafts
            .iter()
            .map(|it| it.severity.unwrap_or(rule.severity).name())
            .collect(),
        places: report.drafts.iter().map(|it| it.place).collect(),
        missing: report.missing,
    }
}

/// Judges by one rule a service `batch` of that system on n1 and n2, with a change to it.
pub(super) fn say_of(
    rule: &Rule,
    profile: &str,
    change: impl FnOnce(&mut DeclaredService),
) -> Said {
    let mut batch = DeclaredService::new("batch", profile, vec!["n1".into(), "n2".into()]);
    change(&mut batch);
    say_with(rule, &healthy(2), &Policy { services: vec![batch], ..Policy::default() })
}

/// A store that a host serves, where it is named.
pub(super) fn store(kind: StoreKind, on: Option<&str>) -> StorePlace {
    StorePlace { kind, on: on.map(NodeName::new), path: None }
}

/// The services of a policy with their profiles, which come with the program.
pub(super) fn services(policy: &Policy) -> Vec<(DeclaredService, Profile)> {
    let with = |declared: &DeclaredService| {
        let profile = service::builtin(&declared.profile).unwrap();
        (declared.clone(), service::of_service(profile, declared).unwrap())
    };
    policy.services.iter().map(with).collect()
}

impl Said {
    /// The only finding.
    #[track_caller]
    pub(super) fn one(&self) -> &str {
        assert_eq!(self.found.len(), 1, "{:?}", self.found);
        &self.found[0]
    }

    /// Nothing found, nothing missing.
    #[track_caller]
    pub(super) fn silent(&self) {
        assert!(
            self.found.is_empty() && self.missing.is_empty(),
            "{:?} {:?}",
            self.found,
            self.missing
        );
    }
}

/// A gap of a node or of one of its interfaces.
pub(super) fn gap(interface: Option<&str>, fact: Fact) -> Gap {
    Gap { interface: interface.map(InterfaceName::new), fact, cause: "not told".to_owned() }
}

/// A waiver of a rule everywhere and for ever.
pub(super) fn waiver(rule: &str) -> Waiver {
    Waiver {
        rule: rule.to_owned(),
        node: None,
        interface: None,
        network: None,
        reason: "known".to_owned(),
        expires: None,
        place: Place { line: 7, column: 1 },
    }
}
