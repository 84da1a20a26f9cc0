//! Changes that make a migration converge, in the words of whoever described it.

use serde::Serialize;

use super::forecast::{thousandths, whole};
use super::measure::time;
use super::text::count;
use super::value::{plain, shortened, typed};
use crate::model::{Advice, Change, Effort, Forecast, Key, Specification};

/// How a VM was described, and so how it is described otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wording {
    /// By options.
    Options,
    /// By a document.
    Document,
}

/// A change, and what it leads to.
#[derive(Clone, Debug, Serialize)]
pub struct ChangeView {
    /// What to do: the option to give, or the member of the document to set.
    pub change: String,
    /// `setting`, `slowed-guest`, `lighter-guest`, `purchase` or `risk`.
    pub effort: &'static str,
    /// The quantity, where one is set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<&'static str>,
    /// What it is now, in bytes, bytes or writes a second, or ms; absent where there is no limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<f64>,
    /// What it should be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<f64>,
    /// What happens then.
    pub then: ThenView,
}

/// A forecast in short.
#[derive(Clone, Debug, Serialize)]
pub struct ThenView {
    /// `converged`.
    pub outcome: &'static str,
    /// How many, with the full copy.
    pub rounds: usize,
    /// From start to end.
    pub total_ms: f64,
    /// As the VMM reports it.
    pub downtime_ms: f64,
    /// All bytes on the wire.
    pub transferred_bytes: u64,
}

/// The changes as JSON shows them.
#[must_use]
pub fn changes(spec: &Specification, advice: &[Advice], wording: Wording) -> Vec<ChangeView> {
    advice.iter().map(|it| view(spec, it, wording)).collect()
}

fn view(spec: &Specification, advice: &Advice, wording: Wording) -> ChangeView {
    let set = match advice.change {
        Change::Set { key, from, to } => Some((key, from, to)),
        Change::AutoConverge { .. } | Change::Postcopy => None,
    };
    ChangeView {
        change: words(spec, advice.change, wording),
        effort: effort(advice.effort),
        key: set.map(|(key, ..)| key.name()),
        from: set.map(|(_, from, _)| from).filter(|from| from.is_finite()).map(thousandths),
        to: set.map(|(.., to)| thousandths(to)),
        then: ThenView {
            outcome: advice.forecast.outcome.name(),
            rounds: advice.forecast.rounds.len(),
            total_ms: thousandths(advice.forecast.total_ms),
            downtime_ms: thousandths(advice.forecast.downtime_ms),
            transferred_bytes: whole(advice.forecast.transferred_bytes),
        },
    }
}

/// The changes as people read them: what to do, and what happens then.
#[must_use]
pub fn change_lines(
    spec: &Specification,
    advice: &[Advice],
    wording: Wording,
) -> Vec<(String, String)> {
    let line = |it: &Advice| {
        let mut what = words(spec, it.change, wording);
        if let Some(means) = meaning(it.change) {
            what += &format!(" ({means})");
        }
        (what, then(&it.forecast))
    };
    advice.iter().map(line).collect()
}

fn then(forecast: &Forecast) -> String {
    let rounds = count(forecast.rounds.len(), "round");
    let (total, downtime) = (time(forecast.total_ms), time(forecast.downtime_ms));
    format!("converges in {rounds}, {total}, downtime {downtime}")
}

/// What to give or to set.
fn words(spec: &Specification, change: Change, wording: Wording) -> String {
    match (change, wording) {
        (Change::Set { key, from, to }, Wording::Options) => options(spec, key, (from, to)),
        (Change::Set { key, from, to }, Wording::Document) => members(spec, key, (from, to)),
        (Change::AutoConverge { .. }, Wording::Options) => "--auto-converge".to_owned(),
        (Change::AutoConverge { .. }, Wording::Document) => "\"auto_converge\": {}".to_owned(),
        (Change::Postcopy, Wording::Options) => "--postcopy".to_owned(),
        (Change::Postcopy, Wording::Document) => {
            "\"postcopy\": {\"after_iteration\": 2}".to_owned()
        }
    }
}

fn options(spec: &Specification, key: Key, (from, to): (f64, f64)) -> String {
    let text = typed(key, to, to > from);
    if key == Key::Bandwidth && is_held_back(spec, to) {
        return format!("--bandwidth {text} --max-bandwidth {text}");
    }
    format!("--{} {text}", key.name())
}

fn members(spec: &Specification, key: Key, (from, to): (f64, f64)) -> String {
    let text = plain(shortened(to, to > from));
    let factor = plain(shortened(to / from, to > from));
    match key {
        Key::DirtyRate => format!("\"writes_per_s\" of all groups × {factor}"),
        Key::WorkingSet => format!("\"pages\" of all groups × {factor}"),
        Key::Bandwidth if is_held_back(spec, to) => {
            format!("\"link_bytes_s\": {text}, \"max_bandwidth_bytes_s\": {text}")
        }
        Key::Bandwidth => format!("\"link_bytes_s\": {text}"),
        Key::Cap => format!("\"max_bandwidth_bytes_s\": {text}"),
        Key::DowntimeLimit => format!("\"downtime_limit_ms\": {text}"),
        Key::Memory | Key::ZeroShare | Key::FixedDowntime => format!("{} {text}", key.name()),
    }
}

/// Whether the VMM's own limit would hold a faster network back. Where none is set the VMM's own is
/// unknown here, and may.
fn is_held_back(spec: &Specification, rate: f64) -> bool {
    spec.max_bandwidth_bytes_s.is_none_or(|cap| cap > 0.0 && cap < rate)
}

/// What it asks for, where the option does not tell.
fn meaning(change: Change) -> Option<String> {
    let times = |from: f64, to: f64| plain((to / from * 100.0).round() / 100.0);
    match change {
        Change::Set { key: Key::DirtyRate, from, to } => {
            Some(format!("a guest that writes {} times as much", times(from, to)))
        }
        Change::Set { key: Key::WorkingSet, from, to } => {
            Some(format!("a guest that writes to {} times as much memory", times(from, to)))
        }
        Change::Set { key: Key::Bandwidth, from, to } => {
            Some(format!("a network {} times as fast", times(from, to)))
        }
        Change::Set { .. } => None,
        Change::AutoConverge { throttle_percent } => {
            Some(format!("the guest loses up to {throttle_percent:.0} % of its processor time"))
        }
        Change::Postcopy => {
            Some("if a node or the network fails before its end, the VM is lost".to_owned())
        }
    }
}

fn effort(effort: Effort) -> &'static str {
    match effort {
        Effort::Setting => "setting",
        Effort::SlowedGuest => "slowed-guest",
        Effort::LighterGuest => "lighter-guest",
        Effort::Purchase => "purchase",
        Effort::Risk => "risk",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_that_holds_a_network_back_is_raised_with_it() {
        let mut spec = Specification::new(1 << 30);
        let change = Change::Set { key: Key::Bandwidth, from: 1e8, to: 2.4e8 };
        let said = |spec: &Specification| words(spec, change, Wording::Options);
        assert_eq!(said(&spec), "--bandwidth 240MB/s --max-bandwidth 240MB/s");
        spec.max_bandwidth_bytes_s = Some(0.0);
        assert_eq!(said(&spec), "--bandwidth 240MB/s");
        assert_eq!(words(&spec, change, Wording::Document), "\"link_bytes_s\": 240000000");
        assert_eq!(meaning(change).unwrap(), "a network 2.4 times as fast");
    }

    #[test]
    fn documents_scale_their_groups() {
        let spec = Specification::new(1 << 30);
        let change = Change::Set { key: Key::DirtyRate, from: 30_000.0, to: 12_000.0 };
        let said = words(&spec, change, Wording::Document);
        assert_eq!(said, "\"writes_per_s\" of all groups × 0.4");
        assert_eq!(words(&spec, change, Wording::Options), "--dirty-rate 12000pages/s");
    }
}
