//! A forecast for people: the verdict, what to change, the rounds, and what was taken for granted.

use super::figures::{bars, figures};
use super::measure::{rate, size, time, whole};
use super::text::{Page, Tone, count, escaped};
use crate::migration::Terms;
use crate::model::{Forecast, Outcome, Round, Specification};

/// Longer courses are shown by so many rounds at the beginning and at the end.
const HEAD: usize = 12;
const TAIL: usize = 8;

/// Columns of the rounds that a narrow page goes without: start, rate, pages found dirty, cost of a
/// stop, bytes sent.
const EXPENDABLE: [usize; 5] = [1, 4, 5, 7, 3];

/// A forecast with what a reader wants to know besides.
#[derive(Clone, Debug)]
pub struct Outlook<'a> {
    /// What was asked.
    pub spec: &'a Specification,
    /// What it comes to.
    pub terms: Terms,
    /// The forecast.
    pub forecast: &'a Forecast,
    /// Network that carries it, where one is known.
    pub network: Option<String>,
    /// Changes that make it converge, cheapest first: what, and what happens then.
    pub changes: Vec<(String, String)>,
}

impl Outlook<'_> {
    /// The verdict, changes where there are any, rounds as table and as bars, assumptions.
    #[must_use]
    pub fn tell(&self, page: Page) -> String {
        let mut text = page.wrap(&self.verdict(page), 0) + "\n";
        text += &self.changes(page);
        text += &format!("\n{}", page.wrap(&self.transfer(), 0) + "\n");
        if !self.forecast.rounds.is_empty() {
            text += &format!("\n{}\n{}", self.rounds(page), page.paint(CHART, Tone::Strong));
            text += &format!("\n{}", self.chart(page));
        }
        text + &granted(&self.forecast.assumptions, page)
    }

    /// The verdict within the page, without the details.
    #[must_use]
    pub fn line(&self, page: Page) -> String {
        page.wrap(&self.verdict(page), 2)
    }

    /// One line: whether it converges, in how many rounds, how long, with what downtime, over which
    /// network at what rate.
    #[must_use]
    pub fn verdict(&self, page: Page) -> String {
        let forecast = self.forecast;
        let name = escaped(&forecast.name);
        let name = if name.is_empty() { "The VM" } else { &name };
        let moved = |tone, words: &str| {
            let rounds = count(forecast.rounds.len(), "round");
            let (total, downtime) = (time(forecast.total_ms), time(forecast.downtime_ms));
            let words = page.paint(words, tone);
            format!("{name} {words} in {rounds}, {total}, downtime {downtime}{}", self.route())
        };
        let needed = size(forecast.threshold_bytes);
        match forecast.outcome {
            Outcome::Converged => moved(Tone::Good, "converges"),
            Outcome::Forced => moved(Tone::Warning, "is moved by force"),
            Outcome::Cancelled => {
                let words = page.paint("does not converge", Tone::Bad);
                let after = time(forecast.total_ms);
                let how = if self.is_timed() { " within" } else { ": given up after" };
                format!("{name} {words}{how} {after}{}{}", self.left(), self.route())
            }
            Outcome::Stalled => {
                let words = page.paint("never converges", Tone::Bad);
                let settles = forecast.plateau_pages.map_or_else(
                    || "what is left does not shrink".to_owned(),
                    |pages| {
                        format!(
                            "settles at {}, where less than {needed} is needed",
                            self.pages(pages)
                        )
                    },
                );
                format!("{name} {words}: {settles},{}", self.route())
            }
        }
    }

    /// Whether it was the time limit that ended it.
    fn is_timed(&self) -> bool {
        let limit = self.spec.time_limit_ms.filter(|limit| *limit > 0.0);
        limit.is_some_and(|limit| self.forecast.total_ms >= limit)
    }

    fn left(&self) -> String {
        let left = self.forecast.plateau_pages;
        left.map_or_else(String::new, |pages| format!(" with {} left", self.pages(pages)))
    }

    fn pages(&self, pages: f64) -> String {
        format!("{} dirty pages ({})", whole(pages), self.memory(pages))
    }

    fn route(&self) -> String {
        let by = if self.terms.is_capped { " (the VMM's limit, --max-bandwidth)" } else { "" };
        let rate = rate(self.terms.rate_bytes_s);
        match &self.network {
            Some(network) => format!(" over {network} at {rate}{by}"),
            None => format!(" at {rate}{by}"),
        }
    }

    fn changes(&self, page: Page) -> String {
        if self.changes.is_empty() {
            return String::new();
        }
        let title = page.paint("What makes it converge, cheapest first", Tone::Strong);
        let line =
            |(what, then): &(String, String)| page.wrap(&format!("  {what}: {then}"), 4) + "\n";
        format!("\n{title}\n") + &self.changes.iter().map(line).collect::<String>()
    }

    fn transfer(&self) -> String {
        let forecast = self.forecast;
        let mut text = format!("{} in all", size(forecast.transferred_bytes));
        if forecast.outcome.is_moved() {
            let (stop, blackout) = (size(forecast.downtime_bytes), time(forecast.blackout_ms));
            text += &format!(", {stop} of it during the stop; the VM stands still for {blackout}");
        }
        let syncs = count(usize::try_from(forecast.dirty_sync_count).unwrap_or(0), "bitmap sync");
        format!("{text}; {} normal and {} zero pages; {syncs}", whole(forecast.normal_pages), {
            whole(forecast.zero_pages)
        })
    }

    fn memory(&self, pages: f64) -> String {
        #[expect(clippy::cast_precision_loss, reason = "a page is small")]
        let page = self.spec.page_bytes as f64;
        size(pages * page)
    }

    /// Whether the round was cut short, so that no sync told what was left.
    fn is_cut(&self, round: &Round) -> bool {
        let rest = round.known_dirty_pages + round.newly_dirty_pages;
        !self.forecast.outcome.is_moved() && rest <= 0.0
    }

    fn rounds(&self, page: Page) -> String {
        let is_throttled = self.forecast.rounds.iter().any(|it| it.throttle_percent > 0.0);
        let mut header = ["Round", "Start", "Time", "Sent", "Rate", "Dirtied", "Left", "Stop cost"]
            .map(str::to_owned)
            .to_vec();
        if is_throttled {
            header.push("Throttle".to_owned());
        }
        let mut rows = vec![header];
        for shown in shown(&self.forecast.rounds) {
            rows.push(match shown {
                Shown::Round(round) => self.row(round, is_throttled),
                Shown::Skipped(_) => vec!["…".to_owned()],
            });
        }
        figures(&rows, &EXPENDABLE, page)
    }

    fn row(&self, round: &Round, is_throttled: bool) -> Vec<String> {
        let speed = round.sent_bytes / round.duration_ms * 1000.0;
        let or_dash = |text: String| if self.is_cut(round) { "-".to_owned() } else { text };
        let mut row = vec![
            round.iteration.to_string(),
            time(round.start_ms),
            time(round.duration_ms),
            size(round.sent_bytes),
            if speed.is_finite() { rate(speed) } else { "-".to_owned() },
            or_dash(self.memory(round.newly_dirty_pages)),
            or_dash(self.memory(round.known_dirty_pages)),
            or_dash(time(round.expected_downtime_ms)),
        ];
        if is_throttled {
            row.push(format!("{:.0} %", round.throttle_percent));
        }
        row
    }

    fn chart(&self, page: Page) -> String {
        #[expect(clippy::cast_precision_loss, reason = "a page is small")]
        let bytes = self.spec.page_bytes as f64;
        let row = |shown: Shown<'_>| match shown {
            Shown::Skipped(rounds) => Some((format!("… {}", count(rounds, "round")), None)),
            Shown::Round(round) if self.is_cut(round) => None,
            Shown::Round(round) => {
                let left = round.known_dirty_pages * bytes;
                Some((round.iteration.to_string(), Some((left, size(left)))))
            }
        };
        let mut rows: Vec<_> = shown(&self.forecast.rounds).filter_map(row).collect();
        let threshold = self.forecast.threshold_bytes;
        rows.push(("stop below".to_owned(), Some((threshold, size(threshold)))));
        bars(&rows, page)
    }
}

/// What was taken for granted, below an answer.
pub(super) fn granted(assumed: &[String], page: Page) -> String {
    if assumed.is_empty() {
        return String::new();
    }
    let title = page.paint("Taken for granted", Tone::Strong);
    let line = |text: &String| page.wrap(&format!("  {}", escaped(text)), 4) + "\n";
    format!("\n{title}\n") + &assumed.iter().map(line).collect::<String>()
}

const CHART: &str = "Dirty memory after each round";

/// What stands in a line.
enum Shown<'a> {
    Round(&'a Round),
    /// So many were left out.
    Skipped(usize),
}

/// The rounds, those in the middle of a long course left out.
fn shown(rounds: &[Round]) -> impl Iterator<Item = Shown<'_>> {
    let is_long = rounds.len() > HEAD + TAIL + 1;
    let head = if is_long { HEAD } else { rounds.len() };
    let tail = if is_long { rounds.len() - TAIL } else { rounds.len() };
    let skipped = is_long.then_some(Shown::Skipped(tail - head));
    let (first, last) = (rounds[..head].iter(), rounds[tail..].iter());
    first.map(Shown::Round).chain(skipped).chain(last.map(Shown::Round))
}

/// How many migrations of a batch hold.
#[must_use]
pub fn batch_summary(moved: usize, all: usize) -> String {
    format!("{moved} of {} reach the target", count(all, "migration"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::migration;
    use crate::model::Group;

    fn stalled() -> Specification {
        let mut spec = Specification::new(1 << 30);
        spec.name = "db\u{1b}[2J".to_owned();
        let order = crate::model::WriteOrder::Random;
        let (pages, writes_per_s) = (100_000, 200_000.0);
        let (first_page, phases) = (None, Vec::new());
        let group = Group { pages, writes_per_s, first_page, order, cpu_bound: false, phases };
        spec.groups = vec![group];
        spec
    }

    fn told(changes: Vec<(String, String)>) -> String {
        let spec = stalled();
        let mut forecast = migration::forecast(&spec).unwrap();
        forecast.assumptions.push("the moon is full".to_owned());
        let terms = migration::terms(&spec).unwrap();
        let network = Some("Cluster Network 2".to_owned());
        Outlook { spec: &spec, terms, forecast: &forecast, network, changes }.tell(Page::default())
    }

    #[test]
    fn the_order_is_verdict_changes_rounds_bars_assumptions() {
        let text = told(vec![("--downtime-limit 2s".to_owned(), "converges in 9 s".to_owned())]);
        assert!(text.starts_with("db\\u{1b}[2J never converges: settles at "), "{text}");
        let places = [
            "over Cluster Network 2 at 128 MiB/s\n",
            "  --downtime-limit 2s: converges in 9 s\n",
            "Round  ",
            "Dirty memory after each round\n",
            "stop below",
            "  the moon is full\n",
        ];
        let found = places.map(|it| text.find(it).unwrap_or_else(|| panic!("{it}\n{text}")));
        assert!(found.is_sorted(), "{found:?}\n{text}");
        assert!(!told(Vec::new()).contains("What makes it converge"));
    }

    #[test]
    fn the_middle_of_a_long_course_is_left_out_with_a_count() {
        let text = told(Vec::new());
        let rounds = migration::forecast(&stalled()).unwrap().rounds.len();
        assert!(rounds > HEAD + TAIL + 1, "{rounds}");
        assert!(text.contains(&format!("… {} rounds\n", rounds - HEAD - TAIL)), "{text}");
        let few = vec![Round::default(); HEAD + TAIL + 1];
        assert_eq!(shown(&few).count(), HEAD + TAIL + 1);
    }
}
