//! What comes of a failure, and why.

use super::lose::Setup;
use super::{Silence, latency, skew_limit_s};
use crate::model::service::{
    Backing, Declared, Detector, FailureMode, Interval, Loss, Ruling, SignOfLife, StoreKind,
    Verdict,
};

/// What comes of a failure for a service.
///
/// In order: what the profile declares of this failure, else what follows from its detector; then
/// what the service itself changes: a store that keeps locks, fencing, a supervisor, the number of
/// candidates.
#[must_use]
pub fn rule(setup: &Setup<'_>, loss: Loss) -> Ruling {
    let declared = setup.profile.mode.iter().find(|it| it.mode == loss.mode);
    let ruling = match declared {
        Some(declared) => of_profile(setup, declared, loss),
        None => of_detector(setup, loss),
    };
    adapted(setup, loss, ruling)
}

fn of_profile(setup: &Setup<'_>, declared: &Declared, loss: Loss) -> Ruling {
    let by_detector = || latency(&setup.profile.detector.by, silence(loss.mode), setup.nodes());
    let happens = matches!(declared.verdict, Verdict::Takeover | Verdict::Split);
    Ruling {
        verdict: declared.verdict,
        latency_s: declared.latency_s.or_else(|| happens.then(by_detector)),
        from_s: None,
        condition: declared.condition.clone(),
        reason: declared.reason.clone(),
        source: declared.source.clone(),
    }
}

fn silence(mode: FailureMode) -> Silence {
    match mode {
        FailureMode::Crash => Silence::Process,
        _ => Silence::Host,
    }
}

/// What follows from the detector alone.
fn of_detector(setup: &Setup<'_>, loss: Loss) -> Ruling {
    let detection = &setup.profile.detector;
    let ruling = |verdict, reason: &str| Ruling {
        verdict,
        latency_s: None,
        from_s: None,
        condition: None,
        reason: reason.to_owned(),
        source: detection.source.clone(),
    };
    let noticed = |reason: &str| Ruling {
        latency_s: Some(latency(&detection.by, silence(loss.mode), setup.nodes())),
        ..ruling(Verdict::Takeover, reason)
    };
    match (loss.mode, detection.sign) {
        (FailureMode::Crash, SignOfLife::Host) => {
            ruling(Verdict::Never, "the host goes on to say that it lives")
        }
        (FailureMode::Crash, _) => noticed("the sign of life stops with the process"),
        (FailureMode::Power, _) => noticed("the sign of life stops with the host"),
        (FailureMode::Hang, SignOfLife::Work) => noticed("the sign of life stops with the work"),
        (FailureMode::Hang, SignOfLife::Process) => {
            ruling(Verdict::Never, "the process lives, and that is all the sign of life says")
        }
        (FailureMode::Hang, SignOfLife::Thread) => {
            ruling(Verdict::Never, "the sign of life comes from another thread, which goes on")
        }
        (FailureMode::Hang, SignOfLife::Host) => {
            ruling(Verdict::Never, "the host lives, and that is all the sign of life says")
        }
        (FailureMode::Store, _) => store(setup, ruling),
        (FailureMode::Network, _) if setup.profile.store == Backing::Shared => store(setup, ruling),
        (FailureMode::Cut | FailureMode::Network, _) => cut(setup, ruling, noticed),
        (FailureMode::Skew, _) => skew(&detection.by, loss, ruling),
        (FailureMode::Both, _) => ruling(Verdict::Never, "no candidate is left"),
        (FailureMode::Interface, _) => Ruling {
            condition: Some("the old server still runs, and must not come back beside it".into()),
            ..noticed("a host that nobody reaches looks like one that is gone")
        },
    }
}

fn cut(
    setup: &Setup<'_>,
    ruling: impl Fn(Verdict, &str) -> Ruling,
    noticed: impl Fn(&str) -> Ruling,
) -> Ruling {
    if setup.profile.detector.by.asks_the_store() {
        return ruling(Verdict::Stays, "the sign of life goes through the store");
    }
    let reason = "each side takes the other for dead";
    Ruling { verdict: Verdict::Split, ..noticed(reason) }
}

fn store(setup: &Setup<'_>, ruling: impl Fn(Verdict, &str) -> Ruling) -> Ruling {
    match setup.profile.store {
        Backing::Shared => ruling(Verdict::Never, "no candidate works without the store"),
        Backing::Replicated => ruling(Verdict::Stays, "each candidate has a copy of its own"),
        Backing::Nothing => ruling(Verdict::NotApplicable, "there is no shared store"),
    }
}

fn skew(by: &Detector, loss: Loss, ruling: impl Fn(Verdict, &str) -> Ruling) -> Ruling {
    match (skew_limit_s(by), loss.skew_s) {
        (None, _) => ruling(Verdict::Stays, "immune: clocks of two hosts are not compared"),
        (Some(limit), Some(skew)) if skew < limit => Ruling {
            from_s: Some(limit),
            ..ruling(Verdict::Stays, "the clocks differ by less than the file may be old")
        },
        (limit, _) => Ruling {
            from_s: limit,
            ..ruling(Verdict::FalseTakeover, "a file that was just touched looks stale")
        },
    }
}

/// The same for a service on its hosts.
fn adapted(setup: &Setup<'_>, loss: Loss, mut ruling: Ruling) -> Ruling {
    let never = |ruling: Ruling, reason: &str| Ruling {
        verdict: Verdict::Never,
        latency_s: None,
        condition: None,
        reason: reason.to_owned(),
        ..ruling
    };
    if ruling.verdict == Verdict::Split && setup.fences() {
        ruling.verdict = Verdict::Takeover;
        "each side takes the other for dead, and the side that loses is fenced"
            .clone_into(&mut ruling.reason);
    }
    let Some(service) = setup.service else {
        if is_host_gone(loss.mode) && ruling.verdict == Verdict::Takeover {
            ruling.condition = ruling.condition.or_else(|| lease(setup, None));
        }
        return ruling;
    };
    let kind = service.store.as_ref().map(|store| store.kind);
    if is_host_gone(loss.mode) && ruling.verdict == Verdict::Takeover {
        match kind {
            Some(StoreKind::Local) if setup.profile.store == Backing::Shared => {
                return never(ruling, "the state lies on a disk of the lost host");
            }
            Some(StoreKind::Nfs3) if setup.locks() => {
                let reason = "with NFSv3 the lock of a dead host stays until somebody clears it";
                return never(ruling, reason);
            }
            _ => ruling.condition = ruling.condition.or_else(|| lease(setup, kind)),
        }
    }
    let alone = service.hosts.len() < 2;
    match ruling.verdict {
        _ if restarts_first(setup, loss, &ruling) => restart(setup),
        Verdict::Takeover if alone => never(ruling, "there is no other candidate"),
        Verdict::Split | Verdict::FalseTakeover if alone => Ruling {
            verdict: Verdict::NotApplicable,
            latency_s: None,
            ..never(ruling, "there is no other candidate")
        },
        Verdict::Never if loss.mode == FailureMode::Hang && setup.revival_s().is_some() => Ruling {
            verdict: Verdict::Restart,
            latency_s: setup.revival_s(),
            condition: None,
            reason: "a check asks the service itself and has it started again".to_owned(),
            source: "the service's health_check".to_owned(),
            ..ruling
        },
        Verdict::Never if loss.mode == FailureMode::Hang && service.restart_ms.is_some() => {
            ruling.reason += "; its supervisor starts it again when it dies, and it does not die";
            ruling
        }
        _ => ruling,
    }
}

fn is_host_gone(mode: FailureMode) -> bool {
    matches!(mode, FailureMode::Power | FailureMode::Interface)
}

/// What must be over before the lock of a dead host is free.
fn lease(setup: &Setup<'_>, kind: Option<StoreKind>) -> Option<String> {
    let text = match kind {
        _ if !setup.locks() => return None,
        Some(StoreKind::Cluster | StoreKind::Replicated) => {
            "if the store frees the lock of a dead host as fast as an NFSv4 lease runs out"
        }
        _ => "after the NFS lease; NFSv3 keeps the lock until somebody clears it",
    };
    Some(text.to_owned())
}

/// Whether a supervisor starts a dead process again before a standby takes over.
fn restarts_first(setup: &Setup<'_>, loss: Loss, ruling: &Ruling) -> bool {
    let takeover = (ruling.verdict == Verdict::Takeover).then_some(ruling.latency_s).flatten();
    let alone = setup.service.is_none_or(|service| service.hosts.len() < 2);
    let first = |restart: Interval| takeover.is_none_or(|it| alone || restart.max <= it.min);
    loss.mode == FailureMode::Crash && setup.restart_s().is_some_and(first)
}

fn restart(setup: &Setup<'_>) -> Ruling {
    let is_supervised = setup.service.is_some_and(|service| service.restart_ms.is_some());
    let (reason, source) = if is_supervised {
        ("its supervisor starts it again", "the service's restart")
    } else {
        ("a check finds it dead and starts it again", "the service's health_check")
    };
    Ruling {
        verdict: Verdict::Restart,
        latency_s: setup.restart_s(),
        from_s: None,
        condition: None,
        reason: reason.to_owned(),
        source: source.to_owned(),
    }
}
