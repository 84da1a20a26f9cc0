//! What comes of a failure for one service.

use super::{clients, faults, ruling, timeline, work};
use crate::model::NodeName;
use crate::model::service::{
    DeclaredService, Detector, FailureMode, Interval, Loss, Phase, PhaseKind, Profile, Ruling,
    ServiceLoss, StateSize, Verdict,
};

/// Candidates of a profile of which no service is declared.
const CANDIDATES: usize = 2;

/// A profile, the service that runs by it, and its state.
#[derive(Clone, Copy, Debug)]
pub struct Setup<'a> {
    /// The profile, with the service's parameters.
    pub profile: &'a Profile,
    /// The service; none where only the system is looked at.
    pub service: Option<&'a DeclaredService>,
    /// How much state a standby reads, where it is known.
    pub state: Option<&'a StateSize>,
}

impl<'a> Setup<'a> {
    /// A system of which no service is declared.
    #[must_use]
    pub fn of(profile: &'a Profile) -> Self {
        Self { profile, service: None, state: None }
    }

    pub(super) fn nodes(&self) -> usize {
        self.service.map_or(CANDIDATES, |service| service.hosts.len())
    }

    /// Whether a lost host is fenced.
    #[must_use]
    pub fn fences(&self) -> bool {
        let declared = self.service.and_then(|service| service.fencing);
        declared.unwrap_or(self.profile.fence.is_some())
    }

    /// Whether it returns to its first host by itself.
    #[must_use]
    pub fn fails_back(&self) -> bool {
        let declared = self.service.and_then(|service| service.failback);
        declared.unwrap_or(self.profile.failback.automatic)
    }

    /// Whether a lock keeps two servers from being active.
    pub(super) fn locks(&self) -> bool {
        locks(self.profile)
    }

    /// Until a dead process is started again: by its supervisor, else by the check that finds it.
    pub(super) fn restart_s(&self) -> Option<Interval> {
        self.supervisor_s().or_else(|| self.check_s())
    }

    /// Until a process is started again that lives and does nothing.
    pub(super) fn revival_s(&self) -> Option<Interval> {
        Some(self.check_s()? + self.supervisor_s().unwrap_or_default())
    }

    fn supervisor_s(&self) -> Option<Interval> {
        self.service?.restart_ms.map(|ms| Interval::exact(seconds(ms)))
    }

    fn check_s(&self) -> Option<Interval> {
        self.service?.health_check_ms.map(|ms| Interval::between(0.0, seconds(ms)))
    }
}

/// Milliseconds as seconds.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "times stay far below 2^53 ms")]
pub fn seconds(ms: u64) -> f64 {
    ms as f64 / 1000.0
}

/// Whether a lock keeps two servers of this system from being active.
#[must_use]
pub fn locks(profile: &Profile) -> bool {
    matches!(profile.detector.by, Detector::LockPoll { .. })
}

/// What comes of a failure of the active server, from its verdict to its clients.
#[must_use]
pub fn lose(setup: &Setup<'_>, loss: Loss) -> ServiceLoss {
    told(setup, loss, ruling::rule(setup, loss))
}

/// The same with a verdict that was found otherwise.
pub(super) fn told(setup: &Setup<'_>, loss: Loss, ruling: Ruling) -> ServiceLoss {
    let timeline = timeline::phases(setup, loss, &ruling);
    let assumed = timeline.iter().filter_map(|phase| phase.assumption.clone());
    let mut assumptions: Vec<String> = assumed.collect();
    assumptions.extend(unmeasured(setup, &timeline));
    assumptions.extend(unfenced(setup, loss, &ruling));
    assumptions.dedup();
    let hosts = setup.service.map(|it| it.hosts.as_slice()).unwrap_or_default();
    let moves = matches!(ruling.verdict, Verdict::Takeover | Verdict::FalseTakeover);
    let to = hosts.get(1).filter(|_| moves).cloned();
    let mut told = ServiceLoss {
        service: setup.service.map_or_else(String::new, |it| it.name.clone()),
        profile: setup.profile.name.clone(),
        title: setup.profile.title.clone(),
        lost: String::new(),
        loss: Some(loss),
        at_s: 0.0,
        from: hosts.first().cloned(),
        to,
        clients: clients::spells(setup, (loss, ruling.verdict), &timeline),
        timeline,
        steps: Vec::new(),
        work: Vec::new(),
        single_points: faults::single_points(setup),
        assumptions,
        returns: false,
        ruling,
    };
    told.work = work::notes(setup, (loss, told.ruling.verdict), told.outage_s());
    told.returns = returns(setup, &told);
    told
}

/// Whether the service goes back to its first host by itself, which interrupts it again.
fn returns(setup: &Setup<'_>, told: &ServiceLoss) -> bool {
    setup.fails_back() && told.ruling.verdict == Verdict::Takeover
}

fn unmeasured(setup: &Setup<'_>, timeline: &[Phase]) -> Option<String> {
    let reads = timeline.iter().any(|it| it.kind == PhaseKind::Load);
    let text = match setup.state {
        None => "the state is as small as the profile has it: --state-dir measures it",
        Some(state) if state.rate_is_assumed => {
            "the state is read at 100 MiB/s: --rate says otherwise"
        }
        Some(_) => return None,
    };
    reads.then(|| text.to_owned())
}

fn unfenced(setup: &Setup<'_>, loss: Loss, ruling: &Ruling) -> Option<String> {
    let fences = setup.service.is_some_and(|service| service.fencing == Some(true));
    let matters = ruling.verdict == Verdict::Takeover && loss.mode != FailureMode::Crash;
    let text = "fencing takes no time here: the profile does not say how long it takes";
    (fences && matters && setup.profile.fence.is_none()).then(|| text.to_owned())
}

/// The first candidate that is left.
pub(super) fn standby(
    service: &DeclaredService,
    is_left: impl Fn(&NodeName) -> bool,
) -> Option<&NodeName> {
    service.hosts.iter().skip(1).find(|host| is_left(host))
}
