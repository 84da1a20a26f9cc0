//! The networks of a cluster compared for one migration.

use super::line::{Cabling, Ends, Line, LineError};
use super::{SpecificationError, forecast, terms};
use crate::model::{Forecast, NetworkName, Specification};

/// One network with what a migration over it comes to.
#[derive(Clone, Debug)]
pub struct RatedNetwork {
    /// Its name.
    pub name: NetworkName,
    /// Whether live migration takes it.
    pub is_chosen: bool,
    /// Its line and the forecast, or why there is none.
    pub result: Result<(Line, Forecast), LineError>,
    /// The VMM's own limit, bytes a second, where it is below what the line carries.
    pub cap: Option<f64>,
}

impl RatedNetwork {
    /// The forecast, when the VM is moved.
    #[must_use]
    pub fn moved(&self) -> Option<&Forecast> {
        self.result.as_ref().ok().map(|(_, it)| it).filter(|it| it.outcome.is_moved())
    }
}

/// Every network that the cluster may use, best first: the shortest migration, of equal ones the
/// shorter downtime, then the one that live migration takes; then those that carry it to no end,
/// then those of which nothing is known.
///
/// # Errors
/// When the specification makes no sense.
pub fn compare(
    cabling: Cabling<'_>,
    ends: Option<&Ends>,
    spec: &Specification,
) -> Result<Vec<RatedNetwork>, SpecificationError> {
    let chosen = cabling.chosen(ends).ok();
    let mut rated = Vec::new();
    for (place, network) in cabling.layout.networks.iter().enumerate() {
        if !cabling.assignment.networks[place].role.is_authorised() && chosen != Some(place) {
            continue;
        }
        let (mut cap, is_chosen) = (None, chosen == Some(place));
        let result = match cabling.line(place, ends, connections(spec)) {
            Err(error) => Err(error),
            Ok(line) => {
                let spec = over(spec, &line);
                let terms = terms(&spec)?;
                cap = terms.is_capped.then_some(terms.rate_bytes_s);
                Ok((line, forecast(&spec)?))
            }
        };
        rated.push(RatedNetwork { name: network.name.clone(), is_chosen, result, cap });
    }
    rated.sort_by(|a, b| key(a).partial_cmp(&key(b)).unwrap_or(std::cmp::Ordering::Equal));
    Ok(rated)
}

/// The migration over a line.
#[must_use]
pub fn over(spec: &Specification, line: &Line) -> Specification {
    Specification { link_bytes_s: Some(line.payload_bytes_s()), ..spec.clone() }
}

/// How many connections a migration opens for memory.
#[must_use]
pub fn connections(spec: &Specification) -> u32 {
    spec.multifd_channels.unwrap_or(0).max(1)
}

fn key(rated: &RatedNetwork) -> (u8, f64, f64, bool) {
    let is_other = !rated.is_chosen;
    match (&rated.result, rated.moved()) {
        (_, Some(forecast)) => (0, forecast.total_ms, forecast.downtime_ms, is_other),
        (Ok((line, _)), None) => (1, -line.payload_bytes_s(), 0.0, is_other),
        (Err(_), _) => (2, 0.0, 0.0, is_other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{InterfaceKind, NodeInventory, Policy};
    use crate::testkit::Node;
    use crate::{layout, policy};

    fn node(name: &str, host: u8) -> NodeInventory {
        let speeds = [Some(1000), Some(25_000), None, Some(10_000)];
        let mut node = Node::new(name);
        for (place, speed) in speeds.into_iter().enumerate() {
            let address = format!("10.0.{place}.{host}/24");
            let (nic, kind) = (format!("eth{place}"), InterfaceKind::Physical);
            node = node.with(&nic, kind, &[&address], |it| it.speed_mbps = speed);
        }
        node.done()
    }

    #[test]
    fn networks_are_ranked_and_the_chosen_one_is_marked() {
        let inventories = [node("a", 1), node("b", 2)];
        let policy = Policy::default();
        let layout = layout::form(&inventories, &policy);
        let assignment = policy::assign(&layout, &policy);
        let chosen = layout::chosen(&inventories);
        let cabling = Cabling { layout: &layout, assignment: &assignment, inventories: &chosen };
        let mut spec = Specification::new(1 << 30);
        spec.max_bandwidth_bytes_s = Some(0.0);
        let rated = compare(cabling, None, &spec).unwrap();
        let names: Vec<&str> = rated.iter().map(|it| it.name.as_str()).collect();
        let order =
            ["Cluster Network 2", "Cluster Network 4", "Cluster Network 1", "Cluster Network 3"];
        assert_eq!(names, order);
        assert!(rated[0].is_chosen && rated[3].result.is_err());
        assert!(rated[0].moved().unwrap().total_ms < rated[2].moved().unwrap().total_ms);
    }
}
