//! Pre-copy live migration: whether it converges, in how long, with what downtime.
//!
//! A [`crate::model::Specification`] becomes a [`crate::model::Forecast`]. The VMM's own loop is
//! replayed, over a memory that is either groups of pages in expected values or every single page.

mod advice;
mod band;
mod bitmap;
mod bound;
mod exact;
mod expected;
mod exposure;
mod key;
mod ledger;
mod memory;
mod pace;
mod place;
mod policy;
mod precopy;
#[cfg(test)]
mod samples;
mod schedule;
mod settle;
mod setup;
mod share;
mod socket;
mod solve;
mod supervisor;
mod sweep;
mod throttle;
mod tournament;
mod wire;
mod xbzrle;

pub use advice::advise;
pub use band::band;
pub use key::{apply, present};
pub use schedule::{Job, Site, schedule, together};
pub use setup::SpecificationError;
pub use share::{Flow, max_min};
pub use solve::{SolveError, solve};
pub use sweep::{Spacing, SweepError, sweep, values};
pub use tournament::tournament;

use crate::model::{Engine, Forecast, Specification, WriteOrder};
use exact::ExactMemory;
use expected::ExpectedMemory;
use setup::Setup;

/// Forecasts a migration.
///
/// # Errors
/// When the specification makes no sense.
pub fn forecast(spec: &Specification) -> Result<Forecast, SpecificationError> {
    let setup = Setup::new(spec)?;
    Ok(if engine(spec) == Engine::Pages {
        let memory = ExactMemory::new(spec, setup.extents.clone(), setup.clear, setup.wire);
        precopy::run(&setup, memory)
    } else {
        let memory = ExpectedMemory::new(spec, &setup.extents, setup.clear, setup.wire);
        precopy::run(&setup, memory)
    })
}

/// The engine that computes it: writes in sequence depend on positions, which only the page-exact
/// engine has.
fn engine(spec: &Specification) -> Engine {
    let has_order = spec.groups.iter().any(|it| it.order == WriteOrder::Sequential);
    if has_order && spec.engine == Engine::Replay { Engine::Pages } else { spec.engine }
}
