//! The routes of one family, as messages.

use std::collections::{BTreeMap, BTreeSet};

use super::super::selection::MOST_ROUTES;
use super::super::wire::{Fault, Message};
use super::held::framed;
use super::keys::{RoutePlace, RouteWay, route_key};

/// How many routes are held of a family: twice as many as are selected, so that the selected ones
/// are known although some go.
const MOST_HELD: usize = 2 * MOST_ROUTES;

/// The last message about each route of a family.
#[derive(Debug, Default)]
pub(super) struct Routes {
    entries: BTreeMap<(RoutePlace, RouteWay), Vec<u8>>,
    /// Whether routes were left out since there are too many.
    cut: bool,
}

/// What a message did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Taken {
    /// The routes are known.
    Known,
    /// They must be read again.
    Unclear,
}

impl Routes {
    /// Forgets all, before a dump is told.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    /// Adds a route of a dump.
    pub(super) fn tell(&mut self, message: Message<'_>, family: u8) -> Result<(), Fault> {
        if let Some(key) = route_key(message, family)? {
            self.insert(key, framed(&message));
        }
        Ok(())
    }

    /// Adds the route of a notification. The kernel does not tell which one it replaces, or that it
    /// stands beside others; only a place that is free, or taken by the same way, is clear.
    pub(super) fn add(
        &mut self,
        message: Message<'_>,
        family: u8,
        tables: &BTreeSet<u32>,
    ) -> Result<Taken, Fault> {
        let key = route_key(message, family)?;
        let Some(key) = key.filter(|(place, _)| tables.contains(&place.table)) else {
            return Ok(Taken::Known);
        };
        if !self.entries.contains_key(&key) && self.has_place(&key.0) {
            return Ok(Taken::Unclear);
        }
        self.insert(key, framed(&message));
        Ok(Taken::Known)
    }

    /// Takes the route of a notification away. One way of several is told like a whole route, so
    /// only a route with the same ways is clear.
    pub(super) fn remove(&mut self, message: Message<'_>, family: u8) -> Result<Taken, Fault> {
        let Some(key) = route_key(message, family)? else {
            return Ok(Taken::Known);
        };
        let known = self.entries.remove(&key).is_some() || !self.has_place(&key.0);
        let enough = !self.cut || self.entries.len() >= MOST_ROUTES;
        Ok(if known && enough { Taken::Known } else { Taken::Unclear })
    }

    pub(super) fn messages(&self) -> impl Iterator<Item = &Vec<u8>> {
        self.entries.values()
    }

    fn insert(&mut self, key: (RoutePlace, RouteWay), message: Vec<u8>) {
        self.entries.insert(key, message);
        if self.entries.len() > MOST_HELD {
            self.cut = true;
            self.entries.pop_last();
        }
    }

    fn has_place(&self, place: &RoutePlace) -> bool {
        let first = (place.clone(), RouteWay::first());
        self.entries.range(first..).next().is_some_and(|((found, _), _)| found == place)
    }
}
