//! `failover --matrix`.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::bail;

use super::super::args::{Common, Failover, FailoverFailOn, FailoverFormat};
use super::super::output::{self, Outcome};
use super::declared::{self, Declared};
use crate::model::service::{FailureMode, Profile};
use crate::render::{self, MatrixReport};
use crate::service::{self, Setup};

/// Compares failures of the systems that are asked about.
pub(in crate::cli) fn matrix(
    common: &Common,
    arguments: &Failover,
    declared: &Declared,
) -> anyhow::Result<Outcome> {
    if arguments.fail_on != FailoverFailOn::None {
        bail!("--fail-on judges one scenario: a matrix is none");
    }
    let profiles = profiles(arguments, declared)?;
    let setups: Vec<Setup<'_>> = if profiles.is_empty() {
        declared.services.iter().map(|it| declared.setup(it)).collect()
    } else {
        let state = declared.state.as_ref();
        profiles.iter().map(|it| Setup { state, ..Setup::of(it) }).collect()
    };
    let mut rates: BTreeMap<FailureMode, f64> = BTreeMap::new();
    for (mode, rate) in &arguments.service.rates {
        if rates.insert(*mode, *rate).is_some() {
            bail!("--rates has {} twice", mode.name());
        }
    }
    let rows = service::matrix(&setups);
    let downtimes = if rates.is_empty() {
        Vec::new()
    } else {
        service::downtimes(&setups, &rates, arguments.service.repair)
    };
    let repair = arguments.service.repair;
    let second = repair.and_then(|repair_s| service::meanwhile(&rates, repair_s));
    let told = MatrixReport { rows: &rows, downtimes: &downtimes, second };
    let page = output::page(common.color);
    output::print(&match arguments.format {
        FailoverFormat::Json => render::json(&render::matrix(&told))?,
        FailoverFormat::Table => render::matrix_table(&told, arguments.explain, page),
        FailoverFormat::Dot | FailoverFormat::Svg => bail!("a matrix is a table or JSON"),
    })?;
    Ok(Outcome::Done)
}

/// Profiles that are named; all that are known where no service is there; none where the services
/// are meant.
fn profiles(arguments: &Failover, declared: &Declared) -> anyhow::Result<Vec<Profile>> {
    let names: Vec<&str> = match (arguments.service.hosts.is_empty(), arguments.profile.as_slice())
    {
        (false, _) => Vec::new(),
        (true, []) if declared.services.is_empty() => service::builtin_names().to_vec(),
        (true, names) => names.iter().map(String::as_str).collect(),
    };
    names.into_iter().map(|name| declared::profile(name, Path::new(""))).collect()
}
