//! The ways that several VMs take, and the links that they share.

use anyhow::{Context, bail};

use super::super::args::{Common, Migrate};
use super::route::{HINT, Site};
use super::{ends, vm};
use crate::migration::{self, Cabling};
use crate::model::{NodeName, Specification};
use crate::render;

/// VMs under way: where from and to, over what.
pub(super) struct Fleet {
    /// Ways that copies of the VM take in turn.
    pub(super) ways: Vec<Way>,
    /// What each link carries, bytes a second.
    pub(super) capacities: Vec<f64>,
    /// The network that carries all, where one is known.
    pub(super) network: Option<String>,
    /// What was taken for granted.
    pub(super) notes: Vec<String>,
}

/// A way from one node to another.
pub(super) struct Way {
    /// The migration, alone on it.
    pub(super) spec: Specification,
    /// Links that it crosses.
    pub(super) links: Vec<usize>,
    /// The node at its end, where VMs go to several.
    pub(super) to: Option<NodeName>,
}

impl Fleet {
    /// The ways over the network that is asked about, for so many VMs at once.
    ///
    /// # Errors
    /// When the rate of the network is not known, or the specification makes no sense.
    pub(super) fn of(
        common: &Common,
        arguments: &Migrate,
        spec: Specification,
        at_once: u32,
    ) -> anyhow::Result<Self> {
        let spec = match arguments.route.bandwidth {
            Some(rate) => Specification { link_bytes_s: Some(rate), ..spec },
            None => spec,
        };
        if arguments.spec.is_some() || arguments.route.bandwidth.is_some() {
            let terms = migration::terms(&spec).map_err(|it| vm::by_option(arguments, it))?;
            let link = spec.link_bytes_s.filter(|it| *it > 0.0).unwrap_or(terms.rate_bytes_s);
            return Ok(Self::over_one(spec, link));
        }
        let site = Site::of(common, arguments)?;
        site.with(|cabling| {
            let network = site.network(cabling, arguments)?;
            let all = All { cabling, network, spec: &spec, at_once };
            let mut fleet = match (&arguments.route.from_node, &arguments.route.to_node) {
                (Some(from), None) => all.away(&NodeName::new(from.as_str()))?,
                _ => all.along(arguments)?,
            };
            let name = site.planned.layout.networks[network].name.to_string();
            fleet.network = Some(render::escaped(&name));
            Ok(fleet)
        })
    }

    fn over_one(spec: Specification, link: f64) -> Self {
        let way = Way { spec, links: vec![0], to: None };
        Self { ways: vec![way], capacities: vec![link], network: None, notes: Vec::new() }
    }
}

/// VMs over one network.
struct All<'a> {
    cabling: Cabling<'a>,
    network: usize,
    spec: &'a Specification,
    at_once: u32,
}

impl All<'_> {
    fn name(&self) -> &str {
        self.cabling.layout.networks[self.network].name.as_str()
    }

    /// Connections of one VM, and of all.
    fn connections(&self) -> (u32, u32) {
        let one = migration::connections(self.spec);
        (one, one.saturating_mul(self.at_once))
    }

    /// All between two nodes, or the slowest pair.
    fn along(&self, arguments: &Migrate) -> anyhow::Result<Fleet> {
        let (one, all) = self.connections();
        let ends = ends(arguments);
        let line = self.cabling.line(self.network, ends.as_ref(), one).context(HINT)?;
        let shared = self.cabling.line(self.network, ends.as_ref(), all).context(HINT)?;
        let spec = migration::over(self.spec, &line);
        let mut fleet = Fleet::over_one(spec, shared.payload_bytes_s());
        fleet.notes.push(render::line_words(&shared, self.name()));
        if shared.mbps > line.mbps {
            fleet.notes.push(SPREAD.to_owned());
        }
        Ok(fleet)
    }

    /// From one node to all others of the network in turn.
    fn away(&self, from: &NodeName) -> anyhow::Result<Fleet> {
        let (one, all) = self.connections();
        let cabling = self.cabling;
        let source = cabling.end(self.network, from, all).context(HINT);
        let mut fleet = Fleet {
            ways: Vec::new(),
            capacities: Vec::new(),
            network: None,
            notes: vec!["VMs go to the other nodes in turn, whatever room these have".to_owned()],
        };
        for to in cabling.layout.nodes.iter().filter(|it| *it != from) {
            let ends = migration::Ends { from: from.clone(), to: to.clone() };
            cabling.check(&ends)?;
            match cabling.line(self.network, Some(&ends), one) {
                Err(why) => fleet.notes.push(format!("no VM goes to {to}: {why}")),
                Ok(line) => {
                    let links = vec![0, fleet.ways.len() + 1];
                    let spec = migration::over(self.spec, &line);
                    fleet.ways.push(Way { spec, links, to: Some(to.clone()) });
                    let target = cabling.end(self.network, to, all)?;
                    fleet.capacities.push(target.payload_bytes_s());
                }
            }
        }
        if fleet.ways.is_empty() {
            bail!("no node can be reached from {from} over \"{}\"", self.name());
        }
        let source = source?;
        fleet.capacities.insert(0, source.payload_bytes_s());
        fleet.notes.insert(0, render::line_words(&source, self.name()));
        Ok(fleet)
    }
}

const SPREAD: &str = "the VMs' connections spread evenly over the ports of bonds";
