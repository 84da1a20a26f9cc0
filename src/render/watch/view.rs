//! One event as one line of JSON.

use serde::Serialize;

use super::super::text::escaped;
use super::words;
use crate::model::{NetworkName, NodeName, Subnet};
use crate::watch::{
    Beginning, Carriers, Cause, Event, Hold, NetworkChange, NetworkStanding, Redirection, Scope,
};

/// Schema of each line of JSON that `watch` prints.
pub const EVENT_SCHEMA: &str = "netplan-cluster/event/1";

#[derive(Serialize)]
struct EventView<'a> {
    schema: &'static str,
    at: &'a str,
    #[serde(flatten)]
    body: Body,
}

#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
enum Body {
    Start {
        nodes: Vec<String>,
        networks: Vec<StandingView>,
        #[serde(flatten)]
        carriers: CarriersView,
        exceptions: usize,
    },
    Network {
        name: String,
        before: Option<StandingView>,
        after: Option<StandingView>,
        causes: Vec<CauseView>,
        losses: u32,
    },
    Redirection {
        scope: &'static str,
        nodes: Vec<String>,
        peers: Vec<String>,
        changed: Vec<&'static str>,
        before: CarriersView,
        after: CarriersView,
        collision: bool,
        reasons: Vec<String>,
    },
    Hold {
        network: String,
        node: String,
        left_ms: u64,
        losses: u32,
    },
    Resync {
        overruns: usize,
    },
    Reload,
    End {
        reason: String,
    },
}

#[derive(Serialize)]
struct StandingView {
    name: String,
    subnets: Vec<Subnet>,
    state: &'static str,
    role: u8,
    metric: u32,
    members_up: usize,
    members: usize,
}

#[derive(Serialize)]
struct CauseView {
    node: String,
    interface: String,
    what: &'static str,
}

#[derive(Serialize)]
struct CarriersView {
    csv: Option<String>,
    csv_subnet: Option<Subnet>,
    live_migration: Option<String>,
    live_migration_subnet: Option<Subnet>,
}

/// An event that happened at `at` (RFC 3339) as one line of JSON, schema [`EVENT_SCHEMA`], with its
/// line end.
///
/// # Errors
/// Never for an event; the serializer's signature demands it.
pub fn event_json(at: &str, event: &Event) -> Result<String, serde_json::Error> {
    let view = EventView { schema: EVENT_SCHEMA, at, body: body(event) };
    serde_json::to_string(&view).map(|line| line + "\n")
}

fn body(event: &Event) -> Body {
    match event {
        Event::Start(beginning) => start(beginning),
        Event::Network(change) => network(change),
        Event::Redirection(redirection) => self::redirection(redirection),
        Event::Hold(hold) => self::hold(hold),
        Event::Resync { overruns } => Body::Resync { overruns: *overruns },
        Event::Reload => Body::Reload,
        Event::End { reason } => Body::End { reason: escaped(reason) },
    }
}

fn start(beginning: &Beginning) -> Body {
    Body::Start {
        nodes: nodes(&beginning.nodes),
        networks: beginning.networks.iter().map(standing).collect(),
        carriers: carriers(&beginning.carriers),
        exceptions: beginning.exceptions,
    }
}

fn network(change: &NetworkChange) -> Body {
    let named = change.after.as_ref().or(change.before.as_ref());
    Body::Network {
        name: named.map(|standing| name(&standing.name)).unwrap_or_default(),
        before: change.before.as_ref().map(standing),
        after: change.after.as_ref().map(standing),
        causes: change.causes.iter().map(cause).collect(),
        losses: change.losses,
    }
}

fn redirection(redirection: &Redirection) -> Body {
    let (scope, sides) = match &redirection.scope {
        Scope::Cluster => ("cluster", (Vec::new(), Vec::new())),
        Scope::Pairs { nodes: one, peers } => ("pairs", (nodes(one), nodes(peers))),
    };
    let changed = [("csv", redirection.csv), ("live-migration", redirection.migration)];
    Body::Redirection {
        scope,
        nodes: sides.0,
        peers: sides.1,
        changed: changed.into_iter().filter(|(_, moved)| *moved).map(|(what, _)| what).collect(),
        before: carriers(&redirection.before),
        after: carriers(&redirection.after),
        collision: redirection.collides(),
        reasons: redirection.reasons.iter().map(words::reason).collect(),
    }
}

fn hold(hold: &Hold) -> Body {
    Body::Hold {
        network: name(&hold.network),
        node: escaped(hold.node.as_str()),
        left_ms: hold.left_ms,
        losses: hold.losses,
    }
}

fn standing(standing: &NetworkStanding) -> StandingView {
    StandingView {
        name: name(&standing.name),
        subnets: standing.subnets.clone(),
        state: standing.state.name(),
        role: standing.role.number(),
        metric: standing.metric.get(),
        members_up: standing.up.0,
        members: standing.up.1,
    }
}

fn cause(cause: &Cause) -> CauseView {
    CauseView {
        node: escaped(cause.node.as_str()),
        interface: escaped(cause.interface.as_str()),
        what: words::key(cause.what),
    }
}

fn carriers(carriers: &Carriers) -> CarriersView {
    let (csv, migration) = (carriers.csv.as_ref(), carriers.migration.as_ref());
    CarriersView {
        csv: csv.map(|it| name(&it.name)),
        csv_subnet: csv.and_then(|it| it.key),
        live_migration: migration.map(|it| name(&it.name)),
        live_migration_subnet: migration.and_then(|it| it.key),
    }
}

fn name(name: &NetworkName) -> String {
    escaped(name.as_str())
}

fn nodes(nodes: &[NodeName]) -> Vec<String> {
    nodes.iter().map(|node| escaped(node.as_str())).collect()
}
