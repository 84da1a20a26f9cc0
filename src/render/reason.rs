//! Reasons in words.

use super::text::{escaped, gbps, list, ordinal};
use crate::model::{
    CsvReason, MetricReason, MigrationReason, NetworkAssignment, OrderKind, Reconstructed, Role,
    RoleReason, SkipReason, StorageSession, StorageTransport,
};

/// Why a network has its role.
pub(super) fn role(reason: &RoleReason) -> String {
    match reason {
        RoleReason::Policy(key) => format!("set in the policy under {key}"),
        RoleReason::Storage { node, interface, session } => {
            let (node, interface) = (escaped(node.as_str()), escaped(interface.as_str()));
            format!("carries {} ({node} {interface})", storage(session))
        }
        RoleReason::Gateway { node, interface, with: (with, of) } => {
            let (node, interface) = (escaped(node.as_str()), escaped(interface.as_str()));
            let all = if with == of {
                String::new()
            } else {
                format!("; {with} of {of} members have one")
            };
            format!("{node} {interface} has a default route{all}")
        }
        RoleReason::NoGateway => "no member has a default route or a storage session".to_owned(),
    }
}

fn storage(session: &StorageSession) -> String {
    let transport = match session.transport {
        StorageTransport::Iscsi => "an iSCSI session",
        StorageTransport::NvmeTcp => "an NVMe/TCP session",
        StorageTransport::NvmeRdma => "an NVMe/RDMA session",
    };
    format!("{transport} to {}", session.portal)
}

/// What would give a network another role.
pub(super) fn role_flip(reason: &RoleReason) -> &'static str {
    match reason {
        RoleReason::Policy(_) => "unset role to have it chosen automatically",
        RoleReason::Storage { .. } => "role=1 puts it to cluster use all the same",
        RoleReason::Gateway { .. } => "without a default route it would be 1",
        RoleReason::NoGateway => "a default route on any member would make it 3",
    }
}

/// Why a network has its metric.
pub(super) fn metric(assigned: &NetworkAssignment) -> String {
    match assigned.metric_reason {
        MetricReason::Manual { automatic } => {
            format!("set by hand; the automatic one would be {automatic}")
        }
        MetricReason::Pinned => "automatic, frozen by pin".to_owned(),
        MetricReason::Private { place } => {
            format!("1000 + 100 × {place}: {} network without a default route", ordinal(place + 1))
        }
        MetricReason::Overflow { place } => {
            let which = ordinal(place + 1);
            format!("{which} network without a default route: held at 9999, below the public band")
        }
        MetricReason::Public { place } => {
            format!("10000 + 100 × {place}: {} network with a default route", ordinal(place + 1))
        }
        MetricReason::Excluded { place } => {
            format!("10000 + 100 × {place}: role 0 is numbered after every public network")
        }
        MetricReason::Reconstructed(terms) => reconstructed(terms, assigned.role),
    }
}

fn reconstructed(terms: Reconstructed, role: Role) -> String {
    let mut text = format!("{} for role {}", terms.base, role.number());
    if role == Role::None {
        text += " (none is published; that of role 3 is taken)";
    }
    match terms.offload {
        0 => {}
        19_200 => text += " − 19200 for RDMA",
        _ => text += " − 9600 for RSS",
    }
    match terms.mbps {
        Some(mbps) => text += &format!(" − 16 × {} Gbit/s", gbps(mbps)),
        None => text += ", speed not known",
    }
    if terms.tie > 0 {
        text += &format!(" + {} among equal ones", terms.tie);
    }
    text + " (reconstructed)"
}

/// What would give a network another automatic metric.
pub(super) fn metric_flip(reason: &MetricReason) -> &'static str {
    match reason {
        MetricReason::Manual { .. } => "metric=auto returns to the automatic one",
        MetricReason::Pinned => "metric=auto has it computed again",
        MetricReason::Private { .. } | MetricReason::Overflow { .. } => {
            "a default route on any member would move it to the band from 10000"
        }
        MetricReason::Public { .. } => {
            "without a default route it would move to the band from 1000"
        }
        MetricReason::Excluded { .. } => "role=1 or role=3 would number it with its band",
        MetricReason::Reconstructed(_) => "another role, speed, RSS or RDMA on its slowest member",
    }
}

/// Why a network carries CSV or does not.
pub(super) fn csv(reason: CsvReason) -> &'static str {
    match reason {
        CsvReason::Lowest => "lowest metric of the networks that are authorised and available",
        CsvReason::LaterInOrder => "same metric, but later in the order of enumeration",
        CsvReason::Higher => "higher metric",
        CsvReason::NotAuthorised => "role 0 is not authorised for cluster traffic",
        CsvReason::NotAvailable => "not available: no two nodes can use it",
    }
}

/// How a network stands in the order of live migration.
pub(super) fn migration(reason: MigrationReason, is_csv: bool, order: OrderKind) -> &'static str {
    match (reason, is_csv, order) {
        (MigrationReason::First, true, OrderKind::AvoidCsv) => {
            "first choice, although it carries CSV: nothing else is available"
        }
        (MigrationReason::First, true, OrderKind::Static) => {
            "first choice, although it carries CSV: the static order is kept when a network fails"
        }
        (MigrationReason::First, true, OrderKind::List) => {
            "first choice, although it carries CSV: the policy lists the order"
        }
        (MigrationReason::First, false, OrderKind::AvoidCsv) => {
            "first choice: the lowest metric that does not carry CSV"
        }
        (MigrationReason::First, false, OrderKind::Static) => {
            "first choice: first of the static order that is available"
        }
        (MigrationReason::First, false, OrderKind::List) => {
            "first choice: first of the policy's list that is available"
        }
        (MigrationReason::CsvLast, ..) => "last, since it carries CSV",
        (MigrationReason::Later, ..) => "later in the order",
        (MigrationReason::NotAvailable, ..) => "not available: no two nodes can use it",
        (MigrationReason::Excluded, ..) => "excluded by the policy (migration.exclude)",
        (MigrationReason::NotListed, ..) => "not in the policy's list (migration.order)",
        (MigrationReason::NotAuthorised, ..) => "role 0, and the policy does not list it",
    }
}

/// Why an interface does not count.
pub(super) fn skip(reason: &SkipReason) -> String {
    match reason {
        SkipReason::Loopback => "loopback".to_owned(),
        SkipReason::PortOf(master) => format!("port of {}", escaped(master.as_str())),
        SkipReason::VrfDevice => "VRF device; its ports count by themselves".to_owned(),
        SkipReason::Excluded(pattern) => {
            format!("excluded by the policy (\"{}\")", escaped(pattern))
        }
        SkipReason::ContainerName(pattern) => {
            format!("its name is one of container networks ({pattern})")
        }
        SkipReason::VirtualBridge => "bridge without a physical port".to_owned(),
        SkipReason::Kind(kind) => {
            format!("kind {} carries no cluster traffic", escaped(kind.as_str()))
        }
        SkipReason::VethWithoutAddress => {
            "veth without a usable address: host end of a container's pair".to_owned()
        }
        SkipReason::NoAddress => "no address".to_owned(),
        SkipReason::Ipv4LinkLocal(addresses) => {
            let addresses = list(addresses, 2);
            format!("link-local address only ({addresses}): DHCP failed, or a virtual adapter")
        }
        SkipReason::Ipv6LinkLocal => "IPv6 link-local address only".to_owned(),
        SkipReason::UnfitAddresses(addresses) => format!(
            "no address that is fit to use ({}: temporary, deprecated, tentative, duplicate, or of the host)",
            list(addresses, 2)
        ),
        SkipReason::SecondOnNetwork { network, counts } => format!(
            "further interface on {}, where {} counts",
            escaped(network.as_str()),
            escaped(counts.as_str())
        ),
    }
}
