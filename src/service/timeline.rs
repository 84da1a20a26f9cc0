//! From a failure to clients that work again, phase by phase.

use super::lose::Setup;
use super::reliability::load_s;
use crate::model::service::{
    ClientRule, FailureMode, Interval, Loss, Phase, PhaseKind, Ruling, Step, Verdict,
};

/// The phases after a failure, each from the failure on; none where nothing happens.
///
/// A host that takes itself down does so while the others still wait for its sign of life. A lost
/// host is fenced before anything of it is taken; a dead process needs no fence.
#[must_use]
pub(super) fn phases(setup: &Setup<'_>, loss: Loss, ruling: &Ruling) -> Vec<Phase> {
    let Some(latency) = ruling.latency_s else { return Vec::new() };
    let profile = setup.profile;
    let mut way = Way::default();
    match ruling.verdict {
        Verdict::Restart => {
            way.add(PhaseKind::Restart, latency, &ruling.source, None);
            return way.serve(setup, loss);
        }
        Verdict::Takeover | Verdict::Split => {
            let assumption = profile.detector.assumption.as_ref();
            way.add(PhaseKind::Detect, latency, &ruling.source, assumption);
        }
        _ => return Vec::new(),
    }
    let is_host = !matches!(loss.mode, FailureMode::Crash | FailureMode::Hang);
    let is_cut_off = is_host && !matches!(loss.mode, FailureMode::Power | FailureMode::Both);
    if let Some(step) = profile.self_fence.as_ref().filter(|_| is_cut_off) {
        way.aside(PhaseKind::SelfFence, step);
    }
    if let Some(step) = profile.fence.as_ref().filter(|_| is_host && setup.fences()) {
        way.step(PhaseKind::Fence, step);
    }
    way.take(setup, loss)
}

/// The phases of the orderly way, from the first command on. A server that is alone hands nothing
/// over.
#[must_use]
pub(super) fn orderly(setup: &Setup<'_>, is_alone: bool) -> Vec<Phase> {
    let mut way = Way::default();
    if is_alone {
        return way.serve(setup, FailureMode::Crash.into());
    }
    let planned = &setup.profile.planned;
    let assumption = planned.assumption.as_ref();
    way.add(PhaseKind::Handover, planned.handover_s, &planned.source, assumption);
    way.take(setup, FailureMode::Crash.into())
}

/// What clients wait beyond the time at which the service is there.
#[must_use]
pub(super) fn client_step(setup: &Setup<'_>, loss: Loss) -> Interval {
    let timeout_s = setup.profile.detector.by.timeout_s().unwrap_or_default();
    match &setup.profile.clients.by {
        ClientRule::List { .. } if loss.mode == FailureMode::Crash => Interval::exact(0.0),
        ClientRule::List { connect_s } => *connect_s,
        ClientRule::Retry { step_timeouts, .. } => {
            Interval::between(0.0, step_timeouts * timeout_s)
        }
        ClientRule::Address { reconnect_s } => *reconnect_s,
        ClientRule::None => Interval::exact(0.0),
    }
}

/// Phases one after the other.
#[derive(Default)]
struct Way {
    phases: Vec<Phase>,
    now: Interval,
}

impl Way {
    fn take(mut self, setup: &Setup<'_>, loss: Loss) -> Vec<Phase> {
        if let Some(step) = &setup.profile.acquire {
            self.step(PhaseKind::Acquire, step);
        }
        self.serve(setup, loss)
    }

    fn serve(mut self, setup: &Setup<'_>, loss: Loss) -> Vec<Phase> {
        let profile = setup.profile;
        let load = &profile.load;
        let takes_s = load_s(load, setup.state);
        if !takes_s.is_nothing() {
            self.add(PhaseKind::Load, takes_s, &load.source, load.assumption.as_ref());
        }
        if let Some(step) = &profile.announce {
            self.step(PhaseKind::Announce, step);
        }
        let step = client_step(setup, loss);
        if profile.clients.by != ClientRule::None {
            let clients = &profile.clients;
            self.add(PhaseKind::Clients, step, &clients.source, clients.assumption.as_ref());
        }
        self.phases
    }

    fn step(&mut self, kind: PhaseKind, step: &Step) {
        self.add(kind, step.takes_s, &step.source, step.assumption.as_ref());
    }

    fn add(&mut self, kind: PhaseKind, takes_s: Interval, source: &str, note: Option<&String>) {
        let start_s = self.now;
        self.now = self.now + takes_s;
        let (source, assumption) = (source.to_owned(), note.cloned());
        self.phases.push(Phase { kind, start_s, takes_s, source, assumption });
    }

    /// Something that happens meanwhile, at a time from the failure on.
    fn aside(&mut self, kind: PhaseKind, step: &Step) {
        let now = self.now;
        self.now = step.takes_s;
        self.add(kind, Interval::default(), &step.source, step.assumption.as_ref());
        self.now = now;
    }
}
