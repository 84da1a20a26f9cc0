//! What the lines of networks mean for a migration, in words, as a table and as JSON.

use serde::Serialize;

use super::forecast::{thousandths, whole};
use super::forecast_table::granted;
use super::grid::grid;
use super::measure::{rate, size, time};
use super::text::{Page, Tone, count, escaped, gbps};
use crate::migration::{Line, RatedNetwork};

/// Schema of the JSON that compares networks.
pub const NETWORKS_SCHEMA: &str = "netplan-cluster/migration-networks/1";

/// Where the rate of a migration comes from, as an assumption with its numbers.
#[must_use]
pub fn line_words(line: &Line, network: &str) -> String {
    let ports =
        if line.by_ports { " through one port of its bond for each connection" } else { "" };
    format!(
        "{} carries {} of payload: the slower end, {} on {}, has {} Gbit/s{ports}, of which TCP \
         over {} with an MTU of {} carries {:.1} %",
        escaped(network),
        rate(line.payload_bytes_s()),
        escaped(line.interface.as_str()),
        escaped(line.node.as_str()),
        gbps(line.mbps),
        if line.ipv6 { "IPv6" } else { "IPv4" },
        line.mtu,
        line.efficiency() * 100.0,
    )
}

/// Networks compared for one VM, best first.
#[derive(Clone, Debug, Serialize)]
pub struct NetworksView {
    /// Always [`NETWORKS_SCHEMA`].
    pub schema: &'static str,
    /// Name of the VM.
    pub name: String,
    /// The networks, best first.
    pub networks: Vec<NetworkRow>,
    /// What was taken for granted.
    pub assumptions: Vec<String>,
}

/// One network.
#[derive(Clone, Debug, Serialize)]
pub struct NetworkRow {
    /// Name.
    pub network: String,
    /// Whether live migration takes it.
    pub chosen: bool,
    /// `converged`, `stalled`, `cancelled` or `forced`; null when its speed is not known.
    pub outcome: Option<&'static str>,
    /// Payload, bytes a second.
    pub payload_bytes_s: Option<u64>,
    /// From start to end.
    pub total_ms: Option<f64>,
    /// Downtime.
    pub downtime_ms: Option<f64>,
    /// All bytes on the wire.
    pub transferred_bytes: Option<u64>,
    /// Why it can't be judged.
    pub unknown: Option<String>,
}

/// The view of networks that are in order already.
#[must_use]
pub fn networks(name: &str, rated: &[RatedNetwork], notes: &[String]) -> NetworksView {
    let view = |it: &RatedNetwork| {
        let known = it.result.as_ref().ok();
        let forecast = known.map(|(_, forecast)| forecast);
        let moved = it.moved();
        NetworkRow {
            network: escaped(it.name.as_str()),
            chosen: it.is_chosen,
            outcome: forecast.map(|it| it.outcome.name()),
            payload_bytes_s: known.map(|(line, _)| whole(line.payload_bytes_s())),
            total_ms: moved.map(|it| thousandths(it.total_ms)),
            downtime_ms: moved.map(|it| thousandths(it.downtime_ms)),
            transferred_bytes: moved.map(|it| whole(it.transferred_bytes)),
            unknown: it.result.as_ref().err().map(|it| escaped(&it.to_string())),
        }
    };
    NetworksView {
        schema: NETWORKS_SCHEMA,
        name: escaped(name),
        networks: rated.iter().map(view).collect(),
        assumptions: assumed(rated, notes).iter().map(|it| escaped(it)).collect(),
    }
}

/// The networks as a table under a line that says what the chosen one costs against the best.
#[must_use]
pub fn networks_table(networks: &[RatedNetwork], notes: &[String], page: Page) -> String {
    let header = ["Network", "Payload", "Outcome", "Time", "Downtime", "Sent"];
    let mut rows = vec![header.map(|title| page.paint(title, Tone::Strong)).to_vec()];
    rows.extend(networks.iter().map(|it| row(it, page)));
    let verdict = page.wrap(&cost(networks), 0);
    format!("{verdict}\n\n{}", grid(rows, &[5], page)) + &granted(&assumed(networks, notes), page)
}

/// What the comparison rests on: a limit of the VMM that makes networks alike, and what was assumed
/// before.
fn assumed(networks: &[RatedNetwork], notes: &[String]) -> Vec<String> {
    let capped = networks.iter().filter(|it| it.cap.is_some()).count();
    let cap = networks.iter().find_map(|it| it.cap).map(|cap| {
        let (of, limit) = (count(networks.len(), "network"), rate(cap));
        format!(
            "the VMM's own limit, {limit}, is below what {capped} of {of} carry and makes them alike: \
             --max-bandwidth 0 lifts it"
        )
    });
    cap.into_iter().chain(notes.iter().cloned()).collect()
}

fn row(network: &RatedNetwork, page: Page) -> Vec<String> {
    let chosen = if network.is_chosen { " (chosen)" } else { "" };
    let name = format!("{}{chosen}", escaped(network.name.as_str()));
    let dash = || "-".to_owned();
    match &network.result {
        Err(why) => {
            let why = format!("not judged: {}", escaped(&why.to_string()));
            vec![name, dash(), why, dash(), dash(), dash()]
        }
        Ok((line, forecast)) => {
            let is_moved = forecast.outcome.is_moved();
            let tone = if is_moved { Tone::Good } else { Tone::Bad };
            let of = |text: String| if is_moved { text } else { "-".to_owned() };
            vec![
                name,
                rate(line.payload_bytes_s()),
                page.paint(forecast.outcome.name(), tone),
                of(time(forecast.total_ms)),
                of(time(forecast.downtime_ms)),
                of(size(forecast.transferred_bytes)),
            ]
        }
    }
}

/// What the chosen network costs against the best.
fn cost(networks: &[RatedNetwork]) -> String {
    let best = networks.iter().find(|it| it.moved().is_some());
    let chosen = networks.iter().find(|it| it.is_chosen);
    let total = |it: &RatedNetwork| it.result.as_ref().map_or(0.0, |(_, it)| it.total_ms);
    match (best, chosen) {
        (None, _) => "No network carries this migration to its end".to_owned(),
        (Some(best), None) => {
            format!("Live migration has no network; the best is {}", escaped(best.name.as_str()))
        }
        (Some(best), Some(_)) if best.is_chosen => {
            format!("{}, which live migration takes, is the best", escaped(best.name.as_str()))
        }
        (Some(best), Some(chosen)) if chosen.moved().is_some() => format!(
            "{}, which live migration takes, needs {}: {:.1} times as long as {}, the best",
            escaped(chosen.name.as_str()),
            time(total(chosen)),
            total(chosen) / total(best).max(1e-9),
            escaped(best.name.as_str()),
        ),
        (Some(best), Some(chosen)) => format!(
            "{}, which live migration takes, does not carry it to its end; {} does in {}",
            escaped(chosen.name.as_str()),
            escaped(best.name.as_str()),
            time(total(best)),
        ),
    }
}
