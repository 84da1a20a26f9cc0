//! Nodes of `scontrol show nodes`.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::values::{Number, Words};
use crate::import::batch::BatchError;
use crate::import::batch::error::At;
use crate::import::batch::hosts::is_host_name;
use crate::model::{BatchNode, NodeName, NodeStatus};

/// A node; only what is read.
#[derive(Deserialize)]
#[serde(expecting = "an object")]
pub(super) struct Node {
    name: String,
    #[serde(default)]
    state: Words,
    #[serde(default)]
    state_flags: Words,
    #[serde(default)]
    cpus: Number,
    #[serde(default)]
    effective_cpus: Number,
    #[serde(default)]
    alloc_cpus: Number,
    reason: Option<String>,
}

impl Node {
    /// The node in the words of all systems.
    ///
    /// # Errors
    /// A name or state that is none.
    pub(super) fn read(self, at: At<'_>) -> Result<BatchNode, BatchError> {
        if !is_host_name(&self.name) {
            return Err(at.wrong("name", &self.name, "the name of a node"));
        }
        let mut words = self.state.0;
        words.extend(self.state_flags.0);
        if words.is_empty() {
            return Err(at.missing("state"));
        }
        let used = self.alloc_cpus.count();
        Ok(BatchNode {
            name: NodeName::new(self.name),
            status: status(&words, used),
            state_words: words,
            cores: self.effective_cpus.count().or(self.cpus.count()),
            cores_used: used,
            jobs: Vec::new(),
            reason: self.reason.filter(|it| !it.is_empty()),
        })
    }
}

/// What the words say of a node on which so many cores are used.
fn status(words: &[String], used: Option<u64>) -> Vec<NodeStatus> {
    let words: Vec<String> = words.iter().map(|it| it.to_ascii_uppercase()).collect();
    let busy = used.is_some_and(|it| it > 0)
        || words.iter().any(|it| ["ALLOCATED", "MIXED", "COMPLETING"].contains(&it.as_str()));
    let leaving = if busy { NodeStatus::Draining } else { NodeStatus::Drained };
    let of = |word: &String| match word.as_str() {
        "IDLE" if busy => Some(NodeStatus::Busy),
        "IDLE" => Some(NodeStatus::Idle),
        "ALLOCATED" | "MIXED" | "COMPLETING" => Some(NodeStatus::Busy),
        "DRAIN" | "DRAINING" | "DRAINED" | "FAIL" | "FAILING" => Some(leaving),
        "RESERVED" | "RES" | "BLOCKED" => Some(NodeStatus::Reserved),
        "MAINTENANCE" | "MAINT" | "REBOOT_REQUESTED" | "REBOOT_ISSUED" | "REBOOT" => {
            Some(NodeStatus::Maintenance)
        }
        "POWERED_DOWN" | "POWERING_DOWN" | "POWERING_UP" | "POWER_DOWN" | "POWER_UP"
        | "POWERDOWN" | "POWER" => Some(NodeStatus::PoweredDown),
        "DOWN" | "ERROR" | "FUTURE" | "NOT_RESPONDING" | "INVALID_REG" => Some(NodeStatus::Down),
        "CLOUD" | "DYNAMIC_NORM" | "DYNAMIC_FUTURE" | "PLANNED" | "UNDRAIN" | "RESUME"
        | "PERFCTRS" | "NO_RESPOND" => None,
        _ => Some(NodeStatus::Unknown),
    };
    let status: BTreeSet<NodeStatus> = words.iter().filter_map(of).collect();
    status.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_all_versions_say_the_same() {
        let cases: [(&[&str], u64, &[NodeStatus]); 6] = [
            (&["mixed"], 41, &[NodeStatus::Busy]),
            (&["idle", "DRAIN"], 0, &[NodeStatus::Idle, NodeStatus::Drained]),
            (&["MIXED", "DRAIN"], 4, &[NodeStatus::Busy, NodeStatus::Draining]),
            (&["DOWN", "NOT_RESPONDING"], 0, &[NodeStatus::Down]),
            (&["IDLE", "RESERVED", "CLOUD"], 0, &[NodeStatus::Idle, NodeStatus::Reserved]),
            (&["IDLE", "NEW"], 0, &[NodeStatus::Idle, NodeStatus::Unknown]),
        ];
        for (words, used, expected) in cases {
            let words: Vec<String> = words.iter().map(|it| (*it).to_owned()).collect();
            assert_eq!(status(&words, Some(used)), expected, "{words:?}");
        }
    }
}
