//! Plain data: names, units and the documents that flow from discovery to rendering.
//!
//! Nothing in here decides anything; documents that are read from outside refuse unknown fields.

mod address;
mod assignment;
mod ids;
mod interface;
mod inventory;
mod layout;
mod policy;
mod units;

pub use address::{Address, AddressFlag, MAIN_TABLE, NextHop, Route, Scope};
pub use assignment::{
    Assignment, CsvReason, Explanation, Flip, MetricReason, NetworkAssignment, NetworkState,
    PairException, Reconstructed, RoleReason, Traffic,
};
pub use ids::{InterfaceName, NetworkName, NodeName};
pub use interface::{
    Bond, Counters, Device, Duplex, Interface, InterfaceKind, OperState, SwitchPort,
};
pub use inventory::{
    Fact, Gap, INVENTORY_SCHEMA, NodeInventory, Source, StorageSession, StorageTransport,
};
pub use layout::{
    ClusterLayout, ClusterNetwork, Conflict, Gateway, Member, NameSource, SkipReason, Skipped,
};
pub use policy::{
    FailbackPolicy, InterfacePattern, InterfacePolicy, MetricScheme, MigrationOrder,
    MigrationPolicy, NamingPolicy, NetworkPolicy, NetworkRef, POLICY_SCHEMA, PatternError, Policy,
};
pub use units::{Mac, MacError, Metric, MetricOutOfRange, Role, RoleError, Subnet, SubnetError};
