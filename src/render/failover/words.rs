//! Parts, times and happenings in words.

use crate::failover::Cluster;
use crate::model::{Happening, LostPart, NodeName, Profile, RedirectedIo};
use crate::render::text::{count, escaped, list};

/// A part as `--lose` takes it.
#[must_use]
pub fn part_text(cluster: &Cluster<'_>, part: &LostPart) -> String {
    escaped(&match part {
        LostPart::Network(place) => format!("network:{}", raw_name(cluster, *place)),
        LostPart::Switch(identity) => format!("switch:{}", switch(cluster, identity)),
        LostPart::Node(node) => format!("node:{node}"),
        LostPart::Card(node, card) => format!("device:{node}/{card}"),
        LostPart::Interface(node, interface) => format!("interface:{node}/{interface}"),
        LostPart::Storage(node) => format!("storage:{node}"),
    })
}

/// A switch's name where it is not another one's too, else its identity.
fn switch(cluster: &Cluster<'_>, identity: &str) -> String {
    let name = cluster.parts.name_of_switch(identity);
    name.unwrap_or(identity).to_owned()
}

fn raw_name<'a>(cluster: &'a Cluster<'_>, place: usize) -> &'a str {
    cluster.layout.networks.get(place).map_or("", |network| network.name.as_str())
}

/// A network's name.
pub(super) fn name(cluster: &Cluster<'_>, place: usize) -> String {
    escaped(raw_name(cluster, place))
}

/// A network's name, or that there is none.
pub(super) fn name_or_nothing(cluster: &Cluster<'_>, place: Option<usize>) -> String {
    place.map_or_else(|| "nothing".to_owned(), |place| name(cluster, place))
}

/// A network's name in a sentence, or that there is none.
pub(super) fn quoted_or_nothing(cluster: &Cluster<'_>, place: Option<usize>) -> String {
    place.map_or_else(|| "nothing".to_owned(), |place| quoted(&name(cluster, place)))
}

/// A name in a sentence: in quotes, unless a number in it keeps it from being taken for a word.
pub(super) fn quoted(name: &str) -> String {
    if name.contains(|it: char| it.is_ascii_digit()) {
        return name.to_owned();
    }
    format!("\"{name}\"")
}

/// Names of networks.
pub(super) fn names(cluster: &Cluster<'_>, places: &[usize]) -> Vec<String> {
    places.iter().map(|place| name(cluster, *place)).collect()
}

/// Nodes, shortened after four.
pub(super) fn nodes(nodes: &[NodeName]) -> String {
    let names: Vec<String> = nodes.iter().map(|node| escaped(node.as_str())).collect();
    list(&names, 4)
}

/// A time of so many ms in seconds, without needless digits.
#[must_use]
pub fn seconds(ms: u64) -> String {
    let text = format!("{}.{:03}", ms / 1000, ms % 1000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// What happens, in a word and in a sentence.
pub(super) fn happening(cluster: &Cluster<'_>, what: &Happening) -> (&'static str, String) {
    let part = |part| part_text(cluster, part);
    match what {
        Happening::Lost(lost) => ("lost", part(lost)),
        Happening::Noticed(lost, after) => {
            ("detected", format!("loss of {}, {} s after it", part(lost), seconds(*after)))
        }
        Happening::Undetected(lost) => (
            "undetected",
            format!("no link tells of the loss of {}: only a heartbeat would", part(lost)),
        ),
        Happening::Unnoticed(back) => {
            ("unnoticed", format!("{} is back before its loss is noticed", part(back)))
        }
        Happening::Returned(back) => ("returned", part(back)),
        Happening::Held(back, until) => {
            let (part, until) = (part(back), seconds(*until));
            ("held", format!("{part} is not used before {until} s while others do"))
        }
        Happening::Redirected { csv, migration, pairs, parted } => {
            ("redirected", redirected(cluster, [csv, migration], *pairs, *parted))
        }
        Happening::RedirectedIo(all) if all.is_empty() => {
            ("storage", "every node reaches its storage by itself again".to_owned())
        }
        Happening::RedirectedIo(all) => {
            let all: Vec<String> = all.iter().map(|one| redirected_io(cluster, one)).collect();
            ("storage", list(&all, 4))
        }
    }
}

fn redirected(
    cluster: &Cluster<'_>,
    traffic: [&[Option<usize>; 2]; 2],
    pairs: usize,
    parted: usize,
) -> String {
    let turn = |what: &str, [old, new]: &[Option<usize>; 2]| {
        let to = quoted_or_nothing(cluster, *new);
        if old == new {
            return format!("{what} stays on {to}");
        }
        format!("{what} {} -> {to}", quoted_or_nothing(cluster, *old))
    };
    let [csv, migration] = traffic;
    let mut text = format!("{}, {}", turn("CSV", csv), turn("migration", migration));
    if csv[1].is_some() && csv[1] == migration[1] {
        text += "; both on one network";
    }
    if pairs > 0 {
        text += &format!("; traffic of {} moves", count(pairs, "pair"));
    }
    if parted > 0 {
        text += &format!("; {} cut off", count(parted, "pair"));
    }
    text
}

/// Whose storage I/O goes where.
pub(super) fn redirected_io(cluster: &Cluster<'_>, io: &RedirectedIo) -> String {
    let target = io.target.as_deref().map(|it| format!(" to {}", escaped(it))).unwrap_or_default();
    let who = nodes(&io.nodes);
    match &io.through {
        Some((owner, network)) => {
            let network = quoted_or_nothing(cluster, Some(*network));
            let owner = escaped(owner.as_str());
            format!("I/O of {who}{target} goes over {network} through {owner}")
        }
        None => format!("I/O of {who}{target} stops: no node that they can reach has a path"),
    }
}

/// By what losses are noticed, and what is assumed.
pub(super) fn profile(profile: Profile) -> &'static str {
    match profile {
        Profile::Wsfc2008R2 => "Failover Clustering up to 2012 R2: 5 heartbeats of 1 s",
        Profile::Wsfc2016 => "Failover Clustering 2016 and later: 10 heartbeats of 1 s in a subnet",
        Profile::Corosync => "corosync: by token, and for nodes also by consensus",
        Profile::Declared => "the policy's heartbeat",
        Profile::Carrier => {
            "carrier, seen by the node itself at once; others see it, and the death of a node behind \
             a switch, by a heartbeat only: --profile says by which"
        }
        Profile::Lacp => {
            "LACP: three packets missed at the slowest rate of the bonds, else 90 s; the \
                           death of a node behind a switch by a heartbeat only"
        }
        Profile::Bond => {
            "link monitoring of the slowest bond, else every 100 ms; the death of a node behind a \
             switch by a heartbeat only"
        }
        Profile::Vrrp => "VRRP version 2, advertisements of 1 s and priority 100",
    }
}
