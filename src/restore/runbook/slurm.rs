//! Slurm: `StateSaveLocation` out of a backup.

use super::{guarded, step, typed};
use crate::model::{DuplicateRun, RestorePlan, RestoreShape, Site, SlurmConfig, Step, shell_word};

/// Identities on one command line.
const IDS: usize = 50;

/// The steps.
pub(super) fn steps(plan: &RestorePlan, site: &Site) -> Vec<Step> {
    let names = Names::of(site.slurm.as_ref());
    let mut steps = vec![before(plan)];
    if plan.shape == RestoreShape::FullSystem {
        steps.push(boot_without(&names));
    }
    steps.extend(stop(plan, &names));
    steps.push(keep_present(&names));
    steps.push(put_back(&names));
    steps.extend(first_job_id(plan));
    steps.push(partitions_down());
    steps.push(start(&names));
    steps.push(check(plan));
    steps.extend(hold(plan));
    steps.extend(start_others(plan, &names));
    steps.push(step(
        &names.primary,
        "Take State=DOWN out of slurm.conf again on every node that has the file, and run scontrol \
         reconfigure: waiting jobs start now.",
    ));
    steps
}

/// Names for commands; words in capitals where `slurm.conf` was not given.
struct Names {
    primary: String,
    others: Vec<String>,
    state: String,
    user: String,
}

impl Names {
    fn of(config: Option<&SlurmConfig>) -> Self {
        let mut hosts = config.into_iter().flat_map(|it| &it.controllers).map(|it| it.name.clone());
        let text = |value: Option<&String>, capitals: &str| {
            value.map_or_else(|| capitals.to_owned(), shell_word)
        };
        Self {
            primary: hosts.next().unwrap_or_else(|| "primary controller".to_owned()),
            others: hosts.collect(),
            state: text(
                config.and_then(|it| it.state_save_location.as_ref()),
                "STATE_SAVE_LOCATION",
            ),
            user: text(config.and_then(|it| it.user.as_ref()), "SLURM_USER"),
        }
    }

    /// The backup controllers as a place.
    fn backups(&self) -> String {
        if self.others.is_empty() {
            "each backup controller".to_owned()
        } else {
            self.others.join(", ")
        }
    }
}

fn before(plan: &RestorePlan) -> Step {
    let tasks = plan.stopped.tasks;
    guarded(
        "owners of the jobs that would be aborted agree; jobs go on while no slurmctld runs, so that \
         waiting for them costs nothing but time",
        step(
            "you",
            format!(
                "Keep this plan, and the output of squeue --json and sacct --json of now if a \
                 controller still answers. When nodes register, what runs without a record is \
                 aborted, on {tasks} hosts by these dumps."
            ),
        ),
    )
}

fn boot_without(names: &Names) -> Step {
    typed(
        &names.primary,
        "Restore the whole system, boot it to rescue mode, and keep slurmctld from starting by itself.",
        "systemctl disable slurmctld",
    )
}

fn stop(plan: &RestorePlan, names: &Names) -> Vec<Step> {
    let mut steps = Vec::new();
    if plan.shape == RestoreShape::HaCluster {
        steps.push(typed(
            &names.backups(),
            "Stop the backup controllers first, or one of them takes over.",
            "systemctl stop slurmctld",
        ));
    }
    steps.push(typed(
        &names.primary,
        "Stop the controller. Leave slurmd alone: stopping it is not needed, and jobs go on.",
        "systemctl stop slurmctld",
    ));
    steps
}

fn keep_present(names: &Names) -> Step {
    let Names { state, .. } = names;
    guarded(
        "no slurmctld runs anywhere: pgrep -x slurmctld finds none on any controller, and scontrol \
         ping says DOWN for each",
        typed(
            &names.primary,
            "Keep the present state beside, also if it is broken.",
            format!("cp -a {state} {state}.before-restore"),
        ),
    )
}

fn put_back(names: &Names) -> Step {
    let Names { state, user, .. } = names;
    guarded(
        "the copy is there, BACKUP holds job_state and node_state of one moment and of this cluster, \
         and the location is mounted",
        typed(
            &names.primary,
            "Put the backup in place of the present state.",
            format!("rsync -a --delete BACKUP/ {state}/\nchown -R {user}: {state}"),
        ),
    )
}

fn first_job_id(plan: &RestorePlan) -> Option<Step> {
    let (_, highest) = plan.reused_ids?;
    let next = highest.saturating_add(1);
    Some(typed(
        "slurm.conf",
        format!(
            "Begin new jobs above {highest}, the highest number that was given out: otherwise \
             accounting has two jobs of one number."
        ),
        format!("FirstJobId={next}"),
    ))
}

fn partitions_down() -> Step {
    step(
        "slurm.conf",
        "Set State=DOWN on every PartitionName line. A start takes the states of partitions from \
         here, so that nothing begins to run before it was looked at.",
    )
}

fn start(names: &Names) -> Step {
    guarded(
        "neither -c nor -R stands in the options of slurmctld: -c throws the restored state away, -R \
         takes the states of partitions from it",
        typed(
            &names.primary,
            "Start this controller alone.",
            "systemctl start slurmctld\nscontrol ping",
        ),
    )
}

/// Jobs that would run again.
fn hold(plan: &RestorePlan) -> Vec<Step> {
    let again: Vec<&DuplicateRun> = plan.duplicates.iter().filter(|job| job.by_itself).collect();
    if again.is_empty() {
        return Vec::new();
    }
    let ids: Vec<String> = again.iter().map(|job| shell_word(&job.id)).collect();
    let lines: Vec<String> =
        ids.chunks(IDS).map(|ids| format!("scontrol hold {}", ids.join(","))).collect();
    let jobs = typed(
        "any node",
        "Hold the jobs that finished since the backup, or may have, and would run again. Cancel them \
         or release them after a look at their output.",
        lines.join("\n"),
    );
    vec![guarded(
        "squeue shows them PENDING: a job can't be held before its nodes have registered",
        jobs,
    )]
}

fn check(plan: &RestorePlan) -> Step {
    typed(
        "any node",
        format!(
            "Wait until all nodes have registered, within SlurmdTimeout, and compare with the {} \
             jobs of this plan.",
            plan.jobs.len()
        ),
        "sinfo -N\nsqueue --all",
    )
}

fn start_others(plan: &RestorePlan, names: &Names) -> Option<Step> {
    (plan.shape == RestoreShape::HaCluster).then(|| {
        guarded(
            "scontrol ping says UP for the primary",
            typed(&names.backups(), "Start the backup controllers.", "systemctl start slurmctld"),
        )
    })
}
