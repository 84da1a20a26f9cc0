//! What becomes of running work while a service is away.

use super::lose::Setup;
use crate::model::service::{FailureMode, Interval, Loss, Quiet, Verdict, WorkNote, WorkPolicy};

/// What becomes of running work, and what is lost.
#[must_use]
pub(super) fn notes(
    setup: &Setup<'_>,
    (loss, verdict): (Loss, Verdict),
    outage_s: Option<Interval>,
) -> Vec<WorkNote> {
    if matches!(verdict, Verdict::Stays | Verdict::NotApplicable) {
        return vec![WorkNote::GoesOn];
    }
    let work = &setup.profile.work;
    let mut notes = vec![policy_note(setup)];
    if let Some(bears_s) = work.bears_s.filter(|_| work.on_loss == WorkPolicy::Continue) {
        notes.push(WorkNote::Bears { bears_s, outage_s });
    }
    let changes_hands = matches!(verdict, Verdict::Takeover | Verdict::Restart | Verdict::Never);
    if let Some(saved_every_s) = work.saved_every_s.filter(|_| changes_hands) {
        notes.push(WorkNote::Unsaved(saved_every_s));
    }
    let files_gone = loss.mode == FailureMode::Power || loss.mode == FailureMode::Both;
    let through_head = setup.service.is_some_and(|it| it.files_through_head == Some(true));
    if files_gone && through_head {
        notes.push(WorkNote::FilesGone);
    }
    if verdict == Verdict::Split || verdict == Verdict::FalseTakeover {
        notes.push(WorkNote::TwoActive);
    }
    notes
}

/// What the profile says, or the service where it differs: nodes that hold on or reboot.
fn policy_note(setup: &Setup<'_>) -> WorkNote {
    let work = &setup.profile.work;
    let holds = match work.on_loss {
        WorkPolicy::Reboot | WorkPolicy::HoldUntilQuiet => {
            setup.service.and_then(|it| it.run_to_completion)
        }
        _ => None,
    };
    let default = Quiet { threshold_percent: 1.0, span_s: 300.0 };
    match (work.on_loss, holds) {
        (_, Some(true)) | (WorkPolicy::HoldUntilQuiet, None) => {
            WorkNote::HoldsUntilQuiet(work.quiet.unwrap_or(default))
        }
        (_, Some(false)) => WorkNote::Reboots,
        _ => WorkNote::Told(work.detail.clone()),
    }
}
