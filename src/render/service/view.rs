//! The views that JSON is made of.

use serde::Serialize;

use super::words;
use crate::model::service::{Interval, Phase, ServiceLoss};
use crate::render::failover::{FailoverView, MomentView};
use crate::render::forecast::thousandths;
use crate::render::text::escaped;

/// Schema of what comes of losing services.
pub const SERVICES_SCHEMA: &str = "netplan-cluster/services/1";

/// What comes of losing services.
#[derive(Clone, Debug, Serialize)]
pub struct ServicesView {
    /// Always [`SERVICES_SCHEMA`].
    pub schema: &'static str,
    /// All phases of all services by the time they begin.
    pub timeline: Vec<PhaseView>,
    /// Each loss of a service.
    pub services: Vec<ServiceView>,
}

/// A plan of networks with what comes of it for services.
#[derive(Clone, Debug, Serialize)]
pub struct WithServices {
    /// The plan, whose timeline has the phases of services too.
    #[serde(flatten)]
    pub plan: FailoverView,
    /// Each loss of a service; empty where no service is declared or none is concerned.
    pub services: Vec<ServiceView>,
}

/// A time between bounds, in seconds.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct IntervalView {
    /// Least.
    pub min: f64,
    /// Mean.
    pub mean: f64,
    /// Most.
    pub max: f64,
}

impl From<Interval> for IntervalView {
    fn from(interval: Interval) -> Self {
        let [min, mean, max] = [interval.min, interval.mean, interval.max].map(thousandths);
        Self { min, mean, max }
    }
}

/// A phase on the clock of the scenario.
#[derive(Clone, Debug, Serialize)]
pub struct PhaseView {
    /// The service.
    pub service: String,
    /// `detect`, `self-fence`, `fence`, `restart`, `handover`, `acquire`, `load`, `announce` or
    /// `clients`.
    pub phase: &'static str,
    /// When it begins.
    pub start_s: IntervalView,
    /// How long it takes.
    pub takes_s: IntervalView,
    /// Where that is told.
    pub source: String,
    /// What is only assumed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assumption: Option<String>,
}

/// What comes of a failure for a service.
#[derive(Clone, Debug, Serialize)]
pub struct ServiceView {
    /// The service.
    pub service: String,
    /// Its profile.
    pub profile: String,
    /// What is lost, as `--lose` takes it.
    pub lost: String,
    /// The failure; null for the orderly way.
    pub mode: Option<&'static str>,
    /// When, on the clock of the scenario.
    pub at_s: f64,
    /// The active host before.
    pub from: Option<String>,
    /// The host that takes over.
    pub to: Option<String>,
    /// `takeover`, `restart`, `never`, `stays`, `false-takeover`, `split` or `not-applicable`.
    pub verdict: &'static str,
    /// How long after the failure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latency_s: Option<IntervalView>,
    /// Skew from which it holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from_skew_s: Option<f64>,
    /// Only if.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub condition: Option<String>,
    /// Why.
    pub reason: String,
    /// Where that is told.
    pub source: String,
    /// How long clients are without the service; null where it does not come back.
    pub outage_s: Option<IntervalView>,
    /// Its phases.
    pub timeline: Vec<PhaseView>,
    /// What is to be done, for the orderly way.
    pub steps: Vec<StepView>,
    /// What clients see.
    pub clients: Vec<ClientView>,
    /// What becomes of running work.
    pub work: Vec<String>,
    /// What the service can't lose.
    pub single_points: Vec<SinglePointView>,
    /// Whether it returns to its first host by itself, which interrupts it again.
    pub returns: bool,
    /// What is only assumed.
    pub assumptions: Vec<String>,
}

/// A step of the orderly way.
#[derive(Clone, Debug, Serialize)]
pub struct StepView {
    /// What is done.
    pub text: String,
    /// Where.
    pub on: Option<String>,
    /// What is typed.
    pub command: Option<String>,
}

/// What clients see for a while.
#[derive(Clone, Debug, Serialize)]
pub struct ClientView {
    /// From when on, on the clock of the scenario.
    pub from_s: IntervalView,
    /// Until when; null: until somebody mends it.
    pub until_s: Option<IntervalView>,
    /// Whether commands work.
    pub works: bool,
    /// What they see.
    pub sees: String,
    /// What each command waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waits_s: Option<IntervalView>,
}

/// What a service can't lose.
#[derive(Clone, Debug, Serialize)]
pub struct SinglePointView {
    /// The host; null where it is no host.
    pub host: Option<String>,
    /// What it is.
    pub is: Vec<String>,
    /// What follows.
    pub follows: String,
}

/// The view of losses of services.
#[must_use]
pub fn services(losses: &[ServiceLoss]) -> ServicesView {
    ServicesView {
        schema: SERVICES_SCHEMA,
        timeline: timeline(losses),
        services: losses.iter().map(service).collect(),
    }
}

/// A plan of networks that goes on with what comes of it for services, on one clock.
#[must_use]
pub fn with_services(mut plan: FailoverView, losses: &[ServiceLoss]) -> WithServices {
    plan.timeline.extend(losses.iter().flat_map(moments));
    plan.timeline.sort_by(|a, b| a.at_s.total_cmp(&b.at_s));
    WithServices { plan, services: losses.iter().map(service).collect() }
}

/// A loss with its verdict, and its phases.
fn moments(loss: &ServiceLoss) -> Vec<MomentView> {
    let own = name(loss);
    let failure = loss.loss.map(words::failure).unwrap_or_default();
    let detail = format!("{own}: {failure}: {}", words::verdict(loss));
    let at_s = thousandths(loss.at_s);
    let mut moments = vec![MomentView { at_s, event: "service", detail, phase: None }];
    moments.extend(loss.timeline.iter().map(|phase| {
        let view = phase_view(loss, phase);
        let detail = format!("{own}: {}", words::meaning(loss, phase.kind));
        MomentView { at_s: view.start_s.min, event: view.phase, detail, phase: Some(view) }
    }));
    moments
}

fn timeline(losses: &[ServiceLoss]) -> Vec<PhaseView> {
    let mut all: Vec<PhaseView> = losses.iter().flat_map(phases).collect();
    all.sort_by(|a, b| a.start_s.min.total_cmp(&b.start_s.min));
    all
}

fn phases(loss: &ServiceLoss) -> Vec<PhaseView> {
    loss.timeline.iter().map(|phase| phase_view(loss, phase)).collect()
}

fn phase_view(loss: &ServiceLoss, phase: &Phase) -> PhaseView {
    PhaseView {
        service: name(loss),
        phase: phase.kind.name(),
        start_s: phase.start_s.later(loss.at_s).into(),
        takes_s: phase.takes_s.into(),
        source: phase.source.clone(),
        assumption: phase.assumption.clone(),
    }
}

/// The service's name, or that of its profile.
pub(super) fn name(loss: &ServiceLoss) -> String {
    escaped(if loss.service.is_empty() { &loss.profile } else { &loss.service })
}

fn service(loss: &ServiceLoss) -> ServiceView {
    let host = |name: &Option<crate::model::NodeName>| name.as_ref().map(|it| escaped(it.as_str()));
    let ruling = &loss.ruling;
    ServiceView {
        service: name(loss),
        profile: escaped(&loss.profile),
        lost: escaped(&loss.lost),
        mode: loss.loss.map(|it| it.mode.name()),
        at_s: thousandths(loss.at_s),
        from: host(&loss.from),
        to: host(&loss.to),
        verdict: ruling.verdict.name(),
        latency_s: ruling.latency_s.map(Into::into),
        from_skew_s: ruling.from_s.map(thousandths),
        condition: ruling.condition.as_deref().map(escaped),
        reason: escaped(&ruling.reason),
        source: escaped(&ruling.source),
        outage_s: loss.outage_s().map(Into::into),
        timeline: phases(loss),
        steps: loss
            .steps
            .iter()
            .map(|step| StepView {
                text: escaped(&step.text),
                on: step.on.as_deref().map(escaped),
                command: step.command.as_deref().map(escaped),
            })
            .collect(),
        clients: clients(loss),
        work: loss.work.iter().map(words::work).collect(),
        single_points: loss
            .single_points
            .iter()
            .map(|point| SinglePointView {
                host: host(&point.host),
                is: point.what.iter().map(|it| escaped(it)).collect(),
                follows: point.follows.clone(),
            })
            .collect(),
        returns: loss.returns,
        assumptions: loss.assumptions.iter().map(|it| escaped(it)).collect(),
    }
}

fn clients(loss: &ServiceLoss) -> Vec<ClientView> {
    let view = |spell: &crate::model::service::ClientSpell| ClientView {
        from_s: spell.from_s.later(loss.at_s).into(),
        until_s: spell.until_s.map(|until| until.later(loss.at_s).into()),
        works: spell.works,
        sees: escaped(&spell.sees),
        waits_s: spell.waits_s.map(Into::into),
    };
    loss.clients.iter().map(view).collect()
}
