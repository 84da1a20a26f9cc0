//! Output of `virsh domstats` and `virsh domjobinfo`.

use super::*;

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
