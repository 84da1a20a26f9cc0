//! What can be wrong in a policy file, and where.

use std::collections::BTreeMap;
use std::fmt;

use thiserror::Error;

use super::{
    MetricOutOfRange, NetworkName, NetworkRef, PatternError, Place, RoleError, Subnet, SubnetError,
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
    /// Text that is no day.
    #[error("\"{0}\" is no day: write YYYY-MM-DD")]
    Day(String),
    /// A key that must be there.
    #[error("\"{0}\" is missing")]
    MissingKey(&'static str),
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
