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
        parse(include_str!(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/fixtures/qemu-7.2/qmp/",
            $name,
            ".json"
        )))
    };
}

const SAMPLING: &str = r#"{"status":"measured","sample-pages":512,"dirty-rate":108,
    "mode":"page-sampling","start-time":3665220,"calc-time":10}"#;

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

mod dirty_rate;
mod domain;
mod merged;
mod migrate;

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
