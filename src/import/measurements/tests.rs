use super::*;
use crate::migration;
use crate::model::{MeasureMode, Measurement};

const MIB_PAGES: f64 = 256.0;

fn parse(text: &str) -> Measurements {
    parse_measurements(text.as_bytes(), "a.json", None).unwrap()
}

fn error(text: &str) -> String {
    parse_measurements(text.as_bytes(), "a.json", None).unwrap_err().to_string()
}

/// Seconds, MiB/s and mode of each measurement.
fn told(measured: &Measurements) -> Vec<(f64, f64, MeasureMode)> {
    let of = |it: &Measurement| (it.seconds, it.unique_pages / it.seconds / MIB_PAGES, it.mode);
    measured.measurements.iter().map(of).collect()
}

fn near(value: f64, expected: f64, relative: f64) {
    assert!((value / expected - 1.0).abs() <= relative, "{value} is not {expected}");
}

macro_rules! fixture {
    ($name:literal) => {
        parse(include_str!(concat!("../../../fixtures/qemu-7.2/qmp/", $name, ".json")))
    };
}

const SAMPLING: &str = r#"{"status":"measured","sample-pages":512,"dirty-rate":108,
    "mode":"page-sampling","start-time":3665220,"calc-time":10}"#;

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
fn other_documents_are_refused() {
    let unknown = "neither the reply to query-dirty-rate or query-migrate, nor what virsh";
    for (text, place) in [
        ("hello", ""),
        ("", ""),
        (r#"{"foo": 1}"#, ""),
        ("[5]", "[0]: "),
        (r#"[{"return": {"enabled": true}}]"#, "[0].return: "),
        (r#"{"measurements": 7}"#, "measurements: "),
    ] {
        let said = error(text);
        assert!(said.starts_with(&format!("a.json: {place}{unknown}")), "{text}: {said}");
    }
    for text in ["{}", "[]", r#"{"return": {}}"#, r#"{"status": "cancelled"}"#, "Job type: None\n"]
    {
        assert!(error(text).starts_with("a.json: tells neither the size"), "{text}");
    }
    assert!(error("{\"status\": \"measured\",").contains("EOF while parsing"));
    assert_eq!(
        error(r#"{"error": {"class": "CommandNotFound", "desc": "no such command"}}"#),
        "a.json: the monitor answered with an error: no such command"
    );
}

#[test]
fn what_is_nested_or_large_beyond_reason_is_refused() {
    let deep = "[".repeat(20);
    assert!(parse_measurements(deep.as_bytes(), "a.json", None).is_err());
    let deep = format!("{}{SAMPLING}{}", "[".repeat(20), "]".repeat(20));
    assert!(error(&deep).contains("neither the reply"));
    let deep = format!("{}{SAMPLING}{}", r#"{"return":"#.repeat(100_000), "}".repeat(100_000));
    assert!(parse_measurements(deep.as_bytes(), "a.json", None).is_err());
    let large = " ".repeat(LARGEST_BYTES + 1);
    assert_eq!(error(&large), "a.json: larger than 16 MiB, which no measurement is");
    let many: Vec<String> =
        (0..=told::MOST_RATES).map(|it| SAMPLING.replace("3665220", &it.to_string())).collect();
    assert_eq!(error(&many.join("\n")), "a.json: more than 10000 measurements");
    let not_text = parse_measurements(b"{\"a\": \"\xff\"}", "a.json", None).unwrap_err();
    assert!(not_text.to_string().contains("not UTF-8"));
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

#[test]
fn a_migration_tells_memory_and_zero_pages() {
    let measured = fixture!("query-migrate-pc-w128-d20000-b32");
    assert_eq!(measured.ram_bytes, Some(537_403_392));
    assert_eq!(measured.page_bytes, Some(4096));
    assert_eq!(measured.zero_pages, Some(84_091));
}

#[test]
fn zero_pages_are_not_known_while_memory_is_sent_for_the_first_time() {
    let text = r#"{"status":"active","total-time":2100,"setup-time":2,"ram":{"total":537403392,
        "page-size":4096,"dirty-sync-count":1,"duplicate":33793,"normal":18647,
        "dirty-pages-rate":0}}"#;
    let measured = parse(text);
    assert_eq!((measured.zero_pages, measured.measurements.len()), (None, 0));
}

/// Auto-converge: 10,000 writes a second to 16,384 pages; the first round took about 3.8 s.
#[test]
fn the_rate_of_a_running_migration_is_that_of_its_round() {
    let measured = fixture!("query-migrate-ac-w64-d10000-b32");
    let [only] = measured.measurements.as_slice() else { panic!("{measured:?}") };
    near(only.seconds, 3.77, 0.02);
    near(only.unique_pages / only.seconds, 4022.0, 1e-9);
    assert_eq!(only.mode, MeasureMode::Migration);
    let truth = migration::dirty::uniform(16_384 + 115, 10_000.0);
    let unique = migration::dirty::unique(&truth, only.seconds);
    assert!((only.estimate() / unique - 1.0).abs() < only.mode.error(), "{only:?} {unique}");
    assert!(measured.assumptions[0].contains("does not tell for how long"), "{measured:?}");
}

/// The same guest after 58 and 132 syncs: rounds of about half a second.
#[test]
fn the_rate_of_many_rounds_is_that_of_the_mean_round() {
    let measured = fixture!("query-migrate-u-w64-d10000-b32-dl300");
    assert_eq!(measured.measurements.len(), 2);
    let truth = migration::dirty::uniform(16_384, 10_000.0);
    for measurement in &measured.measurements {
        assert!(measurement.seconds > 0.4 && measurement.seconds < 0.5, "{measurement:?}");
        let unique = migration::dirty::unique(&truth, measurement.seconds);
        assert!((measurement.estimate() / unique - 1.0).abs() < 0.15, "{measurement:?} {unique}");
    }
    let fit = migration::fit(&measured.measurements, 1 << 17);
    assert!(fit.assumptions[0].contains("one measurement can't tell"), "{fit:?}");
}

#[test]
fn a_slowed_guest_and_a_repeated_reply_are_noticed() {
    let text = r#"{"status":"active","total-time":9000,"cpu-throttle-percentage":40,
        "ram":{"total":537403392,"dirty-sync-count":3,"normal":60000,"dirty-pages-rate":500}}"#;
    let measured = parse(&format!("{text}\n{text}"));
    assert_eq!(measured.measurements.len(), 1);
    assert!(measured.assumptions[0].contains("slowed by 40 %"), "{measured:?}");
    assert!(error(&text.replace("537403392", "0")).contains("ram.total: 0 is not a size of"));
    let page = text.replace("\"normal\"", "\"page-size\":4097,\"normal\"");
    assert!(error(&page).contains("ram.page-size: 4097 is not a size of pages"));
    assert!(error(&text.replace("500", "-1")).contains("ram.dirty-pages-rate: invalid value"));
}

const STATS: &str = "Domain: 'web1'
  balloon.current=3145728
  balloon.maximum=4194304
  dirtyrate.calc_status=2
  dirtyrate.calc_start_time=348414
  dirtyrate.calc_period=3
  dirtyrate.megabytes_per_second=42
  dirtyrate.calc_mode=dirty-bitmap
  vm.remote_tlb_flush.sum=436456
";

#[test]
fn statistics_of_a_domain_are_read() {
    let measured = parse(STATS);
    assert_eq!(measured.name.as_deref(), Some("web1"));
    assert_eq!(measured.ram_bytes, Some(4 << 30));
    assert_eq!(measured.zero_pages, Some(1 << 18));
    assert_eq!(told(&measured), [(3.0, 42.0, MeasureMode::DirtyBitmap)]);
    let full = parse(&STATS.replace("3145728", "4194304"));
    assert_eq!(full.zero_pages, None);
}

#[test]
fn the_processors_of_a_domain_stand_in_for_its_total() {
    let ring = STATS
        .replace("calc_mode=dirty-bitmap", "calc_mode=dirty-ring")
        .replace("dirtyrate.megabytes", "dirtyrate.vcpu.0.megabytes")
        + "  dirtyrate.vcpu.1.megabytes_per_second=8\n";
    assert_eq!(told(&parse(&ring)), [(3.0, 50.0, MeasureMode::DirtyRing)]);
}

#[test]
fn of_several_domains_one_must_be_named() {
    let both = format!("{STATS}\n{}", STATS.replace("web1", "db1").replace("=42", "=7"));
    assert_eq!(
        error(&both),
        "a.json: tells of \"web1\", \"db1\": say which VM is meant, or write one of them to the file"
    );
    let named = |name| parse_measurements(both.as_bytes(), "a.json", Some(name));
    near(told(&named("db1").unwrap())[0].1, 7.0, 1e-12);
    assert_eq!(
        named("db2").unwrap_err().to_string(),
        "a.json: tells of \"web1\", \"db1\", not of db2"
    );
}

#[test]
fn statistics_that_make_no_sense_are_named_with_their_line() {
    for (from, to, expected) in [
        (
            "status=2",
            "status=1",
            "line 4: dirtyrate.calc_status: the measurement is measuring: ask",
        ),
        ("status=2", "status=0", "line 4: dirtyrate.calc_status: the measurement is unstarted: "),
        ("status=2", "status=9", "line 4: dirtyrate.calc_status: 9 is not 0 (unstarted), 1 (meas"),
        ("period=3", "period=0", "line 6: dirtyrate.calc_period: 0 is not a time above 0"),
        ("period=3", "period=-3", "line 6: dirtyrate.calc_period: \"-3\" is not a whole number"),
        ("second=42", "second=x", "line 7: dirtyrate.megabytes_per_second: \"x\" is not a whole"),
        ("second=42", "second=99999999999999", "line 7: dirtyrate.megabytes_per_second: 999999999"),
        ("dirty-bitmap", "other", "line 8: dirtyrate.calc_mode: \"other\" is not page-sampling"),
        ("maximum=4194304", "maximum=0", "line 3: balloon.maximum: 0 is not a size of memory"),
        ("4194304", "18446744073709551615", "line 3: balloon.maximum: 18446744073709551615 is"),
        ("  dirtyrate.calc_period=3\n", "", "line 4: dirtyrate.calc_period: nothing is not a num"),
    ] {
        let said = error(&STATS.replace(from, to));
        assert!(said.starts_with(&format!("a.json: {expected}")), "{said}");
    }
}

const JOB: &str = "Job type:         Unbounded   
Operation:        Outgoing migration
Time elapsed:     4800         ms
Data processed:   153.679 MiB
Memory processed: 153.679 MiB
Memory remaining: 24.129 MiB
Memory total:     512.508 MiB
Memory bandwidth: 32.015 MiB/s
Dirty rate:       4022         pages/s
Page size:        4096         bytes
Iteration:        2           
Postcopy requests: 0           
Constant pages:   100506      
Normal pages:     39045       
Normal data:      152.520 MiB
Expected downtime: 1978         ms
Setup time:       1            ms
";

const RAW: &str = "Job type: 2

operation: 5
time_elapsed: 4800
setup_time: 1
memory_total: 537403392
memory_dirty_rate: 4022
memory_page_size: 4096
memory_iteration: 2
memory_constant: 100506
memory_normal: 39045
";

#[test]
fn figures_of_a_job_are_those_of_the_migration() {
    let replied = fixture!("query-migrate-ac-w64-d10000-b32");
    for text in [JOB, RAW, &RAW.replace(": ", "=").replace("Job type=", "Job type: ")] {
        let measured = parse(text);
        let [only] = measured.measurements.as_slice() else { panic!("{measured:?}") };
        near(only.seconds, replied.measurements[0].seconds, 1e-3);
        near(only.unique_pages / only.seconds, 4022.0, 1e-9);
        assert_eq!(measured.zero_pages, Some(100_506));
        assert_eq!(measured.ram_bytes.unwrap() >> 12, 131_202);
    }
    assert_eq!(parse(RAW).ram_bytes, Some(537_403_392));
}

#[test]
fn figures_of_a_job_that_make_no_sense_are_named_with_their_line() {
    for (from, to, expected) in [
        ("512.508 MiB", "512.508 Mib", "line 7: Memory total: \"512.508 Mib\" is not a size"),
        ("512.508 MiB", "-1 MiB", "line 7: Memory total: \"-1 MiB\" is not a size"),
        ("512.508 MiB", "NaN MiB", "line 7: Memory total: \"NaN MiB\" is not a size"),
        ("512.508 MiB", "0 B", "line 7: Memory total: 0 is not a size of memory"),
        ("4022 ", "-4 ", "line 9: Dirty rate: \"-4         pages/s\" is not a whole number"),
        ("4096 ", "100 ", "line 10: Page size: 100 is not a size of pages"),
        ("2           \n", "\n", "line 11: Iteration: \"\" is not a whole number"),
    ] {
        let said = error(&JOB.replacen(from, to, 1));
        assert!(said.starts_with(&format!("a.json: {expected}")), "{said}");
    }
}

fn merged(files: &[(&str, &str)]) -> Result<Measurements, MeasurementError> {
    let told = files.iter().map(|(name, text)| of_file(text.as_bytes(), name, None));
    merge::merge(told.collect::<Result<_, _>>()?)
}

#[test]
fn several_files_are_put_together() {
    let job = RAW.replace("537403392", "4294967296");
    let files = [("job.txt", job.as_str()), ("stats.txt", STATS), ("rate.json", SAMPLING)];
    let measured = merged(&files).unwrap();
    assert_eq!(measured.name.as_deref(), Some("web1"));
    assert_eq!((measured.ram_bytes, measured.page_bytes), (Some(4 << 30), Some(4096)));
    // What a migration counted is preferred to what the balloon holds.
    assert_eq!(measured.zero_pages, Some(100_506));
    let sources: Vec<&str> = measured.measurements.iter().map(|it| it.source.as_str()).collect();
    assert_eq!(sources, ["job.txt", "stats.txt", "rate.json"]);
}

#[test]
fn memory_is_taken_from_who_knows_it_best() {
    let job = RAW.replace("537403392", "4311744512");
    for files in [[("a", job.as_str()), ("b", STATS)], [("b", STATS), ("a", job.as_str())]] {
        assert_eq!(merged(&files).unwrap().ram_bytes, Some(4_311_744_512));
    }
}

#[test]
fn larger_pages_hold_the_same_bytes() {
    let job = RAW.replace("4096", "65536");
    let measured = merged(&[("rate.json", SAMPLING), ("job.txt", &job)]).unwrap();
    near(measured.measurements[0].unique_pages, 1080.0 * 16.0, 1e-12);
}

#[test]
fn files_of_different_vms_are_refused() {
    let other = STATS.replace("web1", "db1");
    let said = merged(&[("a", STATS), ("b", &other)]).unwrap_err().to_string();
    assert_eq!(said, "b: name db1 is not that of a, web1: give measurements of one VM");
    let said = merged(&[("a", STATS), ("b", RAW)]).unwrap_err().to_string();
    assert!(said.starts_with("b: size of memory 537403392 is not that of a, 4294967296"), "{said}");
    let pages = RAW.replace("4096", "65536");
    assert!(merged(&[("a", RAW), ("b", &pages)]).unwrap_err().to_string().contains("page size"));
}

#[test]
fn files_are_read_from_disk() {
    let missing = read_measurements(&["no/such/file".into()], None).unwrap_err();
    assert!(matches!(missing, MeasurementError::File(crate::import::ImportError::Missing(_))));
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/qemu-7.2/qmp/");
    let files = ["query-migrate-ac-w64-d10000-b32.json", "dirty-rate-u-w64-d10000.json"];
    let paths: Vec<PathBuf> = files.iter().map(|it| [folder, it].concat().into()).collect();
    let measured = read_measurements(&paths, None).unwrap();
    assert_eq!((measured.measurements.len(), measured.zero_pages), (4, Some(100_506)));
    assert_eq!(read_measurements(&[], None).unwrap(), Measurements::default());
}

proptest::proptest! {
    /// Whatever is changed, cut off or put in, the reader comes to an end.
    #[test]
    fn no_text_makes_the_reader_panic(which in 0usize..4, at in 0usize..900, put in ".{0,12}") {
        let text = [SAMPLING, STATS, JOB, RAW][which];
        let mut cut = at.min(text.len());
        while !text.is_char_boundary(cut) {
            cut -= 1;
        }
        for changed in [format!("{}{put}{}", &text[..cut], &text[cut..]), text[cut..].to_owned()] {
            if let Ok(measured) = parse_measurements(changed.as_bytes(), "a", None) {
                let fit = migration::fit(&measured.measurements, 1 << 20);
                proptest::prop_assert!(fit.worst.is_finite());
            }
        }
    }
}
