//! Profiles as they are.

use serde::Serialize;

use super::view::IntervalView;
use super::words;
use crate::model::service::{ClientRule, Detector, FailureMode, Profile, Step};
use crate::render::grid::grid;
use crate::render::text::{Page, Tone, escaped};

/// Schema of profiles.
pub const PROFILES_SCHEMA: &str = "netplan-cluster/profiles/1";

/// Profiles.
#[derive(Clone, Debug, Serialize)]
pub struct ProfilesView {
    /// Always [`PROFILES_SCHEMA`].
    pub schema: &'static str,
    /// The profiles.
    pub profiles: Vec<ProfileView>,
}

/// A profile.
#[derive(Clone, Debug, Serialize)]
pub struct ProfileView {
    /// Its name.
    pub name: String,
    /// What it is.
    pub title: String,
    /// Who stands by.
    pub candidates: String,
    /// The detector with its parameters.
    pub detector: Detector,
    /// Numbers and facts with their sources.
    pub facts: Vec<FactView>,
    /// What else to know.
    pub notes: Vec<String>,
}

/// A number or fact of a profile.
#[derive(Clone, Debug, Serialize)]
pub struct FactView {
    /// What it is of.
    pub of: String,
    /// How long it takes, where it is a time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub takes_s: Option<IntervalView>,
    /// What it says.
    pub says: String,
    /// Where that is told.
    pub source: String,
    /// What is only assumed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assumption: Option<String>,
}

/// The view of profiles.
#[must_use]
pub fn profiles(all: &[Profile]) -> ProfilesView {
    ProfilesView { schema: PROFILES_SCHEMA, profiles: all.iter().map(profile).collect() }
}

/// The view of a profile.
#[must_use]
pub fn profile(profile: &Profile) -> ProfileView {
    ProfileView {
        name: escaped(&profile.name),
        title: escaped(&profile.title),
        candidates: escaped(&profile.candidates.order),
        detector: profile.detector.by.clone(),
        facts: facts(profile),
        notes: profile.notes.iter().map(|it| escaped(it)).collect(),
    }
}

/// A list of profiles for people.
#[must_use]
pub fn profiles_table(all: &[Profile], page: Page) -> String {
    let header = ["Name", "System", "Noticed by"].map(|it| page.paint(it, Tone::Strong));
    let row = |it: &Profile| vec![escaped(&it.name), escaped(&it.title), detector(&it.detector.by)];
    let rows = std::iter::once(header.to_vec()).chain(all.iter().map(row));
    let hint = "failover profiles NAME shows one with its sources; --profile FILE takes your own.";
    format!("{}\n{}\n", grid(rows.collect(), &[2], page), page.wrap(hint, 0))
}

/// A profile for people, with the source of every number.
#[must_use]
pub fn profile_text(profile: &Profile, page: Page) -> String {
    let mut text = format!("{}: {}\n\n", escaped(&profile.name), escaped(&profile.title));
    let header = ["Of", "Says", "Source"].map(|it| page.paint(it, Tone::Strong)).to_vec();
    let row = |fact: FactView| {
        let assumed = fact.assumption.map(|it| format!("; assumed: {it}")).unwrap_or_default();
        vec![fact.of, fact.says, fact.source + &assumed]
    };
    let rows = std::iter::once(header).chain(facts(profile).into_iter().map(row));
    text += &grid(rows.collect(), &[], page);
    for note in &profile.notes {
        text += &format!("\n{}", page.wrap(&format!("Note: {}", escaped(note)), 2));
    }
    if profile.notes.is_empty() { text } else { text + "\n" }
}

fn facts(profile: &Profile) -> Vec<FactView> {
    let fact = |of: &str, says: String, source: &str, assumption: Option<&String>| FactView {
        of: of.to_owned(),
        takes_s: None,
        says: escaped(&says),
        source: escaped(source),
        assumption: assumption.map(|it| escaped(it)),
    };
    let candidates = &profile.candidates;
    let detection = &profile.detector;
    let by = detector(&detection.by);
    let mut facts = vec![
        fact("candidates", candidates.order.clone(), &candidates.source, None),
        fact("detector", by, &detection.source, detection.assumption.as_ref()),
    ];
    let steps = [
        ("self-fence", &profile.self_fence),
        ("fence", &profile.fence),
        ("acquire", &profile.acquire),
        ("announce", &profile.announce),
    ];
    let step = |(of, step): (&str, &Step)| FactView {
        takes_s: Some(step.takes_s.into()),
        ..fact(of, words::span_and_mean(step.takes_s), &step.source, step.assumption.as_ref())
    };
    facts.extend(steps.into_iter().filter_map(|(of, it)| Some((of, it.as_ref()?))).map(step));
    let (load, clients, work) = (&profile.load, &profile.clients, &profile.work);
    facts.push(FactView {
        takes_s: Some(load.fixed_s.into()),
        ..fact("load", words::span_and_mean(load.fixed_s), &load.source, load.assumption.as_ref())
    });
    let says = clients_do(&clients.by);
    facts.push(fact("clients", says, &clients.source, clients.assumption.as_ref()));
    facts.push(fact("work", work.detail.clone(), &work.source, work.assumption.as_ref()));
    let failback = &profile.failback;
    let says = if failback.automatic { "automatic" } else { "by hand" };
    facts.push(fact("failback", says.to_owned(), &failback.source, None));
    for declared in &profile.mode {
        let condition = declared.condition.as_ref().map(|it| format!("; {it}")).unwrap_or_default();
        let after = declared.latency_s.map(|it| format!(" after {}", words::span(it)));
        let verdict = declared.verdict.name();
        let says =
            format!("{verdict}{}: {}{condition}", after.unwrap_or_default(), declared.reason);
        facts.push(fact(FailureMode::title(declared.mode), says, &declared.source, None));
    }
    let planned = &profile.planned;
    facts.push(FactView {
        takes_s: Some(planned.handover_s.into()),
        ..fact(
            "orderly way",
            words::span_and_mean(planned.handover_s),
            &planned.source,
            planned.assumption.as_ref(),
        )
    });
    facts
}

/// What clients do, in words.
fn clients_do(by: &ClientRule) -> String {
    match by {
        ClientRule::List { connect_s } => format!(
            "they try the list in order; a host that is gone costs {}",
            words::span(*connect_s)
        ),
        ClientRule::Retry { step_timeouts, give_up_timeouts } => format!(
            "they try again every {step_timeouts} time-outs and give up after {give_up_timeouts}"
        ),
        ClientRule::Address { reconnect_s } => {
            format!("they connect anew to the same address within {}", words::span(*reconnect_s))
        }
        ClientRule::None => "there are none".to_owned(),
    }
}

/// A detector in words.
fn detector(by: &Detector) -> String {
    use words::moment;
    match by {
        Detector::LockPoll { poll_s, lease_s } => format!(
            "a lock tried every {}, free {} after its host died",
            moment(*poll_s),
            moment(*lease_s)
        ),
        Detector::StaleFile { touch_s, stale_s, poll_s } => format!(
            "a file touched every {}, stale at {}, looked at every {}",
            moment(*touch_s),
            moment(*stale_s),
            moment(*poll_s)
        ),
        Detector::MissedBeats { interval_s, count } => {
            format!("{count} missed heartbeats of {}", moment(*interval_s))
        }
        Detector::Token { token_s } => {
            format!("a token of {} for two nodes, then consensus", moment(*token_s))
        }
        Detector::Advertisements { interval_s, priority } => {
            let skew = match priority {
                Some(priority) => format!("the skew of priority {priority}"),
                None => "the skew of the priority".to_owned(),
            };
            format!("3 missed advertisements of {} and {skew}", moment(*interval_s))
        }
        Detector::PingVeto { timeout_s, heartbeat_s, .. } => format!(
            "pings within {}, unless a heartbeat file of at most {} is young",
            moment(*timeout_s),
            moment(*heartbeat_s)
        ),
        Detector::Handshake { delay_s, touch_s, .. } => format!(
            "a broken connection, {} of delay, and a file touched every {} that is old",
            moment(*delay_s),
            moment(*touch_s)
        ),
    }
}
