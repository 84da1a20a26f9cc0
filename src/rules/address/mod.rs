//! Rules on addresses, prefixes and gateways (ADR).

mod dhcp_on_private;
mod duplicate_address;
mod excluded_interface_shares_subnet;
mod link_local_only;
mod merged_subnets;
mod mixed_address_families;
mod mixed_dhcp_static;
mod name_resolves_elsewhere;
mod network_too_small;
mod no_default_gateway;
mod overlapping_prefixes;
mod planned;
mod prefix_length_mismatch;
mod private_network_routed;
mod reserved_host_address;
mod seats;
mod several_default_gateways;
mod two_interfaces_one_subnet;

use super::Rule;

/// Rules of this group, by code.
pub(super) const RULES: &[&Rule] = &[
    &merged_subnets::RULE,
    &two_interfaces_one_subnet::RULE,
    &overlapping_prefixes::RULE,
    &prefix_length_mismatch::RULE,
    &duplicate_address::RULE,
    &reserved_host_address::RULE,
    &mixed_dhcp_static::RULE,
    &dhcp_on_private::RULE,
    &mixed_address_families::RULE,
    &link_local_only::RULE,
    &several_default_gateways::RULE,
    &no_default_gateway::RULE,
    &private_network_routed::RULE,
    &network_too_small::RULE,
    &name_resolves_elsewhere::RULE,
    &excluded_interface_shares_subnet::RULE,
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Fact;
    use crate::rules::testing::{gap, say};
    use crate::testkit::healthy;

    #[test]
    fn rules_on_addresses_tell_where_these_are_hidden() {
        let mut nodes = healthy(3);
        nodes[1].gaps.push(gap(None, Fact::Addresses));
        nodes[2].gaps.push(gap(Some("eth1"), Fact::Addresses));
        for rule in &RULES[..10] {
            let said = say(rule, &nodes);
            assert_eq!(
                said.missing,
                ["addresses of n2 and n3 eth1 are not known: not told"],
                "{}",
                rule.code
            );
        }
    }

    #[test]
    fn every_rule_is_silent_on_a_healthy_cluster() {
        for rule in RULES {
            say(rule, &healthy(16)).silent();
        }
    }
}
