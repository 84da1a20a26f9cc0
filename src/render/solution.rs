//! Up to which value of a quantity a migration converges.

use serde::Serialize;

use super::forecast::{ForecastView, forecast};
use super::forecast_table::granted;
use super::grid::grid;
use super::measure::time;
use super::text::{Page, escaped};
use super::trials::{EXPENDABLE, cells, digits, header, noun, row, subject, unit_name};
use super::value::{bound, value};
use crate::model::{Answer, Forecast, Goal, Key, Outcome, Solution, Specification, Trial};

/// Schema of the JSON of a solution.
pub const SOLUTION_SCHEMA: &str = "netplan-cluster/solution/1";

/// A solution, with what a reader wants to know besides.
#[derive(Clone, Debug)]
pub struct Solved<'a> {
    /// The VM as it is.
    pub spec: &'a Specification,
    /// What it does as it is.
    pub now: &'a Forecast,
    /// The solution.
    pub solution: &'a Solution,
    /// What was taken for granted before.
    pub notes: Vec<String>,
}

/// The bound of a quantity.
#[derive(Clone, Debug, Serialize)]
pub struct SolutionView {
    /// Always [`SOLUTION_SCHEMA`].
    pub schema: &'static str,
    /// Name of the VM.
    pub name: String,
    /// Which bound: `min-bandwidth` and so on.
    pub goal: &'static str,
    /// The quantity.
    pub key: &'static str,
    /// What its values count.
    pub unit: &'static str,
    /// What it is now; null where there is no limit.
    pub present: Option<f64>,
    /// `bound`, `always` where every value that was tried suffices, `never` where none does.
    pub answer: &'static str,
    /// The bound; null where there is none.
    pub value: Option<f64>,
    /// The last value that suffices.
    pub suffices: Option<TriedView>,
    /// Its neighbour that does not.
    pub fails: Option<TriedView>,
    /// What was taken for granted before.
    pub assumptions: Vec<String>,
}

/// A value that was tried.
#[derive(Clone, Debug, Serialize)]
pub struct TriedView {
    /// The value.
    pub value: f64,
    /// What happens with it.
    pub forecast: ForecastView,
}

impl Solved<'_> {
    fn key(&self) -> Key {
        self.solution.goal.key()
    }

    /// The value that suffices and the one that does not, as far as there are such.
    fn ends(&self) -> (Option<&Trial>, Option<&Trial>) {
        match &self.solution.answer {
            Answer::Between { suffices, fails } => (Some(suffices), Some(fails)),
            Answer::Always(suffices) => (Some(suffices), None),
            Answer::Never(fails) => (None, Some(fails)),
        }
    }

    /// As JSON shows it.
    #[must_use]
    pub fn view(&self) -> SolutionView {
        let tried =
            |it: &Trial| TriedView { value: digits(it.value), forecast: forecast(&it.forecast) };
        let (suffices, fails) = self.ends();
        let bound = suffices.filter(|_| fails.is_some());
        SolutionView {
            schema: SOLUTION_SCHEMA,
            name: escaped(&self.spec.name),
            goal: self.solution.goal.name(),
            key: self.key().name(),
            unit: unit_name(self.key().unit()),
            present: Some(self.solution.present).filter(|it| it.is_finite()).map(digits),
            answer: match self.solution.answer {
                Answer::Between { .. } => "bound",
                Answer::Always(_) => "always",
                Answer::Never(_) => "never",
            },
            value: bound.map(|it| digits(it.value)),
            suffices: suffices.map(tried),
            fails: fails.map(tried),
            assumptions: self.notes.iter().map(|it| escaped(it)).collect(),
        }
    }

    /// The answer, then what happens now, at the bound and beyond it.
    #[must_use]
    pub fn tell(&self, page: Page) -> String {
        let (suffices, fails) = self.ends();
        let mut rows = vec![header("Value", page)];
        let now = value(self.key(), self.solution.present, self.spec) + " (now)";
        rows.push(std::iter::once(now).chain(cells(self.now, page)).collect());
        for (trial, suffices, words) in
            [(suffices, true, " (suffices)"), (fails, false, " (fails)")]
        {
            let Some(trial) = trial else { continue };
            let mut cells = row(trial, self.key(), self.spec, page);
            cells[0] = self.bound(trial.value, suffices) + words;
            rows.push(cells);
        }
        let mut assumed = self.notes.clone();
        if self.key() == Key::Bandwidth {
            assumed.push("the VMM's own limit is set to the same bandwidth".to_owned());
        }
        assumed.extend(fails.and_then(late));
        let taken = suffices.or(fails).map_or(&[][..], |it| &it.forecast.assumptions);
        assumed.extend_from_slice(taken);
        let table = grid(rows, &EXPENDABLE, page);
        format!("{}\n\n{table}{}", page.wrap(&self.sentence(), 0), granted(&assumed, page))
    }

    /// A value with enough digits to tell it from its neighbour; one that fails is not cut so far
    /// that it might suffice.
    fn bound(&self, value: f64, suffices: bool) -> String {
        bound(self.key(), value, self.is_least() == suffices, self.spec)
    }

    /// Whether values from the bound up suffice, rather than up to it.
    fn is_least(&self) -> bool {
        matches!(self.solution.goal, Goal::MinBandwidth | Goal::MinDowntimeLimit)
    }

    fn sentence(&self) -> String {
        let (who, what) = (subject(self.spec), noun(self.key()));
        let now = format!("now it is {}", value(self.key(), self.solution.present, self.spec));
        let least = self.is_least();
        let shown = |trial: &Trial, suffices| self.bound(trial.value, suffices);
        match &self.solution.answer {
            Answer::Between { suffices, .. } => {
                let side = if least { "of at least" } else { "of at most" };
                format!("{who} converges with a {what} {side} {}; {now}", shown(suffices, true))
            }
            Answer::Always(trial) => {
                let side = if least { "down to" } else { "up to" };
                format!("{who} converges with every {what} {side} {}; {now}", shown(trial, true))
            }
            Answer::Never(trial) => {
                let side = if least { "up to" } else { "down to" };
                format!("{who} converges with no {what} {side} {}; {now}", shown(trial, false))
            }
        }
    }
}

/// Why a value fails with which the VM does converge.
fn late(fails: &Trial) -> Option<String> {
    let downtime = time(fails.forecast.downtime_ms);
    let words = format!("a downtime of {downtime} does not meet the downtime limit");
    (fails.forecast.outcome == Outcome::Converged).then_some(words)
}
