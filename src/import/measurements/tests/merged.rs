//! Several files of one VM.

use super::*;

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
