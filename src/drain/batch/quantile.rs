//! Quantiles and moments of a distribution function.

use super::as_f64;

/// Steps of an integral.
const STEPS: usize = 64;

/// Where a distribution function that is 1 at its end reaches a chance, by bisection.
pub(super) fn quantile(over: impl Fn(f64) -> f64, end: f64, chance: f64) -> f64 {
    if over(0.0) >= chance {
        return 0.0;
    }
    let (mut low, mut high) = (0.0, end);
    for _ in 0..40 {
        let middle = f64::midpoint(low, high);
        if over(middle) >= chance {
            high = middle;
        } else {
            low = middle;
        }
    }
    high
}

/// Integral of a function from 0 to an end: by the midpoint rule, over points that lie closer
/// together near 0 (at the cubes of even steps), since most jobs are far shorter than the longest.
pub(super) fn integral(function: impl Fn(f64) -> f64, end: f64) -> f64 {
    let piece = |step: usize| {
        let place = (as_f64(step) + 0.5) / as_f64(STEPS);
        function(end * place.powi(3)) * 3.0 * place * place
    };
    (0..STEPS).map(piece).sum::<f64>() * end / as_f64(STEPS)
}

/// Mean of what a distribution function on 0 to an end tells: the integral of what is not over.
pub(super) fn mean(over: impl Fn(f64) -> f64, end: f64) -> f64 {
    let first = quantile(&over, end, 1e-9);
    first + integral(|s| 1.0 - over(first + s), end - first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_and_integrals_of_a_known_law() {
        let over = |s: f64| 1.0 - (-s).exp();
        assert!((quantile(over, 50.0, 0.5) - 2.0_f64.ln()).abs() < 1e-9);
        assert!(quantile(|_| 1.0, 50.0, 0.5).abs() < 1e-12);
        assert!((integral(|s| 1.0 - over(s), 50.0) - 1.0).abs() < 0.005);
        assert!((integral(|s| s * (1.0 - over(s)), 50.0) - 1.0).abs() < 0.005);
        assert!((mean(over, 50.0) - 1.0).abs() < 0.005);
        assert!((mean(|s| f64::from(u8::from(s >= 7.0)), 7.0) - 7.0).abs() < 1e-6);
        assert!(integral(|_| 1.0, 0.0).abs() < 1e-12);
    }
}
