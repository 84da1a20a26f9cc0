//! Every folder of `fixtures/netlink` is a recording with the inventory that it decodes to.
//!
//! With `UPDATE_CASES` set the inventories are written anew, to be reviewed as a difference.

#![expect(clippy::disallowed_methods, reason = "reads recordings")]

use std::fs;
use std::path::{Path, PathBuf};

use netplan_cluster::import::read;
use netplan_cluster::model::{Fact, Gap, NodeInventory};

fn shapes() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/netlink");
    let mut shapes: Vec<_> = fs::read_dir(folder).unwrap().map(|it| it.unwrap().path()).collect();
    shapes.sort();
    shapes
}

fn decoded(shape: &Path) -> NodeInventory {
    let mut all = read(&[shape.join("recording.json")]).unwrap();
    assert_eq!(all.len(), 1);
    all.remove(0)
}

#[test]
fn every_recording_decodes_to_its_inventory() {
    let shapes = shapes();
    assert!(shapes.len() >= 11, "the recordings are gone");
    let mut wrong = Vec::new();
    for shape in &shapes {
        let inventory = decoded(shape);
        let path = shape.join("inventory.json");
        let found = serde_json::to_string_pretty(&inventory).unwrap() + "\n";
        if std::env::var_os("UPDATE_CASES").is_some() {
            fs::write(&path, found).unwrap();
        } else if fs::read_to_string(&path).unwrap_or_default() != found {
            wrong.push(path);
        } else {
            assert_eq!(read(&[path]).unwrap(), [inventory]);
        }
    }
    assert!(wrong.is_empty(), "UPDATE_CASES=1 shows the difference in git: {wrong:?}");
}

#[test]
fn synthetic_recordings_lack_nothing_that_the_kernel_answers() {
    let shapes = shapes();
    let complete = [
        ("dual-stack", 3),
        ("infiniband", 4),
        ("ipv6-only", 3),
        ("many", 256),
        ("nothing", 1),
        ("one-nic", 2),
        ("three-nics-gateway", 4),
    ];
    for (name, interfaces) in complete {
        let shape = shapes.iter().find(|shape| shape.ends_with(name)).unwrap();
        let inventory = decoded(shape);
        let told_by_files =
            [Fact::ReversePathFilter, Fact::OwnName, Fact::Resolvers, Fact::Neighbours];
        let lacking = inventory.gaps.iter().filter(|gap| !told_by_files.contains(&gap.fact));
        assert_eq!(lacking.collect::<Vec<_>>(), Vec::<&Gap>::new(), "{name}");
        assert_eq!(inventory.interfaces.len(), interfaces, "{name}");
    }
}
