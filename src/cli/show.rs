//! `show`.

use super::args::{Common, Show, ShowFormat};
use super::output::{self, Outcome};
use super::sources::{self, Planned};
use crate::model::{ClusterLayout, MetricScheme, Policy};
use crate::render::{self, Page, ShowView};
use crate::{policy, store};

pub(super) fn run(common: &Common, arguments: &Show) -> anyhow::Result<Outcome> {
    let mut policy = store::read_policy(&common.policy)?.policy;
    let scheme = arguments.metric_scheme.as_deref().and_then(MetricScheme::from_name);
    policy.metric_scheme = scheme.unwrap_or(policy.metric_scheme);
    let inventories = sources::inventories(common, &arguments.sources)?;
    let planned = Planned::of(&inventories, &policy);
    drop(inventories);
    let mut view = render::show(&planned.layout, &planned.assignment, &policy);
    let only = arguments.network.as_deref();
    let only = only.map(|name| place_of(name, &planned.layout, &policy)).transpose()?;
    if let Some(place) = only {
        view.networks = view.networks.into_iter().skip(place).take(1).collect();
    }
    output::print(&text(arguments, &planned, &view, &policy, output::page(common.color))?)?;
    Ok(Outcome::Done)
}

/// The place of the network that is asked for; one that no node is on now can't be shown.
fn place_of(name: &str, layout: &ClusterLayout, policy: &Policy) -> anyhow::Result<usize> {
    let target = policy::find(name, layout, policy)?;
    let absent = || anyhow::anyhow!("no node is on {} now, so there is nothing to show", target.key);
    target.place.ok_or_else(absent)
}

fn text(
    arguments: &Show,
    planned: &Planned,
    view: &ShowView,
    policy: &Policy,
    page: Page,
) -> anyhow::Result<String> {
    let only = arguments.network.as_ref().and_then(|_| view.networks.first());
    Ok(match arguments.format {
        ShowFormat::Json => render::json(view)?,
        ShowFormat::Csv => render::csv(view)?,
        ShowFormat::ClusterExe => {
            render::cluster_exe(view, only.map(|network| network.name.as_str()))
        }
        ShowFormat::Powershell if arguments.all => render::powershell_list(view),
        ShowFormat::Powershell => render::powershell_table(view),
        ShowFormat::Table => people(arguments, planned, view, policy, page),
    })
}

fn people(
    arguments: &Show,
    planned: &Planned,
    view: &ShowView,
    policy: &Policy,
    page: Page,
) -> String {
    let mut text = render::table(view, page);
    if arguments.all {
        text += "\n";
        text += &render::skipped_table(view, page);
    }
    if arguments.explain {
        let explanation = policy::explain(&planned.layout, policy, &planned.assignment);
        text += "\n";
        text += &render::explain(view, &planned.layout, &planned.assignment, &explanation, page);
    }
    text
}
