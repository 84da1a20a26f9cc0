//! How nodes are emptied, and what that costs: plans for maintenance that somebody chose.

mod batch;
mod evacuate;

pub use batch::{Keep, Queue, Request, objection, plan, steps};
pub use evacuate::{
    Defaults, Filled, Ground, Road, Roads, RollTask, Stack, Task, Tool, evacuate, fill, find_host,
    roll,
};
