//! Which routes an inventory keeps.

use std::collections::BTreeSet;

use crate::model::{Fact, Gap, Interface, MAIN_TABLE, Route};

/// How many routes that are no default routes are kept of each family.
pub(crate) const MOST_ROUTES: usize = 4096;

/// Default routes and routes through a gateway, of the main table and the VRFs' tables.
///
/// Of routes that are no default routes the first [`MOST_ROUTES`] of each family are kept; a gap
/// tells how many were left out.
#[derive(Debug)]
pub(crate) struct RouteSelection {
    tables: BTreeSet<u32>,
    routes: Vec<Route>,
    /// Specific IPv4 and IPv6 routes met so far.
    met: [usize; 2],
}

/// Tables that apply to a node's interfaces: main, and one of each VRF.
pub(crate) fn tables_of(interfaces: &[Interface]) -> BTreeSet<u32> {
    let vrf = interfaces.iter().filter_map(|interface| interface.vrf_table);
    vrf.chain([MAIN_TABLE]).collect()
}

impl RouteSelection {
    pub(crate) fn new(interfaces: &[Interface]) -> Self {
        Self { tables: tables_of(interfaces), routes: Vec::new(), met: [0; 2] }
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
    pub(crate) fn push(&mut self, route: Route) {
        let gateway = route.next_hops.iter().any(|hop| hop.gateway.is_some());
        if !self.has_table(route.table) || route.next_hops.is_empty() {
            return;
        }
        if route.is_default() {
            self.routes.push(route);
        } else if gateway {
            let [met4, met6] = &mut self.met;
            let met = if route.destination.is_ipv4() { met4 } else { met6 };
            *met += 1;
            if *met <= MOST_ROUTES {
                self.routes.push(route);
            }
        }
    }

    /// The routes by table, destination and priority, each once.
    pub(crate) fn finish(mut self, gaps: &mut Vec<Gap>) -> Vec<Route> {
        for (met, fact) in self.met.into_iter().zip([Fact::Routes4, Fact::Routes6]) {
            let left_out = met.saturating_sub(MOST_ROUTES);
            if left_out > 0 {
                gaps.push(Gap {
                    interface: None,
                    fact,
                    cause: format!(
                        "{left_out} routes left out: the first {MOST_ROUTES} that are no default \
                         routes are kept"
                    ),
                });
            }
        }
        self.routes.sort_by_key(|route| (route.table, route.destination, route.priority));
        self.routes.dedup();
        self.routes
    }
}
