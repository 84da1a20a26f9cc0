//! Which interface lies below which, once all are known by name.

use std::collections::BTreeMap;

use crate::model::{Fact, Gap, Interface, InterfaceName};

use super::link::Link;

/// Names of interfaces by the kernel's index.
#[derive(Debug, Default)]
pub(super) struct Names(BTreeMap<u32, InterfaceName>);

impl Names {
    pub(super) fn of(links: &[Link]) -> Self {
        let entry = |link: &Link| (link.interface.index, link.interface.name.clone());
        Self(links.iter().map(entry).collect())
    }

    pub(super) fn get(&self, index: u32) -> Option<&InterfaceName> {
        self.0.get(&index)
    }
}

/// Turns indices into names and lists the interfaces below each one.
pub(super) fn resolve(links: Vec<Link>, names: &Names, gaps: &mut Vec<Gap>) -> Vec<Interface> {
    let mut parents = Vec::with_capacity(links.len());
    let mut interfaces = Vec::with_capacity(links.len());
    for link in links {
        let mut interface = link.interface;
        gaps.extend(link.gaps);
        let mut name_of = |role, index: Option<u32>| {
            let name = names.get(index?).cloned();
            if name.is_none() {
                gaps.extend(index.map(|index| stranger(&interface.name, role, index)));
            }
            name
        };
        let master = name_of("master", link.master);
        let active = name_of("active port", link.active);
        parents.push(name_of("parent", link.parent));
        interface.master = master;
        if let Some(bond) = &mut interface.bond {
            bond.active = active;
        }
        interfaces.push(interface);
    }
    link_lowers(&mut interfaces, &parents);
    interfaces
}

fn stranger(interface: &InterfaceName, role: &str, index: u32) -> Gap {
    Gap {
        interface: Some(interface.clone()),
        fact: Fact::Link,
        cause: format!("its {role} has index {index}, which is no interface of this list"),
    }
}

/// Fills `lowers`: the ports whose master an interface is, and its parent; in the order of
/// `interfaces`. `parents` has one entry for each interface.
pub(crate) fn link_lowers(interfaces: &mut [Interface], parents: &[Option<InterfaceName>]) {
    let named = |(place, interface): (usize, &Interface)| (interface.name.clone(), place);
    let places: BTreeMap<InterfaceName, usize> = interfaces.iter().enumerate().map(named).collect();
    let mut below: Vec<(usize, usize)> = Vec::new();
    for (place, interface) in interfaces.iter().enumerate() {
        let master = interface.master.as_ref().and_then(|name| places.get(name));
        below.extend(master.map(|master| (*master, place)));
        let parent = parents.get(place).and_then(Option::as_ref);
        let parent = parent.and_then(|name| places.get(name));
        below.extend(parent.map(|parent| (place, *parent)));
    }
    below.sort_unstable();
    below.dedup();
    for (upper, lower) in below {
        let name = interfaces.get(lower).map(|lower| lower.name.clone());
        if let Some(upper) = interfaces.get_mut(upper) {
            upper.lowers.extend(name);
        }
    }
}
