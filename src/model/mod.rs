//! Plain data: names, units and the documents that flow from discovery to rendering.
//!
//! Nothing in here decides anything; documents that are read from outside refuse unknown fields.

mod address;
mod assignment;
mod declared_vm;
mod evacuation;
mod failover;
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
mod scenario;
mod units;

pub use address::{Address, AddressFlag, MAIN_TABLE, NextHop, Route, Scope};
pub use assignment::{
    Assignment, CsvReason, Explanation, Flip, MetricReason, MigrationReason, NetworkAssignment,
    NetworkState, OrderKind, PairException, Reconstructed, RoleReason, Traffic,
};
pub use declared_vm::DeclaredVm;
pub use evacuation::{
    Blocked, EvacuationPlan, Hopeless, HostLoad, Limits, Move, Pace, Rejection, RollingPlan, Stay,
    StayReason, Tried, Turn, TurnOrder, Unplaceable,
};
pub use failover::{
    Edit, FailoverPlan, Failure, FailureOutcome, FailureSummary, Failures, Happening, Harm, Moment,
    PairChange, PairTraffic, Profile, RedirectedIo, Remedy, Timeline,
};
pub use finding::{Confidence, Finding, Findings, Locus, NotJudged, Place, Severity, Waived};
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
    Specification, StopPolicy, Vmm, WriteOrder, Xbzrle,
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
pub use scenario::{Event, EventError, LostPart, PartRef, Scenario, part_and_time, seconds};
pub use units::{Mac, MacError, Metric, MetricOutOfRange, Role, RoleError, Subnet, SubnetError};
