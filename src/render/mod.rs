//! Views of documents as text: tables, JSON, CSV and the formats of Failover Clustering.
//!
//! The only place that formats a number. Every renderer returns text; writing it is the shell's.

mod advice;
mod band;
mod band_table;
mod baseline;
mod cluster_exe;
mod difference;
mod evacuation;
mod explain;
mod failover;
mod figures;
mod findings;
mod fit;
mod forecast;
mod forecast_table;
mod grid;
mod identity;
mod junit;
mod measure;
mod network_line;
mod plot;
mod policies;
mod powershell;
mod reason;
mod rules;
mod sarif;
mod show;
mod solution;
mod sweep;
mod sweep_axis;
mod sweep_plot;
mod table;
mod text;
mod together;
mod together_table;
mod trials;
mod validate;
mod value;
mod watch;

pub use advice::{ChangeView, ThenView, Wording, change_lines, changes};
pub use band::{BAND_SCHEMA, BandView, Doubt, NominalView, QuantilesView, SpreadView};
pub use baseline::{Baseline, BaselineFinding, WasView};
pub use cluster_exe::cluster_exe;
pub use difference::difference;
pub use evacuation::{
    CommandError, EVACUATION_SCHEMA, Evacuated, EvacuationView, Lines, ROLLING_SCHEMA, Rolled,
    RollingView, Terms, filled_words, listed,
};
pub use explain::Story;
pub use failover::{
    AllView, FAILOVER_SCHEMA, FailoverView, FailureView, failover, failover_dot, failover_svg,
    failover_table, failures, failures_table, part_text, remedy_text, seconds,
};
pub use findings::{FINDINGS_SCHEMA, FindingView, FindingsView, LocusView, findings};
pub use fit::{FitView, FittedView, GroupView, ResidualView, fit_table, fitted};
pub use forecast::{FORECAST_SCHEMA, ForecastView, RoundView, forecast};
pub use forecast_table::{Outlook, batch_summary};
pub use identity::NamedNetwork;
pub use junit::junit;
pub use measure::size;
pub use network_line::{
    NETWORKS_SCHEMA, NetworkRow, NetworksView, line_words, networks, networks_table,
};
pub use plot::{PlotError, plot};
pub use policies::{POLICIES_SCHEMA, PoliciesView, PolicyRow, Tournament};
pub use powershell::{powershell_list, powershell_table};
pub use rules::{rules_list, rules_markdown, rules_text};
pub use sarif::{RuleText, sarif};
pub use show::{MemberView, NetworkView, SHOW_SCHEMA, ShowView, TrafficView, csv, json, show};
pub use solution::{SOLUTION_SCHEMA, SolutionView, Solved, TriedView};
pub use sweep::{SWEEP_SCHEMA, SweepView, Swept};
pub use table::{skipped_table, summary, table};
pub use text::{Page, escaped};
pub use together::{Copies, CopyView, CourseView, TOGETHER_SCHEMA, TogetherView};
pub use trials::TrialView;
pub use validate::{findings_markdown, findings_table};
pub use value::value;
pub use watch::{EVENT_SCHEMA, ScreenView, event_json, event_line, screen};
