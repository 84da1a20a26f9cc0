//! What is lost when, and what may be lost at all.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use super::{InterfaceName, NodeName};

/// Longest time of a scenario, in seconds: a year.
const LONGEST_S: f64 = 31_536_000.0;

/// A part of a cluster as a person names it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PartRef {
    /// A network, by name or subnet.
    Network(String),
    /// An interface of a node.
    Interface(NodeName, InterfaceName),
    /// A device of a node, by its address on the bus.
    Device(NodeName, String),
    /// A switch, by its name or identity.
    Switch(String),
    /// A node.
    Node(NodeName),
    /// All paths of a node to its storage.
    Storage(NodeName),
}

/// A part of a cluster that is there. The order is that in which parts are listed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LostPart {
    /// A network, by its place in the layout's list.
    Network(usize),
    /// A switch, by its identity.
    Switch(String),
    /// A node.
    Node(NodeName),
    /// A card with all its ports.
    Card(NodeName, String),
    /// An interface.
    Interface(NodeName, InterfaceName),
    /// All paths of a node to its storage.
    Storage(NodeName),
}

/// Something that happens to a part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event<P> {
    /// When, in ms.
    pub at_ms: u64,
    /// Whether the part comes back; else it is lost.
    pub returns: bool,
    /// The part.
    pub part: P,
}

/// Losses and returns in the order of their times.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scenario {
    /// What happens.
    pub events: Vec<Event<LostPart>>,
    /// How long a part must be back before it is used again, in ms.
    pub hold_ms: u64,
}

/// Text that is no event.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum EventError {
    /// Not one of the forms.
    #[error(
        "\"{0}\" names no part: write network:NAME, interface:NODE/IF, device:NODE/PCI, switch:ID, \
         node:NODE, storage:NODE, service:NAME or store:NAME, each with @SECONDS where the time \
         matters"
    )]
    Form(String),
    /// A time that can't be.
    #[error("\"{0}\" after the @ is no time: give seconds from 0 to 31536000, such as 12 or 0.5")]
    Time(String),
}

impl FromStr for PartRef {
    type Err = EventError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = || EventError::Form(text.to_owned());
        let (kind, name) = text.split_once(':').ok_or_else(error)?;
        if name.trim().is_empty() {
            return Err(error());
        }
        let of_node = || {
            let pair = name.split_once('/');
            pair.filter(|(node, part)| !node.is_empty() && !part.is_empty()).ok_or_else(error)
        };
        Ok(match kind {
            "network" => Self::Network(name.to_owned()),
            "switch" => Self::Switch(name.to_owned()),
            "node" | "host" => Self::Node(NodeName::new(name)),
            "storage" => Self::Storage(NodeName::new(name)),
            "interface" => {
                let (node, interface) = of_node()?;
                Self::Interface(NodeName::new(node), InterfaceName::new(interface))
            }
            "device" => {
                let (node, device) = of_node()?;
                Self::Device(NodeName::new(node), device.to_owned())
            }
            _ => return Err(error()),
        })
    }
}

impl fmt::Display for PartRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Network(name) => write!(f, "network:{name}"),
            Self::Interface(node, interface) => write!(f, "interface:{node}/{interface}"),
            Self::Device(node, device) => write!(f, "device:{node}/{device}"),
            Self::Switch(name) => write!(f, "switch:{name}"),
            Self::Node(node) => write!(f, "node:{node}"),
            Self::Storage(node) => write!(f, "storage:{node}"),
        }
    }
}

/// What may be lost: a part of a cluster, or a service of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LossRef {
    /// A part of the cluster.
    Part(PartRef),
    /// A service, by its name.
    Service(String),
    /// The store of a service, by the service's name.
    Store(String),
}

impl FromStr for LossRef {
    type Err = EventError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let named = |name: &str| (!name.trim().is_empty()).then(|| name.to_owned());
        let error = || EventError::Form(text.to_owned());
        match text.split_once(':') {
            Some(("service", name)) => Ok(Self::Service(named(name).ok_or_else(error)?)),
            Some(("store", name)) => Ok(Self::Store(named(name).ok_or_else(error)?)),
            _ => text.parse().map(Self::Part),
        }
    }
}

/// A part with the time after its last `@`, in ms, where that is a number; a name may hold an `@`.
///
/// # Errors
/// When it is no part, or what looks like a time is negative, no number or beyond a year.
pub fn part_and_time(text: &str) -> Result<(PartRef, Option<u64>), EventError> {
    timed(text)
}

/// The same of what may be lost.
///
/// # Errors
/// As [`part_and_time`].
pub fn loss_and_time(text: &str) -> Result<(LossRef, Option<u64>), EventError> {
    timed(text)
}

fn timed<T: FromStr<Err = EventError>>(text: &str) -> Result<(T, Option<u64>), EventError> {
    let Some((part, time)) = text.rsplit_once('@').filter(|(_, time)| is_meant_as_time(time))
    else {
        return Ok((text.parse()?, None));
    };
    let error = || EventError::Time(time.to_owned());
    Ok((part.parse()?, Some(seconds(time).ok_or_else(error)?)))
}

/// Seconds from 0 to a year, in ms.
#[must_use]
pub fn seconds(text: &str) -> Option<u64> {
    let seconds = text.parse::<f64>().ok().filter(|it| (0.0..=LONGEST_S).contains(it));
    seconds.map(milliseconds)
}

fn is_meant_as_time(text: &str) -> bool {
    let first = text.trim_start().chars().next();
    first.is_none_or(|first| first.is_ascii_digit() || "+-.".contains(first))
        || text.parse::<f64>().is_ok()
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "from 0 to a year, checked before"
)]
fn milliseconds(seconds: f64) -> u64 {
    (seconds * 1000.0).round() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_is_read_and_written() {
        let forms = [
            "network:Cluster Network 1",
            "interface:n1/eth0",
            "device:n1/0000:03:00.1",
            "switch:mac 02:00:00:00:00:01",
            "node:n1",
            "storage:n1",
        ];
        for form in forms {
            assert_eq!(form.parse::<PartRef>().unwrap().to_string(), form);
        }
        assert_eq!("host:n1".parse(), Ok(PartRef::Node("n1".into())));
    }

    #[test]
    fn what_is_no_form_is_refused() {
        for text in
            ["", "eth0", "card:n1/x", "network:", "interface:n1", "interface:/eth0", "device:n1/"]
        {
            assert_eq!(text.parse::<PartRef>(), Err(EventError::Form(text.to_owned())));
        }
    }

    #[test]
    fn services_and_their_stores_are_lost_like_parts() {
        let read = |text: &str| loss_and_time(text);
        assert_eq!(read("service:batch@5"), Ok((LossRef::Service("batch".to_owned()), Some(5000))));
        assert_eq!(read("store:a:b"), Ok((LossRef::Store("a:b".to_owned()), None)));
        let node = LossRef::Part(PartRef::Node("n1".into()));
        assert_eq!(read("host:n1"), Ok((node, None)));
        for text in ["service:", "store: ", "serv:x"] {
            assert!(matches!(read(text), Err(EventError::Form(_))), "{text}");
        }
    }

    #[test]
    fn a_time_stands_after_the_last_at() {
        let read = |text: &str| part_and_time(text).map(|(part, time)| (part.to_string(), time));
        assert_eq!(read("node:n1@2.5"), Ok(("node:n1".to_owned(), Some(2500))));
        assert_eq!(read("network:a@b"), Ok(("network:a@b".to_owned(), None)));
        assert_eq!(read("network:a@b@0"), Ok(("network:a@b".to_owned(), Some(0))));
        for time in ["-1", "NaN", "inf", "1s", "", "1e99", "-0.5"] {
            let error = read(&format!("node:n1@{time}")).unwrap_err();
            assert!(matches!(error, EventError::Time(_)), "{time}: {error}");
        }
    }
}
