//! The order of everything in an inventory, which tells nothing and so must not matter.

use std::cmp::Ordering;

use crate::model::{Interface, NodeInventory, Route};

/// Puts an inventory into its one order, so that the same facts are the same document in whatever
/// order they were met: interfaces by name, their lowers by name, their addresses by address;
/// routes by table, destination and priority; sessions and gaps by all they hold. What stands
/// twice among routes, sessions and gaps is kept once.
pub(crate) fn put_in_order(inventory: &mut NodeInventory) {
    inventory.interfaces.iter_mut().for_each(put_interface_in_order);
    inventory.interfaces.sort_by(|a, b| (&a.name, a.index).cmp(&(&b.name, b.index)));
    inventory.routes.iter_mut().for_each(|route| route.next_hops.sort());
    inventory.routes.sort_by(by_table);
    inventory.routes.dedup();
    inventory.storage_sessions.sort();
    inventory.storage_sessions.dedup();
    inventory.gaps.sort();
    inventory.gaps.dedup();
}

fn put_interface_in_order(interface: &mut Interface) {
    interface.lowers.sort();
    interface.addresses.iter_mut().for_each(|address| address.flags.sort());
    interface.addresses.sort();
}

/// By table, destination and priority; next hops decide between routes that differ in no more.
pub(super) fn by_table(a: &Route, b: &Route) -> Ordering {
    let first = |route: &Route| (route.table, route.destination, route.priority);
    first(a).cmp(&first(b)).then_with(|| a.next_hops.cmp(&b.next_hops))
}
