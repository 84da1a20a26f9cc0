//! Views of documents as text: tables, JSON, CSV and the formats of Failover Clustering.
//!
//! The only place that formats a number. Every renderer returns text; writing it is the shell's.

mod advice;
mod band;
mod band_table;
mod baseline;
mod cluster_exe;
mod difference;
mod drain;
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
mod restore;
mod rules;
mod sarif;
mod service;
mod show;
mod solution;
mod summary;
mod sweep;
mod sweep_axis;
mod sweep_plot;
mod table;
mod text;
mod together;
mod together_table;
mod trials;
mod unjudged;
mod validate;
mod value;
mod watch;

pub use advice::{ChangeView, ThenView, Wording, change_lines, changes};
pub use band::{BAND_SCHEMA, BandView, Doubt, NominalView, QuantilesView, SpreadView};
pub use baseline::{Baseline, BaselineFinding, BaselineRule, BaselineState, WasView};
pub use cluster_exe::cluster_exe;
pub use difference::difference;
pub use drain::{DRAIN_SCHEMA, DrainView, drain, drain_commands, drain_table};
pub use evacuation::{
    CommandError, EVACUATION_SCHEMA, Evacuated, EvacuationView, Lines, ROLLING_SCHEMA, Rolled,
    RollingView, Terms, filled_words, listed,
};
pub use explain::Story;
pub use failover::{
    AllView, CandidateView, Explained, ExplanationView, FAILOVER_SCHEMA, FailoverView, FailureView,
    MomentView, RemedyView, explanations, explanations_text, failover, failover_dot, failover_svg,
    failover_table, failures, failures_table, part_text, remedy, remedy_text, seconds,
};
pub use findings::{FINDINGS_SCHEMA, FindingView, FindingsView, LocusView, OffView, findings};
pub use fit::{FitView, FittedView, GroupView, ResidualView, fit_line, fit_table, fitted};
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
pub use restore::{
    Counts, DifferenceView, DuplicateView, JobView, RESTORE_SCHEMA, RestoreReport, RestoreView,
    ReusedIdsView, StepView, VerificationView, restore, restore_markdown, restore_table,
    restore_text,
};
pub use rules::{rules_list, rules_markdown, rules_text};
pub use sarif::{RuleText, sarif};
pub use service::{
    CHECKPOINT_SCHEMA, CheckpointView, MATRIX_SCHEMA, MatrixReport, MatrixView, ORPHANS_SCHEMA,
    OrphansView, PROFILES_SCHEMA, PhaseView, ProfileView, ProfilesView, SERVICES_SCHEMA,
    ServiceView, ServicesView, WithServices, checkpoint, checkpoint_text, matrix, matrix_table,
    orphans, orphans_table, profile, profile_text, profiles, profiles_table, service_losses,
    services, services_after, with_services,
};
pub use show::{MemberView, NetworkView, SHOW_SCHEMA, ShowView, TrafficView, csv, json, show};
pub use solution::{SOLUTION_SCHEMA, SolutionView, Solved, TriedView};
pub use summary::{Counts as FindingCounts, Summary};
pub use sweep::{SWEEP_SCHEMA, SweepView, Swept};
pub use table::{skipped_table, summary, table};
pub use text::{Page, escaped};
pub use together::{Copies, CopyView, CourseView, TOGETHER_SCHEMA, TogetherView};
pub use trials::TrialView;
pub use validate::{findings_markdown, findings_table};
pub use value::value;
pub use watch::{EVENT_SCHEMA, ScreenView, event_json, event_line, screen};
