//! Losses of services for people: the verdict first, then when, then what it means.

use super::entries::phases;
use super::rows::rows;
use super::view::name;
use super::words;
use crate::model::service::{ClientSpell, Interval, Phase, ServiceLoss, SinglePoint, Verdict};
use crate::render::text::{Page, Tone, escaped, list};

/// Losses of services as text; `explain` adds the sources.
#[must_use]
pub fn service_losses(losses: &[ServiceLoss], explain: bool, page: Page) -> String {
    let text = |loss| service_loss(loss, Timed::Here, explain, page);
    losses.iter().map(text).collect::<Vec<_>>().join("\n")
}

/// Where the phases of a loss are told.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Timed {
    /// Beside its verdict.
    Here,
    /// In the timeline of networks above.
    Above,
}

/// The same below a plan of networks, whose timeline has their phases, with services that go on
/// untouched.
#[must_use]
pub fn services_after(
    losses: &[ServiceLoss],
    untouched: &[String],
    explain: bool,
    page: Page,
) -> String {
    let mut text = String::new();
    if !losses.is_empty() || !untouched.is_empty() {
        text += &format!("\n{}\n", page.paint("Services", Tone::Strong));
    }
    let told = losses.iter().map(|loss| service_loss(loss, Timed::Above, explain, page));
    text += &told.collect::<Vec<_>>().join("\n");
    if !untouched.is_empty() {
        let names: Vec<String> = untouched.iter().map(|name| escaped(name)).collect();
        let line = format!(
            "Not touched: {}; hosts, stores and clients still reach each other",
            list(&names, 4)
        );
        text += if losses.is_empty() { "" } else { "\n" };
        text += &(page.wrap(&line, 2) + "\n");
    }
    text
}

fn service_loss(loss: &ServiceLoss, timed: Timed, explain: bool, page: Page) -> String {
    let mut text = page.wrap(&headline(loss, page), 2) + "\n";
    if let Some(condition) = &loss.ruling.condition {
        text += &(page.wrap(&format!("  {}", escaped(condition)), 2) + "\n");
    }
    text += &section("Orderly way", &steps(loss, page), page);
    if timed == Timed::Here {
        text += &section("Timeline", &timeline(loss, page), page);
    }
    text += &section("Clients", &clients(loss, page), page);
    text += &section("Work", &lines(loss.work.iter().map(words::work), page), page);
    let points = loss.single_points.iter().map(single_point);
    text += &section("Single points of failure", &lines(points, page), page);
    text += &section("Assumed", &lines(loss.assumptions.iter().map(|it| escaped(it)), page), page);
    if explain {
        text += &section("Sources", &lines(sources(loss), page), page);
    }
    if loss.returns {
        let from = words::host(loss.from.as_ref(), "the first host");
        let line =
            format!("When {from} is back, the service returns by itself: a second interruption.");
        text += &format!("\n{}\n", page.wrap(&line, 0));
    }
    text
}

fn section(title: &str, body: &str, page: Page) -> String {
    if body.is_empty() {
        return String::new();
    }
    format!("\n{}\n{body}", page.paint(title, Tone::Strong))
}

fn lines(items: impl Iterator<Item = String>, page: Page) -> String {
    items.map(|item| page.wrap(&format!("  {item}"), 4) + "\n").collect()
}

fn headline(loss: &ServiceLoss, page: Page) -> String {
    let tone = match loss.ruling.verdict {
        Verdict::Takeover | Verdict::Restart | Verdict::Stays => Tone::Good,
        Verdict::NotApplicable => Tone::Faint,
        Verdict::Never | Verdict::FalseTakeover | Verdict::Split => Tone::Bad,
    };
    let mut verdict = words::verdict(loss);
    if let Some(outage) = loss.outage_s().filter(|_| words::has_clients(loss)) {
        verdict += &format!("; clients work again after {}", words::span_and_mean(outage));
    }
    let what = match loss.loss {
        None => "the orderly way".to_owned(),
        Some(failure) => match loss.lost.as_str() {
            "" => words::failure(failure),
            part => format!("{}, {} lost", words::failure(failure), escaped(part)),
        },
    };
    let (title, profile) = (name(loss), escaped(&loss.profile));
    let of = if title == profile { String::new() } else { format!(" ({profile})") };
    format!("{title}{of}, {what}: {}", page.paint(&verdict, tone))
}

fn steps(loss: &ServiceLoss, page: Page) -> String {
    let steps = loss.steps.iter().enumerate().map(|(number, step)| {
        let on = step.on.as_deref().map(escaped).unwrap_or_default();
        let command = step.command.as_deref().map(escaped).unwrap_or_default();
        vec![(number + 1).to_string(), escaped(&step.text), on, command]
    });
    rows(steps.collect(), &[0], page)
}

fn timeline(loss: &ServiceLoss, page: Page) -> String {
    if loss.timeline.is_empty() {
        return String::new();
    }
    let row = |phase: &Phase| {
        vec![
            phase.kind.name().to_owned(),
            words::span(phase.start_s.later(loss.at_s)),
            words::span_and_mean(phase.takes_s),
            words::meaning(loss, phase.kind),
        ]
    };
    let titles = ["Phase", "From", "Takes", "What"].map(str::to_owned).to_vec();
    let all = std::iter::once(titles).chain(phases(loss).into_iter().map(row));
    rows(all.collect(), &[0, 1, 2], page)
}

/// Where the verdict and each phase are told.
fn sources(loss: &ServiceLoss) -> impl Iterator<Item = String> {
    let verdict = std::iter::once(("verdict", &loss.ruling.source));
    let phases = loss.timeline.iter().map(|phase| (phase.kind.name(), &phase.source));
    verdict.chain(phases).map(|(of, source)| format!("{of}: {}", escaped(source)))
}

fn clients(loss: &ServiceLoss, page: Page) -> String {
    let row = |spell: &ClientSpell| {
        let time = |interval: Interval| words::span(interval.later(loss.at_s));
        let from = time(spell.from_s);
        let until = match spell.until_s {
            Some(until) => format!("until {}", time(until)),
            None if spell.works => String::new(),
            None => "until it is mended".to_owned(),
        };
        let waits = spell.waits_s.filter(|it| !it.is_nothing());
        let waits =
            waits.map_or_else(String::new, |it| format!(" (up to {} each)", words::moment(it.max)));
        vec![format!("from {from}"), until, escaped(&spell.sees) + &waits]
    };
    rows(loss.clients.iter().map(row).collect(), &[0, 1], page)
}

fn single_point(point: &SinglePoint) -> String {
    let what: Vec<String> = point.what.iter().map(|it| escaped(it)).collect();
    let what = what.join(", ");
    match &point.host {
        Some(host) => format!("{}: {what}; {}", escaped(host.as_str()), point.follows),
        None => format!("{what}: {}", point.follows),
    }
}
