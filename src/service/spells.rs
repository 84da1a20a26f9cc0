//! What comes of a scenario for a service, spell by spell.

use super::lose::Setup;
use super::scene::{Affair, Matter, matter};
use crate::model::NodeName;
use crate::model::service::{
    DeclaredService, FailureMode, Interval, ServiceLoss, Verdict, WorkNote,
};

impl Setup<'_> {
    /// What comes of a scenario for a declared service: one loss for each time at which something
    /// else is wrong with it. Empty where nothing is.
    ///
    /// A host that has taken over is the active one from then on: until it is lost in its turn, or
    /// until the first host is well again where the service returns to it by itself.
    #[must_use]
    pub fn through(&self, affairs: &[Affair]) -> Vec<ServiceLoss> {
        let Some(service) = self.service else { return Vec::new() };
        let mut story = Story {
            setup: self,
            declared: service,
            service: service.clone(),
            before: None,
            now: None,
            losses: Vec::new(),
            is_open: false,
        };
        for affair in affairs {
            story.go_on(affair);
        }
        story.losses
    }
}

/// A service on its way through a scenario.
struct Story<'s> {
    setup: &'s Setup<'s>,
    declared: &'s DeclaredService,
    /// The service with the host that is active now before all others.
    service: DeclaredService,
    before: Option<&'s Affair>,
    /// What is wrong now.
    now: Option<Matter>,
    losses: Vec<ServiceLoss>,
    /// Whether the last loss may still end otherwise than it is told.
    is_open: bool,
}

impl<'s> Story<'s> {
    fn go_on(&mut self, affair: &'s Affair) {
        self.settle(affair.at_s);
        self.fail_back(affair);
        let next = self.matter(&self.service, affair);
        if next != self.now {
            self.end(affair.at_s, next.as_ref());
            if let Some(next) = &next {
                let setup = Setup { service: Some(&self.service), ..*self.setup };
                self.losses.push(setup.of_matter(&self.service, affair, next));
                self.is_open = true;
            }
            self.now = next;
        }
        self.before = Some(affair);
    }

    fn matter(&self, service: &DeclaredService, affair: &Affair) -> Option<Matter> {
        matter(&Setup { service: Some(service), ..*self.setup }, service, affair)
    }

    /// A takeover that is over by then: its host is the active one, and what is still wrong with
    /// the others is no news.
    fn settle(&mut self, at_s: f64) {
        let last = self.losses.last().filter(|_| self.is_open);
        let Some(to) = last.and_then(|loss| taken_over(loss, at_s)) else { return };
        let to = to.clone();
        self.service.hosts.retain(|host| *host != to);
        self.service.hosts.insert(0, to);
        self.is_open = false;
        self.now = self.before.and_then(|before| self.matter(&self.service, before));
    }

    fn fail_back(&mut self, affair: &Affair) {
        let own = self.declared.failback;
        let returns = own.unwrap_or(self.setup.profile.failback.automatic);
        let is_away = self.service.hosts != self.declared.hosts;
        if is_away
            && returns
            && !matches!(self.matter(self.declared, affair), Some(Matter::Loss(_)))
        {
            self.service.hosts.clone_from(&self.declared.hosts);
        }
    }

    /// Another state begins before the last loss has come to its end.
    fn end(&mut self, at_s: f64, next: Option<&Matter>) {
        let last = self.losses.last_mut().filter(|_| self.is_open);
        if let Some(loss) = last {
            let by = if matches!(next, Some(Matter::Loss(_))) { By::Failure } else { By::Return };
            cut_short(loss, at_s - loss.at_s, by);
        }
        self.is_open = false;
    }
}

/// The host that has certainly taken over by a time of the scenario.
fn taken_over(loss: &ServiceLoss, at_s: f64) -> Option<&NodeName> {
    let latency = loss.ruling.latency_s.filter(|_| loss.ruling.verdict == Verdict::Takeover)?;
    loss.to.as_ref().filter(|_| latency.max <= at_s - loss.at_s)
}

/// What ends a loss.
#[derive(Clone, Copy, PartialEq, Eq)]
enum By {
    /// What was lost is back.
    Return,
    /// Something else is wrong from then on.
    Failure,
}

/// A loss that ends after so many seconds, and what follows from that.
fn cut_short(loss: &mut ServiceLoss, after_s: f64, by: By) {
    let [unnoticed, unsure, until] = match by {
        By::Return => [
            "it is back before its loss is noticed",
            "unless what is lost is back first",
            "until what is lost is back",
        ],
        By::Failure => [
            "the next failure comes before this one is noticed",
            "unless the next failure comes first",
            "until the next failure changes that",
        ],
    };
    let ruling = &mut loss.ruling;
    match (ruling.verdict, ruling.latency_s) {
        (Verdict::Takeover | Verdict::Split, Some(latency)) if after_s <= latency.min => {
            unnoticed.clone_into(&mut ruling.reason);
            never_noticed(loss, after_s, by);
        }
        (Verdict::Takeover | Verdict::Split, Some(latency)) if after_s < latency.max => {
            ruling.condition = Some(unsure.to_owned());
        }
        (Verdict::Never, _) => {
            ruling.condition = Some(until.to_owned());
            end_spells(loss, after_s);
        }
        _ => {}
    }
}

/// Nobody does anything about a loss that ends before it is noticed.
fn never_noticed(loss: &mut ServiceLoss, after_s: f64, by: By) {
    let interrupts = loss.loss.is_some_and(|it| it.mode != FailureMode::Cut);
    let stays = by == By::Return || !interrupts;
    loss.ruling.verdict = if stays { Verdict::Stays } else { Verdict::Never };
    (loss.to, loss.ruling.latency_s, loss.ruling.condition) = (None, None, None);
    loss.timeline.clear();
    loss.assumptions.clear();
    loss.returns = false;
    loss.work.retain(|note| matches!(note, WorkNote::Told(_) | WorkNote::Roles(_)));
    loss.clients.retain(|spell| interrupts && spell.from_s.is_nothing());
    end_spells(loss, after_s);
}

fn end_spells(loss: &mut ServiceLoss, after_s: f64) {
    for spell in &mut loss.clients {
        spell.until_s = Some(Interval::exact(after_s));
    }
}
