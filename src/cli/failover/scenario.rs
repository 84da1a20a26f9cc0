//! Losses and returns as the command line tells them.

use std::collections::BTreeMap;

use anyhow::{Context, anyhow, bail};

use super::super::args::Failover;
use crate::failover::{self, Cluster};
use crate::model::{Event, LostPart, Scenario, part_and_time};
use crate::render;

/// Events in order of time; at one time, returns come before losses.
pub(super) fn read(arguments: &Failover, cluster: &Cluster<'_>) -> anyhow::Result<Scenario> {
    let mut events = Vec::new();
    for (option, texts) in [("--lose", &arguments.lose), ("--return", &arguments.returns)] {
        for text in texts {
            let event = event(text, option, cluster);
            events.push(event.with_context(|| format!("{option} {text}"))?);
        }
    }
    events.sort_by_key(|event| (event.at_ms, !event.returns));
    only_what_changes_something(&events, cluster)?;
    let declared = u64::from(cluster.policy.failback.hold_s) * 1000;
    Ok(Scenario { events, hold_ms: arguments.hold.unwrap_or(declared) })
}

fn event(text: &str, option: &str, cluster: &Cluster<'_>) -> anyhow::Result<Event<LostPart>> {
    let returns = option == "--return";
    let (part, time) = part_and_time(text)?;
    let found = failover::find_part(cluster, &part);
    let found = found.map_err(|error| match part.to_string() {
        name if name.contains('@') => {
            anyhow!("{error}; a time is one number of seconds after one @, such as @60")
        }
        _ => error.into(),
    });
    let part = found?;
    match time {
        None if returns => bail!("say when, as in {text}@60"),
        time => Ok(Event { at_ms: time.unwrap_or_default(), returns, part }),
    }
}

/// Refuses a loss of what is lost, and a return of what is not.
fn only_what_changes_something(
    events: &[Event<LostPart>],
    cluster: &Cluster<'_>,
) -> anyhow::Result<()> {
    let mut lost: BTreeMap<&LostPart, u64> = BTreeMap::new();
    let seconds = render::seconds;
    for Event { at_ms, returns, part } in events {
        let (name, at) = (render::part_text(cluster, part), seconds(*at_ms));
        if !returns {
            if let Some(since) = lost.insert(part, *at_ms) {
                bail!("{name} can't be lost at {at} s: it is lost since {} s", seconds(since));
            }
        } else if lost.remove(part).is_none() {
            let is_lost = |it: &&Event<LostPart>| !it.returns && it.part == *part;
            let mut then = events.iter().filter(is_lost).filter(|it| it.at_ms == *at_ms);
            bail!(
                "{name} can't return at {at} s: it is not lost {}",
                match then.next() {
                    Some(_) => "before, and at one time returns come first",
                    None => "then",
                }
            );
        }
    }
    Ok(())
}
