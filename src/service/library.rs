//! Profiles: those that come with the program, and the user's own.

use std::collections::BTreeMap;

use serde::Deserialize;
use thiserror::Error;
use toml_edit::de::Deserializer;

use super::lose::seconds;
use crate::model::Place;
use crate::model::service::{DeclaredService, Detector, Profile, WorkPolicy};

macro_rules! embedded {
    ($($name:literal),* $(,)?) => {
        [$(($name, include_str!(concat!("profiles/", $name, ".toml")))),*]
    };
}

/// Texts of the profiles that come with the program, by name.
const EMBEDDED: [(&str, &str); 12] = embedded![
    "torque-2.3",
    "torque-2.4",
    "openpbs",
    "slurm",
    "hpcpack-2008r2",
    "wsfc-2008r2",
    "wsfc-2016",
    "scyld-7",
    "corosync",
    "vrrp",
    "pve-ha",
    "pacemaker",
];

/// Why a text is no profile.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ProfileError {
    /// Something is wrong at a place.
    #[error("{}:{}: {}{message}", place.line, place.column, key(path))]
    At {
        /// Where.
        place: Place,
        /// Keys that lead to it.
        path: String,
        /// What is wrong.
        message: String,
    },
    /// A parameter that the detector does not have.
    #[error("\"{name}\" is no parameter of this detector: it has {}", known.join(", "))]
    Parameter {
        /// What was asked for.
        name: String,
        /// What there is.
        known: Vec<String>,
    },
    /// A value that a parameter can't have.
    #[error("parameter {name}: {message}")]
    Value {
        /// The parameter.
        name: String,
        /// What is wrong.
        message: String,
    },
}

fn key(path: &str) -> String {
    if path.is_empty() || path == "." { String::new() } else { format!("{path}: ") }
}

/// Names of the profiles that come with the program, in the order in which they are listed.
#[must_use]
pub fn builtin_names() -> [&'static str; 12] {
    EMBEDDED.map(|(name, _)| name)
}

/// The profile of that name that comes with the program.
#[must_use]
pub fn builtin(name: &str) -> Option<Profile> {
    let (_, text) = EMBEDDED.iter().find(|(known, _)| *known == name)?;
    parse(text).ok()
}

/// Reads the text of a profile file.
///
/// # Errors
/// The first thing that is wrong with its place: no TOML, an unknown or missing key, a value of the
/// wrong type or outside its range, or a work policy that lacks what it needs.
pub fn parse(text: &str) -> Result<Profile, ProfileError> {
    let at = |span: Option<std::ops::Range<usize>>, path: String, message: &str| {
        let start = span.map_or(0, |span| span.start);
        ProfileError::At { place: Place::of(text, start), path, message: message.trim().to_owned() }
    };
    let reader = Deserializer::parse(text)
        .map_err(|error| at(error.span(), String::new(), error.message()))?;
    let profile: Profile = serde_path_to_error::deserialize(reader).map_err(|error| {
        let (path, error) = (error.path().to_string(), error.into_inner());
        at(error.span(), path, error.message())
    })?;
    let wrong = |path: &str, message: &str| Err(at(None, path.to_owned(), message));
    match profile.work.on_loss {
        _ if profile.name.trim().is_empty() => wrong("name", "it is empty"),
        WorkPolicy::HoldUntilQuiet if profile.work.quiet.is_none() => {
            wrong("work.quiet", "hold-until-quiet needs threshold_percent and span_s")
        }
        _ => Ok(profile),
    }
}

/// The profile with other parameters of its detector.
///
/// # Errors
/// A parameter that the detector does not have, or a value that it can't have.
pub fn with_parameters(
    mut profile: Profile,
    parameters: &BTreeMap<String, f64>,
) -> Result<Profile, ProfileError> {
    for (name, value) in parameters {
        profile.detector.by = with_parameter(&profile.detector.by, name, *value)?;
    }
    Ok(profile)
}

/// The profile with what a service declares otherwise: parameters of the detector, and how long
/// work bears to be without it.
///
/// # Errors
/// As [`with_parameters`].
pub fn of_service(profile: Profile, service: &DeclaredService) -> Result<Profile, ProfileError> {
    let mut profile = with_parameters(profile, &service.parameters)?;
    profile.work.bears_s = service.bears_ms.map(seconds).or(profile.work.bears_s);
    Ok(profile)
}

/// Parameters are the fields of the detector, as files name them.
fn with_parameter(detector: &Detector, name: &str, value: f64) -> Result<Detector, ProfileError> {
    let wrong = |message: String| ProfileError::Value { name: name.to_owned(), message };
    let mut whole = serde_json::to_value(detector).map_err(|error| wrong(error.to_string()))?;
    let fields = whole.as_object_mut().and_then(|it| it.values_mut().next()?.as_object_mut());
    let Some(fields) = fields.filter(|fields| fields.contains_key(name)) else {
        let fields = serde_json::to_value(detector).unwrap_or_default();
        let inner = fields.as_object().and_then(|it| it.values().next()?.as_object());
        let known = inner.map(|it| it.keys().cloned().collect()).unwrap_or_default();
        return Err(ProfileError::Parameter { name: name.to_owned(), known });
    };
    let is_whole = value.fract().abs() < f64::EPSILON && value.abs() < 4_294_967_296.0;
    #[expect(clippy::cast_possible_truncation, reason = "whole, and within 33 bits")]
    let number = if is_whole { (value as i64).into() } else { value.into() };
    fields.insert(name.to_owned(), number);
    Detector::deserialize(whole).map_err(|error| wrong(error.to_string()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_embedded_profile_is_one_and_has_its_name() {
        for (name, text) in EMBEDDED {
            let profile = parse(text).unwrap_or_else(|error| panic!("{name}: {error}"));
            assert_eq!(profile.name, name);
            assert!(!profile.planned.step.is_empty(), "{name}");
        }
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place_and_what_may_stand_there() {
        let text = EMBEDDED[0].1;
        let error = |from: &str, to: &str| {
            assert!(text.contains(from), "{from}");
            parse(&text.replacen(from, to, 1)).unwrap_err().to_string()
        };
        let unknown = error("poll_s", "pool_s");
        assert!(unknown.contains("pool_s") && unknown.contains("poll_s"), "{unknown}");
        let kind = error("lock-poll", "lock-pol");
        assert!(kind.contains("detector.by") && kind.contains("stale-file"), "{kind}");
        let negative = error("poll_s = 1", "poll_s = -1");
        assert!(negative.contains("outside 0"), "{negative}");
        let syntax = error("[detector]", "[detector");
        assert!(syntax.starts_with(char::is_numeric), "{syntax}");
        assert!(parse("").unwrap_err().to_string().contains("missing field"));
    }

    #[test]
    fn parameters_replace_those_of_the_detector() {
        let set = |name: &str, value| {
            let profile = builtin("slurm").unwrap();
            with_parameters(profile, &BTreeMap::from([(name.to_owned(), value)]))
        };
        assert_eq!(set("timeout_s", 30.0).unwrap().detector.by.timeout_s(), Some(30.0));
        assert!(set("poll_s", 1.0).unwrap_err().to_string().contains("heartbeat_s"));
        assert!(set("timeout_s", -1.0).unwrap_err().to_string().contains("outside 0"));
        let vrrp = builtin("vrrp").unwrap();
        let priority = |value| BTreeMap::from([("priority".to_owned(), value)]);
        assert!(with_parameters(vrrp.clone(), &priority(200.0)).is_ok());
        assert!(with_parameters(vrrp, &priority(300.0)).is_err());
    }

    #[test]
    fn a_service_says_how_long_its_work_bears_to_be_without_it() {
        let mut service = DeclaredService::new("batch", "slurm", vec!["n1".into()]);
        let bears = |service: &DeclaredService| {
            of_service(builtin("slurm").unwrap(), service).unwrap().work.bears_s
        };
        assert_eq!(bears(&service), Some(300.0));
        service.bears_ms = Some(60_000);
        assert_eq!(bears(&service), Some(60.0));
    }

    proptest! {
        #[test]
        fn any_text_is_a_profile_or_an_error(text in "\\PC*") {
            let _ = parse(&text);
        }

        #[test]
        fn a_damaged_profile_is_a_profile_or_an_error(at in 0usize..3000, byte in any::<char>()) {
            let text = EMBEDDED[3].1;
            let damaged: String =
                text.chars().enumerate().map(|(n, c)| if n == at { byte } else { c }).collect();
            let _ = parse(&damaged);
        }
    }
}
