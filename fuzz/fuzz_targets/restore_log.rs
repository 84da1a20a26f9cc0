//! Any text as an event log: compared without a panic, and a predicted log agrees with itself.
#![no_main]

use libfuzzer_sys::fuzz_target;
use netplan_cluster::model::RestoreEvent;
use netplan_cluster::restore::{compare, line};

fuzz_target!(|text: &str| {
    let cancelled = |state| RestoreEvent::Cancelled { state, count: 3 };
    let predicted = [
        RestoreEvent::Started,
        cancelled("Running"),
        cancelled("Queued"),
        cancelled("Submitted"),
        cancelled("Validating"),
        RestoreEvent::Complete,
    ];
    let _ = compare(&predicted, text);
    let log: Vec<String> = predicted.iter().map(line).collect();
    assert!(compare(&predicted, &log.join("\n")).differences.is_empty());
});
