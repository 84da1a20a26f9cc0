//! The bound of a quantity up to which a migration converges.

use std::cell::Cell;

use thiserror::Error;

use super::bound::{Bound, Scale, Tried, find};
use super::check::{BYTES_S, MOST_DOWNTIME_MS};
use super::key::{apply, present, written};
use super::policy::{self, Action};
use super::replayed::{Reach, Replayed};
use super::setup::SpecificationError;
use super::tried;
use super::wire::as_f64;
use crate::model::{Answer, Forecast, Goal, Key, Outcome, Solution, Specification, Trial};

/// Nobody waits for a full copy longer than a shift, 8 h.
const LONGEST_S: f64 = 8.0 * 3600.0;
/// A limit below a millisecond can't be set.
const LEAST_MS: f64 = 1.0;
/// No guest writes to more pages a second: 4 TB/s.
const MOST_WRITES_S: f64 = 1e9;
/// Less is idle.
const LEAST_WRITES_S: f64 = 0.1;

/// A downtime meets its limit when it is at most a tenth and a limiter's window longer, beside its
/// fixed part: the VMM estimates what is left from the bandwidth of its last window.
const OVERSHOOT: f64 = 1.1;
const WINDOW_MS: f64 = 100.0;

/// After so much work, in turns, a bound that was found is not doubted any more.
const MOST_EFFORT: u64 = 2_000_000;

/// Why no bound can be looked for.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum SolveError {
    /// The specification makes no sense.
    #[error(transparent)]
    Specification(#[from] SpecificationError),
    /// There is nothing to scale.
    #[error("{0} needs a VM that writes to its memory: give it a working set and a dirty rate")]
    NothingWritten(&'static str),
}

/// Looks for the bound of a quantity up to which a migration converges within its downtime limit,
/// to a thousandth, each value tried by a forecast of its own.
///
/// What [`apply`] says of each quantity holds. A working set is looked for between one page a group
/// and all memory but zero pages; a bandwidth from a full copy in 8 hours to 8 Tbit/s.
///
/// # Errors
/// When the specification makes no sense, or dirty rate or working set of an idle VM are asked for.
pub fn solve(spec: &Specification, goal: Goal) -> Result<Solution, SolveError> {
    let (key, now) = (goal.key(), present(spec, goal.key())?);
    let is_load = matches!(key, Key::DirtyRate | Key::WorkingSet);
    if is_load && present(spec, Key::DirtyRate)? <= 0.0 {
        return Err(SolveError::NothingWritten(goal.name()));
    }
    let answer = search(spec, key, scale(spec, key), now)?;
    Ok(Solution { goal, present: now, answer })
}

/// The values that are tried.
pub(super) fn scale(spec: &Specification, key: Key) -> Scale {
    let page = as_f64(spec.page_bytes);
    match key {
        Key::DowntimeLimit => Scale { easy: MOST_DOWNTIME_MS, hard: LEAST_MS },
        Key::DirtyRate => Scale { easy: LEAST_WRITES_S, hard: MOST_WRITES_S },
        Key::WorkingSet => {
            let room = spec.pages().saturating_sub(spec.zero_pages).max(written(spec));
            Scale { easy: as_f64(spec.groups.len() as u64) * page, hard: as_f64(room) * page }
        }
        _ => {
            let used = as_f64(spec.pages().saturating_sub(spec.zero_pages).max(1)) * page;
            Scale { easy: BYTES_S.1, hard: (used / LONGEST_S).max(BYTES_S.0) }
        }
    }
}

/// Looks for a bound on a scale, from a value on. What does not converge as far as a trial is
/// replayed counts as not converging.
pub(super) fn search(
    spec: &Specification,
    key: Key,
    scale: Scale,
    start: f64,
) -> Result<Answer, SpecificationError> {
    searched(spec, key, scale, start).map(|(answer, _)| answer)
}

/// The same with the work that it took, in turns.
pub(super) fn searched(
    spec: &Specification,
    key: Key,
    scale: Scale,
    start: f64,
) -> Result<(Answer, u64), SpecificationError> {
    let spent = Cell::new(0u64);
    let test = |value| {
        let new = apply(spec, key, value);
        let Replayed { forecast, effort } = tried(&new, Reach::TRIAL)?;
        spent.set(spent.get() + effort);
        Ok((suffices(&new, &forecast), forecast))
    };
    let bound = find(scale, start, test, || spent.get() < MOST_EFFORT)?;
    let answer = match bound {
        Bound::Between { holds, fails } => {
            Answer::Between { suffices: trial(holds), fails: trial(fails) }
        }
        Bound::Always(tried) => Answer::Always(trial(tried)),
        Bound::Never(tried) => Answer::Never(trial(tried)),
    };
    Ok((answer, spent.get()))
}

fn trial(tried: Tried<Forecast>) -> Trial {
    Trial { value: tried.value, forecast: tried.result }
}

/// Whether a VM is moved as its policy wants, within the downtime limit of the specification, or
/// else the longest that the policy comes to: a policy that raises its limit until it is met is
/// held to the limit that was asked for.
pub(super) fn suffices(spec: &Specification, forecast: &Forecast) -> bool {
    let limit = spec.downtime_limit_ms.unwrap_or_else(|| longest_limit(spec));
    let fixed = spec.fixed_downtime_ms.unwrap_or(0.0);
    forecast.outcome == Outcome::Converged
        && forecast.downtime_ms <= limit * OVERSHOOT + WINDOW_MS + fixed
}

fn longest_limit(spec: &Specification) -> f64 {
    let preset = policy::preset(spec);
    let steps = preset.steps.iter().map(|(_, action)| match action {
        Action::Limit(limit) => *limit,
        _ => 0.0,
    });
    let doubled = preset.doubling.map_or(0.0, |it| it.max_ms);
    steps.fold(preset.limit_ms.max(doubled), f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::migration::forecast;
    use crate::migration::samples::{busy, group, hopeless};
    use crate::model::StopPolicy;

    fn between(spec: &Specification, goal: Goal) -> (Trial, Trial) {
        let solution = solve(spec, goal).unwrap();
        let Answer::Between { suffices, fails } = solution.answer else {
            panic!("{:?}", solution.answer)
        };
        assert_eq!(suffices.forecast.outcome, Outcome::Converged);
        (suffices, fails)
    }

    #[test]
    fn every_answer_holds_when_planned_again() {
        for goal in Goal::ALL {
            // fewer writes than the link carries converge whatever they are spread over
            let specs = if goal == Goal::MaxWorkingSet {
                vec![hopeless()]
            } else {
                vec![busy(), hopeless()]
            };
            for spec in specs {
                let (good, bad) = between(&spec, goal);
                let again = apply(&spec, goal.key(), good.value);
                assert_eq!(forecast(&again).unwrap(), good.forecast, "{}", goal.name());
                let ratio = (good.value / bad.value).ln().abs();
                assert!(ratio > 0.0 && ratio <= 1.001e-3, "{}: {ratio}", goal.name());
                let beyond = apply(&spec, goal.key(), bad.value);
                assert!(!suffices(&beyond, &bad.forecast), "{}", goal.name());
            }
        }
    }

    /// It converges when the writes to pages that are not known dirty at the threshold are slower
    /// than the link.
    #[test]
    fn the_highest_dirty_rate_is_that_of_the_closed_form() {
        let spec = busy();
        let (good, _) = between(&spec, Goal::MaxDirtyRate);
        let link = crate::migration::samples::GIGABIT;
        let threshold = link * 0.3 / 4096.0;
        let expected = link / 4104.0 / (1.0 - threshold / 65_536.0);
        assert!((good.value / expected - 1.0).abs() < 0.1, "{} {expected}", good.value);
    }

    #[test]
    fn bounds_move_the_right_way() {
        let mut longer = busy();
        longer.downtime_limit_ms = Some(1000.0);
        let rate = |spec: &Specification| between(spec, Goal::MaxDirtyRate).0.value;
        assert!(rate(&longer) > rate(&busy()));
        let bandwidth = |spec: &Specification| between(spec, Goal::MinBandwidth).0.value;
        assert!(bandwidth(&longer) < bandwidth(&busy()));
        assert!(bandwidth(&hopeless()) > bandwidth(&busy()));
        let limit = |spec: &Specification| between(spec, Goal::MinDowntimeLimit).0.value;
        assert!(limit(&hopeless()) > limit(&busy()));
        assert!(limit(&hopeless()) > 300.0 && limit(&busy()) < 300.0);
    }

    #[test]
    fn the_bound_does_not_depend_on_the_present_value() {
        let from = |rate: f64| {
            let spec = apply(&busy(), Key::DirtyRate, rate);
            between(&spec, Goal::MaxDirtyRate).0.value
        };
        let (low, high) = (from(10.0), from(500_000.0));
        assert!((low / high - 1.0).abs() < 3e-3, "{low} {high}");
    }

    #[test]
    fn every_value_and_none_are_answers() {
        let mut small = busy();
        small.groups = vec![group(100, 5.0)];
        let answer = solve(&small, Goal::MaxDirtyRate).unwrap().answer;
        assert!(matches!(answer, Answer::Always(_)), "{answer:?}");
        let mut soon = busy();
        soon.time_limit_ms = Some(1.0);
        let answer = solve(&soon, Goal::MinDowntimeLimit).unwrap().answer;
        assert!(matches!(answer, Answer::Never(_)), "{answer:?}");
    }

    #[test]
    fn an_idle_vm_has_no_dirty_rate_to_raise() {
        let mut idle = busy();
        idle.groups.clear();
        let error = solve(&idle, Goal::MaxDirtyRate).unwrap_err();
        assert_eq!(error, SolveError::NothingWritten("max-dirty-rate"));
        assert!(solve(&idle, Goal::MinDowntimeLimit).is_ok());
        idle.ram_bytes = 0;
        assert!(matches!(
            solve(&idle, Goal::MaxDirtyRate),
            Err(SolveError::Specification(SpecificationError::Number { .. }))
        ));
    }

    #[test]
    fn a_policy_that_raises_its_limit_is_held_to_the_one_asked_for() {
        let mut spec = hopeless();
        spec.policy = Some(StopPolicy::Proxmox);
        spec.downtime_limit_ms = Some(100.0);
        let raised = forecast(&spec).unwrap();
        assert_eq!(raised.outcome, Outcome::Converged);
        assert!(raised.downtime_ms > 300.0 && !suffices(&spec, &raised));
        spec.downtime_limit_ms = None;
        assert!(suffices(&spec, &raised));
    }
}
