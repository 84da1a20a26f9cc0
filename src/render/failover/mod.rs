//! What happens when parts are lost, in every format.

mod table;
mod view;
mod words;

pub use table::failover_table;
pub use view::{FAILOVER_SCHEMA, FailoverView, failover};
pub use words::{part_text, seconds};
