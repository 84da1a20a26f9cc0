//! Virtual machines in a policy file.

use toml_edit::{Item, Table};

use super::Reader;
use super::values::whole;
use crate::model::{
    DeclaredVm, ProblemKind, StopPolicy, Vmm, parse_rate, parse_size, parse_time, parse_write_rate,
};

const VM: [&str; 8] = [
    "name",
    "memory",
    "working_set",
    "dirty_rate",
    "vmm",
    "policy",
    "max_bandwidth",
    "downtime_limit",
];
/// Dirty rates in bytes count pages of this size.
const PAGE_BYTES: u32 = 4096;

impl Reader<'_> {
    pub(super) fn vms(&mut self, item: &Item) -> Vec<DeclaredVm> {
        let Some(tables) = item.as_array_of_tables() else {
            self.wrong_type(item, "vm", "tables headed [[vm]]");
            return Vec::new();
        };
        let numbered = tables.iter().enumerate();
        numbered.filter_map(|(number, table)| self.vm(table, number)).collect()
    }

    fn vm(&mut self, table: &Table, number: usize) -> Option<DeclaredVm> {
        let path = format!("vm[{number}]");
        let (mut name, mut memory, mut rate) = (None, None, None);
        let mut vm = DeclaredVm {
            name: String::new(),
            memory_bytes: 0,
            working_set_bytes: None,
            pages_per_s: 0,
            vmm: None,
            policy: None,
            max_bandwidth_bytes_s: None,
            downtime_limit_ms: None,
            place: self.place(table.span()),
        };
        let vmms = Vmm::ALL.map(Vmm::name);
        let policies = StopPolicy::ALL.map(StopPolicy::name);
        let item = Item::Table(table.clone());
        self.each(&item, &path, &VM, |reader, key, path, item| match key {
            "name" => name = reader.string(item, path),
            "memory" => memory = reader.quantity(item, path, parse_size),
            "working_set" => vm.working_set_bytes = reader.quantity(item, path, parse_size),
            "dirty_rate" => rate = reader.quantity(item, path, parse_write_rate),
            "vmm" => vm.vmm = reader.word(item, path, &vmms, Vmm::from_name),
            "policy" => vm.policy = reader.word(item, path, &policies, StopPolicy::from_name),
            "max_bandwidth" => {
                vm.max_bandwidth_bytes_s = reader.quantity(item, path, parse_rate).map(whole);
            }
            _ => vm.downtime_limit_ms = reader.quantity(item, path, parse_time).map(whole),
        });
        let has = [("name", name.is_some()), ("memory", memory.is_some())];
        for (key, _) in has.into_iter().filter(|(_, is_there)| !is_there) {
            self.problem(table.span(), &path, ProblemKind::MissingKey(key));
        }
        (vm.name, vm.memory_bytes) = (name?, memory?);
        vm.pages_per_s = rate.map_or(0, |rate| whole(rate.pages_per_s(PAGE_BYTES)));
        Some(vm)
    }
}
