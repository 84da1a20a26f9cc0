//! What holds for the events of any cluster; their text is tested where it is made.

use std::collections::BTreeMap;
use std::time::Duration;

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;
use crate::model::{FailbackPolicy, NodeName};
use crate::testkit::three_networks as nodes;

fn started(inventories: &[NodeInventory], hold_s: u32) -> Watch {
    let policy = Policy { failback: FailbackPolicy { hold_s }, ..Policy::default() };
    let mut watch = Watch::new(policy);
    assert!(matches!(watch.observe(inventories, Duration::ZERO)[..], [Event::Start(_)]));
    watch
}

proptest! {
    /// What events tell, one after the other, is the state; and the order of inventories does not
    /// matter.
    #[test]
    fn events_add_up_to_the_state(
        steps in vec((vec((1..5_u8, 0..3_usize), 0..6), 1..5_u8), 1..12),
        hold_s in 0..4_u32,
    ) {
        let policy = Policy { failback: FailbackPolicy { hold_s }, ..Policy::default() };
        let (mut watch, mut other) = (Watch::new(policy.clone()), Watch::new(policy));
        let mut known: BTreeMap<Vec<crate::model::Subnet>, NetworkStanding> = BTreeMap::new();
        for (second, (lost, number)) in steps.iter().enumerate() {
            let mut inventories = nodes(*number, lost);
            let now = Duration::from_secs(second as u64);
            let events = watch.observe(&inventories, now);
            inventories.reverse();
            prop_assert_eq!(&events, &other.observe(&inventories, now));
            for event in &events {
                match event {
                    Event::Start(start) => known.extend(start.networks.iter().map(|it| (it.subnets.clone(), it.clone()))),
                    Event::Network(change) => {
                        if let Some(before) = &change.before {
                            prop_assert_eq!(known.remove(&before.subnets), Some(before.clone()));
                        }
                        known.extend(change.after.iter().map(|it| (it.subnets.clone(), it.clone())));
                    }
                    _ => {}
                }
            }
            let plan = watch.plan().unwrap();
            let places = 0..plan.layout.networks.len();
            let present: Vec<NetworkStanding> = places.filter_map(|it| plan.standing(it)).collect();
            prop_assert_eq!(known.values().cloned().collect::<Vec<_>>(), present);
            prop_assert_eq!(watch.observe(&inventories, now), []);
        }
    }

    /// A hold takes a path from nobody who has one, and none lasts longer than the policy says.
    #[test]
    fn holds_part_nobody(steps in vec(vec((1..5_u8, 0..3_usize), 0..8), 1..10)) {
        let mut watch = started(&nodes(4, &[]), 2);
        for (second, lost) in steps.iter().enumerate() {
            let inventories = nodes(4, lost);
            watch.observe(&inventories, Duration::from_secs(second as u64));
            let plan = watch.plan().unwrap();
            let mut without = Watch::new(Policy::default());
            without.observe(&inventories, Duration::ZERO);
            let usual = without.plan().unwrap();
            for a in 1..=4 {
                for b in a + 1..=4 {
                    let (a, b) = (NodeName::new(format!("n{a}")), NodeName::new(format!("n{b}")));
                    let between = |plan| pairs::choice(plan, &a, &b).0.is_some();
                    prop_assert_eq!(between(plan), between(usual), "{} {}", a, b);
                }
            }
        }
    }
}
