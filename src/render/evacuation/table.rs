//! An evacuation for people.

use super::words::{bytes_of, clock, name, pace, rejection, stay, terms, window};
use super::{Evacuated, network};
use crate::model::{HostLoad, Move, Stay, StayReason, Unplaceable, Workload};
use crate::render::advice::{Wording, change_lines};
use crate::render::grid::grid;
use crate::render::measure::time;
use crate::render::text::{Page, Tone, count, escaped, list};

/// Longer lists are shown by so many rows at the beginning and at the end.
const HEAD: usize = 40;
const TAIL: usize = 10;
/// Machines that stay, or find no place, are listed one by one up to here.
const LISTED: usize = 20;

impl Evacuated<'_> {
    /// The verdict, what stays and why, the moves, hosts before and after, and what was taken for
    /// granted.
    #[must_use]
    pub fn tell(&self, page: Page) -> String {
        let mut text = page.wrap(&self.verdict(page), 0) + "\n";
        if let Some((before, lost)) = self.before {
            let said = window(&escaped(lost), before.chosen.total_ms, self.plan.chosen.total_ms);
            text += &format!("{}\n", page.wrap(&(said + &self.other_networks()), 2));
        }
        text += &left_behind(self.workload, &self.plan.unplaceable, &self.plan.stays, page);
        if !self.plan.moves.is_empty() {
            text += &format!("\n{}\n", page.wrap(&self.ways(), 0));
            text += &format!("\n{}", self.moves(page));
        }
        text += &format!("\n{}", hosts(&self.plan.targets, page));
        text += &granted(self.notes, &terms(&self.terms), page);
        text
    }

    fn verdict(&self, page: Page) -> String {
        let plan = self.plan;
        let names: Vec<String> = plan.leaving.iter().map(|it| escaped(it.as_str())).collect();
        let hosts = if names.len() > 3 { count(names.len(), "host") } else { list(&names, 3) };
        let verb = if names.len() == 1 { "is" } else { "are" };
        let done = plan.moves.iter().filter(|it| it.outcome.is_moved()).count();
        let said = match count(done, "VM") {
            one if done == 1 => format!("{one} moves"),
            some => format!("{some} move"),
        };
        let worst = worst(self.workload, &plan.moves);
        if plan.holds() {
            let empty = page.paint("empty", Tone::Good);
            if done == 0 {
                return format!("{hosts} {verb} {empty} already: no VM runs there");
            }
            return format!(
                "{hosts} {verb} {empty} after {}; {said}{worst}",
                time(plan.chosen.total_ms)
            );
        }
        let stay = plan.stays.iter().filter(|it| it.reason != StayReason::Stopped).count()
            + plan.unplaceable.len()
            + (plan.moves.len() - done);
        let fails = page.paint(&format!("{verb} not emptied"), Tone::Bad);
        let stay = match count(stay, "VM") {
            one if stay == 1 => format!("{one} stays"),
            some => format!("{some} stay"),
        };
        format!("{hosts} {fails}: {stay}; {said} within {}{worst}", time(plan.chosen.total_ms))
    }

    fn other_networks(&self) -> String {
        let names = |places: &[usize]| {
            let name = |place: &usize| network(self.layout, Some(*place));
            let names: Vec<String> =
                places.iter().filter_map(name).map(|it| escaped(it.as_str())).collect();
            list(&names, 3)
        };
        let (now, then) = (names(&self.plan.networks), self.before.map(|it| names(&it.0.networks)));
        match then {
            Some(then) if then != now && !now.is_empty() => {
                format!(", over {now} instead of {then}")
            }
            _ => String::new(),
        }
    }

    /// The verdict without colour.
    pub(super) fn headline(&self) -> String {
        self.verdict(Page::default())
    }

    /// The pace that was chosen against others.
    pub(super) fn ways(&self) -> String {
        let plan = self.plan;
        let chosen = pace(plan.chosen.pace, plan.chosen.at_once);
        let single = plan.tried.first();
        let alone = match single {
            Some(it) if it.failed > plan.chosen.failed => "leaves more behind".to_owned(),
            Some(it) => format!("takes {}", time(it.total_ms)),
            None => return String::new(),
        };
        let width = plan.chosen.at_once;
        if width < 2 {
            return format!(
                "Window: {chosen}, each as soon as the one before it is done; within the limits more \
                 at once would not end sooner."
            );
        }
        format!(
            "Window: {chosen}, each as soon as there is a place: {}. In waves of {width} it takes {}, \
             one at a time {alone}.",
            time(plan.chosen.total_ms),
            time(plan.waves_ms),
        )
    }

    fn moves(&self, page: Page) -> String {
        let has_several = self.plan.networks.len() > 1;
        let mut header =
            vec!["VM", "Memory", "From", "To", "Start", "Takes", "Downtime", "Outcome"];
        if has_several {
            header.push("Network");
        }
        let row = |it: &Move| {
            let machine = &self.workload.machines[it.machine];
            let mut row = vec![
                escaped(&machine.name),
                bytes_of(machine.spec.ram_bytes),
                escaped(it.from.as_str()),
                escaped(it.to.as_str()),
                clock(it.start_ms),
                time(it.end_ms - it.start_ms),
                if it.outcome.is_moved() { time(it.downtime_ms) } else { "-".to_owned() },
                it.outcome.name().to_owned(),
            ];
            if has_several {
                let name = network(self.layout, it.network);
                row.push(name.map_or_else(String::new, |it| escaped(it.as_str())));
            }
            row
        };
        let rows = self.plan.moves.iter().map(row).collect();
        grid(shortened(header, rows), &[1, 7, 6], page)
    }
}

/// Header and rows, the middle of a long list left out.
pub(super) fn shortened(header: Vec<&str>, rows: Vec<Vec<String>>) -> Vec<Vec<String>> {
    let mut all = vec![header.into_iter().map(str::to_owned).collect()];
    let left_out = rows.len().saturating_sub(HEAD + TAIL);
    let is_long = left_out > 1;
    let count = rows.len();
    for (place, row) in rows.into_iter().enumerate() {
        if !is_long || place < HEAD || place >= count - TAIL {
            all.push(row);
        } else if place == HEAD {
            all.push(vec![format!("… {left_out} more")]);
        }
    }
    all
}

/// The worst downtime, with whose it is.
pub(super) fn worst(workload: &Workload, moves: &[Move]) -> String {
    let done = moves.iter().filter(|it| it.outcome.is_moved());
    let worst = done.max_by(|a, b| a.downtime_ms.total_cmp(&b.downtime_ms));
    worst.map_or_else(String::new, |it| {
        format!(", worst downtime {} ({})", time(it.downtime_ms), name(workload, it.machine))
    })
}

/// Machines that stay, each with why, and what would let it go.
pub(super) fn left_behind(
    workload: &Workload,
    unplaceable: &[Unplaceable],
    stays: &[Stay],
    page: Page,
) -> String {
    let mut text = String::new();
    for it in unplaceable.iter().take(LISTED) {
        let size = bytes_of(workload.machines[it.machine].spec.ram_bytes);
        let head = format!("{} ({size}) finds no place:", name(workload, it.machine));
        text += &format!("\n{}\n", page.paint(&head, Tone::Bad));
        for (reason, hosts) in &it.reasons {
            let hosts: Vec<String> = hosts.iter().map(|it| escaped(it.as_str())).collect();
            let said = rejection(workload, reason, hosts.len());
            let line = format!("  {}: {said}", list(&hosts, 4));
            text += &format!("{}\n", page.wrap(&line, 4));
        }
    }
    text += &more(unplaceable.len(), "VM without a place", "VMs without a place");
    let is_stopped = |it: &&Stay| it.reason == StayReason::Stopped;
    for it in stays.iter().filter(|it| !is_stopped(it)).take(LISTED) {
        let line = format!("{} {}", name(workload, it.machine), stay(it));
        text += &format!("\n{}\n", page.paint(&page.wrap(&line, 2), Tone::Bad));
        if let StayReason::NotConverging(why) = &it.reason {
            for (what, then) in change_lines(&why.spec, &why.advice, Wording::Document) {
                text += &format!("{}\n", page.wrap(&format!("  {what}: it {then}"), 4));
            }
        }
    }
    text +=
        &more(stays.iter().filter(|it| !is_stopped(it)).count(), "VM that stays", "VMs that stay");
    let stopped: Vec<String> =
        stays.iter().filter(is_stopped).map(|it| name(workload, it.machine)).collect();
    if !stopped.is_empty() {
        let verb = if stopped.len() == 1 { "VM stays" } else { "VMs stay" };
        let line = format!(
            "{} stopped {verb}: {} (no memory is held, and a reboot does no harm)",
            stopped.len(),
            list(&stopped, 6)
        );
        text += &format!("\n{}\n", page.wrap(&line, 2));
    }
    text
}

fn more(all: usize, one: &str, some: &str) -> String {
    match all.saturating_sub(LISTED) {
        0 => String::new(),
        1 => format!("\n… and 1 more {one}\n"),
        more => format!("\n… and {more} more {some}\n"),
    }
}

/// Memory of hosts; those that take nothing are left out where there are many.
pub(super) fn hosts(all: &[HostLoad], page: Page) -> String {
    let header = vec!["Host", "Memory", "Reserve", "Before", "Most", "After", "Left", "Takes"];
    let takes = |it: &&HostLoad| all.len() <= HEAD || it.takes > 0;
    let row = |it: &HostLoad| {
        let left = it.memory.saturating_sub(it.reserve).saturating_sub(it.after);
        vec![
            escaped(it.node.as_str()),
            bytes_of(it.memory),
            bytes_of(it.reserve),
            bytes_of(it.before),
            bytes_of(it.peak),
            bytes_of(it.after),
            bytes_of(left),
            count(it.takes, "VM"),
        ]
    };
    let rows = all.iter().filter(takes).map(row).collect();
    grid(shortened(header, rows), &[4, 2, 1], page)
}

/// What was taken for granted.
pub(super) fn granted(notes: &[String], terms: &str, page: Page) -> String {
    let line = |it: &str| page.wrap(&format!("  {}", escaped(it)), 4) + "\n";
    let title = page.paint("Taken for granted", Tone::Strong);
    let notes: String = notes.iter().map(|it| line(it)).collect();
    format!("\n{title}\n{notes}{}", line(terms))
}
