//! One event as one line of text.

use super::super::text::{Page, Tone, count, escaped};
use super::words;
use crate::model::{NetworkName, NetworkState};
use crate::watch::{
    Beginning, Carrier, Event, Hold, NetworkChange, NetworkStanding, Redirection, Scope,
};

/// An event that happened at `at` (RFC 3339) as one line of text, without its line end.
#[must_use]
pub fn event_line(at: &str, event: &Event, page: Page) -> String {
    let (kind, tone, text) = match event {
        Event::Start(beginning) => ("start", Tone::Strong, start(beginning)),
        Event::Network(change) => ("network", tone(change), network(change)),
        Event::Redirection(it) => ("redirection", Tone::Warning, redirection(it)),
        Event::Hold(it) => ("hold", Tone::Warning, hold(it)),
        Event::Resync { overruns } => ("resync", Tone::Warning, resync(*overruns)),
        Event::Reload => {
            ("reload", Tone::Strong, "policy and stored inventories are read again".to_owned())
        }
        Event::End { reason } => ("end", Tone::Strong, escaped(reason)),
    };
    let kind = page.paint(&format!("{kind:<11}"), tone);
    format!("{}  {kind}  {text}", page.paint(at, Tone::Faint))
}

fn tone(change: &NetworkChange) -> Tone {
    match change.after.as_ref().map(|standing| standing.state) {
        Some(NetworkState::Up) => Tone::Good,
        Some(NetworkState::Partitioned) => Tone::Warning,
        Some(NetworkState::Down | NetworkState::Unavailable) | None => Tone::Bad,
    }
}

fn start(beginning: &Beginning) -> String {
    let states = beginning.networks.iter();
    let states: Vec<String> =
        states.map(|it| format!("{} {}", shown(&it.name), it.state.name())).collect();
    let carriers = &beginning.carriers;
    let mut text = format!("{}, ", count(beginning.nodes.len(), "node"));
    text += &count(states.len(), "cluster network");
    if !states.is_empty() {
        text += &format!(": {}", states.join(", "));
    }
    text += &format!(
        "; heartbeat/CSV on {}, live migration on {}",
        or_nothing(carriers.csv.as_ref()),
        or_nothing(carriers.migration.as_ref())
    );
    if beginning.exceptions > 0 {
        text += ", some pairs of nodes differ";
    }
    text
}

fn network(change: &NetworkChange) -> String {
    let mut text = match (&change.before, &change.after) {
        (Some(before), Some(after)) => format!("{}: {}", named(after), differences(before, after)),
        (None, Some(after)) => format!("{}: appeared, {}", named(after), after.state.name()),
        (Some(before), None) => format!("{}: gone, was {}", named(before), before.state.name()),
        (None, None) => String::new(),
    };
    let causes = words::causes(&change.causes);
    if !causes.is_empty() {
        text += &format!("; {causes}");
    }
    if change.losses > 1 {
        text += &format!("; lost {} times", change.losses);
    }
    text
}

fn differences(before: &NetworkStanding, after: &NetworkStanding) -> String {
    let mut all = Vec::new();
    if before.state != after.state {
        all.push(format!("{} -> {}", before.state.name(), after.state.name()));
    }
    if before.name != after.name {
        all.push(format!("was {}", shown(&before.name)));
    }
    if before.subnets != after.subnets {
        all.push("other subnets".to_owned());
    }
    if before.role != after.role {
        all.push(format!("role {} -> {}", before.role.number(), after.role.number()));
    }
    if before.metric != after.metric {
        all.push(format!("metric {} -> {}", before.metric.get(), after.metric.get()));
    }
    let ((_, had), (up, members)) = (before.up, after.up);
    all.push(if had == members {
        format!("{up}/{members} up")
    } else {
        format!("members {had} -> {members}, {up} up")
    });
    all.join(", ")
}

fn redirection(redirection: &Redirection) -> String {
    let mut text = match &redirection.scope {
        Scope::Cluster => String::new(),
        Scope::Pairs { nodes, peers } if nodes == peers => {
            format!("among {}: ", words::nodes(nodes))
        }
        Scope::Pairs { nodes, peers } => {
            format!("{} with {}: ", words::nodes(nodes), words::nodes(peers))
        }
    };
    let (before, after) = (&redirection.before, &redirection.after);
    let moves = [
        ("heartbeat/CSV", redirection.csv, &before.csv, &after.csv),
        ("live migration", redirection.migration, &before.migration, &after.migration),
    ];
    let moves = moves.into_iter().filter(|(_, moved, ..)| *moved);
    let moves =
        moves.map(|(what, _, old, new)| format!("{what} {}", step(old.as_ref(), new.as_ref())));
    text += &moves.collect::<Vec<_>>().join(", ");
    let reasons: Vec<String> = redirection.reasons.iter().map(words::reason).collect();
    text += &format!("; {}", reasons.join("; "));
    if redirection.collides() {
        text += "; both share one network";
    }
    text
}

fn hold(hold: &Hold) -> String {
    let (whole, tenths) = (hold.left_ms / 1000, hold.left_ms % 1000 / 100);
    let mut text = format!(
        "{} is back on {} and held for {whole}.{tenths} s",
        shown(&hold.network),
        escaped(hold.node.as_str())
    );
    if hold.losses > 1 {
        text += &format!("; lost {} times", hold.losses);
    }
    text
}

fn resync(overruns: usize) -> String {
    let times = if overruns == 1 { String::new() } else { format!(" {overruns} times") };
    format!("the kernel's notifications overran the buffer{times}: everything was read again")
}

fn named(standing: &NetworkStanding) -> String {
    let subnets: Vec<String> = standing.subnets.iter().map(ToString::to_string).collect();
    format!("{} ({})", shown(&standing.name), subnets.join(", "))
}

fn shown(name: &NetworkName) -> String {
    escaped(name.as_str())
}

/// From one network to another, with their subnets where they have the same name, since numbers
/// move when networks come and go.
fn step(old: Option<&Carrier>, new: Option<&Carrier>) -> String {
    match (old, new) {
        (Some(one), Some(other)) if one.name == other.name => {
            let with = |it: &Carrier| match it.key {
                Some(key) => format!("{} ({key})", shown(&it.name)),
                None => shown(&it.name),
            };
            format!("{} -> {}", with(one), with(other))
        }
        _ => format!("{} -> {}", or_nothing(old), or_nothing(new)),
    }
}

fn or_nothing(carrier: Option<&Carrier>) -> String {
    carrier.map_or_else(|| "nothing".to_owned(), |carrier| shown(&carrier.name))
}
