use super::*;
use crate::store::parse_policy;

fn subnet(text: &str) -> Subnet {
    text.parse().unwrap()
}

fn one() -> Subnet {
    subnet("10.0.1.0/24")
}

fn metric(number: i64) -> Edit {
    Edit::Metric(Some(Metric::try_from(number).unwrap()))
}

#[test]
fn the_first_edit_makes_a_readable_file() {
    let text = edit("", one(), &[metric(1001)]).unwrap();
    let expected =
        "schema = \"netplan-cluster/policy/1\"\n\n[network.\"10.0.1.0/24\"]\nmetric = 1001\n";
    assert_eq!(text, expected);
    assert!(parse_policy(&text).1.problems.is_empty());
}

#[test]
fn comments_and_layout_are_kept() {
    let text = "# ours\n[network.\"10.0.1.0/24\"] # rack 7\nmetric   = 5 # why\n\n# end\n";
    let edited = edit(text, one(), &[metric(900)]).unwrap();
    assert_eq!(edited, text.replace("= 5 #", "= 900 #"));
    let more = edit(text, one(), &[Edit::Role(Some(Role::None))]).unwrap();
    assert_eq!(more, text.replace("# why\n", "# why\nrole = 0\n"));
}

#[test]
fn additions_come_after_comments_that_end_the_file() {
    let template = "# metric_scheme = \"2012\"\n# [migration]\n";
    let edited = edit(template, one(), &[metric(5)]).unwrap();
    assert!(edited.starts_with(template) && edited.ends_with("metric = 5\n"), "{edited}");
    let text = "metric_scheme = \"2012\"\n# end of file";
    let edited = edit(text, one(), &[metric(5)]).unwrap();
    assert_eq!(edited, format!("{text}\n\n[network.\"10.0.1.0/24\"]\nmetric = 5\n"));
}

#[test]
fn line_ends_and_a_byte_order_mark_are_kept() {
    let text = "\u{feff}# c\r\n[network.\"10.0.1.0/24\"]\r\nmetric = 5 # hi\r\n";
    let edited = edit(text, one(), &[Edit::Role(Some(Role::None))]).unwrap();
    assert_eq!(edited, format!("{text}role = 0\r\n"));
}

#[test]
fn taking_a_property_away_takes_no_comment_along() {
    let text = "# storage, ask Anna\n[network.\"10.0.1.0/24\"] # rack 7\n# raised in May\nmetric = 5 # agreed\nrole = 1\n";
    let edited = edit(text, one(), &[Edit::Metric(None)]).unwrap();
    assert_eq!(edited, text.replace("metric = 5 # agreed", "# agreed"));
    let edited = edit(&edited, one(), &[Edit::Role(None)]).unwrap();
    for comment in ["ask Anna", "rack 7", "raised in May", "agreed"] {
        assert!(edited.contains(comment), "{comment} is lost in {edited}");
    }
    assert!(parse_policy(&edited).1.problems.is_empty());
}

#[test]
fn an_entry_with_nothing_left_and_nothing_said_goes() {
    let text = "[failback]\nhold_s = 3\n\n[network.\"10.0.1.0/24\"]\nmetric = 5\n";
    let edited = edit(text, one(), &[Edit::Metric(None)]).unwrap();
    assert_eq!(edited, "[failback]\nhold_s = 3\n");
}

#[test]
fn a_manual_metric_gives_way_to_the_frozen_one_and_that_to_a_computed_one() {
    let text = "[network.\"10.0.1.0/24\"]\nmetric = 5\npinned_metric = 1000\n";
    let frozen = edit(text, one(), &[Edit::Metric(None)]).unwrap();
    assert_eq!(frozen, "[network.\"10.0.1.0/24\"]\npinned_metric = 1000\n");
    assert_eq!(edit(&frozen, one(), &[Edit::Metric(None)]).unwrap(), "");
}

#[test]
fn a_subnet_in_another_notation_is_the_same_entry() {
    let text = "[network.\"FD00:0::/64\"]\nrole = 1\n";
    let edited = edit(text, subnet("fd00::/64"), &[Edit::Role(Some(Role::None))]).unwrap();
    assert_eq!(edited, "[network.\"FD00:0::/64\"]\nrole = 0\n");
}

#[test]
fn inline_and_dotted_forms_are_edited_in_place() {
    let forms = [
        "network = { \"10.0.1.0/24\" = { role = 1 } }\n",
        "[network]\n\"10.0.1.0/24\".role = 1\n",
        "network.\"10.0.1.0/24\".role = 1\n",
    ];
    for text in forms {
        let edited = edit(text, one(), &[metric(7)]).unwrap();
        let (policy, source) = parse_policy(&edited);
        assert!(source.problems.is_empty(), "{edited}");
        assert_eq!(policy.networks[&one()].metric, Metric::try_from(7).ok(), "{edited}");
        let bare = edit(text, one(), &[Edit::Role(None)]).unwrap();
        assert!(parse_policy(&bare).0.networks.is_empty(), "{bare}");
    }
}

#[test]
fn a_pin_is_read_back_and_repeating_it_changes_nothing() {
    let entry = NetworkPolicy {
        name: Some(NetworkName::automatic(1)),
        pinned_metric: Metric::try_from(1000).ok(),
        ..NetworkPolicy::default()
    };
    let entries = [(one(), entry.clone())];
    let once = pin("", &entries, 2, MetricScheme::W2008R2).unwrap();
    assert_eq!(parse_policy(&once).0.networks[&one()], entry);
    assert_eq!(pin(&once, &entries, 2, MetricScheme::W2008R2).unwrap(), once);
}

#[test]
fn references_follow_a_new_name() {
    let text = "[migration]\norder = [\"lm\", \"CSV\"] # agreed\nexclude = [\"LM\"]\n\n[[waiver]]\nrule = \"slow-link\"\nreason = \"x\"\nnetwork = \"LM\"\n";
    let renamed = rename(text, &NetworkName::new("LM"), "Fast").unwrap();
    assert_eq!(renamed, text.replace("\"lm\"", "\"Fast\"").replace("\"LM\"", "\"Fast\""));
}
