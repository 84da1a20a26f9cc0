//! Sessions to network storage, out of the classes of iSCSI and NVMe in sysfs.

use std::net::IpAddr;

use crate::model::{Fact, Gap, Interface, InterfaceName, StorageSession, StorageTransport};

use super::files::{Files, Unread};

/// Folder of iSCSI sessions.
pub(super) const ISCSI_SESSIONS: &str = "/sys/class/iscsi_session";
/// Folder of the connections of iSCSI sessions.
pub(super) const ISCSI_CONNECTIONS: &str = "/sys/class/iscsi_connection";
/// Folder of NVMe controllers.
pub(super) const NVME_CONTROLLERS: &str = "/sys/class/nvme";

/// Files read of each iSCSI session.
pub(super) const SESSION_FILES: [&str; 2] = ["targetname", "ifacename"];
/// Files read of each iSCSI connection.
pub(super) const CONNECTION_FILES: [&str; 4] =
    ["address", "port", "persistent_address", "persistent_port"];
/// Files read of each NVMe controller.
pub(super) const CONTROLLER_FILES: [&str; 3] = ["transport", "address", "subsysnqn"];

/// All sessions. What can't be read is a gap.
pub(super) fn sessions(
    files: Files<'_>,
    interfaces: &[Interface],
    gaps: &mut Vec<Gap>,
) -> Vec<StorageSession> {
    let mut sessions = Vec::new();
    let mut take = |found: Result<Option<StorageSession>, String>| match found {
        Ok(session) => sessions.extend(session),
        Err(cause) => gaps.push(Gap { interface: None, fact: Fact::StorageSessions, cause }),
    };
    match iscsi_connections(files) {
        Ok(connections) => {
            for connection in connections {
                take(iscsi(files, connection, interfaces));
            }
        }
        Err(error) => take(Err(error.to_string())),
    }
    match files.names(NVME_CONTROLLERS) {
        Ok(controllers) => controllers.iter().for_each(|controller| take(nvme(files, controller))),
        Err(error) => take(Err(error.to_string())),
    }
    sessions
}

/// Names of connections; with sessions but no readable connections that is an error.
fn iscsi_connections(files: Files<'_>) -> Result<&[String], Unread> {
    files.names(ISCSI_SESSIONS)?;
    files.names(ISCSI_CONNECTIONS)
}

/// The session of `connectionS:C`: where it is connected now, else where it was told to.
fn iscsi(
    files: Files<'_>,
    connection: &str,
    interfaces: &[Interface],
) -> Result<Option<StorageSession>, String> {
    let text = |error: Unread| error.to_string();
    let file = |name| format!("{ISCSI_CONNECTIONS}/{connection}/{name}");
    let either = |first, second| match files.text(&file(first)) {
        Ok(Some(found)) if told(found) => Ok(Some(found)),
        other => match files.text(&file(second)) {
            Ok(Some(found)) if told(found) => Ok(Some(found)),
            _ => other.map(|found| found.filter(|found| told(found))),
        },
    };
    let Some(address) = either("address", "persistent_address").map_err(text)? else {
        return Err(format!("{}: no address", file("address")));
    };
    let port = either("port", "persistent_port").map_err(text)?;
    let number = connection.trim_start_matches("connection");
    let session = number.split_once(':').map_or(number, |(session, _)| session);
    let of_session = |name| files.text(&format!("{ISCSI_SESSIONS}/session{session}/{name}"));
    let target = of_session("targetname").map_err(text)?;
    let bound = of_session("ifacename").map_err(text)?;
    Ok(Some(StorageSession {
        transport: StorageTransport::Iscsi,
        portal: portal(address).map_err(|cause| format!("{}: {cause}", file("address")))?,
        port: port.and_then(|port| port.parse().ok()),
        target: target.filter(|target| told(target)).map(str::to_owned),
        interface: bound
            .filter(|name| interfaces.iter().any(|found| found.name.as_str() == *name))
            .map(InterfaceName::from),
    }))
}

/// The kernel writes `(null)` and `<NULL>` for what a driver does not tell.
fn told(text: &str) -> bool {
    !["", "(null)", "<NULL>"].contains(&text)
}

/// The session of a controller on a network; nothing for other transports.
fn nvme(files: Files<'_>, controller: &str) -> Result<Option<StorageSession>, String> {
    let file = |name: &str| format!("{NVME_CONTROLLERS}/{controller}/{name}");
    let read = |name| files.text(&file(name)).map_err(|error| error.to_string());
    let transport = match read("transport")? {
        Some("tcp") => StorageTransport::NvmeTcp,
        Some("rdma") => StorageTransport::NvmeRdma,
        _ => return Ok(None),
    };
    let options = read("address")?.unwrap_or_default();
    let option = |name| {
        let mut pairs = options.split(',').filter_map(|pair| pair.split_once('='));
        pairs.find(|(key, _)| key.trim() == name).map(|(_, value)| value.trim())
    };
    let Some(address) = option("traddr") else {
        return Err(format!("{}: \"{options}\" names no traddr", file("address")));
    };
    Ok(Some(StorageSession {
        transport,
        portal: portal(address).map_err(|cause| format!("{}: {cause}", file("address")))?,
        port: option("trsvcid").and_then(|port| port.parse().ok()),
        target: read("subsysnqn")?.filter(|name| told(name)).map(str::to_owned),
        interface: option("host_iface").map(InterfaceName::from),
    }))
}

/// An address, which may stand in brackets and name a zone.
fn portal(text: &str) -> Result<IpAddr, String> {
    let bare = text.trim_start_matches('[').trim_end_matches(']');
    let bare = bare.split_once('%').map_or(bare, |(address, _)| address);
    bare.parse().map_err(|_| format!("\"{text}\" is no address"))
}
