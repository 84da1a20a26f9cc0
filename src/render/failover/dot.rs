//! A plan as a graph for Graphviz.

use super::picture::{Bus, Picture, Standing};
use crate::failover::Cluster;
use crate::model::FailoverPlan;
use crate::render::text::list;

/// Nodes that are drawn one by one at most.
const MOST: usize = 64;

/// The plan as a graph: nodes and networks, members between them, what is lost dashed and red, CSV
/// blue, migration green.
#[must_use]
pub fn failover_dot(cluster: &Cluster<'_>, plan: &FailoverPlan) -> String {
    let picture = Picture::of(cluster, plan, MOST);
    let mut text =
        "graph failover {\n  rankdir=LR;\n  node [fontname=\"sans-serif\"];\n".to_owned();
    for (at, column) in picture.columns.iter().enumerate() {
        let style = if column.is_lost { ", color=red, style=dashed" } else { "" };
        text +=
            &format!("  node{at} [shape=box, label={}{style}];\n", quoted(&list(&column.nodes, 3)));
    }
    for (at, bus) in picture.buses.iter().enumerate() {
        let label =
            format!("{}\nmetric {}, role {}\n{}", bus.name, bus.metric, bus.role, states(bus));
        let colour = colour(bus);
        text +=
            &format!("  network{at} [shape=ellipse, label={}, color={colour}];\n", quoted(&label));
    }
    for (node, column) in picture.columns.iter().enumerate() {
        for (network, (stand, bus)) in column.stands.iter().zip(&picture.buses).enumerate() {
            let style = match stand {
                Standing::Absent => continue,
                Standing::Down => "color=gray, style=dotted".to_owned(),
                Standing::Lost => "color=red, style=dashed, label=lost".to_owned(),
                Standing::Up => format!("color={}{}", colour(bus), width(bus)),
            };
            text += &format!("  node{node} -- network{network} [{style}];\n");
        }
    }
    text + "}\n"
}

fn states(bus: &Bus) -> String {
    let [before, after] = bus.states;
    let mut text = if before == after { after.to_owned() } else { format!("{before} -> {after}") };
    for (what, [before, after]) in [("CSV", bus.csv), ("migration", bus.migration)] {
        text += match (before, after) {
            (false, true) => "\nnow ",
            (true, true) => "\n",
            (true, false) => "\nno longer ",
            (false, false) => continue,
        };
        text += what;
    }
    text
}

fn colour(bus: &Bus) -> &'static str {
    match (bus.csv[1], bus.migration[1], bus.states[1]) {
        (true, true, _) => "\"blue:green\"",
        (true, false, _) => "blue",
        (false, true, _) => "green",
        (_, _, "Up" | "Partitioned") => "black",
        _ => "red",
    }
}

fn width(bus: &Bus) -> &'static str {
    if bus.csv[1] || bus.migration[1] { ", penwidth=2" } else { "" }
}

/// Text as a quoted string of the DOT language; a line break is centred.
fn quoted(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
    format!("\"{escaped}\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_within_their_quotes() {
        assert_eq!(quoted("a\"]; b\\\nc"), "\"a\\\"]; b\\\\\\nc\"");
    }
}
