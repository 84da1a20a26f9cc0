//! RED010 uniform-nic-model.

use std::collections::{BTreeMap, BTreeSet};

use super::unknown;
use crate::failover::{NodeParts, Standing};
use crate::model::{Locus, NodeName, Severity};
use crate::rules::phrase::list;
use crate::rules::{Docs, Report, Rule, Site};

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "RED010",
    name: "uniform-nic-model",
    severity: Severity::Info,
    docs: Docs {
        what: "All network adapters of a node, at least two, that networks of role 1 or 3 stand on \
               have the same model (PCI vendor and device) and the same driver.",
        why: "A fault of the firmware or the driver hits every path of the node at once; such \
              faults come with updates, on all nodes in one night.",
        example: "eth0, eth1 and eth2 are all 8086:1572 with driver i40e.",
        remedy: "Put one of the networks onto an adapter of another model.",
        source: "Common practice against common-mode faults; none of the tools compared checks it.",
    },
    check,
};

/// Driver and model.
type Model<'a> = (&'a str, Option<&'a str>);

fn check(site: &Site<'_>, report: &mut Report) {
    let mut uniform: BTreeMap<Model<'_>, Vec<&NodeName>> = BTreeMap::new();
    let mut open: BTreeSet<&NodeName> = BTreeSet::new();
    for node in &site.parts().nodes {
        let adapters = adapters(node);
        let known: BTreeSet<Model<'_>> = adapters.values().copied().flatten().collect();
        let all_known = adapters.values().all(Option::is_some);
        match (known.first(), known.len()) {
            _ if adapters.len() < 2 || known.len() > 1 => {}
            (Some(model), _) if all_known => uniform.entry(*model).or_default().push(node.node),
            _ => _ = open.insert(node.node),
        }
    }
    for ((driver, model), nodes) in uniform {
        let model = model.map_or(String::new(), |model| format!("model {model} with "));
        report.gather(&nodes, Locus::node, |nodes| {
            let nodes = list(nodes);
            let what = format!("every network of {nodes} stands on {model}driver {driver}");
            (what, "put one of the networks onto an adapter of another model".to_owned())
        });
    }
    unknown::drivers(site, report, |node, standing| counts(standing) && open.contains(node));
}

fn counts(standing: &Standing<'_>) -> bool {
    standing.authorised && !standing.member.faked
}

/// Adapters below the node's networks by name, with driver and model when they are known.
fn adapters<'a>(node: &NodeParts<'a>) -> BTreeMap<&'a str, Option<Model<'a>>> {
    let legs = node.standings.iter().filter(|one| counts(one)).flat_map(|one| &one.legs);
    legs.filter_map(|leg| {
        let device = leg.bottom.and_then(|bottom| bottom.device.as_ref());
        let model = device.and_then(|device| device.model.as_deref());
        Some((leg.through.last()?.as_str(), unknown::driver(leg).map(|driver| (driver, model))))
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::NodeInventory;
    use crate::rules::testing::say;
    use crate::testkit::healthy;

    fn uniform(node: &mut NodeInventory) {
        for nic in &mut node.interfaces {
            let device = nic.device.as_mut().unwrap();
            device.model = Some("8086:1572".to_owned());
            device.driver = Some("i40e".to_owned());
        }
    }

    #[test]
    fn fires_on_nodes_with_one_model() {
        let mut nodes = healthy(3);
        for node in &mut nodes[..2] {
            uniform(node);
        }
        let said = say(&RULE, &nodes);
        assert_eq!(
            said.one(),
            ": every network of n1 and n2 stands on model 8086:1572 with driver i40e"
        );
        assert_eq!(said.severities, ["info"]);
    }

    #[test]
    fn a_second_driver_or_model_is_enough() {
        let mut nodes = healthy(1);
        uniform(&mut nodes[0]);
        nodes[0].interfaces[1].device.as_mut().unwrap().model = Some("8086:1563".to_owned());
        say(&RULE, &nodes).silent();
        uniform(&mut nodes[0]);
        nodes[0].interfaces[1].device.as_mut().unwrap().driver = Some("ixgbe".to_owned());
        say(&RULE, &nodes).silent();
    }

    #[test]
    fn one_adapter_is_not_uniform() {
        let mut nodes = healthy(2);
        for node in &mut nodes {
            node.interfaces.truncate(1);
        }
        say(&RULE, &nodes).silent();
    }

    #[test]
    fn an_unknown_driver_matters_only_where_the_others_agree() {
        let mut nodes = healthy(2);
        nodes[0].interfaces[0].device = None;
        nodes[1].interfaces[1].device = None;
        let said = say(&RULE, &nodes);
        assert!(said.found.is_empty());
        assert_eq!(said.missing, ["driver of n2 eth1 is not known: no device is told"]);
    }

    #[test]
    fn is_silent_on_a_healthy_cluster() {
        say(&RULE, &healthy(4)).silent();
    }
}
