//! `restore`.
#![expect(clippy::disallowed_methods, reason = "asks the clock where no dump tells the time")]

mod dumps;

use anyhow::bail;

use super::args::{Common, Restore, RestoreFormat, Times};
use super::output::{self, Outcome};
use crate::import::{Reading, read_batch, read_log};
use crate::model::{BatchTask, LogComparison, RestorePlan, RestoreSystem, Site, SlurmConfig};
use crate::render;
use crate::render::RestoreReport;
use crate::restore::{self, Tables};
use dumps::Dumps;

pub(super) fn run(common: &Common, arguments: &Restore) -> anyhow::Result<Outcome> {
    refuse_what_has_no_effect(arguments)?;
    let reading = reading(&arguments.times);
    let backup = Dumps::read(&arguments.backup, arguments.system, &reading)?;
    let live = Dumps::read(&arguments.live, arguments.system, &reading)?;
    backup.need_jobs()?;
    live.need_tasks(arguments.system)?;
    let slurm = slurm_conf(arguments, &reading)?;
    let mut notes: Vec<String> = [&backup, &live].iter().flat_map(|it| it.notes()).collect();
    notes.extend(slurm.iter().flat_map(|(_, notes)| notes.clone()));
    let site = Site {
        azure: arguments.azure,
        wcf: arguments.wcf,
        head_runs_compute: arguments.head_runs_compute,
        slurm: slurm.map(|(config, _)| config),
        now: arguments.times.now,
    };
    let plan = planned(arguments, (&backup, &live), &site);
    let log = compared(arguments, &plan)?;
    let report = RestoreReport { plan: &plan, log: log.as_ref(), notes: &notes };
    print(common, arguments.format, &report)?;
    let differs = log.is_some_and(|log| !log.differences.is_empty());
    Ok(if differs { Outcome::Found } else { Outcome::Done })
}

fn planned(arguments: &Restore, (backup, live): (&Dumps, &Dumps), site: &Site) -> RestorePlan {
    let clock = || jiff::Timestamp::now().as_second();
    let now = |taken_at: Option<i64>| arguments.times.now.or(taken_at).unwrap_or_else(clock);
    let mut tasks: Vec<BatchTask> = live.tasks().cloned().collect();
    // On Windows jobs have tasks of their own, which would be counted twice.
    let by_job = live.dumps.iter().filter(|_| arguments.system == RestoreSystem::Slurm);
    for dump in by_job {
        let now = now(dump.taken_at);
        tasks.extend(dump.jobs.iter().flat_map(|job| BatchTask::of_job(job, Some(now))));
    }
    dumps::keep_first(&mut tasks);
    let jobs: Vec<_> = backup.jobs().cloned().collect();
    let known: Vec<_> = backup.tasks().cloned().collect();
    let seen: Vec<_> = live.jobs().cloned().collect();
    // Slurm restarts jobs unless its configuration or the job says otherwise.
    let requeue = site.slurm.as_ref().map(|config| config.job_requeue.unwrap_or(true));
    let tables = Tables {
        jobs: &jobs,
        tasks: &known,
        live: &tasks,
        seen: &seen,
        restored_at: arguments.restored_at,
        requeue,
    };
    restore::plan((arguments.system, arguments.shape), &tables, site)
}

/// Options of the other system.
fn refuse_what_has_no_effect(arguments: &Restore) -> anyhow::Result<()> {
    let windows = [
        (arguments.azure, "--azure"),
        (arguments.wcf, "--wcf"),
        (arguments.head_runs_compute, "--head-runs-compute"),
        (arguments.verify.is_some(), "--verify"),
        (arguments.times.date_format.is_some(), "--date-format"),
        (arguments.times.timezone.is_some(), "--timezone"),
    ];
    let slurm = [(arguments.slurm_conf.is_some(), "--slurm-conf")];
    let (foreign, own): (&[(bool, &str)], _) = match arguments.system {
        RestoreSystem::Slurm => (&windows, RestoreSystem::HpcPack.name()),
        RestoreSystem::HpcPack => (&slurm, RestoreSystem::Slurm.name()),
    };
    match foreign.iter().find(|(is_given, _)| *is_given) {
        Some((_, "--verify")) => {
            bail!("--verify compares the events of restore mode, which only hpcpack-2008r2 logs")
        }
        Some((_, option)) => bail!("{option} has a meaning for --system {own} only: leave it out"),
        None => Ok(()),
    }
}

fn reading(times: &Times) -> Reading {
    let date_format = times.date_format.clone();
    match times.timezone.clone() {
        Some((zone, zone_name)) => Reading { zone, zone_name, date_format },
        None => Reading { date_format, ..Reading::default() },
    }
}

/// What `slurm.conf` says, and notes on it.
fn slurm_conf(
    arguments: &Restore,
    reading: &Reading,
) -> anyhow::Result<Option<(SlurmConfig, Vec<String>)>> {
    let Some(path) = &arguments.slurm_conf else { return Ok(None) };
    let dump = read_batch(path, reading)?;
    let Some(config) = dump.config else {
        bail!("{}: is {}, not slurm.conf", dump.origin, dump.format.name());
    };
    Ok(Some((config, dump.notes)))
}

fn compared(arguments: &Restore, plan: &RestorePlan) -> anyhow::Result<Option<LogComparison>> {
    let Some(path) = &arguments.verify else { return Ok(None) };
    let log = read_log(path)?;
    Ok(Some(restore::compare(&plan.events, &log)))
}

fn print(common: &Common, format: RestoreFormat, report: &RestoreReport<'_>) -> anyhow::Result<()> {
    let page = output::page(common.color);
    output::print(&match format {
        RestoreFormat::Table => render::restore_table(report, page),
        RestoreFormat::Json => render::json(&render::restore(report))?,
        RestoreFormat::Markdown => render::restore_markdown(report),
        RestoreFormat::Text => render::restore_text(report, page),
    })?;
    Ok(())
}
