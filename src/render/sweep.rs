//! What each value of a quantity leads to.

use serde::Serialize;

use super::figures::figures;
use super::forecast_table::granted;
use super::text::{Page, escaped};
use super::trials::{EXPENDABLE, TrialView, header, noun, row, subject, trial, unit_name};
use super::value::value;
use crate::migration::Spacing;
use crate::model::{Key, Specification, Trial};

/// Schema of the JSON of a sweep.
pub const SWEEP_SCHEMA: &str = "netplan-cluster/sweep/1";

/// A sweep, with what a reader wants to know besides.
#[derive(Clone, Debug)]
pub struct Swept<'a> {
    /// The VM as it is.
    pub spec: &'a Specification,
    /// The quantity.
    pub key: Key,
    /// How its values lie.
    pub spacing: Spacing,
    /// What came of each.
    pub trials: &'a [Trial],
    /// What was taken for granted before.
    pub notes: Vec<String>,
}

/// What each value of a quantity leads to.
#[derive(Clone, Debug, Serialize)]
pub struct SweepView {
    /// Always [`SWEEP_SCHEMA`].
    pub schema: &'static str,
    /// Name of the VM.
    pub name: String,
    /// The quantity.
    pub key: &'static str,
    /// What its values count.
    pub unit: &'static str,
    /// `linear` or `log`.
    pub spacing: &'static str,
    /// The values, in their order.
    pub rows: Vec<TrialView>,
    /// What was taken for granted.
    pub assumptions: Vec<String>,
}

impl Swept<'_> {
    /// How many values get the VM to the target.
    #[must_use]
    pub fn moved(&self) -> usize {
        self.trials.iter().filter(|it| it.forecast.outcome.is_moved()).count()
    }

    /// As JSON shows it.
    #[must_use]
    pub fn view(&self) -> SweepView {
        SweepView {
            schema: SWEEP_SCHEMA,
            name: escaped(&self.spec.name),
            key: self.key.name(),
            unit: unit_name(self.key.unit()),
            spacing: match self.spacing {
                Spacing::Linear => "linear",
                Spacing::Log => "log",
            },
            rows: self.trials.iter().map(trial).collect(),
            assumptions: self.assumed().iter().map(|it| escaped(it)).collect(),
        }
    }

    /// The verdict, a row for each value, and what was taken for granted.
    #[must_use]
    pub fn tell(&self, page: Page) -> String {
        let mut rows = vec![header(self.key.name(), page)];
        rows.extend(self.trials.iter().map(|it| row(it, self.key, self.spec, page)));
        let table = figures(&rows, &EXPENDABLE, page);
        let verdict = page.wrap(&self.verdict(), 0);
        format!("{verdict}\n\n{table}{}", granted(&self.assumed(), page))
    }

    /// What was taken for granted whatever the value.
    fn assumed(&self) -> Vec<String> {
        let first = self.trials.first().map_or(&[][..], |it| &it.forecast.assumptions);
        let in_all =
            |text: &&String| self.trials.iter().all(|it| it.forecast.assumptions.contains(text));
        self.notes.iter().chain(first.iter().filter(in_all)).cloned().collect()
    }

    fn verdict(&self) -> String {
        let (who, what) = (subject(self.spec), noun(self.key));
        let (moved, all) = (self.moved(), self.trials.len());
        let shown = |it: &Trial| value(self.key, it.value, self.spec);
        let is_moved = |it: &&Trial| it.forecast.outcome.is_moved();
        let (first, last) =
            (self.trials.iter().find(is_moved), self.trials.iter().rev().find(is_moved));
        match (first, last) {
            (Some(first), Some(last)) if moved > 1 => {
                let (from, to) = (shown(first), shown(last));
                format!(
                    "{who} gets to the target with {moved} of {all} values of the {what}, from {from} to {to}"
                )
            }
            (Some(only), _) => {
                format!(
                    "{who} gets to the target with 1 of {all} values of the {what}, {}",
                    shown(only)
                )
            }
            _ => format!("{who} gets to the target with none of {all} values of the {what}"),
        }
    }
}
