//! MIG004 collision-after-loss.

use std::collections::BTreeSet;

use crate::failover::network_losses;
use crate::model::{Locus, MigrationOrder, Severity};
use crate::rules::{Docs, Report, Rule, Site};

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "MIG004",
    name: "collision-after-loss",
    severity: Severity::Info,
    docs: Docs {
        what: "CSV and live migration are on two networks now, and would be on one after the loss \
               of any one network. Judged for the cluster as a whole, by assigning traffic again \
               without that network.",
        why: "A migration that drains a node after a fault then competes with the storage traffic \
              that the fault has redirected.",
        example: "Networks of metric 1000, 1100 and 1200 with migration order static: when the \
                  first fails CSV moves to the second, where live migration is already.",
        remedy: "Set the migration order to avoid-csv, or add a network.",
        source: "Microsoft KB 2473194: the list of migration networks is made once and does not \
                 follow CSV.",
    },
    check,
};

/// Only the loss of a network that carries CSV or migration can bring them together.
fn check(site: &Site<'_>, report: &mut Report) {
    if site.assignment.traffic.collides() || site.assignment.traffic.csv.is_none() {
        return;
    }
    let traffic = &site.assignment.traffic;
    let used: BTreeSet<usize> =
        traffic.csv.into_iter().chain(traffic.live_migration.first().copied()).collect();
    let used: Vec<usize> = used.into_iter().collect();
    for loss in network_losses(site.layout, site.policy, &used) {
        let traffic = &loss.assignment.traffic;
        let both = traffic.csv.filter(|_| traffic.collides()).and_then(|csv| site.network(csv));
        let (Some(lost), Some(both)) = (site.network(loss.network), both) else { continue };
        let (lost, both) = (&lost.network.name, &both.network.name);
        let remedy = match (&site.policy.migration.order, traffic.live_migration.len()) {
            (MigrationOrder::AvoidCsv, _) | (_, 1) => "add a network that live migration may use",
            _ => "write order = \"avoid-csv\" under [migration] in the policy",
        };
        report.find(
            Locus::network(lost),
            format!("after its loss CSV and live migration are both on {both}"),
            remedy,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{MigrationPolicy, NodeInventory, Policy};
    use crate::rules::testing::{say, say_with};
    use crate::testkit::{golden_node, healthy};

    fn golden(networks: &[&str]) -> [NodeInventory; 2] {
        [golden_node("n1", 1, networks), golden_node("n2", 2, networks)]
    }

    #[test]
    fn fires_on_the_static_order_where_csv_follows() {
        let migration =
            MigrationPolicy { order: MigrationOrder::Static, ..MigrationPolicy::default() };
        let policy = Policy { migration, ..Policy::default() };
        let nodes = golden(&["Heartbeat", "CSV-LM", "Host Access", "iSCSI"]);
        let said = say_with(&RULE, &nodes, &policy);
        assert_eq!(
            said.one(),
            "@Cluster Network 1: after its loss CSV and live migration are both on Cluster Network 2"
        );
        assert_eq!(said.severities, ["info"]);
    }

    #[test]
    fn two_networks_collide_after_either_loss() {
        let said = say(&RULE, &golden(&["Heartbeat", "Host Access"]));
        assert_eq!(said.found.len(), 2, "{:?}", said.found);
    }

    #[test]
    fn three_networks_are_enough() {
        say(&RULE, &golden(&["Heartbeat", "CSV-LM", "Host Access", "iSCSI"])).silent();
        say(&RULE, &healthy(3)).silent();
    }

    #[test]
    fn what_collides_already_is_not_repeated() {
        say(&RULE, &golden(&["Host Access"])).silent();
    }
}
