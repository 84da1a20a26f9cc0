//! Causes and reasons in words.

use super::super::text::{escaped, list};
use crate::model::NodeName;
use crate::watch::{Cause, Happening, Reason};

/// How many items a list in a sentence names.
const LISTED: usize = 5;

/// What happened to a member, for programs.
pub(super) fn key(what: Happening) -> &'static str {
    match what {
        Happening::Gone => "gone",
        Happening::Left => "left",
        Happening::SetDown => "set-down",
        Happening::NoCarrier => "no-carrier",
        Happening::NotPassing => "not-passing",
        Happening::Up => "up",
        Happening::Joined => "joined",
        Happening::JoinedDown => "joined-down",
        Happening::GatewayGained => "gateway-gained",
        Happening::GatewayLost => "gateway-lost",
    }
}

fn sentence(what: Happening) -> &'static str {
    match what {
        Happening::Gone => "is gone",
        Happening::Left => "has no address on it any more",
        Happening::SetDown => "is set down",
        Happening::NoCarrier => "has no carrier",
        Happening::NotPassing => "passes no traffic",
        Happening::Up => "is up",
        Happening::Joined => "joined",
        Happening::JoinedDown => "joined, but is down",
        Happening::GatewayGained => "has a default route now",
        Happening::GatewayLost => "has no default route any more",
    }
}

/// What happened to members, in a sentence; empty when nothing did.
pub(super) fn causes(causes: &[Cause]) -> String {
    let told = causes.iter().map(|cause| {
        let (node, interface) = (escaped(cause.node.as_str()), escaped(cause.interface.as_str()));
        format!("{node} {interface} {}", sentence(cause.what))
    });
    list(&told.collect::<Vec<_>>(), LISTED)
}

/// Why traffic goes another way.
pub(super) fn reason(reason: &Reason) -> String {
    let with = |text: String, causes: &[Cause]| match self::causes(causes) {
        told if told.is_empty() => text,
        told => format!("{text} ({told})"),
    };
    match reason {
        Reason::Lost { network, causes } => {
            with(format!("{} is lost", escaped(network.as_str())), causes)
        }
        Reason::Back { network, causes } => {
            with(format!("{} is back", escaped(network.as_str())), causes)
        }
        Reason::HoldOver { network } => {
            format!("{} has been back long enough", escaped(network.as_str()))
        }
        Reason::CsvTookIt { network } => {
            format!("CSV took {}", escaped(network.as_str()))
        }
        Reason::CsvLeftIt { network } => {
            format!("CSV left {}", escaped(network.as_str()))
        }
        Reason::Order => "roles, metrics or the order changed".to_owned(),
    }
}

/// Nodes in a list, shortened.
pub(super) fn nodes(nodes: &[NodeName]) -> String {
    let names: Vec<String> = nodes.iter().map(|node| escaped(node.as_str())).collect();
    list(&names, LISTED)
}
