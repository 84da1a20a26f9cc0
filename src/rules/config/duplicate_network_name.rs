//! CFG002 duplicate-network-name.

use crate::model::{
    ClusterNetwork, Locus, NetworkName, ProblemKind, Severity, Subnet, network_path,
};
use crate::rules::phrase::list;
use crate::rules::{Docs, Report, Rule, Site};

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "CFG002",
    name: "duplicate-network-name",
    severity: Severity::Error,
    docs: Docs {
        what: "The policy gives one name to two networks, whatever the letter case, or a name like \
               \"Cluster Network 2\" to a network that is not the second in the order of \
               enumeration while another one is. It is information only when there are not so many \
               networks. Names that pin has frozen are not judged by their number.",
        why: "Commands, migration lists and waivers that use the name mean another network than \
              the administrator thinks.",
        example: "10.0.0.0/24 and 10.0.1.0/24 are both called LM, or 10.0.2.0/24, the third, is \
                  called \"Cluster Network 1\".",
        remedy: "Give each network a name of its own that does not look automatic.",
        source: "Failover Clustering demands unique names of networks.",
    },
    check,
};

fn check(site: &Site<'_>, report: &mut Report) {
    for problem in &site.text.problems {
        if let ProblemKind::DuplicateName { name, owner } = &problem.kind {
            let subnet: Option<Subnet> =
                network_path(&problem.key).and_then(|(subnet, _)| subnet.parse().ok());
            let this = subnet.map_or_else(|| "another network".to_owned(), |it| it.to_string());
            find(site, subnet, format!("{this} is called \"{name}\", as is {owner}"), report)
                .at(Some(problem.place));
        }
    }
    if site.policy.naming.next_number.is_some() {
        return;
    }
    for (subnet, entry) in &site.policy.networks {
        let Some(meant) = entry.name.as_ref().and_then(|name| meant(site, *subnet, name)) else {
            continue;
        };
        let (what, severity) = meant;
        let draft = find(site, Some(*subnet), what, report);
        draft.severity(severity).at(site.text.place_of_network(&[*subnet], "name"));
    }
}

fn find<'r>(
    site: &Site<'_>,
    subnet: Option<Subnet>,
    what: String,
    report: &'r mut Report,
) -> &'r mut crate::rules::report::Draft {
    let mut networks = site.layout.networks.iter();
    let named = networks.find(|network| subnet.is_some_and(|it| network.subnets.contains(&it)));
    let locus = named.map_or_else(Locus::cluster, |network| Locus::network(&network.name));
    let remedy = match subnet {
        Some(subnet) => format!("netplan-cluster set {subnet} name=ANOTHER"),
        None => "give one of them another name".to_owned(),
    };
    report.find(locus, what, remedy)
}

/// What is wrong with an automatic-looking name of a network, if its number is not the network's
/// place: that of another one, or of none.
fn meant(site: &Site<'_>, subnet: Subnet, name: &NetworkName) -> Option<(String, Severity)> {
    let place = usize::try_from(name.automatic_number()?).ok()?.checked_sub(1)?;
    let networks = &site.layout.networks;
    let called = format!("{subnet} is called \"{name}\"");
    if let Some(there) = networks.get(place) {
        let other = there.subnets.first().filter(|_| !there.subnets.contains(&subnet))?;
        let what = format!("{called}, the place of {other}, which is \"{}\" now", there.name);
        return Some((what, Severity::Error));
    }
    let own = networks.iter().position(|network| network.subnets.contains(&subnet))? + 1;
    let names =
        list(networks.iter().map(|network: &ClusterNetwork| format!("\"{}\"", network.name)));
    let what = format!("{called}, but is network {own} of {}: there are {names}", networks.len());
    Some((what, Severity::Info))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Place, PolicyText, Problem};
    use crate::rules::testing::{say, say_of_text, say_with};
    use crate::testkit::{healthy, names};

    #[test]
    fn fires_on_a_name_given_twice() {
        let place = Place { line: 4, column: 8 };
        let kind =
            ProblemKind::DuplicateName { name: "LM".into(), owner: "10.0.0.0/24".parse().unwrap() };
        let key = "network.\"10.0.1.0/24\".name".to_owned();
        let problems = vec![Problem { place, key, kind }];
        let text = PolicyText { problems, ..PolicyText::default() };
        let policy = names(&[("10.0.0.0/24", "LM"), ("10.0.1.0/24", "LM")]);
        let said = say_of_text(&RULE, &healthy(2), (&policy, &text));
        assert_eq!(said.one(), "@LM: 10.0.1.0/24 is called \"LM\", as is 10.0.0.0/24");
        assert_eq!(said.places, [Some(place)]);
    }

    #[test]
    fn fires_on_the_number_of_another_network() {
        let policy = names(&[("192.0.2.0/24", "cluster network 1")]);
        let said = say_with(&RULE, &healthy(2), &policy);
        assert_eq!(
            said.one(),
            "@cluster network 1: 192.0.2.0/24 is called \"cluster network 1\", \
             the place of 10.0.0.0/24, which is \"Cluster Network 4\" now"
        );
        assert_eq!(said.severities, ["error"]);
    }

    #[test]
    fn is_silent_on_healthy_nodes_and_on_names_of_ones_own() {
        say(&RULE, &healthy(2)).silent();
        let policy = names(&[("10.0.0.0/24", "HB"), ("10.0.1.0/24", "Cluster Network 2")]);
        say_with(&RULE, &healthy(2), &policy).silent();
    }

    #[test]
    fn a_number_beyond_the_last_network_means_none_of_those_that_are_told() {
        for (number, severity) in [(3, "error"), (4, "info")] {
            let policy = names(&[("10.0.0.0/24", &format!("Cluster Network {number}"))]);
            assert_eq!(say_with(&RULE, &healthy(2), &policy).severities, [severity], "{number}");
        }
        let said = say_with(&RULE, &healthy(2), &names(&[("10.0.0.0/24", "Cluster Network 9")]));
        assert_eq!(
            said.one(),
            "@Cluster Network 9: 10.0.0.0/24 is called \"Cluster Network 9\", but is network 1 of 3: \
             there are \"Cluster Network 9\", \"Cluster Network 2\" and \"Cluster Network 3\""
        );
        let absent = names(&[("10.0.9.0/24", "Cluster Network 9")]);
        say_with(&RULE, &healthy(2), &absent).silent();
    }

    #[test]
    fn pinned_names_keep_their_numbers() {
        let mut policy = names(&[("10.0.1.0/24", "Cluster Network 1")]);
        policy.naming.next_number = Some(3);
        say_with(&RULE, &healthy(2), &policy).silent();
    }
}
