//! The orderly way from one host to the next.

use super::lose::Setup;
use super::{clients, faults, timeline, work};
use crate::model::service::{
    FailureMode, Loss, PlannedCommand, PlannedStep, Ruling, ServiceLoss, Verdict, WorkNote,
};
use crate::model::{NodeName, shell_word};

/// The orderly way: what to do, and how long clients are without the service.
#[must_use]
pub fn planned(setup: &Setup<'_>) -> ServiceLoss {
    let planned = &setup.profile.planned;
    let hosts = setup.service.map(|it| it.hosts.as_slice()).unwrap_or_default();
    let alone = setup.service.is_some() && hosts.len() < 2;
    let verdict = if alone { Verdict::Restart } else { Verdict::Takeover };
    let ruling = Ruling {
        verdict,
        latency_s: Some(planned.handover_s),
        from_s: None,
        condition: None,
        reason: "the orderly way".to_owned(),
        source: planned.source.clone(),
    };
    let timeline = timeline::orderly(setup, alone);
    let loss = Loss::from(FailureMode::Crash);
    let steps = planned.step.iter().filter(|step| !alone || !needs_standby(step));
    let assumptions = timeline.iter().filter_map(|phase| phase.assumption.clone()).collect();
    let mut told = ServiceLoss {
        service: setup.service.map_or_else(String::new, |it| it.name.clone()),
        profile: setup.profile.name.clone(),
        title: setup.profile.title.clone(),
        lost: String::new(),
        loss: None,
        at_s: 0.0,
        from: hosts.first().cloned(),
        to: hosts.get(1).cloned(),
        clients: clients::spells(setup, (loss, verdict), &timeline),
        steps: steps.map(|step| filled(setup, step)).collect(),
        timeline,
        work: Vec::new(),
        single_points: faults::single_points(setup),
        assumptions,
        returns: false,
        ruling,
    };
    told.work = work::notes(setup, (loss, verdict), told.outage_s());
    told.work.retain(|note| !matches!(note, WorkNote::Unsaved(_)));
    if let Some(quiet) = setup.profile.work.quiet {
        told.work = vec![WorkNote::HoldsUntilQuiet(quiet)];
    }
    told
}

fn needs_standby(step: &PlannedCommand) -> bool {
    let texts = [Some(&step.text), step.on.as_ref(), step.command.as_ref()];
    texts.into_iter().flatten().any(|text| text.contains("{to}"))
}

/// A step with its names in place; what is typed has them as shell words.
fn filled(setup: &Setup<'_>, step: &PlannedCommand) -> PlannedStep {
    let hosts = setup.service.map(|it| it.hosts.as_slice()).unwrap_or_default();
    let host = |at: usize, else_: &str| {
        hosts.get(at).map_or_else(|| else_.to_owned(), NodeName::to_string)
    };
    let name = setup.service.map_or("SERVICE", |service| service.name.as_str());
    let [from, to] = [host(0, "ACTIVE"), host(1, "STANDBY")];
    let fill = |text: &str, quote: &dyn Fn(&str) -> String| {
        replaced(
            text,
            &[("{from}", &quote(&from)), ("{to}", &quote(&to)), ("{service}", &quote(name))],
        )
    };
    let plain = |text: &str| text.to_owned();
    PlannedStep {
        text: fill(&step.text, &plain),
        on: step.on.as_deref().map(|on| fill(on, &plain)),
        command: step.command.as_deref().map(|command| fill(command, &|word| shell_word(word))),
    }
}

/// All marks replaced in one pass, so that a name that holds a mark stays as it is.
fn replaced(text: &str, marks: &[(&str, &str)]) -> String {
    let mut filled = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('{') {
        let (before, from) = rest.split_at(at);
        filled += before;
        let mark = marks.iter().find(|(mark, _)| from.starts_with(mark));
        let (taken, put) = mark.map_or((1, "{"), |(mark, put)| (mark.len(), *put));
        filled += put;
        rest = &from[taken..];
    }
    filled + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_in_names_are_not_replaced_again() {
        let marks = [("{from}", "{to}"), ("{to}", "b")];
        assert_eq!(replaced("stop {from}, start {to} {x", &marks), "stop {to}, start b {x");
    }
}
