//! `failover profiles`, `failover orphans` and `failover checkpoint`.

use std::path::Path;

use super::super::args::{
    Checkpoint, Common, FailoverQuestion, FilesRoute, Orphans, Profiles, TableFormat,
};
use super::super::output::{self, Outcome};
use super::declared;
use crate::model::service::{CheckpointPlan, Profile, Quiet, Route};
use crate::{import, render, service};

/// Answers a question beside what is lost.
pub(in crate::cli) fn answer(
    common: &Common,
    question: &FailoverQuestion,
) -> anyhow::Result<Outcome> {
    let text = match question {
        FailoverQuestion::Profiles(arguments) => profiles(common, arguments)?,
        FailoverQuestion::Orphans(arguments) => orphans(common, arguments)?,
        FailoverQuestion::Checkpoint(arguments) => checkpoint(common, arguments)?,
    };
    output::print(&text)?;
    Ok(Outcome::Done)
}

fn profiles(common: &Common, arguments: &Profiles) -> anyhow::Result<String> {
    let page = output::page(common.color);
    let Some(name) = &arguments.name else {
        let all: Vec<Profile> =
            service::builtin_names().into_iter().filter_map(service::builtin).collect();
        return Ok(match arguments.format {
            TableFormat::Json => render::json(&render::profiles(&all))?,
            TableFormat::Table => render::profiles_table(&all, page),
        });
    };
    let profile = declared::profile(name, Path::new(""))?;
    Ok(match arguments.format {
        TableFormat::Json => render::json(&render::profiles(std::slice::from_ref(&profile)))?,
        TableFormat::Table => render::profile_text(&profile, page),
    })
}

fn orphans(common: &Common, arguments: &Orphans) -> anyhow::Result<String> {
    let samples = import::read_cpu_samples(&arguments.samples)?;
    let jobs = arguments.jobs.as_deref().map(import::read_orphan_jobs).transpose()?;
    let serves = arguments.fstab.as_deref().map(import::names_master).transpose()?;
    let route = match (arguments.files, serves) {
        (FilesRoute::Direct, Some(true)) | (FilesRoute::MasterServes, _) => Route::MasterServes,
        (FilesRoute::MasterForwards, _) => Route::MasterForwards,
        (FilesRoute::Direct, _) => Route::Direct,
    };
    let quiet = Quiet { threshold_percent: arguments.threshold, span_s: arguments.quiet };
    let quiet = (!arguments.by_hand).then_some(quiet);
    let told = service::orphans(&samples, &jobs.unwrap_or_default(), quiet, route);
    Ok(match arguments.format {
        TableFormat::Json => render::json(&render::orphans(&told))?,
        TableFormat::Table => render::orphans_table(&told, output::page(common.color)),
    })
}

fn checkpoint(common: &Common, arguments: &Checkpoint) -> anyhow::Result<String> {
    let plan = CheckpointPlan {
        cost_s: arguments.cost,
        mtbf_s: arguments.mtbf,
        nodes: arguments.nodes,
        restart_s: arguments.restart,
    };
    let advice = service::checkpoint(&plan);
    let page = output::page(common.color);
    Ok(match arguments.format {
        TableFormat::Json => render::json(&render::checkpoint(&advice, arguments.bearable))?,
        TableFormat::Table => render::checkpoint_text(&plan, &advice, arguments.bearable, page),
    })
}
