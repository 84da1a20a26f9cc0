//! MIG006 migration-cannot-converge.

use crate::migration::{self, Cabling, Line, RatedNetwork};
use crate::model::{Forecast, Locus, Outcome, Place, Severity, Specification};
use crate::rules::phrase::network_word;
use crate::rules::{Docs, Report, Rule, Site};

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "MIG006",
    name: "migration-cannot-converge",
    severity: Severity::Warning,
    docs: Docs {
        what: "A virtual machine that the policy declares ([[vm]] with name, memory, working_set and \
               dirty_rate) or that a file specifies (validate --vms) writes memory faster than the network that live migration takes first can \
               copy it, so that its migration does not end within its limits: the migration is \
               replayed over the slowest pair of nodes of that network.",
        why: "Draining a node then takes for ever, or the hypervisor pauses the machine for longer \
              than its users bear.",
        example: "A database writes 2 GB/s of its memory, and migration goes over 10 Gbit/s.",
        remedy: "Move live migration to a faster network, or migrate the machine with post-copy or \
                 auto-converge; `netplan-cluster migrate` tells what would do.",
        source: "The stop rule of QEMU's pre-copy migration, replayed.",
    },
    check,
};

fn check(site: &Site<'_>, report: &mut Report) {
    let cabling = Cabling {
        layout: site.layout,
        assignment: site.assignment,
        inventories: &site.inventories,
    };
    if site.policy.vms.is_empty() && site.vms.is_empty() {
        report.missing("the policy declares no virtual machine ([[vm]])");
    }
    let declared = site.policy.vms.iter().map(|vm| (vm.specification(), Some(vm.place)));
    let imported = site.vms.iter().map(|spec| (spec.clone(), None));
    for (spec, place) in declared.chain(imported) {
        if let Err(reason) = judge(&spec, place, cabling, report) {
            report.missing(format!("{}: {reason}", spec.name));
        }
    }
}

/// Replays the migration of a machine.
///
/// # Errors
/// Why it can't be replayed.
fn judge(
    spec: &Specification,
    place: Option<Place>,
    cabling: Cabling<'_>,
    report: &mut Report,
) -> Result<(), String> {
    let network = cabling.chosen(None).map_err(|error| error.to_string())?;
    let connections = migration::connections(spec);
    let line = cabling.line(network, None, connections).map_err(|error| error.to_string())?;
    let over = migration::over(spec, &line);
    let forecast = migration::forecast(&over).map_err(|error| error.to_string())?;
    if forecast.outcome == Outcome::Converged {
        return Ok(());
    }
    let name = &cabling.layout.networks[network].name;
    let terms = migration::terms(&over).map_err(|error| error.to_string())?;
    let (rate, carried) = (terms.rate_bytes_s / 1e6, line.payload_bytes_s() / 1e6);
    let limit = if terms.is_capped {
        format!(", the VMM's own limit; it carries {carried:.0} MB/s")
    } else {
        String::new()
    };
    let message =
        format!("{} {} over {name} at {rate:.0} MB/s{limit}", spec.name, what(&forecast, spec));
    let remedy = remedy(cabling, spec, &line);
    report.find(Locus::network(name), message, remedy).at(place);
    Ok(())
}

fn what(forecast: &Forecast, spec: &Specification) -> String {
    #[expect(clippy::cast_precision_loss, reason = "a page is small")]
    let mib = |pages: f64| pages * spec.page_bytes as f64 / 1_048_576.0;
    match (forecast.outcome, forecast.plateau_pages) {
        (Outcome::Forced, _) => {
            format!("would be stopped for {:.1} s", forecast.downtime_ms / 1000.0)
        }
        (Outcome::Cancelled, _) => {
            format!("would be given up after {:.0} s", forecast.total_ms / 1000.0)
        }
        (_, Some(pages)) => {
            format!("can't be migrated: {:.0} MiB of its memory stay dirty", mib(pages))
        }
        (_, None) => "can't be migrated".to_owned(),
    }
}

/// Another network where one would do; else other ways.
fn remedy(cabling: Cabling<'_>, spec: &Specification, line: &Line) -> String {
    let rated = migration::compare(cabling, None, spec).unwrap_or_default();
    let does = |it: &&RatedNetwork| {
        it.moved().is_some_and(|forecast| forecast.outcome == Outcome::Converged)
    };
    let better = rated.iter().find(does).map(|it| &it.name);
    if let Some(better) = cabling.layout.networks.iter().find(|it| Some(&it.name) == better) {
        return format!("put {} first in migration.order", network_word(better));
    }
    if capped(spec, line) {
        return "raise the VMM's own limit on bandwidth (max_bandwidth), which is below what the \
                network carries"
            .to_owned();
    }
    "migrate it with auto-converge or post-copy, over a faster network, or while it writes less"
        .to_owned()
}

/// Whether the machine converges without the VMM's own limit.
fn capped(spec: &Specification, line: &Line) -> bool {
    let free = Specification { max_bandwidth_bytes_s: Some(0.0), ..migration::over(spec, line) };
    migration::forecast(&free).is_ok_and(|it| it.outcome == Outcome::Converged)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{DeclaredVm, Policy};
    use crate::rules::testing::{say, say_with};
    use crate::testkit::healthy;

    fn vm(pages_per_s: u64, max_bandwidth: Option<u64>) -> Policy {
        let vm = DeclaredVm {
            name: "db1".to_owned(),
            memory_bytes: 8 << 30,
            working_set_bytes: Some(4 << 30),
            pages_per_s,
            vmm: None,
            policy: None,
            max_bandwidth_bytes_s: max_bandwidth,
            downtime_limit_ms: None,
            place: Place { line: 3, column: 1 },
        };
        Policy { vms: vec![vm], ..Policy::default() }
    }

    #[test]
    fn fires_on_a_machine_that_writes_faster_than_the_network_carries() {
        let said = say_with(&RULE, &healthy(2), &vm(2_000_000, Some(0)));
        assert!(said.one().contains("db1 can't be migrated"), "{:?}", said.found);
        assert_eq!(said.places, [Some(Place { line: 3, column: 1 })]);
    }

    #[test]
    fn names_the_limit_that_a_vmm_sets_itself() {
        let said = say_with(&RULE, &healthy(2), &vm(60_000, None));
        assert!(said.one().contains("stay dirty"), "{:?}", said.found);
        assert!(said.one().contains("at 134 MB/s, the VMM's own limit"), "{:?}", said.found);
        say_with(&RULE, &healthy(2), &vm(60_000, Some(0))).silent();
    }

    #[test]
    fn is_silent_on_a_quiet_machine() {
        say_with(&RULE, &healthy(2), &vm(100, None)).silent();
    }

    #[test]
    fn says_that_nothing_is_declared() {
        let said = say(&RULE, &healthy(2));
        assert!(said.found.is_empty());
        assert!(said.missing[0].contains("declares no virtual machine"), "{:?}", said.missing);
    }
}
