//! What comes of losing a service, or one of the hosts that it needs.

use serde::{Deserialize, Serialize};

use super::{FailureMode, Interval, Loss, Quiet};
use crate::model::NodeName;

/// What comes of a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// A standby takes over.
    Takeover,
    /// The server is started again where it was.
    Restart,
    /// The service is gone and stays so.
    Never,
    /// The active server goes on, and nobody takes over.
    Stays,
    /// A standby takes over from a server that is well.
    FalseTakeover,
    /// Several candidates are active at once.
    Split,
    /// The system has nothing that could fail so.
    NotApplicable,
}

impl Verdict {
    /// The verdict's name in files and documents.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Takeover => "takeover",
            Self::Restart => "restart",
            Self::Never => "never",
            Self::Stays => "stays",
            Self::FalseTakeover => "false-takeover",
            Self::Split => "split",
            Self::NotApplicable => "not-applicable",
        }
    }
}

/// A verdict with its reasons.
#[derive(Clone, Debug, PartialEq)]
pub struct Ruling {
    /// What comes of the failure.
    pub verdict: Verdict,
    /// How long after the failure, where something happens.
    pub latency_s: Option<Interval>,
    /// Skew from which it holds.
    pub from_s: Option<f64>,
    /// Only if.
    pub condition: Option<String>,
    /// Why.
    pub reason: String,
    /// Where that is told.
    pub source: String,
}

/// A part of the way from a failure to clients that work again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PhaseKind {
    /// The loss is noticed.
    Detect,
    /// The lost host takes itself down.
    SelfFence,
    /// The lost host is kept from coming back.
    Fence,
    /// The process is started where it was.
    Restart,
    /// The orderly stop, until the next may start.
    Handover,
    /// The standby takes what belongs to the active server.
    Acquire,
    /// It reads its state.
    Load,
    /// It tells the network where the service is.
    Announce,
    /// Clients find it.
    Clients,
}

impl PhaseKind {
    /// The phase's name in documents.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Detect => "detect",
            Self::SelfFence => "self-fence",
            Self::Fence => "fence",
            Self::Restart => "restart",
            Self::Handover => "handover",
            Self::Acquire => "acquire",
            Self::Load => "load",
            Self::Announce => "announce",
            Self::Clients => "clients",
        }
    }
}

/// A phase with its times, both from the failure on.
#[derive(Clone, Debug, PartialEq)]
pub struct Phase {
    /// Which.
    pub kind: PhaseKind,
    /// When it begins.
    pub start_s: Interval,
    /// How long it takes.
    pub takes_s: Interval,
    /// Where that is told.
    pub source: String,
    /// What is only assumed.
    pub assumption: Option<String>,
}

impl Phase {
    /// When it ends.
    #[must_use]
    pub fn end_s(&self) -> Interval {
        self.start_s + self.takes_s
    }
}

/// What clients see for a while.
#[derive(Clone, Debug, PartialEq)]
pub struct ClientSpell {
    /// From when on.
    pub from_s: Interval,
    /// Until when; absent: until somebody mends it.
    pub until_s: Option<Interval>,
    /// Whether commands work.
    pub works: bool,
    /// What they see.
    pub sees: String,
    /// What each command waits.
    pub waits_s: Option<Interval>,
}

/// What becomes of running work.
#[derive(Clone, Debug, PartialEq)]
pub enum WorkNote {
    /// The service is not interrupted.
    GoesOn,
    /// What the profile tells.
    Told(String),
    /// Nodes reboot at once.
    Reboots,
    /// Nodes reboot when they have been idle for a while.
    HoldsUntilQuiet(Quiet),
    /// Work bears to be without the service for so long, and it is away for so long, or for ever.
    Bears {
        /// How long it bears.
        bears_s: f64,
        /// How long it is away.
        outage_s: Option<Interval>,
    },
    /// What changed in the last seconds was not saved.
    Unsaved(f64),
    /// Roles that are lost with their hosts.
    Roles(Vec<String>),
    /// Files are reached through the host that is lost.
    FilesGone,
    /// Two servers give orders at once.
    TwoActive,
}

/// A host without which the service is lost or crippled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SinglePoint {
    /// The host; absent where it is no host that fails.
    pub host: Option<NodeName>,
    /// What the host is, or what is wrong.
    pub what: Vec<String>,
    /// What follows.
    pub follows: String,
}

/// A step of the orderly way, with its names filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedStep {
    /// What is done.
    pub text: String,
    /// Where it is typed.
    pub on: Option<String>,
    /// What is typed, with names as shell words.
    pub command: Option<String>,
}

/// Size of the state that a standby reads.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct StateSize {
    /// Bytes.
    pub bytes: u64,
    /// Files.
    pub files: u64,
    /// Bytes read in a second; none where only files are counted.
    pub bytes_per_s: Option<f64>,
    /// Whether that rate is only assumed.
    pub rate_is_assumed: bool,
}

/// What comes of a failure for one service.
#[derive(Clone, Debug, PartialEq)]
pub struct ServiceLoss {
    /// The service.
    pub service: String,
    /// Its profile's name.
    pub profile: String,
    /// Its profile's title.
    pub title: String,
    /// What is lost, as `--lose` takes it.
    pub lost: String,
    /// How; absent for the orderly way.
    pub loss: Option<Loss>,
    /// When it is lost, on the clock of the scenario.
    pub at_s: f64,
    /// The active host before.
    pub from: Option<NodeName>,
    /// The host that takes over.
    pub to: Option<NodeName>,
    /// What comes of it.
    pub ruling: Ruling,
    /// Until clients work again; empty where nothing happens.
    pub timeline: Vec<Phase>,
    /// What is to be done, for the orderly way.
    pub steps: Vec<PlannedStep>,
    /// What clients see.
    pub clients: Vec<ClientSpell>,
    /// What becomes of running work, and what is lost.
    pub work: Vec<WorkNote>,
    /// What the service can't lose.
    pub single_points: Vec<SinglePoint>,
    /// What is only assumed.
    pub assumptions: Vec<String>,
    /// Whether the service returns by itself, which interrupts it a second time.
    pub returns: bool,
}

impl ServiceLoss {
    /// When the standby serves, whether or not clients have found it.
    #[must_use]
    pub fn serves_s(&self) -> Option<Interval> {
        let serving = self.timeline.iter().rev().find(|phase| phase.kind != PhaseKind::Clients);
        serving.filter(|_| self.is_back()).map(Phase::end_s)
    }

    /// How long clients are without the service; absent where it does not come back.
    #[must_use]
    pub fn outage_s(&self) -> Option<Interval> {
        self.timeline.last().filter(|_| self.is_back()).map(Phase::end_s)
    }

    /// Whether the service comes back by itself.
    #[must_use]
    pub fn is_back(&self) -> bool {
        matches!(self.ruling.verdict, Verdict::Takeover | Verdict::Restart)
    }
}

/// A failure of a system, in the matrix.
#[derive(Clone, Debug, PartialEq)]
pub struct MatrixRow {
    /// The service, where one is declared.
    pub service: Option<String>,
    /// The profile's name.
    pub profile: String,
    /// The failure.
    pub mode: FailureMode,
    /// What comes of it.
    pub ruling: Ruling,
    /// Seconds without the service, where it comes back by itself.
    pub outage_s: Option<Interval>,
}

/// How likely a further host fails while the first is being mended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SecondFailure {
    /// Until the first is mended, in seconds.
    pub repair_s: f64,
    /// Mean time between failures of a host, in seconds.
    pub mtbf_s: f64,
    /// The chance, from 0 to 1.
    pub chance: f64,
}

/// Yearly downtime of a system at given rates of failure.
#[derive(Clone, Debug, PartialEq)]
pub struct Downtime {
    /// The service, where one is declared.
    pub service: Option<String>,
    /// The profile's name.
    pub profile: String,
    /// Seconds a year; absent where a failure that nobody mends has no time of repair.
    pub seconds_a_year: Option<f64>,
    /// Failures that nobody mends.
    pub unmended: Vec<FailureMode>,
}
