//! Every folder of `fixtures/cases` is a layout with what `show` must say of it.
//!
//! `why` is one line, `nodes/` the inventories, `cluster.toml` the policy (or none), `arguments`
//! further arguments of `show` (or none). Expected is `show.txt` or `validate.txt`; other
//! `show.FORMAT` files are compared where they exist. Each line of `commands` is a name and arguments
//! of `failover`, with what it says in `failover-NAME.txt`; each line of `drains` the same for `drain`,
//! with `{case}` for the folder. With `UPDATE_CASES` set the expected files are written anew, to be
//! reviewed as a difference.
#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test reads files and fails where it can't go on"
)]

mod support;

use std::fs;
use std::path::Path;

const FORMATS: [(&str, &[&str]); 7] = [
    ("show.txt", &["--all", "--explain"]),
    ("validate.txt", &["--today", "2026-11-21"]),
    ("show.json", &["--format", "json"]),
    ("show.csv", &["--format", "csv"]),
    ("show.cluster-exe", &["--format", "cluster-exe"]),
    ("show.powershell", &["--format", "powershell"]),
    ("show.powershell-list", &["--format", "powershell", "--all"]),
];

/// A path as it is from the project's folder, so that no output names where that is.
fn relative(path: &Path) -> &Path {
    path.strip_prefix(env!("CARGO_MANIFEST_DIR")).unwrap()
}

/// Splits arguments as a shell does, for the quotes that the cases use.
fn words(line: &str) -> Vec<String> {
    let parts = line.split('"').enumerate().map(|(at, part)| match at % 2 {
        0 => part.replace(' ', "\n"),
        _ => part.to_owned(),
    });
    parts.collect::<String>().split('\n').filter(|it| !it.is_empty()).map(str::to_owned).collect()
}

fn check_lines(case: &Path, (file, command): (&str, &str), wrong: &mut Vec<String>) {
    let lines = fs::read_to_string(case.join(file)).unwrap_or_default();
    let lines = lines.replace("{case}", relative(case).to_str().unwrap());
    for (name, arguments) in lines.lines().filter_map(|line| line.split_once(' ')) {
        let output = support::program()
            .arg(command)
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .arg("--from")
            .arg(relative(&case.join("nodes")))
            .arg("--policy")
            .arg(relative(&case.join("cluster.toml")))
            .args(words(arguments))
            .output()
            .unwrap();
        let run = support::Run::from(output);
        let found = match run.code {
            Some(code @ (0 | 1)) => format!("{}\nexit status {code}\n", run.stdout),
            _ => run.success(),
        };
        compare(&case.join(format!("{command}-{name}.txt")), &found, wrong);
    }
}

fn compare(expected: &Path, found: &str, wrong: &mut Vec<String>) {
    if std::env::var_os("UPDATE_CASES").is_some() {
        fs::write(expected, found).unwrap();
    } else if fs::read_to_string(expected).unwrap() != found {
        wrong.push(format!("{}\n{found}", expected.display()));
    }
}

fn check(case: &Path, wrong: &mut Vec<String>) {
    let extra = fs::read_to_string(case.join("arguments")).unwrap_or_default();
    for (file, arguments) in FORMATS {
        let expected = case.join(file);
        let validates = file == "validate.txt";
        if !expected.exists() {
            continue;
        }
        let output = support::program()
            .arg(if validates { "validate" } else { "show" })
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .arg("--from")
            .arg(relative(&case.join("nodes")))
            .arg("--policy")
            .arg(relative(&case.join("cluster.toml")))
            .args(arguments)
            .args(extra.split_whitespace().filter(|_| !validates))
            .output()
            .unwrap();
        let run = support::Run::from(output);
        let found = match run.code {
            Some(code @ (0 | 1)) if validates => format!("{}\nexit status {code}\n", run.stdout),
            _ => run.success(),
        };
        compare(&expected, &found, wrong);
    }
}

#[test]
fn every_case_shows_what_it_should() {
    let mut cases: Vec<_> =
        fs::read_dir(support::fixture("cases")).unwrap().map(|it| it.unwrap().path()).collect();
    cases.retain(|path| path.is_dir());
    cases.sort();
    assert!(cases.len() >= 10, "the cases are gone");
    let mut wrong = Vec::new();
    for case in &cases {
        let why = fs::read_to_string(case.join("why")).unwrap_or_default();
        assert_eq!(why.trim().lines().count(), 1, "{} needs one line of why", case.display());
        check(case, &mut wrong);
        check_lines(case, ("commands", "failover"), &mut wrong);
        check_lines(case, ("drains", "drain"), &mut wrong);
    }
    assert!(wrong.is_empty(), "UPDATE_CASES=1 shows the difference in git\n{}", wrong.join("\n"));
}
