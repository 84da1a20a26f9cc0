//! What no notification tells, so that it must be read again.

use std::collections::BTreeSet;

use super::keys::LinkKey;

/// Dumps and facts to be read again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "four dumps and one list, each on its own")]
pub(super) struct Stale {
    pub(super) links: bool,
    pub(super) addresses: bool,
    pub(super) routes4: bool,
    pub(super) routes6: bool,
    /// Speeds and files of all interfaces.
    pub(super) all_facts: bool,
    /// Interfaces whose speed and files may have changed, by index.
    pub(super) facts: BTreeSet<u32>,
}

impl Stale {
    pub(super) fn everything() -> Self {
        Self {
            links: true,
            addresses: true,
            routes4: true,
            routes6: true,
            all_facts: true,
            facts: BTreeSet::new(),
        }
    }

    /// Whether any dump is to be read again.
    pub(super) fn dumps(&self) -> bool {
        self.links || self.addresses || self.routes4 || self.routes6
    }

    /// Takes the dumps that are to be read again.
    pub(super) fn take_dumps(&mut self) -> Self {
        let rest = Self {
            all_facts: self.all_facts,
            facts: std::mem::take(&mut self.facts),
            ..Self::default()
        };
        std::mem::replace(self, rest)
    }

    pub(super) fn routes(&mut self) {
        self.routes4 = true;
        self.routes6 = true;
    }

    pub(super) fn lose(&mut self, link: &LinkKey) {
        self.routes();
        self.facts.remove(&link.index);
        self.facts.extend(link.master);
    }

    /// An interface is asked for its speed when it is new, has another name, or gets carrier; one
    /// without carrier has none. What a master can do changes with its ports.
    pub(super) fn facts_after(&mut self, before: Option<&LinkKey>, now: &LinkKey) {
        let known = before
            .is_some_and(|before| before.name == now.name && (before.carrier || !now.carrier));
        if !known {
            self.facts.insert(now.index);
        }
        if before.is_none_or(|before| (before.carrier, before.master) != (now.carrier, now.master))
        {
            self.facts.extend(before.and_then(|before| before.master));
            self.facts.extend(now.master);
        }
    }
}
