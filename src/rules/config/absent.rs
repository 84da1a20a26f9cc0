//! Places of waivers that are not there.

use std::collections::BTreeSet;

use crate::model::{NetworkRef, Waiver};
use crate::policy;
use crate::rules::Site;
use crate::rules::suggest::nearest_name;

/// A part of a waiver's place that is not there.
pub(super) struct Absent {
    /// What it is, with its name: `node n12`.
    pub(super) what: String,
    /// Its name with what it is, when that is likely to be meant.
    pub(super) nearest: Option<String>,
}

/// The first part of a waiver's place that is not there: node, interface of that node or of any,
/// network.
pub(super) fn absent(waiver: &Waiver, site: &Site<'_>) -> Option<Absent> {
    node(waiver, site).or_else(|| interface(waiver, site)).or_else(|| network(waiver, site))
}

fn node(waiver: &Waiver, site: &Site<'_>) -> Option<Absent> {
    let names = site.inventories.iter().map(|inventory| inventory.node.as_str());
    among(("node", waiver.node.as_ref()?.as_str()), names)
}

fn interface(waiver: &Waiver, site: &Site<'_>) -> Option<Absent> {
    let is_meant = |name: &str| waiver.node.as_ref().is_none_or(|node| node.as_str() == name);
    let meant = site.inventories.iter().filter(|it| is_meant(it.node.as_str()));
    let names: BTreeSet<&str> =
        meant.flat_map(|it| &it.interfaces).map(|interface| interface.name.as_str()).collect();
    among(("interface", waiver.interface.as_ref()?.as_str()), names.iter().copied())
}

fn network(waiver: &Waiver, site: &Site<'_>) -> Option<Absent> {
    let reference = waiver.network.as_ref()?;
    let networks = &site.layout.networks;
    if networks.iter().any(|network| policy::means(reference, network)) {
        return None;
    }
    let subnets: Vec<String> =
        networks.iter().flat_map(|it| &it.subnets).map(ToString::to_string).collect();
    let word = reference.to_string();
    match reference {
        NetworkRef::Subnet(_) => among(("network", &word), subnets.iter().map(String::as_str)),
        NetworkRef::Name(_) => {
            among(("network", &word), networks.iter().map(|it| it.name.as_str()))
        }
    }
}

fn among<'n>(
    (what, name): (&str, &str),
    names: impl Iterator<Item = &'n str> + Clone,
) -> Option<Absent> {
    let is_absent = !names.clone().any(|it| it == name);
    is_absent.then(|| Absent {
        what: format!("{what} {name}"),
        nearest: nearest_name(name, names).map(str::to_owned),
    })
}
