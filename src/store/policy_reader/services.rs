//! Services in a policy file.

use std::collections::BTreeMap;

use toml_edit::{Item, Table};

use super::Reader;
use super::values::whole;
use crate::model::service::{DeclaredService, StoreKind, StorePlace};
use crate::model::{NodeName, ProblemKind, parse_time};

const SERVICE: [&str; 18] = [
    "name",
    "profile",
    "hosts",
    "store",
    "roles",
    "names",
    "fencing",
    "restart",
    "run_to_completion",
    "files_through_head",
    "failback",
    "skew",
    "health_check",
    "bears",
    "wait_for_all",
    "orphans_first",
    "job_manager",
    "parameters",
];
const STORE: [&str; 3] = ["kind", "on", "path"];

impl Reader<'_> {
    pub(super) fn services(&mut self, item: &Item) -> Vec<DeclaredService> {
        let Some(tables) = item.as_array_of_tables() else {
            self.wrong_type(item, "service", "tables headed [[service]]");
            return Vec::new();
        };
        let mut services: Vec<DeclaredService> = Vec::new();
        for (number, table) in tables.iter().enumerate() {
            let Some(service) = self.service(table, number) else { continue };
            if services.iter().any(|before| before.name == service.name) {
                let path = format!("service[{number}].name");
                self.problem(table.span(), &path, ProblemKind::DuplicateService(service.name));
            } else {
                services.push(service);
            }
        }
        for (number, table) in tables.iter().enumerate() {
            let manager = table.get("job_manager").and_then(|item| Some((item, item.as_str()?)));
            let unknown = manager.filter(|(_, name)| services.iter().all(|it| it.name != *name));
            if let Some((item, name)) = unknown {
                let path = format!("service[{number}].job_manager");
                self.problem(item.span(), &path, ProblemKind::UnknownService(name.to_owned()));
            }
        }
        services
    }

    fn service(&mut self, table: &Table, number: usize) -> Option<DeclaredService> {
        let path = format!("service[{number}]");
        let (mut name, mut profile, mut hosts) = (None, None, None);
        let mut service = DeclaredService::new("", "", Vec::new());
        service.place = self.place(table.span());
        let item = Item::Table(table.clone());
        self.each(&item, &path, &SERVICE, |reader, key, path, item| match key {
            "name" => name = reader.string(item, path).filter(|name| !name.trim().is_empty()),
            "profile" => profile = reader.string(item, path),
            "hosts" => hosts = Some(reader.candidates(item, path)),
            "store" => service.store = reader.store_place(item, path),
            "roles" => service.roles = reader.lists(item, path),
            "names" => {
                let names = reader.lists(item, path).into_iter();
                let text = |names: Vec<NodeName>| names.iter().map(ToString::to_string).collect();
                service.names =
                    names.map(|(node, names)| (NodeName::new(node), text(names))).collect();
            }
            "job_manager" => service.job_manager = reader.string(item, path),
            "parameters" => service.parameters = reader.parameters(item, path),
            _ => reader.setting(&mut service, (key, path), item),
        });
        let has = [name.is_some(), profile.is_some(), hosts.is_some()];
        for (key, _) in SERVICE.into_iter().zip(has).filter(|(_, is_there)| !is_there) {
            self.problem(table.span(), &path, ProblemKind::MissingKey(key));
        }
        (service.name, service.profile) = (name?, profile?);
        service.hosts = hosts??;
        Some(service)
    }

    /// A habit of the service, or a time.
    fn setting(&mut self, service: &mut DeclaredService, (key, path): (&str, &str), item: &Item) {
        let time = match key {
            "restart" => &mut service.restart_ms,
            "skew" => &mut service.skew_ms,
            "health_check" => &mut service.health_check_ms,
            "bears" => &mut service.bears_ms,
            _ => return self.habit(service, (key, path), item),
        };
        *time = self.quantity(item, path, parse_time).map(whole);
    }

    fn habit(&mut self, service: &mut DeclaredService, (key, path): (&str, &str), item: &Item) {
        let habit = match key {
            "fencing" => &mut service.fencing,
            "run_to_completion" => &mut service.run_to_completion,
            "files_through_head" => &mut service.files_through_head,
            "wait_for_all" => &mut service.wait_for_all,
            "orphans_first" => &mut service.orphans_first,
            _ => &mut service.failback,
        };
        *habit = self.boolean(item, path);
    }

    /// Hosts in their order, each once.
    fn candidates(&mut self, item: &Item, path: &str) -> Option<Vec<NodeName>> {
        let hosts = self.hosts(item, path);
        let twice = hosts.iter().enumerate().find(|(at, host)| hosts[..*at].contains(host));
        let kind = match twice {
            Some((_, host)) => ProblemKind::HostTwice(host.to_string()),
            None if hosts.is_empty() && item.is_array() => ProblemKind::NoHost,
            None => return (!hosts.is_empty()).then_some(hosts),
        };
        self.problem(item.span(), path, kind);
        None
    }

    fn hosts(&mut self, item: &Item, path: &str) -> Vec<NodeName> {
        self.list(item, path, |name| Ok::<_, ProblemKind>(NodeName::new(name)))
    }

    fn store_place(&mut self, item: &Item, path: &str) -> Option<StorePlace> {
        let (mut kind, mut on, mut folder) = (None, None, None);
        let kinds = StoreKind::ALL.map(StoreKind::name);
        self.each(item, path, &STORE, |reader, key, path, item| match key {
            "kind" => kind = reader.word(item, path, &kinds, StoreKind::from_name),
            "on" => on = reader.string(item, path).map(NodeName::new),
            _ => folder = reader.string(item, path),
        });
        let is_there = item.as_table_like().is_some_and(|table| table.contains_key("kind"));
        if item.is_table_like() && !is_there {
            self.problem(item.span(), path, ProblemKind::MissingKey("kind"));
        }
        Some(StorePlace { kind: kind?, on, path: folder })
    }

    /// Lists of hosts under free names.
    fn lists(&mut self, item: &Item, path: &str) -> BTreeMap<String, Vec<NodeName>> {
        let Some(table) = item.as_table_like() else {
            self.wrong_type(item, path, "a table of lists of hosts");
            return BTreeMap::new();
        };
        let mut lists = BTreeMap::new();
        for (key, item) in table.iter() {
            let path = format!("{path}.{key}");
            lists.insert(key.to_owned(), self.hosts(item, &path));
        }
        lists
    }

    /// Numbers under free names; whether the profile has them is seen when it is read.
    fn parameters(&mut self, item: &Item, path: &str) -> BTreeMap<String, f64> {
        let Some(table) = item.as_table_like() else {
            self.wrong_type(item, path, "a table of numbers");
            return BTreeMap::new();
        };
        let mut parameters = BTreeMap::new();
        for (key, item) in table.iter() {
            #[expect(clippy::cast_precision_loss, reason = "what is too large is refused later")]
            let number = item.as_float().or_else(|| item.as_integer().map(|it| it as f64));
            match number {
                Some(number) => {
                    parameters.insert(key.to_owned(), number);
                }
                None => self.wrong_type(item, &format!("{path}.{key}"), "a number"),
            }
        }
        parameters
    }
}

#[cfg(test)]
mod tests {
    use crate::model::NodeName;
    use crate::model::service::StoreKind;
    use crate::store::parse_policy;

    const GOOD: &str = r#"
[[service]]
name = "batch"
profile = "torque-2.3"
hosts = ["node12", "node13"]
store = { kind = "nfs4", on = "jakaa", path = "/var/spool/torque/server_priv" }
roles = { submit = ["jakaa"], scheduler = ["jakaa"] }
names = { node1 = ["node12", "node13"] }
fencing = false
restart = "5s"
skew = "250ms"
health_check = "1m"
bears = "5m"
wait_for_all = true
orphans_first = false
job_manager = "batch"
parameters = { poll_s = 2, lease_s = 45.5 }
"#;

    #[test]
    fn a_service_is_read_with_all_that_it_says() {
        let (policy, text) = parse_policy(GOOD);
        assert_eq!(text.problems, []);
        let service = &policy.services[0];
        assert_eq!(service.hosts, ["node12", "node13"].map(NodeName::new));
        let store = service.store.as_ref().unwrap();
        assert_eq!((store.kind, store.on.as_ref()), (StoreKind::Nfs4, Some(&"jakaa".into())));
        assert_eq!(service.roles_of(&"jakaa".into()).collect::<Vec<_>>(), ["scheduler", "submit"]);
        assert_eq!((service.fencing, service.restart_ms), (Some(false), Some(5000)));
        let times = [service.skew_ms, service.health_check_ms, service.bears_ms];
        assert_eq!(times, [Some(250), Some(60_000), Some(300_000)]);
        assert_eq!((service.wait_for_all, service.orphans_first), (Some(true), Some(false)));
        assert_eq!(service.job_manager.as_deref(), Some("batch"));
        assert!((service.parameters["lease_s"] - 45.5).abs() < 1e-9);
        assert_eq!(service.names.len(), 1);
    }

    #[test]
    fn every_mistake_is_told_with_its_place() {
        let problems = |text: &str| -> String {
            let all = parse_policy(text).1.problems;
            all.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
        };
        let changed = |from: &str, to: &str| {
            assert!(GOOD.contains(from), "{from}");
            problems(&GOOD.replacen(from, to, 1))
        };
        assert!(changed("nfs4", "nfs5").starts_with("6:18: service[0].store.kind"));
        assert!(changed("profile = \"torque-2.3\"\n", "").contains("\"profile\" is missing"));
        assert!(changed("\"node12\", \"node13\"]\n", "]\n").contains("at least one host"));
        assert!(changed("\"node12\", \"node13\"]\n", "\"a\", \"a\"]\n").contains("\"a\" stands"));
        assert!(changed("restart = \"5s\"", "restart = \"5\"").contains("no unit"));
        assert!(changed("poll_s = 2", "poll_s = \"2\"").contains("expected a number"));
        assert!(changed("kind = \"nfs4\", ", "").contains("\"kind\" is missing"));
        assert!(changed("\"250ms\"", "true").contains("skew"));
        assert!(changed("er = \"batch\"", "er = \"torque\"").contains("no service is called"));
        assert!(changed("roles = {", "rolls = {").contains("unknown key"));
        assert!(problems(&format!("{GOOD}{GOOD}")).contains("called \"batch\" already"));
        assert!(problems("service = 1").contains("[[service]]"));
    }
}
