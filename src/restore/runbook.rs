//! The steps of a restore, in order.

mod slurm;
mod windows;
mod windows_after;

use crate::model::{RestorePlan, RestoreSystem, Site, Step};

/// The steps for a plan at a site.
pub(super) fn steps(plan: &RestorePlan, site: &Site) -> Vec<Step> {
    match plan.system {
        RestoreSystem::HpcPack => {
            let mut steps = windows::steps(plan, site);
            steps.extend(windows_after::steps(plan, site));
            steps
        }
        RestoreSystem::Slurm => slurm::steps(plan, site),
    }
}

/// A step of words alone.
fn step(place: &str, text: impl Into<String>) -> Step {
    Step { place: place.to_owned(), text: text.into(), command: None, guard: None }
}

/// A step with commands to type, one on each line.
fn typed(place: &str, text: impl Into<String>, command: impl Into<String>) -> Step {
    Step { command: Some(command.into()), ..step(place, text) }
}

/// The step, with what must hold before it.
fn guarded(guard: impl Into<String>, step: Step) -> Step {
    Step { guard: Some(guard.into()), ..step }
}
