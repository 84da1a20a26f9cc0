//! Nodes of a batch system emptied in turn, so many at once.
//!
//! What runs on which node ([`site`]), with how long jobs run ([`law`]), gives when a node that
//! takes no new jobs is empty ([`emptying`]); nodes take turns ([`window`]), against all at once
//! and in waves ([`wholesale`]). [`plan`](plan::plan) puts it together.

mod dialect;
mod emptying;
mod finish;
mod lanes;
mod law;
mod load;
mod order;
mod plan;
mod quantile;
mod remaining;
mod request;
mod residual;
mod sample;
mod site;
mod steps;
mod too_large;
mod wholesale;
mod window;

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;

pub use dialect::objection;
pub use plan::plan;
pub use request::{Keep, Queue, Request};
pub use steps::steps;

#[expect(clippy::cast_precision_loss, reason = "nodes, jobs and steps are far fewer than 2^53")]
fn as_f64(number: usize) -> f64 {
    number as f64
}
