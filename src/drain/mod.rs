//! How nodes are emptied, and what that costs: plans for maintenance that somebody chose.

mod batch;

pub use batch::{Keep, Queue, Request, objection, plan, steps};
