//! Why everything is as it is.

use super::reason;
use super::show::{ExceptionView, NetworkView, ShowView};
use super::text::{Page, Tone, list};
use crate::model::{
    Assignment, ClusterLayout, CsvReason, Explanation, Flip, NameSource, OrderKind,
};

/// Everything that explains a view.
#[derive(Debug)]
pub struct Story<'a> {
    /// The view that is explained.
    pub view: &'a ShowView,
    /// The layout it was made of.
    pub layout: &'a ClusterLayout,
    /// The assignment it was made of.
    pub assignment: &'a Assignment,
    /// How the choices were made.
    pub explanation: Explanation,
}

impl Story<'_> {
    /// For every number and choice: why, which candidates lost, and the smallest change that would
    /// turn it. With `only` the numbers are those of the network of that place alone.
    #[must_use]
    pub fn tell(&self, only: Option<usize>, page: Page) -> String {
        let places = 0..self.view.networks.len();
        let shown = places.filter(|place| only.is_none_or(|only| only == *place));
        let mut text: String = shown.map(|place| self.network(place, page)).collect();
        text += &self.choices(page);
        text + &gap_section(self.view, page)
    }

    /// For CSV, migration and pairs that differ: why, and which candidates lost.
    #[must_use]
    pub fn choices(&self, page: Page) -> String {
        let mut text = csv_section(self.view, &self.explanation, page);
        text += "\n";
        text += &migration_section(self.view, &self.explanation, page);
        text + &pairs_section(self.view, page)
    }

    fn network(&self, place: usize, page: Page) -> String {
        let network = &self.view.networks[place];
        let (formed, assigned) = (&self.layout.networks[place], &self.assignment.networks[place]);
        let role = format!("{} {}", network.role, network.role_name);
        let role_flip = reason::role_flip(&assigned.role_reason);
        let metric = format!("{} ({})", network.metric, network.metric_source);
        let metric_flip = reason::metric_flip(&assigned.metric_reason);
        let lines = [
            ("name", name_reason(formed.name_source, place + 1)),
            ("role", with_flip(&role, &network.role_reason, role_flip)),
            ("metric", with_flip(&metric, &network.metric_reason, metric_flip)),
            ("state", state_reason(network)),
        ];
        let title = format!("{} ({})", network.name, list(&network.subnets, 4));
        let mut text = section(&title, page);
        for (what, why) in lines {
            text += &page.wrap(&format!("  {what:<8}{why}"), 10);
            text += "\n";
        }
        text + "\n"
    }
}

fn with_flip(value: &str, why: &str, flip: &str) -> String {
    format!("{value}: {why}. To change it: {flip}.")
}

fn name_reason(source: NameSource, place: usize) -> String {
    match source {
        NameSource::Policy => "set in the policy".to_owned(),
        NameSource::Position => {
            format!("automatic: place {place} in the order of enumeration (IPv4 first, by address)")
        }
        NameSource::NextNumber => {
            "automatic: the next number that was never used, since others are taken".to_owned()
        }
    }
}

fn state_reason(network: &NetworkView) -> String {
    let of = network.members.len();
    let down: Vec<String> = network
        .members
        .iter()
        .filter(|member| member.state == "Down")
        .map(|member| format!("{} {}", member.node, member.interface))
        .collect();
    let faked = network.members.iter().filter(|member| member.faked).count();
    let mut text = format!("{}: {} of {of} members up", network.state, of - down.len());
    if !down.is_empty() {
        text += &format!("; down: {}", list(&down, 6));
    }
    if faked > 0 {
        text += &format!("; {faked} faked, which lead to no other node");
    }
    if of == 1 && network.state == "Down" {
        text += "; no other node is on it";
    }
    text
}

fn csv_section(view: &ShowView, explanation: &Explanation, page: Page) -> String {
    let traffic = &view.traffic;
    let winner = traffic.csv.as_deref().unwrap_or("nothing");
    let mut text = section(&format!("Heartbeat/CSV: {winner}"), page);
    for reason_shown in [true, false] {
        for (network, standing) in view.networks.iter().zip(&explanation.csv) {
            if (*standing == CsvReason::Lowest) == reason_shown {
                text += &standing_line(network, reason::csv(*standing), page);
            }
        }
    }
    text + &flip_line(view, explanation.csv_flip, page)
}

fn standing_line(network: &NetworkView, why: &str, page: Page) -> String {
    let line = format!("  {} ({}): {why}", network.name, network.metric);
    page.wrap(&line, 4) + "\n"
}

fn migration_section(view: &ShowView, explanation: &Explanation, page: Page) -> String {
    let traffic = &view.traffic;
    let winner = traffic.live_migration.first().map_or("nothing", String::as_str);
    let mut text = section(&format!("Live migration: {winner}"), page);
    let mut standing: Vec<_> = view.networks.iter().zip(&explanation.migration).collect();
    let place = |network: &NetworkView| {
        let order = &traffic.live_migration;
        order.iter().position(|name| *name == network.name).unwrap_or(order.len())
    };
    standing.sort_by_cached_key(|(network, _)| place(network));
    for (network, reason) in standing {
        let is_csv = network.carries.contains(&"CSV");
        let why = reason::migration(*reason, is_csv, explanation.migration_order);
        text += &standing_line(network, why, page);
    }
    if explanation.migration_order == OrderKind::List {
        let line = "  To change it: put another network first in migration.order of the policy";
        return text + &page.wrap(line, 4) + "\n";
    }
    text + &flip_line(view, explanation.migration_flip, page)
}

/// For pairs of nodes that differ: which better networks they can't use, and at which node.
fn pairs_section(view: &ShowView, page: Page) -> String {
    let exceptions = &view.traffic.exceptions;
    if exceptions.is_empty() {
        return String::new();
    }
    let mut text = format!("\n{}", section("Pairs that differ", page));
    for exception in exceptions {
        let ends = format!("{} with {}", list(&exception.nodes, 4), list(&exception.peers, 4));
        let chosen = exception.csv.as_deref().unwrap_or("nothing");
        text += &page.wrap(&format!("  {ends}: CSV on {chosen}"), 4);
        text += "\n";
        let better =
            view.traffic.heartbeat.iter().take_while(|name| Some(*name) != exception.csv.as_ref());
        for name in better {
            if let Some(network) = view.networks.iter().find(|network| network.name == *name) {
                let line = format!("    not {name}: {}", missing_ends(network, exception));
                text += &page.wrap(&line, 6);
                text += "\n";
            }
        }
    }
    text
}

/// The nodes of an exception that can't use a network, and why.
fn missing_ends(network: &NetworkView, exception: &ExceptionView) -> String {
    let why = |node: &String| {
        let mut members = network.members.iter().filter(|member| member.node == *node);
        match members.clone().next() {
            None => Some(format!("{node} is not on it")),
            Some(_) if members.clone().any(|it| it.state == "Up" && !it.faked) => None,
            Some(_) if members.any(|it| it.faked) => Some(format!("{node}'s adapter is faked")),
            Some(member) => Some(format!("{node} {} is down", member.interface)),
        }
    };
    let mut ends: Vec<&String> = exception.nodes.iter().chain(&exception.peers).collect();
    ends.dedup();
    let reasons: Vec<String> = ends.into_iter().filter_map(why).collect();
    list(&reasons, 4)
}

fn section(title: &str, page: Page) -> String {
    let wrapped = page.wrap(title, 2);
    let painted: Vec<String> = wrapped.lines().map(|line| page.paint(line, Tone::Strong)).collect();
    painted.join("\n") + "\n"
}

fn flip_line(view: &ShowView, flip: Option<Flip>, page: Page) -> String {
    let line = match flip {
        None => "  To change it: no metric does".to_owned(),
        Some(flip) => {
            let name = |place: usize| view.networks.get(place).map_or("", |network| &network.name);
            format!(
                "  To change it: set \"{}\" metric={} gives it to {} (smallest change of a metric that does)",
                name(flip.network),
                flip.metric,
                name(flip.winner)
            )
        }
    };
    page.wrap(&line, 4) + "\n"
}

fn gap_section(view: &ShowView, page: Page) -> String {
    if view.gaps.is_empty() {
        return String::new();
    }
    let mut text = format!(
        "
{}",
        section("Not known", page)
    );
    for gap in &view.gaps {
        let place = match &gap.interface {
            Some(interface) => format!("{} {interface}", gap.node),
            None => gap.node.clone(),
        };
        text += &page.wrap(&format!("  {place}: {}: {}", gap.fact, gap.cause), 4);
        text += "\n";
    }
    text
}
