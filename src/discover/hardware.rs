//! Driver, PCI function, model and RDMA device of interfaces with hardware behind them.

use std::collections::BTreeMap;

use crate::model::{Device, Fact, Gap, Interface, InterfaceKind, InterfaceName};

use super::files::{Files, Unread, check_namespace, net_path};

/// Folder of RDMA devices.
pub(super) const RDMA_CLASS: &str = "/sys/class/infiniband";

/// Folder of the interfaces of an RDMA device.
pub(super) fn rdma_interfaces_path(device: &str) -> String {
    format!("{RDMA_CLASS}/{device}/device/net")
}

/// File of a PCI function.
pub(super) fn pci_path(function: &str, file: &str) -> String {
    format!("/sys/bus/pci/devices/{function}/{file}")
}

/// Whether hardware may stand behind the interface: the kernel names a parent device, or (before
/// Linux 5.14, which tells none) it has no kind of its own.
pub(super) fn may_have_device(interface: &Interface) -> bool {
    interface.device.is_some()
        || matches!(interface.kind, InterfaceKind::Physical | InterfaceKind::Infiniband)
}

/// Completes the device of each interface that may have one.
pub(super) fn set_devices(files: Files<'_>, interfaces: &mut [Interface], gaps: &mut Vec<Gap>) {
    let mut candidates =
        interfaces.iter_mut().filter(|interface| may_have_device(interface)).peekable();
    if candidates.peek().is_none() {
        return;
    }
    let rdma = rdma_devices(files, gaps);
    for interface in candidates {
        if let Err(cause) = set_device(files, &rdma, interface) {
            gaps.push(Gap { interface: Some(interface.name.clone()), fact: Fact::Device, cause });
        }
    }
}

fn set_device(
    files: Files<'_>,
    rdma: &BTreeMap<&str, &str>,
    interface: &mut Interface,
) -> Result<(), String> {
    check_namespace(files, interface)?;
    let text = |error: Unread| error.to_string();
    let mut device = interface.device.take().unwrap_or_default();
    let found = complete(files, &interface.name, &mut device);
    let bound = rdma.get(interface.name.as_str());
    device.rdma = bound.map(|device| (*device).to_owned());
    interface.device = Some(device).filter(|device| *device != Device::default());
    found.map_err(text)
}

fn complete(files: Files<'_>, name: &InterfaceName, device: &mut Device) -> Result<(), Unread> {
    let Some(path) = files.link(&net_path(name, "device"))? else {
        return Ok(());
    };
    device.name = device.name.take().or_else(|| last(path));
    if device.bus.is_none() {
        let bus = files.link(&net_path(name, "device/subsystem"))?;
        device.bus = bus.and_then(last);
    }
    device.pci = pci_function(path).map(str::to_owned);
    let driver = files.link(&net_path(name, "device/driver"))?;
    device.driver = driver.and_then(last);
    device.model = match &device.pci {
        Some(function) => model(files, function)?,
        None => None,
    };
    Ok(())
}

fn last(path: &str) -> Option<String> {
    let name = path.rsplit('/').find(|name| !name.is_empty());
    name.map(str::to_owned)
}

/// The last part of a device's path that names a PCI function, such as `0000:03:00.1`.
pub(super) fn pci_function(path: &str) -> Option<&str> {
    path.rsplit('/').find(|part| is_pci_function(part))
}

fn is_pci_function(part: &str) -> bool {
    let hex = |text: &str| text.chars().all(|digit| digit.is_ascii_hexdigit());
    let mut fields = part.split([':', '.']);
    let lengths = [fields.next(), fields.next(), fields.next(), fields.next()];
    let [Some(domain), Some(bus), Some(device), Some(function)] = lengths else {
        return false;
    };
    let shape = domain.len() >= 4 && bus.len() == 2 && device.len() == 2 && function.len() == 1;
    shape && fields.next().is_none() && [domain, bus, device, function].into_iter().all(hex)
}

/// `vendor:device`, as `lspci -n` prints it.
fn model(files: Files<'_>, function: &str) -> Result<Option<String>, Unread> {
    let vendor = files.text(&pci_path(function, "vendor"))?;
    let device = files.text(&pci_path(function, "device"))?;
    let bare = |text: &'static str| move |id: &str| id.trim_start_matches(text).to_owned();
    let pair = vendor.map(bare("0x")).zip(device.map(bare("0x")));
    Ok(pair.map(|(vendor, device)| format!("{vendor}:{device}")))
}

/// RDMA devices by the interfaces they are bound to.
fn rdma_devices<'a>(files: Files<'a>, gaps: &mut Vec<Gap>) -> BTreeMap<&'a str, &'a str> {
    let mut bound = BTreeMap::new();
    let mut gap = |error: Unread| {
        gaps.push(Gap { interface: None, fact: Fact::Rdma, cause: error.to_string() });
    };
    let devices = files.names(RDMA_CLASS).unwrap_or_else(|error| {
        gap(error);
        &[]
    });
    for device in devices {
        match files.names(&rdma_interfaces_path(device)) {
            Ok(interfaces) => bound.extend(interfaces.iter().map(|name| (&**name, &**device))),
            Err(error) => gap(error),
        }
    }
    bound
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_pci_function_is_found() {
        let virtio = "/sys/devices/pci0000:00/0000:00:03.0/virtio0";
        assert_eq!(pci_function(virtio), Some("0000:00:03.0"));
        let bridged = "/sys/devices/pci0000:00/0000:00:01.0/0000:03:00.1";
        assert_eq!(pci_function(bridged), Some("0000:03:00.1"));
        let vmd = "/sys/devices/pci0000:00/0000:00:0e.0/pci10000:e0/10000:e0:06.0";
        assert_eq!(pci_function(vmd), Some("10000:e0:06.0"));
        assert_eq!(pci_function("/sys/devices/virtual/net/veth0"), None);
    }
}
