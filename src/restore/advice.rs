//! What to do about each job.

use crate::model::{Fate, JobAdvice, RestoreClass};

/// What to do about a job of a class that meets a fate.
pub(super) fn advice(class: RestoreClass, fate: Fate) -> JobAdvice {
    use RestoreClass as Class;
    match (class, fate) {
        (_, Fate::Kept | Fate::Untouched | Fate::Unchanged) | (Class::Queued, Fate::Stays) => {
            JobAdvice::Nothing
        }
        (_, Fate::Unspecified) => JobAdvice::Watch,
        (Class::FinishedSince, Fate::Cancelled | Fate::Failed) => JobAdvice::DoNotRequeue,
        (Class::FinishedSince, _) => JobAdvice::Hold,
        (Class::Vanished, Fate::Cancelled | Fate::Failed) => JobAdvice::LookFirst,
        (Class::Vanished, _) => JobAdvice::HoldAndLook,
        (Class::Queued, _) => JobAdvice::Requeue,
        (Class::Orphan, _) => JobAdvice::SubmitAgain,
        // What is kept ended by its record, and yet something of it ran.
        (Class::Forgotten | Class::Keep, _) => JobAdvice::TellOwner,
        (_, Fate::AbortedThenQueued) => JobAdvice::Nothing,
        (_, Fate::AbortedThenEither) => JobAdvice::Watch,
        _ => JobAdvice::RequeueFromStart,
    }
}
