//! `show`.

use super::args::{Common, Show, ShowFormat};
use super::output::{self, Outcome};
use super::sources::{self, Planned};
use crate::model::{MetricScheme, Policy};
use crate::render::{self, Page, ShowView};
use crate::{policy, store};

pub(super) fn run(common: &Common, arguments: &Show) -> anyhow::Result<Outcome> {
    let mut policy = store::read_policy(&common.policy)?.policy;
    let scheme = arguments.metric_scheme.as_deref().and_then(MetricScheme::from_name);
    policy.metric_scheme = scheme.unwrap_or(policy.metric_scheme);
    let planned = Planned::of(&sources::inventories(common, &arguments.sources)?, &policy);
    let only = arguments.network.as_deref();
    let only = only.map(|name| place_of(name, &planned, &policy)).transpose()?;
    let view = render::show(&planned.layout, &planned.assignment, &policy);
    let text = match arguments.format {
        ShowFormat::Table => {
            let shown = Shown { planned, policy, view, only };
            shown.for_people(arguments, output::page(common.color))
        }
        _ => for_programs(arguments, &view.limited_to(only))?,
    };
    output::print(&text)?;
    Ok(Outcome::Done)
}

/// The place of the network that is asked for; one that no node is on now can't be shown.
fn place_of(name: &str, planned: &Planned, policy: &Policy) -> anyhow::Result<usize> {
    let target = policy::find(name, &planned.layout, policy)?;
    let absent = || anyhow::anyhow!("no node is on {} now: nothing to show", target.key);
    target.place.ok_or_else(absent)
}

fn for_programs(arguments: &Show, view: &ShowView) -> anyhow::Result<String> {
    let only = arguments.network.as_ref().and_then(|_| view.networks.first());
    Ok(match arguments.format {
        ShowFormat::Csv => render::csv(view)?,
        ShowFormat::ClusterExe => {
            render::cluster_exe(view, only.map(|network| network.name.as_str()))
        }
        ShowFormat::Powershell if arguments.all => render::powershell_list(view),
        ShowFormat::Powershell => render::powershell_table(view),
        ShowFormat::Json | ShowFormat::Table => render::json(view)?,
    })
}

/// What there is to tell a person.
struct Shown {
    planned: Planned,
    policy: Policy,
    view: ShowView,
    only: Option<usize>,
}

impl Shown {
    fn for_people(&self, arguments: &Show, page: Page) -> String {
        let mut text = render::table(&self.view, self.only, page);
        if arguments.all {
            text += "\n";
            text += &render::skipped_table(&self.view, page);
        }
        if arguments.explain {
            let Planned { layout, assignment } = &self.planned;
            let explanation = policy::explain(layout, &self.policy, assignment);
            let story = render::Story { view: &self.view, layout, assignment, explanation };
            text += "\n";
            text += &story.tell(self.only, page);
        }
        text
    }
}
