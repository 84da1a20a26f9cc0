//! Moves as commands to type; nothing of it is run here.

use std::fmt::Write as _;

use thiserror::Error;

use super::words::{clock, name};
use super::{Evacuated, Rolled, listed};
use crate::drain::Tool;
use crate::model::shell_word;
use crate::model::{ClusterLayout, HostReturn, Machine, Move, NodeName, StayReason, Workload};
use crate::render::text::escaped;

const MIB: f64 = 1_048_576.0;

/// A move that can't be put into a command.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CommandError {
    /// A tool that knows machines by number.
    #[error("vm \"{0}\" has no id, by which qm and ha-manager know it: give it one, or take virsh")]
    NoId(String),
}

/// Moves as lines of a shell script.
#[derive(Clone, Copy, Debug)]
pub struct Lines<'a> {
    /// Hosts and machines.
    pub workload: &'a Workload,
    /// What names networks and addresses; absent where only a rate was told.
    pub layout: Option<&'a ClusterLayout>,
    /// Whose commands.
    pub tool: Tool,
    /// Said first, a comment each.
    pub head: &'a [String],
    /// Said where the time comes to them, milliseconds; in order.
    pub marks: &'a [(f64, String)],
}

impl Lines<'_> {
    /// One command for each move, in their order; comments tell when, and where it is typed.
    ///
    /// # Errors
    /// When a machine has no number where one is needed.
    pub fn of(&self, moves: &[Move]) -> Result<String, CommandError> {
        let mut text = String::new();
        for line in self.head {
            let _ = writeln!(text, "# {}", escaped(line));
        }
        if self.tool == Tool::HaManager || moves.iter().any(|it| self.is_managed(it)) {
            text += &self.ha_network(moves);
        }
        let mut last: Option<&NodeName> = None;
        let mut marks = self.marks.iter().peekable();
        for it in moves {
            while let Some((_, said)) = marks.next_if(|(at, _)| *at <= it.start_ms) {
                let _ = writeln!(text, "# {}", escaped(said));
            }
            if self.tool != Tool::Virsh && last != Some(&it.from) {
                let _ = writeln!(text, "# on {}", escaped(it.from.as_str()));
                last = Some(&it.from);
            }
            let machine = &self.workload.machines[it.machine];
            let command = match self.tool {
                Tool::Virsh => self.virsh(machine, it),
                Tool::Qm if !self.is_managed(it) => self.qm(machine, it)?,
                Tool::Qm | Tool::HaManager => {
                    format!("ha-manager migrate vm:{} {}", id(machine)?, shell_word(&it.to))
                }
            };
            let vm = name(self.workload, it.machine);
            let _ = writeln!(text, "{command}  # {vm}, from {} on", clock(it.start_ms));
        }
        for (_, said) in marks {
            let _ = writeln!(text, "# {}", escaped(said));
        }
        Ok(text)
    }

    fn is_managed(&self, it: &Move) -> bool {
        self.tool != Tool::Virsh && self.workload.machines[it.machine].is_managed
    }

    fn ha_network(&self, moves: &[Move]) -> String {
        let found = moves.iter().find_map(|it| self.subnet(it));
        found.map_or_else(String::new, |subnet| {
            format!(
                "# ha-manager takes the network from /etc/pve/datacenter.cfg: \
                 migration: secure,network={subnet}\n"
            )
        })
    }

    fn virsh(&self, machine: &Machine, it: &Move) -> String {
        let uri = |node: &NodeName| shell_word(format!("qemu+ssh://{node}/system"));
        let spec = &machine.spec;
        let mut command = format!(
            "virsh --connect {} migrate --live --persistent --undefinesource {} --desturi {}",
            uri(&it.from),
            shell_word(format!("--domain={}", machine.name)),
            uri(&it.to)
        );
        if let Some(address) = self.address(it) {
            command += &format!(" --migrateuri {}", shell_word(format!("tcp://{address}")));
        }
        if spec.auto_converge.is_some() {
            command += " --auto-converge";
        }
        if spec.postcopy.is_some() {
            command += " --postcopy --postcopy-after-precopy";
        }
        if let Some(channels) = spec.multifd_channels.filter(|it| *it > 1) {
            command += &format!(" --parallel --parallel-connections {channels}");
        }
        if let Some(limit) = spec.max_bandwidth_bytes_s.filter(|it| *it > 0.0) {
            command += &format!(" --bandwidth {:.0}", (limit / MIB).ceil());
        }
        command
    }

    fn qm(&self, machine: &Machine, it: &Move) -> Result<String, CommandError> {
        let network = self.subnet(it).map(|it| format!(" --migration_network {it}"));
        let network = network.unwrap_or_default();
        Ok(format!("qm migrate {} {} --online{network}", id(machine)?, shell_word(&it.to)))
    }

    /// The address of the target on the network of the move.
    fn address(&self, it: &Move) -> Option<String> {
        let on = self.layout?.networks.get(it.network?)?;
        let member = on.members.iter().find(|member| member.node == it.to && member.up)?;
        Some(match member.addresses.first()?.ip() {
            std::net::IpAddr::V4(address) => address.to_string(),
            std::net::IpAddr::V6(address) => format!("[{address}]"),
        })
    }

    fn subnet(&self, it: &Move) -> Option<String> {
        let on = self.layout?.networks.get(it.network?)?;
        on.subnets.first().map(ToString::to_string)
    }
}

impl Evacuated<'_> {
    /// What stands before the commands.
    #[must_use]
    pub fn head(&self) -> Vec<String> {
        let mut head = vec![self.headline(), self.ways()];
        let stays = self.plan.stays.iter().filter(|it| it.reason != StayReason::Stopped);
        head.extend(left_out(self.plan.unplaceable.len() + stays.count()));
        head
    }
}

impl Rolled<'_> {
    /// What stands before the commands.
    #[must_use]
    pub fn head(&self) -> Vec<String> {
        let blocked = self.plan.blocked.iter().map(|it| it.node.as_str());
        let blocked: Vec<&str> = blocked.collect();
        let said = format!("can't be emptied: {}", listed(&blocked));
        if blocked.is_empty() { Vec::new() } else { vec![said] }
    }

    /// When hosts are rebooted.
    #[must_use]
    pub fn marks(&self) -> Vec<(f64, String)> {
        let mark = |it: &HostReturn| {
            let said = format!(
                "{} is empty from {} on: reboot it, and go on when it is back",
                it.node,
                clock(it.empty_ms)
            );
            (it.empty_ms, said)
        };
        let mut marks: Vec<(f64, String)> = self.plan.turns.iter().map(mark).collect();
        marks.sort_by(|a, b| a.0.total_cmp(&b.0));
        marks
    }
}

fn left_out(count: usize) -> Option<String> {
    (count > 0)
        .then(|| format!("not all is moved: see the plan without --format commands ({count})"))
}

fn id(machine: &Machine) -> Result<u64, CommandError> {
    machine.id.ok_or_else(|| CommandError::NoId(machine.name.clone()))
}
