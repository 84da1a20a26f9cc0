//! CFG003 inventory-conflict.

use jiff::{SignedDuration, Timestamp};

use crate::model::{Locus, NodeName, Severity};
use crate::rules::phrase::{Lacking, list};
use crate::rules::{Docs, Report, Rule, Site};

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "CFG003",
    name: "inventory-conflict",
    severity: Severity::Error,
    docs: Docs {
        what: "One node is described by several inventories that differ in more than the time at \
               which they were taken (an error), or inventories were taken more than a day before \
               the newest one (a warning). Where the time is not told, age is not judged.",
        why: "The layout is then made of states that never were at the same time, and of two \
              inventories the newer one is taken, which may not be the one that was meant.",
        example: "n1.json and old/n1.json both describe node1; node7's inventory is from last week.",
        remedy: "Give one inventory for each node, and collect them in one go: netplan-cluster \
                 collect.",
        source: "This program's own: the tools it is compared with ask all nodes at once.",
    },
    check,
};

const DAY: SignedDuration = SignedDuration::from_hours(24);

fn check(site: &Site<'_>, report: &mut Report) {
    for conflict in &site.layout.conflicts {
        let used = conflict.used.as_deref().unwrap_or("an unknown time");
        report.find(
            Locus::node(&conflict.node),
            format!("{} inventories differ; the one of {used} is used", conflict.inventories),
            "give one inventory for each node",
        );
    }
    if site.inventories.len() < 2 {
        return;
    }
    let times = times(site, report);
    let Some((newest_node, newest)) = times.iter().max_by_key(|(_, time)| *time) else { return };
    let is_stale = |time: &Timestamp| newest.duration_since(*time) > DAY;
    let stale: Vec<&NodeName> =
        times.iter().filter(|(_, time)| is_stale(time)).map(|(node, _)| *node).collect();
    let tell = |stale: &[&NodeName]| {
        let names = list(stale);
        let what = format!("taken more than a day before {newest_node} ({newest}): {names}");
        (what, "netplan-cluster collect, for all nodes in one go".to_owned())
    };
    report.gather(&stale, Locus::node, tell).severity(Severity::Warning);
}

/// When the inventory of each node was taken, where that is told.
fn times<'a>(site: &Site<'a>, report: &mut Report) -> Vec<(&'a NodeName, Timestamp)> {
    let mut lacking = Lacking::new("time of the inventory");
    let mut times = Vec::new();
    for inventory in &site.inventories {
        match inventory.taken_at.as_deref().map(|text| (text, text.parse())) {
            Some((_, Ok(time))) => times.push((&inventory.node, time)),
            Some((text, Err(_))) => {
                lacking.node(&inventory.node, format!("\"{text}\" is no time"));
            }
            None => lacking.node(&inventory.node, "its source does not tell"),
        }
    }
    lacking.tell(report);
    times
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::NodeInventory;
    use crate::rules::testing::say;
    use crate::testkit::healthy;

    fn taken(times: &[Option<&str>]) -> Vec<NodeInventory> {
        let mut nodes = healthy(u8::try_from(times.len()).unwrap());
        for (node, time) in nodes.iter_mut().zip(times) {
            node.taken_at = time.map(str::to_owned);
        }
        nodes
    }

    const NOON: Option<&str> = Some("2026-10-31T12:00:00Z");

    #[test]
    fn fires_on_two_inventories_of_one_node() {
        let mut nodes = taken(&[NOON, NOON]);
        let mut other = nodes[1].clone();
        other.interfaces.pop();
        other.taken_at = Some("2026-10-31T11:00:00Z".to_owned());
        nodes.push(other);
        let layout = crate::layout::form(&nodes, &crate::model::Policy::default());
        assert_eq!(layout.conflicts.len(), 1);
        let said = say(&RULE, &nodes);
        assert_eq!(said.one(), "n2: 2 inventories differ; the one of 2026-10-31T12:00:00Z is used");
        assert_eq!(said.severities, ["error"]);
    }

    #[test]
    fn fires_on_an_old_inventory() {
        let old = Some("2026-10-24T12:00:00Z");
        let said = say(&RULE, &taken(&[NOON, old, NOON]));
        assert_eq!(said.one(), "n2: taken more than a day before n3 (2026-10-31T12:00:00Z): n2");
        assert_eq!(said.severities, ["warning"]);
        assert!(say(&RULE, &taken(&[old, old, NOON])).one().ends_with(": n1 and n2"));
    }

    #[test]
    fn is_silent_on_inventories_of_one_time() {
        say(&RULE, &taken(&[NOON, NOON, NOON])).silent();
        say(&RULE, &healthy(1)).silent();
    }

    #[test]
    fn a_day_is_borne_and_a_second_more_is_not() {
        say(&RULE, &taken(&[NOON, Some("2026-10-30T12:00:00Z")])).silent();
        let found = say(&RULE, &taken(&[NOON, Some("2026-10-30T11:59:59Z")])).found;
        assert_eq!(found.len(), 1);
    }

    #[test]
    fn age_is_not_judged_without_a_time() {
        let said = say(&RULE, &taken(&[NOON, None, Some("noon")]));
        assert!(said.found.is_empty());
        assert_eq!(
            said.missing,
            [
                "time of the inventory of n3 is not known: \"noon\" is no time",
                "time of the inventory of n2 is not known: its source does not tell",
            ]
        );
    }
}
