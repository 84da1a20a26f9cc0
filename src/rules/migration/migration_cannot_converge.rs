//! MIG006 migration-cannot-converge.

use crate::model::Severity;
use crate::rules::{Docs, Report, Rule, Site};

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "MIG006",
    name: "migration-cannot-converge",
    severity: Severity::Warning,
    docs: Docs {
        what: "A declared virtual machine writes memory faster than the network that live migration \
               takes first can copy it, so that its migration does not end within its limits. It \
               needs the migration simulator and is not judged without it.",
        why: "Draining a node then takes for ever, or the hypervisor pauses the machine for longer \
              than its users bear.",
        example: "A database writes 2 GB/s of its memory, and migration goes over 10 Gbit/s.",
        remedy: "Move live migration to a faster network, or migrate the machine with post-copy or \
                 auto-converge.",
        source: "The stop rule of QEMU's pre-copy migration.",
    },
    check,
};

fn check(_site: &Site<'_>, report: &mut Report) {
    report.missing(
        "it waits for the migration simulator, and the policy can't declare virtual machines yet",
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::say;
    use crate::testkit::healthy;

    #[test]
    fn says_that_it_is_not_judged() {
        let said = say(&RULE, &healthy(2));
        assert!(said.found.is_empty());
        assert!(said.missing[0].contains("migration simulator"), "{:?}", said.missing);
    }
}
