//! Turns of hosts for people.

use super::Rolled;
use super::table::{granted, hosts, left_behind, shortened, worst};
use super::words::{bytes_of, clock, name, pace, terms, window};
use crate::model::{Blocked, HostReturn};
use crate::render::grid::grid;
use crate::render::measure::time;
use crate::render::text::{Page, Tone, count, escaped, list};

impl Rolled<'_> {
    /// The verdict, hosts that can't be emptied and why, the turns, and hosts at their fullest.
    #[must_use]
    pub fn tell(&self, page: Page) -> String {
        let plan = self.plan;
        let mut text = page.wrap(&self.verdict(page), 0) + "\n";
        if let Some((before, lost)) = self.before {
            let said = window(&escaped(lost), before.total_ms, plan.total_ms);
            text += &format!("{}\n", page.wrap(&said, 2));
        }
        for it in &plan.blocked {
            text += &self.blocked(it, page);
        }
        if !plan.turns.is_empty() {
            let speed = pace(plan.chosen.pace, plan.chosen.at_once);
            let single = if plan.chosen.at_once > 1 {
                format!("; with one at a time it takes {}", time(plan.single_ms()))
            } else {
                String::new()
            };
            let said = format!(
                "{} out at once, each for {} of reboot; migrations {speed}{single}.",
                count(self.out, "host"),
                time(self.reboot_ms),
            );
            text += &format!("\n{}\n\n{}", page.wrap(&said, 0), self.turns(page));
        }
        text += &format!("\n{}", hosts(&plan.hosts, page));
        text + &granted(self.notes, &terms(&self.terms), page)
    }

    fn verdict(&self, page: Page) -> String {
        let plan = self.plan;
        let worst = worst(self.workload, &plan.moves);
        let moves = format!("{}{worst}", count(plan.moves.len(), "migration"));
        let done = match plan.turns.len() {
            1 => "1 host has its turn".to_owned(),
            some => format!("{some} hosts have their turn"),
        };
        let said = format!("{done} within {}; {moves}", time(plan.total_ms));
        if plan.holds() {
            return page.paint(&done, Tone::Good) + &said[done.len()..];
        }
        let blocked = match plan.blocked.len() {
            0 => "VMs do not get home".to_owned(),
            1 => "1 host can't be emptied".to_owned(),
            some => format!("{some} hosts can't be emptied"),
        };
        format!("{}; {said}", page.paint(&blocked, Tone::Bad))
    }

    fn blocked(&self, it: &Blocked, page: Page) -> String {
        let title = format!("{} can't be emptied", escaped(it.node.as_str()));
        let mut text = format!("\n{}\n", page.paint(&title, Tone::Strong));
        text +=
            left_behind(self.workload, &it.unplaceable, &it.stays, page).trim_start_matches('\n');
        if !it.stuck.is_empty() {
            let names: Vec<String> = it.stuck.iter().map(|it| name(self.workload, *it)).collect();
            let line = format!("does not converge beside the others: {}", list(&names, 6));
            text += &format!("{}\n", page.wrap(&line, 2));
        }
        text
    }

    fn turns(&self, page: Page) -> String {
        let header =
            vec!["Host", "VMs", "Memory", "Start", "Empty", "Rebooted", "Full again", "Out for"];
        let row = |it: &HostReturn| {
            vec![
                escaped(it.node.as_str()),
                it.machines.to_string(),
                bytes_of(it.bytes),
                clock(it.start_ms),
                time(it.empty_ms),
                time(it.back_ms),
                time(it.full_ms),
                time(it.full_ms - it.start_ms),
            ]
        };
        let rows = self.plan.turns.iter().map(row).collect();
        grid(shortened(header, rows), &[2, 5, 1], page)
    }
}
