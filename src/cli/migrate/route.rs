//! Over which network a VM goes, and how fast.

use anyhow::Context;

use super::super::args::{Common, Migrate, MigrateFormat};
use super::super::output::{self, Outcome};
use super::super::sources::{self, Planned};
use super::{Case, ends, format, outcome, vm};
use crate::migration::{self, Cabling};
use crate::model::{NodeInventory, Policy, Specification};
use crate::{layout, policy, render, store};

pub(super) const HINT: &str = "the rate of the network can't be told: give --bandwidth";

/// The migration with the rate of its network.
pub(super) fn case(
    common: &Common,
    arguments: &Migrate,
    spec: Specification,
) -> anyhow::Result<Case> {
    if let Some(rate) = arguments.route.bandwidth {
        return Ok(Case::of(Specification { link_bytes_s: Some(rate), ..spec }));
    }
    let site = Site::of(common, arguments)?;
    site.with(|cabling| {
        let ends = ends(arguments);
        let network = site.network(cabling, arguments)?;
        let connections = migration::connections(&spec);
        let line = cabling.line(network, ends.as_ref(), connections).context(HINT)?;
        let name = site.planned.layout.networks[network].name.to_string();
        Ok(Case {
            notes: vec![render::line_words(&line, &name)],
            network: Some(render::escaped(&name)),
            ..Case::of(migration::over(&spec, &line))
        })
    })
}

/// All networks for one VM.
pub(super) fn compare(
    common: &Common,
    arguments: &Migrate,
    case: &Case,
) -> anyhow::Result<Outcome> {
    let site = Site::of(common, arguments)?;
    let rated = site.with(|cabling| {
        let ends = ends(arguments);
        if let Some(ends) = &ends {
            cabling.check(ends)?;
        }
        let rated = migration::compare(cabling, ends.as_ref(), &case.spec);
        rated.map_err(|it| vm::by_option(arguments, it))
    })?;
    let notes = case.granted();
    output::print(&match format(arguments) {
        MigrateFormat::Json => render::json(&render::networks(&case.spec.name, &rated, &notes))?,
        MigrateFormat::Table => render::networks_table(&rated, &notes, output::page(common.color)),
    })?;
    Ok(outcome(rated.iter().any(|it| it.is_chosen && it.moved().is_some())))
}

/// A cluster as it is planned.
pub(super) struct Site {
    inventories: Vec<NodeInventory>,
    policy: Policy,
    pub(super) planned: Planned,
}

impl Site {
    pub(super) fn of(common: &Common, arguments: &Migrate) -> anyhow::Result<Self> {
        let policy = store::read_policy(&common.policy)?.policy;
        let inventories = sources::inventories(common, &arguments.sources)?;
        let planned = Planned::of(&inventories, &policy);
        Ok(Self { inventories, policy, planned })
    }

    pub(super) fn with<T>(
        &self,
        ask: impl FnOnce(Cabling<'_>) -> anyhow::Result<T>,
    ) -> anyhow::Result<T> {
        let Planned { layout, assignment } = &self.planned;
        ask(Cabling { layout, assignment, inventories: &layout::chosen(&self.inventories) })
    }

    /// The network that is named, or that live migration takes.
    pub(super) fn network(
        &self,
        cabling: Cabling<'_>,
        arguments: &Migrate,
    ) -> anyhow::Result<usize> {
        match &arguments.route.network {
            Some(name) => self.place_of(name),
            None => cabling.chosen(ends(arguments).as_ref()).context(HINT),
        }
    }

    fn place_of(&self, name: &str) -> anyhow::Result<usize> {
        let target = policy::find(name, &self.planned.layout, &self.policy)?;
        let absent = || anyhow::anyhow!("no node is on {} now: it carries nothing", target.key);
        target.place.ok_or_else(absent)
    }
}
