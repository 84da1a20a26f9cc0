//! How each batch system is told.

mod pbs;
mod slurm;

pub(super) use pbs::{OpenPbs, Torque};
pub(super) use slurm::Slurm;

use crate::model::{BatchSystem, DrainMode, DrainPurpose, HostTurn, NodeName};

/// The commands of a batch system.
pub(super) trait Dialect {
    /// Commands that take a node out of use, with what they do.
    fn close(&self, turn: &Turn<'_>) -> Vec<(String, &'static str)>;

    /// A command that succeeds when there is no job on exactly this node.
    fn is_empty(&self, node: &NodeName) -> String;

    /// What is done with an empty node.
    fn release(&self, turn: &Turn<'_>) -> Vec<(Option<String>, String)>;

    /// What brings a node back that is up again.
    fn back(&self, turn: &Turn<'_>) -> Vec<(String, String)>;
}

/// A node's turn, as far as commands need it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Turn<'a> {
    /// When.
    pub(super) host: &'a HostTurn,
    /// How it is emptied.
    pub(super) mode: DrainMode,
    /// Seconds that it is away.
    pub(super) away_s: f64,
    /// What becomes of it.
    pub(super) purpose: &'a DrainPurpose,
}

impl Turn<'_> {
    /// Whole minutes from its closing until it is empty for certain.
    fn minutes(&self) -> u64 {
        whole_minutes(self.host.empty.bound - self.host.start_s)
    }

    /// Whole minutes that it is away, at least one.
    fn away_minutes(&self) -> u64 {
        whole_minutes(self.away_s).max(1)
    }
}

/// The commands of a batch system. `None` where it has none that this program knows.
#[must_use]
pub(super) fn dialect(system: BatchSystem) -> Option<Box<dyn Dialect>> {
    match system {
        BatchSystem::Slurm => Some(Box::new(Slurm)),
        BatchSystem::OpenPbs => Some(Box::new(OpenPbs)),
        BatchSystem::Torque => Some(Box::new(Torque)),
        BatchSystem::HpcPack => None,
    }
}

/// Why nodes of a batch system can't be emptied in a way; `None` when they can.
#[must_use]
pub fn objection(system: BatchSystem, mode: DrainMode) -> Option<&'static str> {
    match (system, mode) {
        (BatchSystem::HpcPack, _) => {
            Some("commands are known for Slurm, OpenPBS and TORQUE, not for Windows HPC Server")
        }
        (BatchSystem::Torque, DrainMode::Reserve) => Some(
            "pbs_server of TORQUE has no reservations; they are the scheduler's (setres of Maui and \
             Moab): use --mode drain or requeue",
        ),
        _ => None,
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "minutes from 0 on")]
fn whole_minutes(s: f64) -> u64 {
    (s.max(0.0) / 60.0).ceil() as u64
}
