//! Nodes of PBS and TORQUE out of their attributes.

use std::collections::BTreeSet;

use super::BatchError;
use super::attributes::Attributes;
use super::error::At;
use super::hosts::{count, is_host_name};
use crate::model::{BatchNode, NodeName, NodeStatus};

/// A node by its attributes.
///
/// # Errors
/// The first attribute that is wrong.
pub(super) fn node(
    name: &str,
    attributes: &Attributes,
    at: At<'_>,
) -> Result<BatchNode, BatchError> {
    if !is_host_name(name) {
        return Err(at.wrong("name", name, "the name of a node"));
    }
    let states = attributes.required("state", at)?;
    let words: Vec<&str> = states.split(',').map(str::trim).filter(|it| !it.is_empty()).collect();
    let text = attributes.text("jobs").unwrap_or_default();
    let (jobs, slots) = jobs(text).ok_or_else(|| at.wrong("jobs", text, "a list of jobs"))?;
    let assigned = attributes.count("resources_assigned.ncpus", at)?;
    let cores = match attributes.count("resources_available.ncpus", at)? {
        None => attributes.count("np", at)?,
        some => some,
    };
    let busy = !jobs.is_empty() || assigned.is_some_and(|it| it > 0);
    let reason = attributes.text("comment").or_else(|| attributes.text("note"));
    Ok(BatchNode {
        name: NodeName::new(name),
        status: status(&words, busy),
        state_words: words.iter().map(|it| (*it).to_owned()).collect(),
        cores: cores.or(attributes.count("pcpus", at)?),
        cores_used: assigned.or(slots),
        jobs,
        reason: reason.map(str::to_owned),
    })
}

/// Jobs of `0/12.srv, 1/12.srv, 3-5/13.srv` or `12.srv, 13.srv`, each once, and the slots if told.
fn jobs(text: &str) -> Option<(Vec<String>, Option<u64>)> {
    let (mut jobs, mut seen, mut slots) = (Vec::new(), BTreeSet::new(), Some(0_u64));
    for item in text.split(", ").flat_map(|it| it.split_whitespace()) {
        let item = item.trim_end_matches(',');
        let (count_of, job) = match slots_and_job(item) {
            Some((slots, job)) => (Some(count(slots)?), job),
            None => (None, item),
        };
        slots = slots.zip(count_of).and_then(|(a, b)| a.checked_add(b));
        if !job.is_empty() && seen.insert(job) {
            jobs.push(job.to_owned());
        }
    }
    let told = text.is_empty() || slots.is_some();
    Some((jobs, slots.filter(|_| told)))
}

/// TORQUE writes `0/12.srv`; OpenPBS either `12.srv` or `12.srv/0`.
fn slots_and_job(item: &str) -> Option<(&str, &str)> {
    let (first, last) = item.split_once('/')?;
    let is_slots = |it: &str| it.bytes().all(|it| it.is_ascii_digit() || it == b'-' || it == b',');
    if is_slots(first) { Some((first, last)) } else { Some((last, first)) }
}

/// What the words say of a node that has jobs, or has none.
fn status(words: &[&str], busy: bool) -> Vec<NodeStatus> {
    let of = |word: &&str| match word.to_ascii_lowercase().as_str() {
        "free" | "job-busy" | "job-exclusive" | "job-sharing" | "busy" if busy => {
            Some(NodeStatus::Busy)
        }
        "free" => Some(NodeStatus::Idle),
        "job-busy" | "job-exclusive" | "job-sharing" | "busy" => Some(NodeStatus::Busy),
        "offline" if busy => Some(NodeStatus::Draining),
        "offline" => Some(NodeStatus::Drained),
        "resv-exclusive" | "reserve" => Some(NodeStatus::Reserved),
        "maintenance" | "provisioning" | "wait-provisioning" | "initializing" => {
            Some(NodeStatus::Maintenance)
        }
        "sleep" => Some(NodeStatus::PoweredDown),
        "down" | "stale" | "state-unknown" | "unresolvable" | "unknown" => Some(NodeStatus::Down),
        "mom-list-not-sent" | "mom-list-sent" | "time-shared" => None,
        _ => Some(NodeStatus::Unknown),
    };
    let status: BTreeSet<NodeStatus> = words.iter().filter_map(of).collect();
    status.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jobs_are_told_with_their_slots() {
        let told = |text: &str| {
            let (jobs, slots) = jobs(text).unwrap();
            (jobs.join(" "), slots)
        };
        assert_eq!(told("0/12.s, 1/12.s, 3-5/13.s"), ("12.s 13.s".to_owned(), Some(5)));
        assert_eq!(told("12.s, 13.s"), ("12.s 13.s".to_owned(), None));
        assert_eq!(told("12.s/0, 12.s/1"), ("12.s".to_owned(), Some(2)));
        assert_eq!(told(""), (String::new(), Some(0)));
        assert!(jobs("5-3/12.s").is_none());
    }

    #[test]
    fn words_say_what_a_node_is_good_for() {
        let cases: [(&[&str], bool, &[NodeStatus]); 6] = [
            (&["free"], false, &[NodeStatus::Idle]),
            (&["free"], true, &[NodeStatus::Busy]),
            (&["offline", "job-exclusive"], true, &[NodeStatus::Busy, NodeStatus::Draining]),
            (
                &["down", "offline", "MOM-list-not-sent"],
                false,
                &[NodeStatus::Drained, NodeStatus::Down],
            ),
            (&["Stale"], false, &[NodeStatus::Down]),
            (&["new-word"], false, &[NodeStatus::Unknown]),
        ];
        for (words, busy, expected) in cases {
            assert_eq!(status(words, busy), expected, "{words:?}");
        }
    }
}
