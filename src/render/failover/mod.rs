//! What happens when parts are lost, in every format.

mod all;
mod dot;
mod picture;
mod svg;
mod table;
mod view;
mod words;

pub use all::{AllView, FailureView, failures, failures_table};
pub use dot::failover_dot;
pub use svg::failover_svg;
pub use table::failover_table;
pub use view::{FAILOVER_SCHEMA, FailoverView, failover};
pub use words::{part_text, remedy_text, seconds};
