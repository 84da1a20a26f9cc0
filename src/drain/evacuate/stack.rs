//! What stacks allow, and how they migrate.

use crate::model::{Limits, StopPolicy, Vmm};

/// A program that manages hosts and virtual machines.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stack {
    /// The name in options.
    pub name: &'static str,
    /// Migrations at once that it allows unless told otherwise.
    pub limits: Limits,
    /// The same where the network for migration has 10 Gbit/s or more, if that differs.
    pub fast_limits: Option<Limits>,
    /// Who decides when to stop a VM that says nothing itself; absent: the VMM.
    pub policy: Option<StopPolicy>,
    /// The program that migrates; absent: the default of a specification.
    pub vmm: Option<Vmm>,
    /// Limit that a migration gets unless its VM says otherwise, bytes a second, 0 for none; absent:
    /// that of the policy.
    pub max_bandwidth_bytes_s: Option<f64>,
    /// Where the numbers come from.
    pub source: &'static str,
    /// What its forecasts leave open.
    pub caveat: Option<&'static str>,
}

/// Which program's commands move a machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tool {
    /// libvirt's.
    Virsh,
    /// That of Proxmox VE for one machine.
    Qm,
    /// That of the resource manager of Proxmox VE.
    HaManager,
}

const NONE: Limits = Limits { parallel: None, per_source: None, per_target: None };

const fn per_host(out: usize, into: Option<usize>) -> Limits {
    Limits { parallel: None, per_source: Some(out), per_target: into }
}

const PLAIN: Stack = Stack {
    name: "libvirt",
    limits: per_host(4, None),
    fast_limits: None,
    policy: None,
    vmm: None,
    max_bandwidth_bytes_s: Some(0.0),
    source: "no limit of its own, 4 from a host are our choice",
    caveat: None,
};

const STACKS: [Stack; 7] = [
    PLAIN,
    Stack {
        name: "kubevirt",
        limits: Limits { parallel: Some(5), per_source: Some(2), ..NONE },
        policy: Some(StopPolicy::Kubevirt),
        max_bandwidth_bytes_s: None,
        source: "parallelMigrationsPerCluster 5, parallelOutboundMigrationsPerNode 2",
        ..PLAIN
    },
    Stack {
        name: "nova",
        limits: per_host(1, None),
        policy: Some(StopPolicy::Nova),
        max_bandwidth_bytes_s: None,
        source: "max_concurrent_live_migrations 1",
        ..PLAIN
    },
    Stack {
        name: "ovirt",
        limits: per_host(2, Some(2)),
        policy: Some(StopPolicy::OvirtMinimalDowntime),
        max_bandwidth_bytes_s: None,
        source: "max_outgoing_migrations 2, max_incoming_migrations 2",
        ..PLAIN
    },
    Stack {
        name: "pve",
        limits: per_host(4, None),
        policy: Some(StopPolicy::Proxmox),
        max_bandwidth_bytes_s: None,
        source: "max_workers 4 of a node in datacenter.cfg",
        ..PLAIN
    },
    Stack {
        name: "vsphere",
        limits: per_host(4, Some(4)),
        fast_limits: Some(per_host(8, Some(8))),
        source: "4 vMotions of a host on 1 Gbit/s, 8 on 10 Gbit/s",
        caveat: Some("the loop of vMotion is not published: forecast as QEMU's without a limit"),
        ..PLAIN
    },
    Stack {
        name: "hyper-v",
        limits: per_host(2, Some(2)),
        policy: Some(StopPolicy::HyperV),
        vmm: Some(Vmm::HyperV),
        max_bandwidth_bytes_s: None,
        source: "MaximumVirtualMachineMigrations 2",
        ..PLAIN
    },
];

impl Stack {
    /// All of them.
    pub const ALL: [Self; 7] = STACKS;

    /// The stack of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        STACKS.into_iter().find(|it| it.name == name)
    }

    /// What it allows over ways that carry so many bytes a second at least.
    #[must_use]
    pub fn limits_at(&self, bytes_s: f64) -> Limits {
        /// Payload of 10 Gbit/s, less what frames and headers take at most.
        const FAST_BYTES_S: f64 = 1.1e9;
        self.fast_limits.filter(|_| bytes_s >= FAST_BYTES_S).unwrap_or(self.limits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fast_network_lets_vsphere_do_more() {
        let stack = Stack::from_name("vsphere").unwrap();
        assert_eq!(stack.limits_at(1.17e8).per_source, Some(4));
        assert_eq!(stack.limits_at(1.17e9).per_target, Some(8));
        assert_eq!(Stack::from_name("kubevirt").unwrap().limits_at(1e9).parallel, Some(5));
        assert_eq!(Stack::from_name("none"), None);
    }
}
