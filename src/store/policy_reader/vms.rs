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
        let mut vms: Vec<DeclaredVm> = Vec::new();
        for (number, table) in tables.iter().enumerate() {
            let Some(vm) = self.vm(table, number) else { continue };
            if let Some(first) = vms.iter().find(|it| it.name == vm.name) {
                let (name, line) = (vm.name, first.place.line);
                let path = format!("vm[{number}].name");
                let span = table.get("name").and_then(Item::span);
                self.problem(span, &path, ProblemKind::DuplicateVm { name, line });
            } else {
                vms.push(vm);
            }
        }
        vms
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
            "memory" => memory = reader.some_size(item, path),
            "working_set" => vm.working_set_bytes = reader.some_size(item, path),
            "dirty_rate" => rate = reader.quantity(item, path, parse_write_rate),
            "vmm" => vm.vmm = reader.word(item, path, &vmms, Vmm::from_name),
            "policy" => vm.policy = reader.word(item, path, &policies, StopPolicy::from_name),
            "max_bandwidth" => {
                vm.max_bandwidth_bytes_s = reader.quantity(item, path, parse_rate).map(whole);
            }
            _ => vm.downtime_limit_ms = reader.quantity(item, path, parse_time).map(whole),
        });
        for key in ["name", "memory"].into_iter().filter(|key| !table.contains_key(key)) {
            self.problem(table.span(), &path, ProblemKind::MissingKey(key));
        }
        if let (Some(memory), Some(set)) = (memory, vm.working_set_bytes)
            && set > memory
        {
            let span = table.get("working_set").and_then(Item::span);
            let path = format!("{path}.working_set");
            self.problem(span, &path, ProblemKind::BeyondMemory { memory });
            return None;
        }
        (vm.name, vm.memory_bytes) = (name?, memory?);
        vm.pages_per_s = rate.map_or(0, |rate| whole(rate.pages_per_s(PAGE_BYTES)));
        Some(vm)
    }

    /// A size that is not 0.
    fn some_size(&mut self, item: &Item, path: &str) -> Option<u64> {
        let size = self.quantity(item, path, parse_size)?;
        if size == 0 {
            self.problem(item.span(), path, ProblemKind::NoSize);
        }
        Some(size).filter(|size| *size > 0)
    }
}
