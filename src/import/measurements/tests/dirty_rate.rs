//! Replies to `query-dirty-rate`.

use super::*;

#[test]
fn a_reply_is_read_bare_and_whole() {
    for text in [SAMPLING.to_owned(), format!(r#"{{"return":{SAMPLING},"id":"libvirt-12"}}"#)] {
        let measured = parse(&text);
        assert_eq!(told(&measured), [(10.0, 108.0, MeasureMode::PageSampling)]);
        let [only] = measured.measurements.as_slice() else { panic!() };
        near(only.resolution_pages, 10.0 * MIB_PAGES, 1e-12);
        assert_eq!((only.source.as_str(), measured.ram_bytes), ("a.json", None));
    }
}

#[test]
fn a_log_of_the_monitor_is_read_for_its_measurements() {
    let log = format!(
        r#"{{"QMP":{{"version":{{}},"capabilities":["oob"]}}}}
        {{"return":{{}}}}
        {{"event":"RESUME","timestamp":{{"seconds":1,"microseconds":2}}}}
        {{"return":{{"status":"measuring","mode":"dirty-bitmap","start-time":4,"calc-time":1}}}}
        {{"return":{{"status":"measured","dirty-rate":36,"mode":"dirty-bitmap","start-time":4,
            "calc-time":1}}}}
        {{"return":{{"status":"measured","dirty-rate":36,"mode":"dirty-bitmap","start-time":4,
            "calc-time":1}}}}
        {{"return":"text"}}
        [{SAMPLING}]"#
    );
    let expected =
        [(1.0, 36.0, MeasureMode::DirtyBitmap), (10.0, 108.0, MeasureMode::PageSampling)];
    assert_eq!(told(&parse(&log)), expected);
}

#[test]
fn time_is_in_seconds_unless_the_unit_says_otherwise() {
    let with =
        |unit: &str| SAMPLING.replace("\"calc-time\":10", &format!("\"calc-time\":500{unit}"));
    near(parse(&with("")).measurements[0].seconds, 500.0, 1e-12);
    near(parse(&with(r#","calc-time-unit":"second""#)).measurements[0].seconds, 500.0, 1e-12);
    let measured = parse(&with(r#","calc-time-unit":"millisecond""#));
    near(measured.measurements[0].seconds, 0.5, 1e-12);
    near(measured.measurements[0].unique_pages, 54.0 * MIB_PAGES, 1e-12);
    near(measured.measurements[0].resolution_pages, MIB_PAGES, 1e-12);
    assert_eq!(
        error(&with(r#","calc-time-unit":"hour""#)),
        "a.json: calc-time-unit: \"hour\" is not \"second\" or \"millisecond\""
    );
}

#[test]
fn processors_stand_in_for_a_total_that_is_missing() {
    let ring = |total: &str| {
        format!(
            r#"{{"status":"measured",{total}"mode":"dirty-ring","start-time":1,"calc-time":2,
            "vcpu-dirty-rate":[{{"id":0,"dirty-rate":10}},{{"id":1,"dirty-rate":5}}]}}"#
        )
    };
    assert_eq!(told(&parse(&ring(""))), [(2.0, 15.0, MeasureMode::DirtyRing)]);
    let measured = parse(&ring(r#""dirty-rate":17,"#));
    assert_eq!(told(&measured), [(2.0, 17.0, MeasureMode::DirtyRing)]);
}

#[test]
fn a_measurement_that_is_not_over_says_what_to_do() {
    let status = |status: &str| {
        error(&format!(r#"{{"return":{{"status":"{status}","start-time":4,"calc-time":1}}}}"#))
    };
    assert_eq!(
        status("measuring"),
        "a.json: return: the measurement is measuring: ask again when its time has passed"
    );
    assert_eq!(
        status("unstarted"),
        "a.json: return: the measurement is unstarted: start one (calc-dirty-rate, or virsh \
         domdirtyrate-calc)"
    );
}

#[test]
fn values_that_make_no_sense_are_named_with_their_place() {
    let with =
        |from: &str, to: &str| error(&format!(r#"{{"return":{}}}"#, SAMPLING.replace(from, to)));
    let time = "a time above 0 and below 12 days (for less than a second ask for milliseconds)";
    let rate = "a rate in MiB/s from 0 on";
    for (from, to, expected) in [
        ("\"calc-time\":10", "\"calc-time\":0", format!("calc-time: 0 is not {time}")),
        ("\"calc-time\":10", "\"calc-time\":-4", format!("calc-time: -4 is not {time}")),
        ("\"calc-time\":10", "\"calc-time\":1e300", "calc-time: 1000000".to_owned()),
        ("\"dirty-rate\":108", "\"dirty-rate\":-1", format!("dirty-rate: -1 is not {rate}")),
        ("\"dirty-rate\":108,", "", "dirty-rate: null is not a number".to_owned()),
        ("\"dirty-rate\":108", "\"dirty-rate\":1e12", "dirty-rate: 1000000000000 is".to_owned()),
        ("page-sampling", "guess", "mode: \"guess\" is not page-sampling, dirty-".to_owned()),
        ("\"dirty-rate\":108", "\"dirty-rate\":\"x\"", "dirty-rate: invalid type".to_owned()),
        ("\"dirty-rate\":108", "\"dirty-rate\":1e999", "number out of range".to_owned()),
        ("measured", "running", "status: \"running\" is not a status of a".to_owned()),
    ] {
        let said = with(from, to);
        assert!(said.starts_with("a.json: return"), "{said}");
        assert!(said.contains(&expected), "{said}");
    }
}

#[test]
fn recorded_measurements_are_read() {
    let measured = fixture!("dirty-rate-u-w64-d10000");
    let sampling = MeasureMode::PageSampling;
    assert_eq!(
        told(&measured),
        [(1.0, 50.0, sampling), (1.0, 32.0, sampling), (3.0, 16.0, sampling)]
    );
    assert_eq!(
        measured.assumptions,
        [
            "a.json: measurements[3]: left out, it failed: \"[Errno 104] Connection reset by peer\"",
            "a.json: measurements[4]: left out, it failed: \"[Errno 32] Broken pipe\"",
        ]
    );
    let fit = migration::fit(&measured.measurements, 1 << 17);
    let [group] = fit.groups.as_slice() else { panic!("{fit:?}") };
    assert!((8_000..25_000).contains(&group.pages), "{fit:?}");
    assert!(group.writes_per_s > 6_000.0 && group.writes_per_s < 40_000.0, "{fit:?}");
    let idle = fixture!("dirty-rate-idle");
    assert_eq!(idle.measurements.len(), 3);
    assert_eq!(migration::fit(&idle.measurements, 1 << 17).groups, []);
}

#[test]
fn all_recorded_replies_are_read() {
    for (measured, count) in [
        (fixture!("dirty-rate-h-w128-d8000"), 3),
        (fixture!("dirty-rate-s-w64-d6000"), 3),
        (fixture!("dirty-rate-u-w128-d20000"), 3),
        (fixture!("dirty-rate-u-w64-d2000"), 3),
        (fixture!("query-migrate-mf2-w64-d2000-b32"), 0),
        (fixture!("query-migrate-u-w256-d5000-b64-dl300"), 0),
        (fixture!("query-migrate-xb-w64-d4000-b16-wb8"), 0),
    ] {
        assert_eq!(measured.measurements.len(), count, "{measured:?}");
    }
}
