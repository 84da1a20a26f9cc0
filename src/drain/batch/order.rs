//! Which node is next.

use super::emptying::{Emptying, Setting};
use super::load::{Load, NodeLoad};
use super::quantile::{integral, mean};
use super::site::Site;
use crate::model::{DrainOrder, NodeName};

/// Puts nodes that were not closed before into the order of their turns; the others stay in front.
pub(super) fn order(site: &mut Site, setting: Setting<'_>, order: DrainOrder) {
    if order == DrainOrder::List {
        return;
    }
    let last_nodes = site.load.last_nodes();
    let waste = |place| waste(&site.load, &last_nodes, place, setting);
    let wastes: Vec<f64> = (site.begun..site.names.len()).map(waste).collect();
    let nodes = site.load.nodes.drain(site.begun..);
    let names = site.names.drain(site.begun..);
    let mut rest: Vec<(f64, NodeName, NodeLoad)> =
        wastes.into_iter().zip(names).zip(nodes).map(|((w, name), node)| (w, name, node)).collect();
    rest.sort_by(|a, b| a.0.total_cmp(&b.0).then_with(|| a.1.cmp(&b.1)));
    for (_, name, node) in rest {
        site.names.push(name);
        site.load.nodes.push(node);
    }
}

/// Whole core seconds that a node's cores stand idle, on average, while the last of its jobs is waited for
/// from now on. Whole ones, so that what is equal but for rounding goes by name.
fn waste(load: &Load, last_nodes: &[usize], place: usize, setting: Setting<'_>) -> f64 {
    let node = Emptying::new((load, last_nodes), place, 0.0, setting);
    let bound = node.bound_s();
    let held = load.nodes[place].occupied() * mean(|s| node.empty_within(s), bound);
    (held - integral(|s| node.busy(s), bound)).round()
}
