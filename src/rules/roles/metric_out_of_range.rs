//! ROL007 metric-out-of-range.

use super::entry;
use crate::model::{ProblemKind, Severity};
use crate::rules::{Docs, Report, Rule, Site};

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "ROL007",
    name: "metric-out-of-range",
    severity: Severity::Error,
    docs: Docs {
        what: "The policy gives a network a metric below 1 or above 268435455 (0x0FFFFFFF).",
        why: "The metric is ignored, and the network keeps its automatic one, which may send CSV and \
              live migration over another network than was meant.",
        example: "The policy has metric = 0 under [network.\"10.0.1.0/24\"].",
        remedy: "Write a number from 1 to 268435455, or leave the metric out.",
        source: "Microsoft's description of the cluster network property Metric.",
    },
    check,
};

fn check(site: &Site<'_>, report: &mut Report) {
    let is_own = |kind: &ProblemKind| matches!(kind, ProblemKind::Metric(_));
    entry::tell_problems(site, report, is_own, |line| {
        format!("write a number from 1 to 268435455 in {line}, or take it out for auto")
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Metric, Place, Policy, PolicyText, Problem, RoleError};
    use crate::rules::testing::{say, say_of_text};
    use crate::testkit::healthy;

    fn said(kind: ProblemKind) -> crate::rules::testing::Said {
        let key = "network.\"10.0.1.0/24\".metric".to_owned();
        let place = Place { line: 3, column: 10 };
        let problems = vec![Problem { place, key, kind }];
        let text = PolicyText { problems, ..PolicyText::default() };
        say_of_text(&RULE, &healthy(2), (&Policy::default(), &text))
    }

    #[test]
    fn fires_at_both_ends() {
        for (number, text) in [(0, "0"), (268_435_456, "268435456"), (-7, "-7")] {
            let said = said(Metric::try_from(number).unwrap_err().into());
            assert_eq!(
                said.one(),
                format!(
                    "@Cluster Network 2: 10.0.1.0/24 in the policy: metric {text} is outside 1 to \
                     268435455"
                )
            );
        }
    }

    #[test]
    fn is_silent_inside_the_range_and_on_other_problems() {
        say(&RULE, &healthy(2)).silent();
        assert!(Metric::try_from(1).is_ok() && Metric::try_from(268_435_455).is_ok());
        said(ProblemKind::Role(RoleError::ClientsOnly)).silent();
    }
}
