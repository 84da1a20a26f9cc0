//! What a change of the policy does.

use super::show::{NetworkView, ShowView};

/// What is different in `new`: names, roles and metrics of networks, and what carries what. Lines
/// for heartbeat/CSV and live migration stand in any case, since they are what a change is for.
#[must_use]
pub fn difference(old: &ShowView, new: &ShowView) -> String {
    let pairs = old.networks.iter().zip(&new.networks);
    let mut lines: Vec<String> = pairs.filter_map(|(old, new)| network(old, new)).collect();
    let first = |view: &ShowView| view.traffic.csv.clone();
    lines.push(choice("Heartbeat/CSV ", first(old), first(new)));
    let first = |view: &ShowView| view.traffic.live_migration.first().cloned();
    lines.push(choice("Live migration", first(old), first(new)));
    lines.join("\n") + "\n"
}

fn network(old: &NetworkView, new: &NetworkView) -> Option<String> {
    let mut changes = Vec::new();
    if old.name != new.name {
        changes.push(format!("name \"{}\" -> \"{}\"", old.name, new.name));
    }
    if old.role != new.role {
        changes.push(format!("role {} -> {}", old.role, new.role));
    }
    let metric = |view: &NetworkView| format!("{} ({})", view.metric, view.metric_source);
    if metric(old) != metric(new) {
        changes.push(format!("metric {} -> {}", metric(old), metric(new)));
    }
    if old.description != new.description {
        changes.push("description".to_owned());
    }
    (!changes.is_empty()).then(|| format!("{}: {}", old.name, changes.join(", ")))
}

fn choice(what: &str, old: Option<String>, new: Option<String>) -> String {
    let name = |network: Option<String>| network.unwrap_or_else(|| "nothing".to_owned());
    if old == new {
        format!("{what}  stays on {}", name(new))
    } else {
        format!("{what}  moves from {} to {}", name(old), name(new))
    }
}
