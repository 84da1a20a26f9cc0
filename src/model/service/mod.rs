//! Services of head nodes: what runs where, who notices its loss, and what comes of it.

mod checkpoint;
mod declared;
mod detector;
mod interval;
mod mode;
mod orphan;
mod outcome;
mod profile;

pub use checkpoint::{CheckpointAdvice, CheckpointPlan};
pub use declared::{DeclaredService, StoreKind, StorePlace};
pub use detector::{Detector, SignOfLife};
pub use interval::{Interval, longest_s};
pub use mode::{FailureMode, Loss, LossError};
pub use orphan::{BlastRadius, CpuSample, JobFate, NodeFate, OrphanJob, Orphans, Reboot, Route};
pub use outcome::{
    ClientSpell, Downtime, MatrixRow, Phase, PhaseKind, PlannedStep, Ruling, SecondFailure,
    ServiceLoss, SinglePoint, StateSize, Verdict, WorkNote,
};
pub use profile::{
    Backing, Candidates, ClientRule, Clients, Declared, Detection, Failback, Load, Planned,
    PlannedCommand, Profile, Quiet, Step, Work, WorkPolicy,
};
