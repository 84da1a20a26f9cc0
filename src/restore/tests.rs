//! Every class under every system's rules, and properties of whole plans.

use proptest::prelude::*;

use super::testing::{job, task};
use super::*;
use crate::model::{JobAdvice, JobState, RestoreEvent, RestoreSystem};

const HPC: RestoreSystem = RestoreSystem::HpcPack;
const SLURM: RestoreSystem = RestoreSystem::Slurm;

fn tables<'a>(jobs: &'a [BatchJob], live: &'a [BatchTask]) -> Tables<'a> {
    Tables { jobs, tasks: &[], live, seen: &[], restored_at: None, requeue: None }
}

fn planned(system: RestoreSystem, tables: &Tables<'_>) -> RestorePlan {
    plan((system, RestoreShape::SingleHead), tables, &Site::default())
}

fn one(system: RestoreSystem, record: Option<BatchJob>, live: Option<BatchTask>) -> JobFate {
    let (jobs, live) =
        (record.into_iter().collect::<Vec<_>>(), live.into_iter().collect::<Vec<_>>());
    planned(system, &tables(&jobs, &live)).jobs.remove(0)
}

#[test]
fn each_class_meets_its_fate() {
    use JobState::{Draft, Finished, Queued, Running};
    use RestoreClass as C;
    let record = |state, host| Some(job("7", state, host));
    let live = |node, state| Some(task("7", "1", node, state));
    let cases = [
        (record(Finished, None), None, C::Keep, Fate::Unchanged, Fate::Unchanged),
        (record(Draft, None), None, C::Keep, Fate::Unchanged, Fate::Unchanged),
        (record(Finished, None), live("a", Running), C::Keep, Fate::Stopped, Fate::Stopped),
        (
            record(Running, Some("a")),
            live("a", Running),
            C::Match,
            Fate::CancelledAndStopped,
            Fate::Kept,
        ),
        (
            record(Running, None),
            live("a", Running),
            C::Match,
            Fate::CancelledAndStopped,
            Fate::Kept,
        ),
        (
            record(Running, Some("node1")),
            live("node10", Running),
            C::Moved,
            Fate::CancelledAndStopped,
            Fate::AbortedThenEither,
        ),
        (
            record(Queued, None),
            live("a", Running),
            C::StartedSince,
            Fate::CancelledAndStopped,
            Fate::AbortedThenQueued,
        ),
        (record(Running, Some("a")), None, C::Vanished, Fate::Cancelled, Fate::RequeuedOrFailed),
        (record(Queued, None), None, C::Queued, Fate::Cancelled, Fate::Stays),
        (None, live("a", Running), C::Orphan, Fate::Stopped, Fate::Stopped),
        (
            record(Running, Some("a")),
            live("a", Finished),
            C::FinishedSince,
            Fate::Cancelled,
            Fate::RequeuedOrFailed,
        ),
        (record(Queued, None), live("a", Finished), C::FinishedSince, Fate::Cancelled, Fate::Stays),
        (None, live("a", Finished), C::Forgotten, Fate::Forgotten, Fate::Forgotten),
    ];
    for (record, live, class, windows, slurm) in cases {
        for (system, fate) in [(HPC, windows), (SLURM, slurm)] {
            let found = one(system, record.clone(), live.clone());
            assert_eq!((found.class, found.fate), (class, fate), "{system:?} {record:?} {live:?}");
        }
    }
}

#[test]
fn states_without_a_rule_stay_unspecified() {
    use JobState::{Canceling, ExternalValidation, Failed, Finishing, Unknown};
    for state in [ExternalValidation, Finishing, Failed, Canceling] {
        let found = one(HPC, Some(job("7", state, None)), None);
        assert_eq!(found.class, RestoreClass::Unspecified, "{state:?}");
        assert_eq!(found.advice, JobAdvice::Watch);
    }
    assert_eq!(one(SLURM, Some(job("7", Failed, None)), None).class, RestoreClass::Keep);
    assert_eq!(one(SLURM, Some(job("7", Unknown, None)), None).class, RestoreClass::Unspecified);
}

#[test]
fn what_was_submitted_after_the_restore_is_left_alone() {
    let mut old = job("7", JobState::Running, Some("a"));
    old.submitted = Some(99);
    let mut new = job("8", JobState::Running, Some("a"));
    new.submitted = Some(100);
    let seen = [old, new];
    let live: Vec<BatchTask> = ["7", "8"].map(|id| task(id, "1", "a", JobState::Running)).into();
    for system in [HPC, SLURM] {
        let with = |restored_at| {
            let tables = Tables { seen: &seen, restored_at, ..tables(&[], &live) };
            planned(system, &tables).jobs.iter().map(|it| it.class).collect::<Vec<_>>()
        };
        assert_eq!(with(Some(100)), [RestoreClass::Orphan, RestoreClass::New]);
        assert_eq!(with(None), [RestoreClass::Orphan, RestoreClass::Orphan]);
        let tables = Tables { seen: &seen, restored_at: Some(100), ..tables(&[], &live) };
        assert_eq!(planned(system, &tables).stopped.tasks, 1);
    }
}

#[test]
fn a_requeue_flag_decides_between_running_again_and_failing() {
    let mut record = job("7", JobState::Running, Some("a"));
    let found = |record: &BatchJob, default| {
        let jobs = [record.clone()];
        let tables = Tables { requeue: default, ..tables(&jobs, &[]) };
        let plan = planned(SLURM, &tables);
        (plan.jobs[0].fate, plan.duplicates.len())
    };
    assert_eq!(found(&record, None), (Fate::RequeuedOrFailed, 1));
    assert_eq!(found(&record, Some(false)), (Fate::Failed, 0));
    record.requeue = Some(true);
    assert_eq!(found(&record, Some(false)), (Fate::Requeued, 1));
}

#[test]
fn only_tasks_without_a_record_have_a_line_of_their_own() {
    let jobs = [job("12", JobState::Running, None), job("9", JobState::Finished, None)];
    let known = [task("12", "1", "a", JobState::Running)];
    let live = [
        task("27", "137.10", "b", JobState::Running),
        task("27", "137.9", "b", JobState::Running),
        task("12", "1", "a", JobState::Running),
        task("12", "2", "a", JobState::Running),
        task("9", "1", "a", JobState::Running),
        task("28", "1", "a", JobState::Finished),
    ];
    let orphans = |tasks| {
        let plan = planned(HPC, &Tables { tasks, ..tables(&jobs, &live) });
        let of = |event: &RestoreEvent| match event {
            RestoreEvent::Orphan { job, task, .. } => Some(format!("{job}.{task}")),
            _ => None,
        };
        plan.events.iter().filter_map(of).collect::<Vec<_>>()
    };
    assert_eq!(orphans(&[]), ["27.137.9", "27.137.10"]);
    assert_eq!(orphans(&known), ["12.2", "27.137.9", "27.137.10"]);
}

#[test]
fn work_is_counted_where_it_is_known() {
    let jobs = [job("1", JobState::Running, None)];
    let mut blind = task("1", "2", "b", JobState::Running);
    blind.cores = None;
    let live = [task("1", "1", "a", JobState::Running), blind];
    let stopped = planned(HPC, &tables(&jobs, &live)).stopped;
    assert_eq!(stopped, Work { tasks: 2, core_s: 36_000, unmeasured: 1 });
    let mut huge = task("1", "1", "a", JobState::Running);
    (huge.cores, huge.elapsed_s) = (Some(u64::MAX), Some(u64::MAX));
    assert!(planned(HPC, &tables(&[], &[huge.clone(), huge])).stopped.core_s > 0);
}

#[test]
fn numbers_that_would_be_given_out_again_are_told() {
    let jobs = [job("20", JobState::Queued, None)];
    let live = [task("27", "1", "a", JobState::Running)];
    assert_eq!(planned(HPC, &tables(&jobs, &live)).reused_ids, Some((20, 27)));
    assert_eq!(planned(HPC, &tables(&jobs, &[])).reused_ids, None);
}

#[test]
fn a_backup_that_is_older_than_all_that_runs_is_told() {
    let queued = job("20", JobState::Queued, None);
    let running = job("21", JobState::Running, Some("a"));
    let live = |id: &str| task(id, "1", "a", JobState::Running);
    let is_older = |jobs: &[BatchJob], live: &[BatchTask]| {
        planned(HPC, &tables(jobs, live)).is_older_than_all_work()
    };
    assert!(is_older(std::slice::from_ref(&queued), &[live("20")]));
    assert!(is_older(std::slice::from_ref(&running), &[live("27")]));
    assert!(!is_older(&[queued.clone(), running.clone()], &[live("20"), live("21")]));
    assert!(!is_older(&[queued, running], &[]));
}

#[test]
fn a_step_that_destroys_has_a_guard() {
    let site = Site { azure: true, wcf: true, ..Site::default() };
    let jobs = [job("1", JobState::Running, None)];
    for system in [HPC, SLURM] {
        for (_, shape) in RestoreShape::ALL {
            let steps = plan((system, shape), &tables(&jobs, &[]), &site).runbook;
            for step in &steps {
                let command = step.command.as_deref().unwrap_or_default();
                let destroys = ["shutdown", "Delete(", "rsync", "Stop-HpcJob", "Submit-HpcJob"];
                let says = ["Restore the HPC databases", "Restore the whole system with"];
                let is_one = destroys.iter().any(|it| command.contains(it))
                    || says.iter().any(|it| step.text.starts_with(it));
                assert!(!is_one || step.guard.is_some(), "{step:?}");
            }
            let sets_key = steps.iter().filter(|it| {
                let command = it.command.as_deref().unwrap_or_default();
                command.contains("-Restore:") && command.contains("-RestoreMode:")
            });
            assert_eq!(sets_key.count(), usize::from(system == HPC));
        }
    }
}

#[test]
fn branches_are_taken_only_where_they_are_asked_for() {
    let all = Site { azure: true, wcf: true, head_runs_compute: true, ..Site::default() };
    let text = |site: &Site| {
        let steps = plan((HPC, RestoreShape::HaCluster), &tables(&[], &[]), site).runbook;
        format!("{steps:?}")
    };
    let (with, without) = (text(&all), text(&Site::default()));
    for word in ["Management Portal", "*hpc*re*", "clusrun /nodes:NODES"] {
        assert!(with.contains(word) && !without.contains(word), "{word}");
    }
    assert!(without.contains("\"clusrun /all shutdown -r\""));
}

fn states() -> impl Strategy<Value = JobState> {
    use JobState::{
        Canceled, Canceling, Draft, ExternalValidation, Failed, Finished, Finishing, Held, Queued,
        Running, Submitted, Suspended, Unknown, Validating,
    };
    prop::sample::select(vec![
        Draft,
        Submitted,
        Validating,
        ExternalValidation,
        Queued,
        Held,
        Running,
        Suspended,
        Finishing,
        Canceling,
        Finished,
        Failed,
        Canceled,
        Unknown,
    ])
}

fn ids() -> impl Strategy<Value = String> {
    (0..12_u8).prop_map(|it| it.to_string())
}

fn nodes() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["node1", "node10", "node2"])
}

fn some_jobs() -> impl Strategy<Value = Vec<BatchJob>> {
    let job = (ids(), states(), prop::option::of(nodes()))
        .prop_map(|(id, state, host)| job(&id, state, host));
    prop::collection::vec(job, 0..16).prop_map(|mut jobs| {
        let mut seen = std::collections::BTreeSet::new();
        jobs.retain(|job| seen.insert(job.id.clone()));
        jobs
    })
}

fn some_tasks() -> impl Strategy<Value = Vec<BatchTask>> {
    let task = (ids(), 0..3_u8, nodes(), states())
        .prop_map(|(id, number, node, state)| task(&id, &number.to_string(), node, state));
    prop::collection::vec(task, 0..24)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn every_job_is_in_one_class_whatever_the_order(
        jobs in some_jobs(),
        known in some_tasks(),
        live in some_tasks(),
        windows in any::<bool>(),
        seed in any::<u64>(),
    ) {
        let system = if windows { HPC } else { SLURM };
        let all = Tables { tasks: &known, ..tables(&jobs, &live) };
        let plan = planned(system, &all);
        let mut expected: Vec<&str> = jobs.iter().map(|it| it.id.as_str()).collect();
        expected.extend(live.iter().map(|it| it.job.as_str()));
        expected.sort_by_key(|id| order::key(id));
        expected.dedup();
        prop_assert_eq!(plan.jobs.iter().map(|it| it.id.as_str()).collect::<Vec<_>>(), expected);
        let mut dice = fastrand::Rng::with_seed(seed);
        let (mut jobs, mut known, mut live) = (jobs.clone(), known.clone(), live.clone());
        dice.shuffle(&mut jobs);
        dice.shuffle(&mut known);
        dice.shuffle(&mut live);
        let shuffled = planned(system, &Tables { tasks: &known, ..tables(&jobs, &live) });
        prop_assert_eq!(&plan, &shuffled);
        let counted: u64 = plan.events.iter().map(|it| match it {
            RestoreEvent::Cancelled { count, .. } => *count,
            _ => 0,
        }).sum();
        let cancelled = plan.jobs.iter().filter(|it| {
            matches!(it.fate, Fate::Cancelled | Fate::CancelledAndStopped)
        });
        if windows {
            prop_assert_eq!(counted, u64::try_from(cancelled.count()).unwrap());
            let log: Vec<String> = plan.events.iter().map(line).collect();
            prop_assert_eq!(compare(&plan.events, &log.join("\n")).differences, []);
        }
    }
}
