//! A plan as a picture: nodes above, networks as lines below them, members between, and a timeline.

use svg::Document;
use svg::node::element::{Circle, Group, Line, Rectangle, Style, Text, Title};

use super::picture::{Bus, Column, Picture, Standing};
use super::timeline::timeline;
use super::words;
use crate::failover::Cluster;
use crate::model::{FailoverPlan, Moment};
use crate::render::text::list;

/// Nodes that are drawn one by one at most.
const MOST: usize = 10;
/// Happenings that are listed at most.
const LISTED: usize = 40;

pub(super) const LEFT: usize = 220;
const COLUMN: usize = 130;
const RIGHT: usize = 230;
const NODES: usize = 70;
const BOX: usize = 44;
const FIRST_BUS: usize = 170;
const BUS: usize = 58;

pub(super) const LOST: &str = "#c62828";
pub(super) const CSV: &str = "#1565c0";
pub(super) const MIGRATION: &str = "#2e7d32";
const IDLE: &str = "#9e9e9e";

const STYLE: &str = "text{font-family:DejaVu Sans,Helvetica,Arial,sans-serif;font-size:13px;fill:#212121}\
    .title{font-size:17px;font-weight:bold}.small{font-size:11px;fill:#616161}.middle{text-anchor:middle}.mark{text-anchor:middle;font-size:10px;fill:#ffffff}\
    .lost{fill:#c62828}.csv{fill:#1565c0;font-weight:bold}.migration{fill:#2e7d32;font-weight:bold}";

/// The plan as SVG. Lost parts are dashed and red, CSV blue, migration green; where nodes are many,
/// those that stand alike share a box.
#[must_use]
pub fn failover_svg(cluster: &Cluster<'_>, plan: &FailoverPlan) -> String {
    let picture = Picture::of(cluster, plan, MOST);
    let width = (LEFT + picture.columns.len() * COLUMN + RIGHT).max(760);
    let lost: Vec<String> = plan.lost.iter().map(|it| words::part_text(cluster, it)).collect();
    let title = match &*lost {
        [] => "Nothing is lost at the end".to_owned(),
        lost => format!("Lost: {}", list(lost, 3)),
    };
    let timeline_at = FIRST_BUS + picture.buses.len() * BUS + 30;
    let moments: Vec<&Moment> = plan.timeline.moments.iter().take(LISTED).collect();
    let (timeline, height) = timeline(cluster, &moments, (timeline_at, width));
    let height = timeline_at + height;
    let mut document = Document::new()
        .set("viewBox", (0, 0, width, height))
        .set("width", width)
        .set("height", height)
        .add(Title::new(title.clone()))
        .add(Style::new(STYLE))
        .add(Rectangle::new().set("width", width).set("height", height).set("fill", "#ffffff"))
        .add(text(24, 34, "title", &title));
    for (at, bus) in picture.buses.iter().enumerate() {
        document = document.add(bus_group(at, bus, picture.columns.len()));
    }
    for (at, column) in picture.columns.iter().enumerate() {
        document = document.add(column_group(at, column, &picture.buses));
    }
    document = document.add(legend(width));
    let document = document.add(timeline);
    document.to_string() + "\n"
}

pub(super) fn text(x: usize, y: usize, class: &str, content: &str) -> Text {
    Text::new(content).set("x", x).set("y", y).set("class", class)
}

pub(super) fn line(from: (usize, usize), to: (usize, usize), colour: &str, width: usize) -> Line {
    Line::new()
        .set("x1", from.0)
        .set("y1", from.1)
        .set("x2", to.0)
        .set("y2", to.1)
        .set("stroke", colour)
        .set("stroke-width", width)
}

/// Colour and width of a network's line and of the members on it.
fn stroke(bus: &Bus) -> (&'static str, usize) {
    match (bus.csv[1], bus.migration[1], bus.states[1]) {
        (true, ..) => (CSV, 4),
        (_, true, _) => (MIGRATION, 4),
        (_, _, "Up" | "Partitioned") => (IDLE, 2),
        _ => (LOST, 2),
    }
}

fn bus_group(at: usize, bus: &Bus, columns: usize) -> Group {
    let (y, end) = (FIRST_BUS + at * BUS, LEFT + columns * COLUMN);
    let (colour, width) = stroke(bus);
    let mut drawn = line((LEFT - 10, y), (end, y), colour, width);
    if colour == LOST {
        drawn = drawn.set("stroke-dasharray", "8 5");
    }
    let about = format!("metric {}, role {}", bus.metric, bus.role);
    let [before, after] = bus.states;
    let state = if before == after { after.to_owned() } else { format!("{before} -> {after}") };
    let class = if before == after { "small" } else { "small lost" };
    let mut group = Group::new()
        .add(drawn)
        .add(text(24, y - 4, "", &bus.name))
        .add(text(24, y + 12, "small", &about))
        .add(text(end + 16, y + 14, class, &state));
    if bus.csv[1] && bus.migration[1] {
        let over =
            line((LEFT - 10, y), (end, y), MIGRATION, width).set("stroke-dasharray", "12 12");
        group = group.add(over);
    }
    let mut x = end + 16;
    for (what, class, [before, after]) in
        [("CSV", "csv", bus.csv), ("migration", "migration", bus.migration)]
    {
        let label = match (before, after) {
            (false, true) => format!("{what} (new)"),
            (true, true) => what.to_owned(),
            (true, false) => format!("no {what}"),
            (false, false) => continue,
        };
        let class = if after { class } else { "lost" };
        group = group.add(text(x, y - 2, class, &label));
        x += 9 * label.len() + 8;
    }
    group
}

fn column_group(at: usize, column: &Column, buses: &[Bus]) -> Group {
    let x = LEFT + at * COLUMN;
    let colour = if column.is_lost { LOST } else { "#455a64" };
    let mut frame = Rectangle::new()
        .set("x", x)
        .set("y", NODES)
        .set("width", COLUMN - 20)
        .set("height", BOX)
        .set("rx", 6)
        .set("fill", if column.is_lost { "#ffebee" } else { "#eceff1" })
        .set("stroke", colour)
        .set("stroke-width", 2);
    if column.is_lost {
        frame = frame.set("stroke-dasharray", "6 4");
    }
    let mut group = Group::new();
    for (place, (stand, bus)) in column.stands.iter().zip(buses).enumerate() {
        let at = x + (place + 1) * (COLUMN - 20) / (buses.len() + 1);
        group = member(group, at, FIRST_BUS + place * BUS, (*stand, bus));
    }
    let middle = x + (COLUMN - 20) / 2;
    let label = match &*column.nodes {
        [node] => shortened(node),
        [node, ..] => format!("{} +{}", shortened(node), column.nodes.len() - 1),
        [] => String::new(),
    };
    let names = Title::new(column.nodes.join(", "));
    let class = if column.is_lost { "middle lost" } else { "middle" };
    group.add(frame.add(names)).add(text(middle, NODES + BOX / 2 + 5, class, &label))
}

fn shortened(name: &str) -> String {
    const MOST: usize = 11;
    if name.chars().count() <= MOST {
        return name.to_owned();
    }
    name.chars().take(MOST - 1).chain(['…']).collect()
}

/// The line from a node down to a network.
fn member(group: Group, x: usize, y: usize, (stand, bus): (Standing, &Bus)) -> Group {
    let top = NODES + BOX;
    let (colour, width) = stroke(bus);
    let dot =
        |colour: &str| Circle::new().set("cx", x).set("cy", y).set("r", 5).set("fill", colour);
    match stand {
        Standing::Absent => group,
        Standing::Up => {
            // The member is well where its network is lost through others.
            let colour = if colour == LOST { IDLE } else { colour };
            group.add(line((x, top), (x, y), colour, width.min(3))).add(dot(colour))
        }
        Standing::Down => {
            let drawn = line((x, top), (x, y), IDLE, 1).set("stroke-dasharray", "2 4");
            group.add(drawn).add(dot("#ffffff").set("stroke", IDLE))
        }
        Standing::Lost => {
            let drawn = line((x, top), (x, y), LOST, 2).set("stroke-dasharray", "6 4");
            let cross = [((x - 6, y - 6), (x + 6, y + 6)), ((x - 6, y + 6), (x + 6, y - 6))];
            let group = group.add(drawn);
            cross.into_iter().fold(group, |group, (from, to)| group.add(line(from, to, LOST, 3)))
        }
    }
}

fn legend(width: usize) -> Group {
    let mut group = Group::new();
    let mut x = width - 380;
    for (what, colour) in [("CSV", CSV), ("migration", MIGRATION), ("lost", LOST), ("other", IDLE)]
    {
        group =
            group.add(line((x, 52), (x + 22, 52), colour, 4)).add(text(x + 28, 56, "small", what));
        x += 48 + 8 * what.len();
    }
    group
}
