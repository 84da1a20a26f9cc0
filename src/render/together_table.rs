//! Several VMs at once against one after the other, for people.

use std::collections::BTreeMap;

use super::figures::figures;
use super::forecast::whole;
use super::measure::{rate, time, whole as words_of};
use super::text::{Page, Tone, count, escaped, list};
use super::together::{Copies, ends, moved};
use crate::model::{Schedule, Slot, Together};

/// Longer courses are shown by so many groups at the beginning and at the end.
const HEAD: usize = 12;
const TAIL: usize = 8;

impl Copies<'_> {
    /// So many at once: all leave one node, whose limit is theirs.
    fn at_once(&self) -> u32 {
        self.per_node.map_or(self.parallel, |it| it.min(self.parallel))
    }

    /// The verdict, both ways beside each other, and when each goes.
    #[must_use]
    pub fn tell(&self, page: Page) -> String {
        let mut text = page.wrap(&self.verdict(page), 0) + "\n";
        text += &format!("\n{}", self.ways(page));
        let title = format!("{} at a time", self.at_once());
        text += &format!("\n{}\n{}", page.paint(&title, Tone::Strong), self.groups(page));
        let title = page.paint("Taken for granted", Tone::Strong);
        let line = |text: &String| page.wrap(&format!("  {}", escaped(text)), 4) + "\n";
        text + &format!("\n{title}\n") + &self.notes.iter().map(line).collect::<String>()
    }

    fn verdict(&self, page: Page) -> String {
        let Together { parallel, single } = self.together;
        let all = parallel.slots.len();
        let like = if self.name.is_empty() {
            String::new()
        } else {
            format!(" like {}", escaped(self.name))
        };
        let over = self.network.map_or_else(String::new, |it| format!(" over {}", escaped(it)));
        let way = if self.at_once() == 1 { "one".to_owned() } else { self.at_once().to_string() };
        let head = format!(
            "{}{like}, {way} at a time{over} at {}",
            count(all, "VM"),
            rate(self.link_bytes_s)
        );
        let said = match moved(parallel) {
            some if some == all => {
                let words = if all == 1 { "moved" } else { "all are moved" };
                format!("{} after {}", page.paint(words, Tone::Good), time(parallel.total_ms))
            }
            some => page.paint(&format!("{} of {all} are not moved", all - some), Tone::Bad),
        };
        format!(
            "{head}: {said}{}",
            if self.at_once() == 1 { String::new() } else { against(single, parallel) }
        )
    }

    /// Both ways beside each other.
    fn ways(&self, page: Page) -> String {
        let header = ["At a time", "Moved", "First done", "All done", "Each takes", "Downtime"];
        let mut rows = vec![header.map(str::to_owned).to_vec()];
        if self.at_once() > 1 {
            rows.push(way(self.at_once(), &self.together.parallel));
        }
        rows.push(way(1, &self.together.single));
        figures(&rows, &[2, 4, 5], page)
    }

    /// VMs that go alike, in the order in which they start; the middle of a long course left out.
    fn groups(&self, page: Page) -> String {
        let mut groups: BTreeMap<_, Vec<usize>> = BTreeMap::new();
        for (place, slot) in self.together.parallel.slots.iter().enumerate() {
            let key = (whole(slot.start_ms), whole(slot.end_ms), slot.outcome.name());
            groups.entry(key).or_default().push(place);
        }
        let groups: Vec<Vec<usize>> = groups.into_values().collect();
        let mut header = vec!["VMs", "Start", "Done", "Takes", "Downtime", "Last rate", "Outcome"];
        if !self.targets.is_empty() {
            header.push("To");
        }
        let mut rows = vec![header.into_iter().map(str::to_owned).collect()];
        let is_long = groups.len() > HEAD + TAIL + 1;
        let middle = if is_long { HEAD..groups.len() - TAIL } else { 0..0 };
        for (number, group) in groups.iter().enumerate() {
            if !middle.contains(&number) {
                rows.push(self.row(group));
            } else if number == middle.start {
                let skipped: usize = groups[middle.clone()].iter().map(Vec::len).sum();
                rows.push(vec![format!("… {skipped}")]);
            }
        }
        figures(&rows, &[7, 5, 3, 4, 1], page)
    }

    fn row(&self, group: &[usize]) -> Vec<String> {
        let slot = group[0];
        let slot = &self.together.parallel.slots[slot];
        let or_never = |text: String| if ends(slot) { text } else { "never".to_owned() };
        let mut row = vec![
            group.len().to_string(),
            time(slot.start_ms),
            or_never(time(slot.end_ms)),
            or_never(time(slot.end_ms - slot.start_ms)),
            if slot.outcome.is_moved() { time(slot.downtime_ms) } else { "-".to_owned() },
            rate(slot.rate_bytes_s),
            slot.outcome.name().to_owned(),
        ];
        if !self.targets.is_empty() {
            let mut to: Vec<String> =
                group.iter().filter_map(|it| self.target(*it)).map(escaped).collect();
            to.sort();
            to.dedup();
            row.push(list(&to, 2));
        }
        row
    }
}

/// How one after the other compares.
fn against(single: &Schedule, parallel: &Schedule) -> String {
    let all = single.slots.len();
    let left = all - moved(single);
    if left > 0 {
        return format!("; one at a time {left} of {all} are not moved");
    }
    let total = time(single.total_ms);
    if moved(parallel) < all {
        return format!("; one at a time all are after {total}");
    }
    let change = (single.total_ms / parallel.total_ms - 1.0) * 100.0;
    match change {
        same if same.abs() < 0.5 => "; one at a time takes as long".to_owned(),
        longer if longer > 0.0 => {
            format!("; one at a time takes {total}, {} % longer", words_of(longer))
        }
        shorter => format!("; one at a time takes {total}, {} % less", words_of(-shorter)),
    }
}

fn way(parallel: u32, schedule: &Schedule) -> Vec<String> {
    let done: Vec<&Slot> = schedule.slots.iter().filter(|it| it.outcome.is_moved()).collect();
    let first = done.iter().map(|it| it.end_ms).fold(f64::INFINITY, f64::min);
    let or_dash = |text: String| if done.is_empty() { "-".to_owned() } else { text };
    let longest = |of: fn(&Slot) -> f64| done.iter().map(|it| of(it)).fold(0.0, f64::max);
    vec![
        parallel.to_string(),
        format!("{} of {}", done.len(), schedule.slots.len()),
        or_dash(time(first)),
        or_dash(time(longest(|it| it.end_ms))),
        or_dash(format!("up to {}", time(longest(|it| it.end_ms - it.start_ms)))),
        or_dash(format!("up to {}", time(longest(|it| it.downtime_ms)))),
    ]
}
