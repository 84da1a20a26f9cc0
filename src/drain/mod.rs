//! How nodes are emptied, and what that costs: plans for maintenance that somebody chose.

mod evacuate;

pub use evacuate::{
    Defaults, Filled, Ground, Road, Roads, RollTask, Stack, Task, Tool, evacuate, fill, find_host,
    roll,
};
