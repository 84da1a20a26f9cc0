//! MIG001 excluded-network-in-migration-order.

use super::choices::place_of_order;
use crate::model::{Locus, MigrationOrder, RoleReason, Severity};
use crate::policy::means;
use crate::rules::{Docs, On, Report, Rule, Site};

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "MIG001",
    name: "excluded-network-in-migration-order",
    severity: Severity::Warning,
    docs: Docs {
        what: "The policy's migration.order lists a network of role 0, which the cluster otherwise \
               leaves alone, and migration.exclude does not take it out again.",
        why: "Such a network usually carries storage. Memory of virtual machines that goes over it \
              competes with their disks, and a migration then slows down what it is to keep alive.",
        example: "migration.order names \"iSCSI\", over which sessions to 192.168.5.200 run.",
        remedy: "Take the network out of migration.order, or give it role 1 if it is no storage \
                 network.",
        source: "Windows leaves iSCSI networks in the migration list and advises to de-select them; \
                 KB 2473194.",
    },
    check,
};

fn check(site: &Site<'_>, report: &mut Report) {
    let migration = &site.policy.migration;
    let MigrationOrder::List(listed) = &migration.order else { return };
    for on in site.networks().filter(|on| !on.assigned.role.is_authorised()) {
        let named = |references: &[crate::model::NetworkRef]| {
            references.iter().any(|reference| means(reference, on.network))
        };
        if named(listed) && !named(&migration.exclude) {
            let name = &on.network.name;
            report
                .find(
                    Locus::network(name),
                    format!("\"{name}\" is listed for live migration, but {}", reason(&on)),
                    format!("take \"{name}\" out of migration.order"),
                )
                .at(place_of_order(site));
        }
    }
}

fn reason(on: &On<'_>) -> String {
    match &on.assigned.role_reason {
        RoleReason::Storage { node, session, .. } => {
            format!("has role 0: {node} reaches its storage at {} over it", session.portal)
        }
        _ => "has role 0".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{MigrationPolicy, Policy};
    use crate::rules::testing::{say, say_with};
    use crate::testkit::{golden_node, healthy};

    fn nodes() -> Vec<crate::model::NodeInventory> {
        let networks = ["Heartbeat", "LM", "Host Access", "iSCSI"];
        vec![golden_node("n1", 1, &networks), golden_node("n2", 2, &networks)]
    }

    fn policy(order: &[&str], exclude: &[&str]) -> Policy {
        let references = |names: &[&str]| names.iter().map(|name| (*name).into()).collect();
        let order = MigrationOrder::List(references(order));
        let migration = MigrationPolicy { order, exclude: references(exclude) };
        Policy { migration, ..Policy::default() }
    }

    #[test]
    fn fires_on_a_listed_storage_network() {
        let said = say_with(&RULE, &nodes(), &policy(&["10.0.2.0/24", "192.168.5.0/24"], &[]));
        assert_eq!(
            said.one(),
            "@Cluster Network 4: \"Cluster Network 4\" is listed for live migration, but has role \
             0: n1 reaches its storage at 192.168.5.200 over it"
        );
    }

    #[test]
    fn is_silent_on_other_lists_and_orders() {
        say(&RULE, &healthy(3)).silent();
        say(&RULE, &nodes()).silent();
        say_with(&RULE, &nodes(), &policy(&["10.0.2.0/24", "192.168.0.0/24"], &[])).silent();
    }

    #[test]
    fn a_list_that_is_taken_back_does_not_count() {
        let listed = ["10.0.2.0/24", "cluster network 4"];
        assert_eq!(say_with(&RULE, &nodes(), &policy(&listed, &[])).found.len(), 1);
        say_with(&RULE, &nodes(), &policy(&listed, &["192.168.5.0/24"])).silent();
    }
}
