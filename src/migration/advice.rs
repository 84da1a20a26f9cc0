//! The cheapest changes that make a migration converge.

use super::abilities;
use super::bound::Scale;
use super::forecast;
use super::key::{apply, present};
use super::policy;
use super::setup::SpecificationError;
use super::solve::{scale, search, suffices};
use crate::model::{
    Advice, Answer, AutoConverge, Change, Effort, Forecast, Key, Outcome, Postcopy, Specification,
    Trial,
};

/// How many changes are told.
const MOST: usize = 3;
/// Post-copy is asked for once memory has been copied in full.
const POSTCOPY_SYNC: u32 = 2;

/// So many steps of the second digit away from a bound, at most, is a value that is advised.
const MOST_STEPS: u32 = 4;

type Tried = Result<Option<Advice>, SpecificationError>;

/// The three cheapest changes, each alone, that make a migration converge within its downtime
/// limit, the cheapest first; none for one that converges.
///
/// The cost of a change is how often a quantity must double or halve, and what its kind costs
/// beside ([`Effort`]): a setting nothing, a slowed guest 1, a lighter guest 2, a faster network 3,
/// the risk of losing the VM 10. For auto-converge the quantity is the guest's processor time. Each
/// value is rounded to two digits, away from the bound, and planned again, and the next one too.
///
/// Not proposed are xbzrle, whose gain rests on how much of a page changes, which a dirty rate does
/// not tell, and multifd, which only helps where one thread does not fill the link.
///
/// # Errors
/// When the specification makes no sense.
pub fn advise(spec: &Specification) -> Result<Vec<Advice>, SpecificationError> {
    if forecast(spec)?.outcome == Outcome::Converged {
        return Ok(Vec::new());
    }
    let mut found: Vec<Advice> = Vec::new();
    for key in [Key::DowntimeLimit, Key::DirtyRate, Key::WorkingSet] {
        found.extend(set(spec, key)?);
    }
    found.extend(faster(spec)?);
    found.extend(auto_converge(spec)?);
    found.extend(postcopy(spec)?);
    found.sort_by(|a, b| a.cost.total_cmp(&b.cost));
    found.truncate(MOST);
    Ok(found)
}

/// What a kind of change costs whatever its size, in doublings.
fn base_cost(effort: Effort) -> f64 {
    match effort {
        Effort::Setting => 0.0,
        Effort::SlowedGuest => 1.0,
        Effort::LighterGuest => 2.0,
        Effort::Purchase => 3.0,
        Effort::Risk => 10.0,
    }
}

fn advice(change: Change, effort: Effort, doublings: f64, forecast: Forecast) -> Advice {
    Advice { change, effort, cost: base_cost(effort) + doublings, forecast }
}

/// Another value of a quantity, as little away from the present one as suffices.
fn set(spec: &Specification, key: Key) -> Tried {
    let from = present(spec, key)?;
    if from <= 0.0 && key != Key::DowntimeLimit {
        return Ok(None);
    }
    change(spec, key, from, scale(spec, key))
}

/// A higher limit of the VMM where the link allows it; else a faster link.
fn faster(spec: &Specification) -> Tried {
    let cap = present(spec, Key::Cap)?;
    let link = spec.link_bytes_s.unwrap_or(cap);
    if cap < link {
        let raised = change(spec, Key::Cap, cap, Scale { easy: link, hard: cap })?;
        if raised.is_some() {
            return Ok(raised);
        }
    }
    change(spec, Key::Bandwidth, link, scale(spec, Key::Bandwidth))
}

fn change(spec: &Specification, key: Key, from: f64, scale: Scale) -> Tried {
    let effort = match key {
        Key::DirtyRate | Key::WorkingSet => Effort::LighterGuest,
        Key::Bandwidth => Effort::Purchase,
        _ => Effort::Setting,
    };
    Ok(match search(spec, key, scale, from)? {
        Answer::Between { suffices, .. } => {
            let trial = rounded(spec, key, scale, suffices)?;
            let doublings = (trial.value / from.max(1.0)).log2().abs();
            let change = Change::Set { key, from, to: trial.value };
            Some(advice(change, effort, doublings, trial.forecast))
        }
        Answer::Always(_) | Answer::Never(_) => None,
    })
}

/// A value of two digits towards the easy end of its scale from one that suffices: the first that
/// suffices as well, and so does the next. Near the bound a page more or less may decide, so that a
/// value may do where one beyond it does not.
fn rounded(
    spec: &Specification,
    key: Key,
    scale: Scale,
    exact: Trial,
) -> Result<Trial, SpecificationError> {
    let digit = 10f64.powf(exact.value.log10().floor() - 1.0);
    let digits = exact.value / digit;
    let is_up = scale.easy > scale.hard;
    let mut before: Option<Trial> = None;
    for step in (0..=MOST_STEPS).map(f64::from) {
        let value = digit
            * if is_up {
                (digits.ceil() + step).min(scale.easy / digit)
            } else {
                digits.floor() - step
            };
        if !is_up && value < scale.easy {
            break;
        }
        let new = apply(spec, key, value);
        let forecast = forecast(&new)?;
        let is_enough = suffices(&new, &forecast);
        match before {
            Some(trial) if is_enough => return Ok(trial),
            _ => before = is_enough.then_some(Trial { value, forecast }),
        }
    }
    Ok(before.unwrap_or(exact))
}

/// QEMU slows the guest.
fn auto_converge(spec: &Specification) -> Tried {
    let new = Specification { auto_converge: Some(AutoConverge::default()), ..spec.clone() };
    if policy::preset(spec).auto_converge.is_some() || abilities::check(&new).is_err() {
        return Ok(None);
    }
    let forecast = forecast(&new)?;
    let throttle =
        forecast.rounds.iter().fold(0.0f64, |most, round| most.max(round.throttle_percent));
    let doublings = -(1.0 - throttle / 100.0).log2();
    Ok(suffices(&new, &forecast).then(|| {
        let change = Change::AutoConverge { throttle_percent: throttle };
        advice(change, Effort::SlowedGuest, doublings, forecast)
    }))
}

/// QEMU moves the VM before its memory, where the policy asks for it.
fn postcopy(spec: &Specification) -> Tried {
    let postcopy = Postcopy { after_iteration: POSTCOPY_SYNC, max_bandwidth_bytes_s: None };
    let new = Specification { postcopy: Some(postcopy), ..spec.clone() };
    if spec.postcopy.is_some() || abilities::check(&new).is_err() {
        return Ok(None);
    }
    let forecast = forecast(&new)?;
    Ok(suffices(&new, &forecast).then(|| advice(Change::Postcopy, Effort::Risk, 0.0, forecast)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::migration::samples::{busy, group, hopeless};
    use crate::model::Vmm;

    fn keys(advices: &[Advice]) -> Vec<&'static str> {
        let name = |change| match change {
            Change::Set { key, .. } => key.name(),
            Change::AutoConverge { .. } => "auto-converge",
            Change::Postcopy => "postcopy",
        };
        advices.iter().map(|it| name(it.change)).collect()
    }

    #[test]
    fn one_that_converges_needs_none_however_barely() {
        assert_eq!(advise(&busy()).unwrap(), []);
        let mut barely = busy();
        let solution = crate::migration::solve(&barely, crate::model::Goal::MinBandwidth).unwrap();
        let Answer::Between { suffices, .. } = solution.answer else { panic!() };
        barely = apply(&barely, Key::Bandwidth, suffices.value);
        assert_eq!(advise(&barely).unwrap(), []);
    }

    #[test]
    fn three_changes_are_told_the_cheapest_first_and_each_holds() {
        let spec = hopeless();
        let advices = advise(&spec).unwrap();
        assert_eq!(advices.len(), MOST);
        assert!(advices.windows(2).all(|pair| pair[0].cost <= pair[1].cost));
        for advice in &advices {
            assert_eq!(advice.forecast.outcome, Outcome::Converged);
            if let Change::Set { key, to, .. } = advice.change {
                assert_eq!(forecast(&apply(&spec, key, to)).unwrap(), advice.forecast);
            }
        }
    }

    #[test]
    fn a_value_that_is_told_is_round_and_so_does_one_beyond_it() {
        for writes in [40_000.0, 43_000.0, 61_000.0, 90_000.0] {
            let mut spec = hopeless();
            spec.groups = vec![group(150_000, writes)];
            for advice in advise(&spec).unwrap() {
                let Change::Set { key, from, to } = advice.change else { continue };
                let digit = 10f64.powf(to.log10().floor() - 1.0);
                assert!((to / digit - (to / digit).round()).abs() < 1e-9, "{to}");
                let beyond = apply(&spec, key, if to > from { to + digit } else { to - digit });
                assert!(suffices(&beyond, &forecast(&beyond).unwrap()), "{} {to}", key.name());
            }
        }
    }

    #[test]
    fn a_limit_below_the_link_is_raised_before_a_link_is_bought() {
        let mut spec = hopeless();
        spec.link_bytes_s = Some(1.17e9);
        spec.max_bandwidth_bytes_s = Some(134e6);
        let advices = advise(&spec).unwrap();
        assert_eq!(keys(&advices)[0], "max-bandwidth", "{:?}", keys(&advices));
        assert!(!keys(&advices).contains(&"bandwidth"));
        let Change::Set { from, to, .. } = advices[0].change else { panic!() };
        assert!(to > from && to <= 1.17e9);
        // two digits
        assert!((to / 1e7 - (to / 1e7).round()).abs() < 1e-9, "{to}");
    }

    #[test]
    fn a_limit_of_the_link_is_no_way_out() {
        let mut spec = hopeless();
        spec.link_bytes_s = Some(120e6);
        spec.max_bandwidth_bytes_s = Some(100e6);
        let faster = faster(&spec).unwrap().unwrap();
        assert_eq!(faster.effort, Effort::Purchase);
        let Change::Set { key: Key::Bandwidth, from, .. } = faster.change else { panic!() };
        assert!((from - 120e6).abs() < 1e-3);
    }

    #[test]
    fn what_a_vmm_does_not_offer_is_not_advised() {
        let mut spec = hopeless();
        spec.vmm = Vmm::CloudHypervisor;
        spec.time_limit_ms = Some(60_000.0);
        let names = keys(&advise(&spec).unwrap());
        assert!(!names.contains(&"auto-converge") && !names.contains(&"postcopy"), "{names:?}");
    }

    #[test]
    fn post_copy_is_named_when_all_else_is_dearer_than_its_risk() {
        // every page is written all the time, and hardly any downtime is allowed
        let mut spec = busy();
        spec.groups = vec![group(190_000, 1e9)];
        spec.downtime_limit_ms = Some(5.0);
        let advices = advise(&spec).unwrap();
        assert_eq!(keys(&advices)[0], "postcopy", "{advices:?}");
        assert_eq!(advices[0].effort, Effort::Risk);
        assert!(advices[1..].iter().all(|it| it.cost > advices[0].cost));
    }
}
