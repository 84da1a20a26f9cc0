//! What becomes of nodes that lost their master and let work run to its end.

use std::collections::BTreeMap;

use crate::model::NodeName;
use crate::model::service::{
    BlastRadius, CpuSample, JobFate, NodeFate, OrphanJob, Orphans, Quiet, Reboot, Route,
};

/// When each node reboots, and which jobs live.
///
/// A node reboots when it has been idle for the whole span. An interval below the threshold counts
/// as idle, one above sets the timer back to the full span, and one at the threshold does neither:
/// its time does not count. Samples are in order of time, each over the interval since the one
/// before it; the first began with the loss. `quiet` is none where nodes wait for an administrator.
#[must_use]
pub fn orphans(
    samples: &BTreeMap<NodeName, Vec<CpuSample>>,
    jobs: &[OrphanJob],
    quiet: Option<Quiet>,
    route: Route,
) -> Orphans {
    let fates = samples.iter().map(|(node, samples)| fate(node, samples, quiet));
    let nodes: Vec<NodeFate> = fates.collect();
    let judged = jobs.iter().map(|job| (job.name.clone(), job_fate(job, &nodes, route)));
    let jobs: BTreeMap<String, JobFate> = judged.collect();
    let radius = radius(samples, &jobs, quiet);
    Orphans { quiet, route, nodes, jobs, radius }
}

fn fate(node: &NodeName, samples: &[CpuSample], quiet: Option<Quiet>) -> NodeFate {
    let threshold = quiet.map_or(f64::INFINITY, |quiet| quiet.threshold_percent);
    let span = quiet.map_or(f64::INFINITY, |quiet| quiet.span_s);
    let (mut idle_s, mut before_s) = (0.0, 0.0);
    let (mut last_busy_s, mut resets) = (None, 0);
    let told = |reboot, last_busy_s, resets, last_sample_s| NodeFate {
        node: node.clone(),
        reboot,
        last_busy_s,
        resets,
        last_sample_s,
        gaps: gaps(samples, last_sample_s),
    };
    let mut is_busy = false;
    for sample in samples {
        is_busy = sample.percent > threshold;
        if is_busy {
            (idle_s, last_busy_s, resets) = (0.0, Some(sample.at_s), resets + 1);
        } else if sample.percent < threshold {
            let needs = span - idle_s;
            idle_s += sample.at_s - before_s;
            if idle_s >= span {
                return told(Reboot::At(before_s + needs), last_busy_s, resets, sample.at_s);
            }
        }
        before_s = sample.at_s;
    }
    let earliest = before_s + span - idle_s;
    let reboot = match quiet {
        None => Reboot::ByHand,
        Some(_) if is_busy => Reboot::AfterIdle(earliest),
        Some(_) => Reboot::IfIdleFrom(earliest),
    };
    told(reboot, last_busy_s, resets, before_s)
}

/// Times between samples, up to one, that are more than twice as long as the median one of this node.
fn gaps(samples: &[CpuSample], last_s: f64) -> Vec<(f64, f64)> {
    const UNUSUAL: f64 = 2.0;
    let starts = std::iter::once(0.0).chain(samples.iter().map(|sample| sample.at_s));
    let spans: Vec<(f64, f64)> = starts.zip(samples.iter().map(|sample| sample.at_s)).collect();
    let mut lengths: Vec<f64> = spans.iter().map(|(from, until)| until - from).collect();
    lengths.sort_by(f64::total_cmp);
    let Some(median) = lengths.get(lengths.len() / 2).copied() else { return Vec::new() };
    let is_gap = |(from, until): &(f64, f64)| *until <= last_s && until - from > UNUSUAL * median;
    spans.into_iter().filter(is_gap).collect()
}

fn job_fate(job: &OrphanJob, nodes: &[NodeFate], route: Route) -> JobFate {
    if route != Route::Direct {
        return JobFate::Hangs;
    }
    let Some(ends_s) = job.ends_s else { return JobFate::Unknown };
    let of = |name: &NodeName| {
        nodes.binary_search_by(|fate| fate.node.cmp(name)).ok().and_then(|at| nodes.get(at))
    };
    let fates: Vec<Option<&NodeFate>> = job.nodes.iter().map(of).collect();
    let dead = fates.iter().flatten().filter_map(|fate| match fate.reboot {
        Reboot::At(at) if at < ends_s => Some((at, &fate.node)),
        _ => None,
    });
    if let Some((at, node)) = dead.min_by(|a, b| a.0.total_cmp(&b.0)) {
        return JobFate::Dies(node.clone(), at);
    }
    let is_safe = |fate: Option<&NodeFate>| {
        fate.is_some_and(|it| it.reboot.earliest_s() >= ends_s || it.last_sample_s >= ends_s)
    };
    if fates.into_iter().all(is_safe) { JobFate::Lives } else { JobFate::Unknown }
}

fn radius(
    samples: &BTreeMap<NodeName, Vec<CpuSample>>,
    jobs: &BTreeMap<String, JobFate>,
    quiet: Option<Quiet>,
) -> BlastRadius {
    let idle = quiet.map_or(1.0, |quiet| quiet.threshold_percent);
    let busy = samples.values().filter(|all| all.first().is_some_and(|it| it.percent > idle));
    let lost = |fate: &&JobFate| matches!(fate, JobFate::Dies(..) | JobFate::Hangs);
    BlastRadius {
        nodes: samples.len(),
        busy_nodes: busy.count(),
        jobs: jobs.len(),
        jobs_lost: jobs.values().filter(lost).count(),
        jobs_unknown: jobs.values().filter(|it| **it == JobFate::Unknown).count(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::JobFate::{Lives, Unknown};
    use super::*;

    const QUIET: Quiet = Quiet { threshold_percent: 1.0, span_s: 300.0 };

    fn samples(percents: impl IntoIterator<Item = f64>) -> Vec<CpuSample> {
        (1..)
            .zip(percents)
            .map(|(at, percent)| CpuSample { at_s: f64::from(at), percent })
            .collect()
    }

    fn reboot(samples: &[CpuSample]) -> Reboot {
        fate(&"n1".into(), samples, Some(QUIET)).reboot
    }

    #[test]
    fn a_node_that_stays_idle_reboots_after_the_whole_span() {
        assert_eq!(reboot(&samples(vec![0.5; 300])), Reboot::At(300.0));
        assert_eq!(reboot(&samples(vec![0.5; 299])), Reboot::IfIdleFrom(300.0));
        let coarse = [CpuSample { at_s: 400.0, percent: 0.5 }];
        assert_eq!(reboot(&coarse), Reboot::At(300.0));
    }

    #[test]
    fn a_gap_between_samples_is_told() {
        let mut all = samples(vec![0.5; 20]);
        assert!(fate(&"n1".into(), &all, Some(QUIET)).gaps.is_empty());
        all.push(CpuSample { at_s: 22.0, percent: 0.5 });
        assert!(fate(&"n1".into(), &all, Some(QUIET)).gaps.is_empty());
        all.push(CpuSample { at_s: 320.0, percent: 0.5 });
        let told = fate(&"n1".into(), &all, Some(QUIET));
        assert_eq!((told.reboot, told.gaps), (Reboot::At(300.0), vec![(22.0, 320.0)]));
    }

    #[test]
    fn one_busy_interval_sets_the_timer_back_to_the_full_span() {
        let mut all = vec![0.5; 298];
        all.push(1.2);
        assert_eq!(reboot(&samples(all.clone())), Reboot::AfterIdle(599.0));
        all.extend(vec![0.5; 299]);
        assert_eq!(reboot(&samples(all.clone())), Reboot::IfIdleFrom(599.0));
        all.push(0.5);
        assert_eq!(reboot(&samples(all)), Reboot::At(599.0));
    }

    #[test]
    fn exactly_the_threshold_neither_counts_nor_sets_back() {
        let all = [vec![0.5; 100], vec![1.0; 50], vec![0.5; 200]].concat();
        assert_eq!(reboot(&samples(all)), Reboot::At(350.0));
        assert_eq!(reboot(&samples(vec![1.0; 400])), Reboot::IfIdleFrom(700.0));
    }

    #[test]
    fn a_job_lives_if_all_its_nodes_outlast_it() {
        let name = |text: &str| NodeName::new(text);
        let idle = samples(vec![0.5; 400]);
        let busy = samples(vec![90.0; 400]);
        let nodes =
            BTreeMap::from([(name("a"), busy.clone()), (name("b"), busy), (name("c"), idle)]);
        let job = |job: &str, nodes: &[&str], ends_s| OrphanJob {
            name: job.to_owned(),
            nodes: nodes.iter().map(|it| name(it)).collect(),
            ends_s,
        };
        let jobs = [
            job("1", &["a", "b"], Some(350.0)),
            job("2", &["a", "c"], Some(350.0)),
            job("3", &["a", "c"], Some(300.0)),
            job("4", &["a"], Some(701.0)),
            job("5", &["a"], None),
            job("6", &["d"], Some(1.0)),
        ];
        let told = orphans(&nodes, &jobs, Some(QUIET), Route::Direct);
        let fates: Vec<&JobFate> = told.jobs.values().collect();
        let dies = JobFate::Dies(name("c"), 300.0);
        assert_eq!(fates, [&Lives, &dies, &Lives, &Unknown, &Unknown, &Unknown]);
        assert_eq!((told.radius.nodes, told.radius.busy_nodes, told.radius.jobs_lost), (3, 2, 1));
        let hangs = orphans(&nodes, &jobs, Some(QUIET), Route::MasterServes);
        assert!(hangs.jobs.values().all(|fate| *fate == JobFate::Hangs));
        let by_hand = orphans(&nodes, &jobs[..3], None, Route::Direct);
        assert!(by_hand.jobs.values().all(|fate| *fate == Lives));
    }

    proptest! {
        #[test]
        fn more_work_never_brings_a_reboot_forward(
            percents in proptest::collection::vec(0.0..2.0f64, 1..900),
            at in 0usize..900,
        ) {
            let before = reboot(&samples(percents.clone())).earliest_s();
            let mut more = percents;
            let at = at % more.len();
            more[at] += 2.0;
            prop_assert!(reboot(&samples(more)).earliest_s() >= before);
        }
    }
}
