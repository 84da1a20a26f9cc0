//! Facts that a rule lacked, gathered so that they are told in a line for each cause.

use std::collections::{BTreeMap, BTreeSet};

use super::list;
use crate::model::{InterfaceName, NodeName};
use crate::rules::Report;

/// How many causes are told one by one.
const CAUSES: usize = 3;

/// Where one fact was lacking, and why.
#[derive(Debug)]
pub(in crate::rules) struct Lacking {
    fact: &'static str,
    by_cause: BTreeMap<(&'static str, String), BTreeSet<String>>,
}

impl Lacking {
    /// Nothing lacking yet; `fact` in words, such as "speed".
    pub(in crate::rules) fn new(fact: &'static str) -> Self {
        Self { fact, by_cause: BTreeMap::new() }
    }

    /// The fact is not known of an interface.
    pub(in crate::rules) fn interface(
        &mut self,
        node: &NodeName,
        interface: &InterfaceName,
        cause: impl Into<String>,
    ) {
        self.add("interfaces", cause.into(), format!("{node} {interface}"));
    }

    /// The fact is not known of a node.
    pub(in crate::rules) fn node(&mut self, node: &NodeName, cause: impl Into<String>) {
        self.add("nodes", cause.into(), node.to_string());
    }

    fn add(&mut self, noun: &'static str, cause: String, place: String) {
        self.by_cause.entry((noun, cause)).or_default().insert(place);
    }

    /// Tells the report, in a few lines at most.
    pub(in crate::rules) fn tell(self, report: &mut Report) {
        let others = self.by_cause.len().saturating_sub(CAUSES);
        for ((noun, cause), places) in self.by_cause.iter().take(CAUSES) {
            report.missing(self.line(noun, cause, places));
        }
        if others > 0 {
            let rest: BTreeSet<&String> = self.by_cause.values().skip(CAUSES).flatten().collect();
            let fact = self.fact;
            report.missing(format!("{fact}: not known for {others} more causes ({})", list(rest)));
        }
    }

    fn line(&self, noun: &str, cause: &str, places: &BTreeSet<String>) -> String {
        let fact = self.fact;
        let plural = fact.ends_with('s') && !fact.ends_with("ss");
        let verb = if plural { "are" } else { "is" };
        let names = list(places);
        match places.len() {
            1 => format!("{fact} of {names} {verb} not known: {cause}"),
            count => format!("{fact} of {count} {noun} {verb} not known ({names}): {cause}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(lacking: Lacking) -> Vec<String> {
        let mut report = Report::default();
        lacking.tell(&mut report);
        report.missing
    }

    #[test]
    fn one_cause_is_one_line() {
        let mut lacking = Lacking::new("speed");
        lacking.interface(&"n3".into(), &"eth0".into(), "not told");
        assert_eq!(told(lacking), ["speed of n3 eth0 is not known: not told"]);
        let mut lacking = Lacking::new("error counters");
        for node in ["n1", "n2", "n3", "n4"] {
            lacking.interface(&node.into(), &"eth0".into(), "not told");
            lacking.interface(&node.into(), &"eth0".into(), "not told");
        }
        assert_eq!(
            told(lacking),
            ["error counters of 4 interfaces are not known \
              (n1 eth0, n2 eth0, n3 eth0 and n4 eth0): not told"]
        );
    }

    #[test]
    fn many_causes_are_cut() {
        let mut lacking = Lacking::new("IPv4 routes");
        for number in 1..=9 {
            lacking.node(&NodeName::new(format!("n{number}")), format!("errno {number}"));
        }
        let told = told(lacking);
        assert_eq!(told.len(), 4);
        assert_eq!(told[3], "IPv4 routes: not known for 6 more causes (n4, n5, n6 and 3 more)");
    }
}
