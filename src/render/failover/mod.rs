//! What happens when parts are lost, in every format.

mod all;
mod dot;
mod picture;
mod ranking;
mod remedy;
mod svg;
mod table;
mod timeline;
mod view;
mod why;
mod words;

pub use all::{AllView, FailureView, failures};
pub use dot::failover_dot;
pub use ranking::failures_table;
pub use remedy::{RemedyView, remedy, remedy_text};
pub use svg::failover_svg;
pub use table::failover_table;
pub use view::{Explained, FAILOVER_SCHEMA, FailoverView, MomentView, failover};
pub use why::{CandidateView, ExplanationView, explanations, explanations_text};
pub use words::{part_text, seconds};
