//! Names as types, so that a node can never be passed where an interface is meant.

use std::borrow::Borrow;
use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! name {
    ($(#[$doc:meta])* $type:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $type(String);

        impl $type {
            /// Wraps a name as it was read; nothing is checked or changed.
            pub fn new(name: impl Into<String>) -> Self {
                Self(name.into())
            }

            /// The name as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl Borrow<str> for $type {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $type {
            fn from(name: &str) -> Self {
                Self(name.to_owned())
            }
        }
    };
}

name!(
    /// A machine of the cluster, by the name its inventory carries.
    NodeName
);
name!(
    /// A network interface of one node, as the kernel names it.
    InterfaceName
);
name!(
    /// A cluster network, by its automatic or given name.
    NetworkName
);

impl NetworkName {
    /// The automatic name of the network with this number, as Failover Clustering gives it.
    #[must_use]
    pub fn automatic(number: u64) -> Self {
        Self(format!("Cluster Network {number}"))
    }

    /// Whether both are the same network to an administrator: letter case does not matter.
    #[must_use]
    pub fn matches(&self, other: &str) -> bool {
        self.0.to_lowercase() == other.to_lowercase()
    }

    /// The number of a name that looks automatic (`Cluster Network 7`), in any letter case.
    #[must_use]
    pub fn automatic_number(&self) -> Option<u64> {
        let lower = self.0.to_lowercase();
        let digits = lower.strip_prefix("cluster network ")?;
        digits.parse::<u32>().ok().map(u64::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn automatic_names_are_recognised_in_any_case() {
        assert_eq!(NetworkName::automatic(7).automatic_number(), Some(7));
        assert_eq!(NetworkName::new("cluster network 12").automatic_number(), Some(12));
        assert_eq!(NetworkName::new("Storage").automatic_number(), None);
        assert_eq!(NetworkName::new("Cluster Network x").automatic_number(), None);
    }
}
