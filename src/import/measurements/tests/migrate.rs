//! Replies to `query-migrate`.

use super::*;

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
