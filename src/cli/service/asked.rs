//! What is asked of services beside what is asked of networks.

use std::collections::BTreeSet;

use anyhow::{Context, bail};

use super::super::args::{Common, Failover, FailoverFailOn, FailoverFormat};
use super::super::output::{self, Outcome};
use super::super::sources;
use super::declared::Declared;
use crate::failover::Cluster;
use crate::model::service::DeclaredService;
use crate::model::service::{FailureMode, Loss, Profile, ServiceLoss, Verdict};
use crate::model::{
    LossRef, NodeInventory, NodeName, PartRef, Scenario, loss_and_time, part_and_time,
};
use crate::render::{self, Page};
use crate::service::{self, HostEvent};

/// What is lost, apart by who plans it.
pub(in crate::cli) struct Asked<'a> {
    declared: &'a Declared,
    /// Services that are named, each with its failure and when, in ms.
    named: Vec<(&'a (DeclaredService, Profile), Loss, u64)>,
    /// Losses and returns of hosts that only services know.
    hosts: Vec<HostEvent>,
    /// Losses and returns of parts of the layout, as they were given.
    parts: [Vec<String>; 2],
}

/// What comes of a scenario for services.
pub(in crate::cli) struct Services {
    pub(in crate::cli) losses: Vec<ServiceLoss>,
    untouched: Vec<String>,
}

impl<'a> Asked<'a> {
    /// Takes the losses of services out of what is lost.
    ///
    /// # Errors
    /// Names of services that there are not, and failures that do not fit what is lost.
    pub(in crate::cli) fn of(
        arguments: &Failover,
        declared: &'a Declared,
        inventories: &[NodeInventory],
    ) -> anyhow::Result<Self> {
        let mut asked =
            Self { declared, named: Vec::new(), hosts: Vec::new(), parts: Default::default() };
        let mut only_hosts = declared.hosts();
        only_hosts.retain(|host| !inventories.iter().any(|it| it.node == *host));
        for text in &arguments.lose {
            asked.take(text, false, arguments, (&only_hosts, inventories))?;
        }
        for text in &arguments.returns {
            asked.take(text, true, arguments, (&only_hosts, inventories))?;
        }
        asked.hosts.sort_by_key(|(at_ms, returns, _)| (*at_ms, !returns));
        Ok(asked)
    }

    fn take(
        &mut self,
        text: &str,
        returns: bool,
        arguments: &Failover,
        (only_hosts, inventories): (&BTreeSet<NodeName>, &[NodeInventory]),
    ) -> anyhow::Result<()> {
        let option = if returns { "--return" } else { "--lose" };
        let read = loss_and_time(text).with_context(|| format!("{option} {text}"));
        let (loss, at_ms) = read?;
        let mode = arguments.service.mode;
        if arguments.service.planned {
            fits_planned(text, &loss, at_ms)?;
        }
        match loss {
            LossRef::Service(_) | LossRef::Store(_) if returns => {
                bail!("--return {text}: a service comes back as its hosts do: name a host")
            }
            LossRef::Service(name) => {
                let loss = mode.unwrap_or(FailureMode::Crash.into());
                self.named.push((self.find(&name)?, loss, at_ms.unwrap_or(0)));
            }
            LossRef::Store(name) => {
                fits(text, mode, FailureMode::Store)?;
                let loss = Loss::from(FailureMode::Store);
                self.named.push((self.find(&name)?, loss, at_ms.unwrap_or(0)));
            }
            LossRef::Part(PartRef::Node(host)) if only_hosts.contains(&host) => {
                fits(text, mode, FailureMode::Power)?;
                if returns && at_ms.is_none() {
                    bail!("--return {text}: say when, as in {text}@60");
                }
                self.hosts.push((at_ms.unwrap_or(0), returns, host));
            }
            LossRef::Part(PartRef::Node(host)) => {
                let is_known = inventories.iter().any(|it| it.node == host);
                if !is_known && !self.declared.services.is_empty() {
                    let of: Vec<String> =
                        self.declared.hosts().iter().map(ToString::to_string).collect();
                    bail!(
                        "{text}: no inventory describes this host, and no service needs it; services \
                         need {}",
                        of.join(", ")
                    );
                }
                fits(text, mode, FailureMode::Power)?;
                self.parts[usize::from(returns)].push(text.to_owned());
            }
            LossRef::Part(_) => {
                if let Some(mode) = mode {
                    bail!("--mode {mode} is how a service is lost: {text} is none");
                }
                self.parts[usize::from(returns)].push(text.to_owned());
            }
        }
        Ok(())
    }

    fn find(&self, name: &str) -> anyhow::Result<&'a (DeclaredService, Profile)> {
        let found = self.declared.services.iter().find(|(service, _)| service.name == name);
        let Some(found) = found else {
            if self.declared.services.is_empty() {
                bail!(
                    "service \"{name}\" is not there: declare it as [[service]] in the policy, or \
                     describe it with --profile and --hosts"
                );
            }
            bail!("service \"{name}\" is not there; there is {}", self.declared.names());
        };
        Ok(found)
    }

    /// Whether networks are to be planned too.
    pub(in crate::cli) fn needs_layout(&self, arguments: &Failover) -> bool {
        arguments.all || !self.parts[0].is_empty()
    }

    /// # Errors
    /// Options that are only about services.
    pub(in crate::cli) fn fits_networks(&self, arguments: &Failover) -> anyhow::Result<()> {
        let options = &arguments.service;
        if options.planned {
            bail!(
                "--planned is the orderly way of a service: name service:NAME, or its active host"
            );
        }
        self.fits_state()?;
        Ok(())
    }

    /// One state belongs to one service.
    fn fits_state(&self) -> anyhow::Result<()> {
        if self.declared.state.is_some() && self.declared.services.is_empty() {
            bail!("no service is there whose state could be read: declare one, or give --hosts");
        }
        Ok(())
    }

    /// The arguments as the planner of networks takes them.
    pub(in crate::cli) fn of_networks(&self, arguments: &Failover) -> Failover {
        let [lose, returns] = self.parts.clone();
        Failover { lose, returns, ..arguments.clone() }
    }

    /// What comes of a scenario of the layout, of hosts elsewhere, and of services named.
    pub(in crate::cli) fn after(&self, cluster: &Cluster<'_>, scenario: &Scenario) -> Services {
        self.services(&service::affairs(cluster, scenario, &self.hosts))
    }

    fn services(&self, affairs: &[service::Affair]) -> Services {
        let (mut losses, mut untouched) = (self.losses_named(), Vec::new());
        for declared in &self.declared.services {
            let own = self.declared.setup(declared).through(affairs);
            let is_named = self.named.iter().any(|(it, ..)| it.0.name == declared.0.name);
            if own.is_empty() && !is_named {
                untouched.push(declared.0.name.clone());
            }
            losses.extend(
                own.into_iter().map(|it| ServiceLoss { lost: self.lost_at(it.at_s), ..it }),
            );
        }
        Services { losses, untouched }
    }

    /// What is lost at a time of the scenario, in seconds.
    fn lost_at(&self, at_s: f64) -> String {
        let part = |(returns, text): (bool, &String)| {
            let (part, time) = part_and_time(text).ok()?;
            Some((time.unwrap_or_default(), !returns, part.to_string()))
        };
        let parts = [false, true].into_iter().zip(&self.parts);
        let parts = parts.flat_map(|(returns, texts)| texts.iter().map(move |it| (returns, it)));
        let hosts =
            self.hosts.iter().map(|(at, returns, host)| (*at, !returns, format!("host:{host}")));
        let mut events: Vec<(u64, bool, String)> = parts.filter_map(part).chain(hosts).collect();
        events.retain(|(at_ms, ..)| seconds(*at_ms) <= at_s);
        events.sort_by_key(|(at_ms, is_lost, _)| (*at_ms, *is_lost));
        let mut lost: Vec<String> = Vec::new();
        for (_, is_lost, part) in events {
            lost.retain(|it| *it != part);
            lost.extend(is_lost.then_some(part));
        }
        lost.join(", ")
    }

    fn losses_named(&self) -> Vec<ServiceLoss> {
        let lost =
            |(declared, loss, at_ms): &(&'a (DeclaredService, Profile), Loss, u64)| ServiceLoss {
                at_s: seconds(*at_ms),
                ..service::lose(&self.declared.setup(declared), *loss)
            };
        self.named.iter().map(lost).collect()
    }

    /// The orderly way of each service that is named, or whose active host is.
    fn planned(&self) -> anyhow::Result<Vec<ServiceLoss>> {
        let hosts: Vec<&NodeName> = self.hosts.iter().map(|(.., host)| host).collect();
        let is_active =
            |service: &DeclaredService| service.hosts.first().is_some_and(|it| hosts.contains(&it));
        let is_named = |service: &DeclaredService| {
            self.named.iter().any(|(declared, ..)| declared.0.name == service.name)
        };
        let all = self.declared.services.iter();
        let meant = all.filter(|(service, _)| is_named(service) || is_active(service));
        let planned: Vec<ServiceLoss> =
            meant.map(|declared| service::planned(&self.declared.setup(declared))).collect();
        if planned.is_empty() {
            let hosts: Vec<&str> = hosts.iter().map(|host| host.as_str()).collect();
            bail!("{} is not the active host of a service: nothing to hand over", hosts.join(", "));
        }
        Ok(planned)
    }
}

#[expect(clippy::cast_precision_loss, reason = "times stay far below 2^53 ms")]
fn seconds(ms: u64) -> f64 {
    ms as f64 / 1000.0
}

/// # Errors
/// What the orderly way leaves without a meaning: a time, and a store.
fn fits_planned(text: &str, loss: &LossRef, at_ms: Option<u64>) -> anyhow::Result<()> {
    if at_ms.is_some() {
        bail!("{text}: the orderly way begins when you begin it: leave out the time");
    }
    if matches!(loss, LossRef::Store(_)) {
        bail!("{text}: --planned moves a service: name service:NAME, or its active host");
    }
    Ok(())
}

fn fits(text: &str, mode: Option<Loss>, natural: FailureMode) -> anyhow::Result<()> {
    match mode {
        Some(mode) if mode.mode != natural => {
            bail!("{text} is lost as {}: --mode {mode} goes with service:NAME", natural.name())
        }
        _ => Ok(()),
    }
}

/// The inventories that a scenario needs; none where it is only about services, or about hosts of
/// services of which there is no inventory at hand: this host is not looked at then.
///
/// # Errors
/// Inventories that can't be read, and parts that are none.
pub(in crate::cli) fn inventories(
    common: &Common,
    arguments: &Failover,
    declared: &Declared,
) -> anyhow::Result<Vec<NodeInventory>> {
    let hosts = declared.hosts();
    let (mut of_layout, mut of_both) = (arguments.all, false);
    for text in &arguments.lose {
        let read = loss_and_time(text).with_context(|| format!("--lose {text}"));
        match read?.0 {
            LossRef::Service(_) | LossRef::Store(_) => {}
            LossRef::Part(PartRef::Node(host)) if hosts.contains(&host) => of_both = true,
            LossRef::Part(_) => of_layout = true,
        }
    }
    let given = !arguments.sources.from.is_empty();
    if of_layout || (of_both && (given || !sources::stored(&common.nodes_dir)?.is_empty())) {
        return sources::inventories(common, &arguments.sources);
    }
    Ok(Vec::new())
}

/// What comes of losing services and hosts that only services know.
pub(in crate::cli) fn lose(
    common: &Common,
    arguments: &Failover,
    asked: &Asked<'_>,
) -> anyhow::Result<Outcome> {
    fits_services(arguments)?;
    let affairs = service::affairs_of_hosts(&asked.hosts);
    let services = if arguments.service.planned {
        Services { losses: asked.planned()?, untouched: Vec::new() }
    } else {
        asked.services(&affairs)
    };
    if asked.declared.state.is_some() && services.losses.len() > 1 {
        bail!("the state is that of one service: name it with --lose service:NAME");
    }
    let page = output::page(common.color);
    output::print(&match arguments.format {
        FailoverFormat::Json => render::json(&render::services(&services.losses))?,
        _ => render::service_losses(&services.losses, arguments.explain, page),
    })?;
    Ok(if arguments.fail_on == FailoverFailOn::Service {
        services.outcome()
    } else {
        Outcome::Done
    })
}

/// # Errors
/// Options that are about networks.
fn fits_services(arguments: &Failover) -> anyhow::Result<()> {
    let is_picture = matches!(arguments.format, FailoverFormat::Dot | FailoverFormat::Svg);
    if is_picture || arguments.svg.is_some() {
        bail!("a picture shows networks: name what is lost of the layout, such as node:NODE");
    }
    if arguments.hold.is_some() {
        bail!("--hold is about the return of networks: no part of the layout is lost");
    }
    if arguments.service.hosts.is_empty() && !arguments.profile.is_empty() {
        bail!("--profile goes with --hosts here: the policy names the profile of its services");
    }
    match arguments.fail_on {
        FailoverFailOn::None | FailoverFailOn::Service => Ok(()),
        _ => bail!("--fail-on service judges services: no part of the layout is lost"),
    }
}

impl Services {
    /// What is told below the plan of networks.
    pub(in crate::cli) fn text(&self, arguments: &Failover, page: Page) -> String {
        render::services_after(&self.losses, &self.untouched, arguments.explain, page)
    }

    pub(in crate::cli) fn outcome(&self) -> Outcome {
        let is_bad = |loss: &ServiceLoss| {
            matches!(loss.ruling.verdict, Verdict::Never | Verdict::Split | Verdict::FalseTakeover)
        };
        if self.losses.iter().any(is_bad) { Outcome::Found } else { Outcome::Done }
    }
}
