//! What the README shows is what the program prints.
//!
//! In a block of kind `console` a line that begins with `$ ` is run, and the lines after it up to
//! the next are its output. With `UPDATE_README` set the output is put into the README anew.
#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test reads files and fails where it can't go on"
)]

mod support;

use std::path::Path;

/// Splits a command line as a shell does, for the quotes that the README uses.
fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quoted = false;
    for character in line.chars() {
        match (character, words.last_mut()) {
            ('"', _) => quoted = !quoted,
            (' ', _) if !quoted => words.push(String::new()),
            (other, Some(word)) => word.push(other),
            (_, None) => {}
        }
    }
    words
}

fn output(command: &str) -> String {
    let words = words(command);
    assert_eq!(words[0], "netplan-cluster", "{command}");
    let mut program = support::program();
    program.args(&words[1..]).current_dir(env!("CARGO_MANIFEST_DIR"));
    support::Run::from(program.output().unwrap()).success()
}

/// The README with the output of every command as it is now.
fn fresh(readme: &str) -> String {
    let mut fresh = String::new();
    let mut in_console = false;
    for line in readme.lines() {
        match line {
            "```console" => in_console = true,
            "```" => in_console = false,
            _ => {}
        }
        if let Some(command) = line.strip_prefix("$ ").filter(|_| in_console) {
            fresh += &format!("{line}\n{}", output(command));
        } else if !in_console || line == "```console" {
            fresh += &format!("{line}\n");
        }
    }
    fresh
}

#[test]
fn the_readme_shows_real_output() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = std::fs::read_to_string(&path).unwrap();
    let fresh = fresh(&readme);
    if std::env::var_os("UPDATE_README").is_some() {
        std::fs::write(&path, &fresh).unwrap();
    } else {
        assert_eq!(readme, fresh, "UPDATE_README=1 cargo test --test readme puts it right");
    }
}
