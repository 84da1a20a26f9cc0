//! ROL004 unsupported-role-value.

use super::entry;
use crate::model::{ProblemKind, Severity};
use crate::rules::{Docs, Report, Rule, Site};

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "ROL004",
    name: "unsupported-role-value",
    severity: Severity::Error,
    docs: Docs {
        what: "The policy gives a network a role other than 0, 1 and 3.",
        why: "The role is ignored, and the network keeps its automatic one. Role 2 (clients only) \
              existed in MSCS; a network without internal traffic can't carry a heartbeat, so later \
              versions dropped it.",
        example: "The policy has role = 2 under [network.\"192.0.2.0/24\"].",
        remedy: "Write 3 (cluster and client), 1 (cluster) or 0 (none).",
        source: "Microsoft's description of the cluster network property Role.",
    },
    check,
};

fn check(site: &Site<'_>, report: &mut Report) {
    let is_own = |kind: &ProblemKind| matches!(kind, ProblemKind::Role(_));
    entry::tell_problems(site, report, is_own, |line| {
        format!("write role = 3 (cluster and client), 1 (cluster) or 0 (none) in {line}")
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Metric, Place, Policy, PolicyText, Problem, Role};
    use crate::rules::testing::{say, say_of_text};
    use crate::testkit::healthy;

    fn problem(subnet: &str, kind: ProblemKind) -> PolicyText {
        let key = format!("network.\"{subnet}\".role");
        let place = Place { line: 7, column: 8 };
        PolicyText { problems: vec![Problem { place, key, kind }], ..PolicyText::default() }
    }

    fn role(number: i64) -> ProblemKind {
        Role::try_from(number).unwrap_err().into()
    }

    #[test]
    fn fires_on_role_2_with_its_reason() {
        let text = problem("192.0.2.0/24", role(2));
        let said = say_of_text(&RULE, &healthy(2), (&Policy::default(), &text));
        let start = "@Cluster Network 3: 192.0.2.0/24 in the policy: role 2 (clients only)";
        assert!(said.one().starts_with(start), "{}", said.one());
    }

    #[test]
    fn fires_on_any_other_number_and_on_absent_networks() {
        let text = problem("10.9.9.0/24", role(4));
        let said = say_of_text(&RULE, &healthy(2), (&Policy::default(), &text));
        let start = ": 10.9.9.0/24 in the policy: role 4 does not exist";
        assert!(said.one().starts_with(start), "{}", said.one());
    }

    #[test]
    fn is_silent_on_roles_that_exist_and_on_other_problems() {
        say(&RULE, &healthy(2)).silent();
        let text = problem("192.0.2.0/24", Metric::try_from(0).unwrap_err().into());
        say_of_text(&RULE, &healthy(2), (&Policy::default(), &text)).silent();
        for number in [0, 1, 3] {
            assert!(Role::try_from(number).is_ok(), "no problem, so no finding");
        }
    }
}
