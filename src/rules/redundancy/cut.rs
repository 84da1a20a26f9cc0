//! Findings on losses that part nodes.

use super::words;
use crate::failover::{Cut, Lost, PartKind};
use crate::model::{InterfaceName, Locus, NodeName};
use crate::rules::{Report, Site};

/// Reports a cut: at each node that it may happen on, where the nodes don't depend on each other,
/// else as one.
pub(super) fn find(
    site: &Site<'_>,
    report: &mut Report,
    cut: &Cut<'_>,
    (when, remedy): (&str, &str),
) {
    let cuts = site.cuts();
    let whom = words::parted(cuts, cut);
    let tell = |nodes: &[&NodeName]| {
        let what = words::losses(site, cuts, cut, nodes);
        (format!("losing {what}{when} leaves no path {whom}"), remedy.to_owned())
    };
    let nodes = words::holders(cuts, cut, 0);
    if (cut.losses.len() == 1 || cut.same_node) && !nodes.is_empty() {
        report.gather(&nodes, |node| spot(cut, node), tell);
    } else {
        let (what, remedy) = tell(&nodes);
        report.find(locus(site, cut), what, remedy);
    }
}

/// The interface, when that alone is lost, else its node.
fn spot(cut: &Cut<'_>, node: &NodeName) -> Locus {
    match &*cut.losses {
        [Lost::Part { kind: PartKind::Interface, names }] if names.len() == 1 => names
            .first()
            .map_or_else(Locus::cluster, |name| Locus::interface(node, &InterfaceName::new(*name))),
        _ => Locus::node(node),
    }
}

/// The network, when that alone is lost, or the node that all lost parts belong to.
fn locus(site: &Site<'_>, cut: &Cut<'_>) -> Locus {
    if let [Lost::Network(place)] = &*cut.losses {
        let on = site.network(*place);
        return on.map_or_else(Locus::cluster, |on| Locus::network(&on.network.name));
    }
    let holders = (0..cut.losses.len()).flat_map(|at| words::holders(site.cuts(), cut, at));
    Locus::common(&holders.map(Locus::node).collect::<Vec<_>>())
}
