//! Plain data: names, units and the documents that flow from discovery to rendering.
//!
//! Nothing in here decides anything; documents that are read from outside refuse unknown fields.

mod address;
mod assignment;
mod batch;
mod bits;
mod declared_vm;
mod drain;
mod evacuation;
mod failover;
mod failures;
mod finding;
mod forecast;
mod ids;
mod interface;
mod inventory;
mod layout;
mod machines;
mod measurement;
mod migration;
mod planning;
mod policy;
mod policy_text;
mod quantity;
mod restore;
mod scenario;
pub mod service;
mod shell;
mod units;
mod vmm;

pub use address::{Address, AddressFlag, MAIN_TABLE, NextHop, Route, Scope};
pub use assignment::{
    Assignment, CsvReason, Explanation, Flip, MetricReason, MigrationReason, NetworkAssignment,
    NetworkState, OrderKind, PairException, Reconstructed, RoleReason, Traffic,
};
pub use batch::{
    BatchDump, BatchFormat, BatchJob, BatchNode, BatchSystem, BatchTask, Controller, HostShare,
    JobPart, JobState, Limit, NodeStatus, Priority, SlurmConfig,
};
pub use bits::Bits;
pub use declared_vm::DeclaredVm;
pub use drain::{
    BatchDrain, Capacity, DrainCost, DrainMode, DrainObstacle, DrainOrder, DrainPurpose, DrainStep,
    HostTurn, LawSource, NoTurn, Times, TooLarge, Unplanned,
};
pub use evacuation::{
    Blocked, EvacuationPlan, Hopeless, HostLoad, HostReturn, Limits, Move, Pace, Rejection,
    RollingPlan, Stay, StayReason, Tried, TurnOrder, Unplaceable,
};
pub use failover::{
    FailoverPlan, Happening, Lack, Moment, PairChange, PairTraffic, Profile, RedirectedIo,
    Redirection, Timeline, Turn,
};
pub use failures::{Edit, Failure, FailureOutcome, FailureSummary, Failures, Harm, Remedy};
pub use finding::{
    Confidence, Finding, Findings, Locus, NotJudged, Off, OffReason, Place, Severity, Waived,
};
pub use forecast::{Forecast, Outcome, Round};
pub use ids::{InterfaceName, NetworkName, NodeName};
pub use interface::{
    Bond, Counters, Device, Duplex, Interface, InterfaceKind, Neighbour, OperState, SwitchPort,
};
pub use inventory::{
    Fact, Gap, INVENTORY_SCHEMA, NodeInventory, Source, StorageSession, StorageTransport,
};
pub use layout::{
    ClusterLayout, ClusterNetwork, Conflict, Gateway, Member, NameSource, SkipReason, Skipped,
};
pub use machines::{Machine, MachineState, VmHost, Workload, Writes};
pub use measurement::{Fit, MeasureMode, Measurement, Measurements, Residual};
pub use migration::{
    AutoConverge, Clear, Engine, Group, MIGRATION_SCHEMA, PageRange, Phase, Postcopy,
    Specification, WriteOrder, Xbzrle,
};
pub use planning::{
    Advice, Answer, Band, Change, Contender, Effort, Goal, Key, MovedBand, Quantiles, Schedule,
    Slot, Solution, Together, Trial, Uncertainty, Unit,
};
pub use policy::{
    FailbackPolicy, HeartbeatPolicy, HeartbeatStack, InterfacePattern, InterfacePolicy,
    MetricScheme, MigrationOrder, MigrationPolicy, NamingPolicy, NetworkPolicy, NetworkRef,
    POLICY_SCHEMA, PatternError, Policy, Waiver,
};
pub use policy_text::{PolicyText, Problem, ProblemKind, check_network_name, network_path};
pub use quantity::{
    Amount, QuantityError, WriteRate, parse_amount, parse_rate, parse_share, parse_size,
    parse_time, parse_write_rate,
};
pub use restore::{
    DuplicateRun, Fate, JobAdvice, JobFate, LogComparison, LogDifference, RestoreClass,
    RestoreEvent, RestorePlan, RestoreShape, RestoreSystem, Site, Step, Work,
};
pub use scenario::{
    Event, EventError, LossRef, LostPart, PartRef, Scenario, loss_and_time, part_and_time, seconds,
};
pub use shell::{shell_quoted, shell_word};
pub use units::{Mac, MacError, Metric, MetricOutOfRange, Role, RoleError, Subnet, SubnetError};
pub use vmm::{StopPolicy, Vmm};
