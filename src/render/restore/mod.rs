//! What comes of jobs in a restore, and how it is done: for people, as a runbook, as JSON.

mod markdown;
mod runbook;
mod table;
mod view;
mod words;

pub use markdown::restore_markdown;
pub use runbook::restore_text;
pub use table::restore_table;
pub use view::{
    Counts, DifferenceView, DuplicateView, JobView, RESTORE_SCHEMA, RestoreReport, RestoreView,
    ReusedIdsView, StepView, VerificationView, restore,
};
