//! Redacting a recording: the same replacements, in raw bytes and files.

use std::collections::BTreeMap;

use super::Redactor;
use crate::discover::{Datagram, FileFact, Recording};
use crate::model::{NodeInventory, NodeName};

impl Redactor {
    /// Replaces in a recording what [`Redactor::inventory`] replaces in `inventory`, which must be
    /// what the recording decodes to. Messages keep their length, so it decodes as before.
    ///
    /// Link-layer addresses that no decoded fact holds (a bond partner's, a bridge's) are learned
    /// from the sysfs notation where files tell them; others stay.
    pub fn recording(&self, recording: &mut Recording, inventory: &NodeInventory) {
        let mut knowing = self.clone();
        knowing.learn_inventory(inventory);
        let targets = self.targets(inventory);
        recording.node = NodeName::new(knowing.host(recording.node.as_str()));
        let dumps = &mut recording.netlink;
        let all = [&mut dumps.link, &mut dumps.addr, &mut dumps.route4, &mut dumps.route6];
        for datagram in all.into_iter().chain([&mut dumps.speed]).flatten() {
            let mut bytes = datagram.bytes().to_vec();
            knowing.bytes(&mut bytes);
            *datagram = Datagram::new(bytes);
        }
        let text = |text: &str| {
            let named =
                targets.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to));
            knowing.text(&named)
        };
        let files = std::mem::take(&mut recording.files);
        recording.files =
            files.into_iter().map(|(path, fact)| (text(&path), file(fact, &text))).collect();
        for gap in &mut recording.gaps {
            gap.cause = text(&gap.cause);
        }
    }

    /// Names of storage targets with what replaces them.
    fn targets(&self, inventory: &NodeInventory) -> BTreeMap<String, String> {
        let mut redacted = inventory.clone();
        self.inventory(&mut redacted);
        let pairs = inventory.storage_sessions.iter().zip(&redacted.storage_sessions);
        pairs.filter_map(|(from, to)| Some((from.target.clone()?, to.target.clone()?))).collect()
    }
}

fn file(fact: FileFact, text: &impl Fn(&str) -> String) -> FileFact {
    match fact {
        FileFact::Text(content) => FileFact::Text(text(&content)),
        FileFact::Link(target) => FileFact::Link(text(&target)),
        FileFact::Names(names) => FileFact::Names(names.iter().map(|name| text(name)).collect()),
        FileFact::Error { errno, cause } => FileFact::Error { errno, cause: text(&cause) },
    }
}
