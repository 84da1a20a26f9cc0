//! Where, on a scale from easy to hard, something stops to hold.

/// Bounds are found to this relative precision.
const PRECISION: f64 = 1e-3;
/// Each step of the search for a bracket.
const STRIDE: f64 = 4.0;
/// A bound counts when values that are easier by these factors hold as well.
const MARGINS: [f64; 5] = [1.01, 1.03, 1.1, 1.3, 2.0];
/// So often a bound is given up for an easier one.
const RESTARTS: u32 = 8;

/// Positive values from an easy end to a hard one; either may be the larger.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scale {
    pub(super) easy: f64,
    pub(super) hard: f64,
}

/// A value with what came of it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Tried<T> {
    pub(super) value: f64,
    pub(super) result: T,
}

/// Where it stops to hold.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Bound<T> {
    /// Between two values a thousandth apart.
    Between { holds: Tried<T>, fails: Tried<T> },
    /// It holds up to the hard end.
    Always(Tried<T>),
    /// It does not hold at the easy end.
    Never(Tried<T>),
}

impl Scale {
    /// A value easier by a factor.
    fn easier(self, value: f64, factor: f64) -> f64 {
        let factor = if self.easy > self.hard { factor } else { 1.0 / factor };
        self.clamp(value * factor)
    }

    /// A value harder by a factor.
    fn harder(self, value: f64, factor: f64) -> f64 {
        self.easier(value, 1.0 / factor)
    }

    fn clamp(self, value: f64) -> f64 {
        value.clamp(self.easy.min(self.hard), self.easy.max(self.hard))
    }

    fn is_end(value: f64, end: f64) -> bool {
        (value / end - 1.0).abs() < 1e-12
    }
}

/// Looks for the bound: steps away from `start` until it lies in between, halves the bracket, and
/// tries some easier values. Where one of those fails, the bound is looked for beyond it: so a
/// value that holds by chance, such as one where rounds happen to end well, is no answer. That is
/// done as long as `goes_on` says so.
///
/// # Errors
/// Those of `test`, which says whether a value holds and what comes of it.
pub(super) fn find<T, E>(
    scale: Scale,
    start: f64,
    mut test: impl FnMut(f64) -> Result<(bool, T), E>,
    goes_on: impl Fn() -> bool,
) -> Result<Bound<T>, E> {
    let mut at = scale.clamp(start);
    for _ in 0..RESTARTS {
        let bound = around(scale, at, &mut test)?;
        let Bound::Between { holds, .. } = &bound else { return Ok(bound) };
        if !goes_on() {
            return Ok(bound);
        }
        match first_failure(scale, holds.value, &mut test)? {
            None => return Ok(bound),
            Some(value) => at = value,
        }
    }
    around(scale, at, &mut test)
}

/// The bound next to a value.
fn around<T, E>(
    scale: Scale,
    start: f64,
    test: &mut impl FnMut(f64) -> Result<(bool, T), E>,
) -> Result<Bound<T>, E> {
    let mut now = run(start, test)?;
    let begins_well = now.0;
    let end = if begins_well { scale.hard } else { scale.easy };
    loop {
        if Scale::is_end(now.1.value, end) {
            return Ok(if begins_well { Bound::Always(now.1) } else { Bound::Never(now.1) });
        }
        let value = now.1.value;
        let next =
            if begins_well { scale.harder(value, STRIDE) } else { scale.easier(value, STRIDE) };
        let next = run(next, test)?;
        if next.0 != begins_well {
            let (holds, fails) = if begins_well { (now.1, next.1) } else { (next.1, now.1) };
            return narrow(holds, fails, test);
        }
        now = next;
    }
}

/// Halves a bracket on a logarithmic scale.
fn narrow<T, E>(
    mut holds: Tried<T>,
    mut fails: Tried<T>,
    test: &mut impl FnMut(f64) -> Result<(bool, T), E>,
) -> Result<Bound<T>, E> {
    while (holds.value / fails.value).ln().abs() > PRECISION {
        let (ok, tried) = run((holds.value * fails.value).sqrt(), test)?;
        *(if ok { &mut holds } else { &mut fails }) = tried;
    }
    Ok(Bound::Between { holds, fails })
}

/// The easiest of some easier values that does not hold.
fn first_failure<T, E>(
    scale: Scale,
    value: f64,
    test: &mut impl FnMut(f64) -> Result<(bool, T), E>,
) -> Result<Option<f64>, E> {
    for margin in MARGINS.iter().rev() {
        let (ok, tried) = run(scale.easier(value, *margin), test)?;
        if !ok {
            return Ok(Some(tried.value));
        }
    }
    Ok(None)
}

fn run<T, E>(
    value: f64,
    test: &mut impl FnMut(f64) -> Result<(bool, T), E>,
) -> Result<(bool, Tried<T>), E> {
    let (ok, result) = test(value)?;
    Ok((ok, Tried { value, result }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bound(scale: Scale, start: f64, holds: impl Fn(f64) -> bool) -> Bound<()> {
        find::<(), ()>(scale, start, |value| Ok((holds(value), ())), || true).unwrap()
    }

    const UP: Scale = Scale { easy: 1e12, hard: 1.0 };
    const DOWN: Scale = Scale { easy: 1.0, hard: 1e12 };

    #[test]
    fn finds_a_bound_from_either_side() {
        for start in [1.0, 900.0, 1234.0, 1235.0, 7e11, 1e13] {
            for (scale, is_min) in [(UP, true), (DOWN, false)] {
                let found = bound(scale, start, |it| (it >= 1234.5) == is_min);
                let Bound::Between { holds, fails } = found else { panic!("{found:?}") };
                assert!((holds.value / 1234.5 - 1.0).abs() < 1.1e-3, "{start}: {}", holds.value);
                assert!((fails.value / 1234.5 - 1.0).abs() < 1.1e-3, "{start}: {}", fails.value);
                assert_eq!(holds.value > fails.value, is_min);
            }
        }
    }

    #[test]
    fn every_and_no_value_are_answers() {
        assert!(matches!(bound(UP, 50.0, |_| true), Bound::Always(it) if it.value < 1.1));
        assert!(matches!(bound(UP, 50.0, |_| false), Bound::Never(it) if it.value > 9e11));
        assert!(matches!(bound(DOWN, 50.0, |_| true), Bound::Always(it) if it.value > 9e11));
        assert!(matches!(bound(DOWN, 50.0, |_| false), Bound::Never(it) if it.value < 1.1));
    }

    #[test]
    fn a_hole_above_the_bound_moves_it() {
        // holds from 100 on, but not from 105 to 120
        let found = bound(UP, 101.0, |it| it >= 100.0 && !(105.0..120.0).contains(&it));
        let Bound::Between { holds, .. } = found else { panic!("{found:?}") };
        assert!((holds.value / 120.0 - 1.0).abs() < 1.1e-3, "{}", holds.value);
    }

    #[test]
    fn without_leave_to_go_on_holes_are_not_looked_for() {
        let holds = |it: f64| Ok((it >= 100.0 && !(105.0..120.0).contains(&it), ()));
        let found = find::<(), ()>(UP, 101.0, holds, || false).unwrap();
        let Bound::Between { holds, .. } = found else { panic!("{found:?}") };
        assert!((holds.value / 100.0 - 1.0).abs() < 1.1e-3, "{}", holds.value);
    }

    #[test]
    fn takes_few_trials() {
        let mut count = 0;
        let found = find::<(), ()>(
            UP,
            1e6,
            |value| {
                count += 1;
                Ok((value >= 3e8, ()))
            },
            || true,
        );
        assert!(found.is_ok() && count <= 30, "{count}");
    }
}
