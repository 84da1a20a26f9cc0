//! Times and verdicts of services in words.

use crate::model::NodeName;
use crate::model::service::{Interval, Loss, PhaseKind, Ruling, ServiceLoss, Verdict, WorkNote};
use crate::render::measure;
use crate::render::text::escaped;

/// Seconds up to which an interval is told in seconds.
const IN_SECONDS: f64 = 600.0;

/// A time in seconds as people read it: `1.5 s`, `12 s`, `2 h 5 min`.
pub(super) fn moment(seconds: f64) -> String {
    match seconds {
        long if long >= IN_SECONDS => measure::time(long * 1000.0),
        short if short < 9.95 => format!("{} s", trimmed(format!("{short:.2}"))),
        some => format!("{} s", plain(some)),
    }
}

/// An interval: `5 s`, `6-18 s`, `10 min 5 s to 2 h`.
pub(super) fn span(interval: Interval) -> String {
    let [min, max] = [interval.min, interval.max].map(plain);
    if min == max {
        moment(interval.max)
    } else if interval.max < IN_SECONDS {
        format!("{min}-{max} s")
    } else {
        format!("{} to {}", moment(interval.min), moment(interval.max))
    }
}

/// An interval with its mean: `6-18 s (mean 12 s)`.
pub(super) fn span_and_mean(interval: Interval) -> String {
    let span = span(interval);
    if plain(interval.min) == plain(interval.max) {
        return span;
    }
    format!("{span} (mean {})", moment(interval.mean))
}

/// Seconds with one digit where it says something, with more below a second.
fn plain(seconds: f64) -> String {
    trimmed(if seconds < 0.95 { format!("{seconds:.2}") } else { format!("{seconds:.1}") })
}

/// A number without needless zeros behind its point.
fn trimmed(number: String) -> String {
    if !number.contains('.') {
        return number;
    }
    number.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A failure in words: `daemon crash`, `clock skew of 8 s`.
pub(super) fn failure(loss: Loss) -> String {
    match loss.skew_s {
        Some(skew) => format!("{} of {}", loss.mode.title(), moment(skew)),
        None => loss.mode.title().to_owned(),
    }
}

/// A host's name, or what it is.
pub(super) fn host(name: Option<&NodeName>, else_: &str) -> String {
    name.map_or_else(|| else_.to_owned(), |name| escaped(name.as_str()))
}

/// What comes of a failure, in a sentence without its subject.
pub(super) fn verdict(loss: &ServiceLoss) -> String {
    let ruling = &loss.ruling;
    let to = host(loss.to.as_ref(), "the standby");
    let from = host(loss.from.as_ref(), "the active server");
    let reason = escaped(ruling.reason.strip_prefix("no takeover: ").unwrap_or(&ruling.reason));
    let after = ruling.latency_s.map(span_and_mean).unwrap_or_default();
    match ruling.verdict {
        Verdict::Takeover if loss.loss.is_none() => format!("{to} takes over from {from}"),
        Verdict::Takeover => format!("{to} takes over after {after}"),
        Verdict::Restart if loss.loss.is_none() => format!("{from} stops and starts again"),
        Verdict::Restart => format!("started again on {from} after {after}"),
        Verdict::Never => format!("never replaced: {reason}"),
        Verdict::Stays => format!("goes on, and nobody takes over: {reason}"),
        Verdict::FalseTakeover => {
            format!("{to} takes over from a server that is well{}: {reason}", from_skew(ruling))
        }
        Verdict::Split => format!("several are active after {after}: {reason}"),
        Verdict::NotApplicable => format!("not applicable: {reason}"),
    }
}

fn from_skew(ruling: &Ruling) -> String {
    ruling.from_s.map_or_else(String::new, |from| format!(", from a skew of {} on", moment(from)))
}

/// What happens in a phase.
pub(super) fn meaning(loss: &ServiceLoss, kind: PhaseKind) -> String {
    let to = host(loss.to.as_ref(), "the standby");
    let from = host(loss.from.as_ref(), "the active host");
    match kind {
        PhaseKind::Detect => "until the loss is noticed".to_owned(),
        PhaseKind::SelfFence => format!("{from} takes itself down"),
        PhaseKind::Fence => format!("{from} is kept from coming back"),
        PhaseKind::Restart => format!("the process is started again on {from}"),
        PhaseKind::Handover => format!("{from} stops, and {to} may start"),
        PhaseKind::Acquire => format!("{to} takes over what belongs to the service"),
        PhaseKind::Load => "the state is read".to_owned(),
        PhaseKind::Announce => "the network is told".to_owned(),
        PhaseKind::Clients => "until clients find it".to_owned(),
    }
}

/// Whether somebody waits for the service to be found again.
pub(super) fn has_clients(loss: &ServiceLoss) -> bool {
    loss.timeline.iter().any(|phase| phase.kind == PhaseKind::Clients)
}

/// A verdict in a cell of the matrix: in the word that its reason begins with, such as `both block`,
/// where it has one.
pub(super) fn cell(ruling: &Ruling) -> String {
    let after = ruling.latency_s.map(span).unwrap_or_default();
    let head = || head(&ruling.reason).map(escaped);
    let told = |otherwise: &str| head().unwrap_or_else(|| otherwise.to_owned());
    match ruling.verdict {
        Verdict::Takeover => after,
        Verdict::Restart => format!("restart, {after}"),
        Verdict::Never => told("never"),
        Verdict::Stays => told("no takeover"),
        Verdict::FalseTakeover => {
            let from = ruling.from_s.map(moment).unwrap_or_default();
            format!("false takeover from {from}")
        }
        Verdict::Split => format!("{}, {after}", told("several active")),
        Verdict::NotApplicable => "-".to_owned(),
    }
}

/// A few words before a colon.
fn head(reason: &str) -> Option<&str> {
    const LONGEST: usize = 20;
    let (head, _) = reason.split_once(": ")?;
    (head.chars().count() <= LONGEST).then_some(head)
}

/// What becomes of running work, in a sentence.
pub(super) fn work(note: &WorkNote) -> String {
    match note {
        WorkNote::GoesOn => "running work goes on".to_owned(),
        WorkNote::Told(detail) => escaped(detail),
        WorkNote::Reboots => "nodes reboot at once, and their jobs die".to_owned(),
        WorkNote::HoldsUntilQuiet(quiet) => format!(
            "jobs run to their end; a node reboots when it has been below {} % of one CPU for {}",
            plain(quiet.threshold_percent),
            moment(quiet.span_s)
        ),
        WorkNote::Bears { bears_s, outage_s } => bears(*bears_s, *outage_s),
        WorkNote::Unsaved(seconds) => {
            format!(
                "what changed in the last {} may be lost: state is saved that often",
                moment(*seconds)
            )
        }
        WorkNote::Roles(roles) => {
            format!("lost with their hosts, and what runs there: {}", escaped(&roles.join(", ")))
        }
        WorkNote::FilesGone => {
            "jobs hang or die all the same: their files are reached through the lost head"
                .to_owned()
        }
        WorkNote::TwoActive => {
            "two servers may start the same job, and write the same state".to_owned()
        }
    }
}

fn bears(bears_s: f64, outage_s: Option<Interval>) -> String {
    let limit = moment(bears_s);
    match outage_s {
        Some(outage) if outage.max <= bears_s => {
            format!("they bear {limit} without the service, and it is away for less")
        }
        Some(outage) => format!(
            "they bear {limit} without the service, and it may be away for {}: nodes are given up \
             then",
            moment(outage.max)
        ),
        None => format!("they bear {limit} without the service: nodes are given up then"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_are_read_in_one_unit_where_they_can() {
        let told = [
            (Interval::between(6.0, 18.0), "6-18 s (mean 12 s)"),
            (Interval::exact(90.0), "90 s"),
            (Interval::between(0.0, 1.0), "0-1 s (mean 0.5 s)"),
            (Interval::exact(0.25), "0.25 s"),
            (Interval::between(31.0, 32.0), "31-32 s (mean 31.5 s)"),
            (Interval::between(60.0, 7500.0), "60 s to 2 h 5 min (mean 63 min)"),
            (Interval::exact(0.0), "0 s"),
            (Interval::exact(6.65), "6.65 s"),
            (Interval::between(3.008, 3.996), "3-4 s (mean 3.5 s)"),
            (Interval::exact(300.0), "300 s"),
        ];
        for (interval, text) in told {
            assert_eq!(span_and_mean(interval), text);
        }
    }
}
