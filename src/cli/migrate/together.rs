//! Several VMs at once.

use super::super::args::{Common, Migrate, MigrateFormat};
use super::super::output::{self, Outcome};
use super::fleet::Fleet;
use super::{Case, format, outcome, vm};
use crate::migration::{self, Job, Site};
use crate::model::{Schedule, Together};
use crate::render;

/// Schedules copies of a VM together, and one after the other.
pub(super) fn run(
    common: &Common,
    arguments: &Migrate,
    case: Case,
    count: u32,
) -> anyhow::Result<Outcome> {
    let copies = &arguments.copies;
    let parallel = copies.parallel.unwrap_or(count).min(count);
    let per_node = copies.per_node.filter(|it| *it < parallel);
    // all of them leave one node or cross one line
    let at_once = per_node.unwrap_or(parallel);
    let mut fleet = Fleet::of(common, arguments, case.spec, at_once)?;
    let result = schedules(&fleet, count, (parallel, per_node));
    let together = result.map_err(|it| vm::by_option(arguments, it))?;
    let spec = &fleet.ways[0].spec;
    let forecast = migration::forecast(spec)?;
    fleet.notes.extend(forecast.assumptions);
    fleet.notes.extend(case.measured.into_iter().flat_map(|it| it.notes));
    let targets = fleet.ways.iter().filter_map(|it| it.to.as_ref());
    let view = render::Copies {
        name: &spec.name,
        parallel,
        per_node,
        network: fleet.network.as_deref(),
        link_bytes_s: fleet.capacities[0],
        targets: targets.map(ToString::to_string).collect(),
        together: &together,
        notes: &fleet.notes,
    };
    output::print(&match format(arguments) {
        MigrateFormat::Json => render::json(&view.view())?,
        MigrateFormat::Table => view.tell(output::page(common.color)),
    })?;
    Ok(outcome(together.parallel.slots.iter().all(|it| it.outcome.is_moved())))
}

/// So many copies, on the fleet's ways in turn.
fn schedules(
    fleet: &Fleet,
    count: u32,
    (parallel, per_node): (u32, Option<u32>),
) -> Result<Together, migration::SpecificationError> {
    let ways = fleet.ways.iter().enumerate().cycle();
    let jobs: Vec<Job<'_>> = (0..count)
        .zip(ways)
        .map(|(_, (place, way))| Job {
            spec: &way.spec,
            links: way.links.clone(),
            pools: vec![0, 1, 2 + place],
        })
        .collect();
    let places = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
    let run = |most: u32, per_node: Option<u32>| -> Result<Schedule, _> {
        let mut pools = vec![per_node.map_or(usize::MAX, places); 2 + fleet.ways.len()];
        pools[0] = places(most);
        migration::schedule(&jobs, &Site { capacities: &fleet.capacities, pools: &pools })
    };
    Ok(Together { parallel: run(parallel, per_node)?, single: run(1, None)? })
}
