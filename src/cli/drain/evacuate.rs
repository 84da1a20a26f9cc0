//! `drain --evacuate`.

use anyhow::bail;

use super::super::args::Common;
use super::super::output::{self, Outcome};
use super::args::{Drain, DrainFormat};
use super::ground::{Site, State};
use super::task::{Loaded, Ready};
use crate::drain::{self, Task};
use crate::model::EvacuationPlan;
use crate::render::{self, Evacuated, Lines};
use crate::store;

pub(super) fn run(common: &Common, arguments: &Drain) -> anyhow::Result<Outcome> {
    let loaded = Loaded::of(arguments)?;
    let leaving = loaded.hosts(&arguments.evacuate)?;
    let online = loaded.workload.hosts.iter().filter(|it| it.is_online);
    if online.clone().all(|it| leaving.contains(&it.name)) {
        bail!(
            "--evacuate: all {} hosts are named, and none is left to take VMs: name fewer",
            online.count()
        );
    }
    loaded.check_memory()?;
    let site = Site::of(common, arguments, &leaving)?;
    let leaving = leaving.into_iter().collect();
    let reserve = arguments.machines.reserve;
    let plan = |state| {
        loaded.plan(&site, state, arguments, |roads, limits| {
            let task = Task { workload: &loaded.workload, leaving: &leaving, reserve, limits };
            let plan = drain::evacuate(roads, &task)?;
            Ok((plan.moves.clone(), plan))
        })
    };
    let ready: Ready<EvacuationPlan> = plan(State::Left)?;
    let before = site.lost().map(|lost| Ok::<_, anyhow::Error>((plan(State::Whole)?.plan, lost)));
    let before = before.transpose()?;
    let told = Evacuated {
        workload: &loaded.workload,
        plan: &ready.plan,
        before: before.as_ref().map(|(plan, lost)| (plan, *lost)),
        layout: site.layout(),
        terms: ready.terms,
        notes: &ready.notes,
    };
    let text = match arguments.format {
        DrainFormat::Table => told.tell(output::page(common.color)),
        DrainFormat::Json => render::json(&told.view())?,
        DrainFormat::Commands => {
            let (workload, layout, tool) = (&loaded.workload, site.layout(), loaded.tool);
            Lines { workload, layout, tool, head: &told.head(), marks: &[] }
                .of(&ready.plan.moves)?
        }
    };
    if let Some(path) = &arguments.svg {
        store::write_atomic(path, told.svg().as_bytes())?;
    }
    output::print(&text)?;
    Ok(if ready.plan.holds() { Outcome::Done } else { Outcome::Found })
}
