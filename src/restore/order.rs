//! Order of identities: by their numbers, then as text.

/// What identities are sorted by.
pub(super) fn key(id: &str) -> (u64, String) {
    (number(id).unwrap_or(u64::MAX), id.to_owned())
}

/// The number that an identity begins with.
pub(super) fn number(id: &str) -> Option<u64> {
    let end = id.find(|it: char| !it.is_ascii_digit()).unwrap_or(id.len());
    id[..end].parse().ok()
}

/// What the identity of a task within its job is sorted by.
pub(super) fn task_key(id: &str) -> (Vec<u64>, String) {
    (id.split('.').map(|part| number(part).unwrap_or(u64::MAX)).collect(), id.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_go_before_text() {
        let mut ids = ["10", "9", "x", "9.b", "9.a", "137.10", "99999999999999999999"];
        ids.sort_by_key(|id| key(id));
        assert_eq!(ids, ["9", "9.a", "9.b", "10", "137.10", "99999999999999999999", "x"]);
        let mut tasks = ["137.10", "137.9", "2"];
        tasks.sort_by_key(|id| task_key(id));
        assert_eq!(tasks, ["2", "137.9", "137.10"]);
    }
}
