//! Services that the policy or the command line declares, each with its profile.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use super::super::args::{Common, Failover, ServiceOptions, YesNo};
use crate::import;
use crate::model::service::{DeclaredService, Profile, StateSize};
use crate::model::{self, NodeName, Policy};
use crate::service::{self, Setup};

/// Rate at which measured state is read, bytes a second, where none is given.
const READ_RATE: f64 = 104_857_600.0;

/// Services with their profiles, and the state that a standby reads.
pub(in crate::cli) struct Declared {
    pub(super) services: Vec<(DeclaredService, Profile)>,
    pub(super) state: Option<StateSize>,
}

impl Declared {
    /// The service of the command line, else those of the policy.
    ///
    /// # Errors
    /// A profile that is not there or wrong, parameters that it does not have, and options that
    /// describe nothing.
    pub(in crate::cli) fn of(
        common: &Common,
        arguments: &Failover,
        policy: &Policy,
    ) -> anyhow::Result<Self> {
        let options = &arguments.service;
        let services = if options.hosts.is_empty() {
            let folder = common.policy.parent().unwrap_or(Path::new(""));
            with_profiles(policy, folder)?
        } else {
            vec![with_profile(of_options(arguments)?, Path::new(""))?]
        };
        Ok(Self { services, state: state(options)? })
    }

    pub(super) fn setup<'s>(&'s self, at: &'s (DeclaredService, Profile)) -> Setup<'s> {
        let (service, profile) = at;
        Setup { profile, service: Some(service), state: self.state.as_ref() }
    }

    /// Every host that a service needs for something.
    pub(super) fn hosts(&self) -> BTreeSet<NodeName> {
        self.services.iter().flat_map(|(service, _)| service.all_hosts()).cloned().collect()
    }

    pub(super) fn names(&self) -> String {
        let names: Vec<&str> = self.services.iter().map(|(it, _)| it.name.as_str()).collect();
        names.join(", ")
    }
}

/// The services of a policy with their profiles; paths of profiles are seen from its folder.
///
/// # Errors
/// A profile that is not there or wrong, and parameters that it does not have.
pub(in crate::cli) fn with_profiles(
    policy: &Policy,
    folder: &Path,
) -> anyhow::Result<Vec<(DeclaredService, Profile)>> {
    policy.services.iter().map(|service| with_profile(service.clone(), folder)).collect()
}

fn with_profile(
    service: DeclaredService,
    folder: &Path,
) -> anyhow::Result<(DeclaredService, Profile)> {
    let what = || format!("service \"{}\"", service.name);
    let profile = profile(&service.profile, folder).with_context(what)?;
    let profile = service::of_service(profile, &service).with_context(what)?;
    Ok((service, profile))
}

/// A profile by the name of an embedded one, else by the path of a file.
///
/// # Errors
/// A name that is neither, with those that there are, and a file that is wrong.
pub(super) fn profile(name: &str, folder: &Path) -> anyhow::Result<Profile> {
    if let Some(profile) = service::builtin(name) {
        return Ok(profile);
    }
    let is_path = name.contains('/') || Path::new(name).extension().is_some_and(|it| it == "toml");
    if !is_path {
        let known = service::builtin_names().join(", ");
        bail!("no profile is called \"{name}\": there is {known}, or the path of your own file");
    }
    Ok(import::read_profile(&folder.join(name))?)
}

fn of_options(arguments: &Failover) -> anyhow::Result<DeclaredService> {
    let options = &arguments.service;
    let [profile] = arguments.profile.as_slice() else {
        bail!("--hosts describes one service: name its system with one --profile");
    };
    let hosts: Vec<NodeName> =
        options.hosts.iter().map(|host| NodeName::new(host.trim())).collect();
    for (at, host) in hosts.iter().enumerate() {
        if host.as_str().is_empty() || hosts[..at].contains(host) {
            bail!("--hosts {}: a host is empty or named twice", options.hosts.join(","));
        }
    }
    let name = lost_name(arguments).unwrap_or_else(|| short(profile));
    let mut roles: BTreeMap<String, Vec<NodeName>> = BTreeMap::new();
    for (role, host) in &options.role {
        roles.entry(role.clone()).or_default().push(host.clone());
    }
    Ok(DeclaredService {
        store: options.store.clone(),
        roles,
        parameters: options.set.iter().cloned().collect(),
        restart_ms: options.restart.map(milliseconds),
        fencing: options.fencing.map(|it| it == YesNo::Yes),
        ..DeclaredService::new(&name, profile, hosts)
    })
}

/// The name under which the service is lost.
fn lost_name(arguments: &Failover) -> Option<String> {
    arguments.lose.iter().find_map(|text| match model::loss_and_time(text) {
        Ok((model::LossRef::Service(name) | model::LossRef::Store(name), _)) => Some(name),
        _ => None,
    })
}

fn short(profile: &str) -> String {
    let stem = PathBuf::from(profile);
    let is_file = stem.extension().is_some_and(|it| it == "toml");
    let stem = if is_file { stem.file_stem() } else { stem.file_name() };
    stem.map_or_else(|| profile.to_owned(), |it| it.to_string_lossy().into_owned())
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a parsed time is not negative; the longest are cut to what 64 bits hold"
)]
fn milliseconds(seconds: f64) -> u64 {
    (seconds * 1000.0).round() as u64
}

fn state(options: &ServiceOptions) -> anyhow::Result<Option<StateSize>> {
    if let Some(folder) = &options.state_dir {
        let measured = import::measure_state(folder)?;
        return Ok(Some(StateSize {
            bytes_per_s: Some(options.rate.unwrap_or(READ_RATE)),
            rate_is_assumed: options.rate.is_none(),
            ..measured
        }));
    }
    if options.rate.is_some() && options.state_bytes.is_none() {
        bail!("--rate says how fast state is read: give --state-dir or --state-bytes too");
    }
    Ok(options.state_bytes.map(|bytes| StateSize {
        bytes,
        files: options.state_files.unwrap_or(0),
        bytes_per_s: options.rate,
        rate_is_assumed: false,
    }))
}

/// What notices the loss of networks and nodes.
///
/// # Errors
/// A profile that notices no such loss, or several.
pub(in crate::cli) fn network_profile(
    arguments: &Failover,
) -> anyhow::Result<Option<model::Profile>> {
    let known = || model::Profile::ALL.map(model::Profile::name).join(", ");
    match arguments.profile.as_slice() {
        _ if !arguments.service.hosts.is_empty() => Ok(None),
        [] => Ok(None),
        [name] => match model::Profile::from_name(name) {
            Some(profile) => Ok(Some(profile)),
            None => bail!(
                "--profile {name} does not notice the loss of networks and nodes: {} do (a \
                 service's system is named beside --hosts, or in the policy)",
                known()
            ),
        },
        _ => bail!("one profile notices losses: name one of {}", known()),
    }
}
