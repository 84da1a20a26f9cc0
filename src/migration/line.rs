//! What the network between two nodes carries.

use std::collections::BTreeSet;

use thiserror::Error;

use crate::model::{
    Assignment, ClusterLayout, Interface, InterfaceKind, InterfaceName, Member, NetworkName,
    NodeInventory, NodeName,
};
use crate::policy;

/// Bytes of a frame's way over the wire that are not in the MTU: Ethernet header, checksum,
/// preamble and gap.
const FRAME_BYTES: u32 = 38;
/// TCP header with time stamps.
const TCP_BYTES: u32 = 32;
/// Modes of bonding that send all of one connection through one port.
const ONE_PORT_MODES: [&str; 4] = ["802.3ad", "balance-xor", "balance-tlb", "balance-alb"];

/// A layout with what it was made of.
#[derive(Clone, Copy, Debug)]
pub struct Cabling<'a> {
    /// The layout.
    pub layout: &'a ClusterLayout,
    /// What the policy makes of it.
    pub assignment: &'a Assignment,
    /// One inventory of each node.
    pub inventories: &'a [&'a NodeInventory],
}

/// The node that a VM leaves and the one it goes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ends {
    /// Source.
    pub from: NodeName,
    /// Target.
    pub to: NodeName,
}

/// The line that a migration over a network gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Place of the network in the layout's list.
    pub network: usize,
    /// Node at the slower end.
    pub node: NodeName,
    /// Interface there.
    pub interface: InterfaceName,
    /// Line rate that the connections get, Mbit/s.
    pub mbps: u32,
    /// Whether that is less than the interface has, since connections keep to ports of a bond.
    pub by_ports: bool,
    /// Smaller MTU of both ends.
    pub mtu: u32,
    /// Whether it is IPv6.
    pub ipv6: bool,
}

impl Line {
    /// Share of the line rate that TCP has for payload.
    #[must_use]
    pub fn efficiency(&self) -> f64 {
        let ip = if self.ipv6 { 40 } else { 20 };
        let payload = self.mtu.saturating_sub(ip + TCP_BYTES).max(1);
        f64::from(payload) / (f64::from(self.mtu) + f64::from(FRAME_BYTES))
    }

    /// Payload, bytes a second.
    #[must_use]
    pub fn payload_bytes_s(&self) -> f64 {
        f64::from(self.mbps) * 1e6 / 8.0 * self.efficiency()
    }
}

/// Why nothing is known of a line.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum LineError {
    /// A node that is none.
    #[error("no inventory is of a node \"{0}\"")]
    UnknownNode(NodeName),
    /// Both ends are one node.
    #[error("\"{0}\" is both source and target")]
    SameNode(NodeName),
    /// Live migration has no network.
    #[error("no network is available for live migration")]
    NoNetwork,
    /// Nor between these nodes.
    #[error("no network that live migration may use joins {} and {}", .0.from, .0.to)]
    NotJoined(Ends),
    /// A network without two nodes on it.
    #[error("\"{0}\" joins no two nodes now")]
    Alone(NetworkName),
    /// A network that a node can't use.
    #[error("node {node} can't use \"{network}\": {why}")]
    Unusable {
        /// The network.
        network: NetworkName,
        /// The node.
        node: NodeName,
        /// Why.
        why: &'static str,
    },
    /// A speed that nothing tells.
    #[error("the speed of {interface} on node {node} is not known, which \"{network}\" rests on")]
    UnknownSpeed {
        /// The network.
        network: NetworkName,
        /// The node.
        node: NodeName,
        /// The interface.
        interface: InterfaceName,
    },
}

impl Cabling<'_> {
    /// The network that live migration takes first: between two nodes, or in the whole cluster.
    ///
    /// # Errors
    /// When it has none, or a node does not exist.
    pub fn chosen(&self, ends: Option<&Ends>) -> Result<usize, LineError> {
        let traffic = &self.assignment.traffic;
        let usual = traffic.live_migration.first().copied();
        let Some(ends) = ends else {
            return usual.ok_or(LineError::NoNetwork);
        };
        self.check(ends)?;
        let differs = traffic.exceptions.iter().find(|it| {
            let joins = |a: &NodeName, b: &NodeName| it.nodes.contains(a) && it.peers.contains(b);
            joins(&ends.from, &ends.to) || joins(&ends.to, &ends.from)
        });
        let first = differs.map_or(usual, |it| it.live_migration.first().copied());
        first.ok_or_else(|| LineError::NotJoined(ends.clone()))
    }

    /// The line over a network: between two nodes, or the worst of all pairs.
    ///
    /// # Errors
    /// When an end can't use the network, or its speed is not known.
    pub fn line(
        &self,
        network: usize,
        ends: Option<&Ends>,
        connections: u32,
    ) -> Result<Line, LineError> {
        self.slowest(network, &self.members(network, ends)?, connections)
    }

    /// What one node has of a network, whatever is at the other end.
    ///
    /// # Errors
    /// When it can't use the network, or its speed is not known.
    pub fn end(
        &self,
        network: usize,
        node: &NodeName,
        connections: u32,
    ) -> Result<Line, LineError> {
        let members = self.layout.networks[network].members.iter();
        let own: Vec<&Member> =
            members.filter(|it| it.node == *node && policy::carries(it)).collect();
        self.slowest(network, &own, connections)
    }

    fn slowest(
        &self,
        network: usize,
        members: &[&Member],
        connections: u32,
    ) -> Result<Line, LineError> {
        let on = &self.layout.networks[network];
        let mut slowest: Option<(u32, &Member)> = None;
        let mut mtu = u32::MAX;
        for &member in members {
            let speed = self.speed(member, connections).ok_or_else(|| LineError::UnknownSpeed {
                network: on.name.clone(),
                node: member.node.clone(),
                interface: member.interface.clone(),
            })?;
            mtu = mtu.min(member.mtu);
            if slowest.is_none_or(|(least, _)| speed < least) {
                slowest = Some((speed, member));
            }
        }
        let (mbps, member) = slowest.ok_or_else(|| LineError::Alone(on.name.clone()))?;
        Ok(Line {
            network,
            node: member.node.clone(),
            interface: member.interface.clone(),
            mbps,
            by_ports: member.speed_mbps.is_some_and(|whole| mbps < whole),
            mtu,
            ipv6: on.subnets.first().is_some_and(|subnet| !subnet.is_ipv4()),
        })
    }

    /// Whether both ends are nodes, and two.
    ///
    /// # Errors
    /// When they are not.
    pub fn check(&self, ends: &Ends) -> Result<(), LineError> {
        for node in [&ends.from, &ends.to] {
            if !self.layout.nodes.contains(node) {
                return Err(LineError::UnknownNode(node.clone()));
            }
        }
        if ends.from == ends.to {
            return Err(LineError::SameNode(ends.from.clone()));
        }
        Ok(())
    }

    /// Members that may be an end.
    fn members(&self, network: usize, ends: Option<&Ends>) -> Result<Vec<&Member>, LineError> {
        let on = &self.layout.networks[network];
        let carrying = on.members.iter().filter(|it| policy::carries(it));
        let Some(ends) = ends else {
            let found: Vec<&Member> = carrying.collect();
            let nodes: BTreeSet<&NodeName> = found.iter().map(|it| &it.node).collect();
            let enough = nodes.len() > 1 || self.layout.nodes.len() == 1;
            return if enough { Ok(found) } else { Err(LineError::Alone(on.name.clone())) };
        };
        self.check(ends)?;
        let found: Vec<&Member> =
            carrying.filter(|it| it.node == ends.from || it.node == ends.to).collect();
        for node in [&ends.from, &ends.to] {
            if !found.iter().any(|it| it.node == *node) {
                let is_on = on.members.iter().any(|it| it.node == *node);
                return Err(LineError::Unusable {
                    network: on.name.clone(),
                    node: node.clone(),
                    why: if is_on { "its interface is down or faked" } else { "it is not on it" },
                });
            }
        }
        Ok(found)
    }

    /// What so many connections get of a member's speed, Mbit/s.
    fn speed(&self, member: &Member, connections: u32) -> Option<u32> {
        let whole = member.speed_mbps?;
        let port = self.port_speed(member);
        Some(port.map_or(whole, |port| whole.min(port.saturating_mul(connections.max(1)))))
    }

    /// Speed of the slowest port that is up, where a bond below keeps a connection to one port.
    fn port_speed(&self, member: &Member) -> Option<u32> {
        let inventory = self.inventories.iter().find(|it| it.node == member.node)?;
        let get = |name: &InterfaceName| inventory.interfaces.iter().find(|it| it.name == *name);
        let bond = bond_below(get(&member.interface)?, &get, &mut BTreeSet::new())?;
        let ports = bond.lowers.iter().filter_map(get);
        ports.filter(|it| it.is_up()).filter_map(|it| it.speed_mbps).min()
    }
}

fn bond_below<'a>(
    interface: &'a Interface,
    get: &impl Fn(&InterfaceName) -> Option<&'a Interface>,
    seen: &mut BTreeSet<&'a str>,
) -> Option<&'a Interface> {
    if !seen.insert(interface.name.as_str()) {
        return None;
    }
    let keeps = |mode: &str| ONE_PORT_MODES.contains(&mode);
    if interface.kind == InterfaceKind::Bond {
        return interface.bond.as_ref().is_some_and(|it| keeps(&it.mode)).then_some(interface);
    }
    interface.lowers.iter().filter_map(get).find_map(|lower| bond_below(lower, get, seen))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout;
    use crate::model::{Bond, Policy};
    use crate::testkit::{Node, down, golden_node};

    fn with<T>(inventories: &[NodeInventory], read: impl Fn(Cabling<'_>) -> T) -> T {
        let policy = Policy::default();
        let layout = layout::form(inventories, &policy);
        let assignment = policy::assign(&layout, &policy);
        let chosen = layout::chosen(inventories);
        read(Cabling { layout: &layout, assignment: &assignment, inventories: &chosen })
    }

    fn ends(from: &str, to: &str) -> Ends {
        Ends { from: NodeName::new(from), to: NodeName::new(to) }
    }

    fn nic(node: &str, host: u8, mbps: Option<u32>, mtu: u32) -> NodeInventory {
        let address = format!("10.0.0.{host}/24");
        let change = |nic: &mut Interface| (nic.speed_mbps, nic.mtu) = (mbps, mtu);
        Node::new(node).with("eth0", InterfaceKind::Physical, &[&address], change).done()
    }

    #[test]
    fn the_slower_end_decides_and_tcp_takes_its_part() {
        let nodes = [
            nic("a", 1, Some(25_000), 9000),
            nic("b", 2, Some(10_000), 1500),
            nic("c", 3, Some(1000), 9000),
        ];
        with(&nodes, |cabling| {
            let line = cabling.line(0, Some(&ends("a", "b")), 1).unwrap();
            assert_eq!((line.mbps, line.node.as_str(), line.mtu), (10_000, "b", 1500));
            assert!((line.efficiency() - 1448.0 / 1538.0).abs() < 1e-12);
            let jumbo = cabling.line(0, Some(&ends("a", "c")), 1).unwrap();
            assert!((jumbo.efficiency() - 8948.0 / 9038.0).abs() < 1e-12);
            assert_eq!(cabling.line(0, None, 1).unwrap().mbps, 1000);
        });
    }

    #[test]
    fn the_chosen_network_is_that_of_show_and_of_the_pair() {
        let all = ["Heartbeat", "CSV-LM", "Host Access"];
        let nodes = [
            golden_node("a", 1, &all),
            golden_node("b", 2, &all),
            golden_node("c", 3, &["Host Access"]),
        ];
        with(&nodes, |cabling| {
            let usual = cabling.assignment.traffic.live_migration[0];
            assert_eq!(cabling.chosen(None), Ok(usual));
            assert_eq!(cabling.chosen(Some(&ends("b", "a"))), Ok(usual));
            let other = cabling.chosen(Some(&ends("a", "c"))).unwrap();
            assert_eq!(cabling.layout.networks[other].subnets[0].to_string(), "192.168.0.0/24");
            let error = cabling.line(usual, Some(&ends("a", "c")), 1).unwrap_err().to_string();
            assert!(error.contains("node c can't use") && error.contains("not on it"), "{error}");
            let unknown = cabling.chosen(Some(&ends("a", "x")));
            assert_eq!(unknown, Err(LineError::UnknownNode(NodeName::new("x"))));
            assert!(cabling.chosen(Some(&ends("a", "a"))).is_err());
        });
    }

    #[test]
    fn an_unknown_speed_and_a_lonely_network_are_errors() {
        let nodes = [nic("a", 1, Some(1000), 1500), nic("b", 2, None, 1500)];
        with(&nodes, |cabling| {
            let error = cabling.line(0, None, 1).unwrap_err().to_string();
            assert!(error.contains("the speed of eth0 on node b is not known"), "{error}");
        });
        let gone = Node::new("b").with("eth0", InterfaceKind::Physical, &["10.0.0.2/24"], down);
        with(&[nic("a", 1, Some(1000), 1500), gone.done()], |cabling| {
            assert_eq!(cabling.chosen(None), Err(LineError::NoNetwork));
            assert!(matches!(cabling.line(0, None, 1), Err(LineError::Alone(_))));
        });
        with(&[nic("a", 1, Some(1000), 1500)], |cabling| {
            assert_eq!(cabling.line(0, None, 1).unwrap().mbps, 1000);
        });
    }

    fn bonded(node: &str, host: u8, mode: &str) -> NodeInventory {
        let bond = Bond {
            mode: mode.to_owned(),
            lacp_rate: None,
            miimon_ms: 100,
            updelay_ms: 0,
            downdelay_ms: 0,
            active: None,
        };
        let address = format!("10.0.0.{host}/24");
        Node::new(node)
            .nic("eth0", &[])
            .nic("eth1", &[])
            .with("bond0", InterfaceKind::Bond, &[], |it| {
                it.lowers = ["eth0", "eth1"].map(InterfaceName::new).to_vec();
                (it.speed_mbps, it.bond) = (Some(20_000), Some(bond));
            })
            .with("bond0.5", InterfaceKind::Vlan, &[&address], |it| {
                it.lowers = vec![InterfaceName::new("bond0")];
                it.speed_mbps = Some(20_000);
            })
            .done()
    }

    #[test]
    fn a_connection_gets_one_port_of_a_bond() {
        with(&[bonded("a", 1, "802.3ad"), bonded("b", 2, "802.3ad")], |cabling| {
            let line = cabling.line(0, None, 1).unwrap();
            assert_eq!((line.mbps, line.by_ports), (10_000, true));
            assert_eq!(cabling.line(0, None, 2).unwrap().mbps, 20_000);
        });
        with(&[bonded("a", 1, "balance-rr"), bonded("b", 2, "balance-rr")], |cabling| {
            assert_eq!(cabling.line(0, None, 1).unwrap().mbps, 20_000);
        });
    }
}
