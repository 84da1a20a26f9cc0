//! Judging cases.
#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test reads files and fails where it can't go on"
)]

use std::fs;

use serde_json::Value;

use super::{Run, fixture, run};

fn nodes(case: &str) -> String {
    fixture(&format!("cases/{case}/nodes")).to_str().unwrap().to_owned()
}

pub(crate) fn validate(case: &str, arguments: &[&str]) -> Run {
    let from = nodes(case);
    run([&["validate", "--today", "2026-11-21", "--from", &from][..], arguments].concat())
}

/// Judges a case under a policy of this text.
pub(crate) fn under(case: &str, policy: &str, arguments: &[&str]) -> Run {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cluster.toml");
    fs::write(&path, policy).unwrap();
    validate(case, &[&["--policy", path.to_str().unwrap()][..], arguments].concat())
}

pub(crate) fn json(run: &Run) -> Value {
    serde_json::from_str(&run.stdout).unwrap()
}

pub(crate) fn codes(view: &Value, list: &str) -> Vec<String> {
    let items = view[list].as_array().unwrap().iter();
    items.map(|it| it["code"].as_str().unwrap().to_owned()).collect()
}

/// Names for one of the networks with a cloned link-layer address.
pub(crate) const RENAMED: &str = "[network.\"10.0.1.0/24\"]\nname = \"Blue\"\n";
