//! What would mend a failure, as a view and in words.

use serde::Serialize;

use super::words::{name, part_text};
use crate::failover::Cluster;
use crate::model::{Edit, Harm, LostPart, Remedy};
use crate::render::text::Page;

/// What a failure does that a change of the layout may mend, and the smallest change that does.
#[derive(Clone, Debug, Serialize)]
pub struct RemedyView {
    /// What is lost, as `--lose` takes it.
    pub lost: Vec<String>,
    /// What comes of it now: `partition`, `storage` or `collision`.
    pub harm: &'static str,
    /// The change: `metric`, `role`, `avoid-csv`, `include`, `network` or `storage-path`; null where
    /// no small one was found.
    pub change: Option<&'static str>,
    /// Network that is changed.
    pub network: Option<String>,
    /// Its new metric.
    pub metric: Option<u32>,
    /// Its new role.
    pub role: Option<u8>,
    /// The same in words.
    pub text: String,
}

/// The view of what mends the loss of these parts, which does such a harm now.
#[must_use]
pub fn remedy(
    cluster: &Cluster<'_>,
    lost: &[LostPart],
    (harm, remedy): (Harm, Option<&Remedy>),
) -> RemedyView {
    let edit = remedy.map(|it| &it.edit);
    let network = edit.and_then(|edit| match edit {
        Edit::Metric { network, .. } | Edit::Role { network, .. } | Edit::Include { network } => {
            Some(name(cluster, *network))
        }
        Edit::AvoidCsv | Edit::Network | Edit::StoragePath => None,
    });
    RemedyView {
        lost: lost.iter().map(|part| part_text(cluster, part)).collect(),
        harm: match harm {
            Harm::Partition => "partition",
            Harm::Storage => "storage",
            Harm::Collision => "collision",
        },
        change: edit.map(kind),
        network,
        metric: edit.and_then(|edit| match edit {
            Edit::Metric { metric, .. } => Some(metric.get()),
            _ => None,
        }),
        role: edit.and_then(|edit| match edit {
            Edit::Role { role, .. } => Some(role.number()),
            _ => None,
        }),
        text: words(cluster, harm, edit),
    }
}

/// The same as a paragraph.
#[must_use]
pub fn remedy_text(view: &RemedyView, page: Page) -> String {
    let lost = view.lost.join(", ");
    let line = format!("Smallest change that mends the loss of {lost}: {}", view.text);
    format!("\n{}\n", page.wrap(&line, 2))
}

fn kind(edit: &Edit) -> &'static str {
    match edit {
        Edit::Metric { .. } => "metric",
        Edit::Role { .. } => "role",
        Edit::AvoidCsv => "avoid-csv",
        Edit::Include { .. } => "include",
        Edit::Network => "network",
        Edit::StoragePath => "storage-path",
    }
}

fn words(cluster: &Cluster<'_>, harm: Harm, edit: Option<&Edit>) -> String {
    let Some(edit) = edit else {
        return "no small change was found that removes it".to_owned();
    };
    let change = match edit {
        Edit::Metric { network, metric } => {
            format!("set \"{}\" metric={metric}", name(cluster, *network))
        }
        Edit::Role { network, role } => {
            format!("set \"{}\" role={}", name(cluster, *network), role.number())
        }
        Edit::AvoidCsv => "migration.order = \"avoid-csv\" in the policy".to_owned(),
        Edit::Include { network } => {
            format!("take \"{}\" out of migration.exclude in the policy", name(cluster, *network))
        }
        Edit::Network => {
            "a further network on every node, through a card and a switch of its own".to_owned()
        }
        Edit::StoragePath => "a second path to the storage on every node that has one, through a \
                              card, a network and a switch of its own"
            .to_owned(),
    };
    let harm = match harm {
        Harm::Partition => "nobody is cut off",
        Harm::Storage => "no storage I/O stops",
        Harm::Collision => "CSV and migration stay apart",
    };
    format!("{change}: then {harm} (planned again; fewer single failures do harm)")
}
