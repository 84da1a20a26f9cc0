//! `validate`.
#![expect(clippy::disallowed_methods, reason = "waivers are judged on the present day")]

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use super::args::{Common, FailOn, Validate, ValidateFormat};
use super::explain;
use super::output::{self, Outcome};
use super::{service, sources};
use crate::import;
use crate::model::service::{DeclaredService, Profile};
use crate::model::{Findings, NodeInventory, ProblemKind, Severity, Specification};
use crate::render::{self, Baseline, FindingsView};
use crate::rules::{self, Selection, Site};
use crate::store::{self, PolicyDocument, PolicyError};
use crate::{layout, policy};

pub(super) fn run(common: &Common, arguments: &Validate) -> anyhow::Result<Outcome> {
    let selection = selection(arguments)?;
    let baseline = arguments.baseline.as_deref().map(baseline).transpose()?;
    let document = readable(store::read_policy_leniently(&common.policy)?, &common.policy)?;
    let inventories = sources::inventories(common, &arguments.sources)?;
    if inventories.is_empty() {
        bail!("there is no inventory to judge: name a folder or file that holds one with --from");
    }
    let today = match arguments.today {
        Some(day) => day.to_string(),
        None => jiff::Zoned::now().date().to_string(),
    };
    let vms = vms(&arguments.vms)?;
    let folder = common.policy.parent().unwrap_or(Path::new(""));
    let services = service::with_profiles(&document.policy, folder)?;
    let beside = Beside { today: &today, vms: &vms, services: &services };
    let findings = judge(&inventories, &document, &selection, &beside);
    let mut view = render::findings(&findings, &document.source);
    if let Some(baseline) = baseline {
        view = view.since(&baseline);
    }
    let fail_on = match arguments.fail_on {
        FailOn::Error => Severity::Error,
        FailOn::Warning => Severity::Warning,
        FailOn::Info => Severity::Info,
    };
    let artifact = artifact(common, arguments, &document);
    output::print(&text(common, (arguments, &artifact), &view, fail_on)?)?;
    Ok(if view.reaches(fail_on) { Outcome::Found } else { Outcome::Done })
}

/// Every word of the selection must mean a rule or a group.
fn selection(arguments: &Validate) -> anyhow::Result<Selection> {
    let trimmed = |words: &[String]| words.iter().map(|it| it.trim().to_owned()).collect();
    let selection =
        Selection { select: trimmed(&arguments.select), ignore: trimmed(&arguments.ignore) };
    for word in selection.select.iter().chain(&selection.ignore) {
        explain::named(word)?;
    }
    if selection.is_empty() {
        bail!("--select and --ignore leave no rule to judge");
    }
    Ok(selection)
}

/// Mistakes in the policy that rules report are findings; others make the policy unreadable.
fn readable(mut document: PolicyDocument, path: &Path) -> Result<PolicyDocument, PolicyError> {
    let is_finding = |kind: &ProblemKind| {
        matches!(
            kind,
            ProblemKind::Role(_) | ProblemKind::Metric(_) | ProblemKind::DuplicateName { .. }
        )
    };
    if document.source.problems.iter().all(|problem| is_finding(&problem.kind)) {
        return Ok(document);
    }
    let problems = std::mem::take(&mut document.source.problems);
    Err(PolicyError::Invalid { path: path.to_owned(), problems })
}

/// What is judged beside the inventories and the policy's own words.
struct Beside<'a> {
    today: &'a str,
    vms: &'a [Specification],
    services: &'a [(DeclaredService, Profile)],
}

fn judge(
    inventories: &[NodeInventory],
    document: &PolicyDocument,
    selection: &Selection,
    beside: &Beside<'_>,
) -> Findings {
    let layout = layout::form(inventories, &document.policy);
    let assignment = policy::assign(&layout, &document.policy);
    let chosen = layout::chosen(inventories);
    let intent = (&document.policy, &document.source);
    let site = Site::new(chosen, intent, (&layout, &assignment), beside.today);
    rules::judge(&site.with_vms(beside.vms).with_services(beside.services), selection)
}

/// The VMs that files specify; one without a name is called by its place.
fn vms(paths: &[PathBuf]) -> anyhow::Result<Vec<Specification>> {
    let mut vms = Vec::new();
    for path in paths {
        for (place, mut vm) in import::read_vms(path)?.into_iter().enumerate() {
            if vm.name.is_empty() {
                vm.name = format!("VM {} of {}", place + 1, path.display());
            }
            if vms.iter().any(|it: &Specification| it.name == vm.name) {
                bail!("{}: two VMs are called \"{}\": names are unique", path.display(), vm.name);
            }
            vms.push(vm);
        }
    }
    Ok(vms)
}

/// The file that findings without a place of their own are told of: the policy where there is one,
/// else where the inventories come from, unless that is standard input alone.
fn artifact(common: &Common, arguments: &Validate, document: &PolicyDocument) -> String {
    let is_path = |path: &&PathBuf| path.as_os_str() != "-";
    let sources = match arguments.sources.from.as_slice() {
        [] => std::slice::from_ref(&common.nodes_dir),
        given => given,
    };
    let source = sources.iter().find(is_path).filter(|_| document.text.is_empty());
    source.unwrap_or(&common.policy).display().to_string()
}

fn text(
    common: &Common,
    (arguments, artifact): (&Validate, &str),
    view: &FindingsView,
    fail_on: Severity,
) -> anyhow::Result<String> {
    Ok(match arguments.format {
        ValidateFormat::Table => render::findings_table(view, output::page(common.color)),
        ValidateFormat::Json => render::json(view)?,
        ValidateFormat::Sarif => {
            let rules: Vec<_> = rules::all().map(explain::text).collect();
            render::json(&render::sarif(view, &rules, artifact))?
        }
        ValidateFormat::Junit => render::junit(view, fail_on)?,
        ValidateFormat::Markdown => render::findings_markdown(view),
    })
}

fn baseline(path: &Path) -> anyhow::Result<Baseline> {
    let shown = path.display();
    let bytes = fs::read(path).with_context(|| format!("baseline {shown}: can't be read"))?;
    let document: serde_json::Value =
        serde_json::from_slice(&bytes).with_context(|| format!("baseline {shown}: is not JSON"))?;
    match document.get("schema").and_then(serde_json::Value::as_str) {
        Some(render::FINDINGS_SCHEMA) => {}
        Some(other) => bail!(
            "baseline {shown}: schema \"{}\" is not {}",
            render::escaped(other),
            render::FINDINGS_SCHEMA
        ),
        None => {
            bail!("baseline {shown}: it has no schema: store what validate --format json prints")
        }
    }
    let stored: Baseline =
        serde_path_to_error::deserialize(document).with_context(|| format!("baseline {shown}"))?;
    if stored.gone.is_some() {
        bail!(
            "baseline {shown}: it is itself a comparison with a baseline, and tells not all that \
             was found: store what validate prints without --baseline"
        );
    }
    Ok(stored)
}
