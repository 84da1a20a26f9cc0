//! Reading files into a recording: every path that the decoders may ask for, and no other.

#![expect(clippy::disallowed_methods, reason = "reads sysfs, procfs and two files of /etc")]

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use crate::model::Interface;

use super::files::net_path;
use super::hardware::{RDMA_CLASS, may_have_device, pci_function, pci_path, rdma_interfaces_path};
use super::host::HOST_NAME;
use super::names::{HOSTS, RESOLV_CONF, host_lines, server_lines};
use super::recording::FileFact;
use super::rp_filter::{FILTER_OF_ALL, filter_path, has_filter};
use super::speed::has_speed_file;
use super::storage::{
    CONNECTION_FILES, CONTROLLER_FILES, ISCSI_CONNECTIONS, ISCSI_SESSIONS, NVME_CONTROLLERS,
    SESSION_FILES,
};

/// Longest content of a file in sysfs: a page.
const LONGEST_BYTES: u64 = 4096;
/// Longest content of a file of `/etc`: `/etc/hosts` of a large cluster has a few MiB.
const LONGEST_TABLE_BYTES: u64 = 64 << 20;

/// Whether speeds are to be read from sysfs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Speeds {
    FromFiles,
    FromNetlink,
}

/// Reads what files tell about `interfaces`, storage sessions, this host's name and its name
/// servers.
///
/// `root` stands before every path; it is empty but in tests.
pub(super) fn read_files(
    root: &Path,
    interfaces: &[Interface],
    speeds: Speeds,
) -> BTreeMap<String, FileFact> {
    let mut reader = Reader { root: root.to_owned(), files: BTreeMap::new() };
    reader.devices(interfaces);
    if speeds == Speeds::FromFiles {
        for interface in interfaces.iter().filter(|found| has_speed_file(found)) {
            for file in ["ifindex", "speed", "duplex"] {
                reader.text(&net_path(&interface.name, file));
            }
        }
    }
    reader.filters(interfaces);
    reader.names_and_servers();
    reader.class(ISCSI_SESSIONS, &SESSION_FILES);
    reader.class(ISCSI_CONNECTIONS, &CONNECTION_FILES);
    reader.class(NVME_CONTROLLERS, &CONTROLLER_FILES);
    reader.files
}

struct Reader {
    root: PathBuf,
    files: BTreeMap<String, FileFact>,
}

impl Reader {
    fn devices(&mut self, interfaces: &[Interface]) {
        let mut any = false;
        for interface in interfaces.iter().filter(|found| may_have_device(found)) {
            self.device(interface);
            any = true;
        }
        if any {
            for device in self.names(RDMA_CLASS) {
                self.names(&rdma_interfaces_path(&device));
            }
        }
    }

    fn device(&mut self, interface: &Interface) {
        let path = |file| net_path(&interface.name, file);
        let index = self.text(&path("ifindex"));
        if index != Some(interface.index.to_string()) {
            return;
        }
        let Some(device) = self.link(&path("device")) else {
            return;
        };
        self.link(&path("device/driver"));
        let told = interface.device.as_ref();
        if told.is_none_or(|device| device.bus.is_none()) {
            self.link(&path("device/subsystem"));
        }
        if let Some(function) = pci_function(&device) {
            self.text(&pci_path(function, "vendor"));
            self.text(&pci_path(function, "device"));
        }
    }

    fn filters(&mut self, interfaces: &[Interface]) {
        let mut concerned = interfaces.iter().filter(|found| has_filter(found)).peekable();
        if concerned.peek().is_some() {
            self.text(FILTER_OF_ALL);
        }
        for interface in concerned {
            self.text(&filter_path(interface));
        }
    }

    fn names_and_servers(&mut self) {
        let host = self.text(HOST_NAME).unwrap_or_default();
        self.excerpt(HOSTS, |text| host_lines(text, host.trim()));
        self.excerpt(RESOLV_CONF, server_lines);
    }

    fn class(&mut self, folder: &str, files: &[&str]) {
        for name in self.names(folder) {
            for file in files {
                self.text(&format!("{folder}/{name}/{file}"));
            }
        }
    }

    fn text(&mut self, path: &str) -> Option<String> {
        let text = read_text(&self.place(path), LONGEST_BYTES);
        let text = text.map(|text| text.trim_end().to_owned());
        self.keep(path, text, FileFact::Text)
    }

    /// Reads a file and keeps a part of it only.
    fn excerpt(&mut self, path: &str, part: impl Fn(&str) -> String) {
        let text = read_text(&self.place(path), LONGEST_TABLE_BYTES);
        self.keep(path, text.map(|text| part(&text)), FileFact::Text);
    }

    fn link(&mut self, path: &str) -> Option<String> {
        let target = fs::canonicalize(self.place(path));
        let target = target.map(|target| match target.strip_prefix(&self.root) {
            Ok(below) => format!("/{}", below.to_string_lossy().trim_start_matches('/')),
            Err(_) => target.to_string_lossy().into_owned(),
        });
        self.keep(path, target, FileFact::Link)
    }

    fn names(&mut self, path: &str) -> Vec<String> {
        let names = read_names(&self.place(path));
        self.keep(path, names, FileFact::Names).unwrap_or_default()
    }

    fn place(&self, path: &str) -> PathBuf {
        if self.root.as_os_str().is_empty() {
            PathBuf::from(path)
        } else {
            self.root.join(path.trim_start_matches('/'))
        }
    }

    fn keep<T: Clone>(
        &mut self,
        path: &str,
        read: io::Result<T>,
        fact: impl Fn(T) -> FileFact,
    ) -> Option<T> {
        let kept = read.as_ref().ok().cloned();
        let fact = read.map_or_else(
            |error| FileFact::Error { errno: error.raw_os_error(), cause: error.to_string() },
            fact,
        );
        self.files.insert(path.to_owned(), fact);
        kept
    }
}

fn read_text(path: &Path, longest: u64) -> io::Result<String> {
    let mut bytes = Vec::new();
    let file = fs::File::open(path)?;
    file.take(longest).read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn read_names(path: &Path) -> io::Result<Vec<String>> {
    let name = |entry: io::Result<fs::DirEntry>| {
        entry.map(|entry| entry.file_name().to_string_lossy().into_owned())
    };
    let mut names: Vec<String> = fs::read_dir(path)?.map(name).collect::<io::Result<_>>()?;
    names.sort();
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::InterfaceKind;
    use std::os::unix::fs::symlink;

    fn write(root: &Path, path: &str, text: &str) {
        let path = root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::File::create(&path).unwrap();
        fs::OpenOptions::new()
            .write(true)
            .open(&path)
            .and_then(|mut file| io::Write::write_all(&mut file, text.as_bytes()))
            .unwrap();
    }

    /// A tree as sysfs has it, with one NIC.
    fn tree() -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        let at = root.path();
        let nic = "sys/devices/pci0000:00/0000:00:03.0/virtio0/net/eth0";
        write(at, &format!("{nic}/ifindex"), "2\n");
        write(at, &format!("{nic}/speed"), "25000\n");
        write(at, &format!("{nic}/duplex"), "full\n");
        write(at, "sys/class/net/bonding_masters", "bond0\n");
        symlink("../..", at.join(nic).join("device")).unwrap();
        let target = "../../devices/pci0000:00/0000:00:03.0/virtio0/net/eth0";
        symlink(target, at.join("sys/class/net/eth0")).unwrap();
        write(at, "sys/bus/pci/devices/0000:00:03.0/vendor", "0x1af4\n");
        write(at, "sys/bus/pci/devices/0000:00:03.0/device", "0x1041\n");
        write(at, "sys/class/nvme/nvme0/transport", "pcie\n");
        write(at, "proc/sys/net/ipv4/conf/all/rp_filter", "0\n");
        write(at, "proc/sys/net/ipv4/conf/bond0.20/rp_filter", "1\n");
        write(at, "proc/sys/kernel/hostname", "n1\n");
        write(at, "etc/hosts", "127.0.0.1 localhost\n10.0.0.1 n1.example n1\n10.0.0.2 n2\n");
        write(at, "etc/resolv.conf", "search example\nnameserver 10.0.0.9\n");
        root
    }

    fn nic(index: u32) -> Interface {
        let mut nic = Interface::new("eth0", index, InterfaceKind::Physical);
        nic.carrier = Some(true);
        nic
    }

    #[test]
    fn links_are_resolved_and_what_is_missing_is_told() {
        let tree = tree();
        let files = read_files(tree.path(), &[nic(2)], Speeds::FromFiles);
        let link = FileFact::Link("/sys/devices/pci0000:00/0000:00:03.0/virtio0".to_owned());
        assert_eq!(files["/sys/class/net/eth0/device"], link);
        let text = |path: &str| match &files[path] {
            FileFact::Text(text) => text.clone(),
            other => panic!("{path}: {other:?}"),
        };
        assert_eq!(text("/sys/class/net/eth0/speed"), "25000");
        assert_eq!(text("/sys/bus/pci/devices/0000:00:03.0/vendor"), "0x1af4");
        assert_eq!(text("/sys/class/nvme/nvme0/transport"), "pcie");
        assert!(files["/sys/class/nvme/nvme0/address"].is_absent());
        assert!(files["/sys/class/iscsi_session"].is_absent());
        assert!(files["/sys/class/net/eth0/device/driver"].is_absent());
    }

    #[test]
    fn filters_and_the_parts_of_etc_that_matter_are_read() {
        let tree = tree();
        let vlan = Interface::new("bond0.20", 3, InterfaceKind::Vlan);
        let veth = Interface::new("veth0", 4, InterfaceKind::Veth);
        let files = read_files(tree.path(), &[nic(2), vlan, veth], Speeds::FromNetlink);
        let text = |text: &str| FileFact::Text(text.to_owned());
        assert_eq!(files[FILTER_OF_ALL], text("0"));
        assert_eq!(files["/proc/sys/net/ipv4/conf/bond0.20/rp_filter"], text("1"));
        assert!(files["/proc/sys/net/ipv4/conf/eth0/rp_filter"].is_absent());
        assert!(!files.contains_key("/proc/sys/net/ipv4/conf/veth0/rp_filter"));
        assert_eq!(files[HOST_NAME], text("n1"));
        assert_eq!(files[HOSTS], text("10.0.0.1 n1"));
        assert_eq!(files[RESOLV_CONF], text("nameserver 10.0.0.9"));
        let without = read_files(tree.path(), &[], Speeds::FromNetlink);
        assert!(!without.contains_key(FILTER_OF_ALL));
    }

    #[test]
    fn another_namespaces_files_are_left_alone() {
        let tree = tree();
        let files = read_files(tree.path(), &[nic(7)], Speeds::FromNetlink);
        assert!(files.contains_key("/sys/class/net/eth0/ifindex"));
        assert!(!files.contains_key("/sys/class/net/eth0/device"));
        assert!(!files.contains_key("/sys/class/net/eth0/speed"));
        let mut bond = nic(3);
        bond.name = "bonding_masters".into();
        let files = read_files(tree.path(), &[bond], Speeds::FromNetlink);
        assert!(files["/sys/class/net/bonding_masters/ifindex"].is_absent());
    }
}
