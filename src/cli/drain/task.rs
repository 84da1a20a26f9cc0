//! What evacuation and rolling have in common: hosts, machines and limits.

use anyhow::{Context, bail};

use super::args::{CommandTool, Drain};
use super::ground::{Site, State};
use crate::drain::{self, Defaults, Ground, Roads, Stack, Tool};
use crate::import;
use crate::migration::SpecificationError;
use crate::model::{Limits, Move, NodeName, Workload, WriteRate};
use crate::render::{self, Terms};

/// Hosts and machines with all that a plan needs.
pub(super) struct Loaded {
    pub(super) workload: Workload,
    pub(super) stack: Stack,
    pub(super) tool: Tool,
}

/// A plan with what was found out on the way.
pub(super) struct Ready<P> {
    pub(super) plan: P,
    pub(super) terms: Terms,
    /// What was taken for granted.
    pub(super) notes: Vec<String>,
}

impl Loaded {
    pub(super) fn of(arguments: &Drain) -> anyhow::Result<Self> {
        let machines = &arguments.machines;
        let told = import::read_machines(&machines.vms)?;
        let is_pve = !told.machines.is_empty() && told.machines.iter().all(|it| it.id.is_some());
        let usual = if is_pve { "pve" } else { "libvirt" };
        let stack = machines.stack.or_else(|| Stack::from_name(usual)).context("no such stack")?;
        let defaults =
            Defaults { write_rate: machines.dirty_rate, stack, host_memory: machines.host_memory };
        let (mut workload, filled) = drain::fill(told, &defaults);
        if is_silent(machines.dirty_rate) && filled.writes > 0 {
            bail!(
                "--dirty-rate 0: {} VMs would be taken to write nothing, which none does: give a rate",
                filled.writes
            );
        }
        let rate = machines.dirty_rate;
        workload.assumptions.extend(render::filled_words(filled, rate, machines.host_memory));
        let tool = match machines.commands {
            Some(CommandTool::Qm) => Tool::Qm,
            Some(CommandTool::HaManager) => Tool::HaManager,
            None if stack.name == "pve" => Tool::Qm,
            Some(CommandTool::Virsh) | None => Tool::Virsh,
        };
        Ok(Self { workload, stack, tool })
    }

    /// Makes a plan over the network in a state; `make` returns it beside its moves.
    pub(super) fn plan<P>(
        &self,
        site: &Site,
        state: State,
        arguments: &Drain,
        make: impl FnOnce(&mut Roads<'_>, Limits) -> Result<(Vec<Move>, P), SpecificationError>,
    ) -> anyhow::Result<Ready<P>> {
        site.with(state, |ground| {
            let limits = self.limits(arguments, usual_rate(ground));
            let mut roads = Roads::new(ground, at_once(limits, self.workload.machines.len()));
            let (moves, plan) = make(&mut roads, limits)?;
            let mut notes = self.workload.assumptions.clone();
            if let Ground::Cabling(cabling) = ground {
                let name = |place: usize| cabling.layout.networks[place].name.as_str();
                let lines = roads.slowest(&moves);
                notes.extend(lines.iter().map(|it| render::line_words(it, name(it.network))));
            }
            let (stack, source) = (self.stack.name, self.stack.source);
            Ok(Ready { plan, terms: Terms { stack, source, limits }, notes })
        })
    }

    /// The limits, those that were told before those of the stack.
    fn limits(&self, arguments: &Drain, slowest_bytes_s: f64) -> Limits {
        let told = &arguments.machines;
        let stack = self.stack.limits_at(slowest_bytes_s);
        let number = |it: u32| usize::try_from(it).unwrap_or(usize::MAX);
        Limits {
            parallel: told.parallel.map(number).or(stack.parallel),
            per_source: told.per_source.map(number).or(stack.per_source),
            per_target: told.per_target.map(number).or(stack.per_target),
        }
    }

    /// Hosts by their names, each once and online.
    pub(super) fn hosts(&self, names: &[String]) -> anyhow::Result<Vec<NodeName>> {
        let mut found = Vec::new();
        for name in names {
            let host = drain::find_host(&self.workload, name)?;
            if found.contains(&host) {
                bail!("host \"{name}\" is named twice");
            }
            if self.workload.hosts.iter().any(|it| it.name == host && !it.is_online) {
                bail!("host \"{name}\" is offline: no VM can leave it");
            }
            found.push(host);
        }
        Ok(found)
    }

    /// Whether hosts to go to have sizes.
    pub(super) fn check_memory(&self) -> anyhow::Result<()> {
        let unknown =
            self.workload.hosts.iter().filter(|it| it.memory_bytes.is_none() && it.is_online);
        let names: Vec<&str> = unknown.map(|it| it.name.as_str()).collect();
        if names.is_empty() {
            return Ok(());
        }
        bail!(
            "no file tells the memory of {}: add the output of virsh nodeinfo to its file, or give \
             --host-memory",
            render::listed(&names)
        )
    }
}

/// What the network that migration takes carries between its slowest ends, bytes a second.
fn usual_rate(ground: Ground<'_>) -> f64 {
    match ground {
        Ground::Rate(rate) => rate,
        Ground::Cabling(cabling) => {
            let line = cabling.chosen(None).and_then(|network| cabling.line(network, None, 1));
            line.map_or(0.0, |it| it.payload_bytes_s())
        }
    }
}

/// Migrations of one host that may run at once.
fn at_once(limits: Limits, machines: usize) -> u32 {
    let of_host = limits.per_source.unwrap_or(machines).max(limits.per_target.unwrap_or(0));
    u32::try_from(of_host.min(limits.parallel.unwrap_or(machines))).unwrap_or(u32::MAX)
}

fn is_silent(rate: WriteRate) -> bool {
    let (WriteRate::Pages(it) | WriteRate::Bytes(it)) = rate;
    it <= 0.0
}
