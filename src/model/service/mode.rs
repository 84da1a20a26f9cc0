//! The ways in which a service fails.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::model::{QuantityError, parse_time};

/// A way in which a service fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FailureMode {
    /// The server process dies, its host lives.
    Crash,
    /// The host of the active server loses power.
    Power,
    /// The server process lives and does nothing.
    Hang,
    /// The candidates can't reach each other; both reach the store.
    Cut,
    /// No candidate reaches the shared store.
    Store,
    /// The clocks of the candidates differ.
    Skew,
    /// All candidates are down.
    Both,
    /// The network of the candidates is lost, and with it the way to the store.
    Network,
    /// The active server's host is alone: its interface is lost.
    Interface,
}

impl FailureMode {
    /// All modes, in the order of the matrix.
    pub const ALL: [Self; 9] = [
        Self::Crash,
        Self::Power,
        Self::Hang,
        Self::Cut,
        Self::Store,
        Self::Skew,
        Self::Both,
        Self::Network,
        Self::Interface,
    ];

    /// The mode's name in options, files and documents.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Crash => "crash",
            Self::Power => "power",
            Self::Hang => "hang",
            Self::Cut => "cut",
            Self::Store => "store",
            Self::Skew => "skew",
            Self::Both => "both",
            Self::Network => "network",
            Self::Interface => "interface",
        }
    }

    /// What it is, in words.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Crash => "daemon crash",
            Self::Power => "host power loss",
            Self::Hang => "daemon hung",
            Self::Cut => "network cut between heads",
            Self::Store => "shared store lost",
            Self::Skew => "clock skew",
            Self::Both => "both heads down",
            Self::Network => "network lost",
            Self::Interface => "interface lost",
        }
    }

    /// The mode of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.name() == name)
    }
}

/// A failure: its mode, and for skewed clocks by how much.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Loss {
    /// The mode.
    pub mode: FailureMode,
    /// How far the clocks are apart, in seconds; only for [`FailureMode::Skew`], where nothing
    /// means that the least harmful skew is asked for.
    pub skew_s: Option<f64>,
}

impl From<FailureMode> for Loss {
    fn from(mode: FailureMode) -> Self {
        Self { mode, skew_s: None }
    }
}

/// Text that is no failure.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum LossError {
    /// Not one of the modes.
    #[error(
        "\"{0}\" is no failure: write crash, power, hang, cut, store, both, network, interface, or \
         skew=TIME such as skew=8s"
    )]
    Mode(String),
    /// A skew that is no time.
    #[error("skew \"{text}\": {error}")]
    Skew {
        /// What stands there.
        text: String,
        /// Why it is none.
        error: QuantityError,
    },
}

impl FromStr for Loss {
    type Err = LossError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Some(skew) = text.strip_prefix("skew=") {
            let error = |error| LossError::Skew { text: skew.to_owned(), error };
            let skew_s = Some(parse_time(skew).map_err(error)? / 1000.0);
            return Ok(Self { mode: FailureMode::Skew, skew_s });
        }
        let known = FailureMode::from_name(text).filter(|mode| *mode != FailureMode::Skew);
        known.map(Self::from).ok_or_else(|| LossError::Mode(text.to_owned()))
    }
}

impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.skew_s {
            Some(skew) => write!(f, "{}={skew}s", self.mode.name()),
            None => f.write_str(self.mode.name()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modes_and_skews_are_read_and_written() {
        for text in ["crash", "power", "hang", "cut", "store", "both", "network", "interface"] {
            assert_eq!(text.parse::<Loss>().unwrap().to_string(), text);
        }
        assert_eq!("skew=8s".parse::<Loss>().unwrap().to_string(), "skew=8s");
        assert_eq!("skew=500ms".parse::<Loss>().unwrap().skew_s, Some(0.5));
    }

    #[test]
    fn what_is_no_failure_is_told() {
        let error = |text: &str| text.parse::<Loss>().unwrap_err().to_string();
        assert!(error("crsh").contains("write crash, power"));
        assert!(error("skew").contains("skew=8s"));
        assert!(error("skew=8").contains("no unit"));
        assert!(error("skew=-8s").contains("negative"));
    }
}
