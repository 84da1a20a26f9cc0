//! What is said of machines, hosts and paces.

use super::Terms;
use crate::drain::Filled;
use crate::model::{
    Hopeless, Limits, Machine, Pace, Rejection, Stay, StayReason, Workload, WriteRate,
};
use crate::render::measure::{rate, size, time};
use crate::render::text::{count, escaped};

/// What was taken for granted about machines and hosts of which files say too little.
#[must_use]
pub fn filled_words(
    filled: Filled,
    write_rate: WriteRate,
    host_memory: Option<u64>,
) -> Vec<String> {
    let mut said = Vec::new();
    if filled.writes > 0 {
        let rate = match write_rate {
            WriteRate::Bytes(bytes) => rate(bytes),
            WriteRate::Pages(pages) => format!("{pages} pages/s"),
        };
        let vms = if filled.writes == 1 { "1 VM writes" } else { "VMs write" };
        let many = if filled.writes == 1 { String::new() } else { format!("{} ", filled.writes) };
        said.push(format!(
            "no file tells how {many}{vms} to memory: taken as {rate} to a tenth of what is used \
             (--dirty-rate)"
        ));
    }
    if let Some(bytes) = host_memory.filter(|_| filled.hosts > 0) {
        let hosts = count(filled.hosts, "host");
        said.push(format!(
            "no file tells the memory of {hosts}: taken as {} (--host-memory)",
            bytes_of(bytes)
        ));
    }
    said
}

#[expect(clippy::cast_precision_loss, reason = "shown with three digits")]
pub(super) fn bytes_of(bytes: u64) -> String {
    size(bytes as f64)
}

/// A machine by its name.
pub(super) fn name(workload: &Workload, machine: usize) -> String {
    workload.machines.get(machine).map_or_else(String::new, |it: &Machine| escaped(&it.name))
}

/// Why a host can't take a machine.
pub(super) fn rejection(workload: &Workload, reason: &Rejection, hosts: usize) -> String {
    let most = if hosts > 1 { "at most " } else { "" };
    match reason {
        Rejection::Leaving => "is emptied itself".to_owned(),
        Rejection::Offline => "is offline".to_owned(),
        Rejection::UnknownMemory => "has memory of which no file tells the size".to_owned(),
        Rejection::TooSmall { usable } => {
            format!("is too small: {most}{} of it may be used", bytes_of(*usable))
        }
        Rejection::Full { free } => {
            format!("has too little left: {most}{} with the reserve kept", bytes_of(*free))
        }
        Rejection::AntiAffinity { group, with } => {
            let with = name(workload, *with);
            format!("has {with} of the same anti-affinity group {}", escaped(group))
        }
        Rejection::NoWay(why) => format!("can't be reached: {}", escaped(why)),
        Rejection::TooSlow { bytes_s } => {
            format!("is too slow to reach: it does not converge at {most}{}/s", bytes_of(*bytes_s))
        }
    }
}

/// The word for a reason to stay in JSON.
pub(super) fn stay_kind(reason: &StayReason) -> &'static str {
    match reason {
        StayReason::Stopped => "stopped",
        StayReason::Pinned(_) => "pinned",
        StayReason::NotConverging(_) => "not-converging",
    }
}

/// Why a machine stays.
pub(super) fn stay(it: &Stay) -> String {
    match &it.reason {
        StayReason::Stopped => {
            "is stopped: it holds no memory and stands through a reboot".to_owned()
        }
        StayReason::Pinned(why) => format!("is pinned: {}", escaped(why)),
        StayReason::NotConverging(hopeless) => hopeless_words(hopeless),
    }
}

fn hopeless_words(it: &Hopeless) -> String {
    let over = it.spec.link_bytes_s.map_or_else(String::new, |it| format!(" at {}", rate(it)));
    let word = it.forecast.outcome.name();
    format!("does not converge, alone and over the fastest way{over} ({word})")
}

/// How many go at once.
pub(super) fn pace(pace: Pace, at_once: usize) -> String {
    let mut said = match at_once {
        0 | 1 => return "one at a time".to_owned(),
        some => format!("up to {some} at a time"),
    };
    if pace.per_source < pace.parallel {
        said += &format!(", {} from a host", pace.per_source);
    }
    said
}

/// Limits and where they come from.
pub(super) fn terms(terms: &Terms) -> String {
    let Limits { parallel, per_source, per_target } = terms.limits;
    let all =
        [(parallel, "in the cluster"), (per_source, "from a host"), (per_target, "to a host")];
    let said: Vec<String> = all
        .into_iter()
        .filter_map(|(limit, what)| limit.map(|it| format!("{it} {what}")))
        .collect();
    let said = if said.is_empty() { "no limit".to_owned() } else { said.join(", ") };
    format!("at once at most: {said} ({}: {})", terms.stack, terms.source)
}

/// A time since the beginning.
pub(super) fn clock(ms: f64) -> String {
    if ms < 0.5 { "0".to_owned() } else { time(ms) }
}

/// A window, before and after a loss.
pub(super) fn window(lost: &str, before_ms: f64, after_ms: f64) -> String {
    let factor = after_ms / before_ms.max(1.0);
    let change = if (factor - 1.0).abs() < 0.005 {
        "the same".to_owned()
    } else {
        let digits = if factor < 10.0 { format!("{factor:.2}") } else { format!("{factor:.0}") };
        format!("{digits} times as long")
    };
    format!("Without {lost}: {} -> {}, {change}", time(before_ms), time(after_ms))
}
