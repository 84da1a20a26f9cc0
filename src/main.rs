//! The `netplan-cluster` command.

fn main() {}
