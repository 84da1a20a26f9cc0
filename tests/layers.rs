//! A module of the pure core imports only from strictly lower layers.
#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test reads files and fails where it can't go on"
)]

use std::fs;
use std::path::{Path, PathBuf};

const LAYERS: [(&str, u32); 13] = [
    ("model", 0),
    ("layout", 1),
    ("policy", 2),
    ("migration", 3),
    ("failover", 4),
    ("drain", 5),
    ("rules", 5),
    ("watch", 5),
    ("render", 6),
    ("discover", 7),
    ("redact", 8),
    ("store", 7),
    ("import", 8),
];

/// Modules that only the command line may use.
const SHELL_TOP: [(&str, u32); 2] = [("collect", 9), ("cli", 10)];

/// What the pure core must not name.
const IMPURE: [&str; 7] =
    ["std::fs", "std::env", "std::process", "std::net::Tcp", "Instant", "SystemTime", "tokio"];

fn layer(module: &str) -> Option<u32> {
    let all = LAYERS.iter().chain(&SHELL_TOP);
    all.clone().find(|(name, _)| *name == module).map(|(_, layer)| *layer)
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// Modules named by `crate::…` paths in a source text, also in a group (`use crate::{a, b::c}`).
fn imported(text: &str) -> Vec<String> {
    let mut modules = Vec::new();
    for (start, _) in text.match_indices("crate::") {
        let rest = &text[start + "crate::".len()..];
        let word = |text: &str| -> String {
            text.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
        };
        match rest.strip_prefix('{') {
            None => modules.push(word(rest)),
            Some(group) => modules.extend(heads(group).iter().map(|head| word(head))),
        }
    }
    modules
}

/// Items of a group up to its closing brace, split at commas of the outermost level.
fn heads(group: &str) -> Vec<String> {
    let (mut depth, mut items) = (0, vec![String::new()]);
    for character in group.chars() {
        match character {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => items.push(String::new()),
            _ => {}
        }
        if let Some(item) = items.last_mut().filter(|_| character != ',') {
            item.push(character);
        }
    }
    items
}

#[test]
fn no_module_looks_upwards() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    let mut edges = Vec::new();
    for file in files {
        let inside = file.strip_prefix(&root).unwrap();
        let own = inside.iter().next().unwrap().to_str().unwrap().trim_end_matches(".rs");
        let Some(own_layer) = layer(own) else {
            assert!(["lib", "main", "testkit"].contains(&own), "{own} has no layer: give it one");
            continue;
        };
        let text = fs::read_to_string(&file).unwrap();
        for module in imported(&text) {
            let upward = layer(&module).is_some_and(|other| other >= own_layer);
            if upward && module != own {
                edges.push(format!("{}: {own} uses {module}", inside.display()));
            }
        }
        if own_layer <= 6 {
            let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
            let code: String = code.collect::<Vec<_>>().join("\n");
            for word in IMPURE.iter().filter(|word| code.contains(*word)) {
                edges.push(format!("{}: {own} names {word}", inside.display()));
            }
        }
    }
    assert_eq!(edges, Vec::<String>::new(), "upward or impure");
}

#[test]
fn the_scanner_sees_groups_and_paths() {
    let text = "use crate::{cli, model::{A, B}, render};\nlet x = crate::store::y;";
    assert_eq!(imported(text), ["cli", "model", "render", "store"]);
}
