//! Reading the text of a policy: every key by its type, every mistake with its place.

use std::collections::BTreeMap;

use toml_edit::{Document, Item, Table, TableLike};

use crate::model::{
    HeartbeatPolicy, HeartbeatStack, InterfaceName, InterfacePolicy, Metric, MetricScheme,
    MigrationOrder, MigrationPolicy, NamingPolicy, NetworkPolicy, NetworkRef, NodeName,
    POLICY_SCHEMA, Policy, PolicyText, ProblemKind, Role, Severity, Subnet, Waiver,
    check_network_name as check_name,
};

/// Reads the text of a policy file: what it means, where its parts stand, and everything that is
/// wrong in it. What is wrong is left out of the policy.
#[must_use]
pub fn parse_policy(text: &str) -> (Policy, PolicyText) {
    let mut reader = Reader { text, found: PolicyText::default() };
    let policy = match Document::parse(text) {
        Ok(document) => reader.policy(document.as_table()),
        Err(error) => {
            let message = error.message().trim().to_owned();
            reader.problem(error.span(), "", ProblemKind::Syntax(message));
            Policy::default()
        }
    };
    (policy, reader.found)
}

struct Reader<'a> {
    text: &'a str,
    found: PolicyText,
}

const TOP: [&str; 12] = [
    "schema",
    "metric_scheme",
    "interfaces",
    "migration",
    "failback",
    "naming",
    "network",
    "heartbeat",
    "rules",
    "waiver",
    "vm",
    "service",
];
const HEARTBEAT: [&str; 8] = [
    "stack",
    "interval_ms",
    "threshold",
    "timeout_ms",
    "token_ms",
    "consensus_ms",
    "fence_ms",
    "application_timeout_ms",
];
const NAMING: [&str; 2] = ["next_number", "pinned_scheme"];
const SCHEMES: [&str; 2] = ["2008r2", "2012"];
const STACKS: [&str; 3] = ["wsfc-2008r2", "wsfc-2016", "corosync"];
const SEVERITIES: [&str; 4] = ["error", "warning", "info", "off"];
const WAIVER: [&str; 6] = ["rule", "node", "interface", "network", "reason", "expires"];
const INTERFACES: [&str; 3] = ["include", "exclude", "ipv6_link_local"];
const MIGRATION: [&str; 2] = ["order", "exclude"];
const NETWORK: [&str; 5] = ["name", "role", "metric", "pinned_metric", "description"];

impl Reader<'_> {
    fn policy(&mut self, top: &dyn TableLike) -> Policy {
        let mut policy = Policy::default();
        for (key, item) in top.iter() {
            match key {
                "schema" => self.schema(item),
                "metric_scheme" => {
                    let scheme = self.word(item, key, &SCHEMES, MetricScheme::from_name);
                    policy.metric_scheme = scheme.unwrap_or_default();
                }
                "interfaces" => policy.interfaces = self.interfaces(item),
                "migration" => policy.migration = self.migration(item),
                "failback" => self.each(item, key, &["hold_s"], |reader, _, path, item| {
                    policy.failback.hold_s = reader.number(item, path, 0).unwrap_or(0);
                }),
                "naming" => policy.naming = self.naming(item),
                "network" => policy.networks = self.networks(item),
                "heartbeat" => policy.heartbeat = self.heartbeat(item),
                "rules" => policy.severities = self.severities(item),
                "waiver" => policy.waivers = self.waivers(item),
                "vm" => policy.vms = self.vms(item),
                "service" => policy.services = self.services(item),
                _ => self.unknown(top, key, key, &TOP),
            }
        }
        policy
    }

    fn schema(&mut self, item: &Item) {
        if let Some(schema) = self.string(item, "schema")
            && schema != POLICY_SCHEMA
        {
            self.problem(item.span(), "schema", ProblemKind::Schema(schema));
        }
    }

    fn interfaces(&mut self, item: &Item) -> InterfacePolicy {
        let mut policy = InterfacePolicy::default();
        self.each(item, "interfaces", &INTERFACES, |reader, key, path, item| match key {
            "include" => policy.include = reader.list(item, path, str::parse),
            "exclude" => policy.exclude = reader.list(item, path, str::parse),
            _ => policy.ipv6_link_local = reader.boolean(item, path).unwrap_or(false),
        });
        policy
    }

    fn migration(&mut self, item: &Item) -> MigrationPolicy {
        let mut policy = MigrationPolicy::default();
        self.each(item, "migration", &MIGRATION, |reader, key, path, item| match key {
            "order" if item.is_array() => {
                policy.order = MigrationOrder::List(reader.list(item, path, NetworkRef::read));
            }
            "order" => policy.order = reader.order(item, path).unwrap_or_default(),
            _ => policy.exclude = reader.list(item, path, NetworkRef::read),
        });
        policy
    }

    fn order(&mut self, item: &Item, path: &str) -> Option<MigrationOrder> {
        let expected = "\"avoid-csv\", \"static\" or a list of networks";
        let Some(word) = item.as_str() else {
            self.wrong_type(item, path, expected);
            return None;
        };
        match word {
            "avoid-csv" => Some(MigrationOrder::AvoidCsv),
            "static" => Some(MigrationOrder::Static),
            value => {
                let known = vec!["avoid-csv", "static", "a list of networks"];
                let value = value.to_owned();
                self.problem(item.span(), path, ProblemKind::UnknownWord { value, known });
                None
            }
        }
    }

    fn naming(&mut self, item: &Item) -> NamingPolicy {
        let mut policy = NamingPolicy::default();
        self.each(item, "naming", &NAMING, |reader, key, path, item| {
            if key == "next_number" {
                policy.next_number = reader.number(item, path, 1).map(u64::from);
            } else {
                policy.pinned_scheme = reader.word(item, path, &SCHEMES, MetricScheme::from_name);
            }
        });
        policy
    }

    fn heartbeat(&mut self, item: &Item) -> HeartbeatPolicy {
        let mut policy = HeartbeatPolicy::default();
        self.each(item, "heartbeat", &HEARTBEAT, |reader, key, path, item| {
            if key == "stack" {
                policy.stack = reader.word(item, path, &STACKS, HeartbeatStack::from_name);
                return;
            }
            let number = reader.number(item, path, 1);
            match key {
                "interval_ms" => policy.interval_ms = number,
                "threshold" => policy.threshold = number,
                "timeout_ms" => policy.timeout_ms = number,
                "token_ms" => policy.token_ms = number,
                "consensus_ms" => policy.consensus_ms = number,
                "fence_ms" => policy.fence_ms = number,
                _ => policy.application_timeout_ms = number,
            }
        });
        policy
    }

    fn severities(&mut self, item: &Item) -> BTreeMap<String, Option<Severity>> {
        let mut severities = BTreeMap::new();
        let Some(table) = item.as_table_like() else {
            self.wrong_type(item, "rules", "a table of severities");
            return severities;
        };
        for (key, item) in table.iter() {
            let path = format!("rules.{key}");
            self.note_place(table, key, &path);
            let read = |word: &str| match word {
                "off" => Some(None),
                severity => Severity::from_name(severity).map(Some),
            };
            if let Some(severity) = self.word(item, &path, &SEVERITIES, read) {
                severities.insert(key.to_owned(), severity);
            }
        }
        severities
    }

    fn waivers(&mut self, item: &Item) -> Vec<Waiver> {
        let Some(tables) = item.as_array_of_tables() else {
            self.wrong_type(item, "waiver", "tables headed [[waiver]]");
            return Vec::new();
        };
        let numbered = tables.iter().enumerate();
        numbered.filter_map(|(number, table)| self.waiver(table, number)).collect()
    }

    fn waiver(&mut self, table: &Table, number: usize) -> Option<Waiver> {
        let path = format!("waiver[{number}]");
        let place = self.place(table.span());
        let item = Item::Table(table.clone());
        let mut values: BTreeMap<String, String> = BTreeMap::new();
        let mut network = None;
        self.each(&item, &path, &WAIVER, |reader, key, path, item| {
            let text = match item.as_datetime() {
                Some(day) if key == "expires" => Some(day.to_string()),
                _ => reader.string(item, path),
            };
            if key == "network" {
                let checked = text.as_deref().map(NetworkRef::read);
                network = reader.checked(item, path, checked);
                return;
            }
            if let Some(text) = text.filter(|text| key != "expires" || reader.day(item, path, text))
            {
                values.insert(key.to_owned(), text);
            }
        });
        for key in ["rule", "reason"] {
            match values.get(key).map(|text| text.trim()) {
                None if !table.contains_key(key) => {
                    self.problem(table.span(), &path, ProblemKind::MissingKey(key));
                }
                Some("") => {
                    let span = table.get(key).and_then(Item::span);
                    self.problem(span, &path, ProblemKind::EmptyKey(key));
                }
                _ => {}
            }
        }
        Some(Waiver {
            rule: values.remove("rule")?,
            reason: values.remove("reason")?,
            node: values.remove("node").map(NodeName::new),
            interface: values.remove("interface").map(InterfaceName::new),
            network,
            expires: values.remove("expires"),
            place,
        })
    }

    fn networks(&mut self, item: &Item) -> BTreeMap<Subnet, NetworkPolicy> {
        let mut networks = BTreeMap::new();
        let Some(table) = item.as_table_like() else {
            self.wrong_type(item, "network", "a table of subnets");
            return networks;
        };
        let mut names: BTreeMap<String, Subnet> = BTreeMap::new();
        for (key, item) in table.iter() {
            let path = format!("network.\"{key}\"");
            let place = table.key(key).and_then(toml_edit::Key::span).or_else(|| item.span());
            self.note_place(table, key, &path);
            let subnet = match key.parse::<Subnet>() {
                Ok(subnet) => subnet,
                Err(error) => {
                    self.problem(place, &path, error.into());
                    continue;
                }
            };
            let network = self.network(item, &path);
            if let Some(name) = &network.name
                && let Some(owner) = names.insert(name.as_str().to_lowercase(), subnet)
            {
                let kind = ProblemKind::DuplicateName { name: name.clone(), owner };
                self.problem(place.clone(), &format!("{path}.name"), kind);
            }
            if networks.insert(subnet, network).is_some() {
                self.problem(place, &path, ProblemKind::DuplicateSubnet(subnet));
            }
        }
        networks
    }

    fn network(&mut self, item: &Item, path: &str) -> NetworkPolicy {
        let mut network = NetworkPolicy::default();
        self.each(item, path, &NETWORK, |reader, key, path, item| match key {
            "name" => {
                let checked = reader.string(item, path).map(|name| check_name(&name));
                network.name = reader.checked(item, path, checked);
            }
            "role" => {
                let checked = reader.integer(item, path, "0, 1 or 3").map(Role::try_from);
                network.role = reader.checked(item, path, checked);
            }
            "metric" => network.metric = reader.metric(item, path),
            "pinned_metric" => network.pinned_metric = reader.metric(item, path),
            _ => network.description = reader.string(item, path),
        });
        network
    }

    fn metric(&mut self, item: &Item, path: &str) -> Option<Metric> {
        let checked = self.integer(item, path, "a number (leave it out for auto)");
        self.checked(item, path, checked.map(Metric::try_from))
    }
}

mod services;
#[cfg(test)]
mod tests;
mod values;
mod vms;
