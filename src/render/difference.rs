//! What a change of the policy does.

use super::show::{NetworkView, ShowView};

/// What is different in `new`: names, roles and metrics of networks, and what carries what. Lines
/// for heartbeat/CSV and live migration stand in any case, since they are what a change is for.
#[must_use]
pub fn difference(old: &ShowView, new: &ShowView) -> String {
    let pairs = old.networks.iter().zip(&new.networks);
    let mut lines: Vec<String> = pairs.filter_map(|(old, new)| network(old, new)).collect();
    for (what, carried) in [("Heartbeat/CSV ", "CSV"), ("Live migration", "migration")] {
        let place = |view: &ShowView| {
            view.networks.iter().position(|network| network.carries.contains(&carried))
        };
        lines.push(choice(what, new, (place(old), place(new))));
    }
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

fn choice(what: &str, new: &ShowView, places: (Option<usize>, Option<usize>)) -> String {
    let name = |place: Option<usize>| {
        let network = place.and_then(|place| new.networks.get(place));
        network.map_or("nothing", |network| network.name.as_str())
    };
    match places {
        (old, new) if old == new => format!("{what}  stays on {}", name(new)),
        (old, new) => format!("{what}  moves from {} to {}", name(old), name(new)),
    }
}
