//! ROL001 clients-on-link-local.

use crate::model::{Locus, Role, Severity, Subnet};
use crate::rules::phrase::network_word;
use crate::rules::{Docs, Report, Rule, Site};

/// The rule.
pub(super) static RULE: Rule = Rule {
    code: "ROL001",
    name: "clients-on-link-local",
    severity: Severity::Error,
    docs: Docs {
        what: "A network whose subnets are all link-local (169.254.0.0/16 or fe80::/10) has role 3.",
        why: "No router forwards link-local addresses, so only machines on the same wire could reach \
              a service there, and each of them would have to name its own interface.",
        example: "Interfaces with fe80:: addresses only form a network (ipv6_link_local = true), and \
                  the policy gives it role 3.",
        remedy: "Give the network role 1, or addresses that clients can route to.",
        source: "RFC 3927 section 2.7 and RFC 4291 section 2.5.6 forbid forwarding; Failover \
                 Clustering uses such networks for the cluster only.",
    },
    check,
};

fn check(site: &Site<'_>, report: &mut Report) {
    for on in site.networks().filter(|on| on.assigned.role == Role::ClusterAndClient) {
        if on.network.subnets.iter().all(|subnet| is_link_local(*subnet)) {
            let name = &on.network.name;
            let place = site.text.place_of_network(&on.network.subnets, "role");
            let names = (name.as_str(), &*network_word(on.network));
            tell(report, Locus::network(name), names, "has role 3, but").at(place);
        }
    }
    let absent = site.policy.networks.iter().filter(|(subnet, set)| {
        let present = site.layout.networks.iter().any(|one| one.subnets.contains(subnet));
        !present && set.role == Some(Role::ClusterAndClient) && is_link_local(**subnet)
    });
    for (subnet, _) in absent {
        let name = subnet.to_string();
        let message = "is given role 3 by the policy, but";
        let place = site.text.place_of_network(&[*subnet], "role");
        tell(report, Locus::cluster(), (&name, &name), message).at(place);
    }
}

fn tell<'a>(
    report: &'a mut Report,
    locus: Locus,
    (name, word): (&str, &str),
    what: &str,
) -> &'a mut crate::rules::report::Draft {
    report.find(
        locus,
        format!("\"{name}\" {what} clients can't be routed to its link-local addresses"),
        format!("netplan-cluster set {word} role=1"),
    )
}

fn is_link_local(subnet: Subnet) -> bool {
    let wide = |text: &str| text.parse::<Subnet>().is_ok_and(|all| all.contains(subnet.address()));
    let least = if subnet.is_ipv4() { 16 } else { 10 };
    subnet.prefix() >= least && (wide("169.254.0.0/16") || wide("fe80::/10"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{NetworkPolicy, Policy};
    use crate::rules::testing::{say, say_with};
    use crate::testkit::{Node, healthy};

    fn policy(subnet: &str, role: Role) -> Policy {
        let mut policy = Policy::default();
        policy.interfaces.ipv6_link_local = true;
        let set = NetworkPolicy { role: Some(role), ..NetworkPolicy::default() };
        policy.networks.insert(subnet.parse().unwrap(), set);
        policy
    }

    fn nodes(address: &str) -> Vec<crate::model::NodeInventory> {
        let node = |name| Node::new(name).nic("eth0", &[address]).done();
        vec![node("n1"), node("n2")]
    }

    #[test]
    fn fires_on_role_3_of_a_link_local_network() {
        let policy = policy("fe80::/64", Role::ClusterAndClient);
        assert_eq!(
            say_with(&RULE, &nodes("fe80::1/64"), &policy).one(),
            "@Cluster Network 1: \"Cluster Network 1\" has role 3, but clients can't be routed to \
             its link-local addresses"
        );
    }

    #[test]
    fn fires_on_role_3_for_addresses_that_form_no_network() {
        let policy = policy("169.254.0.0/16", Role::ClusterAndClient);
        let said = say_with(&RULE, &nodes("169.254.7.7/16"), &policy);
        assert!(said.one().starts_with(": \"169.254.0.0/16\" is given role 3"), "{}", said.one());
    }

    #[test]
    fn is_silent_on_role_1_and_on_routable_networks() {
        say(&RULE, &healthy(3)).silent();
        say_with(&RULE, &nodes("fe80::1/64"), &policy("fe80::/64", Role::Cluster)).silent();
        let routable = policy("10.0.0.0/24", Role::ClusterAndClient);
        say_with(&RULE, &nodes("10.0.0.1/24"), &routable).silent();
    }

    #[test]
    fn one_bit_decides() {
        let link_local = |text: &str| is_link_local(text.parse().unwrap());
        assert!(link_local("169.254.0.0/16") && !link_local("169.254.0.0/15"));
        assert!(!link_local("169.255.0.0/16"));
        assert!(link_local("fe80::/10") && link_local("febf::/64") && !link_local("fec0::/64"));
        assert!(!link_local("fe80::/9") && !link_local("fe00::/9"));
    }
}
