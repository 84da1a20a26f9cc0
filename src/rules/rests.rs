//! What every rule rests on: what it means to it that a fact of some node is hidden.
//!
//! A member of two interfaces in one subnet is chosen by its routes; that alone is no reason here,
//! since ADR002 finds such nodes. CFG001 weighs by itself what it says, entry by entry.

use Weight::{Both as B, Doubtful as D, Nothing as O, Open as S, Told as T, ToldDoubtful as U};

use super::Rule;
use crate::model::Fact;

/// What it means to a rule that a fact is hidden.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Weight {
    /// Nothing.
    Nothing,
    /// The rule itself tells where it lacks the fact, or says what is doubtful without it.
    Told,
    /// Something may be wrong that is not seen: nothing passes.
    Open,
    /// What was found may not be so: it is only likely. Storage sessions speak against what is
    /// said of a network that they could take the role of.
    Doubtful,
    /// Both of these, wherever in the cluster it is hidden.
    Both,
    /// The rule tells where it lacks the fact, and what it found is only likely.
    ToldDoubtful,
}

impl Weight {
    /// Whether the rule passes nothing, which is told for it.
    pub(super) fn leaves_open(self) -> bool {
        matches!(self, Self::Open | Self::Both)
    }

    /// Whether findings are only likely.
    pub(super) fn makes_doubtful(self) -> bool {
        matches!(self, Self::Doubtful | Self::Both | Self::ToldDoubtful)
    }
}

/// Where the fact must be hidden to make a finding doubtful.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// On the node of the finding.
    Node,
    /// Anywhere.
    Cluster,
}

/// Rules of which a finding says something of one node, whatever the others hide.
const OF_ONE_NODE: [&str; 5] = ["ADR009", "ADR010", "ADR015", "LNK001", "RED001"];

/// A weight for each fact, in the order of [`column()`].
type Row = (&'static str, [Weight; Fact::ALL.len()]);

/// Interfaces, addresses, IPv4 and IPv6 routes; speed, device, RDMA, counters; bond, sessions,
/// reverse-path filter, own name; name servers, neighbours.
#[rustfmt::skip]
const TABLE: [Row; 85] = [
    ("ADR001", [S, S, O, O,  O, O, O, O,  O, O, O, O,  O, O]),
    ("ADR002", [S, S, O, O,  O, O, O, O,  O, D, O, O,  O, O]),
    ("ADR003", [S, S, O, O,  O, O, O, O,  O, O, O, O,  O, O]),
    ("ADR004", [B, B, O, O,  O, O, O, O,  O, O, O, O,  O, O]),
    ("ADR005", [S, S, O, O,  O, O, O, O,  O, O, O, O,  O, O]),
    ("ADR006", [S, S, O, O,  O, O, O, O,  O, O, O, O,  O, O]),
    ("ADR007", [S, S, O, O,  O, O, O, O,  O, O, O, O,  O, O]),
    ("ADR008", [B, B, D, D,  O, O, O, O,  O, D, O, O,  O, O]),
    ("ADR009", [B, B, O, O,  O, O, O, O,  O, O, O, O,  O, O]),
    ("ADR010", [B, B, O, O,  O, O, O, O,  O, O, O, O,  O, O]),
    ("ADR011", [S, O, S, S,  O, O, O, O,  O, O, O, O,  O, O]),
    ("ADR012", [O, O, T, T,  O, O, O, O,  O, O, O, O,  O, O]),
    ("ADR013", [B, B, B, B,  O, O, O, O,  O, D, O, O,  T, O]),
    ("ADR014", [S, S, O, O,  O, O, O, O,  O, O, O, O,  O, O]),
    ("ADR015", [B, B, O, O,  O, O, O, O,  O, S, O, T,  O, O]),
    ("ADR016", [S, S, O, O,  O, O, O, O,  O, O, O, O,  O, O]),
    ("CFG001", [O, O, O, O,  O, O, O, O,  O, O, O, O,  O, O]),
    ("CFG002", [S, S, O, O,  O, O, O, O,  O, O, O, O,  O, O]),
    ("CFG003", [O, O, O, O,  O, O, O, O,  O, O, O, O,  O, O]),
    ("CFG004", [O, O, O, O,  O, O, O, O,  O, O, O, O,  O, O]),
    ("CFG005", [O, O, O, O,  O, O, O, O,  O, O, O, O,  O, O]),
    ("CFG006", [O, O, O, O,  O, O, O, O,  O, O, O, O,  O, O]),
    ("HBT001", [S, S, O, O,  O, O, O, O,  T, D, O, O,  O, O]),
    ("HBT002", [S, S, O, O,  O, O, O, O,  T, D, O, O,  O, O]),
    ("HBT003", [B, B, B, B,  O, O, O, O,  T, S, O, O,  O, O]),
    ("HBT004", [S, S, O, O,  O, O, O, O,  O, D, O, O,  O, O]),
    ("HBT005", [O, O, O, O,  O, O, O, O,  O, O, O, O,  O, O]),
    ("HBT006", [O, O, O, O,  O, O, O, O,  O, O, O, O,  O, O]),
    ("LNK001", [D, U, O, O,  O, O, O, O,  O, O, O, O,  O, O]),
    ("LNK002", [S, S, O, O,  O, O, O, O,  O, O, O, O,  O, O]),
    ("LNK003", [S, S, O, O,  O, O, O, O,  O, O, O, O,  O, O]),
    ("LNK004", [S, S, O, O,  O, O, O, O,  O, O, O, O,  O, O]),
    ("LNK005", [S, S, O, O,  O, O, O, O,  O, O, O, O,  O, O]),
    ("LNK006", [S, S, T, T,  O, O, O, O,  O, O, O, O,  O, O]),
    ("LNK007", [B, B, B, B,  U, B, B, O,  O, B, O, O,  O, O]),
    ("LNK008", [S, S, O, O,  T, O, O, O,  O, O, O, O,  O, O]),
    ("LNK009", [S, S, O, O,  T, O, O, O,  O, O, O, O,  O, O]),
    ("LNK010", [S, S, O, O,  O, O, O, T,  O, O, O, O,  O, O]),
    ("LNK011", [S, S, O, O,  O, O, O, O,  O, D, O, O,  O, O]),
    ("LNK012", [S, S, O, O,  O, O, O, O,  O, O, O, O,  O, O]),
    ("LNK013", [S, S, T, O,  O, O, O, O,  O, D, T, O,  O, O]),
    ("MIG001", [B, B, B, B,  O, O, O, O,  O, S, O, O,  O, O]),
    ("MIG002", [B, B, B, B,  B, B, B, O,  O, B, O, O,  O, O]),
    ("MIG003", [B, B, B, B,  B, B, B, O,  O, B, O, O,  O, O]),
    ("MIG004", [B, B, B, B,  B, B, B, O,  O, B, O, O,  O, O]),
    ("MIG005", [B, B, B, B,  B, B, B, O,  O, B, O, O,  O, O]),
    ("MIG006", [B, B, B, B,  U, B, B, O,  O, B, O, O,  O, O]),
    ("RED001", [B, B, O, O,  O, O, O, O,  O, O, O, O,  O, O]),
    ("RED002", [B, B, B, B,  O, O, O, O,  O, B, O, O,  O, O]),
    ("RED003", [B, B, B, B,  O, O, O, O,  O, S, O, O,  O, O]),
    ("RED004", [B, B, B, B,  O, O, O, O,  O, S, O, O,  O, O]),
    ("RED005", [B, B, B, B,  O, O, O, O,  O, T, O, O,  O, O]),
    ("RED006", [B, B, B, B,  O, T, O, O,  O, S, O, O,  O, T]),
    ("RED007", [B, B, B, B,  O, T, O, O,  O, S, O, O,  O, T]),
    ("RED008", [B, B, B, B,  O, T, O, O,  O, T, O, O,  O, O]),
    ("RED009", [B, B, B, B,  O, O, O, O,  O, D, O, O,  O, T]),
    ("RED010", [B, B, B, B,  O, T, O, O,  O, S, O, O,  O, O]),
    ("RED011", [B, B, B, B,  O, T, O, O,  O, D, O, O,  O, T]),
    ("RED012", [B, B, B, B,  O, O, O, O,  O, D, O, O,  O, O]),
    ("ROL001", [B, B, B, B,  O, O, O, O,  O, D, O, O,  O, O]),
    ("ROL002", [B, B, U, U,  O, O, O, O,  O, D, O, O,  O, O]),
    ("ROL003", [B, B, U, U,  O, O, O, O,  O, D, O, O,  O, O]),
    ("ROL004", [O, O, O, O,  O, O, O, O,  O, O, O, O,  O, O]),
    ("ROL005", [B, B, B, B,  B, B, B, O,  O, B, O, O,  O, O]),
    ("ROL006", [B, B, D, D,  O, O, O, O,  O, D, O, O,  O, O]),
    ("ROL007", [O, O, O, O,  O, O, O, O,  O, O, O, O,  O, O]),
    ("ROL008", [B, B, B, B,  O, O, O, O,  O, B, O, O,  O, O]),
    ("STO001", [B, B, B, B,  O, O, O, O,  O, T, O, O,  O, O]),
    ("SVC001", [O, O, O, O,  O, O, O, O,  O, O, O, O,  O, O]),
    ("SVC002", [O, O, O, O,  O, O, O, O,  O, O, O, O,  O, O]),
    ("SVC003", [O, O, O, O,  O, O, O, O,  O, O, O, O,  O, O]),
    ("SVC004", [O, O, O, O,  O, O, O, O,  O, O, O, O,  O, O]),
    ("SVC005", [O, O, O, O,  O, O, O, O,  O, O, O, O,  O, O]),
    ("SVC006", [O, O, O, O,  O, O, O, O,  O, O, O, O,  O, O]),
    ("SVC007", [O, O, O, O,  O, O, O, O,  O, O, O, O,  O, O]),
    ("SVC008", [O, O, O, O,  O, O, O, O,  O, O, O, T,  O, O]),
    ("SVC009", [O, O, O, O,  O, O, O, O,  O, O, O, O,  O, O]),
    ("SVC010", [O, O, O, O,  O, O, O, O,  O, O, O, O,  O, O]),
    ("SVC011", [O, O, O, O,  O, O, O, O,  O, O, O, O,  O, O]),
    ("SVC012", [O, O, O, O,  O, O, O, O,  O, O, O, O,  O, O]),
    ("SVC013", [O, O, O, O,  O, O, O, O,  O, O, O, O,  O, O]),
    ("SVC014", [O, O, O, O,  O, O, O, O,  O, O, O, O,  O, O]),
    ("SVC015", [O, O, O, O,  O, O, O, O,  O, O, O, O,  O, O]),
    ("SVC016", [O, O, O, O,  O, O, O, O,  O, O, O, O,  O, O]),
    ("SVC017", [O, O, O, O,  O, O, O, O,  O, O, O, O,  O, O]),
];

/// What it means to `rule` that `fact` is hidden.
pub(super) fn weight(rule: &Rule, fact: Fact) -> Weight {
    let row = TABLE.iter().find(|(code, _)| *code == rule.code);
    row.and_then(|(_, weights)| weights.get(column(fact))).copied().unwrap_or(O)
}

/// Where a fact must be hidden to make a finding of `rule` doubtful.
pub(super) fn reach(rule: &Rule) -> Reach {
    if OF_ONE_NODE.contains(&rule.code) { Reach::Node } else { Reach::Cluster }
}

fn column(fact: Fact) -> usize {
    match fact {
        Fact::Link => 0,
        Fact::Addresses => 1,
        Fact::Routes4 => 2,
        Fact::Routes6 => 3,
        Fact::Speed => 4,
        Fact::Device => 5,
        Fact::Rdma => 6,
        Fact::Counters => 7,
        Fact::Bond => 8,
        Fact::StorageSessions => 9,
        Fact::ReversePathFilter => 10,
        Fact::OwnName => 11,
        Fact::Resolvers => 12,
        Fact::Neighbours => 13,
    }
}

#[cfg(test)]
mod tests;
