//! Which routes an inventory keeps.

use std::collections::BTreeSet;

use super::order::by_table;
use crate::model::{Fact, Gap, Interface, MAIN_TABLE, Route};

/// How many routes that are no default routes are kept of each family.
pub(crate) const MOST_ROUTES: usize = 4096;

/// Default routes and routes through a gateway, of the main table and the VRFs' tables.
///
/// Of routes that are no default routes the first [`MOST_ROUTES`] of each family, by table,
/// destination and priority, are kept; a gap tells how many were left out.
#[derive(Debug)]
pub(crate) struct RouteSelection {
    tables: BTreeSet<u32>,
    default: Vec<Route>,
    specific4: Specific,
    specific6: Specific,
}

/// Routes of one family that are no default routes.
#[derive(Debug, Default)]
struct Specific {
    kept: Vec<Route>,
    met: usize,
    left_out: bool,
}

/// Tables that apply to a node's interfaces: main, and one of each VRF.
pub(crate) fn tables_of(interfaces: &[Interface]) -> BTreeSet<u32> {
    let vrf = interfaces.iter().filter_map(|interface| interface.vrf_table);
    vrf.chain([MAIN_TABLE]).collect()
}

impl RouteSelection {
    pub(crate) fn new(interfaces: &[Interface]) -> Self {
        Self {
            tables: tables_of(interfaces),
            default: Vec::new(),
            specific4: Specific::default(),
            specific6: Specific::default(),
        }
    }

    /// Whether routes of the table are kept at all.
    pub(crate) fn has_table(&self, table: u32) -> bool {
        self.tables.contains(&table)
    }

    /// Whether routes of any table but main are kept.
    pub(crate) fn has_vrf(&self) -> bool {
        self.tables.len() > 1
    }

    /// Keeps the route if it matters.
    pub(crate) fn push(&mut self, mut route: Route) {
        let gateway = route.next_hops.iter().any(|hop| hop.gateway.is_some());
        if !self.has_table(route.table) || route.next_hops.is_empty() {
            return;
        }
        route.next_hops.sort();
        if route.is_default() {
            self.default.push(route);
        } else if gateway && route.destination.is_ipv4() {
            self.specific4.push(route);
        } else if gateway {
            self.specific6.push(route);
        }
    }

    /// The routes.
    pub(crate) fn finish(self, gaps: &mut Vec<Gap>) -> Vec<Route> {
        let mut routes = self.default;
        for (specific, fact) in [(self.specific4, Fact::Routes4), (self.specific6, Fact::Routes6)] {
            routes.extend(specific.finish(fact, gaps));
        }
        routes
    }
}

impl Specific {
    fn push(&mut self, route: Route) {
        self.met += 1;
        self.kept.push(route);
        if self.kept.len() >= 2 * MOST_ROUTES {
            self.trim();
        }
    }

    /// Keeps the first ones; which they are does not depend on when it is done.
    fn trim(&mut self) {
        self.kept.sort_by(by_table);
        self.kept.dedup();
        self.left_out |= self.kept.len() > MOST_ROUTES;
        self.kept.truncate(MOST_ROUTES);
    }

    fn finish(mut self, fact: Fact, gaps: &mut Vec<Gap>) -> Vec<Route> {
        self.trim();
        if self.left_out {
            let left_out = self.met - self.kept.len();
            let cause = format!(
                "{left_out} routes left out: the first {MOST_ROUTES} that are no default routes \
                 are kept"
            );
            gaps.push(Gap { interface: None, fact, cause });
        }
        self.kept
    }
}
