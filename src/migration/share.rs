//! How flows share links.

/// A flow over links.
#[derive(Clone, Debug, PartialEq)]
pub struct Flow<'a> {
    /// The links that it crosses, by their places among the capacities; unknown ones count not.
    pub links: &'a [usize],
    /// The most that it takes by itself, bytes a second; infinite for no limit.
    pub cap: f64,
}

/// What each flow gets when all share fairly: no flow can have more without another that has no
/// more than it having less (max-min fairness, which TCP flows of one kind come near to).
///
/// By progressive filling: all rates rise together, and a flow's rate stays where its cap or a link
/// of its is reached. Bytes a second, in the order of the flows. A capacity below 0 or that is no
/// number is none.
#[must_use]
pub fn max_min(flows: &[Flow<'_>], capacities: &[f64]) -> Vec<f64> {
    let mut filling = Filling::new(flows, capacities);
    let mut by_cap: Vec<usize> = (0..flows.len()).collect();
    by_cap.sort_by(|a, b| flows[*b].cap.total_cmp(&flows[*a].cap));
    loop {
        while by_cap.last().is_some_and(|flow| filling.rates[*flow].is_some()) {
            by_cap.pop();
        }
        let Some(&next) = by_cap.last() else { break };
        let cap = flows[next].cap.max(0.0);
        match filling.first_full() {
            Some((link, level)) if level < cap => filling.fill(flows, link, level),
            _ => filling.settle(flows, next, cap),
        }
    }
    filling.rates.into_iter().map(|rate| rate.unwrap_or(0.0)).collect()
}

/// Links while rates rise.
struct Filling {
    rates: Vec<Option<f64>>,
    links: Vec<Link>,
}

/// A link while rates rise.
#[derive(Clone, Debug, Default)]
struct Link {
    /// What flows that are settled leave.
    left: f64,
    /// Flows that still rise.
    rising: u32,
    flows: Vec<usize>,
}

impl Filling {
    fn new(flows: &[Flow<'_>], capacities: &[f64]) -> Self {
        let mut links: Vec<Link> =
            capacities.iter().map(|it| Link { left: it.max(0.0), ..Link::default() }).collect();
        for (number, flow) in flows.iter().enumerate() {
            for place in distinct(flow.links) {
                if let Some(link) = links.get_mut(place) {
                    link.rising += 1;
                    link.flows.push(number);
                }
            }
        }
        Self { rates: vec![None; flows.len()], links }
    }

    /// The link that is full first, and the rate of its flows then.
    fn first_full(&self) -> Option<(usize, f64)> {
        let rising = self.links.iter().enumerate().filter(|(_, link)| link.rising > 0);
        let levels = rising.map(|(place, link)| (place, link.left / f64::from(link.rising)));
        levels.min_by(|a, b| a.1.total_cmp(&b.1))
    }

    /// A link is full.
    fn fill(&mut self, flows: &[Flow<'_>], link: usize, level: f64) {
        for flow in std::mem::take(&mut self.links[link].flows) {
            if self.rates[flow].is_none() {
                self.settle(flows, flow, level);
            }
        }
    }

    /// A flow rises no further.
    fn settle(&mut self, flows: &[Flow<'_>], flow: usize, rate: f64) {
        self.rates[flow] = Some(rate);
        for place in distinct(flows[flow].links) {
            if let Some(link) = self.links.get_mut(place) {
                link.rising -= 1;
                if rate.is_finite() {
                    link.left = (link.left - rate).max(0.0);
                }
            }
        }
    }
}

/// Links of a flow, each once.
pub(super) fn distinct(links: &[usize]) -> impl Iterator<Item = usize> + '_ {
    let is_first = |(place, link): &(usize, &usize)| !links[..*place].contains(link);
    links.iter().enumerate().filter(is_first).map(|(_, link)| *link)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rates(flows: &[(&[usize], f64)], capacities: &[f64]) -> Vec<f64> {
        let flows: Vec<_> = flows.iter().map(|(links, cap)| Flow { links, cap: *cap }).collect();
        max_min(&flows, capacities)
    }

    const NONE: f64 = f64::INFINITY;

    #[test]
    fn one_link_is_shared_equally() {
        assert_eq!(rates(&[(&[0], NONE), (&[0], NONE)], &[10.0]), [5.0, 5.0]);
        assert_eq!(rates(&[], &[10.0]), Vec::<f64>::new());
    }

    #[test]
    fn what_a_capped_flow_leaves_goes_to_the_others() {
        assert_eq!(rates(&[(&[0], 2.0), (&[0], NONE), (&[0], NONE)], &[10.0]), [2.0, 4.0, 4.0]);
        assert_eq!(rates(&[(&[0], 2.0), (&[0], 3.0)], &[10.0]), [2.0, 3.0]);
    }

    /// Bertsekas and Gallager, Data Networks, section 6.5.2: five sessions over five nodes; links of
    /// capacity 1.
    #[test]
    fn the_textbook_example_comes_out() {
        let flows: [(&[usize], f64); 5] =
            [(&[0], NONE), (&[0, 1], NONE), (&[0, 1, 2], NONE), (&[2], NONE), (&[3], NONE)];
        let got = rates(&flows, &[1.0; 4]);
        let third = 1.0 / 3.0;
        for (rate, expected) in got.iter().zip([third, third, third, 2.0 * third, 1.0]) {
            assert!((rate - expected).abs() < 1e-12, "{got:?}");
        }
    }

    #[test]
    fn two_sources_to_one_target_are_held_by_the_target() {
        // links: NIC of each source, NIC of the target; two VMs of the first, one of the second
        let flows: [(&[usize], f64); 3] = [(&[0, 2], NONE), (&[0, 2], NONE), (&[1, 2], NONE)];
        assert_eq!(rates(&flows, &[4.0, 10.0, 10.0]), [2.0, 2.0, 6.0]);
        assert_eq!(rates(&flows, &[10.0, 10.0, 9.0]), [3.0, 3.0, 3.0]);
    }

    #[test]
    fn odd_input_has_an_answer() {
        assert_eq!(rates(&[(&[], 3.0), (&[7], 4.0), (&[], NONE)], &[]), [3.0, 4.0, NONE]);
        assert_eq!(rates(&[(&[0], NONE), (&[0, 0], NONE)], &[f64::NAN]), [0.0, 0.0]);
        assert_eq!(rates(&[(&[0, 0], NONE), (&[0], -1.0)], &[8.0]), [8.0, 0.0]);
        assert_eq!(rates(&[(&[0], NONE), (&[0], 1.0)], &[NONE]), [NONE, 1.0]);
    }

    type Case = (Vec<(Vec<usize>, f64)>, Vec<f64>);

    fn case() -> impl Strategy<Value = Case> {
        let links = prop::collection::vec(0..6usize, 1..4);
        let cap = prop_oneof![Just(NONE), 0.1..50.0f64];
        (prop::collection::vec((links, cap), 1..12), prop::collection::vec(1.0..100.0f64, 6))
    }

    fn solve((flows, capacities): &Case) -> Vec<f64> {
        let flows: Vec<_> = flows.iter().map(|(links, cap)| Flow { links, cap: *cap }).collect();
        max_min(&flows, capacities)
    }

    proptest! {
        #[test]
        fn no_link_and_no_flow_carries_too_much(case in case()) {
            let rates = solve(&case);
            for (place, capacity) in case.1.iter().enumerate() {
                let over = case.0.iter().zip(&rates).filter(|(flow, _)| flow.0.contains(&place));
                prop_assert!(over.map(|(_, rate)| rate).sum::<f64>() <= capacity * (1.0 + 1e-9));
            }
            for (flow, rate) in case.0.iter().zip(&rates) {
                prop_assert!(*rate >= 0.0 && *rate <= flow.1);
            }
        }

        /// Each flow is at its cap or has a full link on which none is faster: that is max-min
        /// fairness, and none can have more without another having less.
        #[test]
        fn every_flow_has_its_bottleneck(case in case()) {
            let rates = solve(&case);
            for (flow, rate) in case.0.iter().zip(&rates) {
                let is_held = flow.0.iter().any(|link| {
                    let on_link = case.0.iter().zip(&rates).filter(|(it, _)| it.0.contains(link));
                    let on_link: Vec<f64> = on_link.map(|(_, rate)| *rate).collect();
                    let is_full = on_link.iter().sum::<f64>() >= case.1[*link] * (1.0 - 1e-9);
                    is_full && on_link.iter().all(|other| *other <= rate * (1.0 + 1e-9))
                });
                prop_assert!(is_held || *rate >= flow.1 * (1.0 - 1e-9));
            }
        }

        #[test]
        fn the_order_of_flows_does_not_matter(case in case()) {
            let mut turned = case.clone();
            turned.0.reverse();
            let mut rates = solve(&turned);
            rates.reverse();
            for (a, b) in rates.iter().zip(solve(&case)) {
                prop_assert!((a - b).abs() <= 1e-9 * a.max(1.0));
            }
        }
    }
}
