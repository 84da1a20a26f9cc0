//! What a profile file says of a system.

use serde::Deserialize;

use super::{Detector, FailureMode, Interval, SignOfLife, Verdict, longest_s};

/// A system: who stands by, who notices, what a takeover takes, what becomes of the work.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// Its name on the command line.
    pub name: String,
    /// What it is.
    pub title: String,
    /// Who stands by.
    pub candidates: Candidates,
    /// What the candidates share.
    pub store: Backing,
    /// Who notices a loss.
    pub detector: Detection,
    /// The host takes itself down when it is cut off, so long after the loss.
    pub self_fence: Option<Step>,
    /// The lost server is kept from coming back.
    pub fence: Option<Step>,
    /// The standby takes what belongs to the active server.
    pub acquire: Option<Step>,
    /// The standby reads its state.
    pub load: Load,
    /// The standby tells the network where the service is.
    pub announce: Option<Step>,
    /// What clients do.
    pub clients: Clients,
    /// What becomes of running work.
    pub work: Work,
    /// Return to the first candidate.
    pub failback: Failback,
    /// What is known of single failures beyond what follows from the detector.
    #[serde(default)]
    pub mode: Vec<Declared>,
    /// The orderly way.
    pub planned: Planned,
    /// What else a reader of the profile should know.
    #[serde(default)]
    pub notes: Vec<String>,
}

/// Who stands by.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Candidates {
    /// What they are, such as `hosts in the order of server_name`.
    pub order: String,
    /// Where that is told.
    pub source: String,
}

/// What the candidates share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Backing {
    /// A file system that all of them mount.
    Shared,
    /// A copy on each of them.
    Replicated,
    /// Nothing.
    Nothing,
}

/// Who notices a loss.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Detection {
    /// By what.
    pub by: Detector,
    /// Where the sign of life comes from.
    pub sign: SignOfLife,
    /// Where that is told.
    pub source: String,
    /// What is only assumed.
    pub assumption: Option<String>,
}

/// A step that takes a time.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// How long.
    pub takes_s: Interval,
    /// Where that is told.
    pub source: String,
    /// What is only assumed.
    pub assumption: Option<String>,
}

/// How long the standby reads its state.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Load {
    /// To start, without any state.
    pub fixed_s: Interval,
    /// To open a file.
    #[serde(deserialize_with = "longest_s", default)]
    pub open_s: f64,
    /// Where that is told.
    pub source: String,
    /// What is only assumed.
    pub assumption: Option<String>,
}

/// What clients do when the server does not answer.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clients {
    /// What they do.
    pub by: ClientRule,
    /// Where that is told.
    pub source: String,
    /// What is only assumed.
    pub assumption: Option<String>,
}

/// What clients do.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum ClientRule {
    /// They try the servers in the order of a list, and fail when none answers.
    List {
        /// What a server costs whose host does not answer at all.
        connect_s: Interval,
    },
    /// They try again for a while, in parts of the detector's time-out.
    Retry {
        /// Time-outs between two attempts.
        #[serde(deserialize_with = "longest_s")]
        step_timeouts: f64,
        /// Time-outs after which they give up.
        #[serde(deserialize_with = "longest_s")]
        give_up_timeouts: f64,
    },
    /// An address or name moves with the service; connections break and are made anew.
    Address {
        /// Until a client has found the service again.
        reconnect_s: Interval,
    },
    /// There are none: nodes watch each other, or the work is all there is.
    None,
}

/// What becomes of running work when the service is lost.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Work {
    /// What happens to it.
    pub on_loss: WorkPolicy,
    /// When a node that was left alone counts as idle; only for [`WorkPolicy::HoldUntilQuiet`].
    pub quiet: Option<Quiet>,
    /// How long it bears to be without the service; absent: for ever.
    pub bears_s: Option<f64>,
    /// How often state is saved: what is younger is lost.
    pub saved_every_s: Option<f64>,
    /// What happens, in a sentence.
    pub detail: String,
    /// Where that is told.
    pub source: String,
    /// What is only assumed.
    pub assumption: Option<String>,
}

/// What happens to running work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WorkPolicy {
    /// It goes on.
    Continue,
    /// Its nodes reboot at once.
    Reboot,
    /// Its nodes reboot when they have been idle for a while.
    HoldUntilQuiet,
    /// Its nodes stay up until somebody reboots them.
    HoldForever,
    /// It is cancelled.
    CancelAll,
}

/// When a node counts as idle.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quiet {
    /// Below this share of one CPU, in percent.
    #[serde(deserialize_with = "longest_s")]
    pub threshold_percent: f64,
    /// For so long.
    #[serde(deserialize_with = "longest_s")]
    pub span_s: f64,
}

/// Return to the first candidate.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Failback {
    /// Whether it returns by itself.
    pub automatic: bool,
    /// Where that is told.
    pub source: String,
}

/// What is known of a failure of a system.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Declared {
    /// The failure.
    pub mode: FailureMode,
    /// What comes of it.
    pub verdict: Verdict,
    /// When; absent: as the detector does.
    pub latency_s: Option<Interval>,
    /// Only if.
    pub condition: Option<String>,
    /// Why.
    pub reason: String,
    /// Where that is told.
    pub source: String,
}

/// The orderly way.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Planned {
    /// From the stop of the active server to the start of the next.
    pub handover_s: Interval,
    /// What to do, in order.
    pub step: Vec<PlannedCommand>,
    /// Where that is told.
    pub source: String,
    /// What is only assumed.
    pub assumption: Option<String>,
}

/// A step of the orderly way; `{from}`, `{to}` and `{service}` stand for names.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlannedCommand {
    /// What is done.
    pub text: String,
    /// Where it is typed, such as `{from}`.
    pub on: Option<String>,
    /// What is typed.
    pub command: Option<String>,
}
