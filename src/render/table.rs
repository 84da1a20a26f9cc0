//! The table for people, and the lines around it.

use std::collections::BTreeMap;

use super::grid::grid;
use super::show::{ExceptionView, NetworkView, ShowView};
use super::text::{Page, Tone, count, list, speed};

/// Networks that a line for a class of traffic names after the first.
const LISTED: usize = 7;

/// Columns that a narrow page goes without: speed, then what the lines below tell as well.
const EXPENDABLE: [usize; 4] = [6, 7, 5, 1];

/// The networks as a table under a line that says how they are, then a line for each class of
/// traffic and for whatever a reader must know before trusting the table. With `only` the table has
/// the network of that place alone.
#[must_use]
pub fn table(view: &ShowView, only: Option<usize>, page: Page) -> String {
    let mut text = format!("{}\n", page.wrap(&summary(view, page), 0));
    if !view.networks.is_empty() {
        text += "\n";
        text += &grid(header_and_rows(view, only, page), &EXPENDABLE, page);
        text += "\n";
        for line in traffic_lines(view) {
            text += &format!("{}\n", page.wrap(&line, 16));
        }
    }
    for line in caveats(view) {
        text += &format!("{}\n", page.wrap(&line, 16));
    }
    text
}

/// One line: how many nodes and networks, and how the networks are.
#[must_use]
pub fn summary(view: &ShowView, page: Page) -> String {
    let nodes = count(view.nodes.len(), "node");
    if view.networks.is_empty() {
        let interfaces = count(view.skipped.len(), "interface");
        return match view.nodes.len() {
            0 => "No node: nothing to show.".to_owned(),
            _ => format!(
                "{nodes}, no cluster network: none of {interfaces} counts (--all says why)."
            ),
        };
    }
    let networks = count(view.networks.len(), "cluster network");
    let unwell: Vec<&NetworkView> =
        view.networks.iter().filter(|network| network.state != "Up").collect();
    let states = match unwell.len() {
        0 => return format!("{nodes}, {networks}, all {}", page.paint("Up", Tone::Good)),
        1..=3 => unwell
            .iter()
            .map(|network| {
                format!("{} {}", network.name, page.paint(network.state, tone(network.state)))
            })
            .collect(),
        _ => states_counted(view, page),
    };
    format!("{nodes}, {networks}: {}", states.join(", "))
}

/// How many networks are in each state, best state first.
fn states_counted(view: &ShowView, page: Page) -> Vec<String> {
    let counted = ["Up", "Partitioned", "Down", "Unavailable"].map(|state| {
        let number = view.networks.iter().filter(|network| network.state == state).count();
        (number > 0).then(|| format!("{number} {}", page.paint(state, tone(state))))
    });
    counted.into_iter().flatten().collect()
}

fn tone(state: &str) -> Tone {
    match state {
        "Up" => Tone::Good,
        "Partitioned" => Tone::Warning,
        _ => Tone::Bad,
    }
}

fn header_and_rows(view: &ShowView, only: Option<usize>, page: Page) -> Vec<Vec<String>> {
    let header = ["Name", "Role", "Metric", "State", "Subnets", "Members", "Speed", "Carries"];
    let header = header.map(|title| page.paint(title, Tone::Strong)).to_vec();
    let shown = view.networks.iter().enumerate();
    let shown = shown.filter(|(place, _)| only.is_none_or(|only| only == *place));
    let rows = shown.map(|(_, network)| row(view, network, page));
    std::iter::once(header).chain(rows).collect()
}

fn row(view: &ShowView, network: &NetworkView, page: Page) -> Vec<String> {
    let metric_note = match network.metric_source {
        "automatic" => "auto",
        source => source,
    };
    let subnets: Vec<String> = network.subnets.iter().map(ToString::to_string).collect();
    vec![
        network.name.clone(),
        role(network).to_owned(),
        format!("{} {}", network.metric, page.paint(metric_note, Tone::Faint)),
        page.paint(network.state, tone(network.state)),
        subnets.join("\n"),
        members(network, view.nodes.len()),
        speeds(network),
        match network.carries.as_slice() {
            [] => "-".to_owned(),
            carries => carries.join(", "),
        },
    ]
}

/// A role in words, so that the cell can be wrapped.
fn role(network: &NetworkView) -> &'static str {
    match network.role {
        0 => "0 none",
        1 => "1 cluster",
        _ => "3 cluster and client",
    }
}

/// Members in a cell: the interface's name on a single node; else how many are up of how many, by
/// what names, and which are down or faked.
fn members(network: &NetworkView, nodes: usize) -> String {
    let mut names: Vec<&str> = Vec::new();
    for member in &network.members {
        if !names.contains(&member.interface.as_str()) {
            names.push(&member.interface);
        }
    }
    let names = list(&names, 3);
    let up = network.members.iter().filter(|member| member.state == "Up").count();
    let mut cell = match nodes {
        1 => names,
        _ => format!("{up}/{} {names}", network.members.len()),
    };
    let some = |wanted: fn(&super::MemberView) -> bool| -> Vec<&str> {
        let found = network.members.iter().filter(|member| wanted(member));
        found.map(|member| member.node.as_str()).collect()
    };
    let (down, faked) = (some(|member| member.state == "Down"), some(|member| member.faked));
    if nodes > 1 && !down.is_empty() {
        cell += &format!("\ndown: {}", list(&down, 3));
    }
    if !faked.is_empty() {
        cell += &format!("\nfaked: {}", list(&faked, 3));
    }
    cell
}

/// Speed of the members: one figure, a range, or a dash; a question mark when some are not known.
fn speeds(network: &NetworkView) -> String {
    let known: Vec<u32> = network.members.iter().filter_map(|member| member.speed_mbps).collect();
    let (Some(least), Some(most)) = (known.iter().min(), known.iter().max()) else {
        return "-".to_owned();
    };
    let doubt = if known.len() < network.members.len() { "?" } else { "" };
    if least == most {
        format!("{}{doubt}", speed(*least))
    } else {
        format!("{}-{}{doubt}", speed(*least), speed(*most))
    }
}

fn traffic_lines(view: &ShowView) -> Vec<String> {
    let traffic = &view.traffic;
    let metric = |name: &String| {
        let network = view.networks.iter().find(|network| network.name == *name);
        network.map_or_else(|| name.clone(), |network| format!("{name} ({})", network.metric))
    };
    let order = |names: &[String]| match names {
        [] => "nothing is available".to_owned(),
        [only] => metric(only),
        [first, rest @ ..] => {
            let shown: Vec<String> = rest.iter().take(LISTED).map(metric).collect();
            let more = match rest.len() - shown.len() {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            format!("{}, then {}{more}", metric(first), shown.join(", "))
        }
    };
    let mut lines = vec![
        format!("Heartbeat/CSV   {}", order(&traffic.heartbeat)),
        format!("Live migration  {}", order(&traffic.live_migration)),
    ];
    if traffic.collision {
        lines.push("Note            CSV and live migration share a network".to_owned());
    }
    lines.extend(traffic.exceptions.iter().take(8).map(exception_line));
    if let Some(more) = traffic.exceptions.len().checked_sub(9) {
        lines.push(format!("Differs         in {} more groups of nodes (--format json)", more + 1));
    }
    lines
}

fn exception_line(exception: &ExceptionView) -> String {
    let between = if exception.nodes == exception.peers {
        format!("among {}", list(&exception.nodes, 4))
    } else {
        format!("{} with {}", list(&exception.nodes, 4), list(&exception.peers, 4))
    };
    match &exception.csv {
        None => format!("Differs         {between}: no network joins them"),
        Some(csv) => {
            let migration = exception.live_migration.first().map_or("nothing", String::as_str);
            format!("Differs         {between}: CSV on {csv}, live migration on {migration}")
        }
    }
}

fn caveats(view: &ShowView) -> Vec<String> {
    let mut lines = Vec::new();
    if view.metric_scheme == "2012" {
        lines.push("Metrics         scheme 2012, reconstructed from published values".to_owned());
    }
    if !view.unmatched.is_empty() {
        lines.push(format!(
            "Unknown         the policy's migration names {}: there is no such network",
            list(&view.unmatched, 4)
        ));
    }
    for conflict in &view.conflicts {
        let used = conflict.used_taken_at.as_deref().unwrap_or("at an unknown time");
        lines.push(format!(
            "Conflict        {} different inventories of {}; the one taken {used} is used",
            conflict.inventories, conflict.node
        ));
    }
    let mut unknown: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for gap in view.gaps.iter().filter(|gap| gap.matters) {
        let nodes = unknown.entry(gap.fact).or_default();
        if !nodes.contains(&gap.node.as_str()) {
            nodes.push(&gap.node);
        }
    }
    let all = view.nodes.len();
    let of = |nodes: &[&str]| match nodes.len() {
        some if some == all => String::new(),
        _ => format!(" ({})", list(nodes, 4)),
    };
    let facts: Vec<String> =
        unknown.iter().map(|(fact, nodes)| format!("{fact}{}", of(nodes))).collect();
    if !facts.is_empty() {
        lines.push(format!("Not known       {}; --explain says why", facts.join(", ")));
    }
    lines
}

/// Interfaces that do not count, with their reasons.
#[must_use]
pub fn skipped_table(view: &ShowView, page: Page) -> String {
    if view.skipped.is_empty() {
        return "Every interface is on a cluster network.\n".to_owned();
    }
    let header = ["Node", "Interface", "Not counted because"];
    let mut rows = vec![header.map(|title| page.paint(title, Tone::Strong)).to_vec()];
    for skipped in &view.skipped {
        rows.push(vec![skipped.node.clone(), skipped.interface.clone(), skipped.reason.clone()]);
    }
    grid(rows, &[], page)
}
