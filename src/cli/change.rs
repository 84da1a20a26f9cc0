//! `set`, `unset` and `pin`: changes of the policy file.

use anyhow::bail;
use similar::TextDiff;

use super::args::{Change, Common, Pin, Set, Unset};
use super::output::{self, Outcome};
use super::sources::{self, Planned};
use crate::model::{Metric, NetworkName, NodeInventory, Policy, Role, check_network_name};
use crate::policy::{self, Target};
use crate::render;
use crate::store::{self, Edit, Lock, PolicyDocument};

pub(super) fn set(common: &Common, arguments: &Set) -> anyhow::Result<Outcome> {
    let edits = arguments.properties.iter().map(|text| property(text));
    let edits = edits.collect::<anyhow::Result<Vec<Edit>>>()?;
    once_each(&edits)?;
    edit(common, &arguments.network, &edits, &arguments.change)
}

pub(super) fn unset(common: &Common, arguments: &Unset) -> anyhow::Result<Outcome> {
    let edits: Vec<Edit> = arguments
        .properties
        .iter()
        .map(|property| match property.as_str() {
            "name" => Edit::Name(None),
            "role" => Edit::Role(None),
            "metric" => Edit::Metric(None),
            _ => Edit::Description(None),
        })
        .collect();
    edit(common, &arguments.network, &edits, &arguments.change)
}

pub(super) fn pin(common: &Common, arguments: &Pin) -> anyhow::Result<Outcome> {
    change(common, &arguments.change, |planned, document| {
        let (entries, next) =
            policy::pinned(&planned.layout, &planned.assignment, &document.policy);
        Ok(store::pin(&document.text, &entries, next, document.policy.metric_scheme)?)
    })
}

fn property(text: &str) -> anyhow::Result<Edit> {
    let Some((key, value)) = text.split_once('=') else {
        bail!("\"{text}\" is no property: write key=value, such as metric=1001");
    };
    Ok(match key.trim().to_lowercase().as_str() {
        "name" => Edit::Name(Some(check_network_name(value)?)),
        "role" => Edit::Role(role(value)?),
        "metric" => Edit::Metric(metric(value)?),
        "description" => Edit::Description(Some(value.to_owned()).filter(|it| !it.is_empty())),
        _ => bail!("\"{key}\" is no property: set name, role, metric or description"),
    })
}

fn role(value: &str) -> anyhow::Result<Option<Role>> {
    let by_name = [Role::None, Role::Cluster, Role::ClusterAndClient]
        .into_iter()
        .find(|role| role.name().eq_ignore_ascii_case(value));
    match (value, by_name) {
        ("auto", _) => Ok(None),
        (_, Some(role)) => Ok(Some(role)),
        (number, None) => match number.parse::<i64>() {
            Ok(number) => Ok(Some(Role::try_from(number)?)),
            Err(_) => bail!("role \"{value}\" does not exist: use 0, 1, 3 or auto"),
        },
    }
}

fn metric(value: &str) -> anyhow::Result<Option<Metric>> {
    if value == "auto" {
        return Ok(None);
    }
    match value.parse::<i64>() {
        Ok(number) => Ok(Some(Metric::try_from(number)?)),
        Err(_) => bail!("metric \"{value}\" is not a number from 1 to 268435455, nor auto"),
    }
}

fn once_each(edits: &[Edit]) -> anyhow::Result<()> {
    for (number, edit) in edits.iter().enumerate() {
        let same = |other: &Edit| std::mem::discriminant(other) == std::mem::discriminant(edit);
        if edits[..number].iter().any(same) {
            bail!("one property is given twice: give each once");
        }
    }
    Ok(())
}

fn edit(
    common: &Common,
    network: &str,
    edits: &[Edit],
    arguments: &Change,
) -> anyhow::Result<Outcome> {
    change(common, arguments, |planned, document| {
        let target = policy::find(network, &planned.layout, &document.policy)?;
        refuse_taken_name(edits, &target, planned, &document.policy)?;
        if target.place.is_none() {
            output::note(&format!(
                "note: no node is on {} now; what is set for it holds once one is",
                target.key
            ));
        }
        edited(&document.text, edits, &target, planned)
    })
}

/// The text with the edits made. What is taken away is taken from every subnet of the network, and
/// references to a name follow it.
fn edited(
    text: &str,
    edits: &[Edit],
    target: &Target,
    planned: &Planned,
) -> anyhow::Result<String> {
    let network = target.place.and_then(|place| planned.layout.networks.get(place));
    let mut text = store::edit(text, target.key, edits)?;
    let merged = network.map_or(&[][..], |network| network.subnets.as_slice());
    let taken_away: Vec<Edit> = edits.iter().filter(|edit| takes_away(edit)).cloned().collect();
    for subnet in merged.iter().filter(|subnet| **subnet != target.key) {
        text = store::edit(&text, *subnet, &taken_away)?;
    }
    for edit in edits {
        if let (Edit::Name(name), Some(network)) = (edit, network) {
            let key = target.key.to_string();
            let new = name.as_ref().map_or(key.as_str(), NetworkName::as_str);
            text = store::rename(&text, &network.name, new)?;
        }
    }
    Ok(text)
}

fn takes_away(edit: &Edit) -> bool {
    matches!(
        edit,
        Edit::Name(None) | Edit::Role(None) | Edit::Metric(None) | Edit::Description(None)
    )
}

fn refuse_taken_name(
    edits: &[Edit],
    target: &Target,
    planned: &Planned,
    policy: &Policy,
) -> anyhow::Result<()> {
    let names = edits.iter().filter_map(|edit| match edit {
        Edit::Name(name) => name.as_ref(),
        _ => None,
    });
    for name in names {
        if let Some(owner) = policy::name_owner(name, target, &planned.layout, policy) {
            bail!("{owner} is called \"{name}\" already: names are unique, whatever their case");
        }
    }
    Ok(())
}

/// Makes a change of the policy file under its lock and tells what it does.
fn change(
    common: &Common,
    arguments: &Change,
    make: impl FnOnce(&Planned, &PolicyDocument) -> anyhow::Result<String>,
) -> anyhow::Result<Outcome> {
    let inventories = sources::inventories(common, &arguments.sources)?;
    let lock = if arguments.dry_run { None } else { Some(Lock::exclusive(&common.policy)?) };
    let document = store::read_policy(&common.policy)?;
    let before = Planned::of(&inventories, &document.policy);
    let text = make(&before, &document)?;
    let (policy, source) = store::parse_policy(&text);
    if let Some(problem) = source.problems.first() {
        bail!("the policy would be wrong after the change, so it is left as it is: {problem}");
    }
    if !arguments.dry_run && text != document.text {
        store::write_atomic(&common.policy, text.as_bytes())?;
    }
    drop(lock);
    output::print(&report(
        common,
        arguments,
        (&document, &text),
        (&inventories, &before, &policy),
    ))?;
    Ok(Outcome::Done)
}

fn report(
    common: &Common,
    arguments: &Change,
    (document, text): (&PolicyDocument, &str),
    (inventories, before, policy): (&[NodeInventory], &Planned, &Policy),
) -> String {
    let path = common.policy.display();
    let after = Planned::of(inventories, policy);
    let old = render::show(&before.layout, &before.assignment, &document.policy);
    let new = render::show(&after.layout, &after.assignment, policy);
    let mut report = if text == document.text {
        format!("{path}: nothing to change\n")
    } else if arguments.dry_run {
        let diff = TextDiff::from_lines(document.text.as_str(), text);
        let diff = diff.unified_diff().header(&path.to_string(), "after the change").to_string();
        format!("{path} would change:\n{diff}\n")
    } else {
        format!("{path}: changed\n")
    };
    report += &render::difference(&old, &new);
    report
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn properties_are_read_as_administrators_write_them() {
        let metric = |number| Edit::Metric(Metric::try_from(number).ok());
        assert_eq!(property("metric=1001").unwrap(), metric(1001));
        assert_eq!(property("Metric=auto").unwrap(), Edit::Metric(None));
        assert_eq!(property("role=3").unwrap(), Edit::Role(Some(Role::ClusterAndClient)));
        assert_eq!(property("role=clusterandclient").unwrap(), property("role=3").unwrap());
        let name = Edit::Name(Some(NetworkName::new("Live = Migration")));
        assert_eq!(property("name=Live = Migration").unwrap(), name);
        assert_eq!(property("description=").unwrap(), Edit::Description(None));
    }

    #[test]
    fn wrong_properties_say_what_is_right() {
        let error = |text: &str| property(text).unwrap_err().to_string();
        assert!(error("metric").contains("key=value"));
        assert!(error("metrik=1").contains("set name, role, metric or description"));
        assert!(error("role=2").contains("MSCS"));
        assert!(error("role=x").contains("use 0, 1, 3 or auto"));
        assert!(error("metric=0").contains("outside 1 to 268435455"));
        assert!(error("metric=268435456").contains("outside"));
        assert!(error("metric=1e3").contains("not a number"));
        assert!(error("name=").contains("it is empty"));
        assert!(error("name=10.0.0.0/8").contains("subnet"));
    }
}
