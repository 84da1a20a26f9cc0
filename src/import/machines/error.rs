//! What can be wrong with files of virtual machines.

use thiserror::Error;

use crate::import::{ImportError, MeasurementError};
use crate::model::NodeName;

/// Hosts and machines could not be read.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum MachineError {
    /// A file can't be read, or a value in it is wrong.
    #[error(transparent)]
    File(#[from] ImportError),
    /// Statistics of a machine that make no sense.
    #[error(transparent)]
    Statistics(#[from] MeasurementError),
    /// Something else.
    #[error(
        "{origin}: neither a workload (schema netplan-cluster/workload/1), nor the output of pvesh \
         get /cluster/resources --output-format json, nor that of virsh domstats"
    )]
    Unknown {
        /// The file.
        origin: String,
    },
    /// Statistics of a host without its name.
    #[error("{origin}: virsh domstats does not tell of which host it is: write NODE={origin}")]
    NoNode {
        /// The file.
        origin: String,
    },
    /// A host for a file that tells hosts itself.
    #[error("{origin}: tells of which hosts it is itself: leave {node}= out")]
    NodeGiven {
        /// The file.
        origin: String,
        /// The host that was given.
        node: NodeName,
    },
    /// A machine on a host that no file tells of.
    #[error("{origin}: vm \"{vm}\" is on node \"{node}\", which is not among nodes{}", near(.nearest.as_ref()))]
    UnknownNode {
        /// The file.
        origin: String,
        /// The machine.
        vm: String,
        /// The host.
        node: NodeName,
        /// The name that comes nearest.
        nearest: Option<NodeName>,
    },
    /// A machine that is larger than its host.
    #[error(
        "{origin}: vm \"{vm}\" has {bytes} bytes of memory, more than the {limit} of node {node}"
    )]
    TooLarge {
        /// The file.
        origin: String,
        /// The machine.
        vm: String,
        /// Its memory.
        bytes: u64,
        /// The host.
        node: NodeName,
        /// Its memory.
        limit: u64,
    },
    /// Two machines that can't be told apart.
    #[error("{second}: {what} {name} is in {first} already: names and ids must differ")]
    Twice {
        /// What it is.
        what: &'static str,
        /// Which.
        name: String,
        /// File and host that told of it first.
        first: String,
        /// File and host that tell of it again.
        second: String,
    },
    /// Two sizes of one host.
    #[error(
        "{second}: node {node} has {second_bytes} bytes of memory there, but {first_bytes} in {first}"
    )]
    Conflict {
        /// The host.
        node: NodeName,
        /// File that was read before.
        first: String,
        /// What it says.
        first_bytes: u64,
        /// File that differs.
        second: String,
        /// What that says.
        second_bytes: u64,
    },
}

fn near(nearest: Option<&NodeName>) -> String {
    nearest.map_or_else(String::new, |it| format!(" (did you mean \"{it}\"?)"))
}
