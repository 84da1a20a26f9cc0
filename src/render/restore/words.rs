//! Words for classes, fates, advice and differences.

use crate::model::{
    Fate, JobAdvice, LogComparison, LogDifference, RestoreClass, RestorePlan, RestoreSystem, Work,
};
use crate::render::measure::whole;
use crate::render::text::{count, escaped};
use crate::restore::line;

/// Why a job is in its class.
pub(super) fn reason(class: RestoreClass) -> &'static str {
    match class {
        RestoreClass::Keep => "by the backup it had ended or was never submitted",
        RestoreClass::Match => "running by the backup, and running there",
        RestoreClass::Moved => "running by the backup, but on other nodes",
        RestoreClass::StartedSince => "waiting by the backup, and running",
        RestoreClass::Vanished => "running by the backup, but no node has it",
        RestoreClass::Queued => "waiting by the backup, and no node has it",
        RestoreClass::Orphan => "running without a record in the backup",
        RestoreClass::FinishedSince => "running or waiting by the backup, and ended since",
        RestoreClass::Forgotten => "not running, and without a record in the backup",
        RestoreClass::New => "submitted after the restore was complete",
        RestoreClass::Unspecified => "in a state of which the vendor says nothing",
    }
}

/// A fate in JSON.
pub(super) fn action(fate: Fate) -> &'static str {
    match fate {
        Fate::Unchanged => "unchanged",
        Fate::Kept => "kept",
        Fate::Stays => "stays",
        Fate::Cancelled => "cancelled",
        Fate::CancelledAndStopped => "cancelled_and_stopped",
        Fate::Stopped => "stopped",
        Fate::AbortedThenQueued => "aborted_then_queued",
        Fate::AbortedThenFailed => "aborted_then_failed",
        Fate::AbortedThenEither => "aborted_then_queued_or_failed",
        Fate::Requeued => "requeued",
        Fate::Failed => "failed",
        Fate::RequeuedOrFailed => "requeued_or_failed",
        Fate::Forgotten => "forgotten",
        Fate::Untouched => "untouched",
        Fate::Unspecified => "unspecified",
    }
}

/// A fate for people.
pub(super) fn fate(fate: Fate) -> &'static str {
    match fate {
        Fate::Unchanged => "unchanged",
        Fate::Kept => "goes on running",
        Fate::Stays => "goes on waiting, and runs",
        Fate::Cancelled => "cancelled",
        Fate::CancelledAndStopped => "cancelled, tasks stopped",
        Fate::Stopped => "tasks stopped",
        Fate::AbortedThenQueued => "aborted, runs again",
        Fate::AbortedThenFailed => "aborted, fails",
        Fate::AbortedThenEither => "aborted; runs again or fails, as its requeue flag says",
        Fate::Requeued => "runs again",
        Fate::Failed => "fails",
        Fate::RequeuedOrFailed => "runs again or fails, as its requeue flag says",
        Fate::Forgotten => "nothing is left of it",
        Fate::Untouched => "left alone",
        Fate::Unspecified => "unspecified by the vendor",
    }
}

/// Advice in JSON, and for people; none where there is nothing to do.
pub(super) fn advice(advice: JobAdvice) -> Option<(&'static str, &'static str)> {
    Some(match advice {
        JobAdvice::Nothing => return None,
        JobAdvice::Requeue => ("requeue", "requeue: it never ran"),
        JobAdvice::RequeueFromStart => (
            "requeue_from_start",
            "requeue: it was stopped and begins anew, or from its checkpoint",
        ),
        JobAdvice::LookFirst => ("look_first", "look at its output first: it may have finished"),
        JobAdvice::DoNotRequeue => ("do_not_requeue", "do not requeue: it finished since"),
        JobAdvice::Hold => ("hold", "hold at once: it finished since, and would run again"),
        JobAdvice::HoldAndLook => {
            ("hold_and_look", "hold at once and look: it may have finished, and would run again")
        }
        JobAdvice::SubmitAgain => ("submit_again", "have it submitted again: no record is left"),
        JobAdvice::TellOwner => ("tell_owner", "tell its owner: no record is left of what it did"),
        JobAdvice::Watch => ("watch", "see after the restore what became of it"),
    })
}

/// Core-hours, to a tenth.
pub(super) fn core_hours(work: Work) -> String {
    let least = if work.unmeasured > 0 { "at least " } else { "" };
    let tenths = work.core_s.saturating_mul(10).saturating_add(1800) / 3600;
    #[expect(clippy::cast_precision_loss, reason = "grouped for people")]
    let hours = whole((tenths / 10) as f64);
    format!("{least}{hours}.{} core-hours", tenths % 10)
}

/// Core-hours as a number, to a thousandth.
pub(super) fn hours(work: Work) -> f64 {
    let thousandths = work.core_s.saturating_mul(1000).saturating_add(1800) / 3600;
    #[expect(clippy::cast_precision_loss, reason = "rounded to a thousandth")]
    let hours = thousandths as f64 / 1000.0;
    hours
}

/// How many jobs meet one of these fates.
pub(super) fn jobs(plan: &RestorePlan, fates: &[Fate]) -> usize {
    plan.jobs.iter().filter(|job| fates.contains(&job.fate)).count()
}

/// How many jobs are cancelled.
pub(super) fn cancelled(plan: &RestorePlan) -> usize {
    jobs(plan, &[Fate::Cancelled, Fate::CancelledAndStopped])
}

/// What the restore does, in one line.
pub(super) fn verdict(plan: &RestorePlan) -> String {
    let stopped = count(usize::try_from(plan.stopped.tasks).unwrap_or(usize::MAX), "task");
    let lost = core_hours(plan.stopped);
    let twice = plan.duplicates.len();
    let twice = match (twice, plan.duplicates.iter().any(|job| job.by_itself)) {
        (0, _) => "none may run twice".to_owned(),
        (some, true) => format!("{} may run twice", count(some, "job")),
        (some, false) => format!("{} would repeat work if requeued", count(some, "job")),
    };
    if plan.system == RestoreSystem::HpcPack {
        let cancelled = count(cancelled(plan), "job");
        return format!(
            "restore mode will cancel {cancelled} and stop {stopped}: {lost} lost, {twice}"
        );
    }
    let kept = count(jobs(plan, &[Fate::Kept]), "job");
    format!(
        "starting from this backup keeps {kept} running and aborts {stopped}: {lost} lost, {twice}"
    )
}

/// What the comparison with a log says, in one line.
pub(super) fn compared(log: &LogComparison) -> String {
    let lines = count(log.found, "line");
    match log.differences.len() {
        0 => format!("the event log agrees with the prediction ({lines})"),
        some => format!("the event log differs in {} ({lines} of a restore)", count(some, "place")),
    }
}

/// The kind of a difference, its line if it has one, and it in words.
pub(super) fn difference(difference: &LogDifference) -> (&'static str, Option<usize>, String) {
    match difference {
        LogDifference::Missing { event } => ("missing", None, escaped(&line(event))),
        LogDifference::Unexpected { line, text } => ("unexpected", Some(*line), escaped(text)),
        LogDifference::Count { line, state, predicted, found } => {
            let text = format!("{found} {state} jobs were canceled, {predicted} predicted");
            ("count", Some(*line), text)
        }
        LogDifference::Order { line: at, event, after } => {
            let text = format!("{} stands behind {}", line(event), line(after));
            ("order", Some(*at), escaped(&text))
        }
    }
}
