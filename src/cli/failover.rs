//! `failover`.

use std::collections::BTreeSet;

use anyhow::bail;

use super::args::{Common, Failover, FailoverFailOn, FailoverFormat};
use super::output::{self, Outcome};
use super::service::{self, Asked, Declared, Services};
use super::sources::Planned;
use crate::failover::{self, Cluster, Detection};
use crate::model::{
    Event, FailoverPlan, Failure, Failures, LostPart, PairChange, Scenario, part_and_time,
};
use crate::render::Page;
use crate::{layout, policy, render, store};

pub(super) fn run(common: &Common, arguments: &Failover) -> anyhow::Result<Outcome> {
    if let Some(question) = &arguments.question {
        return service::answer(common, question);
    }
    let policy = store::read_policy(&common.policy)?.policy;
    let declared = Declared::of(common, arguments, &policy)?;
    if arguments.service.matrix {
        return service::matrix(common, arguments, &declared);
    }
    let inventories = service::inventories(common, arguments, &declared)?;
    let asked = Asked::of(arguments, &declared, &inventories)?;
    if !asked.needs_layout(arguments) {
        return service::lose(common, arguments, &asked);
    }
    asked.fits_networks(arguments)?;
    let arguments = &asked.of_networks(arguments);
    if inventories.is_empty() {
        bail!(
            "there is no inventory to plan for: name a folder or file that holds one with --from"
        );
    }
    let Planned { layout, assignment } = Planned::of(&inventories, &policy);
    let chosen = layout::chosen(&inventories);
    let cluster = Cluster::new(&chosen, &policy, &layout, &assignment);
    let profile = service::network_profile(arguments)?;
    let detection = Detection::of(&chosen, &policy, profile);
    if arguments.all {
        return all(common, arguments, &cluster, &detection);
    }
    let scenario = scenario(arguments, &cluster)?;
    let services = asked.after(&cluster, &scenario);
    one(common, arguments, (&cluster, &detection), (&scenario, &services))
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
            let worst = all.failures.first().filter(|_| arguments.explain);
            let lost = worst.map(|it| it.lost.iter().cloned().collect());
            text + &lost.map(|lost| remedy(cluster, &lost, page)).unwrap_or_default()
        }
        FailoverFormat::Json => render::json(&render::failures(cluster, &all, k, profile))?,
        FailoverFormat::Dot | FailoverFormat::Svg => {
            bail!("a picture shows one scenario: name what is lost with --lose instead of --all")
        }
    })?;
    let groups = || failover::groups(cluster, &BTreeSet::new());
    let fails = match arguments.fail_on {
        FailoverFailOn::None | FailoverFailOn::Service => false,
        FailoverFailOn::Partition => any_parts(&all) || !groups().is_empty(),
        FailoverFailOn::Collision => {
            let collides = |it: &Failure| it.outcome.colliding > 0 || it.outcome.collides();
            any_parts(&all) || all.failures.iter().any(collides) || !groups().is_empty()
        }
    };
    Ok(if fails { Outcome::Found } else { Outcome::Done })
}

fn any_parts(all: &Failures) -> bool {
    all.failures.iter().any(|failure| failure.outcome.parted > 0)
}

/// Plans the scenario that is told.
fn one(
    common: &Common,
    arguments: &Failover,
    (cluster, detection): (&Cluster<'_>, &Detection<'_>),
    (scenario, services): (&Scenario, &Services),
) -> anyhow::Result<Outcome> {
    let plan = failover::plan(cluster, scenario, detection);
    let page = output::page(common.color);
    let text = match arguments.format {
        FailoverFormat::Json => {
            let view = render::failover(cluster, &plan);
            render::json(&render::with_services(view, &services.losses))?
        }
        FailoverFormat::Dot => render::failover_dot(cluster, &plan),
        FailoverFormat::Svg => render::failover_svg(cluster, &plan),
        FailoverFormat::Table if arguments.explain => {
            let lost = plan.lost.iter().cloned().collect();
            render::failover_table(cluster, &plan, page)
                + "\n"
                + &why(cluster, &plan, page)
                + &remedy(cluster, &lost, page)
                + &services.text(arguments, page)
        }
        FailoverFormat::Table => {
            render::failover_table(cluster, &plan, page) + &services.text(arguments, page)
        }
    };
    if let Some(path) = &arguments.svg {
        let picture = render::failover_svg(cluster, &plan);
        store::write_atomic(path, picture.as_bytes())?;
    }
    output::print(&text)?;
    if arguments.fail_on == FailoverFailOn::Service {
        return Ok(services.outcome());
    }
    Ok(outcome(arguments.fail_on, &plan))
}

/// Why each network was chosen, and others not.
fn why(cluster: &Cluster<'_>, plan: &FailoverPlan, page: Page) -> String {
    let (layout, assignment) = (&plan.left, &plan.after);
    let view = render::show(layout, assignment, cluster.policy);
    let explanation = policy::explain(layout, cluster.policy, assignment);
    render::Story { view: &view, layout, assignment, explanation }.choices(page)
}

/// The smallest change that takes the harm out of a failure; nothing where there is none.
fn remedy(cluster: &Cluster<'_>, lost: &BTreeSet<LostPart>, page: Page) -> String {
    if failover::harm(cluster, lost).is_none() {
        return String::new();
    }
    let parts: Vec<LostPart> = lost.iter().cloned().collect();
    render::remedy_text(cluster, &parts, failover::remedy(cluster, lost).as_ref(), page)
}

fn outcome(fail_on: FailoverFailOn, plan: &FailoverPlan) -> Outcome {
    let parted = !plan.partitions.is_empty() || plan.changes.iter().any(PairChange::parts);
    let collides =
        || plan.after.traffic.collides() || plan.changes.iter().any(|it| it.after.collides());
    let fails = match fail_on {
        FailoverFailOn::None | FailoverFailOn::Service => false,
        FailoverFailOn::Partition => parted,
        FailoverFailOn::Collision => parted || collides(),
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
