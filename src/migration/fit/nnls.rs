//! Non-negative least squares (C. L. Lawson and R. J. Hanson, Solving Least Squares Problems, 1974,
//! chapter 23).

/// A column that is this much its neighbours' is not told apart from them.
const DEPENDENT: f64 = 1e-9;

/// The x ≥ 0 for which the sum of the columns, x of each, comes nearest to `target`.
///
/// Ends after three rounds for each column at the latest, with what it has then.
pub(super) fn solve(columns: &[Vec<f64>], target: &[f64]) -> Vec<f64> {
    let mut state = State { columns, target, values: vec![0.0; columns.len()], used: Vec::new() };
    let mut refused = Vec::new();
    for _ in 0..3 * columns.len() {
        let Some(next) = state.steepest(&refused) else { break };
        if state.take(next) { refused.clear() } else { refused.push(next) }
    }
    state.values
}

struct State<'a> {
    columns: &'a [Vec<f64>],
    target: &'a [f64],
    values: Vec<f64>,
    /// Columns that may differ from 0.
    used: Vec<usize>,
}

impl State<'_> {
    /// The unused column along which the distance falls most.
    fn steepest(&self, refused: &[usize]) -> Option<usize> {
        let left = self.left();
        let slack = 1e-12 * norm(self.target);
        let slope = |&it: &usize| dot(&self.columns[it], &left) / norm(&self.columns[it]);
        let free = 0..self.columns.len();
        free.filter(|it| !self.used.contains(it) && !refused.contains(it))
            .filter(|it| slope(it) > slack)
            .max_by(|a, b| slope(a).total_cmp(&slope(b)))
    }

    /// What the values do not explain yet.
    fn left(&self) -> Vec<f64> {
        let mut left = self.target.to_vec();
        for &it in &self.used {
            add(&mut left, -self.values[it], &self.columns[it]);
        }
        left
    }

    /// Uses one more column, and gives up those that would fall below 0. Whether that went well.
    fn take(&mut self, column: usize) -> bool {
        self.used.push(column);
        let mut is_new = true;
        while let Some(best) = self.least_squares() {
            if is_new && best.last().is_none_or(|it| *it <= 0.0) {
                break;
            }
            is_new = false;
            if best.iter().all(|it| *it > 0.0) {
                for (&place, value) in self.used.iter().zip(best) {
                    self.values[place] = value;
                }
                return true;
            }
            self.step(&best);
        }
        self.used.retain(|it| *it != column);
        self.values[column] = 0.0;
        false
    }

    /// Goes towards `best` until the first value is 0; that one is given up.
    fn step(&mut self, best: &[f64]) {
        let way = self.used.iter().zip(best).filter(|(_, best)| **best <= 0.0);
        let ratio = |(&it, &best): (&usize, &f64)| self.values[it] / (self.values[it] - best);
        let ratios: Vec<(f64, usize)> = way.map(|it| (ratio(it), *it.0)).collect();
        let Some(&(part, first)) = ratios.iter().min_by(|a, b| a.0.total_cmp(&b.0)) else { return };
        for (&it, best) in self.used.iter().zip(best) {
            self.values[it] += part * (best - self.values[it]);
        }
        self.values[first] = 0.0;
        for &it in &self.used {
            self.values[it] = self.values[it].max(0.0);
        }
        let values = &self.values;
        self.used.retain(|it| values[*it] > 0.0);
    }

    /// The values of the used columns that come nearest whatever their sign; none if the columns
    /// depend on each other. (Gram and Schmidt, each column twice.)
    fn least_squares(&self) -> Option<Vec<f64>> {
        let mut basis: Vec<Vec<f64>> = Vec::new();
        let mut upper: Vec<Vec<f64>> = Vec::new();
        for &it in &self.used {
            let mut rest = self.columns[it].clone();
            let mut parts = vec![0.0; basis.len()];
            for _ in 0..2 {
                for (part, along) in parts.iter_mut().zip(&basis) {
                    let more = dot(along, &rest);
                    *part += more;
                    add(&mut rest, -more, along);
                }
            }
            let length = norm(&rest);
            if length <= DEPENDENT * norm(&self.columns[it]) {
                return None;
            }
            for part in &mut rest {
                *part /= length;
            }
            parts.push(length);
            basis.push(rest);
            upper.push(parts);
        }
        let along = basis.iter().map(|it| dot(it, self.target)).collect();
        Some(back_substitute(&upper, along))
    }
}

/// Solves a triangle of equations, given by columns, from its last one.
fn back_substitute(upper: &[Vec<f64>], mut values: Vec<f64>) -> Vec<f64> {
    for place in (0..values.len()).rev() {
        values[place] /= upper[place][place];
        let value = values[place];
        for (other, part) in values.iter_mut().zip(&upper[place]).take(place) {
            *other -= value * part;
        }
    }
    values
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn norm(a: &[f64]) -> f64 {
    dot(a, a).sqrt().max(f64::MIN_POSITIVE)
}

fn add(to: &mut [f64], factor: f64, what: &[f64]) {
    for (to, what) in to.iter_mut().zip(what) {
        *to += factor * what;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(values: &[f64], expected: &[f64]) {
        let is_near = values.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-9);
        assert!(is_near && values.len() == expected.len(), "{values:?} is not {expected:?}");
    }

    #[test]
    fn what_is_positive_is_plain_least_squares() {
        near(&solve(&[vec![1.0, 0.0], vec![0.0, 2.0]], &[3.0, 4.0]), &[3.0, 2.0]);
        near(&solve(&[vec![1.0, 1.0, 1.0], vec![0.0, 1.0, 2.0]], &[1.0, 3.0, 5.0]), &[1.0, 2.0]);
    }

    #[test]
    fn what_would_be_negative_is_0() {
        near(&solve(&[vec![1.0, 1.0], vec![0.0, 1.0]], &[2.0, 1.0]), &[1.5, 0.0]);
        near(&solve(&[vec![1.0, 0.0]], &[-1.0, 0.0]), &[0.0]);
    }

    #[test]
    fn a_column_that_becomes_useless_is_given_up() {
        // The first column is steepest, the other two explain all.
        let columns = [vec![1.0, 1.0, 0.1], vec![1.0, 0.0, 0.0], vec![0.0, 1.0, 0.0]];
        near(&solve(&columns, &[2.0, 1.0, 0.0]), &[0.0, 2.0, 1.0]);
    }

    #[test]
    fn equal_columns_nothing_and_nonsense_come_to_an_end() {
        let twice = solve(&[vec![1.0, 2.0], vec![1.0, 2.0]], &[2.0, 4.0]);
        assert!((twice[0] + twice[1] - 2.0).abs() < 1e-9, "{twice:?}");
        near(&solve(&[], &[1.0]), &[]);
        near(&solve(&[vec![0.0, 0.0]], &[1.0, 1.0]), &[0.0]);
        assert_eq!(solve(&[vec![f64::NAN]], &[1.0]).len(), 1);
    }
}
