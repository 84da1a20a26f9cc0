//! Happenings of services as rows of one timeline with those of networks.

use super::view::name;
use super::words;
use crate::model::service::{Interval, Phase, PhaseKind, ServiceLoss, Verdict};

/// Something that happens to a service.
pub(in crate::render) struct Entry {
    /// When at the earliest, on the clock of the scenario, in seconds.
    pub(in crate::render) at_s: f64,
    /// When, in words.
    pub(in crate::render) when: String,
    /// What kind of happening.
    pub(in crate::render) event: &'static str,
    /// What happens.
    pub(in crate::render) detail: String,
}

/// Each loss of a service with its verdict, its phases, and the time from which clients work again,
/// by the time at which they begin.
pub(in crate::render) fn entries(losses: &[ServiceLoss]) -> Vec<Entry> {
    let mut all: Vec<Entry> = losses.iter().flat_map(of_loss).collect();
    all.sort_by(|a, b| a.at_s.total_cmp(&b.at_s));
    all
}

fn of_loss(loss: &ServiceLoss) -> Vec<Entry> {
    let entry = |start_s: Interval, event, detail: String| {
        let start_s = start_s.later(loss.at_s);
        let detail = format!("{}: {detail}", name(loss));
        Entry { at_s: start_s.min, when: words::span(start_s), event, detail }
    };
    let failure = loss.loss.map(words::failure).unwrap_or_default();
    let verdict = format!("{failure}: {}", words::verdict(loss));
    let mut all = vec![entry(Interval::default(), "service", verdict)];
    all.extend(phases(loss).into_iter().map(|phase| {
        let mut detail = words::meaning(loss, phase.kind);
        if !phase.takes_s.is_nothing() {
            detail += &format!(", {}", words::span_and_mean(phase.takes_s));
        }
        entry(phase.start_s, phase.kind.name(), detail)
    }));
    let serves = loss.ruling.verdict != Verdict::Split && words::has_clients(loss);
    if let Some(outage_s) = loss.outage_s().filter(|_| serves) {
        all.push(entry(outage_s, "serves", "clients work again".to_owned()));
    }
    all
}

/// The phases that take time, by their beginning.
pub(super) fn phases(loss: &ServiceLoss) -> Vec<&Phase> {
    let is_something = |it: &&Phase| it.kind == PhaseKind::SelfFence || !it.takes_s.is_nothing();
    let mut phases: Vec<&Phase> = loss.timeline.iter().filter(is_something).collect();
    phases.sort_by(|a, b| a.start_s.min.total_cmp(&b.start_s.min));
    phases
}
