//! Neighbours that LLDP has seen, by interface.

use std::collections::BTreeMap;

use crate::model::{Fact, Gap, Interface, InterfaceName, Neighbour};

/// Neighbours by the interface they were seen on.
pub type Neighbours = BTreeMap<InterfaceName, Vec<Neighbour>>;

/// Gives each interface its neighbours; when nobody told any, that is one gap.
pub(crate) fn set_neighbours(
    told: Option<&Neighbours>,
    interfaces: &mut [Interface],
    gaps: &mut Vec<Gap>,
) {
    let gap = |cause| Gap { interface: None, fact: Fact::Neighbours, cause };
    let Some(told) = told else {
        return gaps.push(gap("no output of lldpcli was given".to_owned()));
    };
    let mut left: BTreeMap<&InterfaceName, &Vec<Neighbour>> = told.iter().collect();
    for interface in interfaces {
        if let Some(found) = left.remove(&interface.name) {
            interface.neighbours.clone_from(found);
            interface.neighbours.sort();
            interface.neighbours.dedup();
        }
    }
    let strangers = left.into_keys();
    gaps.extend(
        strangers
            .map(|name| gap(format!("{name} of lldpcli's output is no interface of this list"))),
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::InterfaceKind;

    fn seen(chassis: &str) -> Neighbour {
        Neighbour { chassis: chassis.to_owned(), name: None, port: None }
    }

    #[test]
    fn neighbours_find_their_interfaces() {
        let mut interfaces = [
            Interface::new("eth0", 2, InterfaceKind::Physical),
            Interface::new("eth1", 3, InterfaceKind::Physical),
        ];
        let told = Neighbours::from([
            ("eth1".into(), vec![seen("b"), seen("a"), seen("b")]),
            ("eth9".into(), vec![seen("c")]),
        ]);
        let mut gaps = Vec::new();
        set_neighbours(Some(&told), &mut interfaces, &mut gaps);
        assert_eq!(interfaces[0].neighbours, []);
        assert_eq!(interfaces[1].neighbours, [seen("a"), seen("b")]);
        assert_eq!(gaps.len(), 1);
        assert!(gaps[0].cause.starts_with("eth9 of lldpcli's output"));
        set_neighbours(None, &mut interfaces, &mut gaps);
        assert_eq!(gaps[1].cause, "no output of lldpcli was given");
    }
}
