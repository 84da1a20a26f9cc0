//! The listing of `cluster net /prop`.

use std::net::IpAddr;

use super::show::{NetworkView, ShowView};
use crate::model::Subnet;

/// The networks as `cluster.exe` lists their properties: for all, or for the one named.
#[must_use]
pub fn cluster_exe(view: &ShowView, only: Option<&str>) -> String {
    let whose = only.map_or_else(|| "all networks".to_owned(), |name| format!("'{name}'"));
    let mut lines = vec![
        format!("Listing properties for {whose}:"),
        String::new(),
        row("T ", "Network", "Name", "Value"),
        row("--", &"-".repeat(20), &"-".repeat(24), &"-".repeat(23)),
    ];
    for network in &view.networks {
        lines.extend(properties(network));
    }
    lines.join("\n") + "\n"
}

fn row(kind: &str, network: &str, name: &str, value: &str) -> String {
    format!("{kind:<2} {network:<20} {name:<24} {value}").trim_end().to_owned()
}

fn properties(network: &NetworkView) -> Vec<String> {
    let family = |ipv4: bool| network.subnets.iter().filter(move |it| it.is_ipv4() == ipv4);
    let addresses = |ipv4| family(ipv4).map(|it| it.address().to_string()).collect::<Vec<_>>();
    let lengths = |ipv4| family(ipv4).map(|it| it.prefix().to_string()).collect::<Vec<_>>();
    let first = network.subnets.first();
    let text = |value: Option<IpAddr>| vec![value.map(|it| it.to_string()).unwrap_or_default()];
    let number = |value: u32| vec![format!("{value} ({value:#x})")];
    let all = [
        ("SR", "Name", vec![network.name.clone()]),
        ("MR", "IPv6Addresses", addresses(false)),
        ("MR", "IPv6PrefixLengths", lengths(false)),
        ("MR", "IPv4Addresses", addresses(true)),
        ("MR", "IPv4PrefixLengths", lengths(true)),
        ("SR", "Address", text(first.copied().map(Subnet::address))),
        ("SR", "AddressMask", text(first.copied().map(Subnet::mask))),
        ("S", "Description", vec![network.description.clone().unwrap_or_default()]),
        ("D", "Role", number(u32::from(network.role))),
        ("D", "Metric", number(network.metric)),
        ("D", "AutoMetric", number(u32::from(network.auto_metric))),
    ];
    let rows = all.into_iter().flat_map(|(kind, name, mut values)| {
        if values.is_empty() {
            values.push(String::new());
        }
        values.into_iter().map(move |value| row(kind, &network.name, name, &value))
    });
    rows.collect()
}
