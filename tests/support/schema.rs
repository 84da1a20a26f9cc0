//! JSON Schema (draft 7), as far as SARIF's schema makes use of it.
//!
//! A validator from a registry brings some thirty crates. What this one does not know makes it
//! fail, so that nothing passes unchecked.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails where it can't go on")]

use serde_json::{Map, Value};

/// What is wrong in `value`, each with its path.
pub(crate) fn violations(schema: &Value, value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    Checker { root: schema }.check(schema, value, "$", &mut found);
    found
}

struct Checker<'s> {
    root: &'s Value,
}

impl Checker<'_> {
    fn check(&self, schema: &Value, value: &Value, path: &str, found: &mut Vec<String>) {
        let keywords = schema.as_object().unwrap_or_else(|| panic!("{path}: no schema: {schema}"));
        for (keyword, expected) in keywords {
            match keyword.as_str() {
                "$ref" => self.check(self.referred(expected), value, path, found),
                "properties" | "additionalProperties" => {}
                "items" => {
                    for (at, item) in value.as_array().into_iter().flatten().enumerate() {
                        self.check(expected, item, &format!("{path}[{at}]"), found);
                    }
                }
                "anyOf" | "oneOf" => {
                    let fits = self.fitting(expected, value, path);
                    if fits == 0 || keyword == "oneOf" && fits > 1 {
                        found.push(format!("{path}: {fits} alternatives of {keyword} fit"));
                    }
                }
                simple => {
                    if !holds(simple, expected, value, path) {
                        found.push(format!("{path}: {value} breaks {simple} {expected}"));
                    }
                }
            }
        }
        if let Some(object) = value.as_object() {
            self.properties(keywords, object, path, found);
        }
    }

    fn properties(
        &self,
        keywords: &Map<String, Value>,
        object: &Map<String, Value>,
        path: &str,
        found: &mut Vec<String>,
    ) {
        let others = keywords.get("additionalProperties").unwrap_or(&Value::Bool(true));
        for (name, value) in object {
            let path = format!("{path}.{name}");
            let own = keywords.get("properties").and_then(|all| all.get(name));
            match (own, others) {
                (None, Value::Bool(true)) => {}
                (None, Value::Bool(false)) => found.push(format!("{path}: is not known here")),
                (Some(schema), _) | (None, schema) => self.check(schema, value, &path, found),
            }
        }
    }

    fn fitting(&self, alternatives: &Value, value: &Value, path: &str) -> usize {
        let fits = |schema: &&Value| {
            let mut found = Vec::new();
            self.check(schema, value, path, &mut found);
            found.is_empty()
        };
        alternatives.as_array().unwrap().iter().filter(fits).count()
    }

    fn referred(&self, reference: &Value) -> &Value {
        let pointer = reference.as_str().unwrap().strip_prefix('#').unwrap();
        self.root.pointer(pointer).unwrap_or_else(|| panic!("{reference} is nowhere"))
    }
}

/// Whether a keyword that looks at the value alone holds.
fn holds(keyword: &str, expected: &Value, value: &Value, path: &str) -> bool {
    let length = value.as_array().map(Vec::len);
    match keyword {
        "$schema" | "$id" | "title" | "description" | "default" | "definitions" => true,
        "type" => is_of(expected, value),
        "enum" => expected.as_array().unwrap().contains(value),
        "required" => value.as_object().is_none_or(|object| {
            expected.as_array().unwrap().iter().all(|it| object.contains_key(it.as_str().unwrap()))
        }),
        "minItems" => length.is_none_or(|it| it as u64 >= expected.as_u64().unwrap()),
        "uniqueItems" => value.as_array().is_none_or(|all| {
            expected == false || all.iter().enumerate().all(|(at, it)| !all[..at].contains(it))
        }),
        "minimum" => value.as_f64().is_none_or(|it| it >= expected.as_f64().unwrap()),
        "maximum" => value.as_f64().is_none_or(|it| it <= expected.as_f64().unwrap()),
        "format" => value.as_str().is_none_or(|text| is_formatted(expected, text)),
        other => panic!("{path}: {other} is not checked here"),
    }
}

fn is_of(expected: &Value, value: &Value) -> bool {
    let is = |name: &Value| match name.as_str().unwrap() {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        "number" => value.is_number(),
        "integer" => value.is_i64() || value.is_u64(),
        other => panic!("no type is called {other}"),
    };
    expected.as_array().map_or_else(|| is(expected), |all| all.iter().any(is))
}

fn is_formatted(expected: &Value, text: &str) -> bool {
    let is_uri_text = text
        .bytes()
        .all(|it| it.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=%".contains(&it));
    match expected.as_str().unwrap() {
        "uri" => is_uri_text && text.contains(':'),
        "uri-reference" => is_uri_text,
        other => panic!("format {other} is not checked here"),
    }
}
