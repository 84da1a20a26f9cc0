//! What migrations between two hosts go over.

use std::collections::BTreeMap;

use crate::migration::{Cabling, Ends, Line};
use crate::model::{Move, NodeName};

/// What is known of the network.
#[derive(Clone, Copy, Debug)]
pub enum Ground<'a> {
    /// A cluster as it is planned: between two hosts the network that live migration takes.
    Cabling(Cabling<'a>),
    /// Nothing but the rate that every host has, bytes a second.
    Rate(f64),
}

/// Ways between hosts, each found once.
#[derive(Debug)]
pub struct Roads<'a> {
    ground: Ground<'a>,
    /// Migrations of a host that may run at once: ports of a bond carry a connection each.
    at_once: u32,
    /// What links carry, bytes a second.
    pub(super) capacities: Vec<f64>,
    /// Links by network and host.
    links: BTreeMap<(Option<usize>, NodeName), usize>,
    found: BTreeMap<(NodeName, NodeName, u32), Result<Road, String>>,
    lines: BTreeMap<(NodeName, NodeName, u32), Line>,
}

/// A way from one host to another.
#[derive(Clone, Debug, PartialEq)]
pub struct Road {
    /// The network, by place in the layout's list; absent where a rate was told.
    pub network: Option<usize>,
    /// What one migration gets of it at most, bytes a second.
    pub bytes_s: f64,
    /// The links of source and target.
    pub links: [usize; 2],
}

impl<'a> Roads<'a> {
    /// Ways over the ground, for so many migrations of a host at once.
    #[must_use]
    pub fn new(ground: Ground<'a>, at_once: u32) -> Self {
        Self {
            ground,
            at_once: at_once.max(1),
            capacities: Vec::new(),
            links: BTreeMap::new(),
            found: BTreeMap::new(),
            lines: BTreeMap::new(),
        }
    }

    /// The way of a migration with so many connections.
    ///
    /// # Errors
    /// Why there is none.
    pub fn road(
        &mut self,
        from: &NodeName,
        to: &NodeName,
        connections: u32,
    ) -> Result<Road, String> {
        let key = (from.clone(), to.clone(), connections);
        if let Some(found) = self.found.get(&key) {
            return found.clone();
        }
        let road = self.find(from, to, connections);
        self.found.insert(key, road.clone());
        road
    }

    fn find(&mut self, from: &NodeName, to: &NodeName, connections: u32) -> Result<Road, String> {
        let cabling = match self.ground {
            Ground::Cabling(cabling) => cabling,
            Ground::Rate(bytes_s) => {
                let links = [from, to].map(|node| self.link(None, node, bytes_s));
                return Ok(Road { network: None, bytes_s, links });
            }
        };
        let ends = Ends { from: from.clone(), to: to.clone() };
        let said = |error: crate::migration::LineError| error.to_string();
        let network = cabling.chosen(Some(&ends)).map_err(said)?;
        let line = cabling.line(network, Some(&ends), connections).map_err(said)?;
        let all = connections.saturating_mul(self.at_once);
        let mut links = [0; 2];
        for (place, node) in [from, to].into_iter().enumerate() {
            let end = cabling.end(network, node, all).map_err(said)?;
            links[place] = self.link(Some(network), node, end.payload_bytes_s());
        }
        let bytes_s = line.payload_bytes_s();
        self.lines.insert((from.clone(), to.clone(), connections), line);
        Ok(Road { network: Some(network), bytes_s, links })
    }

    fn link(&mut self, network: Option<usize>, node: &NodeName, bytes_s: f64) -> usize {
        let capacities = &mut self.capacities;
        *self.links.entry((network, node.clone())).or_insert_with(|| {
            capacities.push(bytes_s);
            capacities.len() - 1
        })
    }

    /// The slowest line of each network that carries one of these moves.
    #[must_use]
    pub fn slowest(&self, moves: &[Move]) -> Vec<&Line> {
        let mut slowest: BTreeMap<usize, &Line> = BTreeMap::new();
        let used = |from: &NodeName, to: &NodeName| {
            moves.iter().any(|it| (it.from == *from) && (it.to == *to))
        };
        for ((from, to, _), line) in &self.lines {
            let is_slower = slowest
                .get(&line.network)
                .is_none_or(|it| line.payload_bytes_s() < it.payload_bytes_s());
            if is_slower && used(from, to) {
                slowest.insert(line.network, line);
            }
        }
        slowest.into_values().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{InterfaceKind, NodeInventory, Outcome, Policy};
    use crate::testkit::Node;
    use crate::{layout, policy};

    /// A node with migration on a network of its own speed.
    fn node(name: &str, host: u8, mbps: Option<u32>) -> NodeInventory {
        let [first, second] = [0, 1].map(|net| format!("10.0.{net}.{host}/24"));
        let (kind, slow) = (InterfaceKind::Physical, Some(100));
        let node = Node::new(name).with("eth0", kind.clone(), &[&first], |it| it.speed_mbps = slow);
        node.with("eth1", kind, &[&second], |it| it.speed_mbps = mbps).done()
    }

    fn with<T>(inventories: &[NodeInventory], ask: impl FnOnce(&mut Roads<'_>) -> T) -> T {
        let policy = Policy::default();
        let layout = layout::form(inventories, &policy);
        let assignment = policy::assign(&layout, &policy);
        let inventories = &layout::chosen(inventories);
        let cabling = Cabling { layout: &layout, assignment: &assignment, inventories };
        ask(&mut Roads::new(Ground::Cabling(cabling), 4))
    }

    #[test]
    fn the_slower_end_holds_one_migration_and_each_end_all_of_its_own() {
        let nodes =
            [node("a", 1, Some(10_000)), node("b", 2, Some(1000)), node("c", 3, Some(10_000))];
        let name = |it: &str| NodeName::new(it);
        with(&nodes, |roads| {
            let slow = roads.road(&name("a"), &name("b"), 1).unwrap();
            let fast = roads.road(&name("a"), &name("c"), 1).unwrap();
            assert!((fast.bytes_s / slow.bytes_s - 10.0).abs() < 1e-9);
            assert_eq!((slow.network, slow.links[0]), (Some(1), fast.links[0]));
            let [a, b] = slow.links.map(|it| roads.capacities[it]);
            assert!((a / b - 10.0).abs() < 1e-9);
            let went = |to: &str| Move {
                machine: 0,
                from: name("a"),
                to: name(to),
                network: Some(1),
                start_ms: 0.0,
                end_ms: 1.0,
                downtime_ms: 0.0,
                outcome: Outcome::Converged,
            };
            assert_eq!(roads.slowest(&[went("c")])[0].mbps, 10_000);
            assert_eq!(roads.slowest(&[went("c"), went("b")])[0].mbps, 1000);
        });
    }

    #[test]
    fn what_is_not_known_is_no_way() {
        let nodes = [node("a", 1, Some(10_000)), node("b", 2, None)];
        let name = |it: &str| NodeName::new(it);
        with(&nodes, |roads| {
            let unknown = roads.road(&name("a"), &name("b"), 1).unwrap_err();
            assert!(unknown.contains("the speed of eth1 on node b is not known"), "{unknown}");
            assert!(roads.road(&name("a"), &name("z"), 1).unwrap_err().contains("\"z\""));
        });
    }
}
