//! Pre-copy live migration: whether it converges, in how long, with what downtime.
//!
//! A [`crate::model::Specification`] becomes a [`crate::model::Forecast`]. The VMM's own loop is
//! replayed, over a memory that is either groups of pages in expected values or every single page.

mod assumptions;
mod bitmap;
mod exact;
mod expected;
mod exposure;
mod geometric;
mod ledger;
mod memory;
mod place;
mod policy;
mod precopy;
mod rounds;
mod settle;
mod setup;
mod socket;
mod supervisor;
mod throttle;
mod wire;
mod xbzrle;

pub use setup::SpecificationError;

use crate::model::{Engine, Forecast, Specification, WriteOrder};
use exact::ExactMemory;
use expected::ExpectedMemory;
use memory::Memory;
use policy::Loop;
use setup::Setup;

/// Forecasts a migration.
///
/// # Errors
/// When the specification makes no sense.
pub fn forecast(spec: &Specification) -> Result<Forecast, SpecificationError> {
    let setup = Setup::new(spec)?;
    let mut forecast = match engine(spec) {
        Engine::Geometric => geometric::run(&setup),
        Engine::Pages => {
            let extents = setup.extents.clone();
            replay(&setup, ExactMemory::new(spec, extents, setup.clear, setup.wire))
        }
        Engine::Replay => {
            replay(&setup, ExpectedMemory::new(spec, &setup.extents, setup.clear, setup.wire))
        }
    };
    forecast.assumptions.extend(assumptions::of(&setup));
    Ok(forecast)
}

fn replay(setup: &Setup<'_>, memory: impl Memory) -> Forecast {
    match setup.preset.runs {
        Loop::Windows => precopy::run(setup, memory),
        Loop::Rounds(limits) => rounds::run(setup, limits, memory),
    }
}

/// The engine that computes it: writes in sequence depend on positions, which only the page-exact
/// engine has.
fn engine(spec: &Specification) -> Engine {
    let has_order = spec.groups.iter().any(|it| it.order == WriteOrder::Sequential);
    if has_order && spec.engine == Engine::Replay { Engine::Pages } else { spec.engine }
}
