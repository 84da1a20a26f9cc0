//! ROL006 manual-metric-in-auto-band.

use super::free;
use crate::model::{Locus, Severity};
use crate::rules::{Docs, Report, Rule, Site};

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "ROL006",
    name: "manual-metric-in-auto-band",
    severity: Severity::Warning,
    docs: Docs {
        what: "A network of role 1 or 3 has a metric set by hand inside the range that automatic \
               metrics take: 1000 to 18999 (scheme 2008r2), 8000 to 80999 (scheme 2012). A pinned \
               metric is an automatic one and does not count.",
        why: "Automatic metrics are given anew when a network is added. One of them may then tie \
              with the metric set by hand, or come before it where it came after.",
        example: "The policy sets metric = 1100 for 10.0.5.0/24; the second private network gets \
                  1100 by itself.",
        remedy: "Set a metric below or above the automatic ones that keeps the order of networks, \
                 and move those in its way.",
        source: "The automatic metrics of Get-ClusterNetwork: 1000, 1100 and so on without a \
                 gateway, 10000, 10100 and so on with one; the published order 800, 900 of KB 2473194.",
    },
    check,
};

fn check(site: &Site<'_>, report: &mut Report) {
    let scheme = site.assignment.scheme;
    let band = free::automatic(scheme);
    for on in site.authorised().filter(|on| !on.assigned.auto_metric()) {
        let (name, metric) = (&on.network.name, on.assigned.metric);
        if !band.contains(&metric.get()) {
            continue;
        }
        let place = site.text.place_of_network(&on.network.subnets, "metric");
        report
            .find(
                Locus::network(name),
                format!(
                    "metric {metric} is set by hand, but {} to {} are given automatically: a \
                     network to come may tie with it",
                    band.start(),
                    band.end()
                ),
                free::command(&free::keeping_order(site, &on)),
            )
            .at(place);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{MetricScheme, NetworkPolicy, Place, Policy, PolicyText, Role};
    use crate::rules::testing::{say, say_of_text, say_with};
    use crate::testkit::{Node, healthy, names};

    fn policy(metric: i64) -> Policy {
        let mut policy = Policy::default();
        let metric = Some(metric.try_into().unwrap());
        let set = NetworkPolicy { metric, ..NetworkPolicy::default() };
        policy.networks.insert("10.0.1.0/24".parse().unwrap(), set);
        policy
    }

    fn fires(policy: &Policy) -> bool {
        !say_with(&RULE, &healthy(2), policy).found.is_empty()
    }

    #[test]
    fn fires_on_a_metric_between_automatic_ones() {
        assert_eq!(
            say_with(&RULE, &healthy(2), &policy(1001)).one(),
            "@Cluster Network 2: metric 1001 is set by hand, but 1000 to 18999 are given \
             automatically: a network to come may tie with it"
        );
    }

    #[test]
    fn is_silent_on_automatic_and_pinned_metrics() {
        say(&RULE, &healthy(2)).silent();
        let mut pinned = policy(1100);
        for set in pinned.networks.values_mut() {
            set.pinned_metric = set.metric.take();
        }
        say_with(&RULE, &healthy(2), &pinned).silent();
        let mut excluded = policy(1100);
        for set in excluded.networks.values_mut() {
            set.role = Some(Role::None);
        }
        say_with(&RULE, &healthy(2), &excluded).silent();
    }

    #[test]
    fn the_place_is_found_under_whichever_subnet_sets_the_metric() {
        let both = |host: u8| {
            let (ipv4, ipv6) = (format!("10.0.0.{host}/24"), format!("fd00::{host}/64"));
            Node::new(&format!("n{host}")).nic("eth0", &[&ipv4, &ipv6]).done()
        };
        let mut policy = names(&[("10.0.0.0/24", "LM")]);
        let entry = policy.networks.entry("fd00::/64".parse().unwrap()).or_default();
        entry.metric = Some(1100.try_into().unwrap());
        let mut text = PolicyText::default();
        let place = Place { line: 5, column: 1 };
        text.places.insert("network.\"FD00:0::/64\".metric".to_owned(), place);
        let said = say_of_text(&RULE, &[both(1), both(2)], (&policy, &text));
        assert_eq!(said.places, [Some(place)]);
    }

    #[test]
    fn the_band_has_sharp_ends() {
        assert!(!fires(&policy(999)) && fires(&policy(1000)));
        assert!(fires(&policy(18_999)) && !fires(&policy(19_000)));
        let by_2012 =
            |metric| fires(&Policy { metric_scheme: MetricScheme::W2012, ..policy(metric) });
        assert!(!by_2012(7_999) && by_2012(8_000) && by_2012(80_999) && !by_2012(81_000));
    }
}
