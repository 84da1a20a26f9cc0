//! Jobs, tasks and nodes of a batch system, whichever it is, and what its configuration says.
//!
//! Times are seconds since the epoch in UTC, durations are seconds. What a dump does not tell is
//! `None` or `Unknown`, never a default.

mod config;
mod job;
mod node;
mod task;

pub use config::{Controller, SlurmConfig};
pub use job::{BatchJob, HostShare, JobPart, JobState, Limit, Priority};
pub use node::{BatchNode, NodeStatus};
pub use task::BatchTask;

/// What a file was taken for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum BatchFormat {
    /// `squeue --json` or `scontrol show jobs --json`.
    SlurmJobs,
    /// `sacct --json`.
    SlurmAccounting,
    /// `scontrol show nodes --json`.
    SlurmNodes,
    /// `slurm.conf`.
    SlurmConf,
    /// `qstat -f -F json` of OpenPBS.
    PbsJobs,
    /// `pbsnodes -a -F json` of OpenPBS.
    PbsNodes,
    /// `qstat -x` of TORQUE.
    TorqueJobs,
    /// `pbsnodes -x` of TORQUE.
    TorqueNodes,
    /// `server_name` of TORQUE.
    ServerName,
    /// Jobs of Windows HPC Server, by `Export-Csv`.
    WindowsJobs,
    /// Tasks of Windows HPC Server, by `Export-Csv`.
    WindowsTasks,
}

impl BatchFormat {
    /// The format in words, by the command that writes it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::SlurmJobs => "squeue --json",
            Self::SlurmAccounting => "sacct --json",
            Self::SlurmNodes => "scontrol show nodes --json",
            Self::SlurmConf => "slurm.conf",
            Self::PbsJobs => "qstat -f -F json",
            Self::PbsNodes => "pbsnodes -a -F json",
            Self::TorqueJobs => "qstat -x",
            Self::TorqueNodes => "pbsnodes -x",
            Self::ServerName => "server_name",
            Self::WindowsJobs => "CSV of jobs",
            Self::WindowsTasks => "CSV of tasks",
        }
    }

    /// The batch system that the format is of.
    #[must_use]
    pub fn system(self) -> BatchSystem {
        match self {
            Self::SlurmJobs | Self::SlurmAccounting | Self::SlurmNodes | Self::SlurmConf => {
                BatchSystem::Slurm
            }
            Self::PbsJobs | Self::PbsNodes => BatchSystem::OpenPbs,
            Self::TorqueJobs | Self::TorqueNodes | Self::ServerName => BatchSystem::Torque,
            Self::WindowsJobs | Self::WindowsTasks => BatchSystem::HpcPack,
        }
    }
}

/// A batch system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum BatchSystem {
    /// Slurm.
    Slurm,
    /// OpenPBS.
    OpenPbs,
    /// TORQUE.
    Torque,
    /// Windows HPC Server.
    HpcPack,
}

impl BatchSystem {
    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Slurm => "Slurm",
            Self::OpenPbs => "OpenPBS",
            Self::Torque => "TORQUE",
            Self::HpcPack => "Windows HPC Server",
        }
    }
}

/// What one file tells.
#[derive(Clone, Debug, PartialEq)]
pub struct BatchDump {
    /// The file, for messages.
    pub origin: String,
    /// What it was taken for.
    pub format: BatchFormat,
    /// Jobs in the order of the file; no id twice.
    pub jobs: Vec<BatchJob>,
    /// Tasks in the order of the file; no task twice on a node.
    pub tasks: Vec<BatchTask>,
    /// Nodes in the order of the file; no name twice.
    pub nodes: Vec<BatchNode>,
    /// What `slurm.conf` says.
    pub config: Option<SlurmConfig>,
    /// Servers of `server_name`, first choice first.
    pub servers: Vec<String>,
    /// When the dump was made, by its own words.
    pub taken_at: Option<i64>,
    /// What a reader must know before trusting it, such as the zone that was assumed.
    pub notes: Vec<String>,
}

impl BatchDump {
    /// A dump of a file that tells nothing yet.
    #[must_use]
    pub fn new(origin: &str, format: BatchFormat) -> Self {
        Self {
            origin: origin.to_owned(),
            format,
            jobs: Vec::new(),
            tasks: Vec::new(),
            nodes: Vec::new(),
            config: None,
            servers: Vec::new(),
            taken_at: None,
            notes: Vec::new(),
        }
    }

    /// Adds a note, once.
    pub fn note(&mut self, note: impl Into<String>) {
        let note = note.into();
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }
}
