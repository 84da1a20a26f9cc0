//! The output of `Get-ClusterNetwork`.

use super::show::{NetworkView, ShowView};

/// The networks as `Get-ClusterNetwork` prints them: Name, State, Metric, Role.
#[must_use]
pub fn powershell_table(view: &ShowView) -> String {
    let mut rows = vec![["Name", "State", "Metric", "Role"].map(str::to_owned)];
    rows.push(["----", "-----", "------", "----"].map(str::to_owned));
    for network in &view.networks {
        rows.push([
            network.name.clone(),
            network.state.to_owned(),
            network.metric.to_string(),
            network.role_name.to_owned(),
        ]);
    }
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max();
    let [name, state, metric] = [0, 1, 2].map(|column| width(column).unwrap_or(0));
    let mut text = String::new();
    for row in &rows {
        let line = format!("{:<name$} {:>state$} {:>metric$} {}", row[0], row[1], row[2], row[3]);
        text += line.trim_end();
        text += "\n";
    }
    text
}

/// The networks as `Get-ClusterNetwork | fl *` prints them: all properties, a block for each.
#[must_use]
pub fn powershell_list(view: &ShowView) -> String {
    let blocks: Vec<String> = view.networks.iter().map(block).collect();
    blocks.join("\n")
}

fn block(network: &NetworkView) -> String {
    let first = network.subnets.first();
    let family = |ipv4: bool| network.subnets.iter().filter(move |it| it.is_ipv4() == ipv4);
    let set = |values: Vec<String>| format!("{{{}}}", values.join(", "));
    let addresses = |ipv4| set(family(ipv4).map(|it| it.address().to_string()).collect());
    let lengths = |ipv4| set(family(ipv4).map(|it| it.prefix().to_string()).collect());
    let properties = [
        ("Address", first.map(|it| it.address().to_string()).unwrap_or_default()),
        ("AddressMask", first.map(|it| it.mask().to_string()).unwrap_or_default()),
        ("AutoMetric", if network.auto_metric { "True" } else { "False" }.to_owned()),
        ("Description", network.description.clone().unwrap_or_default()),
        ("Id", first.map(ToString::to_string).unwrap_or_default()),
        ("Ipv4Addresses", addresses(true)),
        ("Ipv4PrefixLengths", lengths(true)),
        ("Ipv6Addresses", addresses(false)),
        ("Ipv6PrefixLengths", lengths(false)),
        ("Metric", network.metric.to_string()),
        ("Name", network.name.clone()),
        ("Role", network.role_name.to_owned()),
        ("State", network.state.to_owned()),
    ];
    let line =
        |(name, value): (&str, String)| format!("{name:<17} : {value}").trim_end().to_owned();
    properties.into_iter().map(line).collect::<Vec<_>>().join("\n") + "\n"
}
