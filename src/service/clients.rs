//! What clients see while a service is away.

use super::lose::Setup;
use crate::model::NodeName;
use crate::model::service::{
    ClientRule, ClientSpell, FailureMode, Interval, Loss, Phase, PhaseKind, Verdict,
};

/// What clients see from the failure on, one spell after the other.
#[must_use]
pub(super) fn spells(
    setup: &Setup<'_>,
    (loss, verdict): (Loss, Verdict),
    timeline: &[Phase],
) -> Vec<ClientSpell> {
    if setup.profile.clients.by == ClientRule::None || verdict == Verdict::Stays {
        return Vec::new();
    }
    let up = timeline.iter().rev().find(|phase| phase.kind != PhaseKind::Clients);
    let up = up.filter(|_| matches!(verdict, Verdict::Takeover | Verdict::Restart));
    let Some(up) = up.map(Phase::end_s) else {
        return lasting(setup, loss, verdict).into_iter().collect();
    };
    let load = timeline.iter().find(|phase| phase.kind == PhaseKind::Load).map(|it| it.start_s);
    let mut spells = away(setup, (loss, verdict), load.unwrap_or(up));
    if let Some(load) = load {
        spells.push(loading(setup, load, up));
    }
    spells.push(back(setup, (loss, verdict), up));
    spells
}

fn spell(from_s: Interval, until_s: Option<Interval>, sees: String) -> ClientSpell {
    ClientSpell { from_s, until_s, works: false, sees, waits_s: None }
}

/// Names of the first two candidates.
fn names(setup: &Setup<'_>) -> [String; 2] {
    let hosts = setup.service.map(|service| service.hosts.as_slice()).unwrap_or_default();
    let name = |at: usize, else_: &str| {
        hosts.get(at).map_or_else(|| else_.to_owned(), NodeName::to_string)
    };
    [name(0, "the first server"), name(1, "the second server")]
}

fn away(setup: &Setup<'_>, (loss, verdict): (Loss, Verdict), until: Interval) -> Vec<ClientSpell> {
    let [first, second] = names(setup);
    let start = Interval::exact(0.0);
    let retry = |give_up: f64| {
        let sees = "commands wait and try again; those that wait longer than the limit fail";
        let waits_s = Some(Interval::between(0.0, give_up));
        ClientSpell { waits_s, ..spell(start, Some(until), sees.to_owned()) }
    };
    let timeout_s = setup.profile.detector.by.timeout_s().unwrap_or_default();
    let sees = match &setup.profile.clients.by {
        ClientRule::Retry { give_up_timeouts, .. } => {
            return vec![retry(give_up_timeouts * timeout_s)];
        }
        ClientRule::List { .. } if verdict == Verdict::Restart => {
            format!("commands fail: {first} refuses them")
        }
        ClientRule::List { connect_s } if loss.mode != FailureMode::Crash => {
            let sees = format!(
                "commands fail: {first} does not answer, and {second}, which is tried next, does \
                 not serve yet"
            );
            let waits_s = Some(*connect_s);
            return vec![ClientSpell { waits_s, ..spell(start, Some(until), sees) }];
        }
        ClientRule::List { .. } => format!(
            "commands fail: {first} refuses them, and {second}, which is tried next, does not \
             serve yet"
        ),
        ClientRule::Address { .. } | ClientRule::None => {
            "connections break, and new ones get no answer".to_owned()
        }
    };
    vec![spell(start, Some(until), sees)]
}

fn loading(setup: &Setup<'_>, from: Interval, until: Interval) -> ClientSpell {
    let sees = match &setup.profile.clients.by {
        ClientRule::Retry { .. } => "commands wait: the state is being read",
        _ => "commands may time out: the state is being read",
    };
    spell(from, Some(until), sees.to_owned())
}

fn back(setup: &Setup<'_>, (loss, verdict): (Loss, Verdict), from_s: Interval) -> ClientSpell {
    let [first, second] = names(setup);
    let host_gone = loss.mode != FailureMode::Crash;
    let (sees, waits_s) = match &setup.profile.clients.by {
        _ if verdict == Verdict::Restart => ("commands work again".to_owned(), None),
        ClientRule::List { connect_s } if host_gone => {
            let sees =
                format!("commands work: each waits for {first} in vain, then {second} answers");
            (sees, Some(*connect_s))
        }
        ClientRule::List { .. } => {
            (format!("commands work: {first} refuses, then {second} answers"), None)
        }
        ClientRule::Retry { .. } => ("commands work with their next attempt".to_owned(), None),
        ClientRule::Address { .. } | ClientRule::None => {
            ("clients that connect anew work".to_owned(), None)
        }
    };
    ClientSpell { from_s, until_s: None, works: true, sees, waits_s }
}

/// What clients see where nobody mends it.
fn lasting(setup: &Setup<'_>, loss: Loss, verdict: Verdict) -> Option<ClientSpell> {
    let [first, second] = names(setup);
    let alone = setup.service.is_some_and(|service| service.hosts.len() < 2);
    let is_list = matches!(setup.profile.clients.by, ClientRule::List { .. });
    let sees = match (verdict, loss.mode) {
        (Verdict::Split, _) => "clients reach one of several active servers, by chance".to_owned(),
        (Verdict::FalseTakeover, _) => format!(
            "{first} and {second} both take themselves for the active server: which one answers is \
             chance"
        ),
        (Verdict::Never, FailureMode::Hang) if is_list && !alone => format!(
            "commands wait until they time out: {first} accepts them and does not answer, so \
             {second} is not tried"
        ),
        (Verdict::Never, FailureMode::Hang) => {
            format!("commands wait until they time out: {first} accepts them and does not answer")
        }
        (Verdict::Never, FailureMode::Store) => {
            "commands wait until they time out: servers block on the store".to_owned()
        }
        (Verdict::Never, _) if is_list && !alone => {
            format!("commands fail: neither {first} nor {second} serves")
        }
        (Verdict::Never, _) => format!("commands fail: {first} does not serve"),
        _ => return None,
    };
    Some(spell(Interval::exact(0.0), None, sees))
}
