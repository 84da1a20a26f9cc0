//! `drain --rolling`.

use anyhow::{Context, bail};

use super::super::args::Common;
use super::super::output::{self, Outcome};
use super::args::{Drain, DrainFormat, Order};
use super::ground::{Site, State};
use super::task::{Loaded, Ready};
use crate::drain::{self, RollTask};
use crate::model::{NodeName, RollingPlan, TurnOrder};
use crate::render::{self, Lines, Rolled};
use crate::store;

pub(super) fn run(common: &Common, arguments: &Drain, names: &[String]) -> anyhow::Result<Outcome> {
    let loaded = Loaded::of(arguments)?;
    let nodes = nodes(&loaded, names)?;
    let machines = &arguments.machines;
    let reboot_ms =
        arguments.reboot.context("--rolling: say how long a reboot takes, as in --reboot 10m")?;
    let out = usize::try_from(machines.out).unwrap_or(usize::MAX);
    loaded.check_memory()?;
    let site = Site::of(common, arguments, &nodes)?;
    let order = match arguments.order {
        None | Some(Order::LeastMoved) => TurnOrder::LeastMoved,
        Some(Order::List) => TurnOrder::Listed,
        Some(Order::LeastWaste) => {
            bail!("--order least-waste is of batch nodes: write least-moved or list")
        }
    };
    let (workload, reserve) = (&loaded.workload, machines.reserve);
    let plan = |state| {
        loaded.plan(&site, state, arguments, |roads, limits| {
            let task = RollTask { workload, nodes: &nodes, order, reboot_ms, out, reserve, limits };
            let plan = drain::roll(roads, &task)?;
            Ok((plan.moves.clone(), plan))
        })
    };
    let ready: Ready<RollingPlan> = plan(State::Left)?;
    let before = site.lost().map(|lost| Ok::<_, anyhow::Error>((plan(State::Whole)?.plan, lost)));
    let before = before.transpose()?;
    let told = Rolled {
        workload,
        plan: &ready.plan,
        before: before.as_ref().map(|(plan, lost)| (plan, *lost)),
        layout: site.layout(),
        terms: ready.terms,
        out,
        reboot_ms,
        notes: &ready.notes,
    };
    let text = match arguments.format {
        DrainFormat::Table => told.tell(output::page(common.color)),
        DrainFormat::Json => render::json(&told.view())?,
        DrainFormat::Commands => {
            let (layout, tool) = (site.layout(), loaded.tool);
            let (head, marks) = (&told.head(), &told.marks());
            Lines { workload, layout, tool, head, marks }.of(&ready.plan.moves)?
        }
    };
    if let Some(path) = &arguments.svg {
        store::write_atomic(path, told.svg().as_bytes())?;
    }
    output::print(&text)?;
    Ok(if ready.plan.holds() { Outcome::Done } else { Outcome::Found })
}

/// Hosts that have a turn: those that are named, else all that are online.
fn nodes(loaded: &Loaded, names: &[String]) -> anyhow::Result<Vec<NodeName>> {
    let online = loaded.workload.hosts.iter().filter(|it| it.is_online);
    if online.clone().count() < 2 {
        bail!("--rolling: fewer than two hosts are online: VMs have nowhere to go meanwhile");
    }
    match names {
        [] => Ok(online.map(|it| it.name.clone()).collect()),
        [all] if all == "all" => Ok(online.map(|it| it.name.clone()).collect()),
        names => loaded.hosts(names),
    }
}
