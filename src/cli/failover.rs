//! `failover`.

use std::collections::BTreeSet;

use anyhow::bail;

use super::args::{Common, Failover, FailoverFailOn, FailoverFormat};
use super::output::{self, Outcome};
use super::service::{self, Asked, Declared, Services};
use super::sources::Planned;
use crate::failover::{self, Cluster, Detection};
use crate::model::{FailoverPlan, Failure, Failures, LostPart, PairChange, Scenario};
use crate::render::{Explained, Page, RemedyView};
use crate::{layout, policy, render, store};

mod scenario;

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
    if arguments.explain && arguments.format.is_picture() {
        bail!("a picture has no room for --explain: leave it out, or take --format table or json");
    }
    let Planned { layout, assignment } = Planned::of(&inventories, &policy);
    let chosen = layout::chosen(&inventories);
    let cluster = Cluster::new(&chosen, &policy, &layout, &assignment);
    let profile = service::network_profile(arguments)?;
    let detection = Detection::of(&chosen, &policy, profile);
    if arguments.all {
        return all(common, arguments, &cluster, &detection);
    }
    let scenario = scenario::read(arguments, &cluster)?;
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
            let remedy = arguments.explain.then(|| remedy_of_worst(cluster, &all)).flatten();
            text + &remedy.map(|it| render::remedy_text(&it, page)).unwrap_or_default()
        }
        FailoverFormat::Json => {
            let remedy = arguments.explain.then(|| remedy_of_worst(cluster, &all));
            render::json(&render::failures(cluster, &all, (k, profile), remedy))?
        }
        FailoverFormat::Dot | FailoverFormat::Svg => {
            bail!(
                "a picture shows one scenario: name what is lost, such as the worst of --all, with --lose"
            )
        }
    })?;
    let groups = || failover::groups(cluster, &BTreeSet::new());
    let fails = match arguments.fail_on {
        FailoverFailOn::None | FailoverFailOn::Service => false,
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
        FailoverFailOn::None | FailoverFailOn::Partition | FailoverFailOn::Service => false,
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
    (cluster, detection): (&Cluster<'_>, &Detection<'_>),
    (scenario, services): (&Scenario, &Services),
) -> anyhow::Result<Outcome> {
    let plan = failover::plan(cluster, scenario, detection);
    let page = output::page(common.color);
    let text = match arguments.format {
        FailoverFormat::Json => {
            let explained = arguments.explain.then(|| Explained {
                explanations: render::explanations(
                    cluster,
                    &failover::redirections(cluster, scenario, detection),
                ),
                remedy: remedy(cluster, &plan.lost),
            });
            let view = render::failover(cluster, &plan, explained);
            render::json(&render::with_services(view, &services.losses))?
        }
        FailoverFormat::Dot => render::failover_dot(cluster, &plan),
        FailoverFormat::Svg => render::failover_svg(cluster, &plan),
        FailoverFormat::Table if arguments.explain => {
            let moves = failover::redirections(cluster, scenario, detection);
            let remedy = remedy(cluster, &plan.lost);
            render::failover_table(cluster, &plan, &services.losses, page)
                + &render::explanations_text(cluster, &moves, page)
                + "\nAt the end, cluster-wide\n\n"
                + &why(cluster, &plan, page)
                + &remedy.map(|it| render::remedy_text(&it, page)).unwrap_or_default()
                + &services.text(arguments, page)
        }
        FailoverFormat::Table => {
            render::failover_table(cluster, &plan, &services.losses, page)
                + &services.text(arguments, page)
        }
    };
    if let Some(path) = &arguments.svg {
        let picture = render::failover_svg(cluster, &plan);
        store::write_atomic(path, picture.as_bytes())?;
    }
    output::print(&text)?;
    Ok(match (arguments.fail_on, services.outcome()) {
        (FailoverFailOn::Service, found) | (FailoverFailOn::Any, found @ Outcome::Found) => found,
        (fail_on, _) => outcome(fail_on, &plan),
    })
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
        FailoverFailOn::None | FailoverFailOn::Service => false,
        _ => parted || counts(fail_on, !plan.stopped_io.is_empty(), collides),
    };
    if fails { Outcome::Found } else { Outcome::Done }
}
