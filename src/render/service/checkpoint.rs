//! Advice on checkpoints.

use serde::Serialize;

use super::rows::rows;
use super::words::moment;
use crate::model::service::{CheckpointAdvice, CheckpointPlan};
use crate::render::forecast::thousandths;
use crate::render::text::Page;

/// Schema of advice on checkpoints.
pub const CHECKPOINT_SCHEMA: &str = "netplan-cluster/checkpoint/1";

/// How often to save, in seconds.
#[derive(Clone, Debug, Serialize)]
pub struct CheckpointView {
    /// Always [`CHECKPOINT_SCHEMA`].
    pub schema: &'static str,
    /// Mean time between failures of the job.
    pub job_mtbf_s: f64,
    /// Young's interval.
    pub young_s: f64,
    /// Daly's interval.
    pub daly_s: f64,
    /// Time beyond the work, as a share of it, at Daly's interval; null beyond all measure.
    pub overhead: Option<f64>,
    /// Work and restart that a failure costs on average.
    pub expected_loss_s: f64,
    /// Work and restart that a failure costs at most.
    pub worst_loss_s: f64,
    /// Whether that is within what is bearable; null where nothing was said.
    pub bearable: Option<bool>,
}

/// The view of advice.
#[must_use]
pub fn checkpoint(advice: &CheckpointAdvice, bearable_s: Option<f64>) -> CheckpointView {
    CheckpointView {
        schema: CHECKPOINT_SCHEMA,
        job_mtbf_s: thousandths(advice.job_mtbf_s),
        young_s: thousandths(advice.young_s),
        daly_s: thousandths(advice.daly_s),
        overhead: Some((advice.overhead * 1e6).round() / 1e6).filter(|it| it.is_finite()),
        expected_loss_s: thousandths(advice.expected_loss_s),
        worst_loss_s: thousandths(advice.worst_loss_s),
        bearable: bearable_s.map(|it| advice.worst_loss_s <= it),
    }
}

/// Advice for people.
#[must_use]
pub fn checkpoint_text(
    plan: &CheckpointPlan,
    advice: &CheckpointAdvice,
    bearable_s: Option<f64>,
    page: Page,
) -> String {
    let verdict = verdict(plan, advice);
    let row = |what: &str, value: String, why: &str| vec![what.to_owned(), value, why.to_owned()];
    let table = vec![
        row(
            "Job fails every",
            moment(advice.job_mtbf_s),
            "time between failures of one node over their number",
        ),
        row("Young", moment(advice.young_s), "the first-order optimum"),
        row("Daly", moment(advice.daly_s), "the same with the cost and restarts in it"),
        row("Loss of a failure", moment(advice.expected_loss_s), "on average, with the restart"),
        row("At most", moment(advice.worst_loss_s), "a failure just before a checkpoint is done"),
    ];
    let mut text = format!("{}\n\n{}", page.wrap(&verdict, 0), rows(table, &[0, 1], page));
    let rule = rule_of_thumb(plan, advice, bearable_s);
    text += &format!("\n{}\n", page.wrap(&rule, 0));
    text
}

fn verdict(plan: &CheckpointPlan, advice: &CheckpointAdvice) -> String {
    if plan.cost_s >= 2.0 * advice.job_mtbf_s {
        return format!(
            "Saving does not help: a checkpoint takes {}, and the job fails every {}. Make \
             checkpoints cheaper, or use fewer nodes",
            moment(plan.cost_s),
            moment(advice.job_mtbf_s)
        );
    }
    format!("Save every {}: the job takes {}", moment(advice.daly_s), longer(advice.overhead))
}

fn longer(overhead: f64) -> String {
    const SHARES: f64 = 10.0;
    const TIMES: f64 = 1e6;
    match overhead {
        some if some < SHARES => format!("{:.1} % longer than its work", some * 100.0),
        much if much < TIMES => format!("{:.0} times as long as its work", much + 1.0),
        _ => "for ever: it fails again before it is restarted".to_owned(),
    }
}

fn rule_of_thumb(
    plan: &CheckpointPlan,
    advice: &CheckpointAdvice,
    bearable_s: Option<f64>,
) -> String {
    let worst = moment(advice.worst_loss_s);
    match bearable_s {
        None => {
            "The rule of thumb: from every 5 minutes for little data to days for much, but never \
                 less often than the loss one can live with (--bearable)."
                .to_owned()
        }
        Some(bearable) if advice.worst_loss_s <= bearable => {
            format!(
                "A failure costs at most {worst}, which is within the bearable {}.",
                moment(bearable)
            )
        }
        Some(bearable) => {
            let at_most = bearable - plan.cost_s - plan.restart_s;
            if at_most > 0.0 {
                format!(
                    "A failure may cost {worst}, more than the bearable {}: save every {} instead.",
                    moment(bearable),
                    moment(at_most)
                )
            } else {
                format!(
                    "A failure may cost {worst}, and no interval keeps to the bearable {}: a \
                     checkpoint and a restart alone take as long.",
                    moment(bearable)
                )
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service;

    fn told(cost_s: f64, mtbf_s: f64, restart_s: f64) -> (String, CheckpointView) {
        let plan = CheckpointPlan { cost_s, mtbf_s, nodes: 1, restart_s };
        let advice = service::checkpoint(&plan);
        let page = Page { width: None, colour: false };
        (checkpoint_text(&plan, &advice, None, page), checkpoint(&advice, None))
    }

    #[test]
    fn what_can_not_end_is_told_so() {
        assert!(told(300.0, 86400.0, 0.0).0.contains("8.8 % longer than its work"));
        assert!(told(300.0, 600.0, 1800.0).0.contains(" times as long as its work"));
        let (text, view) = told(300.0, 600.0, 1e7);
        assert!(text.contains("for ever") && view.overhead.is_none(), "{text}");
        assert!(told(300.0, 150.0, 0.0).0.starts_with("Saving does not help"));
        assert!(told(300.0, 150.1, 0.0).0.starts_with("Save every"));
    }
}
