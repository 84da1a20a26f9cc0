//! Views of documents as text: tables, JSON, CSV and the formats of Failover Clustering.
//!
//! The only place that formats a number. Every renderer returns text; writing it is the shell's.

mod baseline;
mod cluster_exe;
mod difference;
mod explain;
mod failover;
mod findings;
mod grid;
mod identity;
mod junit;
mod powershell;
mod reason;
mod rules;
mod sarif;
mod show;
mod table;
mod text;
mod validate;

pub use baseline::{Baseline, BaselineFinding, WasView};
pub use cluster_exe::cluster_exe;
pub use difference::difference;
pub use explain::Story;
pub use failover::{
    AllView, FAILOVER_SCHEMA, FailoverView, FailureView, failover, failover_dot, failover_svg,
    failover_table, failures, failures_table, part_text, remedy_text, seconds,
};
pub use findings::{FINDINGS_SCHEMA, FindingView, FindingsView, LocusView, findings};
pub use identity::NamedNetwork;
pub use junit::junit;
pub use powershell::{powershell_list, powershell_table};
pub use rules::{rules_list, rules_markdown, rules_text};
pub use sarif::{RuleText, sarif};
pub use show::{MemberView, NetworkView, SHOW_SCHEMA, ShowView, TrafficView, csv, json, show};
pub use table::{skipped_table, summary, table};
pub use text::{Page, escaped};
pub use validate::{findings_markdown, findings_table};
