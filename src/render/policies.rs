//! Stop policies compared for one VM.

use serde::Serialize;

use super::forecast::{thousandths, whole};
use super::forecast_table::granted;
use super::grid::grid;
use super::measure::time;
use super::text::{Page, escaped};
use super::trials::{EXPENDABLE, cells, header, subject};
use crate::model::{Contender, Forecast, Outcome, Specification, StopPolicy};

/// Schema of the JSON that compares policies.
pub const POLICIES_SCHEMA: &str = "netplan-cluster/policies/1";

const POSTCOPY: &str =
    "with post-copy, the VM is lost if a node or the network fails before its end";

/// Policies compared for one VM, with what a reader wants to know besides.
#[derive(Clone, Debug)]
pub struct Tournament<'a> {
    /// The VM.
    pub spec: &'a Specification,
    /// The policy that it has now.
    pub in_force: StopPolicy,
    /// The policies, best first.
    pub contenders: &'a [Contender],
    /// What was taken for granted.
    pub notes: Vec<String>,
}

/// Policies compared for one VM, best first, those of other programs last.
#[derive(Clone, Debug, Serialize)]
pub struct PoliciesView {
    /// Always [`POLICIES_SCHEMA`].
    pub schema: &'static str,
    /// Name of the VM.
    pub name: String,
    /// The policies, best first.
    pub policies: Vec<PolicyRow>,
    /// What was taken for granted.
    pub assumptions: Vec<String>,
}

/// One policy, with its own defaults; null where the VM does not get to the target.
#[derive(Clone, Debug, Serialize)]
pub struct PolicyRow {
    /// Name.
    pub policy: &'static str,
    /// The program that runs it.
    pub vmm: &'static str,
    /// Whether that is the VM's own.
    pub applicable: bool,
    /// Whether the VM has it now.
    pub in_force: bool,
    /// `converged`, `stalled`, `cancelled` or `forced`.
    pub outcome: &'static str,
    /// How many, with the full copy.
    pub rounds: Option<usize>,
    /// From start to end.
    pub total_ms: Option<f64>,
    /// As the VMM reports it.
    pub downtime_ms: Option<f64>,
    /// All bytes on the wire.
    pub transferred_bytes: Option<u64>,
    /// What is not certain about it.
    pub caveat: Option<&'static str>,
}

impl Tournament<'_> {
    /// As JSON shows it.
    #[must_use]
    pub fn view(&self) -> PoliciesView {
        PoliciesView {
            schema: POLICIES_SCHEMA,
            name: escaped(&self.spec.name),
            policies: self.contenders.iter().map(|it| self.policy(it)).collect(),
            assumptions: self.notes.iter().map(|it| escaped(it)).collect(),
        }
    }

    fn policy(&self, contender: &Contender) -> PolicyRow {
        let forecast = &contender.forecast;
        let moved = forecast.outcome.is_moved().then_some(forecast);
        PolicyRow {
            policy: contender.policy.name(),
            vmm: contender.vmm.name(),
            applicable: contender.is_applicable,
            in_force: contender.policy == self.in_force,
            outcome: forecast.outcome.name(),
            rounds: moved.map(|it| it.rounds.len()),
            total_ms: moved.map(|it| thousandths(it.total_ms)),
            downtime_ms: moved.map(|it| thousandths(it.downtime_ms)),
            transferred_bytes: moved.map(|it| whole(it.transferred_bytes)),
            caveat: contender.caveat,
        }
    }

    /// The forecast of the policy that the VM has now.
    #[must_use]
    pub fn present(&self) -> Option<&Forecast> {
        let found = self.contenders.iter().find(|it| it.policy == self.in_force);
        found.map(|it| &it.forecast)
    }

    /// The verdict, the table, and what was taken for granted.
    #[must_use]
    pub fn tell(&self, page: Page) -> String {
        let mut rows = vec![header("Policy", page)];
        for contender in self.contenders {
            let name = std::iter::once(self.label(contender));
            rows.push(name.chain(cells(&contender.forecast, page)).collect());
        }
        let caveat = |it: &Contender| it.caveat.map(|why| format!("~ {}: {why}", it.policy.name()));
        let mut assumed = self.notes.clone();
        assumed.push(
            "each policy has its own limits and defaults; the one in force has what was said"
                .to_owned(),
        );
        assumed.push(POSTCOPY.to_owned());
        assumed.extend(self.contenders.iter().filter_map(caveat));
        let table = grid(rows, &EXPENDABLE, page);
        format!("{}\n\n{table}{}", page.wrap(&self.verdict(), 0), granted(&assumed, page))
    }

    fn label(&self, contender: &Contender) -> String {
        let approximate = if contender.caveat.is_some() { " ~" } else { "" };
        let name = format!("{}{approximate}", contender.policy.name());
        match contender {
            it if it.policy == self.in_force => format!("{name} (in force)"),
            it if it.is_applicable => name,
            it if it.vmm.name() == it.policy.name() => format!("{name} (another VMM)"),
            it => format!("{name} (of {})", it.vmm.name()),
        }
    }

    /// What the policy in force costs against the best that the VM could have.
    fn verdict(&self) -> String {
        let best = self.contenders.iter().find(|it| it.is_applicable);
        let best = best.filter(|it| it.forecast.outcome.is_moved());
        let own = format!("{}, in force, {}", self.in_force.name(), {
            self.present().map_or_else(|| "is not judged".to_owned(), does)
        });
        let who = subject(self.spec);
        match best {
            None => format!("{who} gets to the target under no policy of its VMM: {own}"),
            Some(best) if best.policy == self.in_force => {
                format!("{who} has the best policy: {own}")
            }
            Some(best) => {
                let name = best.policy.name();
                format!("{who}: {own}; {name}, the best, {}", does(&best.forecast))
            }
        }
    }
}

/// What a policy does, as a predicate.
fn does(forecast: &Forecast) -> String {
    let (total, downtime) = (time(forecast.total_ms), time(forecast.downtime_ms));
    match forecast.outcome {
        Outcome::Converged => format!("converges in {total} with a downtime of {downtime}"),
        Outcome::Forced => {
            format!("moves it by force in {total} with a downtime of {downtime}")
        }
        Outcome::Cancelled => format!("gives up after {total}"),
        Outcome::Stalled => "never converges".to_owned(),
    }
}
