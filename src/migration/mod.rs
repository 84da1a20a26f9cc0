//! Pre-copy live migration: whether it converges, in how long, with what downtime.
//!
//! A [`crate::model::Specification`] becomes a [`crate::model::Forecast`]. The VMM's own loop is
//! replayed, over a memory that is either groups of pages in expected values or every single page.

mod abilities;
mod advice;
mod assumptions;
mod band;
mod bitmap;
mod bound;
mod check;
mod course;
pub mod dirty;
mod exact;
mod expected;
mod exposure;
mod fit;
mod geometric;
mod key;
mod leap;
mod ledger;
mod line;
mod memory;
mod networks;
mod pace;
mod place;
mod policy;
mod precopy;
mod replayed;
mod rounds;
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
#[cfg(test)]
mod varying;
mod version;
mod wire;
mod xbzrle;

pub use advice::advise;
pub use band::band;
pub use course::Course;
pub use dirty::{Spread, groups};
pub use fit::fit;
pub use key::{apply, present};
pub use line::{Cabling, Ends, Line, LineError};
pub use networks::{RatedNetwork, compare, connections, over};
pub use pace::Pacer;
pub use schedule::{Job, Site, schedule, schedule_with, together};
pub use setup::SpecificationError;
pub use share::{Flow, max_min};
pub use solve::{SolveError, solve};
pub use sweep::{Spacing, SweepError, sweep, values};
pub use tournament::tournament;

use crate::model::{Engine, Forecast, Specification, StopPolicy, WriteOrder};
use exact::ExactMemory;
use expected::ExpectedMemory;
use memory::Memory;
use policy::Loop;
use replayed::{Reach, Replayed};
use setup::Setup;

/// Forecasts a migration.
///
/// # Errors
/// When the specification makes no sense.
pub fn forecast(spec: &Specification) -> Result<Forecast, SpecificationError> {
    tried(spec, Reach::WHOLE).map(|it| it.forecast)
}

/// Forecasts a migration so far and no further, and tells the work that it took.
///
/// # Errors
/// When the specification makes no sense.
fn tried(spec: &Specification, reach: Reach) -> Result<Replayed, SpecificationError> {
    let setup = Setup::new(spec)?.within(reach);
    let mut replayed = match engine(spec) {
        Engine::Geometric => Replayed { forecast: geometric::run(&setup), effort: 1 },
        Engine::Pages => {
            let extents = setup.extents.clone();
            replay(&setup, ExactMemory::new(spec, extents, setup.clear, setup.wire))
        }
        Engine::Replay => {
            replay(&setup, ExpectedMemory::new(spec, &setup.extents, setup.clear, setup.wire))
        }
    };
    replayed.forecast.assumptions.extend(assumptions::of(&setup));
    Ok(replayed)
}

fn replay(setup: &Setup<'_>, memory: impl Memory) -> Replayed {
    match setup.preset.runs {
        Loop::Windows => precopy::run(setup, memory),
        Loop::Rounds(limits) => rounds::run(setup, limits, memory),
    }
}

/// What a specification comes to with the defaults of its VMM and policy.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Terms {
    /// Bytes a second at which memory goes over while the VM runs.
    pub rate_bytes_s: f64,
    /// Whether that is the VMM's limit rather than the link.
    pub is_capped: bool,
    /// Downtime that is aimed at first.
    pub downtime_limit_ms: f64,
    /// Who decides when to stop the VM.
    pub policy: StopPolicy,
}

/// Checks a specification without forecasting it, and tells its terms.
///
/// # Errors
/// When the specification makes no sense.
pub fn terms(spec: &Specification) -> Result<Terms, SpecificationError> {
    let setup = Setup::new(spec)?;
    let (cap, link) = (setup.quota * 10.0, setup.link * 1000.0);
    Ok(Terms {
        rate_bytes_s: cap.min(link),
        is_capped: cap < link,
        downtime_limit_ms: setup.limit_ms,
        policy: policy::policy_of(spec),
    })
}

/// The engine that computes it: writes in sequence depend on positions, which only the page-exact
/// engine has.
fn engine(spec: &Specification) -> Engine {
    let has_order = spec.groups.iter().any(|it| it.order == WriteOrder::Sequential);
    if has_order && spec.engine == Engine::Replay { Engine::Pages } else { spec.engine }
}
