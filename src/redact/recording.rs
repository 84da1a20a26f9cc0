//! Recordings: messages of the kernel and files, before they are decoded.

use super::Redactor;
use crate::discover::{Datagram, FileFact, Recording};
use crate::model::{InterfaceName, Neighbour, NodeInventory, NodeName};

/// Where the kernel tells the host's name.
const HOST_NAME: &str = "/proc/sys/kernel/hostname";

impl Redactor {
    /// Replaces everything in a recording that `inventory`, which was decoded from it, tells.
    ///
    /// Lengths of messages are kept, so the recording decodes as before.
    pub fn recording(&self, recording: &mut Recording, inventory: &NodeInventory) {
        let mut knowing = self.clone();
        knowing.learn_inventory(inventory);
        if let Some(FileFact::Text(name)) = recording.files.get(HOST_NAME) {
            knowing.learn_host(name);
        }
        recording.node = NodeName::new(knowing.host(recording.node.as_str()));
        let dumps = &mut recording.netlink;
        for dump in [
            &mut dumps.link,
            &mut dumps.addr,
            &mut dumps.route4,
            &mut dumps.route6,
            &mut dumps.speed,
        ] {
            for datagram in dump {
                knowing.datagram(datagram);
            }
        }
        let files = std::mem::take(&mut recording.files).into_iter();
        recording.files =
            files.map(|(path, fact)| (knowing.path(&path), knowing.file(fact))).collect();
        for gap in &mut recording.gaps {
            knowing.gap(gap);
        }
        if let Some(told) = &mut recording.neighbours {
            *told = std::mem::take(told).into_iter().map(|seen| knowing.seen(seen)).collect();
        }
    }

    fn seen(
        &self,
        (mut interface, mut neighbours): (InterfaceName, Vec<Neighbour>),
    ) -> (InterfaceName, Vec<Neighbour>) {
        self.name(&mut interface);
        for neighbour in &mut neighbours {
            self.neighbour(neighbour);
        }
        (interface, neighbours)
    }

    fn datagram(&self, datagram: &mut Datagram) {
        let mut bytes = datagram.bytes().to_vec();
        self.bytes(&mut bytes);
        *datagram = Datagram::new(bytes);
    }

    fn file(&self, fact: FileFact) -> FileFact {
        match fact {
            FileFact::Text(text) => FileFact::Text(self.text(&text)),
            FileFact::Link(path) => FileFact::Link(self.path(&path)),
            FileFact::Names(names) => {
                FileFact::Names(names.iter().map(|name| self.path(name)).collect())
            }
            FileFact::Error { errno, cause } => FileFact::Error { errno, cause: self.text(&cause) },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::discover;

    fn survives(text: &str) {
        let mut recording: Recording = serde_json::from_str(text).unwrap();
        let mut inventory = discover::inventory(&recording).unwrap();
        let redactor = Redactor::new(Some(b"key"));
        redactor.recording(&mut recording, &inventory);
        redactor.inventory(&mut inventory);
        assert_eq!(discover::inventory(&recording).unwrap(), inventory);
    }

    #[test]
    fn a_redacted_recording_decodes_to_the_redacted_inventory() {
        survives(include_str!("../../fixtures/netlink/docker/recording.json"));
        survives(include_str!("../../fixtures/netlink/mixed/recording.json"));
        survives(include_str!("../../fixtures/netlink/proxmox/recording.json"));
        survives(include_str!("../../fixtures/netlink/vrf/recording.json"));
        survives(include_str!("../../fixtures/netlink/dual-stack/recording.json"));
        survives(include_str!("../../fixtures/netlink/infiniband/recording.json"));
        survives(include_str!("../../fixtures/netlink/many/recording.json"));
    }
}
