//! What can be wrong in a policy file, and where.

use std::collections::BTreeMap;
use std::fmt;

use thiserror::Error;

use super::{
    MetricOutOfRange, NetworkName, NetworkRef, PatternError, Place, QuantityError, RoleError,
    Subnet, SubnetError,
};

/// Something wrong in a policy file, with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where it stands.
    pub place: Place,
    /// Keys that lead to it, such as `network."10.0.0.0/24".role`.
    pub key: String,
    /// What is wrong.
    pub kind: ProblemKind,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: ", self.place.line, self.place.column)?;
        match self.key.as_str() {
            "" => write!(f, "{}", self.kind),
            key => write!(f, "{key}: {}", self.kind),
        }
    }
}

/// What can be wrong in a policy file.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ProblemKind {
    /// Not TOML.
    #[error("{0}")]
    Syntax(String),
    /// A key that means nothing.
    #[error("unknown key; known here: {}", known.join(", "))]
    UnknownKey {
        /// Keys that mean something in that place.
        known: Vec<&'static str>,
    },
    /// A value of the wrong type.
    #[error("expected {expected}, found {found} {value}")]
    WrongType {
        /// What belongs there.
        expected: &'static str,
        /// Type of what stands there.
        found: &'static str,
        /// What stands there.
        value: String,
    },
    /// A schema of another program or version.
    #[error("schema \"{0}\" is not this program's: it reads netplan-cluster/policy/1")]
    Schema(String),
    /// A word that is not among those that mean something.
    #[error("\"{value}\" is none of {}", known.join(", "))]
    UnknownWord {
        /// What stands there.
        value: String,
        /// What could.
        known: Vec<&'static str>,
    },
    /// A number outside its range.
    #[error("{value} is outside {low} to {high}")]
    OutOfRange {
        /// What stands there.
        value: i64,
        /// Least value.
        low: i64,
        /// Greatest value.
        high: i64,
    },
    /// A role that does not exist.
    #[error(transparent)]
    Role(#[from] RoleError),
    /// A metric outside its range.
    #[error(transparent)]
    Metric(#[from] MetricOutOfRange),
    /// Text that is no quantity.
    #[error("\"{value}\": {error}")]
    Quantity {
        /// What stands there.
        value: String,
        /// Why it is none.
        error: QuantityError,
    },
    /// Text that is no day.
    #[error("\"{0}\" is no day: write YYYY-MM-DD")]
    Day(String),
    /// A key that must be there.
    #[error("\"{0}\" is missing")]
    MissingKey(&'static str),
    /// A key that must say something.
    #[error("\"{0}\" is empty")]
    EmptyKey(&'static str),
    /// A size of nothing.
    #[error("a size above 0 is needed")]
    NoSize,
    /// A working set that does not fit.
    #[error("the working set is larger than the memory of the VM, {memory} bytes")]
    BeyondMemory {
        /// The memory.
        memory: u64,
    },
    /// Two virtual machines of one name.
    #[error("the VM of line {line} is called \"{name}\" already: names are unique")]
    DuplicateVm {
        /// The name.
        name: String,
        /// Where the other one stands.
        line: usize,
    },
    /// A key that is no subnet.
    #[error(transparent)]
    Subnet(#[from] SubnetError),
    /// A pattern that can't be read.
    #[error(transparent)]
    Pattern(#[from] PatternError),
    /// The same subnet in two notations.
    #[error("the subnet {0} has two entries: join them")]
    DuplicateSubnet(Subnet),
    /// The same name for two networks.
    #[error("{owner} is called \"{name}\" already: names are unique, whatever their letter case")]
    DuplicateName {
        /// The name.
        name: NetworkName,
        /// The network that has it.
        owner: Subnet,
    },
    /// The same name for two services.
    #[error("a service before it is called \"{0}\" already")]
    DuplicateService(String),
    /// A service that is not declared.
    #[error("no service is called \"{0}\": name one of the [[service]] tables")]
    UnknownService(String),
    /// A list that must not be empty.
    #[error("it is empty: name at least one host")]
    NoHost,
    /// A host that stands twice in a list of candidates.
    #[error("\"{0}\" stands in the list twice")]
    HostTwice(String),
    /// A name that can't be one.
    #[error("\"{name}\" can't be a network's name: {reason}")]
    BadName {
        /// What stands there.
        name: String,
        /// Why not.
        reason: &'static str,
    },
}

/// The text behind a policy: where its keys stand, and what is wrong.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PolicyText {
    /// Path of the file, as it was given; empty for a policy that was not read from a file.
    pub path: String,
    /// Place of each key by its path, such as `network."10.0.0.0/24".role`.
    pub places: BTreeMap<String, Place>,
    /// Everything that is wrong, in the file's order.
    pub problems: Vec<Problem>,
}

impl PolicyText {
    /// Where the file sets `property` of the network with these subnets: by the first of them that
    /// sets it, in whatever notation. An empty property means the entry itself.
    #[must_use]
    pub fn place_of_network(&self, subnets: &[Subnet], property: &str) -> Option<Place> {
        subnets.iter().find_map(|subnet| self.place_in_entry(*subnet, property))
    }

    fn place_in_entry(&self, subnet: Subnet, property: &str) -> Option<Place> {
        let is_meant = |path: &str| {
            network_path(path)
                .is_some_and(|(key, last)| last == property && key.parse() == Ok(subnet))
        };
        self.places.iter().find(|(path, _)| is_meant(path)).map(|(_, place)| *place)
    }
}

/// Subnet as the file writes it, and property, of a path such as `network."10.0.0.0/24".role`; the
/// property is empty for the entry itself.
#[must_use]
pub fn network_path(path: &str) -> Option<(&str, &str)> {
    let (subnet, rest) = path.strip_prefix("network.\"")?.split_once('"')?;
    Some((subnet, rest.strip_prefix('.').unwrap_or(rest)))
}

/// Checks that `name` can be a network's: visible, of one line, and not to be taken for a subnet.
///
/// # Errors
/// [`ProblemKind::BadName`] with the reason.
pub fn check_network_name(name: &str) -> Result<NetworkName, ProblemKind> {
    let reason = if name.trim().is_empty() {
        "it is empty"
    } else if name.trim() != name {
        "it begins or ends with a space"
    } else if name.chars().any(char::is_control) {
        "it has a control character"
    } else if name.chars().count() > 128 {
        "it is longer than 128 characters"
    } else if !matches!(NetworkRef::read(name), Ok(NetworkRef::Name(_))) {
        "it would be taken for a subnet"
    } else {
        return Ok(NetworkName::new(name));
    };
    Err(ProblemKind::BadName { name: name.to_owned(), reason })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(text: &PolicyText, subnets: &[&str], property: &str) -> Option<usize> {
        let subnets: Vec<Subnet> = subnets.iter().map(|subnet| subnet.parse().unwrap()).collect();
        text.place_of_network(&subnets, property).map(|place| place.line)
    }

    #[test]
    fn a_place_is_found_in_any_notation_and_under_any_subnet() {
        let mut text = PolicyText::default();
        for (line, path) in [
            (1, "network.\"FD00:0::/64\""),
            (2, "network.\"FD00:0::/64\".role"),
            (5, "network.\"10.0.0.0/24\".metric"),
            (9, "migration.order"),
        ] {
            text.places.insert(path.to_owned(), Place { line, column: 1 });
        }
        assert_eq!(place(&text, &["fd00::/64"], "role"), Some(2));
        assert_eq!(place(&text, &["fd00::/64"], ""), Some(1));
        assert_eq!(place(&text, &["fd00::/64"], "metric"), None);
        assert_eq!(place(&text, &["10.0.0.0/24", "fd00::/64"], "role"), Some(2));
        assert_eq!(place(&text, &["10.0.0.0/24", "fd00::/64"], "metric"), Some(5));
        assert_eq!(place(&text, &[], "metric"), None);
    }
}
