//! Programs that migrate VMs, and who decides when they stop them.

use serde::{Deserialize, Serialize};

/// A program that migrates VMs, and which version's loop it runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Vmm {
    /// QEMU 7.2: stops when what is left is below the threshold.
    #[serde(rename = "qemu-7.2")]
    Qemu72,
    /// QEMU 8.2: the same, and can be told the bandwidth of the switchover.
    #[default]
    #[serde(rename = "qemu-8.2")]
    Qemu82,
    /// QEMU 10.1: stops at the threshold too, and with auto-converge syncs every 5 s.
    #[serde(rename = "qemu-10")]
    Qemu10,
    /// Cloud Hypervisor.
    #[serde(rename = "cloud-hypervisor")]
    CloudHypervisor,
    /// Xen (`libxenguest`).
    #[serde(rename = "xen")]
    Xen,
    /// Hyper-V; its loop is not published, figures are approximate.
    #[serde(rename = "hyper-v")]
    HyperV,
}

impl Vmm {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Qemu72, Self::Qemu82, Self::Qemu10, Self::CloudHypervisor, Self::Xen, Self::HyperV];

    /// The name in documents and options.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Qemu72 => "qemu-7.2",
            Self::Qemu82 => "qemu-8.2",
            Self::Qemu10 => "qemu-10",
            Self::CloudHypervisor => "cloud-hypervisor",
            Self::Xen => "xen",
            Self::HyperV => "hyper-v",
        }
    }

    /// The program of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.name() == name)
    }

    /// Whether QEMU's loop runs.
    #[must_use]
    pub fn is_qemu(self) -> bool {
        matches!(self, Self::Qemu72 | Self::Qemu82 | Self::Qemu10)
    }
}

/// Who decides when to stop the VM, and when to give up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StopPolicy {
    /// QEMU alone: goes on until it converges.
    Qemu,
    /// QEMU, slowing the guest.
    QemuAutoConverge,
    /// QEMU, switched to post-copy.
    Postcopy,
    /// Cloud Hypervisor.
    CloudHypervisor,
    /// Xen: few rounds, then stop whatever is left.
    Xen,
    /// `KubeVirt`.
    Kubevirt,
    /// `OpenStack` Nova.
    Nova,
    /// oVirt, "Minimal downtime".
    OvirtMinimalDowntime,
    /// oVirt, "Suspend workload if needed".
    OvirtSuspend,
    /// oVirt, "Post-copy migration".
    OvirtPostcopy,
    /// Proxmox VE.
    Proxmox,
    /// Hyper-V, approximately.
    HyperV,
    /// Stop as soon as the rest fits into what the clients' TCP connections bear.
    Tcp,
}

impl StopPolicy {
    /// All of them.
    pub const ALL: [Self; 13] = [
        Self::Qemu,
        Self::QemuAutoConverge,
        Self::Postcopy,
        Self::CloudHypervisor,
        Self::Xen,
        Self::Kubevirt,
        Self::Nova,
        Self::OvirtMinimalDowntime,
        Self::OvirtSuspend,
        Self::OvirtPostcopy,
        Self::Proxmox,
        Self::HyperV,
        Self::Tcp,
    ];

    /// The policy of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.name() == name)
    }

    /// The name in documents and options.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Qemu => "qemu",
            Self::QemuAutoConverge => "qemu-auto-converge",
            Self::Postcopy => "postcopy",
            Self::CloudHypervisor => "cloud-hypervisor",
            Self::Xen => "xen",
            Self::Kubevirt => "kubevirt",
            Self::Nova => "nova",
            Self::OvirtMinimalDowntime => "ovirt-minimal-downtime",
            Self::OvirtSuspend => "ovirt-suspend",
            Self::OvirtPostcopy => "ovirt-postcopy",
            Self::Proxmox => "proxmox",
            Self::HyperV => "hyper-v",
            Self::Tcp => "tcp",
        }
    }
}
