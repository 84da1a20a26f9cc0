//! STO001 storage-network-in-cluster-use.

use std::collections::BTreeSet;

use crate::model::{Fact, Locus, Member, Role, Severity, StorageSession, StorageTransport};
use crate::rules::phrase::{list, network_word, tell_hidden};
use crate::rules::{Docs, Report, Rule, Site};

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "STO001",
    name: "storage-network-in-cluster-use",
    severity: Severity::Warning,
    docs: Docs {
        what: "A cluster network carries iSCSI or NVMe sessions of a node and has role 1 or 3 \
               instead of 0.",
        why: "Heartbeats, CSV traffic and live migration compete with the disks of the same \
              machines, and one failure takes storage and cluster communication at once.",
        example: "node1 has an iSCSI session to 192.168.5.200 by eth2, and the policy gives \
                  192.168.5.0/24 role 1.",
        remedy: "Give the network role 0, or move the storage to a network of its own.",
        source: "Microsoft's recommendations for iSCSI networks of failover clusters (KB 2473194 \
                 shows one with role 0).",
    },
    check,
};

fn check(site: &Site<'_>, report: &mut Report) {
    for on in site.authorised() {
        let carrying: Vec<&Member> =
            on.network.members.iter().filter(|member| !member.storage.is_empty()).collect();
        if carrying.is_empty() {
            continue;
        }
        let role = on.assigned.role;
        let tell = |carrying: &[&Member]| {
            let what = format!(
                "carries {} on {}, and has role {} ({})",
                sessions(carrying),
                list(carrying.iter().map(|it| format!("{} {}", it.node, it.interface))),
                role.number(),
                role.name()
            );
            let (network, role) = (network_word(on.network), Role::None.number());
            (what, format!("netplan-cluster set {network} role={role}"))
        };
        let spot = |it: &Member| Locus::interface(&it.node, &it.interface).on(&on.network.name);
        report
            .gather(&carrying, spot, tell)
            .about(&Locus::network(&on.network.name))
            .at(site.text.place_of_network(&on.network.subnets, "role"));
    }
    tell_hidden(site, report, Fact::StorageSessions, |_, _| true);
}

/// What the members' sessions are and where they go.
fn sessions(members: &[&Member]) -> String {
    let all = members.iter().flat_map(|member| &member.storage);
    let distinct: BTreeSet<(StorageTransport, std::net::IpAddr)> =
        all.map(|session: &StorageSession| (session.transport, session.portal)).collect();
    list(distinct.iter().map(|(transport, portal)| format!("{} to {portal}", word(*transport))))
}

fn word(transport: StorageTransport) -> &'static str {
    match transport {
        StorageTransport::Iscsi => "iSCSI",
        StorageTransport::NvmeTcp => "NVMe over TCP",
        StorageTransport::NvmeRdma => "NVMe over RDMA",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{NodeInventory, Place, Policy, PolicyText};
    use crate::rules::testing::{gap, say, say_of_text, say_with};
    use crate::testkit::{golden_node, healthy};

    fn nodes() -> Vec<NodeInventory> {
        let networks = ["Heartbeat", "Host Access", "iSCSI"];
        vec![golden_node("n1", 1, &networks), golden_node("n2", 2, &networks)]
    }

    fn role(subnet: &str, role: Role) -> Policy {
        let mut policy = Policy::default();
        policy.networks.entry(subnet.parse().unwrap()).or_default().role = Some(role);
        policy
    }

    #[test]
    fn fires_where_the_policy_gives_storage_a_role() {
        for (set, words) in
            [(Role::Cluster, "1 (Cluster)"), (Role::ClusterAndClient, "3 (ClusterAndClient)")]
        {
            let said = say_with(&RULE, &nodes(), &role("192.168.5.0/24", set));
            assert_eq!(
                said.one(),
                format!(
                    "@Cluster Network 3: carries iSCSI to 192.168.5.200 on n1 iscsi0 and n2 \
                     iscsi0, and has role {words}"
                )
            );
        }
    }

    #[test]
    fn is_silent_by_default_and_without_storage() {
        say(&RULE, &nodes()).silent();
        say(&RULE, &healthy(3)).silent();
        say_with(&RULE, &nodes(), &role("192.168.5.0/24", Role::None)).silent();
    }

    #[test]
    fn one_session_on_one_node_is_enough() {
        let mut nodes = nodes();
        nodes[1].storage_sessions.clear();
        let said = say_with(&RULE, &nodes, &role("192.168.5.0/24", Role::Cluster));
        assert!(said.one().contains("on n1 iscsi0, and"));
        nodes[0].storage_sessions.clear();
        say_with(&RULE, &nodes, &role("192.168.5.0/24", Role::Cluster)).silent();
    }

    #[test]
    fn hidden_sessions_are_told() {
        let mut nodes = healthy(2);
        nodes[0].gaps.push(gap(None, Fact::StorageSessions));
        let said = say(&RULE, &nodes);
        assert_eq!(said.missing, ["storage sessions of n1 are not known: not told"]);
    }

    #[test]
    fn the_finding_stands_at_the_role_in_the_policy_in_whatever_notation() {
        let policy = role("192.168.5.0/24", Role::Cluster);
        let place = Place { line: 4, column: 1 };
        for subnet in ["192.168.5.0/24", "192.168.5.0/255.255.255.0"] {
            let mut text = PolicyText::default();
            text.places.insert(format!("network.\"{subnet}\".role"), place);
            let said = say_of_text(&RULE, &nodes(), (&policy, &text));
            assert_eq!(said.places, [Some(place)], "{subnet}");
        }
    }
}
