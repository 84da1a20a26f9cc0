//! How often a job should save itself.

use crate::model::service::{CheckpointAdvice, CheckpointPlan};

/// Young's and Daly's intervals, and what Daly's costs.
///
/// With δ the cost and M the mean time between failures of the job, that of a node over their
/// number: Young √(2δM); Daly √(2δM)·[1 + ⅓√(δ/2M) + ⅑(δ/2M)] − δ for δ < 2M, else M
/// (J. T. Daly, Future Generation Computer Systems 22, 2006). The overhead is his complete model,
/// M·e^(R/M)·(e^((τ+δ)/M) − 1)/τ − 1. A failure loses the work since the last checkpoint, on average
/// M − (τ+δ)/(e^((τ+δ)/M) − 1) for failures at random, and the restart R.
#[must_use]
pub fn checkpoint(plan: &CheckpointPlan) -> CheckpointAdvice {
    #[expect(clippy::cast_precision_loss, reason = "nodes stay far below 2^53")]
    let job_mtbf_s = plan.mtbf_s / (plan.nodes.max(1) as f64);
    let (cost, mtbf) = (plan.cost_s, job_mtbf_s);
    let young_s = (2.0 * cost * mtbf).sqrt();
    let daly_s = daly(cost, mtbf);
    let segment = (daly_s + cost) / mtbf;
    let grown = segment.exp_m1();
    let overhead = mtbf * (plan.restart_s / mtbf).exp() * grown / daly_s - 1.0;
    let lost = if grown > 0.0 { mtbf - mtbf * segment / grown } else { 0.0 };
    CheckpointAdvice {
        job_mtbf_s,
        young_s,
        daly_s,
        overhead,
        expected_loss_s: lost + plan.restart_s,
        worst_loss_s: daly_s + cost + plan.restart_s,
    }
}

fn daly(cost: f64, mtbf: f64) -> f64 {
    if cost >= 2.0 * mtbf {
        return mtbf;
    }
    let half = cost / (2.0 * mtbf);
    (2.0 * cost * mtbf).sqrt() * (1.0 + half.sqrt() / 3.0 + half / 9.0) - cost
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: f64 = 60.0;

    fn advice(cost_min: f64, mtbf_min: f64) -> CheckpointAdvice {
        let [cost_s, mtbf_s] = [cost_min, mtbf_min].map(|it| it * MINUTE);
        checkpoint(&CheckpointPlan { cost_s, mtbf_s, nodes: 1, restart_s: 0.0 })
    }

    #[test]
    fn intervals_agree_with_the_published_ones() {
        for (mtbf_min, daly_min) in [(1440.0, 116.7), (360.0, 56.7), (15.0, 9.1)] {
            let found = advice(5.0, mtbf_min).daly_s / MINUTE;
            assert!((found - daly_min).abs() < 0.05, "{mtbf_min}: {found}");
        }
        assert!((advice(5.0, 1440.0).young_s / MINUTE - 120.0).abs() < 1e-9);
    }

    #[test]
    fn a_cost_beyond_all_failures_is_saved_once_in_a_failure() {
        let advice = advice(30.0, 15.0);
        assert!((advice.daly_s / MINUTE - 15.0).abs() < 1e-9);
        assert!(advice.overhead > 1.0);
    }

    #[test]
    fn nodes_share_their_failures_and_a_restart_is_lost_too() {
        let year = 365.0 * 86_400.0;
        let of = |nodes, restart_s| {
            checkpoint(&CheckpointPlan { cost_s: 300.0, mtbf_s: year, nodes, restart_s })
        };
        assert!((of(64, 0.0).job_mtbf_s - year / 64.0).abs() < 1e-6);
        assert!(of(64, 0.0).daly_s < of(1, 0.0).daly_s);
        let (without, with) = (of(64, 0.0), of(64, 600.0));
        assert!((with.expected_loss_s - without.expected_loss_s - 600.0).abs() < 1e-6);
        assert!(with.overhead > without.overhead);
        // About half an interval, and the cost, to first order.
        let half = f64::midpoint(without.daly_s, 300.0);
        assert!((without.expected_loss_s - half).abs() < 0.02 * half);
    }

    #[test]
    fn the_interval_is_the_best_within_a_percent() {
        let (cost, mtbf) = (300.0, 21_600.0);
        let time = |every: f64| mtbf * ((every + cost) / mtbf).exp_m1() / every;
        let best = (1..4000).map(|it| time(f64::from(it) * 10.0)).fold(f64::INFINITY, f64::min);
        assert!(time(daly(cost, mtbf)) < best * 1.01);
    }
}
