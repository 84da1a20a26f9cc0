//! `failover`.

use std::collections::BTreeSet;

use anyhow::bail;

use super::args::{Common, Failover, FailoverFailOn, FailoverFormat};
use super::output::{self, Outcome};
use super::sources::{self, Planned};
use crate::failover::{self, Cluster, Detection};
use crate::model::{
    Event, FailoverPlan, Failure, Failures, LostPart, PairChange, Profile, Scenario, part_and_time,
};
use crate::render::{Explained, Page, RemedyView};
use crate::{layout, policy, render, store};

pub(super) fn run(common: &Common, arguments: &Failover) -> anyhow::Result<Outcome> {
    let policy = store::read_policy(&common.policy)?.policy;
    let inventories = sources::inventories(common, &arguments.sources)?;
    if inventories.is_empty() {
        bail!(
            "there is no inventory to plan for: name a folder or file that holds one with --from"
        );
    }
    let Planned { layout, assignment } = Planned::of(&inventories, &policy);
    let chosen = layout::chosen(&inventories);
    let cluster = Cluster::new(&chosen, &policy, &layout, &assignment);
    let asked = arguments.profile.as_deref().and_then(Profile::from_name);
    let detection = Detection::of(&chosen, &policy, asked);
    if arguments.all {
        return all(common, arguments, &cluster, &detection);
    }
    one(common, arguments, &cluster, &detection)
}

/// Loses everything in turn.
fn all(
    common: &Common,
    arguments: &Failover,
    cluster: &Cluster<'_>,
    detection: &Detection<'_>,
) -> anyhow::Result<Outcome> {
    let (k, profile) = (arguments.k, detection.profile);
    let all = failover::every(cluster, detection, k == 2);
    let page = output::page(common.color);
    output::print(&match arguments.format {
        FailoverFormat::Table => {
            let text = render::failures_table(cluster, &all, (k, profile), page);
            let remedy = arguments.explain.then(|| remedy_of_worst(cluster, &all)).flatten();
            text + &remedy.map(|it| render::remedy_text(&it, page)).unwrap_or_default()
        }
        FailoverFormat::Json => {
            let remedy = arguments.explain.then(|| remedy_of_worst(cluster, &all));
            render::json(&render::failures(cluster, &all, (k, profile), remedy))?
        }
        FailoverFormat::Dot | FailoverFormat::Svg => {
            bail!("a picture shows one scenario: name what is lost with --lose instead of --all")
        }
    })?;
    let groups = || failover::groups(cluster, &BTreeSet::new());
    let fails = match arguments.fail_on {
        FailoverFailOn::None => false,
        _ if !groups().is_empty() => true,
        fail_on => all.failures.iter().any(|it| is_harmful(fail_on, it)),
    };
    Ok(if fails { Outcome::Found } else { Outcome::Done })
}

fn is_harmful(fail_on: FailoverFailOn, failure: &Failure) -> bool {
    let outcome = &failure.outcome;
    let collides = outcome.colliding > 0 || outcome.collides();
    !outcome.is_survived() || counts(fail_on, outcome.stopped > 0, collides)
}

/// Whether storage I/O that stops and a collision count beside partitions.
fn counts(fail_on: FailoverFailOn, stops: bool, collides: bool) -> bool {
    match fail_on {
        FailoverFailOn::None | FailoverFailOn::Partition => false,
        FailoverFailOn::Collision => collides,
        FailoverFailOn::Storage => stops,
        FailoverFailOn::Any => stops || collides,
    }
}

/// The smallest change for the worst failure that a change of networks may mend.
fn remedy_of_worst(cluster: &Cluster<'_>, all: &Failures) -> Option<RemedyView> {
    all.failures.iter().find_map(|it| remedy(cluster, &it.lost))
}

/// Plans the scenario that is told.
fn one(
    common: &Common,
    arguments: &Failover,
    cluster: &Cluster<'_>,
    detection: &Detection<'_>,
) -> anyhow::Result<Outcome> {
    let scenario = scenario(arguments, cluster)?;
    let plan = failover::plan(cluster, &scenario, detection);
    let page = output::page(common.color);
    let text = match arguments.format {
        FailoverFormat::Json => {
            let explained = arguments.explain.then(|| Explained {
                explanations: render::explanations(
                    cluster,
                    &failover::redirections(cluster, &scenario, detection),
                ),
                remedy: remedy(cluster, &plan.lost),
            });
            render::json(&render::failover(cluster, &plan, explained))?
        }
        FailoverFormat::Dot => render::failover_dot(cluster, &plan),
        FailoverFormat::Svg => render::failover_svg(cluster, &plan),
        FailoverFormat::Table if arguments.explain => {
            let moves = failover::redirections(cluster, &scenario, detection);
            let remedy = remedy(cluster, &plan.lost);
            render::failover_table(cluster, &plan, page)
                + &render::explanations_text(cluster, &moves, page)
                + "\n"
                + &why(cluster, &plan, page)
                + &remedy.map(|it| render::remedy_text(&it, page)).unwrap_or_default()
        }
        FailoverFormat::Table => render::failover_table(cluster, &plan, page),
    };
    if let Some(path) = &arguments.svg {
        let picture = render::failover_svg(cluster, &plan);
        store::write_atomic(path, picture.as_bytes())?;
    }
    output::print(&text)?;
    Ok(outcome(arguments.fail_on, &plan))
}

/// Why each network was chosen, and others not.
fn why(cluster: &Cluster<'_>, plan: &FailoverPlan, page: Page) -> String {
    let (layout, assignment) = (&plan.left, &plan.after);
    let view = render::show(layout, assignment, cluster.policy);
    let explanation = policy::explain(layout, cluster.policy, assignment);
    render::Story { view: &view, layout, assignment, explanation }.choices(page)
}

/// The smallest change that takes the harm out of a failure; nothing where it does none.
fn remedy(cluster: &Cluster<'_>, lost: &[LostPart]) -> Option<RemedyView> {
    let parts = lost.iter().cloned().collect();
    let harm = failover::harm(cluster, &parts)?;
    Some(render::remedy(cluster, lost, (harm, failover::remedy(cluster, &parts).as_ref())))
}

fn outcome(fail_on: FailoverFailOn, plan: &FailoverPlan) -> Outcome {
    let ends = plan.before.traffic.csv.is_some() && plan.after.traffic.csv.is_none();
    let parted = ends || !plan.partitions.is_empty() || plan.changes.iter().any(PairChange::parts);
    let collides =
        plan.after.traffic.collides() || plan.changes.iter().any(|it| it.after.collides());
    let fails = match fail_on {
        FailoverFailOn::None => false,
        _ => parted || counts(fail_on, !plan.stopped_io.is_empty(), collides),
    };
    if fails { Outcome::Found } else { Outcome::Done }
}

/// Events in order of time; at one time, returns come before losses.
fn scenario(arguments: &Failover, cluster: &Cluster<'_>) -> anyhow::Result<Scenario> {
    let losses = arguments.lose.iter().map(|text| (text, false));
    let returns = arguments.returns.iter().map(|text| (text, true));
    let mut events = Vec::new();
    for (text, returns) in losses.chain(returns) {
        let (part, time) = part_and_time(text)?;
        let at_ms = match time {
            None if returns => bail!("--return {text}: say when, as in {text}@60"),
            time => time.unwrap_or_default(),
        };
        events.push(Event { at_ms, returns, part: failover::find_part(cluster, &part)? });
    }
    events.sort_by_key(|event| (event.at_ms, !event.returns));
    only_lost_parts_return(&events, cluster)?;
    let declared = u64::from(cluster.policy.failback.hold_s) * 1000;
    Ok(Scenario { events, hold_ms: arguments.hold.unwrap_or(declared) })
}

fn only_lost_parts_return(events: &[Event<LostPart>], cluster: &Cluster<'_>) -> anyhow::Result<()> {
    let mut lost = BTreeSet::new();
    for Event { at_ms, returns, part } in events {
        if !returns {
            lost.insert(part);
        } else if !lost.remove(part) {
            let part = render::part_text(cluster, part);
            bail!("{part} can't return at {} s: it is not lost then", render::seconds(*at_ms));
        }
    }
    Ok(())
}
